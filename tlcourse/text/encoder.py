"""A transformer encoder as in BERT, in plain Keras layers: every part of it can be found by its name.

Devlin et al. 2019, with layer normalization after each sum. One mask turns it into a GPT: see `build_encoder`.
"""

import keras
from keras import layers, ops

EPSILON = 1e-12  # of the layer normalization, as in BERT


def build_encoder(vocabulary_size, width=64, depth=4, heads=4, hidden=256, positions=64, causal=False, head=False):
    """An encoder with random weights.

    Parameters
    ----------
    vocabulary_size, width, depth, heads, hidden, positions : int
        Pieces; numbers for each piece, a multiple of the attention heads; transformer layers; attention heads; units
        between two states; the longest row of ids.
    causal : bool
        True: a position sees itself and those before it (GPT). False: all (BERT). Nobody sees padding.
    head : bool
        True: the outputs are logits over the pieces, shape (n, length, vocabulary_size).

    Returns
    -------
    keras.Model
        From ids, shape (n, length), 0 for padding, to the states of the last layer, shape (n, length, width).
    """
    if width % heads:
        raise ValueError(f"{heads} heads cannot share a width of {width} evenly")
    ids = keras.Input((None,), dtype="int32", name="ids")
    visible = _not_padding(ids)
    states = layers.Embedding(vocabulary_size, width, _small(), name="pieces")(ids)
    places = ops.cumsum(ops.ones_like(ids), axis=1) - 1
    states = states + layers.Embedding(positions, width, _small(), name="positions")(places)
    states = layers.LayerNormalization(epsilon=EPSILON, name="states_0")(states)
    for number in range(1, depth + 1):
        states = _transformer_layer(states, visible, number, (width, heads, hidden), causal)
    if head:
        states = layers.Dense(vocabulary_size, kernel_initializer=_small(), name="head")(states)
    return keras.Model(ids, states, name="encoder")


def _small():
    """Small random numbers; a new initializer each time, because one alone would give all layers the same numbers."""
    return keras.initializers.TruncatedNormal(stddev=0.02)


def _not_padding(ids):
    """To which column a row may look at, shape (n, 1, length)."""
    return ops.expand_dims(ops.not_equal(ids, 0), axis=1)


def _transformer_layer(states, visible, number, sizes, causal):
    """Attention, then a dense layer for each position; each adds to what came in."""
    width, heads, hidden = sizes
    name = f"attention_{number}"
    attend = layers.MultiHeadAttention(heads, width // heads, kernel_initializer=_small(), name=name)
    seen = attend(states, states, attention_mask=visible, use_causal_mask=causal)
    states = layers.LayerNormalization(epsilon=EPSILON, name=f"seen_{number}")(states + seen)
    wide = layers.Dense(hidden, activation="gelu", kernel_initializer=_small(), name=f"wide_{number}")(states)
    narrow = layers.Dense(width, kernel_initializer=_small(), name=f"narrow_{number}")(wide)
    return layers.LayerNormalization(epsilon=EPSILON, name=f"states_{number}")(states + narrow)


def layer_states(encoder):
    """The same encoder, its outputs a list of states: embeddings, layer 1, and so on; each (n, length, width)."""
    states = [layer.output for layer in encoder.layers if layer.name.startswith("states_")]
    return keras.Model(encoder.inputs[0], states)


def attention_weights(encoder, ids, layer):
    """Where each position looks in one layer (1 for the first), shape (n, heads, length, length); rows sum to 1.

    The encoder is one without `causal`.
    """
    before = keras.Model(encoder.inputs[0], encoder.get_layer(f"states_{layer - 1}").output)
    states, attention = before(ids, training=False), encoder.get_layer(f"attention_{layer}")
    _, weights = attention(states, states, attention_mask=_not_padding(ids), return_attention_scores=True)
    return ops.convert_to_numpy(weights)
