"""Keep how each exercise of a year went, without names, and compare it between years."""

import json
import warnings
from pathlib import Path

from rich.console import Console
from rich.table import Table
from scipy import stats

from tlcourse.grading.gradebook.course import NbgraderCourse, NotReleased
from tlcourse.grading.reporting import class_records, class_report, item_analysis
from tlcourse.storage import write_json

ARCHIVE = "archive"
ITEMS = "items"


def collect(folder, unit):
    """How each exercise of a unit went: {exercise: {"max_score": float, "rows": points of each attempt}}.

    Returns
    -------
    dict
        The rows have no names; those of one student have the same place in all exercises. Empty if nothing was graded.
    """
    try:
        NbgraderCourse(folder).require_gradebook(unit)
        report = class_records.read(folder, unit)
    except (NotReleased, ValueError, FileNotFoundError):
        return {}
    tried = [student.marks for student in report.students if student.status in class_report.ATTEMPTED]
    return {
        exercise.name: {"max_score": exercise.max_score, "rows": [marks.get(exercise.name) for marks in tried]}
        for exercise in report.exercises
    }


def keep(folder, unit, target):
    """Write what `collect` returns to TARGET/UNIT.json; returns whether there was anything."""
    if items := collect(folder, unit):
        write_json(Path(target) / f"{unit}.json", items)
    return bool(items)


def years(folder, unit):
    """The statistics of a unit by year, the archived years first, in the order of their names.

    Returns
    -------
    dict of str to dict
        As in `collect`; the present year is called "now".

    Raises
    ------
    ValueError
        If there are fewer than two years with graded submissions.
    """
    files = sorted(Path(folder, ARCHIVE).glob(f"*/{ITEMS}/{unit}.json"))
    found_years = {file.parents[1].name: json.loads(file.read_text(encoding="utf-8")) for file in files}
    if now := collect(folder, unit):
        found_years["now"] = now
    if len(found_years) < 2:
        listed = ", ".join(found_years) or "none"
        raise ValueError(f"{unit} was graded in {len(found_years)} year(s) ({listed}): two are needed for a comparison")
    return found_years


def comparison(by_year):
    """The exercises of all years: for each its `item_analysis.Exercise` by year, and the last change of its share.

    Returns
    -------
    list of (str, dict of str to Exercise, tuple or None)
        The change is (difference, lowest, highest) of the mean shares in the last two years that have the exercise,
        with its 95 % interval (Welch); None if one of them has fewer than two attempts, or there is only one.
    """
    names = dict.fromkeys(name for items in by_year.values() for name in items)
    rows = []
    for name in names:
        having = {year: items for year, items in by_year.items() if name in items}
        exercises = {
            year: item_analysis.analyze(name, items[name]["max_score"], _marks(items)) for year, items in having.items()
        }
        rows.append((name, exercises, _change([_shares(items[name]) for items in having.values()][-2:])))
    return rows


def _marks(items):
    """The marks of each student of a year by exercise."""
    return [dict(zip(items, row, strict=True)) for row in zip(*(item["rows"] for item in items.values()), strict=True)]


def _shares(item):
    return [points / item["max_score"] for points in item["rows"] if points is not None and item["max_score"]]


def _change(shares):
    if len(shares) < 2 or min(map(len, shares)) < 2:
        return None
    earlier, later = shares
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # everybody has the same points
        low, high = stats.ttest_ind(later, earlier, equal_var=False).confidence_interval(0.95)
    return sum(later) / len(later) - sum(earlier) / len(earlier), float(low), float(high)


def print_comparison(unit, by_year):
    """Print a line for each exercise: its share of the points and its discrimination in each year, and the change."""
    table = Table("exercise", *by_year, "change of the share (95% CI)", box=None, pad_edge=False, header_style="bold")
    for name, exercises, change in comparison(by_year):
        cells = [_described(exercises.get(year)) for year in by_year]
        table.add_row(name, *cells, _interval(change))
    console = Console()
    console.print(f"{unit}: mean share of the points, attempts, and discrimination", highlight=False)
    console.print(table)


def _described(exercise):
    if exercise is None or exercise.share is None:
        return "–"
    fit = "" if exercise.discrimination is None else f", r = {exercise.discrimination:.2f}"
    return f"{exercise.share:.0%} of {exercise.max_score:g} (n = {exercise.attempts}{fit})"


def _interval(change):
    if change is None:
        return "–"
    difference, low, high = change
    if low != low:  # no spread in either year
        return f"{100 * difference:+.0f} percentage points"
    return f"{100 * difference:+.0f} percentage points ({100 * low:+.0f} to {100 * high:+.0f})"
