"""What it costs to load a teacher for each row, for each batch, or once in each worker (unit 11)."""

import time

import numpy as np

from tlcourse.datasets import faces
from tlcourse.pipeline.flow import load_teacher
from tlcourse.research.pipeline_steps import embed

TEACHER, BATCH, BATCHES, ROWS = "faces_vgg16", 128, 4, 4
WAYS = ("per_row", "per_batch", "per_worker")


def run(seed):
    """Processor milliseconds for each row, by how often the teacher is loaded, and their ratios.

    A first load, which also imports TensorFlow, does not count. A worker embeds four batches of 128 rows with one load,
    or loads for each batch; few rows are enough to see what a load for each row costs.
    """
    portraits = faces.portraits([faces.TEST_PEOPLE[seed]], 8, seed).images
    batch = np.resize(portraits, (BATCH, *portraits.shape[1:]))
    load_teacher.__wrapped__(TEACHER)(batch)
    work = {
        "per_row": ([batch[:1]] * ROWS, 1),
        "per_batch": ([batch] * BATCHES, BATCH),
        "per_worker": ([batch] * BATCHES, BATCH),
    }
    milliseconds = {way: _milliseconds(way, *work[way]) for way in WAYS}
    ratios = {way: milliseconds[way] / milliseconds["per_worker"] for way in WAYS[:2]}
    return {"milliseconds": milliseconds, "ratio": ratios}


def _milliseconds(way, batches, rows):
    """Processor milliseconds for each row."""
    start = time.process_time()
    if way == "per_worker":
        for _ in embed(iter(batches), _load):
            pass
    else:
        for batch in batches:
            _load()(batch)
    return 1000 * (time.process_time() - start) / (rows * len(batches))


def _load():
    return load_teacher.__wrapped__(TEACHER)  # without the cache of a worker
