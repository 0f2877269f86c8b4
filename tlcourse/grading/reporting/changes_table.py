"""Whose points have changed since the release before: a table for the terminal, and a file with all of it."""

import csv

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tlcourse.grading.gradebook.exports import escape_formula, format_points
from tlcourse.grading.model.printable import printable
from tlcourse.grading.model.results import records_folder

COLUMNS = ("student", "exercise", "before", "after", "mark")
MOST_ROWS = 40  # on the terminal
CHANGES_FILE = "changes.csv"


def changed_points(results, marks):
    """A row of `COLUMNS` for each student and exercise whose points differ from the grading before.

    Parameters
    ----------
    results : list of tlcourse.grading.model.results.Result
    marks : dict
        Of `tlcourse.grading.gradebook.marks.final_marks`. What a person entered stays in the mark.
    """
    points = {student: mark.points for student, mark in marks.items()}
    return [
        (result.student, change["exercise"], change["before"], change["after"], points.get(result.student))
        for result in results
        for change in result.changes
    ]


def write_changes(folder, unit, rows):
    """Write the rows to ``grading_records/UNIT/changes.csv``; the file."""
    file = records_folder(folder, unit) / CHANGES_FILE
    with file.open("w", encoding="utf-8", newline="") as opened:
        lines = csv.writer(opened, lineterminator="\n")
        lines.writerow(COLUMNS)
        for student, exercise, *points in rows:
            lines.writerow([escape_formula(student), exercise, *map(_shown, points)])
    return file


def print_changes(rows, file):
    """Print the first rows, how many students they concern, and where all are."""
    console = Console()
    table = Table(*COLUMNS, box=None, pad_edge=False, header_style="bold")
    for student, exercise, *points in rows[:MOST_ROWS]:
        table.add_row(Text(printable(student)), exercise, *map(_shown, points))
    console.print("\nPoints that differ from the grading before, of the same submissions:", highlight=False)
    console.print(table)
    students = len({row[0] for row in rows})
    console.print(f"{len(rows)} changes, of {students} students; all of them: {file}", highlight=False, soft_wrap=True)


def _shown(points):
    """Points, or nothing where there were none."""
    return "" if points is None else format_points(points)
