"""Restore a student's notebook that another program has changed to the structure of its release, without any loss.

Grading repairs a damaged submission in the same way (`normalize`). This module lets students and instructors see the
result in advance. The release comes from `release_lookup`, so no gradebook is needed.
"""

from pathlib import Path
from typing import NamedTuple

import nbformat

from tlcourse import notebooks
from tlcourse.commands import release_lookup
from tlcourse.grading.submissions.match import collapse_whitespace
from tlcourse.grading.submissions.normalize import UNANSWERED, normalize
from tlcourse.grading.submissions.reading import Unreadable, read

KEPT = "`tlcourse repair` found the cells below in place of checks. They are not part of the unit:"


class Repaired(NamedTuple):
    """The repaired copy, and what was done to it."""

    file: Path
    notes: list  # sentences; empty if nothing had to be repaired
    unanswered: list  # exercises whose cell was not found, so that the stub was restored
    release: Path  # the file or folder of the release that the notebook was compared with


def repair(notebook, release=None, into=None, root=None):
    """Write a copy of a student's notebook that can be graded.

    Parameters
    ----------
    notebook : path
        The student's notebook; it is not changed.
    release : path, optional
        The notebook as it was released. By default, it is generated from the course's solutions/.
    into : path, optional
        The file for the copy; by default, NAME.repaired.ipynb beside the notebook.
    root : path, optional
        The course's folder; by default, that around the notebook, or else around the working directory.

    Raises
    ------
    FileNotFoundError, FileExistsError
        If a file is missing, or `into` already exists.
    ValueError
        If the file is not a notebook or not of this release, or the unit cannot be determined.
    """
    notebook = Path(notebook)
    into = Path(into) if into else notebook.with_name(f"{notebook.stem}.repaired.ipynb")
    if not notebook.is_file():
        raise FileNotFoundError(f"no notebook at {notebook}: check the path")
    if into.exists():
        raise FileExistsError(f"{into} already exists: move it, or name another file with --into")
    try:
        student = read(notebook.read_bytes())
    except Unreadable as error:
        raise ValueError(f"{notebook} cannot be repaired: {error}") from None
    original = [(cell.cell_type, cell.source) for cell in student.cells]
    assignment, source = release_lookup.release_of(notebook, student, release, root)
    repaired, notes = normalize(student, assignment)
    _tag(repaired.cells, assignment)
    _keep(repaired, original, assignment)
    notebooks.write_atomically(into, nbformat.writes(repaired) + "\n")
    unanswered = [note.split()[1] for note in notes if note.endswith(UNANSWERED)]
    return Repaired(into, notes, unanswered, source)


def _tag(cells, assignment):
    """Restore the tags of released cells."""
    tags = {collapse_whitespace(cell["source"]): cell["tags"] for cell in assignment.cells if cell["tags"]}
    for cell in cells:
        if released := tags.get(collapse_whitespace(cell.source)):
            cell.metadata["tags"] = list(released)


def _keep(repaired, original, assignment):
    """Append the cells that are no longer in the notebook at its end, as raw text that does not run."""
    present = {collapse_whitespace(cell.source) for cell in repaired.cells}
    present |= {collapse_whitespace(cell["source"]) for cell in assignment.cells} | {""}
    removed = [source for _, source in original if collapse_whitespace(source) not in present]
    if removed:
        cells = [nbformat.v4.new_markdown_cell(KEPT), *map(nbformat.v4.new_raw_cell, dict.fromkeys(removed))]
        for number, cell in enumerate(cells):
            cell.id = f"kept-{number}"
        repaired.cells += cells
