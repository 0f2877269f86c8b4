"""The instructor's page on a unit, report/UNIT/report.html, and the marks as tables: `tlcourse report UNIT`."""

from pathlib import Path

import jinja2

from tlcourse.grading.gradebook import exports
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_sync import update_gradebook
from tlcourse.grading.model.printable import printable
from tlcourse.grading.reporting import class_records, class_report
from tlcourse.notebooks import write_atomically
from tlcourse.plots.style import COLORS

MAX_CHARACTERS = 1500  # characters of a student's text that are shown
SYMBOLS = {
    "graded": "✔",
    "repaired": "✚",
    "missing": "–",
    "unreadable": "?",
    "timed out": "…",
    "crashed": "✘",
    "tampered": "⚑",
}


def page(report):
    """A `ClassReport` as one self-contained HTML page; whatever students wrote is shown as text."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tlcourse.grading.reporting", "."),
        autoescape=True,
        finalize=displayable,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("report.html").render(
        report=report, attempted=class_report.ATTEMPTED, colors=COLORS, symbols=SYMBOLS
    )


def displayable(value):
    """A text without characters that cannot be seen or turn a line round, cut where it gets long."""
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    shown = printable(value[:MAX_CHARACTERS])
    return f"{shown} … ({len(value):,} characters)" if len(value) > MAX_CHARACTERS else shown


def write(folder, unit):
    """Write report/UNIT/report.html and the marks as grades.csv (nbgrader's columns), moodle.csv and canvas.csv.

    Returns
    -------
    list of pathlib.Path

    Raises
    ------
    FileNotFoundError, ValueError
        See `class_records.read`.
    """
    target, course = Path(folder, "report", unit), NbgraderCourse(folder)
    update_gradebook(course)
    write_atomically(target / "report.html", page(class_records.read(folder, unit)))
    files = [target / "report.html"]
    plugins = {
        "grades.csv": exports.GradesExport,
        "moodle.csv": exports.MoodleExport,
        "canvas.csv": exports.CanvasExport,
    }
    with course.gradebook() as book:
        for name, plugin in plugins.items():
            plugin(config=course.config, to=str(target / name), assignment=[unit]).export(book)
            files.append(target / name)
    return files
