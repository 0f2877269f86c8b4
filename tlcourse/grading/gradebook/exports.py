"""Marks as tables, as plug-ins of `nbgrader export`; `tlcourse report` writes them too.

    nbgrader export --exporter tlcourse.grading.gradebook.exports.MoodleExport --to moodle.csv
    nbgrader export --exporter tlcourse.grading.gradebook.exports.CanvasExport --to canvas.csv

An empty cell is no mark, and never a zero: a student submitted nothing, or something that is in the wrong place or not
unpacked, or a written answer is not marked yet. What a missing submission is worth is the instructor's decision.
grades.csv has provisional points, too, and says why they are provisional. With a roster, only its active students are
exported. A text that a spreadsheet would take for a formula gets an apostrophe before it.
"""

import csv
import re
import sys
from pathlib import Path

from tlcourse.grading.gradebook.course_sync import grace_days
from tlcourse.grading.gradebook.export_plugin import CourseExport
from tlcourse.grading.gradebook.marks import unit_marks
from tlcourse.grading.model.printable import printable

COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score", "unmarked_answers"),
    *("days_late", "grace_days", "misplaced"),
)

MOST_NAMES = 10  # in a message
DIGITS = 4  # after the decimal point of points
FORMULA = re.compile(r"\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")  # https://owasp.org/www-community/attacks/CSV_Injection


class GradesExport(CourseExport):
    """The columns of nbgrader's own export, the number of unmarked written answers, and how late a submission was.

    ``days_late`` counts each day that has begun after the due date, and ``grace_days`` those of them that cost nothing
    because the student had grace days left. ``misplaced`` names the file that may be the
    submission, where none was found.

    nbgrader's own writes texts as they are: commas, quotes and formulas. nbgrader_config.py makes this one the default
    of ``nbgrader export``.
    """

    def export(self, gradebook):
        """Write a row for each assignment and student, of ``--assignment`` and of ``--student`` only."""
        self.update(gradebook)
        with open(self.to or "grades.csv", "w", encoding="utf-8", newline="") as file:
            rows = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            rows.writeheader()
            for unit in _chosen(gradebook.assignments, self.assignment):
                marks, days_late = unit_marks(self.course, gradebook, unit.name), self.days_late(gradebook, unit)
                grace = grace_days(gradebook, unit, self.settings, self.roster)
                for student in self.people(gradebook):
                    days = days_late.get(student.id, 0), grace.get(student.id, 0)
                    rows.writerow(_row(unit, student, marks.get(student.id), *days))


def _chosen(units, names):
    """The units that an export's options name; all where they name none."""
    names = set(map(str, names))
    return [unit for unit in units if not names or unit.name in names]


def _row(unit, student, mark, days_late, grace):
    """A student's row; without points where nothing was submitted."""
    row = {
        "assignment": unit.name,
        "duedate": unit.duedate,
        "student_id": student.id,
        "last_name": student.last_name,
        "first_name": student.first_name,
        "email": student.email,
        "max_score": unit.max_score,
    }
    if mark:
        row |= {"raw_score": mark.raw_points, "late_submission_penalty": mark.penalty, "score": mark.points}
        row = {name: round(value, DIGITS) if isinstance(value, float) else value for name, value in row.items()}
        row |= {"timestamp": mark.timestamp, "unmarked_answers": mark.unmarked, "days_late": days_late}
        row["grace_days"] = grace
        row["misplaced"] = mark.misplaced
    return {name: escape_formula(row.get(name)) for name in COLUMNS}


class PlatformExport(CourseExport):
    """One row a student, one column an assignment."""

    default = "grades.csv"
    platform_id = None  # the column of the roster that identifies a student there

    def people(self, gradebook):
        """The people to export who have an id of the platform; all, if the roster has no such id."""
        people = super().people(gradebook)
        active = self.roster.active if self.roster else {}
        members = {name for name, student in active.items() if getattr(student, self.platform_id)}
        others = [person.id for person in people if person.id not in members] if members else []
        if others:
            names = ", ".join(others[:MOST_NAMES]) + (", …" if len(others) > MOST_NAMES else "")
            number = f"{len(others)} student{'' if len(others) == 1 else 's'}"
            file = Path(self.to or self.default).name
            print(f"{file} leaves out {number} without {self.platform_id} in the roster: {names}", file=sys.stderr)
        return [person for person in people if not members or person.id in members]

    def export(self, gradebook):
        """Write the marks of all assignments, or of ``--assignment``, and of all students, or of ``--student``."""
        self.update(gradebook)
        units = _chosen(gradebook.assignments, self.assignment)
        marks = [unit_marks(self.course, gradebook, unit.name) for unit in units]
        with open(self.to or self.default, "w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerows(self.header_rows([(unit.name, unit.max_score) for unit in units]))
            for student in self.people(gradebook):
                person = [escape_formula(value) for value in self.identify(student)]
                rows.writerow(person + [_final_points(of_unit.get(student.id)) for of_unit in marks])


def _final_points(mark):
    """The points of a mark that will not rise any more, as text; nothing otherwise."""
    return "" if mark is None or mark.provisional else format_points(mark.points)


class MoodleExport(PlatformExport):
    """The columns of Moodle's own export, as *Grades, Import, CSV file* takes them (docs.moodle.org, Grade import).

    There set *Map from* to Username, Email address or ID number, whichever the course uses, and the last column to
    the grade item. ID number is the roster's `moodle_id`; without a roster, nbgrader's `lms_user_id`.
    """

    default, platform_id = "moodle.csv", "moodle_id"

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

    default, platform_id = "canvas.csv", "canvas_id"

    def header_rows(self, units):
        """The two first lines: names and points."""
        person = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
        points = ["    Points Possible", "", "", "", ""]
        return [person + [name for name, _ in units], points + [format_points(score) for _, score in units]]

    def identify(self, student):
        """The cells that identify the student."""
        name = ", ".join(filter(None, [student.last_name, student.first_name]))
        return [name or student.id, student.canvas_id, "", student.id, ""]


def format_points(value):
    """Points without a tail of zeros."""
    return f"{round(value, DIGITS):g}"


def escape_formula(value):
    """A cell that no spreadsheet takes for a formula, without characters that cannot be seen; numbers stay."""
    if isinstance(value, (int, float)):
        return value
    value = "" if value is None else printable(str(value))
    return f"'{value}" if FORMULA.match(value) else value
