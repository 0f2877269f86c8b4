"""A Keras model as data, and the model that such data describe; whatever they say, nothing in them is executed.

The data are a configuration, weights, and what is trainable. They may come from anyone: only layers and operations of
the lists below are made. So there are no `Lambda`, no functions, no classes of others, no files and no addresses.
"""

import contextlib
import math
import re
import types

import keras
import numpy as np

from tlcourse.augmentation import RandomAffine, RandomColorCast
from tlcourse.fused_batch_norm import FusedBatchNormalization


def _names(text):
    return frozenset(text.split())


LAYERS = _names(
    "InputLayer Dense EinsumDense Activation Identity Masking Embedding Flatten Reshape Permute RepeatVector "
    "Dropout SpatialDropout1D SpatialDropout2D GaussianDropout GaussianNoise AlphaDropout "
    "Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose SeparableConv1D SeparableConv2D "
    "DepthwiseConv1D DepthwiseConv2D MaxPooling1D MaxPooling2D AveragePooling1D AveragePooling2D "
    "GlobalMaxPooling1D GlobalMaxPooling2D GlobalAveragePooling1D GlobalAveragePooling2D "
    "ZeroPadding1D ZeroPadding2D Cropping1D Cropping2D UpSampling1D UpSampling2D Rescaling Resizing CenterCrop "
    "BatchNormalization LayerNormalization GroupNormalization UnitNormalization Normalization "
    "RandomFlip RandomRotation RandomZoom RandomTranslation RandomContrast RandomBrightness RandomCrop "
    "Add Subtract Multiply Average Maximum Minimum Concatenate Dot Attention MultiHeadAttention "
    "ReLU LeakyReLU PReLU ELU Softmax SimpleRNN LSTM GRU"
)
OWN_LAYERS = {kind.__name__: kind for kind in (FusedBatchNormalization, RandomAffine, RandomColorCast)}
MODELS = ("Functional", "Model", "Sequential")
OPERATIONS = _names(
    "Take GetItem Add Subtract Multiply TrueDivide Divide Negative Power Square Sqrt Absolute Maximum Minimum Clip "
    "Sum Mean Max Min Reshape Transpose Squeeze ExpandDims Concatenate Stack Matmul Exp Log Relu Sigmoid Tanh "
    "Softmax LogSoftmax"
)
OPERATION_MODULES = ("keras.src.ops.numpy", "keras.src.ops.nn")  # as a configuration names them
INITIALIZERS = _names(
    "Zeros Ones Constant RandomNormal RandomUniform TruncatedNormal GlorotNormal GlorotUniform HeNormal HeUniform "
    "LecunNormal LecunUniform VarianceScaling Orthogonal Identity"
)
ACTIVATIONS = _names(
    "linear relu relu6 leaky_relu elu selu celu gelu silu swish mish tanh sigmoid hard_sigmoid hard_tanh softplus "
    "softsign softmax log_softmax log_sigmoid exponential"
)
PARTS_OF_NODES = ("__keras_tensor__", "__tensor__", "__slice__", "__ellipsis__")
LARGEST_WEIGHTS = 16 << 20  # bytes
LARGEST_NUMBER, LONGEST_TEXT, MOST_ENTRIES, DEEPEST = 1 << 20, 300, 50_000, 40


class NotPortable(ValueError):  # noqa: N818
    """A model that cannot be sent as data, or data that describe none."""


def to_data(model):
    """A model as data.

    Parameters
    ----------
    model : keras.Model

    Returns
    -------
    dict
        "kind", "config": its layers as JSON has them; "state": see `state`.

    Raises
    ------
    NotPortable
        If it is of a class of someone's own, or has a layer, an operation or a function that is not Keras' own. The
        course's own layers pass.
    """
    return {**description(model), "state": state(model)}


def description(model):
    """A model's "kind" and "config" alone; see `to_data`."""
    kind = type(model).__name__
    if kind not in MODELS or not type(model).__module__.startswith("keras."):
        raise NotPortable(f"it is of the class {kind}; make it with keras.Model(inputs, outputs) or keras.Sequential")
    if not model.built:
        raise NotPortable("it has no weights yet: begin with keras.Input, or call the model once")
    with _without_initializer_functions(model):
        try:
            config = model.get_config()
        except Exception as error:
            raise NotPortable(f"its layers cannot be described ({type(error).__name__}: {str(error)[:200]})") from None
    return {"kind": kind, "config": _Description().checked(config)}


def from_data(data):
    """The model that data describe.

    Parameters
    ----------
    data : dict
        What `to_data` returned, or what someone claims to be that.

    Returns
    -------
    keras.Model
        Not compiled. Where the data have no weights, they are initialized anew.

    Raises
    ------
    NotPortable
        If the data describe no model of Keras' own layers, or a larger one than the bounds allow.
    """
    try:
        config = _Description().checked(data["config"])
        if data["state"]["weights"] is not None:
            config = _with_zeros(config)
        kind = keras.Sequential if data["kind"] == "Sequential" else keras.Model
        model = kind.from_config(config, custom_objects=OWN_LAYERS)
        set_state(model, data["state"])
    except NotPortable:
        raise
    except Exception as error:
        raise NotPortable(f"it cannot be rebuilt ({type(error).__name__}: {str(error)[:200]})") from None
    return model


def state(model):
    """What training and freezing change in a model.

    Returns
    -------
    dict
        "weights": list of arrays, or None if they take more than `LARGEST_WEIGHTS` bytes; "trainable": list of bool, of
        the model, its layers and their variables.
    """
    variables = [variable for layer in _leaves(model) for variable in layer.weights]
    small = sum(math.prod(variable.shape) for variable in variables) * 4 <= LARGEST_WEIGHTS
    flags = [bool(part.trainable) for part in [*_parts(model), *variables]]
    return {"weights": [variable.numpy() for variable in variables] if small else None, "trainable": flags}


