"""The table that `tlcourse collect` prints."""

import collections

from rich.console import Console

from tlcourse.grading.reporting.terminal_table import print_with_notes


def print_collected(outcomes):
    """Print a line for each student of whom something was collected, and how often each action came.

    Parameters
    ----------
    outcomes : list of tlcourse.grading.gradebook.collecting.Collected
    """
    console = Console()
    rows = [((outcome.student or "?", outcome.label, outcome.action), outcome.notes) for outcome in outcomes]
    if outcomes:
        print_with_notes(console, ("student", "called", "action"), rows)
    counts = collections.Counter(outcome.action for outcome in outcomes)
    console.print(", ".join(f"{count} {action}" for action, count in counts.most_common()) or "nothing to collect")
