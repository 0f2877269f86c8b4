"""Has nbgrader record results, one submission at a time, so that grading can be stopped at any moment.

A result lies in grading_records/UNIT/.pending until nbgrader has recorded it, and the record comes last.
"""

import contextlib
import json
import logging
import shutil
import warnings

from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from tlcourse.grading.gradebook.autograde import GradeSubmission
from tlcourse.grading.gradebook.indexes import add_indexes
from tlcourse.grading.gradebook.sanitizing import is_page
from tlcourse.grading.gradebook.storage_errors import explain_full_disk, retry_while_locked
from tlcourse.grading.model.results import WITHDRAWN, Result, read_record, records_folder
from tlcourse.notebooks import write_atomically

MARKUP = set('<"\\')  # formgrader writes a student's name into its pages as it is
LONGEST_STUDENT = 200  # bytes: a file name may have 255, and the names of records and partial files are longer


class NotRecordable(ValueError):  # noqa: N818
    """A student's name that gradebook and records cannot keep."""


class Recorder:
    """Keeps a result until nbgrader has recorded it, and runs the conversion of nbgrader's that does so.

    `autograde.SaveResult`, a step of that conversion, writes the marks and the record.

    Parameters
    ----------
    course : tlcourse.grading.gradebook.course.NbgraderCourse
    unit : str
    release_sha256 : str
        Of the assignment.
    """

    def __init__(self, course, unit, release_sha256):
        self.course, self.unit, self.release_sha256 = course, unit, release_sha256
        self.pending_folder = records_folder(course.folder, unit) / ".pending"
        shutil.rmtree(self.pending_folder / "submitted", ignore_errors=True)
        retry_while_locked(self._add_indexes)

    def _add_indexes(self):
        with self.course.gradebook() as book:
            add_indexes(book)

    def recorded_result(self, submission, recorded_students):
        """The recorded result of this submission against this release; None where it has to be graded.

        Parameters
        ----------
        submission : tlcourse.grading.model.submission.Submission
        recorded_students : set of str
            Students who are in the gradebook.
        """
        if submission.student not in recorded_students or self._pending_file(submission).exists():
            return None
        return self._if_current(read_record(self.course.folder, self.unit, submission.student), submission)

    def pending_result(self, submission):
        """The result of this submission that was graded but not recorded, or None."""
        try:
            content = json.loads(self._pending_file(submission).read_text(encoding="utf-8"))
            return self._if_current(Result.from_dict(content), submission)
        except (OSError, ValueError, TypeError):
            return None

    def _if_current(self, result, submission):
        current = submission.sha256, self.release_sha256
        return result if result and (result.submission_sha256, result.release_sha256) == current else None

    def _pending_file(self, submission):
        return self.pending_folder / f"{submission.student}.json"

    def record(self, submission, result):
        """Keep a result, and have nbgrader record it: its autograded notebook, its marks, its late penalty.

        Raises
        ------
        tlcourse.grading.gradebook.storage_errors.DiskFull, tlcourse.grading.gradebook.storage_errors.GradebookLocked
        """
        staged = self.pending_folder / "submitted"
        try:
            with explain_full_disk(self.course.folder):
                write_atomically(self._pending_file(submission), json.dumps(result.as_dict()))
                self._stage(submission, staged / submission.student / self.unit)
                retry_while_locked(lambda: self._autograde(staged, GradeSubmission(result, submission.timestamp)))
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        self._pending_file(submission).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.pending_folder.rmdir()

    def _stage(self, submission, folder):
        """Lay out a submission with the files that nbgrader copies into autograded/.

        Web pages are left out, because formgrader would serve them from its own address, and so are other notebooks,
        because nbgrader would take them for parts of the unit. It wants a notebook, and `GradeSubmission` has the one
        that ran.
        """
        for name, content in submission.files.items():
            if is_page(name) or name.casefold().endswith(".ipynb"):
                continue
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        if submission.timestamp:
            write_atomically(folder / "timestamp.txt", submission.timestamp + "\n")
        write_atomically(folder / f"{self.unit}.ipynb", "")

    def _autograde(self, staged, step):
        """Run nbgrader's autograding on the one submission that was laid out, with `step` in place of its grading.

        nbgrader takes a student's name for a pattern and strips it, so it gets "*" instead.
        """
        config, log = self.course.config, _Log()
        relative = staged.relative_to(self.course.folder).as_posix()  # nbgrader escapes only what is before it
        place = {"assignment_id": self.unit, "student_id": "*", "submitted_directory": relative}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader's own queries
            coursedir = CourseDirectory(config=config, root=str(self.course.folder), log=log, **place)
            converter = Autograde(coursedir=coursedir, config=config, log=log)
            steps = converter.autograde_preprocessors
            converter.autograde_preprocessors = [step if other is type(step) else other for other in steps]
            # The hooks are for submissions that nbgrader comes upon by itself.
            converter.pre_convert_hook = converter.post_convert_hook = lambda **_: None
            converter.force = True
            try:
                converter.start()
            except NbGraderException as error:
                raise NbGraderException(log.reason or str(error)) from error


class _Log(logging.Logger):
    """Keeps the last line of nbgrader's first error message, which gives the reason; its exceptions do not."""

    reason = ""

    def __init__(self):
        super().__init__("nbgrader", logging.ERROR)

    def handle(self, record):
        """Called with each error message."""
        lines = record.getMessage().strip().splitlines()
        if lines and (not self.reason or self.reason.startswith("There was an error")):
            self.reason = lines[-1]


def require_recordable(student):
    """Raise an error for a student's name that gradebook and records cannot keep.

    Raises
    ------
    NotRecordable
    """
    try:
        size = len(student.encode())
    except UnicodeEncodeError:
        raise NotRecordable(
            f"rename the folder {student.encode(errors='replace').decode()!r}: it is not UTF-8"
        ) from None
    if size > LONGEST_STUDENT:
        raise NotRecordable(f"rename the folder: its name has {size} bytes, and at most {LONGEST_STUDENT} are allowed")
    if not student.isprintable() or student.startswith(".") or "[" in student:
        raise NotRecordable(f"rename the folder {student!r}: nbgrader cannot find it by that name")
    if f"{student}.json" == WITHDRAWN:
        raise NotRecordable(f"rename the folder {student!r}: the marks of withdrawn checks are kept under that name")
    if set(student) & MARKUP:
        raise NotRecordable(f"rename the folder {student!r}: formgrader would take a part of it for HTML or a script")
