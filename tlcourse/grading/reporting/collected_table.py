"""The table that `tlcourse collect` prints."""

import collections

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tlcourse.grading.model.printable import printable


def print_collected(outcomes):
    """Print a line for each student of whom something was collected, and how often each action came.

    Parameters
    ----------
    outcomes : list of tlcourse.grading.gradebook.collecting.Collected
    """
    console = Console()
    table = Table("student", "called", "action", "notes", box=None, pad_edge=False, header_style="bold")
    for outcome in outcomes:
        row = (outcome.student or "?", outcome.label, outcome.action, "\n".join(outcome.notes))
        table.add_row(*(Text(printable(value)) for value in row))
    if outcomes:
        console.print(table)
    counts = collections.Counter(outcome.action for outcome in outcomes)
    console.print(", ".join(f"{count} {action}" for action, count in counts.most_common()) or "nothing to collect")
