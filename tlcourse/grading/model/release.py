"""A unit as it was released, with its hidden tests: what a submission is repaired and graded against."""

import ast
import functools
import re
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from tlcourse import notebooks


class NoRelease(RuntimeError):  # noqa: N818
    """The gradebook does not know the unit, or its release is not there."""


@dataclass(frozen=True)
class Release:
    """What grading needs to know of a unit; plain data, so that it can be sent to another machine.

    Parameters
    ----------
    unit : str
    cells : list of dict
        Of the release, in its order: {"grade_id" (None where nbgrader does not know the cell), "cell_type", "source"
        (as released), "full" (with the hidden tests), "nbgrader" (the metadata, {} where none), "tags"}.
    modules : list of str
        What the unit's cells import.
    files : dict of str to bytes
        What was released beside the notebook.
    """

    unit: str
    cells: list
    modules: list
    files: dict = field(default_factory=dict, repr=False)

    def graded(self):
        """The cells with points that are graded without a person."""
        return [cell for cell in self.cells if cell["cell_type"] == "code" and cell["nbgrader"].get("grade")]

    def by_id(self):
        """The cells that nbgrader knows, by grade_id."""
        return {cell["grade_id"]: cell for cell in self.cells if cell["grade_id"]}

    def exercise(self, grade_id):
        """The grade_id of the solution cell that a test belongs to: by name, else the nearest one above."""
        name, nearest, named = grade_id.removeprefix("test_"), None, []
        for cell in self.cells:
            if cell["grade_id"] == grade_id:
                break
            if cell["cell_type"] == "code" and cell["nbgrader"].get("solution"):
                nearest = cell["grade_id"]
                if name == nearest or name.startswith(f"{nearest}_"):
                    named.append(nearest)
        return max(named, key=len, default=nearest)


def read(coursedir, unit):
    """A unit from nbgrader's gradebook, which keeps the hidden tests, and from the release folder.

    Raises
    ------
    NoRelease
        If either is missing.
    """
    from nbgrader.api import Gradebook, MissingEntry

    folder = Path(coursedir.format_path(coursedir.release_directory, ".", unit))
    file = folder / f"{unit}.ipynb"
    try:
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            known = gradebook.find_notebook(unit, unit)
            sources = {cell.name: (cell.source, cell.checksum) for cell in known.source_cells}
            points = {cell.name: cell.max_score for cell in known.grade_cells}
        notebook = notebooks.read(file)
    except MissingEntry:
        raise NoRelease(
            f"the gradebook does not know {unit}: `nbgrader generate_assignment {unit}` comes first"
        ) from None
    except FileNotFoundError:
        raise NoRelease(f"no release at {file}: `nbgrader generate_assignment {unit}` makes it") from None
    beside = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".ipynb" and ".ipynb_checkpoints" not in path.parts
    }
    cells = [_cell(cell, sources, points) for cell in notebook.cells]
    return Release(unit, cells, imports(notebook.cells), beside)


def _cell(cell, sources, points):
    marks = dict(cell.metadata.get("nbgrader", {}))
    name = marks.get("grade_id")
    source, checksum = sources.get(name, (cell.source, None))
    if name in sources:
        marks |= {"checksum": checksum, "cell_type": cell.cell_type}
        if name in points:
            marks["points"] = points[name]
    locked = marks.get("locked") or (marks.get("grade") and not marks.get("solution"))
    return {
        "grade_id": name if name in sources else None,
        "cell_type": cell.cell_type,
        "source": cell.source,
        "full": source if locked else cell.source,
        "nbgrader": marks if name in sources else {},
        "tags": list(cell.metadata.get("tags", [])),
    }


def imports(cells):
    """The modules that a notebook's cells import, without those that only another platform has."""
    found = {}
    for cell in cells:
        if cell.cell_type != "code":
            continue
        for node in ast.walk(parsed(cell.source)):
            if isinstance(node, ast.Import):
                found |= dict.fromkeys(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found |= dict.fromkeys([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)])
    return [name for name in found if re.fullmatch(r"[\w.]+", name) and not name.startswith("google.")]


def remembered(function, most=512, longest=20_000):
    """Remember what a function makes of a cell's text: hand-ins share most of their cells. Not of endless ones."""
    kept = functools.lru_cache(most)(function)

    @functools.wraps(function)
    def remembering(source):
        return kept(source) if len(source) <= longest else function(source)

    return remembering


@remembered
def parsed(source):
    """A cell's syntax tree, its magics left out; empty where it is not Python. It is shared, and not to be changed."""
    plain = re.sub(r"^(\s*)[%!].*$", r"\1pass", source, flags=re.MULTILINE)
    try:
        return ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def empty_notebook(release):
    """The release as a student's untouched notebook with its full tests: what is graded where nothing can be read."""
    cells = []
    for cell in release.cells:
        make = nbformat.v4.new_code_cell if cell["cell_type"] == "code" else nbformat.v4.new_markdown_cell
        metadata = {"tags": cell["tags"]} if cell["tags"] else {}
        if cell["nbgrader"]:
            metadata["nbgrader"] = dict(cell["nbgrader"])
        cells.append(make(cell["full"], metadata=metadata))
    return nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": dict(KERNEL), "language_info": {"name": "python"}}
    )


KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
