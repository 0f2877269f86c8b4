"""A transformer encoder as in BERT, in plain Keras layers: every part of it can be found by its name.

Devlin et al. 2019, with layer normalization after each sum. One mask turns it into a GPT: see `build_encoder`.
"""

import keras
from keras import layers, ops

EPSILON = 1e-12  # of the layer normalization, as in BERT


def build_encoder(vocabulary_size, width=96, depth=4, heads=4, hidden=384, positions=64, causal=False, own_mask=False):
    """An encoder with random weights.

    Parameters
    ----------
    vocabulary_size : int
    width : int
        Numbers for each piece; a multiple of `heads`.
    depth : int
        How many transformer layers.
    heads : int
        Attention maps in each layer.
    hidden : int
        Units of the dense layer between two states.
    positions : int
        The longest row of ids.
    causal : bool
        True: a position sees itself and those before it (GPT). False: all (BERT).
    own_mask : bool
        True: a second input, shape (n, length, length), is true where a row's position may look at a column's.

    Returns
    -------
    keras.Model
        From ids, shape (n, length), 0 for padding, to the states of the last layer, shape (n, length, width).
        Nobody looks at padding.

    Raises
    ------
    ValueError
        If the heads do not share the width evenly.
    """
    if width % heads:
        raise ValueError(f"{heads} heads cannot share a width of {width} evenly")
    ids = keras.Input((None,), dtype="int32", name="ids")
    visible = PaddingMask(name="mask")(ids)
    inputs = [ids]
    if own_mask:
        inputs.append(keras.Input((None, None), dtype="bool", name="visible"))
        visible = ops.logical_and(visible, inputs[1])
    states = layers.Embedding(vocabulary_size, width, embeddings_initializer=_small(), name="pieces")(ids)
    states = AddPositions(positions, name="positions")(states)
    states = layers.LayerNormalization(epsilon=EPSILON, name="states_0")(states)
    for number in range(1, depth + 1):
        states = _transformer_layer(states, visible, number, (width, heads, hidden), causal)
    return keras.Model(inputs if own_mask else ids, states, name="encoder")


def _transformer_layer(states, visible, number, sizes, causal):
    """Attention, then a dense layer for each position; each adds to what came in."""
    width, heads, hidden = sizes
    attention = layers.MultiHeadAttention(
        heads, width // heads, kernel_initializer=_small(), name=f"attention_{number}"
    )
    seen = attention(states, states, attention_mask=visible, use_causal_mask=causal)
    states = layers.LayerNormalization(epsilon=EPSILON, name=f"seen_{number}")(states + seen)
    wide = layers.Dense(hidden, activation="gelu", kernel_initializer=_small(), name=f"wide_{number}")(states)
    narrow = layers.Dense(width, kernel_initializer=_small(), name=f"narrow_{number}")(wide)
    return layers.LayerNormalization(epsilon=EPSILON, name=f"states_{number}")(states + narrow)


def _small():
    return keras.initializers.TruncatedNormal(stddev=0.02)


@keras.saving.register_keras_serializable("tlcourse")
class AddPositions(layers.Layer):
    """Adds a learned vector to each position: attention alone does not see the order of the words."""

    def __init__(self, positions, **options):
        super().__init__(**options)
        self.positions = positions

    def build(self, input_shape):
        """Make the vectors, shape (positions, width)."""
        shape = (self.positions, input_shape[-1])
        self.vectors = self.add_weight(shape=shape, initializer=_small(), name="vectors")

    def call(self, states):
        """The states, shape (n, length, width), with their positions added."""
        return states + self.vectors[: ops.shape(states)[1]]

    def get_config(self):
        """What makes the layer again."""
        return {**super().get_config(), "positions": self.positions}


@keras.saving.register_keras_serializable("tlcourse")
class PaddingMask(layers.Layer):
    """From ids, shape (n, length), to which column a row may look at, shape (n, 1, length): all but padding."""

    def call(self, ids):
        """True where there is a piece."""
        return ops.not_equal(ids, 0)[:, None, :]


def depth_of(encoder):
    """How many transformer layers an encoder has."""
    return sum(layer.name.startswith("attention_") for layer in encoder.layers)


def layer_states(encoder):
    """The same encoder with the states of each layer as outputs: the embeddings, layer 1, and so on.

    Returns
    -------
    keras.Model
        Its outputs are a list of one more than `depth_of`, each of shape (n, length, width).
    """
    states = [encoder.get_layer(f"states_{number}").output for number in range(depth_of(encoder) + 1)]
    return keras.Model(encoder.inputs if len(encoder.inputs) > 1 else encoder.inputs[0], states)


def attention_weights(encoder, ids, layer):
    """Where each position looks in one layer of an encoder that sees all positions.

    Parameters
    ----------
    encoder : keras.Model
        Made by `build_encoder` without `causal` and `own_mask`.
    ids : numpy.ndarray
        Shape (n, length).
    layer : int
        1 for the first transformer layer.

    Returns
    -------
    numpy.ndarray
        Shape (n, heads, length, length); each row sums to 1.
    """
    before = keras.Model(encoder.inputs[0], encoder.get_layer(f"states_{layer - 1}").output)
    states, attention = before(ids, training=False), encoder.get_layer(f"attention_{layer}")
    mask = ops.not_equal(ids, 0)[:, None, :]
    _, weights = attention(states, states, attention_mask=mask, return_attention_scores=True)
    return ops.convert_to_numpy(weights)
