"""Vectors of sentences and of words, from the states of an encoder."""

import numpy as np

from tlcourse import feature_cache
from tlcourse.text.encoder import depth_of, layer_states

_BATCH = 32


def sentence_vectors(encoder, ids, layer=None, cached=True):
    """One vector for each text: the mean of its pieces' states, scaled to length 1.

    Parameters
    ----------
    encoder : keras.Model
        Made by `build_encoder` or loaded by `teachers.load`.
    ids : numpy.ndarray
        Shape (n, length), 0 for padding, as `WordPieces.encode` returns them.
    layer : int, optional
        Whose states; 0 for the embeddings. The last layer unless given.
    cached : bool
        Whether to keep the vectors on this machine, and to take them from there the next time.

    Returns
    -------
    numpy.ndarray
        Shape (n, width), float32.
    """
    model = encoder if layer is None else _up_to(encoder, layer)
    path = feature_cache.cache_file(model, ids) if cached else None
    shape = (len(ids), model.output_shape[-1])
    vectors = feature_cache.read(path, shape) if cached else None
    if vectors is not None:
        return vectors
    vectors = np.zeros(shape, dtype=np.float32)
    for rows, states in _batches(model, ids):
        mask = (ids[rows, : states.shape[1]] != 0)[..., None]
        vectors[rows] = (states * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    if cached:
        feature_cache.keep(path, vectors)
    return vectors


def word_vectors(encoder, ids, first, layer=None):
    """The state of each word's first piece.

    Parameters
    ----------
    encoder, ids, layer
        As for `sentence_vectors`.
    first : numpy.ndarray
        Shape (n, most words), from `WordPieces.encode_words`.

    Returns
    -------
    list of numpy.ndarray
        For each text shape (words, width); words that did not fit are left out at its end.
    """
    model = encoder if layer is None else _up_to(encoder, layer)
    vectors = [None] * len(ids)
    for rows, states in _batches(model, ids):
        for row, sentence in zip(rows, states, strict=True):
            vectors[row] = sentence[first[row][first[row] >= 0]]
    return vectors


def _up_to(encoder, layer):
    import keras

    if not 0 <= layer <= depth_of(encoder):
        raise ValueError(f"layer must be from 0 (the embeddings) to {depth_of(encoder)}, got {layer}")
    return keras.Model(encoder.inputs[0], layer_states(encoder).outputs[layer])


def _batches(model, ids):
    """Rows of similar length together, cut to the longest of them: less padding is less work."""
    lengths = (ids != 0).sum(axis=1)
    order = np.argsort(lengths, kind="stable")
    for start in range(0, len(order), _BATCH):
        rows = order[start : start + _BATCH]
        longest = max(8, -(-int(lengths[rows].max()) // 8) * 8)  # few lengths: each is traced once
        part = np.zeros((len(rows), longest), dtype=np.int32)
        width = min(longest, ids.shape[1])
        part[:, :width] = ids[rows, :width]
        yield rows, np.asarray(_traced(model)(part))[:, :width]


def _traced(model):
    """The model as a compiled function, made once for each model."""
    if not hasattr(model, "_tlcourse_function"):
        import tensorflow as tf

        signature = [tf.TensorSpec((None, None), tf.int32)]
        model._tlcourse_function = tf.function(lambda ids: model(ids, training=False), input_signature=signature)
    return model._tlcourse_function
