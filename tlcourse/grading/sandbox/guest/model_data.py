"""A Keras model as data, and the model that such data describe; whatever they say, nothing in them is executed.

The data are a description (`tlcourse.model_description`), weights, and what is trainable.
"""

import contextlib
import math

import keras
import numpy as np
import tensorflow as tf

from tlcourse.model_description import (
    OWN_LAYERS,
    NotPortable,
    checked_description,
    description,
    layers_without_models,
    model_parts,
)

LARGEST_WEIGHTS = 16 << 20  # bytes
MOST_WEIGHTS = 1 << 28  # numbers in a model that is rebuilt, 1 GiB; VGG-16 has 138 million


def to_data(model):
    """A model as data.

    Parameters
    ----------
    model : keras.Model

    Returns
    -------
    dict
        "kind", "config": as `description` has them; "state": see `state`.

    Raises
    ------
    NotPortable
        If it has no description.
    """
    return {**description(model), "state": state(model)}


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
        config = checked_description(data["config"])
        if data["state"]["weights"] is not None:
            config = _with_zeros(config)
        kind = keras.Sequential if data["kind"] == "Sequential" else keras.Model
        with _bounded_weights():
            model = kind.from_config(config, custom_objects=OWN_LAYERS)
        set_state(model, data["state"])
    except NotPortable:
        raise
    except Exception as error:
        raise NotPortable(f"it cannot be rebuilt ({type(error).__name__}: {str(error)[:200]})") from None
    return model


@contextlib.contextmanager
def _bounded_weights():
    """Let models that are made in the block have `MOST_WEIGHTS` together: the description bounds each number only.

    A layer's weights follow from its inputs, so Keras alone knows their shapes. They are counted here before TensorFlow
    takes memory for them: in a graph, an initial value is not computed.

    Raises
    ------
    NotPortable
        If they have more, whatever Keras makes of the error.
    """
    graph, total = tf.Graph(), 0

    def create(next_creator, **options):
        nonlocal total
        if callable(options["initial_value"]):
            with graph.as_default():
                total += options["initial_value"]().shape.num_elements()
        if total > MOST_WEIGHTS:
            raise MemoryError
        return next_creator(**options)

    try:
        with tf.variable_creator_scope(create):
            yield
    except Exception:
        if total <= MOST_WEIGHTS:
            raise
    if total > MOST_WEIGHTS:
        raise NotPortable(f"it has at least {total:,} weights, and a rebuilt model may have {MOST_WEIGHTS:,}")


def state(model):
    """What training and freezing change in a model.

    Returns
    -------
    dict
        "weights": list of arrays, or None if they take more than `LARGEST_WEIGHTS` bytes; "trainable": list of bool, of
        the model, its layers and their variables.
    """
    variables = [variable for layer in layers_without_models(model) for variable in layer.weights]
    small = sum(math.prod(variable.shape) for variable in variables) * 4 <= LARGEST_WEIGHTS
    flags = [bool(part.trainable) for part in [*model_parts(model), *variables]]
    return {"weights": [variable.numpy() for variable in variables] if small else None, "trainable": flags}


def set_state(model, new):
    """Put a `state` into a model.

    Raises
    ------
    NotPortable
        If it is not one of a model with these layers.
    """
    weights, flags = new["weights"], list(new["trainable"])
    layers, parts = layers_without_models(model), model_parts(model)
    variables = [variable for layer in layers for variable in layer.weights]
    if len(flags) != len(parts) + len(variables) or not all(type(flag) is bool for flag in flags):
        raise NotPortable(f"the data that came back do not fit its {len(parts)} parts and {len(variables)} arrays")
    if weights is not None:
        shapes = [np.shape(array) for array in weights]
        if shapes != [tuple(variable.shape) for variable in variables]:
            raise NotPortable("the arrays that came back do not fit its layers")
        for variable, array in zip(variables, weights, strict=True):
            variable.assign(np.asarray(array))
        for layer in layers:
            if isinstance(layer, keras.layers.Normalization):
                layer.finalize_state()
    for part, flag in zip([*parts, *variables], flags, strict=True):  # a layer's flag also sets those of its parts
        part.trainable = flag


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
