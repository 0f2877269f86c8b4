"""What `checks.run` compares of a student's function that works on models: small networks in, plain values out.

A view, such as `outputs`, takes the student's function and returns a function of plain arguments. A list such as
``["input 6", "dense 4", "norm", "relu", "head 3"]`` among them stands for a network, which the student's function gets
in its place. A view shows one property of what came of it, and does not know what is right.
"""

import collections
import zlib

import keras
import numpy as np

from tlcourse import checks, model_description
from tlcourse.finetuning import is_batch_norm, trainable_count, weight_layers

LAYERS = {
    "conv": lambda count, name: keras.layers.Conv2D(count, 3, padding="same", name=name),
    "dense": lambda count, name: keras.layers.Dense(count, name=name),
    "unbiased": lambda count, name: keras.layers.Dense(count, use_bias=False, name=name),
    "head": lambda count, name: keras.layers.Dense(count, name="head"),
    "norm": lambda name: keras.layers.BatchNormalization(name=name),
    "relu": lambda name: keras.layers.ReLU(name=name),
    "tanh": lambda name: keras.layers.Activation("tanh", name=name),
    "pool": lambda name: keras.layers.MaxPooling2D(name=name),
    "flatten": lambda name: keras.layers.Flatten(name=name),
    "dropout": lambda name: keras.layers.Dropout(0.5, name=name),
    "blank": lambda name: keras.layers.Rescaling(0.0, name=name),
}


def network(layers):
    """A small network with fixed weights.

    Parameters
    ----------
    layers : list of str
        ``"input 8 6 3"`` (its shape), then the kinds of `LAYERS` with their numbers of units or filters. "blank" makes
        zeros of everything. A layer is named by its kind, counted from 0: ``conv0``, ``conv1``; a head is ``head``.
        "frozen" at the end freezes the model as a whole.
    """
    counts = collections.Counter()
    for text in layers:
        kind, *sizes = text.split()
        if kind == "input":
            inputs = x = keras.Input(tuple(map(int, sizes)))
        elif kind != "frozen":
            x = LAYERS[kind](*map(int, sizes), name=f"{kind}{counts[kind]}")(x)
            counts[kind] += 1
    model = keras.Model(inputs, x)
    fix_weights(model)
    if "frozen" in layers:
        model.trainable = False
    return model


def fix_weights(model):
    """Give a model random weights that depend on nothing but the names and the shapes of its arrays.

    The shapes count without sizes of 1, so a convolution of 1x1 pixels gets the weights of a dense layer.
    """
    for weight in model.weights:
        shape = [size for size in weight.shape if size > 1]
        kind = weight.path.rpartition("/")[2]
        rng = np.random.default_rng(zlib.crc32(f"{kind} {shape}".encode()))
        if kind in ("gamma", "moving_variance"):
            weight.assign(rng.uniform(0.5, 1.5, weight.shape))
        else:
            weight.assign(rng.normal(0, 0.5 * max(np.prod(weight.shape[:-1]), 4.0) ** -0.5, weight.shape))


def keeping_weights(function):
    """The function, whose model must contain the values of all weights of each model that it gets."""

    def kept(*arguments):
        model = returned_model(function, arguments)
        arrays = model.get_weights()
        own = [array for value in arguments if isinstance(value, keras.Model) for array in value.get_weights()]
        checks.require(
            all(any(np.array_equal(array, other) for other in arrays) for array in own),
            f"The model from {function.__name__} lacks weights of the model that it gets: use its layers, no copies.",
        )
        return model

    kept.__name__ = getattr(function, "__name__", "the function")
    return kept


def view(text, function, show):
    """The function `show`, which messages call `text` and the name of the student's `function`."""
    show.__name__ = f"{text} {getattr(function, '__name__', 'the function')}"
    return show


def with_networks(arguments):
    """Arguments with a network for each list that describes one."""
    described = [isinstance(value, list) and str(value[:1]).startswith("['input ") for value in arguments]
    return [network(value) if is_one else value for value, is_one in zip(arguments, described, strict=True)]


