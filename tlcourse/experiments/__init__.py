"""Repeated seeded runs, confidence intervals, paired differences, recorded results."""

import contextlib
import json
import multiprocessing
import os
import platform
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from datetime import date
from importlib.metadata import version
from queue import SimpleQueue

import joblib
import numpy as np
from scipy import stats
from tqdm.auto import tqdm

from tlcourse.data import data_folder
from tlcourse.storage import whole_file

_VERSIONS_THAT_MATTER = ("tlcourse", "keras", "tensorflow", "numpy", "scikit-learn")
SEEDS_IN_A_PROCESS = (
    10  # then another takes its place: TensorFlow keeps all that it has traced, 0.1 GB a headline's seed
)


def summary(values):
    """Mean and 95 % confidence interval of repeated runs.

    Parameters
    ----------
    values : sequence of float
        One result a seed; two or more.

    Returns
    -------
    dict
        ``{"mean": float, "ci95": [low, high], "seeds": int, "values": [...]}``. The interval is Student's t,
        mean ± t(0.975, n - 1) * s / sqrt(n).

    Raises
    ------
    ValueError
        For fewer than two values, or one that is not finite.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(f"an interval needs two or more finite values, got {values.tolist()}")
    mean, error = values.mean(), stats.sem(values)
    half = stats.t.ppf(0.975, len(values) - 1) * error
    return {
        "mean": round(float(mean), 5),
        "ci95": [round(float(mean - half), 5), round(float(mean + half), 5)],
        "seeds": len(values),
        "values": [round(float(value), 5) for value in values],
    }


def paired_difference(first, second):
    """`summary` of first - second, seed by seed: the pairing takes out what the seeds have in common.

    Raises
    ------
    ValueError
        If the two were not run over the same number of seeds.
    """
    first, second = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if first.shape != second.shape:
        raise ValueError(f"pairs need as many results on either side, got {first.shape} and {second.shape}")
    return summary(first - second)


def summaries(runs):
    """`summary` of each number in a list of dictionaries (which may be nested) with the same keys."""
    if isinstance(runs[0], dict):
        return {key: summaries([run[key] for run in runs]) for key in runs[0]}
    return summary(runs)


def over_seeds(experiments, folder=None, side_by_side=1):
    """Run experiments over their seeds, with one progress bar; finished seeds are kept and not run again.

    All seeds wait in one queue, so that no lane is idle while an experiment ends.

    Parameters
    ----------
    experiments : dict
        Name to (function, seeds). A function takes a seed and returns a dictionary that JSON can hold. The name is
        shown, and is the name of the file of finished seeds.
    folder : pathlib.Path, optional
        Where finished seeds are kept; default data/results/partial (not committed).
    side_by_side : int
        Seeds at a time, each in a process of its own if it is more than one.

    Yields
    ------
    tuple
        (name, ``[function(seed) for seed in seeds]``), in the order of `experiments`, each as soon as it and all
        before it are finished.
    """
    folder = folder or data_folder() / "results" / "partial"
    finished = {name: _finished(folder / f"{name}.json") for name in experiments}
    queue = [
        (name, function, seed)
        for name, (function, seeds) in experiments.items()
        for seed in seeds
        if str(seed) not in finished[name]
    ]
    runs = _run(queue, side_by_side)
    seeds_in_all = sum(len(seeds) for _, seeds in experiments.values())
    with tqdm(total=seeds_in_all, initial=seeds_in_all - len(queue), unit="seed") as bar:
        for name, (_, seeds) in experiments.items():
            while missing := [seed for seed in seeds if str(seed) not in finished[name]]:
                bar.set_description(f"{name}, {len(missing)} to go")
                ended, seed, outcome = next(runs)
                bar.update()
                finished[ended][str(seed)] = outcome
                write_json(folder / f"{ended}.json", finished[ended])
            yield name, [finished[name][str(seed)] for seed in seeds]


def _finished(file):
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _run(jobs, side_by_side):
    """(name, seed, outcome) of each (name, function, seed), in the order in which they end."""
    if side_by_side == 1:
        yield from ((name, seed, function(seed)) for name, function, seed in jobs)
        return
    free = SimpleQueue()

    def in_free_lane(name, function, seed):
        lane = free.get()
        try:
            return lane.submit(_one_seed, name, joblib.wrap_non_picklable_objects(function), seed).result()
        finally:
            free.put(lane)

    spawned = multiprocessing.get_context("spawn")
    with contextlib.ExitStack() as open_pools:
        for number in range(side_by_side):
            lane = (1, spawned, _start_lane, (number, side_by_side))
            free.put(open_pools.enter_context(ProcessPoolExecutor(*lane, max_tasks_per_child=SEEDS_IN_A_PROCESS)))
        threads = open_pools.enter_context(ThreadPoolExecutor(side_by_side))
        waiting = [threads.submit(in_free_lane, *job) for job in jobs]
        try:
            yield from (one.result() for one in as_completed(waiting))
        finally:
            threads.shutdown(cancel_futures=True)


def _one_seed(name, function, seed):
    return name, seed, function(seed)


def _start_lane(number, lanes):
    """Give this worker its share of the processors: workers that share all of them wait for each other's threads.

    Where a process cannot be bound (macOS, Windows), the system decides.
    """
    if hasattr(os, "sched_setaffinity"):
        own = range(os.cpu_count())[number::lanes]
        if set(own) & os.sched_getaffinity(0):
            os.sched_setaffinity(0, own)
    _leave_data_untuned()


def _leave_data_untuned():
    """Keep tf.data from tuning itself in this worker.

    It does so in a thread that sleeps 10, 20, 40 ... milliseconds. On a single processor nobody wakes it, and each pass
    over the data, which waits for it, takes up to twice as long as its work.
    """
    import tensorflow as tf

    class Untuned(tf.data.Options):
        def __init__(self):
            super().__init__()
            self.autotune.enabled = False

    tf.data.Options = Untuned  # Keras makes its data with these


def record(name, payload, command, **took):
    """Write data/results/<name>.json: the numbers, the versions that gave them, and the command to repeat them.

    `took` joins the provenance: the seconds of all the seeds, say, and on how many processors.
    """
    provenance = {
        "command": command,
        "date": date.today().isoformat(),
        "python": platform.python_version(),
        "versions": {package: version(package) for package in _VERSIONS_THAT_MATTER},
        **took,
    }
    file = data_folder() / "results" / f"{name}.json"
    write_json(file, {**payload, "provenance": provenance})
    (file.parent / "partial" / f"{name}.json").unlink(missing_ok=True)
    return file


def write_json(file, content):
    """Write `content` to `file`, whole or not at all."""
    with whole_file(file) as partial:
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        partial.write_text(text, encoding="utf-8", newline="\n")
