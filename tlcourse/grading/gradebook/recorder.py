"""Has nbgrader record results, one submission at a time, so that grading can be stopped at any moment.

A result lies in autograding/UNIT/.pending until nbgrader has recorded it, and the record that says so comes last.
"""

import contextlib
import json
import shutil
import warnings

from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

from tlcourse.grading.gradebook.autograde import GradeSubmission
from tlcourse.grading.gradebook.storage_errors import room_to_write, when_unlocked
from tlcourse.grading.model.results import Result, read_record, records_folder
from tlcourse.notebooks import write_atomically


class Recorder:
    """Alone writes to the course: pending results, nbgrader's gradebook and autograded/, and the records.

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

    def recorded_result(self, submission, recorded):
        """The recorded result of this submission against this release; None where it has to be graded.

        Parameters
        ----------
        submission : tlcourse.grading.model.submission.Submission
        recorded : set of str
            Students who are in the gradebook.
        """
        if submission.student not in recorded or self._pending_file(submission).exists():
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
            with room_to_write(self.course.folder):
                write_atomically(self._pending_file(submission), json.dumps(result.as_dict()))
                self._stage(submission, staged / submission.student / self.unit)
                when_unlocked(lambda: self._autograde(submission.student, staged, GradeSubmission(result)))
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        self._pending_file(submission).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.pending_folder.rmdir()

    def _stage(self, submission, folder):
        """Lay out a submission as it came; nbgrader wants a notebook, and `GradeSubmission` has the one that ran."""
        for name, content in submission.files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        if submission.timestamp:
            write_atomically(folder / "timestamp.txt", submission.timestamp + "\n")
        write_atomically(folder / f"{self.unit}.ipynb", "")

    def _autograde(self, student, staged, step):
        """Run nbgrader's autograding on what was laid out, with `step` in the place of the step that grades."""
        config = self.course.config
        place = {"assignment_id": self.unit, "student_id": student, "submitted_directory": str(staged)}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader's own queries
            coursedir = CourseDirectory(config=config, root=str(self.course.folder), **place)
            converter = Autograde(coursedir=coursedir, config=config)
            steps = converter.autograde_preprocessors
            converter.autograde_preprocessors = [step if other is type(step) else other for other in steps]
            converter.pre_convert_hook = lambda **_: None  # it is for submissions that nbgrader comes upon by itself
            converter.force = True
            converter.log.setLevel("CRITICAL")
            converter.start()
