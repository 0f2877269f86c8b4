"""The page that a student gets back: what failed first, exercises by their titles, and nothing from a network.

nbgrader's own page lists "Test cell" for every check, in the order of the notebook, and loads MathJax.
"""

from pathlib import Path

from nbconvert.exporters import HTMLExporter
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.config import Config

from tlcourse import notebooks

TEMPLATES = Path(__file__).parent / "templates"
FILTERS = {
    "clean_html": "tlcourse.grading.gradebook.sanitizing.safe_html",
    "highlight_code": "tlcourse.grading.gradebook.sanitizing.safe_code",
    "markdown2html": "tlcourse.grading.gradebook.formulas.markdown_with_formulas",
}
# The groups of exercises on the page, in their order: heading, CSS class.
GROUPS = {
    "failed": "What to look at",
    "unmarked": "Not marked yet",
    "partial": "Not all points",
    "passed": "All points",
}


class FeedbackExporter(HTMLExporter):
    """Makes the page from a notebook that went through `SummarizeExercises`."""

    def __init__(self, config=None, **options):
        own = Config()
        own.FeedbackExporter.template_name = "course_feedback"
        own.FeedbackExporter.extra_template_basedirs = [str(TEMPLATES)]
        own.FeedbackExporter.filters = FILTERS
        both = Config()
        both.merge(config or {})
        both.merge(own)
        super().__init__(config=both, **options)


class SummarizeExercises(NbGraderPreprocessor):
    """Collect how each exercise went, for the top of the page, and name the cells after their exercises.

    This step comes last: it needs the points, the comments, and the messages without hidden tests.
    """

    def preprocess(self, nb, resources):
        """Called by nbconvert with an autograded notebook; the file stays as it is."""
        exercises = _exercises(nb)
        kinds = {kind: [each for each in exercises if each["kind"] == kind] for kind in GROUPS}
        resources["feedback"] = {
            "title": _title(nb) or resources["nbgrader"]["notebook"],
            "unmarked": bool(kinds["unmarked"]),
            "groups": [(GROUPS[kind], kind, chosen) for kind, chosen in kinds.items() if chosen],
        }
        return nb, resources


def _title(nb):
    """The first heading of a notebook."""
    prose = (cell.source for cell in nb.cells if cell.cell_type == "markdown" and "nbgrader" not in cell.metadata)
    return next((source.partition("\n")[0][2:].strip() for source in prose if source.startswith("# ")), "")


def _exercises(nb):
    """A dictionary for each exercise and written answer, in the order of the notebook."""
    titles, cells = notebooks.exercise_titles(nb), {}
    for cell in nb.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade") or about.get("solution"):
            owner = notebooks.tested_exercise(about.grade_id, titles) or about.grade_id
            cells.setdefault(owner, []).append(cell)
    return [_exercise(titles.get(name, name), parts) for name, parts in cells.items()]


def _exercise(title, cells):
    graded = [cell for cell in cells if cell.metadata.nbgrader.get("grade")]
    messages = [message for cell in graded for message in _messages(cell)]
    abouts = [cell.metadata.nbgrader for cell in graded]
    points, most = (sum(about.get(key) or 0 for about in abouts) for key in ("score", "points"))
    for cell in cells:
        _label(cell, title, graded)
    unmarked = any(about.get("unmarked") for about in abouts)
    kind = "failed" if messages else "unmarked" if unmarked else "passed" if points >= most else "partial"
    return {
        "title": title,
        "kind": kind,
        "anchor": cells[0].metadata.nbgrader.grade_id,
        "points": points,
        "max_points": most,
        "messages": list(dict.fromkeys(messages)),
        "comments": [text for cell in cells if (text := cell.metadata.nbgrader.get("comment"))],
    }


def _label(cell, title, graded):
    """Write the heading of a cell into its metadata, where the template reads it."""
    about = cell.metadata.nbgrader
    if about.get("solution"):
        about["label"] = f"{title}: your answer"
    else:
        number = f" {graded.index(cell) + 1} of {len(graded)}" if len(graded) > 1 else ""
        about["label"] = f"Check{number} of {title}"
        about["failed"] = bool(_messages(cell))


def _messages(cell):
    """The messages of a check that failed."""
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    return [error.evalue or error.ename for error in errors]
