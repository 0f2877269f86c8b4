"""A student's notebook that another program has stripped, brought back to the shape of its release; nothing is lost.

What grading does to a damaged submission (`normalize`), for the student or the instructor who wants to see it
beforehand: the release comes from `release_lookup`, so that no gradebook is needed.
"""

from pathlib import Path
from typing import NamedTuple

import nbformat

from tlcourse import notebooks
from tlcourse.commands import release_lookup
from tlcourse.grading.submissions.match import condensed
from tlcourse.grading.submissions.normalize import UNANSWERED, normalize
from tlcourse.grading.submissions.reading import Unreadable, read

KEPT = "What stood in place of checks and is no part of the unit, kept by `tlcourse repair`:"


class Restored(NamedTuple):
    """What was written, and what was done."""

    file: Path
    notes: list  # sentences; empty if nothing that matters was amiss
    unanswered: list  # exercises whose cell was not found, so that the stub was put back


def restore(notebook, release=None, into=None, root=None):
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
    assignment = release_lookup.release_of(notebook, student, release, root)
    repaired, notes = normalize(student, assignment)
    _tag(repaired.cells, assignment)
    _keep(repaired, original, assignment)
    notebooks.write_atomically(into, nbformat.writes(repaired) + "\n")
    unanswered = [note.split()[1] for note in notes if note.endswith(UNANSWERED)]
    return Restored(into, notes, unanswered)


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
