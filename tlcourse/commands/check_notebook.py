"""Run a student's notebook and report which exercises pass their visible checks; nbgrader is not needed.

``print(check("01_cnn_parameters.ipynb"))`` also works on Colab and in plain Jupyter.
"""

import re
from pathlib import Path
from typing import NamedTuple

from tlcourse import notebooks

REPAIR_ADVICE = "if another program removed its metadata, run `tlcourse repair {path}` to write a repaired copy"
MISSING_CHECK = "its check is missing from the notebook; run `tlcourse repair` to restore it"


class Outcome(NamedTuple):
    """The outcome of one exercise; `message` is empty if all its checks pass."""

    name: str
    title: str
    passed: bool
    message: str


class NotebookReport(NamedTuple):
    """The outcomes of a notebook's exercises, and the errors of its other cells."""

    outcomes: list
    errors: list  # of str: one for each cell outside the exercises that raised an error

    @property
    def passed(self):
        """Whether every exercise passes."""
        return all(outcome.passed for outcome in self.outcomes)

    def __str__(self):
        width = max((len(outcome.title) for outcome in self.outcomes), default=0)
        lines = [
            f"{'✔' if outcome.passed else '✘'} {outcome.title:<{width}}  {'passes' if outcome.passed else 'not yet'}"
            + (f": {outcome.message}" if outcome.message else "")
            for outcome in self.outcomes
        ]
        done = sum(outcome.passed for outcome in self.outcomes)
        lines.append(f"{done} of {len(self.outcomes)} exercises pass their visible checks.")
        return "\n".join([*lines, *(f"Error in {text}" for text in self.errors)])


def check(path, seconds=600):
    """Run a notebook in a fresh kernel, in its own folder, and collect the outcomes of its exercises.

    Parameters
    ----------
    path : path
        A student's notebook; the file is not changed.
    seconds : float
        The time limit for each cell; a cell that exceeds it counts as failed.

    Returns
    -------
    NotebookReport

    Raises
    ------
    FileNotFoundError, ValueError
        If the file does not exist, is not a notebook, or has no exercises.
    """
    path = Path(path)
    notebook = notebooks.read(path)
    exercises = _exercises(notebook, path)
    notebooks.run(notebook, path.resolve().parent, path.stem, seconds, allow_errors=True)
    outcomes = [_outcome(name, notebook, *exercises[name]) for name in exercises]
    tested = [id(cell) for _, tests in exercises.values() for cell in tests]
    errors = [
        f"{notebooks.describe(cell)}: {_error(cell)}"
        for cell in notebook.cells
        if id(cell) not in tested and _error(cell) and not _error(cell).startswith("NotImplementedError")
    ]
    return NotebookReport(outcomes, errors)


def _exercises(notebook, path):
    """The notebook's exercises. If there are none, the error explains how to repair the notebook."""
    repair = REPAIR_ADVICE.format(path=path)
    try:
        exercises = notebooks.exercises(notebook)
    except ValueError as error:
        raise ValueError(f"{path}, {error}; {repair}") from None
    if not any(tests for _, tests in exercises.values()):
        raise ValueError(f"{path} has no exercises to check; {repair}")
    return exercises


def _outcome(name, notebook, solution, tests):
    messages = [_error(cell) for cell in tests] or [MISSING_CHECK]
    failed = next((message for message in messages if message), "")
    if failed.startswith("NotImplementedError") or failed.endswith("not solved yet."):
        failed = "not solved"
    return Outcome(name, _title(notebook, solution) or name, not failed, failed.removeprefix("AssertionError: "))


def _title(notebook, solution):
    """The exercise's heading: the last '### Exercise ...' above its solution cell, or None."""
    title = None
    for cell in notebook.cells:
        if cell is solution:
            return title
        heading = re.search(r"^### (Exercise .*)$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else None
        title = heading.group(1) if heading else title
    return title


def _error(cell):
    """The error in a cell's outputs as 'Name: message'; empty if there is none."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}".strip().removesuffix(":")
    return ""
