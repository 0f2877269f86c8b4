"""The plain engine: chunks of rows in a few processes of this machine, and nothing else to install.

A chunk is finished when its file is whole. If a process dies, the chunks without a file are done again.
"""

from concurrent.futures.process import BrokenProcessPool

import joblib
from joblib.externals import loky

from tlcourse.pipeline import partitions

BATCH_ROWS = 128  # rows in memory at a time, in a process


class LocalEngine:
    """Runs a job in processes of this machine.

    Parameters
    ----------
    workers : int
        Processes at a time; 1 stays in this process.
    chunk_rows : int
        Rows in a file.
    attempts : int
        How often a chunk may fail, or its process die, before the run ends.

    Raises
    ------
    ValueError
        If one of them is less than 1.
    """

    name = "local"

    def __init__(self, workers=2, chunk_rows=256, attempts=3):
        if min(workers, chunk_rows, attempts) < 1:
            raise ValueError(f"workers, chunk_rows and attempts must be 1 or more: {workers}, {chunk_rows}, {attempts}")
        self.workers, self.chunk_rows, self.attempts = workers, chunk_rows, attempts

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def run(self, job):
        """Write the job's parts that are not there yet.

        Raises
        ------
        RuntimeError
            If a chunk has failed `attempts` times; the message has the reason, such as a full disk.
        """
        chunks = partitions.chunks(job.rows, self.chunk_rows, job.made_with)
        partitions.begin(job.into)
        try:
            self._complete(job, chunks)
        finally:
            if self.workers > 1:
                loky.get_reusable_executor().shutdown()  # its processes would keep their memory
        partitions.finish(job.into, list(chunks))

    def _complete(self, job, chunks):
        problems = {}
        for _ in range(self.attempts):
            waiting = job.pending(list(chunks), job.into)
            if not waiting:
                return
            problems = self._attempt(job, {name: chunks[name] for name in waiting})
        if waiting := job.pending(list(chunks), job.into):
            reason = problems.get(waiting[0], "its process died")
            raise RuntimeError(f"{waiting[0]} of {job.into} failed {self.attempts} times: {reason}")

    def _attempt(self, job, chunks):
        """Try each chunk once; return the problems by name. A dead process takes the rest of the round with it."""
        tasks = (joblib.delayed(_write_chunk)(job.step, batch, job.into, name) for name, batch in chunks.items())
        # Not in batches of several chunks, so that a dead process costs as few of them as possible.
        pool = joblib.Parallel(n_jobs=self.workers, batch_size=1, max_nbytes=None)
        try:
            return {name: problem for name, problem in zip(chunks, pool(tasks), strict=True) if problem}
        except BrokenProcessPool:
            return {}


def _write_chunk(step, batch, folder, name):
    """Run in a worker: None, or what went wrong in one line."""
    try:
        partitions.write(partitions.joined(step(partitions.sliced(batch, BATCH_ROWS))), folder, name)
    except Exception as error:  # whatever the step raises; the engine tries again, and reports the last one
        return f"{type(error).__name__}: {error}"
    return None
