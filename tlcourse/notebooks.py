"""Notebook files: read any, write whole or not at all, run in a fresh kernel. Needs neither nbgrader nor jupytext."""

import os
import re
import sys
import warnings
from pathlib import Path

import nbclient
import nbformat
from tqdm import tqdm

from tlcourse import keras_settings, storage

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# nbgrader's marks in a source: around hidden tests, solutions and mark schemes.
HIDDEN_TESTS = re.compile(
    r"^[^\n]*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS[^\n]*\n?", flags=re.MULTILINE | re.DOTALL
)
SOLUTION_MARKER = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*\n?", flags=re.MULTILINE)
MARK_SCHEME = re.compile(r"\n*=== BEGIN MARK SCHEME ===\n(.*?)\n=== END MARK SCHEME ===", flags=re.DOTALL)


class CellError(RuntimeError):
    """A cell stopped a notebook; `cell` is the cell."""

    def __init__(self, cell, message):
        super().__init__(f"{describe(cell)}: {message}")
        self.cell = cell


def describe(cell):
    """How a message names a cell: its grade_id, else its first line."""
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    first = next((line for line in cell.source.splitlines() if line.strip()), "(empty)")
    return f"cell {grade_id}" if grade_id else f"the {cell.cell_type} cell '{first.strip()[:60]}'"


def read(path):
    """A notebook file of any version, as nbformat 4; a cell without an id, as Colab's badge is, gets one.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such file, or it is not a notebook.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no notebook at {path}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", nbformat.warnings.MissingIDFieldWarning)
            notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
            nbformat.validate(notebook)
    except (ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        reason = str(error).splitlines()[0][:80] if str(error) else ""
        raise ValueError(f"{path} is not a Jupyter notebook ({type(error).__name__}: {reason})") from None
    return notebook


def write_atomically(path, text):
    """Write a text file so that it is there either as it was or whole; folders are made as needed."""
    with storage.whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


def kernel_environment():
    """The environment of a kernel started here: this interpreter's tools first on PATH, figures inline, Keras' backend.

    `tlcourse` cannot set the backend where a notebook imports Keras first.
    """
    environment = dict(os.environ) | {"KERAS_BACKEND": keras_settings.BACKEND}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])
    environment["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    return environment


def run(notebook, folder, title, seconds=600, allow_errors=False, environment=None):
    """Run all cells in a fresh kernel, in place.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    folder : path
        The kernel's working directory.
    title : str
        For the progress bar, which a terminal shows.
    seconds : float
        The longest that one cell may run; then it is interrupted.
    allow_errors : bool
        Go on after a cell that raises or is interrupted.
    environment : dict of str, optional
        Environment variables of the kernel, besides those of this process.

    Raises
    ------
    CellError
        If a cell raises or runs too long (unless errors are allowed), or the kernel dies.
    """
    running = []
    timed_out = {"ename": "TimeoutError", "evalue": f"stopped after {seconds:g} s", "traceback": []}
    with tqdm(total=len(notebook.cells), desc=title, unit="cell", disable=None) as bar:
        client = nbclient.NotebookClient(
            notebook,
            timeout=seconds,
            iopub_timeout=60,  # a busy machine delivers output seconds after the cell is done
            kernel_name="python3",
            resources={"metadata": {"path": str(folder)}},
            record_timing=False,
            store_widget_state=False,
            interrupt_on_timeout=allow_errors,
            error_on_timeout=timed_out if allow_errors else None,
            allow_errors=allow_errors,
            extra_arguments=["--IPKernelApp.log_level=40"],
            on_cell_start=lambda cell, cell_index: (running.append(cell), bar.update()),
        )
        try:
            client.execute(env={**kernel_environment(), **(environment or {})})
        except nbclient.exceptions.CellExecutionError as error:
            raise CellError(running[-1], f"{error.ename}: {error.evalue}") from error
        except nbclient.exceptions.CellTimeoutError as error:
            raise CellError(running[-1], f"still running after {seconds:g} s") from error
        except nbclient.exceptions.DeadKernelError as error:
            raise CellError(running[-1], "the kernel died (out of memory?)") from error


def exercises(notebook):
    """The exercises of a unit and the cells that belong to each.

    Returns
    -------
    dict of str to (solution cell, list of test cells)
        By the name of the exercise, which is the solution cell's grade_id; a test cell is ``test_<name>`` or
        ``test_<name>_<part>``. Written answers are not among them.

    Raises
    ------
    ValueError
        If a test cell belongs to no exercise.
    """
    coded = [cell for cell in notebook.cells if cell.cell_type == "code" and "nbgrader" in cell.metadata]
    by_name = {cell.metadata.nbgrader.grade_id: (cell, []) for cell in coded if cell.metadata.nbgrader.get("solution")}
    for cell in coded:
        if cell.metadata.nbgrader.get("grade") and not cell.metadata.nbgrader.get("solution"):
            owner = tested_exercise(cell.metadata.nbgrader.get("grade_id", ""), by_name)
            if owner is None:
                names = ", ".join(by_name) or "none"
                raise ValueError(
                    f"{describe(cell)} tests no exercise: there are {names}; "
                    "call its grade_id test_EXERCISE or test_EXERCISE_PART"
                )
            by_name[owner][1].append(cell)
    return by_name


def tested_exercise(grade_id, exercises):
    """Of the names in `exercises`, the longest that a test cell's grade_id has after ``test_``; None if it has none."""
    owners = [exercise for exercise in exercises if f"{grade_id}_".startswith(f"test_{exercise}_")]
    return max(owners, key=len, default=None)


def exercise_titles(notebook):
    """The heading over each exercise and written answer, by grade_id: "Exercise 1.1: Compute the output size"."""
    titles, heading = {}, None
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        if (
            cell.cell_type == "markdown"
            and not nbgrader.get("solution")
            and (headings := re.findall(r"^#+ +(.+)$", cell.source, flags=re.MULTILINE))
        ):
            heading = headings[-1].strip()
        if nbgrader.get("solution") and heading:
            titles[nbgrader["grade_id"]] = heading
    return titles


def exercise_of_cells(notebook):
    """(exercise, maximum) by grade_id of every graded cell; a written answer is an exercise of its own."""
    owners = {}
    for name, (_, tests) in exercises(notebook).items():
        owners |= {cell.metadata.nbgrader.grade_id: (name, cell.metadata.nbgrader.points) for cell in tests}
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        if nbgrader.get("grade") and nbgrader.get("grade_id") not in owners:
            owners[nbgrader["grade_id"]] = (nbgrader["grade_id"], nbgrader["points"])
    return owners
