"""Read a unit's hand-written source, solutions/NN_name.py, as a notebook, check it, and convert a notebook back.

The source is a py:percent script with nbgrader's metadata in its cell markers. The notebook contains nothing that
depends on the machine or the time, so rebuilding an unchanged source gives the same bytes.
"""

import ast
import collections
import hashlib
import re
from pathlib import Path

import jupytext
import nbformat

from tlcourse.building.course_folder import course_folder
from tlcourse.notebooks import KERNEL, MARK_SCHEME, describe, exercises

# What a cell marker holds. "attachments" are images that were pasted into a cell, which a notebook keeps beside it.
SOURCE_METADATA = {"nbgrader", "tags", "slideshow", "editable", "deletable", "format", "raw_mimetype", "attachments"}
NBGRADER_KEYS = ("grade", "grade_id", "locked", "points", "schema_version", "solution", "task")
REGIONS = {"SOLUTION": "solution", "HIDDEN TESTS": "grade"}


def unit_names(root=None):
    """The names of the units that have a source, in the order of the course."""
    return sorted(file.stem for file in (course_folder(root) / "solutions").glob("[0-9]*.py"))


def read(file):
    """Read a unit's source as a notebook without outputs.

    Parameters
    ----------
    file : path
        solutions/NN_name.py

    Returns
    -------
    nbformat.NotebookNode
        A cell's id is its grade_id, or else a hash of its type and source, with a number if it occurs again.

    Raises
    ------
    ValueError
        If the source breaks a rule of `validate`. The message names the file and the cell.
    """
    file = Path(file)
    text = file.read_text(encoding="utf-8")
    if text.startswith("# ---"):
        raise ValueError(f"{file.name} begins with a jupytext header: delete the header")
    notebook = jupytext.reads(text, fmt="py:percent")
    return normalized(notebook, file.name)


def normalized(notebook, name):
    """Copy the cells with only their source, images and `SOURCE_METADATA`, check them, and set their ids."""
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
    """Give every cell an id that depends only on its grade_id, or on its type and source."""
    seen = collections.Counter()
    for cell in cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        name = cell.metadata.get("nbgrader", {}).get("grade_id", digest)
        seen[name] += 1
        cell.id = name if seen[name] == 1 else f"{name}-{seen[name]}"


def validate(cells, name):
    """Check that a unit's cells follow the rules whose violation nbgrader reports late or never.

    Raises
    ------
    ValueError
        If a cell breaks a rule. The message names the file and the cell.
    """
    seen = set()
    for cell in cells:
        problem = _problem(cell, cell.metadata.get("nbgrader")) or _mark_scheme_problem(cell)
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if problem is None and grade_id in seen:
            problem = f"another cell already has the grade_id '{grade_id}': give each cell its own"
        if problem:
            raise ValueError(f"{name}, {describe(cell)}: {problem}")
        if grade_id is not None:
            seen.add(grade_id)


def _problem(cell, nbgrader):
    nbgrader = nbgrader or {}
    for region, role in REGIONS.items():
        edges = re.findall(rf"^\s*### (BEGIN|END) {region}\s*$", cell.source, flags=re.MULTILINE)
        if edges != ["BEGIN", "END"] * (len(edges) // 2):
            return f"'### BEGIN {region}' and '### END {region}' must come in pairs"
        if edges and not nbgrader.get(role):
            return f"a cell with '### BEGIN {region}' needs {role}: true in its nbgrader metadata"
        if region == "SOLUTION" and not edges and nbgrader.get("solution") and cell.cell_type == "code":
            return "a solution cell needs '### BEGIN SOLUTION' and '### END SOLUTION'"
    if not nbgrader:
        return None
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,63}", str(nbgrader.get("grade_id", ""))):
        return (
            f"the grade_id {nbgrader.get('grade_id')!r} must begin with a letter and consist of at most 64 letters, "
            "digits, - and _"
        )
    for key in ("grade", "locked", "solution"):
        if not isinstance(nbgrader.get(key), bool):
            return f"the nbgrader metadata need {key}: true or false"
    if nbgrader.get("schema_version") != 3:
        return "the nbgrader metadata need schema_version: 3"
    points = nbgrader.get("points")
    if nbgrader["grade"] and (isinstance(points, bool) or not isinstance(points, (int, float)) or points < 0):
        return "a graded cell needs points: a number of 0 or more"
    if cell.cell_type == "markdown" and nbgrader["grade"] != nbgrader["solution"]:
        return "a written answer needs both grade: true and solution: true"
    return _test_problem(cell) if cell.cell_type == "code" and nbgrader["grade"] else None


def _mark_scheme_problem(cell):
    edges = re.findall(r"=== (BEGIN|END) MARK SCHEME ===", cell.source)
    if edges and (edges != ["BEGIN", "END"] or not MARK_SCHEME.search(cell.source)):
        return "'=== BEGIN MARK SCHEME ===' and '=== END MARK SCHEME ===' must come once, each on a line of its own"
    return None


def _test_problem(cell):
    try:
        statements = ast.parse(cell.source).body
    except SyntaxError as error:
        return f"the check is not valid Python: {error.msg}"
    if statements and isinstance(statements[-1], ast.Expr):
        return "the check ends in an expression, whose value nbgrader would take as the mark: end it with a statement"
    return None


def _source_metadata(cell, name):
    """The part of a cell's metadata that belongs in the source, without anything that an editor added."""
    if "incorrectly_encoded_metadata" in cell.metadata or "title" in cell.metadata:
        unread = cell.metadata.get("incorrectly_encoded_metadata") or cell.metadata["title"]
        raise ValueError(f"{name}, {describe(cell)}: cannot read {unread!r} in the cell marker: correct its JSON")
    empty = (None, "", [], {})
    metadata = {key: value for key, value in cell.metadata.items() if key in SOURCE_METADATA and value not in empty}
    if "nbgrader" in metadata:
        nbgrader = metadata["nbgrader"]
        if not isinstance(nbgrader, dict):
            raise ValueError(f"{name}: the nbgrader metadata must be a JSON object, got {nbgrader!r}")
        keep = {key: nbgrader[key] for key in NBGRADER_KEYS if key in nbgrader and (key != "task" or nbgrader[key])}
        if keep.get("grade") is False:
            keep.pop("points", None)
        metadata["nbgrader"] = keep
        if not any(keep.get(key) for key in ("grade", "solution", "locked", "task")):
            metadata.pop("nbgrader")
    return metadata


def source_text(notebook, name, old_source=None):
    """Convert a notebook to py:percent text, the reverse of `read`.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    name : str
        The file's name, for messages.
    old_source : str, optional
        The previous source. Cells that did not change keep the blank lines after them.
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
