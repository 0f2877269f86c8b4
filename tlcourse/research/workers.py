"""Seeds side by side, each in a worker process that has processors of its own."""

import contextlib
import itertools
import multiprocessing
import os
import threading
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait

import joblib

SEEDS_IN_A_PROCESS = 20  # TensorFlow keeps all that it has traced, 0.1 GB a seed of the headline


def run(jobs, side_by_side):
    """Run an experiment's function on a seed, for each job.

    Parameters
    ----------
    jobs : iterable of tuple
        (name, function, seed) each; the next one is taken when a worker is free.
    side_by_side : int
        Jobs at a time; more than one run in processes of their own.

    Yields
    ------
    tuple
        (name, seed, ``function(seed)``), in the order in which the jobs end.

    Raises
    ------
    Exception
        Whatever a function raises, once the other workers have finished their seeds.
    """
    if side_by_side == 1:
        yield from ((name, seed, function(seed)) for name, function, seed in jobs)
        return
    waiting = iter(jobs)
    with contextlib.ExitStack() as stack:
        workers = [stack.enter_context(_worker(number, side_by_side)) for number in range(side_by_side)]
        running = {_submit(worker, job): worker for worker, job in zip(workers, waiting, strict=False)}
        while running:
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            results = {future: future.result() for future in finished}
            for future, result in results.items():
                worker = running.pop(future)
                running.update({_submit(worker, job): worker for job in itertools.islice(waiting, 1)})
                yield result


def _submit(worker, job):
    name, function, seed = job
    return worker.submit(_run_seed, name, joblib.wrap_non_picklable_objects(function), seed)


def _run_seed(name, function, seed):
    return name, seed, function(seed)


def _worker(number, workers):
    """Executor of a single process, replaced by a new process after `SEEDS_IN_A_PROCESS` seeds."""
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, spawn, _start, (number, workers), max_tasks_per_child=SEEDS_IN_A_PROCESS)


def _start(number, workers):
    """Give this process its share of the processors: workers that share all of them wait for each other's threads.

    Where a process cannot be bound (macOS, Windows), the system decides.
    """
    if hasattr(os, "sched_setaffinity"):
        share = range(os.cpu_count())[number::workers]
        if set(share) & os.sched_getaffinity(0):
            os.sched_setaffinity(0, share)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent():
    """End this process when its parent was killed; it would finish its seed for nobody, and then wait forever."""
    multiprocessing.parent_process().join()
    os._exit(1)
