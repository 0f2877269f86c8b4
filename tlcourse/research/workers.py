"""Seeds side by side, each lane with a process and with processors of its own."""

import contextlib
import multiprocessing
import os
import tempfile
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from queue import SimpleQueue

import joblib

SEEDS_IN_A_PROCESS = 20  # TensorFlow keeps all that it has traced, 0.1 GB a seed of the headline


def run(jobs, side_by_side):
    """Run an experiment's function on a seed, for each job.

    Parameters
    ----------
    jobs : list of tuple
        (name, function, seed) each.
    side_by_side : int
        Jobs at a time; more than one run in processes of their own.

    Yields
    ------
    tuple
        (name, seed, ``function(seed)``), in the order in which the jobs end.
    """
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
        albums = open_pools.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        for number in range(side_by_side):
            lane = (1, spawned, _start_lane, (number, side_by_side, albums))
            free.put(open_pools.enter_context(ProcessPoolExecutor(*lane, max_tasks_per_child=SEEDS_IN_A_PROCESS)))
        threads = open_pools.enter_context(ThreadPoolExecutor(side_by_side))
        waiting = [threads.submit(in_free_lane, *job) for job in jobs]
        try:
            yield from (one.result() for one in as_completed(waiting))
        finally:
            threads.shutdown(cancel_futures=True)


def _one_seed(name, function, seed):
    return name, seed, function(seed)


def _start_lane(number, lanes, albums):
    """Give this worker its share of the processors: workers that share all of them wait for each other's threads.

    Where a process cannot be bound (macOS, Windows), the system decides.
    """
    if hasattr(os, "sched_setaffinity"):
        own = range(os.cpu_count())[number::lanes]
        if set(own) & os.sched_getaffinity(0):
            os.sched_setaffinity(0, own)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _leave_data_alone()
    _keep_kernels()
    _draw_once(albums)


def _end_with_parent():
    """A worker whose parent was killed would finish its seed for nobody, and then wait for work for ever."""
    multiprocessing.parent_process().join()
    os._exit(1)


def _draw_once(albums):
    """Keep each album of portraits in a folder while the lanes run: many experiments look at the same people."""
    from tlcourse.datasets import faces

    faces.portraits = joblib.Memory(albums, verbose=0).cache(faces.portraits)


def _keep_kernels():
    """Keep TensorFlow from forgetting, whenever a seed is set, what it has prepared. No number depends on it.

    Random numbers here come from Keras, or from tf.data, which is made anew for each pass; those of TensorFlow itself
    would not begin again with the seed. To prepare a training step again takes a quarter of a second, as long as
    fifteen steps of unit 03.
    """
    from tensorflow.python import pywrap_tfe

    pywrap_tfe.TFE_ContextClearCaches = lambda context: None


def _leave_data_alone():
    """Keep tf.data from tuning itself and from optimising its functions in this worker. No number depends on it.

    It tunes itself in a thread that sleeps 10, 20, 40 ... milliseconds. On a single processor nobody wakes it, and each
    pass over the data, which waits for it, takes up to twice as long as its work. And it optimises the function that
    takes a batch from arrays anew for each pass, which costs more than the passes over a hundred pictures themselves.
    """
    import tensorflow as tf

    class Untuned(tf.data.Options):
        def __init__(self):
            super().__init__()
            self.autotune.enabled = False

    tf.data.Options = Untuned  # Keras makes its data with these
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    tf.constant(0)  # TensorFlow starts, and its data keep this option; functions called later have the next one
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})
