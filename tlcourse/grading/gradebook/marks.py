"""The marks of a unit as its table, its exports, its report and its feedback pages show them.

Two queries read a whole class: nbgrader's own properties ask the gradebook several times for each student.
"""

import collections
import dataclasses
import datetime
from dataclasses import dataclass, field

from nbgrader.api import BaseCell, Grade, MissingEntry, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import func

from tlcourse.grading.gradebook.absent import waiting_files
from tlcourse.grading.gradebook.course import NbgraderCourse


@dataclass(frozen=True)
class UnitMark:
    """What a student has earned in a unit.

    Parameters
    ----------
    raw_points : float
        Of the checks and of the written answers that are marked.
    penalty : float
        For being late.
    max_points : float
    unmarked : int
        Written answers that nobody has marked yet: they count 0 so far.
    unconfirmed : int
        Points given by hand to a submission that was graded again since then.
    timestamp : datetime.datetime or None
        When the submission came, in UTC.
    by_cell : dict
        Points by grade_id; None for an answer that nobody has marked yet.
    misplaced : str
        Which file may be the submission, where none was found, and what to do; empty if there is no such file.
    """

    raw_points: float
    penalty: float
    max_points: float
    unmarked: int = 0
    unconfirmed: int = 0
    timestamp: datetime.datetime | None = None
    by_cell: dict = field(default_factory=dict, repr=False)
    misplaced: str = ""

    @property
    def points(self):
        """The points less the penalty, and no fewer than none."""
        return max(0.0, self.raw_points - self.penalty)

    @property
    def provisional(self):
        """Whether the points can still rise."""
        return bool(self.why_provisional)

    @property
    def why_provisional(self):
        """Why the points can still rise, in words; empty if they cannot."""
        waiting = "the submission is in the wrong place, or not unpacked" if self.misplaced else ""
        return "; ".join(filter(None, [_unmarked_answers(self.unmarked), waiting]))


def unit_marks(course, gradebook, unit, student=None):
    """The `UnitMark` of each student who has a submission of a unit, or of one student only.

    Parameters
    ----------
    course : tlcourse.grading.gradebook.course.NbgraderCourse
    gradebook : nbgrader.api.Gradebook
    unit, student : str

    Returns
    -------
    dict of str to UnitMark
        Empty if the gradebook does not know the unit.
    """
    try:
        assignment = gradebook.find_assignment(unit)
    except MissingEntry:
        return {}
    chosen = [SubmittedAssignment.assignment_id == assignment.id]
    chosen += [SubmittedAssignment.student_id == student] if student else []
    cells = collections.defaultdict(list)
    for name, *cell in _graded_cells(gradebook, chosen):
        cells[name].append(cell)
    marks = {
        name: _mark(cells[name], penalty or 0.0, assignment.max_score, timestamp)
        for name, timestamp, penalty in _submissions(gradebook, chosen)
    }
    waiting = waiting_files(course, unit, [name for name, mark in marks.items() if not mark.raw_points])
    return marks | {name: dataclasses.replace(marks[name], misplaced=files) for name, files in waiting.items()}


def _submissions(gradebook, chosen):
    """(student, time of submission, penalty) of each submission."""
    who_and_when = SubmittedAssignment.student_id, SubmittedAssignment.timestamp
    return (
        gradebook.db.query(*who_and_when, func.sum(SubmittedNotebook.late_submission_penalty))
        .select_from(SubmittedAssignment)
        .outerjoin(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(*chosen)
        .group_by(*who_and_when)
        .order_by(SubmittedAssignment.student_id)
    )


def _graded_cells(gradebook, chosen):
    """(student, grade_id, points, points of the grader, points given by hand, needs a person) of each graded cell."""
    columns = (Grade.score, Grade.auto_score, Grade.manual_score, Grade.needs_manual_grade)
    return (
        gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, *columns)
        .select_from(SubmittedAssignment)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .filter(*chosen)
    )


def _mark(cells, penalty, max_points, timestamp):
    by_cell, unmarked, unconfirmed = {}, 0, 0
    for name, points, by_grader, by_hand, needs_person in cells:
        waits = by_grader is None and by_hand is None and needs_person
        by_cell[name] = None if waits else points
        unmarked += bool(waits)
        unconfirmed += bool(needs_person and by_hand is not None)
    total = sum(points for points in by_cell.values() if points is not None)
    return UnitMark(total, penalty, max_points, unmarked, unconfirmed, timestamp, by_cell)


def final_marks(folder, unit):
    """`unit_marks` of a course's gradebook.

    Raises
    ------
    OSError, sqlalchemy.exc.SQLAlchemyError
        If the gradebook cannot be read.
    """
    course = NbgraderCourse(folder)
    with course.gradebook() as book:
        return unit_marks(course, book, unit)


def _unmarked_answers(count):
    """How many written answers nobody has marked yet, in words; empty if there is none."""
    return f"{count} written answer{'s are' if count > 1 else ' is'} not marked yet" if count else ""
