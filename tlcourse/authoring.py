"""From a unit's source to its two notebooks: solved and executed for the instructor, released for the student.

solutions/NN_x.py -> solutions/NN_x/NN_x.ipynb (executed, outputs kept) -> notebooks/NN_x/NN_x.ipynb (by nbgrader).
A build that fails or is interrupted leaves the notebooks as they were. `to_source` is the way back.
"""

import logging
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import nbclient
import nbformat
from tqdm import tqdm

from tlcourse import units as sources

CELL_SECONDS = 600  # the longest that one cell may run; nbgrader_config.py gives submissions the same
WIDGET = "application/vnd.jupyter.widget-view+json"


class BuildError(RuntimeError):
    """A unit could not be built; the message names unit, cell and cause."""


class Built(NamedTuple):
    """What a build made of one unit."""

    unit: str
    solution: Path
    release: Path
    seconds: float
    warnings: str  # what the cells wrote to stderr; it is not stored


def build(units=None, execute=True, root=None):
    """Build the notebooks of some units, or of all.

    Parameters
    ----------
    units : sequence of str, optional
        Such as ``["01_cnn_parameters"]``; all of them by default.
    execute : bool
        Run every cell in a fresh kernel. Without it the stored outputs of unchanged cells are kept.
    root : path, optional
        The course's folder; found from the working directory by default.

    Returns
    -------
    list of Built

    Raises
    ------
    ValueError
        If a unit does not exist, or its source breaks a rule (`units.check`).
    BuildError
        If a cell fails, or nbgrader does.
    """
    root = sources.course_folder(root)
    known = sources.names(root)
    units = known if units is None else [units] if isinstance(units, str) else list(units)
    for unit in units:
        if unit not in known:
            raise ValueError(f"no unit '{unit}': there are {', '.join(known) or 'none'}")
    return [_build_one(root, unit, execute) for unit in units]


def _build_one(root, unit, execute):
    started = time.perf_counter()
    solution = root / "solutions" / unit / f"{unit}.ipynb"
    release = root / "notebooks" / unit / f"{unit}.ipynb"
    notebook = sources.read(root / "solutions" / f"{unit}.py")
    warnings = ""
    if execute:
        warnings = _execute(notebook, unit, solution.parent)
    else:
        _keep_outputs(notebook, solution)
    text = _as_text(notebook)
    released = _released(root, unit, text)
    write_atomically(solution, text)
    write_atomically(release, released)
    return Built(unit, solution, release, time.perf_counter() - started, warnings)


def to_source(notebook_path, root=None):
    """Bring an instructor's edited notebook, solutions/NN_x/NN_x.ipynb, back to its source solutions/NN_x.py.

    Returns
    -------
    Path
        The source that was written. Build the unit afterwards.

    Raises
    ------
    FileNotFoundError, ValueError
        If the file is missing, is not a notebook, or breaks a rule: a student's copy, for one, has no solutions.
    """
    notebook = read_notebook(notebook_path)
    unit = Path(notebook_path).stem
    source = sources.course_folder(root) / "solutions" / f"{unit}.py"
    old = source.read_text(encoding="utf-8") if source.is_file() else None
    write_atomically(source, sources.source_text(notebook, Path(notebook_path).name, old))
    return source


def read_notebook(path):
    """A notebook file of any version, as nbformat 4.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such file, or it is not a notebook.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no notebook at {path}")
    try:
        return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except (ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        raise ValueError(f"{path} is not a Jupyter notebook ({type(error).__name__}: {str(error)[:80]})") from None


def write_atomically(path, text):
    """Write a text file so that it is there either as it was or whole; folders are made as needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def kernel_environment():
    """The environment of a kernel that a build or a check starts: this interpreter's tools, pictures inline."""
    environment = dict(os.environ)
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])
    environment["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    return environment


def _execute(notebook, unit, folder):
    """Run all cells in a fresh kernel, in place; returns what they wrote to stderr."""
    folder.mkdir(parents=True, exist_ok=True)
    running = []
    with tqdm(total=len(notebook.cells), desc=unit, unit="cell", disable=None) as bar:
        client = nbclient.NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name=sources.KERNEL["name"],
            resources={"metadata": {"path": str(folder)}},
            record_timing=False,
            store_widget_state=False,
            extra_arguments=["--IPKernelApp.log_level=40"],
            on_cell_start=lambda cell, cell_index: (running.append(cell), bar.update()),
        )
        try:
            client.execute(env=kernel_environment())
        except nbclient.exceptions.CellExecutionError as error:
            raise BuildError(f"{unit}, {sources.describe(running[-1])}: {error.ename}: {error.evalue}") from error
        except (nbclient.exceptions.CellTimeoutError, nbclient.exceptions.DeadKernelError) as error:
            raise BuildError(f"{unit}, {sources.describe(running[-1])}: {type(error).__name__}: {error}") from error
    return _clean_outputs(notebook)


def _clean_outputs(notebook):
    """Drop from the stored outputs what no reader of a page can use; returns the dropped stderr text."""
    errors = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        errors += [output.text for output in cell.outputs if output.get("name") == "stderr"]
        cell.outputs = [
            output for output in cell.outputs if output.get("name") != "stderr" and WIDGET not in output.get("data", {})
        ]
    notebook.metadata["language_info"] = {"name": "python"}
    return "".join(errors)


def _keep_outputs(notebook, built):
    """Take over the stored outputs of the cells that have not changed since `built` was made."""
    if not built.is_file():
        return
    stored = {cell.get("id"): cell for cell in read_notebook(built).cells}
    for cell in notebook.cells:
        old = stored.get(cell.id)
        if cell.cell_type == "code" and old is not None and old.source == cell.source:
            cell.outputs, cell.execution_count = old.outputs, old.execution_count


def _as_text(notebook):
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def _released(root, unit, solution_text):
    """The student's copy, by nbgrader with the course's own configuration, in a folder aside and without a gradebook."""
    # nbgrader takes a second to import, and a course without it can still read units.
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.utils import capture_log
    from traitlets.config import PyFileConfigLoader

    with tempfile.TemporaryDirectory(prefix="tlcourse-") as folder:
        config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
        config.CourseDirectory.root = folder
        config.SaveCells.enabled = False
        config.GenerateAssignment.no_database = True
        write_atomically(Path(folder, config.CourseDirectory.source_directory, unit, f"{unit}.ipynb"), solution_text)
        converter = GenerateAssignment(CourseDirectory(config=config, assignment_id=unit), config=config)
        converter.log.propagate = False
        converter.log.setLevel(logging.INFO)
        outcome = capture_log(converter)
        if not outcome["success"]:
            raise BuildError(f"{unit}: nbgrader generate_assignment failed\n{outcome.get('log') or outcome['error']}")
        made = Path(folder, config.CourseDirectory.release_directory, unit, f"{unit}.ipynb")
        return _as_text(nbformat.reads(made.read_text(encoding="utf-8"), as_version=4))
