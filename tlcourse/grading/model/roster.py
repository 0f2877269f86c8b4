"""Who takes a course: its roster, a CSV file that course.toml names."""

import collections
import datetime
import difflib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from tlcourse.grading.model.course_file import read_course_file
from tlcourse.grading.model.table_file import read_table

COLUMNS = ("id", "first_name", "last_name", "email", "canvas_id", "moodle_id", "status", "joined")
STATUSES = ("active", "dropped")


class RosterError(ValueError):
    """The roster is missing, or a row is wrong; the message names it and the remedy."""


@dataclass(frozen=True)
class RosterStudent:
    """A row of the roster.

    Parameters
    ----------
    id : str
        The name of the student's folder, and nbgrader's student id.
    canvas_id : str
        The number in the column ID of Canvas' gradebook export.
    moodle_id : str
        What Moodle calls ID number.
    status : str
        One of `STATUSES`.
    joined : datetime.date or None
        The first day in the course; None for the beginning.
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    canvas_id: str = ""
    moodle_id: str = ""
    status: str = "active"
    joined: datetime.date | None = None

    @property
    def name(self):
        """First and last name; the id where the roster has neither."""
        return " ".join(filter(None, [self.first_name, self.last_name])) or self.id


class Roster:
    """The students of a course by id.

    Parameters
    ----------
    students : sequence of RosterStudent
    file : path
        For messages.
    """

    def __init__(self, students, file="roster.csv"):
        self.students, self.file = {student.id: student for student in students}, Path(file)

    @property
    def active(self):
        """The students who have not dropped the course, by id."""
        return {name: student for name, student in self.students.items() if student.status == "active"}

    def get(self, name):
        """The `RosterStudent` with an id, or None."""
        return self.students.get(name)

    def problem(self, name):
        """Why a person is not in the exports, as a sentence for the instructor; None for an active student."""
        student = self.students.get(name)
        if student is None:
            close = difflib.get_close_matches(name, self.students, n=1, cutoff=0.75)
            hint = f" Did you mean {close[0]}?" if close else ""
            return f"Not enrolled: {self.file.name} has no such id, so the exports leave this person out.{hint}"
        if student.status == "dropped":
            return f"Dropped the course, according to {self.file.name}, so the exports leave this person out."
        return None

    def joined_late(self, name, due):
        """Whether a student joined the course after a unit was due; `due`: with a time zone, or None."""
        student = self.students.get(name)
        return bool(due and student and student.joined and student.joined > due.date())


def course_roster(folder, settings=None):
    """The roster that a course's course.toml names.

    Parameters
    ----------
    folder : path
    settings : tlcourse.grading.model.course_file.CourseSettings, optional
        What course.toml says, if it has been read already.

    Returns
    -------
    Roster or None
        None if there is no course.toml, no roster in it, or nobody in the roster yet.

    Raises
    ------
    tlcourse.grading.model.course_file.CourseFileError, RosterError
    """
    settings = settings or read_course_file(folder)
    roster = read_roster(Path(folder, settings.roster)) if settings and settings.roster else None
    return roster if roster and roster.students else None


def read_roster(file):
    """The roster in a CSV file, with commas or semicolons between its columns.

    Raises
    ------
    RosterError
    """
    file = Path(file)
    try:
        columns, rows = read_table(file)
    except FileNotFoundError:
        raise RosterError(
            f"no roster at {file}: create it with the columns {', '.join(COLUMNS)}, or correct [roster] in course.toml"
        ) from None
    except ValueError as error:
        raise RosterError(str(error)) from None
    except OSError as error:
        raise RosterError(f"{file} cannot be read ({error.strerror}): correct [roster] in course.toml") from None
    _require_columns(file, columns)
    students = [_student(file, line, row) for line, row in rows if any(map(str.strip, map(str, row.values())))]
    _require_unique(file, students)
    return Roster(students, file)


def _require_columns(file, columns):
    if "id" not in columns:
        present = f"it has {', '.join(columns)}" if columns else "it is empty"
        raise RosterError(
            f"{file} has no column id, which is required ({present}): add it, or rename a column. Others can be "
            f"{', '.join(COLUMNS[1:])}"
        )
    if unknown := [name for name in columns if name not in COLUMNS]:
        raise RosterError(f"unknown column {', '.join(unknown)} in {file}: it can have {', '.join(COLUMNS)}")


def _student(file, line, row):
    where = f"line {line} of {file}"
    if row.pop("", None):
        raise RosterError(f"{where} has more cells than the first line: put a text with a comma in quotes")
    cells = {name: _cleaned(value) for name, value in row.items()}
    if not cells["id"]:
        raise RosterError(f"{where} has no id: enter one, or delete the line")
    if "/" in cells["id"] or cells["id"].startswith("."):
        raise RosterError(f"{where}: the id {cells['id']!r} cannot be the name of a folder: choose another one")
    cells["status"] = cells.get("status", "").casefold() or "active"
    if cells["status"] not in STATUSES:
        raise RosterError(f"{where}: status is {cells['status']!r}: write {' or '.join(STATUSES)}")
    cells["joined"] = _day(cells.get("joined", ""), where)
    return RosterStudent(**cells)


def _cleaned(value):
    return unicodedata.normalize("NFC", value or "").strip()


def _day(text, where):
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError:
        raise RosterError(f"{where}: joined is {text!r}: write a day such as 2026-10-19, or nothing") from None


def _require_unique(file, students):
    for name in ("id", "canvas_id", "moodle_id"):
        values = [getattr(student, name) for student in students if getattr(student, name)]
        if repeated := sorted(value for value, times in collections.Counter(values).items() if times > 1):
            raise RosterError(f"{file} has the {name} {', '.join(repeated)} more than once: each student needs another")
