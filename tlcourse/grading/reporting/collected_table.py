"""The table that `tlcourse collect` prints."""

import collections

from rich.console import Console

from tlcourse.grading.gradebook.collecting import TIME_UNKNOWN
from tlcourse.grading.reporting.terminal_table import plain, print_with_notes


def print_collected(outcomes):
    """Print a line for each student of whom something was collected, and how often each action came.

    That the time of a submission is not known is said once, of all whom it concerns.

    Parameters
    ----------
    outcomes : list of tlcourse.grading.gradebook.collecting.Collected
    """
    console = Console()
    rows = [
        (
            (outcome.student or "?", outcome.label, outcome.action),
            [note for note in outcome.notes if note != TIME_UNKNOWN],
        )
        for outcome in outcomes
    ]
    if outcomes:
        print_with_notes(console, ("student", "called", "action"), rows)
    if untimed := [outcome.student for outcome in outcomes if TIME_UNKNOWN in outcome.notes]:
        console.print(plain(f"{', '.join(untimed)}: {TIME_UNKNOWN}"), soft_wrap=True)
    counts = collections.Counter(outcome.action for outcome in outcomes)
    console.print(", ".join(f"{count} {action}" for action, count in counts.most_common()) or "nothing to collect")
