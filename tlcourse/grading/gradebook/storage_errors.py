"""A gradebook that another program has locked, and a disk that is full: waited for, or reported in one line."""

import contextlib
import errno
import shutil

import tenacity
from sqlalchemy.exc import SQLAlchemyError

LOCK_TIMEOUT = 60  # seconds that a locked gradebook is waited for
MINIMUM_FREE_BYTES = 1 << 20  # bytes; with less, a failure to write is put down to the full disk


class GradebookLocked(RuntimeError):  # noqa: N818
    """Another program holds the gradebook."""


class DiskFull(RuntimeError):  # noqa: N818
    """What was graded could not be written."""


def retry_while_locked(action):
    """Do something with the gradebook, and again for `LOCK_TIMEOUT` seconds where another program has locked it.

    Raises
    ------
    GradebookLocked
        After that.
    """
    attempts = tenacity.Retrying(
        retry=tenacity.retry_if_exception(is_locked),
        stop=tenacity.stop_after_delay(LOCK_TIMEOUT),
        wait=tenacity.wait_fixed(0.5),
        reraise=True,
    )
    try:
        return attempts(action)
    except Exception as error:
        if not is_locked(error):
            raise
        raise GradebookLocked(
            f"the gradebook has been locked by another program for {LOCK_TIMEOUT} s: close that program and start "
            "again; grading continues where it stopped"
        ) from error


def is_locked(error):
    """Whether this is, or came of, SQLite's complaint about a lock."""
    while error is not None:
        if isinstance(error, SQLAlchemyError) and "database is locked" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


@contextlib.contextmanager
def explain_full_disk(folder):
    """Name the reason where writing in `folder` fails because its disk is full; nbgrader would hide it.

    Raises
    ------
    DiskFull
    """
    try:
        yield
    except Exception as error:
        free = shutil.disk_usage(folder).free
        if getattr(error, "errno", None) != errno.ENOSPC and free > MINIMUM_FREE_BYTES:
            raise
        raise DiskFull(
            f"the disk of {folder} is full ({free >> 10:,} kB free): free some space and start again; "
            "grading continues where it stopped, and no mark is lost"
        ) from error
