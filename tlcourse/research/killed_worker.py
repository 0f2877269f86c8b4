"""Whether a killed worker loses or doubles rows, in the plain engine and in Spark (unit 11).

The teacher is a random projection here, because a real one would change nothing but the time. The worker that meets a
certain file kills itself with SIGKILL, once: the first to make a file in the work folder is the one.
"""

import functools
import os
import signal
import tempfile
from pathlib import Path

import numpy as np

from tlcourse import pipeline
from tlcourse.pipeline import partitions
from tlcourse.pipeline.local_engine import LocalEngine
from tlcourse.pipeline.spark_engine import SparkEngine
from tlcourse.research.engine_costs import write_files
from tlcourse.research.pipeline_steps import STEPS, embed

FILES, CHUNK = 160, 16
DIMENSIONS = 32


def projection(batches, _load):
    """In place of `embed`: features from a fixed random projection of the pixels."""
    return embed(batches, _project)


def _project():
    weights = np.random.default_rng(0).normal(size=(48 * 48 * 3, DIMENSIONS)).astype(np.float32)
    return lambda images: images.reshape(len(images), -1).astype(np.float32) @ weights / 1000


def killing(batches, load, mark):
    """`projection`, in which one worker dies after its first batch."""
    for features in projection(batches, load):
        yield features
        try:
            Path(mark).touch(exist_ok=False)
        except FileExistsError:
            continue
        os.kill(os.getpid(), signal.SIGKILL)


def run(seed):
    """Rows lost and doubled, and the largest difference of a feature from an undisturbed run, by engine.

    "killed" is 1 where a worker was killed indeed.
    """
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        write_files(folder / "raw", FILES, seed)
        undisturbed = _rows(folder, "undisturbed", LocalEngine(workers=1), projection)
        outcomes = {"plain": _disturbed(folder, LocalEngine(workers=2, chunk_rows=CHUNK), undisturbed)}
        with SparkEngine() as engine:
            outcomes["spark"] = _disturbed(folder, engine, undisturbed)
    return outcomes


def _disturbed(folder, engine, undisturbed):
    mark = folder / f"killed_{engine.name}"
    rows = _rows(folder, engine.name, engine, functools.partial(killing, mark=str(mark)))
    return {"killed": float(mark.exists()), **differences(rows, undisturbed)}


def _rows(folder, name, engine, embedding):
    pipeline.run(folder / "raw", folder / name, engine, STEPS._replace(embed=embedding))
    return partitions.read(folder / name / "features")


def differences(rows, expected):
    """How many of the expected rows are lost, how many names occur more than once, and how features differ."""
    names, wanted = rows["name"].tolist(), expected["name"].tolist()
    features = dict(zip(names, rows["features"], strict=True))
    lost = set(wanted) - set(names)
    pairs = [
        (features[name], vector) for name, vector in zip(wanted, expected["features"], strict=True) if name not in lost
    ]
    return {
        "lost": float(len(lost)),
        "doubled": float(len(names) - len(set(names))),
        "largest_difference": float(max(np.abs(ours - theirs).max() for ours, theirs in pairs)),
    }
