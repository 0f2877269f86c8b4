"""Fine-tuning: groups of layers, what may learn, and an audit of what did move.

In Keras 3, `trainable` is read when a model is compiled, and a batch norm that is not frozen keeps adapting its
statistics to the new images even with `training=False`. `audit` shows both.
"""

import itertools
from typing import NamedTuple

import keras
import numpy as np

from tlcourse.networks import compile_and_build, flat_layers


class Movement(NamedTuple):
    """Relative change of one layer since a snapshot; 0.1 means that it moved by 10% of its norm."""

    layer: str
    trainable: bool
    weights: float  # |after - before| / |before|, over all that gradients can move
    statistics: float | None  # the same of a batch norm's moving mean and variance; None for other layers


def is_batch_norm(layer):
    """Whether a layer is a batch normalization."""
    return isinstance(layer, keras.layers.BatchNormalization)


def weight_layers(model):
    """The layers with weights of their own, from the input to the output; those of a nested base too."""
    return [layer for layer in flat_layers(model) if layer.weights]


def layer_groups(model, starts):
    """The layers with weights, cut into consecutive groups.

    Parameters
    ----------
    model : keras.Model
    starts : sequence of str
        Names of the layers at which a new group begins, in the model's order.

    Returns
    -------
    list of list of keras.layers.Layer
        ``len(starts) + 1`` groups, from the input to the output; each has layers.

    Raises
    ------
    ValueError
        For a name that no layer with weights has, or starts that leave a group without layers.
    """
    layers = weight_layers(model)
    edges = [0, *(_position(layers, name) for name in starts), len(layers)]
    groups = [layers[low:high] for low, high in itertools.pairwise(edges)]
    if not all(groups):
        raise ValueError(f"starts must be different, in the model's order, and after its first layer, got {starts}")
    return groups


def _position(layers, name):
    names = [layer.name for layer in layers]
    if name not in names:
        raise ValueError(f"no layer with weights is called {name!r}; there are {', '.join(names)}")
    return names.index(name)


def unfreeze_from(model, first, batch_norm=False):
    """Let the layers from `first` on learn, and freeze those before it. Compile afterwards, or nothing changes.

    Parameters
    ----------
    model : keras.Model
    first : str
        Name of a layer with weights.
    batch_norm : bool
        Whether batch norms from there on may learn and adapt their statistics too; by default they stay frozen.

    Returns
    -------
    int
        Parameters that can learn now.
    """
    layers = weight_layers(model)
    start = _position(layers, first)
    model.trainable = True  # a frozen model would hide what its layers say
    for position, layer in enumerate(layers):
        layer.trainable = position >= start and (batch_norm or not is_batch_norm(layer))
    return trainable_count(model)


def trainable_count(model):
    """How many parameters gradients can move."""
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def recompile(model, learning_rate, optimizer=keras.optimizers.Adam, **options):
    """Compile with a new optimizer, as every stage of a fine-tuning needs it: cross-entropy on logits, accuracy.

    A reused optimizer raises an error for new weights, and a model that is not compiled anew trains what was
    trainable before. `options` go to the optimizer.
    """
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    return compile_and_build(model, optimizer(learning_rate, **options), loss, metrics=[accuracy])


def split(model, layer):
    """The model as two that share its weights: up to a layer's output, and from there on.

    While the lower part is frozen, what comes out of it can be computed once.
    """
    middle = model.get_layer(layer).output
    return keras.Model(model.input, middle), keras.Model(middle, model.output)


def snapshot(model):
    """Copies of all weights and statistics, for `audit`: layer's path to list of arrays."""
    return {layer.path: [np.array(weight) for weight in layer.weights] for layer in weight_layers(model)}


def audit(model, before):
    """How far each layer has moved since a snapshot.

    Parameters
    ----------
    model : keras.Model
    before : dict
        What `snapshot` of the same model gave.

    Returns
    -------
    list of Movement
        One for each layer with weights, from the input to the output.

    Raises
    ------
    ValueError
        If the snapshot is of another model.
    """
    layers = weight_layers(model)
    if [layer.path for layer in layers] != list(before):
        raise ValueError(f"the snapshot is of another model: it has {len(before)} layers, and {len(layers)} are here")
    return [_movement(layer, before[layer.path]) for layer in layers]


def _movement(layer, before):
    weights, statistics = [], []
    for weight, old in zip(layer.weights, before, strict=True):
        change = old, np.array(weight)
        if is_batch_norm(layer) and weight.name.startswith("moving_"):
            statistics.append(change)
        else:
            weights.append(change)
    drift = _distance(statistics) if statistics else None
    return Movement(layer.name, bool(layer.trainable), _distance(weights), drift)


def _distance(pairs):
    """|after - before| / |before| of all arrays together; 0 if nothing moved."""
    change = np.sqrt(sum(float(np.sum((new - old) ** 2)) for old, new in pairs))
    length = np.sqrt(sum(float(np.sum(old**2)) for old, _ in pairs))
    return float(change / (length + 1e-12)) if change else 0.0