def set_state(model, new):
    """Put a `state` into a model.

    Raises
    ------
    NotPortable
        If it is not one of a model with these layers.
    """
    weights, flags = new["weights"], list(new["trainable"])
    layers, parts = _leaves(model), _parts(model)
    variables = [variable for layer in layers for variable in layer.weights]
    if len(flags) != len(parts) + len(variables) or not all(type(flag) is bool for flag in flags):
        raise NotPortable(f"it has {len(parts)} parts and {len(variables)} arrays, and other data came")
    if weights is not None:
        shapes = [np.shape(array) for array in weights]
        if shapes != [tuple(variable.shape) for variable in variables]:
            raise NotPortable("the arrays that came do not fit its layers")
        for variable, array in zip(variables, weights, strict=True):
            variable.assign(np.asarray(array))
        for layer in layers:
            if isinstance(layer, keras.layers.Normalization):
                layer.finalize_state()
    for part, flag in zip([*parts, *variables], flags, strict=True):  # a layer's flag also sets those of its parts
        part.trainable = flag


def _parts(model):
    """A model and all layers in it, nested models before their layers."""
    parts = [model]
    for layer in sorted(model.layers, key=lambda layer: layer.name):
        parts += _parts(layer) if isinstance(layer, keras.Model) else [layer]
    return parts


def _leaves(model):
    """The layers that are no models, by name: the same layers may come in another order after a rebuild."""
    return [part for part in _parts(model) if not isinstance(part, keras.Model)]


@contextlib.contextmanager
def _without_initializer_functions(model):
    """Weights have been initialized, so an initializer that is a function need not be described."""
    replaced = []
    for layer in _leaves(model):
        for name, value in list(vars(layer).items()):
            if name.endswith("_initializer") and isinstance(value, types.FunctionType):
                replaced.append((layer, name, value))
                setattr(layer, name, keras.initializers.Zeros())
    try:
        yield
    finally:
        for layer, name, value in replaced:
            setattr(layer, name, value)


class _Description:
    """Checks one configuration: what `checked` returns has nothing in it but what the lists above allow."""

    def __init__(self):
        self.entries = 0

    def checked(self, node, key="", depth=0):
        """A part of a configuration, `key` its name, without what a rebuilt model does not need."""
        self.entries += 1
        if depth > DEEPEST or self.entries > MOST_ENTRIES:
            raise NotPortable("it has too many layers")
        if node is None or type(node) in (bool, float):
            return node
        if type(node) is int:
            if abs(node) > LARGEST_NUMBER and key != "seed":
                raise NotPortable(f"the number {node} in its configuration is too large")
            return node
        if type(node) is str and len(node) <= LONGEST_TEXT:
            return _checked_text(node, key)
        if type(node) in (list, tuple):
            return [self.checked(item, key, depth + 1) for item in node]
        if type(node) is dict and all(type(name) is str for name in node):
            return self._checked_entries(node, key, depth)
        raise NotPortable(f"{key or 'its configuration'} has a value of the type {type(node).__name__}")

    def _checked_entries(self, node, key, depth):
        if "class_name" in node:
            node = _allowed(node, key)
        elif key.endswith("activation"):
            _refuse("a function as an activation", node)
        kept = {}
        for name, value in node.items():
            if name.endswith(("_regularizer", "_constraint")):  # they act in training alone
                value = None
            if name not in ("compile_config", "build_config"):
                kept[name] = self.checked(value, name, depth + 1)
        return kept


def _checked_text(node, key):
    if key.endswith("activation") and node not in ACTIVATIONS:
        raise NotPortable(f"an activation is {node}, which is not one of Keras' own that a rebuilt model may have")
    return node


def _allowed(node, key):
    """The description of an object, if it is one that a rebuilt model may have; of its class only the name counts."""
    name, module, config = node["class_name"], node.get("module"), node.get("config")
    if key.endswith("_initializer"):
        allowed = name in INITIALIZERS and module == "keras.initializers"
    elif key == "dtype" or name == "DTypePolicy":
        allowed = name == "DTypePolicy" and re.fullmatch(r"\w+", str((config or {}).get("name", "")))
    elif name in PARTS_OF_NODES:
        return {"class_name": name, "config": config}
    elif module in OPERATION_MODULES:
        return {**node, "registered_name": None} if name in OPERATIONS else _refuse(name, node)
    elif name in OWN_LAYERS:
        return {**node, "module": None, "registered_name": name}
    elif name in MODELS and str(module).startswith("keras"):
        model = "Sequential" if name == "Sequential" else "Model"
        return {**node, "module": "keras", "class_name": model, "registered_name": None}
    else:
        allowed = name in LAYERS and module == "keras.layers"
    return {**node, "registered_name": None} if allowed else _refuse(name, node)


def _refuse(name, node):
    config = node.get("config")
    called = config.get("name") if isinstance(config, dict) else None
    shown = f"{called!r} of the type {name}" if called else name
    raise NotPortable(f"it has {str(shown)[:100]}, which is not one of Keras' own layers that a rebuilt model may have")


def _with_zeros(node):
    """A configuration whose weights begin as zeros: others are put in their place at once."""
    if isinstance(node, list):
        return [_with_zeros(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        name: "zeros" if name.endswith("_initializer") and value is not None else _with_zeros(value)
        for name, value in node.items()
    }
