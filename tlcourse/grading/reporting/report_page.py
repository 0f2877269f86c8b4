"""The instructor's page on a unit, report/UNIT/report.html, and the marks as tables: `tlcourse report UNIT`."""

import base64
import hashlib
import re

import jinja2
from markupsafe import Markup

from tlcourse.grading.gradebook import exports
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_sync import update_gradebook
from tlcourse.grading.model.printable import printable
from tlcourse.grading.reporting import class_records, report_figures
from tlcourse.notebooks import write_atomically

SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
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
    """A `ClassReport` as one self-contained HTML page; whatever students wrote is shown as text.

    Only the page's own scripts may run, those of its live figures.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tlcourse.grading.reporting", "."),
        autoescape=True,
        finalize=displayable,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    figures = {
        "points": report_figures.points_figure(report, displayable).as_html(),
        "exercises": report_figures.exercises_figure(report, displayable).as_html(),
    }
    return environment.get_template("report.html").render(
        report=report,
        figures={name: Markup(figure) for name, figure in figures.items()},
        script_policy=script_policy(*figures.values()),
        symbols=SYMBOLS,
    )


def script_policy(*figures):
    """What a Content-Security-Policy must allow so that the scripts of these figures run, and no others."""
    scripts = [script for figure in figures for script in SCRIPT.findall(figure)]
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    return " ".join(f"'sha256-{digest}'" for digest in hashes)


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
    target, course = class_records.report_folder(folder, unit), NbgraderCourse(folder)
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
