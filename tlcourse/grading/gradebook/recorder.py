"""Has nbgrader record what the boxes gave, one submission at a time, so that it can be stopped at any moment.

What has run lies in autograding/UNIT/.pending until nbgrader has recorded it, and the record that says so comes last.
"""

import contextlib
import json
import shutil
import warnings

from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter
from nbgrader.utils import setenv, temp_attrs

from tlcourse.grading.gradebook import autograde
from tlcourse.grading.gradebook.course import patiently, room_to_write, working_in
from tlcourse.grading.model import outcome
from tlcourse.notebooks import write_atomically


class SecondPass(Autograde):
    """nbgrader's converter without its first pass, which cleans a hand-in: `submissions.normalize` has done that."""

    @property
    def _input_directory(self):
        return self.coursedir.submitted_directory

    def convert_single_notebook(self, notebook_filename):
        """Called by nbgrader for each notebook."""
        self._sanitizing = False
        self._init_preprocessors()
        with setenv(NBGRADER_EXECUTION="autograde"):
            BaseConverter.convert_single_notebook(self, notebook_filename)


class Writer:
    """The only one who writes: pending results, nbgrader's gradebook and autograded/, and the records."""

    def __init__(self, course, unit, release_sha256):
        self.course, self.unit, self.release_sha256 = course, unit, release_sha256
        self.own = course.folder / "autograding" / unit / ".pending"
        shutil.rmtree(self.own / "submitted", ignore_errors=True)

    def is_done(self, one, recorded):
        """Whether this hand-in, graded against this release, is in the gradebook."""
        record = outcome.read_record(self.course.folder, self.unit, one.student) or {}
        same = (record.get("submission_sha256"), record.get("release_sha256")) == (one.sha256, self.release_sha256)
        return same and one.student in recorded and not (self.own / f"{one.student}.json").exists()

    def keep(self, one, result):
        """Put a result where the next start finds it."""
        result["run"]["release_sha256"] = self.release_sha256
        with room_to_write(self.course.folder):
            write_atomically(self.own / f"{one.student}.json", json.dumps(result))

    def pending(self, one):
        """The kept result of this hand-in, or None."""
        try:
            result = json.loads((self.own / f"{one.student}.json").read_text(encoding="utf-8"))
            digests = result["run"]["submission_sha256"], result["run"]["release_sha256"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return result if digests == (one.sha256, self.release_sha256) else None

    def record(self, one, result):
        """Have nbgrader record a result: its autograded notebook, its marks, its late penalty."""
        staged = self.own / "submitted"
        try:
            with room_to_write(self.course.folder):
                self._stage(one, result["notebook"], staged / one.student / self.unit)
                patiently(lambda: self._convert(one.student, result["run"], staged))
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        (self.own / f"{one.student}.json").unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.own.rmdir()

    def _stage(self, one, notebook, folder):
        """Lay out a hand-in as it came, with the notebook that has run in the place of its own."""
        for name, content in one.files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        if one.timestamp:
            write_atomically(folder / "timestamp.txt", one.timestamp + "\n")
        write_atomically(folder / f"{self.unit}.ipynb", notebook + "\n")

    def _convert(self, student, run, staged):
        autograde.RESULTS[self.unit, student] = run
        where = self.course.coursedir
        try:
            with (
                warnings.catch_warnings(),
                working_in(self.course.folder),
                temp_attrs(where, assignment_id=self.unit, student_id=student, submitted_directory=str(staged)),
            ):
                warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader's own queries
                converter = SecondPass(coursedir=where, config=self.course.config)
                converter.force = True
                converter.log.setLevel("CRITICAL")
                converter.start()
        finally:
            del autograde.RESULTS[self.unit, student]
