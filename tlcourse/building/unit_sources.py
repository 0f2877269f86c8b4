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

# What a cell marker holds. "attachments" are images that were pasted into a cell, which a notebook keeps beside it.
SOURCE_METADATA = {"nbgrader", "tags", "slideshow", "editable", "deletable", "format", "raw_mimetype", "attachments"}
NBGRADER_KEYS = ("grade", "grade_id", "locked", "points", "schema_version", "solution", "task")
REGIONS = {"SOLUTION": "solution", "HIDDEN TESTS": "grade"}


def unit_names(root=None):
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
        If the source breaks a rule of `validate`; the message names file and cell.
    """
    file = Path(file)
    text = file.read_text(encoding="utf-8")
    if text.startswith("# ---"):
        raise ValueError(f"{file.name} begins with a jupytext header: delete it, the course needs none")
    notebook = jupytext.reads(text, fmt="py:percent")
    return normalized(notebook, file.name)


def normalized(notebook, name):
    """The same cells with nothing but source, images and `SOURCE_METADATA`, checked, and with ids of their own."""
    cells = []
    for cell in notebook.cells:
        metadata = _source_metadata(cell, name)
        attachments = metadata.pop("attachments", None) or cell.get("attachments")
        made = getattr(nbformat.v4, f"new_{cell.cell_type}_cell")(cell.source, metadata=metadata)
        if attachments and cell.cell_type != "code":
            made.attachments = attachments
        cells.append(made)
    validate(cells, name)
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


def validate(cells, name):
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


def _problem(cell, nbgrader):
    nbgrader = nbgrader or {}
    for region, role in REGIONS.items():
        edges = re.findall(rf"^\s*### (BEGIN|END) {region}\s*$", cell.source, flags=re.MULTILINE)
        if edges != ["BEGIN", "END"] * (len(edges) // 2):
            return f"'### BEGIN {region}' and '### END {region}' do not pair"
        if edges and not nbgrader.get(role):
            return f"'### BEGIN {region}' stands in a cell whose nbgrader metadata do not say {role}"
        if region == "SOLUTION" and not edges and nbgrader.get("solution") and cell.cell_type == "code":
            return "a solution cell without '### BEGIN SOLUTION' and '### END SOLUTION'"
    if not nbgrader:
        return None
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,63}", str(nbgrader.get("grade_id", ""))):
        return f"the grade_id {nbgrader.get('grade_id')!r} should be letters, digits and _"
    for key in ("grade", "locked", "solution"):
        if not isinstance(nbgrader.get(key), bool):
            return f"nbgrader metadata without {key}: true or false"
    if nbgrader.get("schema_version") != 3:
        return "nbgrader metadata without schema_version: 3"
    points = nbgrader.get("points")
    if nbgrader["grade"] and (isinstance(points, bool) or not isinstance(points, (int, float)) or points < 0):
        return "a graded cell without points"
    if cell.cell_type == "markdown" and nbgrader["grade"] != nbgrader["solution"]:
        return "a written answer has both grade: true and solution: true"
    return _test_problem(cell) if cell.cell_type == "code" and nbgrader["grade"] else None


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
    empty = (None, "", [], {})
    metadata = {key: value for key, value in cell.metadata.items() if key in SOURCE_METADATA and value not in empty}
    if "nbgrader" in metadata:
        nbgrader = metadata["nbgrader"]
        if not isinstance(nbgrader, dict):
            raise ValueError(f"{name}: the nbgrader metadata {nbgrader!r} are not a JSON object")
        keep = {key: nbgrader[key] for key in NBGRADER_KEYS if key in nbgrader and (key != "task" or nbgrader[key])}
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
        if "attachments" in cell:
            cell.metadata["attachments"] = cell.pop("attachments")
    cell_filter = f"{','.join(sorted(SOURCE_METADATA))},-all"
    clean.metadata = {"jupytext": {"notebook_metadata_filter": "-all", "cell_metadata_filter": cell_filter}}
    return jupytext.writes(clean, fmt="py:percent")
