"""A unit's hand-written source: solutions/NN_name.py, read as a notebook, checked, and written back.

The source is a py:percent script with nbgrader's metadata in its cell markers. The notebook made from it carries
nothing that depends on the machine or the moment: rebuilding an unchanged source gives the same bytes.
"""

import ast
import collections
import hashlib
import re
from pathlib import Path

import jupytext
import nbformat

from tlcourse.building.course_folder import course_folder
from tlcourse.notebooks import KERNEL, describe, exercises

SOURCE_METADATA = {"nbgrader", "tags"}
NBGRADER_KEYS = ("grade", "grade_id", "locked", "points", "schema_version", "solution", "task")
REGIONS = {"SOLUTION": "solution", "HIDDEN TESTS": "grade"}


def names(root=None):
    """The units that have a source, in the course's order."""
    return sorted(file.stem for file in (course_folder(root) / "solutions").glob("[0-9]*.py"))


def read(file):
    """A unit's source as a notebook without outputs.

    Parameters
    ----------
    file : path
        solutions/NN_name.py

    Returns
    -------
    nbformat.NotebookNode
        Cell ids are the grade_id, else a hash of the cell's type and source (and its occurrence).

    Raises
    ------
    ValueError
        If the source breaks a rule of `check`; the message names file and cell.
    """
    file = Path(file)
    text = file.read_text(encoding="utf-8")
    if text.startswith("# ---"):
        raise ValueError(f"{file.name} begins with a jupytext header: delete it, the course needs none")
    notebook = jupytext.reads(text, fmt="py:percent")
    return normalized(notebook, file.name)


def normalized(notebook, name):
    """The same cells with nothing but source, tags and nbgrader's metadata, checked, and with ids of their own."""
    cells = []
    for cell in notebook.cells:
        metadata = _source_metadata(cell, name)
        make = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
        cells.append(make(cell.source, metadata=metadata))
    check(cells, name)
    set_ids(cells)
    metadata = {"kernelspec": dict(KERNEL), "language_info": {"name": "python"}}
    clean = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    try:
        exercises(clean)
    except ValueError as error:
        raise ValueError(f"{name}, {error}") from None
    return clean


def set_ids(cells):
    """Give every cell an id that only its grade_id, or its type and source, decide."""
    seen = collections.Counter()
    for cell in cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        name = cell.metadata.get("nbgrader", {}).get("grade_id", digest)
        seen[name] += 1
        cell.id = name if seen[name] == 1 else f"{name}-{seen[name]}"


def check(cells, name):
    """Hold a unit's cells to the rules that nbgrader would break on later, or silently.

    Raises
    ------
    ValueError
        Naming unit and cell.
    """
    seen = set()
    for cell in cells:
        problem = _problem(cell, cell.metadata.get("nbgrader"))
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if problem is None and grade_id in seen:
            problem = f"a second cell has the grade_id '{grade_id}'"
        if problem:
            raise ValueError(f"{name}, {describe(cell)}: {problem}")
        if grade_id is not None:
            seen.add(grade_id)


def _problem(cell, marks):
    marks = marks or {}
    for region, role in REGIONS.items():
        edges = re.findall(rf"^\s*### (BEGIN|END) {region}\s*$", cell.source, flags=re.MULTILINE)
        if edges != ["BEGIN", "END"] * (len(edges) // 2):
            return f"'### BEGIN {region}' and '### END {region}' do not pair"
        if edges and not marks.get(role):
            return f"'### BEGIN {region}' stands in a cell whose nbgrader metadata do not say {role}"
        if region == "SOLUTION" and not edges and marks.get("solution") and cell.cell_type == "code":
            return "a solution cell without '### BEGIN SOLUTION' and '### END SOLUTION'"
    if not marks:
        return None
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,63}", str(marks.get("grade_id", ""))):
        return f"the grade_id {marks.get('grade_id')!r} should be letters, digits and _"
    for key in ("grade", "locked", "solution"):
        if not isinstance(marks.get(key), bool):
            return f"nbgrader metadata without {key}: true or false"
    if marks.get("schema_version") != 3:
        return "nbgrader metadata without schema_version: 3"
    points = marks.get("points")
    if marks["grade"] and (isinstance(points, bool) or not isinstance(points, (int, float)) or points < 0):
        return "a graded cell without points"
    if cell.cell_type == "markdown" and marks["grade"] != marks["solution"]:
        return "a written answer has both grade: true and solution: true"
    return _test_problem(cell) if cell.cell_type == "code" and marks["grade"] else None


def _test_problem(cell):
    try:
        statements = ast.parse(cell.source).body
    except SyntaxError as error:
        return f"a test that is not Python: {error.msg}"
    if statements and isinstance(statements[-1], ast.Expr):
        return "a test that ends in an expression: nbgrader would take its value for the mark"
    return None


def _source_metadata(cell, name):
    """The part of a cell's metadata that belongs in the source; what an editor adds on its own is dropped."""
    if "incorrectly_encoded_metadata" in cell.metadata or "title" in cell.metadata:
        unread = cell.metadata.get("incorrectly_encoded_metadata") or cell.metadata["title"]
        raise ValueError(f"{name}, {describe(cell)}: cannot read the cell marker's {unread!r}")
    metadata = {key: value for key, value in cell.metadata.items() if key in SOURCE_METADATA and value}
    if "nbgrader" in metadata:
        marks = metadata["nbgrader"]
        if not isinstance(marks, dict):
            raise ValueError(f"{name}: the nbgrader metadata {marks!r} are not a JSON object")
        keep = {key: marks[key] for key in NBGRADER_KEYS if key in marks and (key != "task" or marks[key])}
        if keep.get("grade") is False:
            keep.pop("points", None)
        metadata["nbgrader"] = keep
        if not any(keep.get(key) for key in ("grade", "solution", "locked", "task")):
            metadata.pop("nbgrader")
    return metadata


def source_text(notebook, name, old_source=None):
    """The py:percent text of a notebook, the reverse of `read`.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    name : str
        For messages.
    old_source : str, optional
        The source as it was: cells that did not change keep the blank lines after them.
    """
    clean = normalized(notebook, name)
    old = jupytext.reads(old_source or "", fmt="py:percent")
    set_ids(old.cells)
    spacing = {cell.id: cell.metadata.get("lines_to_next_cell") for cell in old.cells}
    for cell in clean.cells:
        if spacing.get(cell.id) is not None:
            cell.metadata["lines_to_next_cell"] = spacing[cell.id]
    clean.metadata = {"jupytext": {"notebook_metadata_filter": "-all", "cell_metadata_filter": "nbgrader,tags,-all"}}
    return jupytext.writes(clean, fmt="py:percent")
