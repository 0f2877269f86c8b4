"""A student's notebook that another program has stripped, brought back to the shape of its release; nothing is lost.

What grading does to a damaged submission (`normalize`), for the student or the instructor who wants to see it
beforehand: the release comes from a file, or is made anew from the unit's source, so that no gradebook is needed.
"""

import re
from pathlib import Path
from typing import NamedTuple

import nbformat

from tlcourse import notebooks
from tlcourse.building import unit_sources
from tlcourse.grading.model.assignment import Assignment
from tlcourse.grading.model.cell_code import defined_functions, imported_modules
from tlcourse.grading.submissions.match import condensed
from tlcourse.grading.submissions.normalize import UNANSWERED, normalize
from tlcourse.grading.submissions.reading import Unreadable, read

KEPT = "What stood in place of checks and is no part of the unit, kept by `tlcourse repair`:"


class Repaired(NamedTuple):
    """What was written, and what was done."""

    file: Path
    notes: list  # sentences; empty if nothing that matters was amiss
    unanswered: list  # exercises whose cell was not found, so that the stub was put back


def repair(notebook, release=None, into=None, root=None):
    """Write a copy of a student's notebook that can be graded.

    Parameters
    ----------
    notebook : path
        The student's; it stays as it is.
    release : path, optional
        The notebook as it was released. By default it is made from the course's solutions/.
    into : path, optional
        The copy; by default NAME.repaired.ipynb beside the notebook.
    root : path, optional
        The course's folder.

    Raises
    ------
    FileNotFoundError, FileExistsError
        If a file is missing, or `into` is there already.
    ValueError
        If the file is no notebook, not one of the release, or the unit cannot be told.
    """
    notebook = Path(notebook)
    into = Path(into) if into else notebook.with_name(f"{notebook.stem}.repaired.ipynb")
    if not notebook.is_file():
        raise FileNotFoundError(f"no notebook at {notebook}")
    if into.exists():
        raise FileExistsError(f"{into} is there already: move it away, or name another file with --into")
    try:
        student = read(notebook.read_bytes())
    except Unreadable as error:
        raise ValueError(f"{notebook} cannot be repaired: {error}") from None
    original = [(cell.cell_type, cell.source) for cell in student.cells]
    assignment = _assignment(notebook, release, root, student)
    _check_release(notebook, student, assignment)
    repaired, notes = normalize(student, assignment)
    _tag(repaired.cells, assignment)
    _keep(repaired, original, assignment)
    notebooks.write_atomically(into, nbformat.writes(repaired) + "\n")
    unanswered = [note.split()[1] for note in notes if note.endswith(UNANSWERED)]
    return Repaired(into, notes, unanswered)


def from_notebook(notebook, unit):
    """An assignment for `normalize`, from the released notebook alone: without the hidden tests.

    Raises
    ------
    ValueError
        If no cell has nbgrader's metadata.
    """
    cells = []
    for cell in notebook.cells:
        nbgrader = dict(cell.metadata.get("nbgrader", {}))
        tags = list(cell.metadata.get("tags", []))
        facts = {"grade_id": nbgrader.get("grade_id"), "cell_type": cell.cell_type, "nbgrader": nbgrader, "tags": tags}
        cells.append(facts | {"source": cell.source, "full": cell.source})
    if not any(cell["grade_id"] for cell in cells):
        raise ValueError(f"{unit}: no cell of the release has nbgrader's metadata; take the file from the repository")
    return Assignment(unit, cells, imported_modules(notebook.cells))


def _assignment(notebook, release, root, student):
    if release is not None:
        return from_notebook(notebooks.read(release), Path(release).stem)
    unit = _unit(notebook, student, root)
    from tlcourse.building.builder import released  # brings nbgrader

    return from_notebook(released(unit, root), unit)


def _unit(notebook, student, root):
    """The unit that a notebook is of, by its name or its title."""
    try:
        units = unit_sources.names(root)
    except FileNotFoundError:
        raise ValueError(
            f"the course is not around here, so name the file that {notebook.name} was made from: --release FILE"
        ) from None
    titles = re.findall(r"^# Unit (\d\d)\b", "\n".join(cell.source for cell in student.cells), re.MULTILINE)
    fits = [name for name in units if name in notebook.stem] or [name for name in units if name[:2] in titles]
    if len(fits) != 1:
        raise ValueError(
            f"cannot tell the unit of {notebook.name} ({', '.join(units)}): name the release with --release"
        )
    return fits[0]


def _check_release(notebook, student, assignment):
    """Raise an error for what has nothing in common with the release but the name."""
    text = {condensed(cell.source) for cell in student.cells}
    ids = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in student.cells} - {None}
    ids |= {name for cell in student.cells for name in defined_functions(cell.source)}
    if not any(cell["grade_id"] in ids or condensed(cell["source"]) in text for cell in assignment.cells):
        raise ValueError(
            f"{notebook} has no cell of {assignment.unit}: is it another unit's? Name its release, --release FILE"
        )


def _tag(cells, assignment):
    """Give released cells their tags back."""
    tags = {condensed(cell["source"]): cell["tags"] for cell in assignment.cells if cell["tags"]}
    for cell in cells:
        if released := tags.get(condensed(cell.source)):
            cell.metadata["tags"] = list(released)


def _keep(repaired, original, assignment):
    """Put what is no longer in the notebook at its end, as text that is not run."""
    there = {condensed(cell.source) for cell in repaired.cells}
    there |= {condensed(cell["source"]) for cell in assignment.cells} | {""}
    gone = [source for _, source in original if condensed(source) not in there]
    if gone:
        cells = [nbformat.v4.new_markdown_cell(KEPT), *map(nbformat.v4.new_raw_cell, dict.fromkeys(gone))]
        for number, cell in enumerate(cells):
            cell.id = f"kept-{number}"
        repaired.cells += cells
