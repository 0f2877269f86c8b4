"""Find the release that a student's notebook was made from: by its name, by its title, or in a named file."""

import re
from pathlib import Path

from tlcourse import notebooks
from tlcourse.building import unit_sources
from tlcourse.grading.model.assignment import Assignment
from tlcourse.grading.model.cell_code import imported_modules
from tlcourse.grading.submissions.match import collapse_whitespace


def release_of(notebook, student, release=None, root=None):
    """The release that a student's notebook was made from, as an assignment without hidden tests.

    Parameters
    ----------
    notebook : pathlib.Path
    student : nbformat.NotebookNode
        The content of the notebook.
    release : path, optional
        The notebook as it was released. By default, it is generated from the course's solutions/.
    root : path, optional
        The course's folder.

    Returns
    -------
    tlcourse.grading.model.assignment.Assignment

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If the unit cannot be determined, or the notebook has no cell of it.
    """
    assignment = _assignment(notebook, student, release, root)
    _check_release(notebook, student, assignment)
    return assignment


def _assignment(notebook, student, release, root):
    if release is not None:
        return from_notebook(notebooks.read(release), Path(release).stem)
    unit = _unit(notebook, student, root)
    from tlcourse.building.builder import released  # imports nbgrader

    return from_notebook(released(unit, root), unit)


def _unit(notebook, student, root):
    """The unit that a notebook belongs to, found by its name or its title."""
    try:
        units = unit_sources.unit_names(root)
    except FileNotFoundError:
        raise ValueError(
            f"cannot find the course from here: name the released notebook of {notebook.name} with --release FILE"
        ) from None
    titles = re.findall(r"^# Unit (\d\d)\b", "\n".join(cell.source for cell in student.cells), re.MULTILINE)
    fits = [name for name in units if name in notebook.stem] or [name for name in units if name[:2] in titles]
    if len(fits) != 1:
        raise ValueError(
            f"cannot determine the unit of {notebook.name} ({', '.join(units)}): "
            "name its released notebook with --release FILE"
        )
    return fits[0]


def _check_release(notebook, student, assignment):
    """Raise an error if a notebook has nothing in common with the release except the name."""
    text = {collapse_whitespace(cell.source) for cell in student.cells}
    ids = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in student.cells} - {None}
    ids |= set(re.findall(r"^def (\w+)\(", "\n".join(cell.source for cell in student.cells), re.MULTILINE))
    if not any(cell["grade_id"] in ids or collapse_whitespace(cell["source"]) in text for cell in assignment.cells):
        raise ValueError(
            f"{notebook} has no cell of {assignment.unit}: if it belongs to another unit, "
            "name its released notebook with --release FILE"
        )


def from_notebook(notebook, unit):
    """An assignment for `normalize`, made from the released notebook alone, so without hidden tests.

    Raises
    ------
    ValueError
        If no cell has nbgrader's metadata.
    """
    cells = []
    for cell in notebook.cells:
        marks = dict(cell.metadata.get("nbgrader", {}))
        tags = list(cell.metadata.get("tags", []))
        facts = {"grade_id": marks.get("grade_id"), "cell_type": cell.cell_type, "nbgrader": marks, "tags": tags}
        cells.append(facts | {"source": cell.source, "full": cell.source})
    if not any(cell["grade_id"] for cell in cells):
        raise ValueError(f"{unit}: no cell of the release has nbgrader's metadata; use the file from the repository")
    return Assignment(unit, cells, imported_modules(notebook.cells))
