"""Removes one student's mark in a unit, after the submission is gone."""

import shutil

from nbgrader.api import MissingEntry

from tlcourse.grading.gradebook.batch import grading_lock
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.marks import unit_marks
from tlcourse.grading.model.results import record_file


def remove_mark(folder, unit, student):
    """Remove a student's mark from the gradebook, with points and comments by hand, its record and its pages.

    Returns
    -------
    tlcourse.grading.gradebook.marks.UnitMark
        What was removed.

    Raises
    ------
    ValueError
        If the gradebook has no mark, or the submission is still there: the next grading would record it again.
    tlcourse.grading.gradebook.storage_errors.GradebookLocked
        If a grading runs.
    """
    course = NbgraderCourse(folder)
    submission = course.paths.submission_folder(student, unit)
    if submission.exists():
        raise ValueError(f"{submission} is still there, and would be graded again: move it away first")
    with grading_lock(course):
        with course.gradebook() as book:
            mark = unit_marks(course, book, unit, student).get(student)
            try:
                book.remove_submission(unit, student)
            except MissingEntry:
                raise ValueError(f"the gradebook has no mark for {student} in {unit}") from None
        record_file(course.folder, unit, student).unlink(missing_ok=True)
        for made in (course.paths.autograded_folder(student, unit), course.paths.feedback_file(student, unit).parent):
            shutil.rmtree(made, ignore_errors=True)
    return mark
