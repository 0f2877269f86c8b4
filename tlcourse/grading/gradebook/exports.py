"""Marks as tables, as plug-ins of `nbgrader export`; `tlcourse report` writes them too.

    nbgrader export --exporter tlcourse.grading.gradebook.exports.MoodleExport --to moodle.csv
    nbgrader export --exporter tlcourse.grading.gradebook.exports.CanvasExport --to canvas.csv

A student who submitted nothing has an empty cell, not a zero: what that is worth is the instructor's decision. With a
roster, only its active students are exported. A text that a spreadsheet would take for a formula gets an apostrophe
before it.
"""

import csv
import re

from nbgrader.api import MissingEntry

from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.export_plugin import CourseExport
from tlcourse.grading.model.printable import printable

COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score", "days_late"),
)

FORMULA = re.compile(r"\s*[=+\-@\t\r]")  # https://owasp.org/www-community/attacks/CSV_Injection


class GradesExport(CourseExport):
    """The columns of nbgrader's own export, and the days that a submission was late, each day begun counted.

    nbgrader's own writes texts as they are: commas, quotes and formulas. nbgrader_config.py makes this one the default
    of ``nbgrader export``.
    """

    def export(self, gradebook):
        """Write a row for each assignment and student, of ``--assignment`` and of ``--student`` only."""
        self.update(gradebook)
        with open(self.to or "grades.csv", "w", encoding="utf-8", newline="") as file:
            rows = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            rows.writeheader()
            for unit in gradebook.assignments:
                if self.assignment and unit.name not in map(str, self.assignment):
                    continue
                days_late = self.days_late(gradebook, unit)
                for student in self.people(gradebook):
                    rows.writerow(_row(gradebook, unit, student, days_late.get(student.id, 0)))


def _row(gradebook, unit, student, days_late):
    """A student's row; as in nbgrader, 0 points where nothing was submitted."""
    person = {
        "student_id": student.id,
        "last_name": student.last_name,
        "first_name": student.first_name,
        "email": student.email,
    }
    row = {"assignment": unit.name, "duedate": unit.duedate, "timestamp": None, **person}
    row |= {"raw_score": 0.0, "late_submission_penalty": 0.0, "score": 0.0, "max_score": unit.max_score}
    try:
        submission = gradebook.find_submission(unit.name, student.id)
    except MissingEntry:
        pass
    else:
        row |= {"timestamp": submission.timestamp, "raw_score": submission.score, "days_late": days_late}
        row |= {"late_submission_penalty": submission.late_submission_penalty, "score": score_after_penalty(submission)}
    return {name: escape_formula(value) for name, value in row.items()}


class PlatformExport(CourseExport):
    """One row a student, one column an assignment."""

    default = "grades.csv"

    def export(self, gradebook):
        """Write the marks of all assignments, or of ``--assignment``, and of all students, or of ``--student``."""
        self.update(gradebook)
        units = [unit for unit in gradebook.assignments if not self.assignment or unit.name in self.assignment]
        with open(self.to or self.default, "w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerows(self.header_rows([(unit.name, unit.max_score) for unit in units]))
            for student in self.people(gradebook):
                marks = [final_score(gradebook, unit.name, student.id) for unit in units]
                rows.writerow(
                    [escape_formula(value) for value in self.identify(student)]
                    + [format_points(mark) for mark in marks]
                )


class MoodleExport(PlatformExport):
    """The columns of Moodle's own export, as *Grades, Import, CSV file* takes them (docs.moodle.org, Grade import).

    There set *Map from* to Username, Email address or ID number, whichever the course uses, and the last column to
    the grade item. ID number is the roster's `moodle_id`; without a roster, nbgrader's `lms_user_id`.
    """

    default = "moodle.csv"

    def header_rows(self, units):
        """The first line."""
        person = ["First name", "Last name", "Username", "ID number", "Email address"]
        return [person + [f"Assignment: {name} (Real)" for name, _ in units]]

    def identify(self, student):
        """The cells that identify the student."""
        return [student.first_name, student.last_name, student.id, student.moodle_id, student.email]


class CanvasExport(PlatformExport):
    """The columns of Canvas' own gradebook export, as *Grades, Import* takes them (Canvas instructor guide).

    ID is Canvas' number of the user, the roster's `canvas_id`, or nbgrader's `lms_user_id` without a roster. SIS Login
    ID is nbgrader's student id. An assignment that Canvas does not know is made, with the points of the second line.
    """

    default = "canvas.csv"

    def header_rows(self, units):
        """The two first lines: names and points."""
        person = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
        points = ["    Points Possible", "", "", "", ""]
        return [person + [name for name, _ in units], points + [format_points(score) for _, score in units]]

    def identify(self, student):
        """The cells that identify the student."""
        name = ", ".join(filter(None, [student.last_name, student.first_name]))
        return [name or student.id, student.canvas_id, "", student.id, ""]


def final_score(gradebook, unit, student):
    """The points of a submission less the penalty for being late, or None if there is none."""
    try:
        return score_after_penalty(gradebook.find_submission(unit, student))
    except MissingEntry:
        return None


def final_marks(folder, unit):
    """(points, of how many, penalty for being late) by student, as every export has them; written answers included.

    Raises
    ------
    OSError, sqlalchemy.exc.SQLAlchemyError
        If the gradebook cannot be read.
    """
    with NbgraderCourse(folder).gradebook() as book:
        return {
            submission.student.id: (
                score_after_penalty(submission),
                submission.max_score,
                submission.late_submission_penalty or 0.0,
            )
            for submission in book.assignment_submissions(unit)
        }


def score_after_penalty(submission):
    """The points of one of nbgrader's submissions less the penalty for being late, and no fewer than none."""
    return max(0.0, submission.score - (submission.late_submission_penalty or 0))


def format_points(value):
    """Points without a tail of zeros; nothing for None."""
    return "" if value is None else f"{round(value, 4):g}"


def escape_formula(value):
    """A cell that no spreadsheet takes for a formula, without characters that cannot be seen; numbers stay."""
    if isinstance(value, (int, float)):
        return value
    value = "" if value is None else printable(str(value))
    return f"'{value}" if FORMULA.match(value) else value