def returned_model(function, arguments):
    """The model that a function returns for these arguments, whose weights it must not change."""
    before = [value.get_weights() if isinstance(value, keras.Model) else [] for value in arguments]
    model = checks.require_outputs(function(*arguments), f"{function.__name__} should return a keras.Model")
    for value, old in zip(arguments, before, strict=True):
        same = not old or all(map(np.array_equal, old, value.get_weights()))
        checks.require(
            same, f"{function.__name__} changes the weights of the model that it gets: write into a new layer."
        )
    return model


def outputs(function):
    """View of the returned model's outputs: (arguments of `function`, inputs) to an array."""

    def show(*arguments):
        *others, inputs = with_networks(arguments)
        return np.asarray(returned_model(function, others)(inputs))

    return view("the output of the model from", function, show)


def outputs_with_fixed_weights(function):
    """View of the returned model's outputs for random inputs, after `fix_weights`: (arguments of `function`)."""

    def show(*arguments):
        model = returned_model(function, with_networks(arguments))
        if not model.built:
            raise AssertionError(f"The model from {function.__name__} has no weights yet: begin with keras.Input.")
        fix_weights(model)
        inputs = np.random.default_rng(0).uniform(0, 1, (2, *model.input_shape[1:]))
        return np.asarray(model(inputs.astype("float32")))

    return view("the output, for two inputs and given weights, of the model from", function, show)


def parameter_counts(function):
    """View of the returned model's parameters: (arguments of `function`) to [trainable, frozen].

    The statistics of a batch norm always count as frozen.
    """

    def show(*arguments):
        model = returned_model(function, with_networks(arguments))
        trainable = trainable_count(model)
        return [trainable, sum(int(np.prod(weight.shape)) for weight in model.weights) - trainable]

    return view("the list [trainable, frozen] of parameters in the model from", function, show)


def trainable_parameters(function):
    """View of the returned model's trainable parameters: (arguments of `function`) to their number."""

    def show(*arguments):
        return trainable_count(returned_model(function, with_networks(arguments)))

    return view("the number of trainable parameters in the model from", function, show)


def trainable_arrays(function):
    """View of the returned model's trainable arrays: (arguments of `function`) to their sizes and first values.

    The list has texts such as "6x2 random", in alphabetical order; others are "zeros", or "constant" if all values are
    equal. A layer with Keras' own update of low rank fails at once.
    """

    def show(*arguments):
        name, model = function.__name__, returned_model(function, with_networks(arguments))
        model = checks.require_model(model, f"{name} should return a keras.Model")
        own = any(getattr(layer, "lora_enabled", False) for layer in model_description.layers_without_models(model))
        checks.require(not own, f"The model from {name} uses Keras' `enable_lora`: write the factors yourself.")
        return sorted(_described(np.asarray(weight)) for weight in model.trainable_weights)

    return view("the list of arrays that may learn in the model from", function, show)


def _described(array):
    while array.ndim > 2 and len(array) == 1:  # a convolution of 1x1 pixels counts as a dense layer
        array = array[0]
    kind = "zeros" if not array.any() else "constant" if array.size > 1 and np.ptp(array) == 0 else "random"
    return f"{'x'.join(map(str, array.shape))} {kind}"


def trainable_layers(function):
    """View of the layers that a function leaves trainable in the network that is its first argument.

    A trainable batch norm fails at once, because its statistics would drift.
    """

    def show(*arguments):
        model, *others = with_networks(arguments)
        function(model, *others)
        trainable = [layer for layer in weight_layers(model) if layer.trainable_weights and model.trainable]
        norms = [layer.name for layer in trainable if is_batch_norm(layer)]
        checks.require(not norms, f"After {function.__name__}, {', '.join(norms)} may learn: freeze the batch norms.")
        return [layer.name for layer in trainable]

    return view("the list of trainable layers after", function, show)


def value(function):
    """View of what a function returns: (its arguments) to the value."""

    def show(*arguments):
        return function(*with_networks(arguments))

    show.__name__ = getattr(function, "__name__", "the function")
    return show


def layers_left_trainable(function):
    """View of the layers that a function leaves trainable in the network that is its first argument, norms included."""

    def show(*arguments):
        model, *others = with_networks(arguments)
        function(model, *others)
        return [layer.name for layer in model.layers if layer.trainable_weights]

    return view("the list of trainable layers after", function, show)
