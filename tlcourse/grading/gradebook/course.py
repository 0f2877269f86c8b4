"""An nbgrader course on disk: its configuration as nbgrader reads it, its hand-ins, its gradebook."""

import contextlib
import errno
import functools
import os
import shutil
import time
from pathlib import Path
from unittest import mock

import nbgrader.api
from jupyter_core.application import JupyterApp
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError

from tlcourse.grading.model import release

PATIENCE = 60  # seconds that a locked gradebook is waited for


class GradebookLocked(RuntimeError):  # noqa: N818
    """Somebody else holds the gradebook."""


class DiskFull(RuntimeError):  # noqa: N818
    """What was graded could not be written."""


class _Configuration(JupyterApp):
    """Reads nbgrader_config.py from Jupyter's folders, without the seconds that nbgrader's own application takes."""

    name = "nbgrader"
    config_file_name = "nbgrader_config"


class Course:
    """A course at `folder`.

    Attributes
    ----------
    config : traitlets.config.Config
    coursedir : nbgrader.coursedir.CourseDirectory
    """

    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        application = _Configuration()
        with working_in(self.folder):
            application.load_config_file()
            super(JupyterApp, application).load_config_file("nbgrader_config.py", path=str(self.folder))
        self.config = application.config
        self.coursedir = CourseDirectory(config=self.config)
        self.coursedir.root = str(self.folder)

    def release(self, unit):
        """The unit as it was released; see `tlcourse.grading.model.release`."""
        return release.read(self.coursedir, unit)

    def submitted(self, unit):
        """The folders of those who handed something in, by student."""
        pattern = Path(self.coursedir.format_path(self.coursedir.submitted_directory, "*", unit))
        base = Path(self.coursedir.root, self.coursedir.submitted_directory)
        found = sorted(path for path in base.glob(pattern.relative_to(base).as_posix()) if path.is_dir())
        return {path.relative_to(base).parts[0]: path for path in found}

    @contextlib.contextmanager
    def gradebook(self):
        """nbgrader's gradebook, open."""
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as book:
            yield book

    def students(self):
        """The students whom the gradebook knows."""
        return patiently(lambda: self._ids(lambda book: book.students))

    def recorded(self, unit):
        """The students who have a submission of the unit in the gradebook."""
        return patiently(lambda: self._ids(lambda book: [one.student for one in book.assignment_submissions(unit)]))

    def _ids(self, ask):
        with self.gradebook() as book:
            return {student.id for student in ask(book)}


@contextlib.contextmanager
def working_in(folder):
    """Change the working directory for a while: nbgrader's steps look around themselves."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def one_engine():
    """Have nbgrader keep compiled queries and see to its tables once: it opens the gradebook seven times a hand-in."""
    tables = nbgrader.api.Base.metadata
    with (
        mock.patch.object(nbgrader.api, "create_engine", functools.cache(nbgrader.api.create_engine)),
        mock.patch.object(tables, "create_all", functools.cache(tables.create_all)),
    ):
        yield


def patiently(action, seconds=PATIENCE):
    """Do something with the gradebook, and again for a while where somebody else holds it.

    Raises
    ------
    GradebookLocked
        After `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return action()
        except Exception as error:
            if not is_locked(error):
                raise
            if time.monotonic() > deadline:
                raise GradebookLocked(
                    f"the gradebook has been locked by another program for {seconds} s: close it and start again; "
                    "grading goes on where it was"
                ) from error
            time.sleep(0.5)


def is_locked(error):
    """Whether this is, or came of, SQLite's complaint about a lock."""
    while error is not None:
        if isinstance(error, SQLAlchemyError) and "database is locked" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


LEAST_ROOM = 1 << 20  # bytes; with less, a failure to write is put down to the full disk


@contextlib.contextmanager
def room_to_write(folder):
    """Say it plainly where writing in `folder` fails because its disk is full; nbgrader would hide the reason.

    Raises
    ------
    DiskFull
    """
    try:
        yield
    except Exception as error:
        free = shutil.disk_usage(folder).free
        if getattr(error, "errno", None) != errno.ENOSPC and free > LEAST_ROOM:
            raise
        raise DiskFull(
            f"the disk of {folder} is full ({free >> 10:,} kB free): make room and start again; "
            "grading goes on where it was, and no mark is lost"
        ) from error
