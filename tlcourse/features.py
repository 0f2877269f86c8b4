"""A frozen base as a function: images in, feature vectors out, each computed once and kept on disk."""

import keras
import numpy as np
import tensorflow as tf

from tlcourse import feature_cache
from tlcourse.teachers.catalog import CATALOG
from tlcourse.teachers.input_images import validate_range

_BATCH_PIXELS = 1 << 20  # pixels in a batch of images: with 64 channels, float32, they take a quarter of a gigabyte


def extract(teacher_model, images, layer=None, batch_size=256, cache=True, pool="average"):
    """The output of a layer of a frozen teacher for each image.

    Batch normalization and dropout work as in prediction, and no weight changes.

    Parameters
    ----------
    teacher_model : keras.Model
    images : array-like
        Shape (n, height, width, 3), as the model takes them: what `tlcourse.teachers.preprocess` returns, or
        images of 0 to 255 for a model that rescales by itself (faces_vgg16, EfficientNet).
    layer : str, optional
        The name of a layer. By default the last hidden one: what the dense layer at the end gets, or the
        model's output if it does not end in one.
    batch_size : int
        Images at a time, at most; fewer if they are large.
    cache : bool
        Whether to keep the result under `tlcourse.storage.cache_folder()` and to look there first.
    pool : {"average", "flatten"}
        What becomes of maps: their average over space, or all their values in a row.

    Returns
    -------
    numpy.ndarray
        Shape (n, d), dtype float32.

    Raises
    ------
    ValueError
        If the images do not suit the model, or it has no such layer.
    """
    extractor = _extractor(teacher_model, layer, pool)
    checked = _validated(extractor, np.asarray(images), teacher_model.name)
    batch_size = max(1, min(batch_size, _BATCH_PIXELS // (checked.shape[1] * checked.shape[2])))
    if not cache:
        return _compute(extractor, checked, batch_size)
    file = feature_cache.cache_file(extractor, checked)
    features = feature_cache.read(file, (len(checked), extractor.output_shape[-1]))
    if features is None:
        features = _compute(extractor, checked, batch_size)
        feature_cache.keep(file, features)
    return features


def _extractor(model, layer, pool):
    """The model from its input to `layer`, with one vector for each image at the end."""
    if pool not in ("average", "flatten"):
        raise ValueError(f"pool must be 'average' or 'flatten', got {pool!r}")
    outputs = _last_hidden(model) if layer is None else model.get_layer(layer).output
    if len(outputs.shape) == 4 and pool == "average":
        outputs = keras.layers.GlobalAveragePooling2D(name="pooled")(outputs)
    elif len(outputs.shape) > 2:
        outputs = keras.layers.Flatten(name="pooled")(outputs)
    return keras.Model(model.inputs[0], outputs, name="extractor")


def _last_hidden(model):
    """What the last dense layer gets, or the model's output if it does not end in one.

    A softmax that is a layer or an activation of its own belongs to the head, so the layer before it is looked at.
    """
    last = model.layers[-1]
    softmax = isinstance(last, keras.layers.Softmax) or getattr(last, "activation", None) is keras.activations.softmax
    if softmax and not isinstance(last, keras.layers.Dense):
        last = model.layers[-2]
    return last.input if isinstance(last, keras.layers.Dense) else model.outputs[0]


def _validated(extractor, images, name):
    expected = extractor.input_shape
    fits = images.ndim == len(expected) == 4 and all(
        size in (None, actual) for size, actual in zip(expected[1:], images.shape[1:], strict=True)
    )
    if not fits:
        shape = "(" + ", ".join(["n", *(str(number or "any") for number in expected[1:])]) + ")"
        raise ValueError(f"{name} takes images of shape {shape}, got {images.shape}")
    if len(images) == 0:
        raise ValueError(f"there are no images: the shape is {images.shape}")
    if images.dtype.kind not in "uif":
        raise ValueError(f"images must be numbers, got dtype {images.dtype}")
    # A model that rescales by itself does so right after its input, or after one augmentation, as in `small_cnn`.
    if any(isinstance(layer, keras.layers.Rescaling) for layer in extractor.layers[:3]):
        validate_range(images)
    elif name in CATALOG and images.dtype.kind in "ui":
        raise ValueError(f"{name} does not take raw images: give it teachers.preprocess({name!r}, images)")
    return images


def _compute(extractor, images, batch_size):
    if len(images) <= batch_size:
        return np.asarray(extractor(images, training=False), dtype=np.float32)
    # Traced once for any batch: `predict` would trace anew for each model, and warn of it on the error stream.
    batch_shape = tf.TensorSpec((None, *images.shape[1:]), images.dtype)
    step = tf.function(lambda batch: extractor(batch, training=False)).get_concrete_function(batch_shape)
    parts = [step(tf.constant(images[start : start + batch_size])) for start in range(0, len(images), batch_size)]
    return np.concatenate([part.numpy() for part in parts]).astype(np.float32, copy=False)
