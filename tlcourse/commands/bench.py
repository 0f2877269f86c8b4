"""The course's speed, measured in one run: `make bench`. Ratios say more than seconds, which depend on the machine."""

import functools
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import keras
import numpy as np
import tensorflow as tf

from tlcourse import networks, notebooks, teachers
from tlcourse.building import speed_table, unit_sources
from tlcourse.building.course_folder import course_folder
from tlcourse.data import data_folder, results
from tlcourse.datasets import faces
from tlcourse.research import five_minutes, headline, provenance
from tlcourse.research.recording import record
from tlcourse.storage import write_json

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
    batch = np.random.default_rng(0).integers(0, 256, (images, *base.input_shape[1:]), dtype=np.uint8)
    matrix = tf.random.normal((size, size), seed=0)
    multiply_seconds = _best(lambda: tf.linalg.matmul(matrix, matrix).numpy(), repeats)
    extract_seconds = _best(lambda: base.predict(batch, batch_size=256, verbose=0), repeats)
    peak = 2 * size**3 / multiply_seconds / 1e9
    reached = 2 * multiply_adds(base) * images / extract_seconds / 1e9
    return {
        "matmul_gflops": peak,
        "extraction_gflops": reached,
        "share": reached / peak,
        "images_per_second": images / extract_seconds,
    }


def fused_batch_norm(images=1280, batch_size=128, repeats=3):
    """An epoch of training the teacher's architecture, with the course's batch norm and with Keras's own.

    Returns
    -------
    dict
        Seconds of both, best of `repeats`, and Keras's over the course's.
    """
    generator = np.random.default_rng(0)
    batch = generator.integers(0, 256, (images, faces.SIZE, faces.SIZE, 3), dtype=np.uint8)
    labels = generator.integers(0, headline.PEOPLE, images)
    seconds = {}
    for name, layer in (("keras", keras.layers.BatchNormalization), ("fused", networks.FusedBatchNormalization)):
        model = networks.narrow_vgg16(headline.PEOPLE, norm_layer=layer)
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        fit = functools.partial(model.fit, batch, labels, batch_size=batch_size, verbose=0)
        seconds[f"{name}_seconds"] = _best(fit, repeats)
    return {**seconds, "ratio": seconds["keras_seconds"] / seconds["fused_seconds"]}


def multiply_adds(model):
    """Multiply-adds of all convolutions and dense layers for one image: output values times weights of each."""
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
    for name in unit_sources.names():
        notebook = unit_sources.read(course_folder() / "solutions" / f"{name}.py")
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            notebooks.run(notebook, folder, name, environment={"TLCOURSE_CACHE": folder})
            seconds[name] = time.perf_counter() - start
    return seconds


def grading():
    """A class of 30 graded by stock nbgrader and by the course; None where there is no sandbox."""
    from tlcourse.commands import grading_bench
    from tlcourse.grading.engine.grading_pool import sandbox_problem

    return None if sandbox_problem() else grading_bench.measure()


PARTS = {
    "cached_features": cached_against_recomputed,
    "feature_extraction": share_of_peak,
    "fused_batch_norm": fused_batch_norm,
    "five_minutes": five_minutes.run,
    "import_seconds": import_seconds,
    "draw_1000_faces_seconds": drawing_seconds,
    "unit_seconds": unit_seconds,
    "grading": grading,
}


def main(json_file=None, keep=False, parts=()):
    """Measure everything, or `parts` of it, and print each as it is there.

    Parameters
    ----------
    json_file : path, optional
        The numbers go there, too.
    keep : bool
        And to data/results/bench.json, where parts that were not measured now stay as they are.
    parts : sequence of str
        Of `PARTS`.

    Raises
    ------
    ValueError
        For a part that there is not.
    """
    if unknown := sorted(set(parts) - set(PARTS)):
        raise ValueError(f"no part {unknown[0]!r}: there are {', '.join(PARTS)}")
    measured = {}
    for name in parts or PARTS:
        measured[name] = PARTS[name]()
        for line in speed_table.lines(name, measured[name]):
            click.echo(line)
    if json_file:
        write_json(Path(json_file).resolve(), measured)
    if keep:
        _keep(measured)


def _keep(measured):
    """Record what was measured, each part with its own provenance; the other parts stay as they are."""
    file = data_folder() / "results" / "bench.json"
    before = results("bench") if file.is_file() else {"provenance": {}}
    made = provenance.now("tlcourse bench --keep")
    parts = {**before["provenance"].get("parts", {}), **dict.fromkeys(measured, made)}
    record("bench", {**before, **measured, "provenance": {**made, "parts": parts}})
