"""Find the release that a student's notebook was made from: by its name, by its title, or in a named file."""

import re
from pathlib import Path
from typing import NamedTuple

from tlcourse import notebooks
from tlcourse.building import unit_sources
from tlcourse.building.course_folder import enclosing_course
from tlcourse.grading.model.assignment import Assignment
from tlcourse.grading.model.cell_code import imported_modules
from tlcourse.grading.submissions.match import collapse_whitespace


class Release(NamedTuple):
    """A release, as an assignment without hidden tests, and the file or folder that it was read from."""

    assignment: Assignment
    source: Path


def release_of(notebook, student, release=None, root=None):
    """The release that a student's notebook was made from.

    Parameters
    ----------
    notebook : pathlib.Path
    student : nbformat.NotebookNode
        The content of the notebook.
    release : path, optional
        The notebook as it was released. By default, it is generated from the course's solutions/.
    root : path, optional
        The course's folder; by default, that around the notebook, or else around the working directory.

    Returns
    -------
    Release

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If the unit cannot be determined, or the notebook has no cell of it.
    """
    matching = _matching_release(notebook, student, release, root)
    _check_release(notebook, student, matching.assignment)
    return matching


def _matching_release(notebook, student, release, root):
    if release is not None:
        return Release(from_notebook(notebooks.read(release), Path(release).stem), Path(release))
    root = root or enclosing_course(notebook.resolve().parent, Path.cwd())
    if root is None:
        raise ValueError(
            f"neither {notebook.name} nor the working directory is in a course: name the released notebook with "
            "--release FILE. It is in a handout that you unpack again, or in the course's notebooks/"
        )
    unit = _unit(notebook, student, root)
    from tlcourse.building.builder import released  # imports nbgrader

    return Release(from_notebook(released(unit, root), unit), Path(root, "solutions", unit))


def _unit(notebook, student, root):
    """The unit that a notebook belongs to, found by its name or its title."""
    units = unit_sources.unit_names(root)
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
        raise ValueError(
            f"{unit}: no cell of the release has nbgrader's metadata; use the notebook as your course handed it out"
        )
    return Assignment(unit, cells, imported_modules(notebook.cells))
