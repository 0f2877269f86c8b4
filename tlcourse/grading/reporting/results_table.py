"""The table that `tlcourse grade` prints."""

import collections

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tlcourse.grading.model.printable import printable


def print_results(results):
    """Print a line for each student, and how often each status came.

    Parameters
    ----------
    results : list of tlcourse.grading.model.results.Result
    """
    console = Console()
    table = Table("student", "status", "points", "notes", box=None, pad_edge=False, header_style="bold")
    for result in results:
        points = "" if result.score is None else f"{result.score:g} of {result.max_score:g}"
        flags = [f"[{flag['kind']}] {flag['grade_id'] or ''}: {flag['evidence']}" for flag in result.flags]
        notes = "\n".join([*result.notes, *flags])
        table.add_row(_plain(result.student), result.status, points, _plain(notes))
    console.print(table)
    if seeds := {result.seed for result in results if result.seed}:
        console.print(f"seed of the hidden tests: {', '.join(sorted(seeds))} (keep it secret)", highlight=False)
    counts = collections.Counter(result.status for result in results)
    console.print(", ".join(f"{count} {status}" for status, count in counts.most_common()) or "no submissions")


def _plain(text):
    """A text in which nothing is markup or moves the terminal's cursor: a student's name or file name may try."""
    return Text(printable(text))
