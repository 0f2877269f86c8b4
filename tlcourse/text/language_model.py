"""One small transformer for all ways of pretraining: what a position may see is an input of the network.

Layers as in `encoder`; positions are inputs, too, because XLNet's network asks for a position that it does not see.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from tlcourse.text.encoder import EPSILON

SIZES = {"width": 64, "depth": 2, "heads": 4, "hidden": 128, "positions": 64}
WARM_UP = 0.1  # of the steps
_ROWS = 128


def build_language_model(vocabulary_size, width=64, depth=2, heads=4, hidden=128, positions=64, shared=False):
    """A transformer with random weights that takes its attention mask as an input.

    Parameters
    ----------
    vocabulary_size, width, depth, heads, hidden, positions : int
        As in `encoder.build_encoder`.
    shared : bool
        True: all layers are the same layer, as in ALBERT (Lan et al. 2020).

    Returns
    -------
    keras.Model
        From ids and places, (n, length), and a mask, (n, length, length), true where row i may look at column j, to
        the logits over the vocabulary, (n, length, vocabulary_size).
    """
    ids, places = (keras.Input((None,), dtype="int32", name=name) for name in ("ids", "places"))
    mask = keras.Input((None, None), dtype="bool", name="mask")
    states = layers.Embedding(vocabulary_size, width, _small(), name="pieces")(ids)
    states = states + layers.Embedding(positions, width, _small(), name="positions")(places)
    states = layers.LayerNormalization(epsilon=EPSILON, name="states_0")(states)
    parts = [_parts(number, width, heads, hidden) for number in range(1, 2 if shared else depth + 1)]
    for attention, seen, wide, narrow, last in (parts * depth)[:depth]:
        states = seen(states + attention(states, states, attention_mask=mask))
        states = last(states + narrow(wide(states)))
    logits = layers.Dense(vocabulary_size, kernel_initializer=_small(), name="head")(states)
    return keras.Model([ids, places, mask], logits, name="language_model")


def _small():
    return keras.initializers.TruncatedNormal(stddev=0.02)


def _parts(number, width, heads, hidden):
    return (
        layers.MultiHeadAttention(heads, width // heads, kernel_initializer=_small(), name=f"attention_{number}"),
        layers.LayerNormalization(epsilon=EPSILON, name=f"seen_{number}"),
        layers.Dense(hidden, activation="gelu", kernel_initializer=_small(), name=f"wide_{number}"),
        layers.Dense(width, kernel_initializer=_small(), name=f"narrow_{number}"),
        layers.LayerNormalization(epsilon=EPSILON, name=f"states_{number}"),
    )


class LanguageModel:
    """A network with its optimizer, which can start again without being traced again.

    Attributes
    ----------
    network : keras.Model
        From `build_language_model`.
    """

    def __init__(self, vocabulary_size, shared=False, **sizes):
        self._arguments = {"vocabulary_size": vocabulary_size, "shared": shared, **SIZES, **sizes}
        self.network = build_language_model(**self._arguments)
        self._states = keras.Model(self.network.inputs, self.network.layers[-1].input)
        self._optimizer = keras.optimizers.AdamW(1e-3, weight_decay=0.01, clipnorm=1.0)
        self._optimizer.build(self.network.trainable_variables)
        self._step = tf.function(self._train_step, input_signature=_signature())
        self._read = tf.function(lambda *batch: self._states(batch, training=False), input_signature=_signature()[:3])
        self._logits = tf.function(lambda *batch: self.network(batch, training=False), input_signature=_signature()[:3])
        self._loss = tf.function(self._losses, input_signature=_signature())

    def restart(self, seed):
        """Initial weights of a seed; returns itself."""
        keras.utils.set_random_seed(seed)
        self.network.set_weights(build_language_model(**self._arguments).get_weights())
        return self

    def fit(self, batches, steps, rate):
        """Learn from `steps` batches of an iterator: AdamW, a linear warm-up, then a linear decay of the rate to 0.

        Returns
        -------
        numpy.ndarray
            The loss of each step, in nats for each predicted piece.
        """
        for variable in self._optimizer.variables:
            variable.assign(ops.zeros_like(variable))
        losses = np.zeros(steps)
        for number in range(steps):
            share = (number + 1) / steps
            self._optimizer.learning_rate.assign(rate * min(share / WARM_UP, (1 - share) / (1 - WARM_UP) + 1e-3))
            losses[number] = self._step(*_gathered(next(batches)))
        return losses

    def loss(self, batch):
        """Mean loss of a batch, in nats for each predicted piece."""
        return float(np.mean(self._loss(*_gathered(batch))))

    def states(self, batch):
        """States of the last layer, shape (n, length, width), without the positions that only ask."""
        return self._in_parts(self._read, batch)

    def logits(self, batch):
        """Logits of every position, shape (n, length, vocabulary)."""
        return self._in_parts(self._logits, batch)

    def _in_parts(self, compute, batch):
        starts = range(0, len(batch.ids), _ROWS)
        parts = [compute(*(each[start : start + _ROWS] for each in batch[:3])).numpy() for start in starts]
        return np.concatenate(parts)

    def _losses(self, ids, places, mask, where, targets):
        states = self._states([ids, places, mask], training=True)
        states = tf.gather(tf.reshape(states, (-1, states.shape[-1])), where)
        logits = self.network.layers[-1](states)
        return tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)

    def _train_step(self, *batch):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self._losses(*batch))
        variables = self.network.trainable_variables
        self._optimizer.apply(tape.gradient(loss, variables), variables)
        return loss


def _signature():
    rows = tf.TensorSpec((None, None), tf.int32)
    flat = tf.TensorSpec((None,), tf.int32)
    return [rows, rows, tf.TensorSpec((None, None, None), tf.bool), flat, flat]


def _gathered(batch):
    """A batch with its targets as flat places and the pieces there: the head computes what is predicted only."""
    targets = batch.targets.ravel()
    where = np.flatnonzero(targets >= 0).astype(np.int32)
    return *batch[:3], where, targets[where].astype(np.int32)
