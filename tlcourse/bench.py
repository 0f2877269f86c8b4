"""The course's speed, measured in one run: `make bench`. Ratios say more than seconds, which depend on the machine."""

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

import click
import keras
import numpy as np
import tensorflow as tf

from tlcourse import notebooks, teachers, units
from tlcourse.datasets import faces
from tlcourse.experiments import headline, record, write_json

IMAGES_EACH, EPOCHS, BATCH = 40, 10, 64


def cached_against_recomputed(seed=0):
    """The same head trained for 10 epochs: on features computed once, and behind a base that is run in every epoch.

    The second is the recipe of TensorFlow's transfer-learning tutorial (base frozen, called inside the model).
    Head, optimizer, batches and their order are the same, so the accuracies should be, too.

    Returns
    -------
    dict
        Seconds and test accuracy of both, and the ratio of the seconds.
    """
    train, test = faces.development(seed, IMAGES_EACH)
    base = teachers.load("faces_vgg16", head=False)
    base.trainable = False
    base.predict(train.images[:BATCH], batch_size=BATCH, verbose=0)  # either way pays for the first call

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
    """How much of the rate of a plain matrix multiplication feature extraction reaches, in float32 on this machine.

    Returns
    -------
    dict
        Both rates in GFLOP/s (a multiply-add counts as 2) and their quotient; best of `repeats` each.
    """
    base = teachers.load("faces_vgg16", head=False)
    pictures = np.random.default_rng(0).integers(0, 256, (images, *base.input_shape[1:]), dtype=np.uint8)
    matrix = tf.random.normal((size, size), seed=0)
    multiply_seconds = _best(lambda: tf.linalg.matmul(matrix, matrix).numpy(), repeats)
    extract_seconds = _best(lambda: base.predict(pictures, batch_size=256, verbose=0), repeats)
    peak = 2 * size**3 / multiply_seconds / 1e9
    reached = 2 * multiply_adds(base) * images / extract_seconds / 1e9
    return {
        "matmul_gflops": peak,
        "extraction_gflops": reached,
        "share": reached / peak,
        "images_per_second": images / extract_seconds,
    }


def multiply_adds(model):
    """Multiply-adds of all convolutions and dense layers for one picture: output values times weights of each."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense)):
            positions = np.prod(layer.output.shape[1:-1], dtype=int)
            total += int(positions) * int(np.prod(layer.kernel.shape))
    return total


def _best(action, repeats):
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def import_seconds(repeats=5):
    """Seconds that `import tlcourse` adds to starting Python; best of several fresh processes."""
    command = "import time; start = time.perf_counter(); import tlcourse; print(time.perf_counter() - start)"
    runs = [subprocess.run([sys.executable, "-c", command], capture_output=True, check=True) for _ in range(repeats)]
    return min(float(run.stdout) for run in runs)


def drawing_seconds(images=1000):
    """Seconds to draw 1,000 faces on one core."""
    start = time.perf_counter()
    faces.portraits(faces.DEVELOPMENT_PEOPLE[: images // 10], 10, seed=0)
    return time.perf_counter() - start


def unit_seconds():
    """Seconds of each unit, top to bottom from a fresh kernel with cold caches."""
    seconds = {}
    for name in units.names():
        notebook = units.read(units.course_folder() / "solutions" / f"{name}.py")
        with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, TLCOURSE_CACHE=folder):
            start = time.perf_counter()
            notebooks.run(notebook, folder, name)
            seconds[name] = time.perf_counter() - start
    return seconds


def grading():
    """A class of 30 graded by stock nbgrader and by the course; None where there is no box to grade in."""
    from tlcourse.grading import bench, sandbox

    return None if sandbox.problem() else bench.measure()


def main(json_file=None, keep=False):
    """Measure everything, print it, write it to `json_file` if one is given, and keep it in data/results if asked."""
    measured = {
        "cached_features": cached_against_recomputed(),
        "feature_extraction": share_of_peak(),
        "import_seconds": import_seconds(),
        "draw_1000_faces_seconds": drawing_seconds(),
        "unit_seconds": unit_seconds(),
        "grading": grading(),
    }
    cached, extraction = measured["cached_features"], measured["feature_extraction"]
    click.echo(
        f"features cached once, then a head: {cached['ratio']:.1f} times faster than the base run in each of "
        f"{cached['epochs']} epochs ({cached['cached_seconds']:.1f} s, {cached['recomputed_seconds']:.1f} s; "
        f"accuracy {cached['cached_accuracy']:.3f}, {cached['recomputed_accuracy']:.3f})"
    )
    click.echo(
        f"feature extraction: {extraction['share']:.0%} of the machine's matrix-multiply rate "
        f"({extraction['extraction_gflops']:.0f} of {extraction['matmul_gflops']:.0f} GFLOP/s, "
        f"{extraction['images_per_second']:,.0f} images a second)"
    )
    click.echo(f"import tlcourse: {measured['import_seconds']:.3f} s")
    click.echo(f"drawing 1,000 faces: {measured['draw_1000_faces_seconds']:.2f} s")
    for name, seconds in measured["unit_seconds"].items():
        click.echo(f"unit {name}: {seconds:.0f} s")
    if graded := measured["grading"]:
        click.echo(
            f"grading {graded['submissions']} submissions, {graded['workers']} side by side: "
            f"{graded['ratio_to_stock']:.1f} times faster than stock nbgrader "
            f"({graded['seconds_per_submission']:.2f} s each, {graded['cpu_seconds_per_submission']:.2f} s of a "
            f"processor; their cells need {graded['cell_cpu_seconds_per_submission']:.2f} s of it)"
        )
    if json_file:
        write_json(Path(json_file).resolve(), measured)
    if keep:
        machine = {"processors": os.cpu_count(), "system": platform.platform(terse=True)}
        record("bench", {**measured, "machine": machine}, "tlcourse bench --keep")
