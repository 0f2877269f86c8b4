"""Measure how fast networks run: cached features, the share of the machine's peak rate, and the fused batch norm."""

import functools
import time

import keras
import numpy as np
import tensorflow as tf

from tlcourse import counting, networks, teachers
from tlcourse.datasets import faces
from tlcourse.fused_batch_norm import FusedBatchNormalization
from tlcourse.research import headline

IMAGES_EACH, EPOCHS, BATCH = 40, 10, 64


def cached_against_recomputed(seed=0):
    """Train the same head for 10 epochs: on features computed once, and behind a base that runs in every epoch.

    The second way is that of TensorFlow's transfer-learning tutorial: the base is frozen and called inside the model.
    Head, optimizer, batches and their order are the same in both ways, so the accuracies should be the same, too.

    Returns
    -------
    dict
        The seconds and the test accuracy of both ways, and the ratio of the seconds.
    """
    train, test = faces.development(seed, IMAGES_EACH)
    base = teachers.load("faces_vgg16", head=False)
    base.trainable = False
    base.predict(train.images[:BATCH], batch_size=BATCH, verbose=0)  # so that neither way pays for the first call

    start = time.perf_counter()
    features = base.predict(train.images, batch_size=BATCH, verbose=0)
    head = _fit(keras.Input(base.output_shape[1:]), lambda x: x, features, train.labels, seed)
    cached_seconds = time.perf_counter() - start

    start = time.perf_counter()
    whole = _fit(keras.Input(base.input_shape[1:]), lambda x: base(x, training=False), train.images, train.labels, seed)
    recomputed_seconds = time.perf_counter() - start

    test_features = base.predict(test.images, batch_size=BATCH, verbose=0)
    return {
        "cached_seconds": cached_seconds,
        "recomputed_seconds": recomputed_seconds,
        "ratio": recomputed_seconds / cached_seconds,
        "cached_accuracy": _accuracy(head, test_features, test.labels),
        "recomputed_accuracy": _accuracy(whole, test.images, test.labels),
        "images": len(train),
        "epochs": EPOCHS,
    }


def _fit(inputs, base, data, labels, seed):
    keras.utils.set_random_seed(seed)
    model = keras.Model(inputs, keras.layers.Dense(headline.PEOPLE)(base(inputs)))
    model.compile(keras.optimizers.Adam(3e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(data, labels, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return model


def _accuracy(model, data, labels):
    return float((model.predict(data, batch_size=BATCH, verbose=0).argmax(axis=1) == labels).mean())


def share_of_peak(images=1950, size=2048, repeats=5):
    """Compare the rate of feature extraction with that of a plain matrix multiplication, in float32 on this machine.

    Returns
    -------
    dict
        Both rates in GFLOP/s (a multiply-add counts as 2), each the best of `repeats`, and their quotient.
    """
    base = teachers.load("faces_vgg16", head=False)
    batch = np.random.default_rng(0).integers(0, 256, (images, *base.input_shape[1:]), dtype=np.uint8)
    matrix = tf.random.normal((size, size), seed=0)
    multiply_seconds = _best(lambda: tf.linalg.matmul(matrix, matrix).numpy(), repeats)
    extract_seconds = _best(lambda: base.predict(batch, batch_size=256, verbose=0), repeats)
    peak = 2 * size**3 / multiply_seconds / 1e9
    reached = 2 * counting.multiply_adds(base) * images / extract_seconds / 1e9
    return {
        "matmul_gflops": peak,
        "extraction_gflops": reached,
        "share": reached / peak,
        "images_per_second": images / extract_seconds,
    }


def fused_batch_norm(images=1280, batch_size=128, repeats=3):
    """Train the teacher's architecture for an epoch, with the course's batch norm and with Keras's own.

    Returns
    -------
    dict
        The seconds of both, each the best of `repeats`, and the ratio of Keras's to the course's.
    """
    generator = np.random.default_rng(0)
    batch = generator.integers(0, 256, (images, faces.SIZE, faces.SIZE, 3), dtype=np.uint8)
    labels = generator.integers(0, headline.PEOPLE, images)
    seconds = {}
    for name, layer in (("keras", keras.layers.BatchNormalization), ("fused", FusedBatchNormalization)):
        model = networks.narrow_vgg16(headline.PEOPLE, norm_layer=layer)
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        fit = functools.partial(model.fit, batch, labels, batch_size=batch_size, verbose=0)
        seconds[f"{name}_seconds"] = _best(fit, repeats)
    return {**seconds, "ratio": seconds["keras_seconds"] / seconds["fused_seconds"]}


def _best(action, repeats):
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)
