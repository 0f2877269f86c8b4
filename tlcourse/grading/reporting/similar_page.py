"""The page report/UNIT/similar.html, with similar submissions next to each other: `tlcourse compare UNIT`."""

import json
from pathlib import Path

import jinja2

from tlcourse import notebooks
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.model.printable import printable
from tlcourse.grading.reporting.report_page import displayable
from tlcourse.grading.reporting.similarity import similar_pairs
from tlcourse.notebooks import write_atomically

PRINTED = 20  # pairs on the terminal
LONGEST_ANSWER = 50_000  # characters that are compared: each needs some hundred bytes of memory


def write(folder, unit):
    """Compare the graded submissions of a unit, and write the page.

    Returns
    -------
    (list of tlcourse.grading.reporting.similarity.Pair, pathlib.Path)

    Raises
    ------
    FileNotFoundError
        If the release is missing.
    ValueError
        If nothing of the unit has been graded.
    """
    course = NbgraderCourse(folder)
    stubs = answer_cells(notebooks.read(course.paths.release_file(unit)))
    answers = _graded_answers(course, unit)
    if not answers:
        raise ValueError(f"no submission of {unit} is graded in {folder}: run `tlcourse grade {unit}` first")
    pairs = similar_pairs(answers, stubs)
    file = Path(folder, "report", unit, "similar.html")
    write_atomically(file, page(unit, pairs, len(answers)))
    return pairs, file


def page(unit, pairs, students):
    """The pairs as one self-contained HTML page; whatever students wrote is shown as text."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tlcourse.grading.reporting", "."),
        autoescape=True,
        finalize=displayable,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("similar.html").render(unit=unit, pairs=pairs, students=students)


def summary(pair):
    """A pair in a line."""
    how = "identical" if pair.identical else f"{pair.similarity:.0%} similar"
    return f"{how:>12}  {printable(pair.first)}  {printable(pair.second)}"


def answer_cells(notebook):
    """The source of each answer cell, code or text, by its grade_id."""
    marked = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in marked}


def _graded_answers(course, unit):
    """The answers of each student, from the notebooks as they were graded; one that cannot be read is left out."""
    answers = {}
    for student in course.paths.submission_folders(unit):
        try:
            cells = answer_cells(notebooks.read(course.paths.autograded_file(student, unit)))
        except (FileNotFoundError, ValueError, json.JSONDecodeError):
            continue
        answers[student] = {name: source[:LONGEST_ANSWER] for name, source in cells.items()}
    return answers
