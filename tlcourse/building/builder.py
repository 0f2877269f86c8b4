"""Build a unit's two notebooks from its source: a solved and executed one for instructors, and one for students.

solutions/NN_x.py -> solutions/NN_x/NN_x.ipynb (executed, outputs kept) -> notebooks/NN_x/NN_x.ipynb (by nbgrader).
A build that fails or is interrupted does not change the notebooks. `to_source` converts in the other direction.
"""

import logging
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import nbformat

from tlcourse import notebooks
from tlcourse.building import course_units, dependent_cells
from tlcourse.building import unit_sources as sources
from tlcourse.building.course_folder import course_folder
from tlcourse.stats import OUTSIDE

# The time limit for one cell on the clock, as for `nbgrader validate` (c.Execute.timeout in nbgrader_config.py).
# Grading has a shorter limit (c.GradingLimits.cell_seconds), also when `shipped_plans` grades the solutions.
CELL_SECONDS = 600
WIDGET_MIME_TYPE = "application/vnd.jupyter.widget-view+json"
PHOTO_PLACEHOLDER = "Whoever runs this cell sees a photo. It is not stored here: who took it is not known.\n"


class BuildError(RuntimeError):
    """A unit could not be built; the message names the unit, the cell and the cause."""


class BuiltUnit(NamedTuple):
    """The files that a build wrote for one unit."""

    unit: str
    solution: Path
    release: Path
    seconds: float
    warnings: str  # the stderr output of the cells, which is not stored
    outside: tuple  # the printed lines whose live result lies outside the range expected for a single run


def build(units=None, execute=True, root=None):
    """Build the notebooks of all units, or of some.

    Parameters
    ----------
    units : sequence of str, optional
        For example ``["01_cnn_parameters"]``; by default, all units.
    execute : bool
        Run every cell in a fresh kernel. Otherwise, unchanged cells keep their stored outputs.
    root : path, optional
        The course's folder; found from the working directory by default.

    Returns
    -------
    list of BuiltUnit

    Raises
    ------
    ValueError
        If a unit does not exist, its source breaks a rule (`unit_sources.validate`), or course.toml has a wrong value.
    BuildError
        If a cell or nbgrader fails.
    """
    root = course_folder(root)
    all_units = sources.unit_names(root)
    units = all_units if units is None else [units] if isinstance(units, str) else list(units)
    for unit in units:
        if unit not in all_units:
            raise ValueError(f"no unit '{unit}': the course has {', '.join(all_units) or 'none'}")
    return [_build_unit(root, unit, execute) for unit in units]


def _build_unit(root, unit, execute):
    started = time.perf_counter()
    solution = root / "solutions" / unit / f"{unit}.ipynb"
    release = root / "notebooks" / unit / f"{unit}.ipynb"
    notebook = course_units.read_unit(root, unit)
    warnings = ""
    if execute:
        warnings = _execute(notebook, unit, solution.parent)
    else:
        _keep_outputs(notebook, solution)
    text = _as_text(notebook)
    released = _released(root, unit, text)
    notebooks.write_atomically(solution, text)
    notebooks.write_atomically(release, released)
    dependent_cells.write(root, unit, notebook)
    return BuiltUnit(unit, solution, release, time.perf_counter() - started, warnings, outside_range(notebook))


