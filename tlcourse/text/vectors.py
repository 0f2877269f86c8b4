"""Vectors of sentences and of words, from the states of an encoder."""

import keras
import numpy as np
import tensorflow as tf

from tlcourse import feature_cache
from tlcourse.text.encoder import layer_states

_BATCH = 32


def sentence_vectors(encoder, ids, layer=None, cached=True):
    """One vector for each text: the mean of its pieces' states, scaled to length 1.

    Parameters
    ----------
    encoder : keras.Model
        From `teachers.load` without its head, or from `build_encoder`; `ids` is from `WordPieces.encode`.
    layer : int, optional
        Whose states; 0 for the embeddings. The last layer unless given.
    cached : bool
        Whether to keep the vectors on this machine, and to take them from there the next time.

    Returns
    -------
    numpy.ndarray
        Shape (n, width), float32.
    """
    model = _up_to(encoder, layer)
    path = feature_cache.cache_file(model, ids) if cached else None
    vectors = feature_cache.read(path, (len(ids), model.output_shape[-1])) if cached else None
    if vectors is not None:
        return vectors
    vectors = np.zeros((len(ids), model.output_shape[-1]), dtype=np.float32)
    for rows, part, states in _batches(model, ids):
        vectors[rows] = (states * (part != 0)[..., None]).sum(axis=1)  # scaled below, so the sum will do
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    if cached:
        feature_cache.keep(path, vectors)
    return vectors


def word_vectors(encoder, ids, first, layer=None):
    """The state of each word's first piece: a list with an array of shape (words, width) for each text.

    `first` is from `WordPieces.encode_words`, shape (n, most words); words that did not fit are left out.
    """
    vectors = [None] * len(ids)
    for rows, _, states in _batches(_up_to(encoder, layer), ids):
        for row, sentence in zip(rows, states, strict=True):
            vectors[row] = sentence[first[row][first[row] >= 0]]
    return vectors


def _up_to(encoder, layer):
    states = layer_states(encoder).outputs
    if layer is not None and not 0 <= layer < len(states):
        raise ValueError(f"layer must be from 0 (the embeddings) to {len(states) - 1}, got {layer}")
    return keras.Model(encoder.inputs[0], states[-1 if layer is None else layer])


def _batches(model, ids):
    """Rows of similar length together, cut to the longest of them: less padding is less work."""
    compute = tf.function(
        lambda part: model(part, training=False), input_signature=[tf.TensorSpec((None, None), tf.int32)]
    )
    lengths = (ids != 0).sum(axis=1)
    order = np.argsort(lengths, kind="stable")
    for start in range(0, len(order), _BATCH):
        rows = order[start : start + _BATCH]
        part = ids[rows, : max(1, lengths[rows].max())]
        yield rows, part, compute(part).numpy()
