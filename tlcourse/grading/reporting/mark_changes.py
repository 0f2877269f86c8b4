"""Whose marks a new grading changed."""

from nbgrader.api import MissingEntry
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tlcourse.grading.gradebook.course import NbgraderCourse, NotReleased
from tlcourse.grading.gradebook.exports import final_marks, format_points
from tlcourse.grading.model.printable import printable


def marks_so_far(folder, unit):
    """The marks of a unit before it is graded, as `exports.final_marks`; none if it is not in the gradebook."""
    try:
        NbgraderCourse(folder).require_gradebook(unit)
        return final_marks(folder, unit)
    except (NotReleased, MissingEntry):
        return {}


def changed_marks(before, after):
    """The students with other marks than before: (student, old, new) with each mark as "12 of 21".

    Parameters
    ----------
    before, after : dict
        Of `exports.final_marks`. Students without an earlier mark are left out.
    """
    rows = [(student, _mark(before[student]), _mark(mark)) for student, mark in after.items() if student in before]
    return sorted(row for row in rows if row[1] != row[2])


def print_changes(before, after):
    """Print a table of the students whose marks changed; nothing if none did."""
    rows = changed_marks(before, after)
    if not rows:
        return
    table = Table("student", "before", "now", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(printable(value)) for value in row))
    console = Console()
    console.print(f"\nMarks that changed: {len(rows)} of {len(before)}", highlight=False)
    console.print(table)


def _mark(mark):
    points, highest, _ = mark
    return f"{format_points(points)} of {format_points(highest)}"