def outside_range(notebook):
    """The lines that a built notebook prints for live results outside their range: see `with_expected_range`."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    lines = [line for output in outputs for line in output.get("text", "").splitlines()]
    return tuple(line.strip() for line in lines if OUTSIDE in line)


def released(unit, root=None):
    """A unit as students get it, generated from the built solution; nothing is written.

    Returns
    -------
    nbformat.NotebookNode

    Raises
    ------
    FileNotFoundError, BuildError
    """
    root = course_folder(root)
    solution = notebooks.read(root / "solutions" / unit / f"{unit}.ipynb")
    return nbformat.reads(_released(root, unit, _as_text(solution)), as_version=4)


def to_source(notebook_path, root=None):
    """Convert an instructor's edited notebook, solutions/NN_x/NN_x.ipynb, back to its source solutions/NN_x.py.

    Returns
    -------
    Path
        The source file. Build the unit afterwards.

    Raises
    ------
    FileNotFoundError, ValueError
        If the file is missing, is not a notebook, or breaks a rule. For example, a student's copy has no solutions.
        Also if course.toml changes the unit: the source would lose what the course drops.
    """
    notebook = notebooks.read(notebook_path)
    unit, root = Path(notebook_path).stem, course_folder(root)
    source = root / "solutions" / f"{unit}.py"
    if course_units.is_changed(root, unit):
        raise ValueError(f"course.toml drops exercises of {unit} or changes points: edit {source} instead")
    old = source.read_text(encoding="utf-8") if source.is_file() else None
    notebooks.write_atomically(source, sources.source_text(notebook, Path(notebook_path).name, old))
    return source


def _execute(notebook, unit, folder):
    """Run all cells of a notebook in a fresh kernel, in place; returns their stderr output."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        notebooks.run(notebook, folder, unit, CELL_SECONDS, environment={"TLCOURSE_RECORD_CASES": "1"})
    except notebooks.CellError as error:
        raise BuildError(f"{unit}, {error}") from error
    return _clean_outputs(notebook)


def _clean_outputs(notebook):
    """Drop stored outputs that no reader can use: stderr and widgets; returns the stderr text."""
    errors = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        errors += [output.text for output in cell.outputs if output.get("name") == "stderr"]
        kept = [
            output
            for output in cell.outputs
            if output.get("name") != "stderr" and WIDGET_MIME_TYPE not in output.get("data", {})
        ]
        if "photo" in cell.metadata.get("tags", []):
            kept = [_photo_placeholder() if "image/png" in output.get("data", {}) else output for output in kept]
        cell.outputs = _join_streams(kept)
    notebook.metadata["language_info"] = {"name": "python"}
    return "".join(errors)


def _photo_placeholder():
    """A line in place of a figure, for cells with the tag "photo": the course may not distribute the photos."""
    return nbformat.v4.new_output("stream", name="stdout", text=PHOTO_PLACEHOLDER)


def _join_streams(outputs):
    """Join printed text into one output, because the number of pieces depends on the machine's load."""
    joined = []
    for output in outputs:
        if joined and output.get("name") == joined[-1].get("name") == "stdout":
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def _keep_outputs(notebook, built):
    """Copy the stored outputs of the cells that have not changed since `built` was written."""
    if not built.is_file():
        return
    stored = {cell.get("id"): cell for cell in notebooks.read(built).cells}
    for cell in notebook.cells:
        old = stored.get(cell.id)
        if cell.cell_type == "code" and old is not None and old.source == cell.source:
            cell.outputs, cell.execution_count = old.outputs, old.execution_count


def _as_text(notebook):
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def _released(root, unit, solution_text):
    """The students' copy, made by nbgrader in a temporary folder, with the course's configuration but no gradebook."""
    # Importing nbgrader takes a second, and reading units must work without it.
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.utils import capture_log
    from traitlets.config import PyFileConfigLoader

    with tempfile.TemporaryDirectory(prefix="tlcourse-") as folder:
        # Unlike grading, do not read the configuration of this machine: a source gives the same notebook everywhere.
        config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
        config.CourseDirectory.root = folder
        config.CourseDirectory.source_directory, config.CourseDirectory.release_directory = "source", "release"
        config.SaveCells.enabled = False
        config.GenerateAssignment.no_database = True
        notebooks.write_atomically(
            Path(folder, config.CourseDirectory.source_directory, unit, f"{unit}.ipynb"), solution_text
        )
        converter = GenerateAssignment(CourseDirectory(config=config, assignment_id=unit), config=config)
        converter.log.propagate = False
        converter.log.setLevel(logging.INFO)
        outcome = capture_log(converter)
        if not outcome["success"]:
            raise BuildError(f"{unit}: nbgrader generate_assignment failed\n{outcome.get('log') or outcome['error']}")
        made = Path(folder, config.CourseDirectory.release_directory, unit, f"{unit}.ipynb")
        return _as_text(nbformat.reads(made.read_text(encoding="utf-8"), as_version=4))
