"""Run a student's notebook and say which exercises pass: the visible checks, without nbgrader.

``print(check("01_cnn_parameters.ipynb"))`` works on Colab and in plain Jupyter too.
"""

import re
from pathlib import Path
from typing import NamedTuple

from tlcourse import notebooks

REPAIR_ADVICE = "if another program has taken its metadata away, `tlcourse repair {path}` writes a copy that has them"
MISSING_CHECK = "its check is missing from the notebook; `tlcourse repair` puts it back"


class Outcome(NamedTuple):
    """How one exercise fares; `message` is empty when all its checks pass."""

    name: str
    title: str
    passed: bool
    message: str


class NotebookReport(NamedTuple):
    """The outcomes of a notebook's exercises, and what else stopped in it."""

    outcomes: list
    stopped: list  # of str: cells outside the exercises that raised

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
        return "\n".join([*lines, *(f"Stopped: {text}" for text in self.stopped)])


def check(path, seconds=600):
    """Run a notebook from a fresh kernel, in its own folder, and gather how its exercises fare.

    Parameters
    ----------
    path : path
        A student's notebook; the file is not changed.
    seconds : float
        The longest that one cell may run; then it counts as failed.

    Returns
    -------
    Report

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such file, it is not a notebook, or it has no exercises.
    """
    path = Path(path)
    notebook = notebooks.read(path)
    exercises = _exercises(notebook, path)
    notebooks.run(notebook, path.resolve().parent, path.stem, seconds, allow_errors=True)
    outcomes = [_outcome(name, notebook, *exercises[name]) for name in exercises]
    tested = [id(cell) for _, tests in exercises.values() for cell in tests]
    stopped = [
        f"{notebooks.describe(cell)}: {_error(cell)}"
        for cell in notebook.cells
        if id(cell) not in tested and _error(cell) and not _error(cell).startswith("NotImplementedError")
    ]
    return NotebookReport(outcomes, stopped)


def _exercises(notebook, path):
    """The notebook's exercises; an error for a notebook without any explains how to repair it."""
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
    """The exercise's heading: the last '### Exercise ...' above its solution cell."""
    title = None
    for cell in notebook.cells:
        if cell is solution:
            return title
        heading = re.search(r"^### (Exercise .*)$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else None
        title = heading.group(1) if heading else title
    return title


def _error(cell):
    """'Name: message' of the error in a cell's outputs, or nothing."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}".strip().removesuffix(":")
    return ""
