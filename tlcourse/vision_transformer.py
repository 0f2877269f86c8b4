"""A Vision Transformer in plain Keras layers (Dosovitskiy et al. 2021): patches, attention, and a head on their mean.

Layer normalization stands before attention and dense layers, as in the paper. The mean of all states replaces the
class token (Zhai et al. 2022), so every patch counts.
"""

import keras
from keras import layers, ops

from tlcourse._keras import serializable


def build_vit(classes, size=48, patch=6, width=64, depth=4, heads=4, hidden=128):
    """A Vision Transformer with random weights.

    Parameters
    ----------
    classes : int
        Outputs of the last layer, which gives logits.
    size, patch : int
        Height and width of the input and of a patch, in pixels; `size` is a multiple of `patch`. Images go in as they
        are, 0 to 255.
    width, depth, heads, hidden : int
        Numbers for each patch, a multiple of `heads`; transformer layers; attention heads; units between two states.

    Returns
    -------
    keras.Model
        Its layers are named: "patches" (a dense layer for each patch), "places", then "attention_1", "wide_1",
        "narrow_1", "states_1" and so on, "pooled" and "predictions".

    Raises
    ------
    ValueError
        If patches do not cover the image, or heads do not share the width evenly.
    """
    if size % patch or width % heads:
        raise ValueError(f"size {size} must be a multiple of patch {patch}, and width {width} of heads {heads}")
    inputs = keras.Input((size, size, 3), name="image")
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(inputs)
    x = layers.Conv2D(width, patch, strides=patch, name="patches")(x)  # each patch times the same matrix
    x = layers.Reshape(((size // patch) ** 2, width), name="row")(x)
    x = Places(name="places")(x)
    for number in range(1, depth + 1):
        x = _transformer_layer(x, number, width, heads, hidden)
    x = layers.LayerNormalization(epsilon=1e-6, name="norm")(x)
    x = layers.GlobalAveragePooling1D(name="pooled")(x)
    return keras.Model(inputs, layers.Dense(classes, name="predictions")(x), name="vit")


def _transformer_layer(x, number, width, heads, hidden):
    """Attention, then a dense layer for each patch; each adds to what came in."""
    normed = layers.LayerNormalization(epsilon=1e-6, name=f"before_attention_{number}")(x)
    seen = layers.MultiHeadAttention(heads, width // heads, name=f"attention_{number}")(normed, normed)
    x = layers.Add(name=f"seen_{number}")([x, seen])
    normed = layers.LayerNormalization(epsilon=1e-6, name=f"before_wide_{number}")(x)
    wide = layers.Dense(hidden, activation="gelu", name=f"wide_{number}")(normed)
    narrow = layers.Dense(width, name=f"narrow_{number}")(wide)
    return layers.Add(name=f"states_{number}")([x, narrow])


@serializable
class Places(layers.Layer):
    """Add a learned vector for each place, without which attention could not tell patches at two places apart."""

    def build(self, shape):
        """One vector for each patch: shape (1, patches, width)."""
        initializer = keras.initializers.TruncatedNormal(stddev=0.02)
        self.vectors = self.add_weight(shape=(1, *shape[1:]), initializer=initializer, name="vectors")

    def call(self, states):
        """States of shape (n, patches, width)."""
        return states + self.vectors


def attention_maps(model, images, layer):
    """Where each patch looks in one layer of `build_vit` (1 for the first).

    Parameters
    ----------
    model : keras.Model
    images : array-like
        Shape (n, size, size, 3), values 0 to 255.
    layer : int

    Returns
    -------
    numpy.ndarray
        Shape (n, heads, patches, patches); rows sum to 1.
    """
    before = keras.Model(model.inputs[0], model.get_layer(f"before_attention_{layer}").output)
    states = before(ops.cast(images, "float32"), training=False)
    _, weights = model.get_layer(f"attention_{layer}")(states, states, return_attention_scores=True)
    return ops.convert_to_numpy(weights)
