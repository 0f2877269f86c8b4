"""The table that `tlcourse grade` prints."""

import collections

from rich.console import Console
from rich.table import Table


def show(outcomes):
    """Print a line a student, and how often each status came."""
    console = Console()
    table = Table("student", "status", "points", "notes", box=None, pad_edge=False, header_style="bold")
    for one in outcomes:
        points = "" if one.score is None else f"{one.score:g} of {one.max_score:g}"
        told = [*one.notes, *(f"[{flag['kind']}] {flag['grade_id'] or ''}: {flag['evidence']}" for flag in one.flags)]
        table.add_row(one.student, one.status, points, "\n".join(text.replace("[", r"\[") for text in told))
    console.print(table)
    counts = collections.Counter(one.status for one in outcomes)
    console.print(
        ", ".join(f"{count} {status}" for status, count in counts.most_common()) or "nobody handed in anything"
    )
