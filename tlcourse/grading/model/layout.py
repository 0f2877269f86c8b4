"""A course folder of its own, graded by stock nbgrader with the commands of nbgrader's documentation.

The instructor's gradebook is never touched: folder, database and Jupyter configuration are all inside that folder.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from tlcourse.notebooks import kernel_environment, write_atomically

SHIPPED_PLAN = "grading_plan.json"


class GradingError(RuntimeError):
    """nbgrader could not do what was asked; the message ends with its own last lines."""


def new_course(folder, root, units):
    """Make `folder` a fresh course that holds the solutions of some units of the course at `root`.

    Parameters
    ----------
    folder : pathlib.Path
        What stands there is removed.
    root : pathlib.Path
        A course folder: nbgrader_config.py and solutions/.
    units : sequence of str

    Raises
    ------
    FileNotFoundError
        If a unit has no built notebook.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(root / "nbgrader_config.py", folder)
    for unit in units:
        notebook = solution_file(root, unit)
        if not notebook.is_file():
            raise FileNotFoundError(f"no notebook at {notebook}: `make build` makes it")
        target = solution_file(folder, unit)
        target.parent.mkdir(parents=True)
        shutil.copy(notebook, target)
        if plan_file(root, unit).is_file():
            shutil.copy(plan_file(root, unit), target.parent)


def solution_file(folder, unit):
    """Where a course keeps the solved notebook of a unit."""
    return Path(folder, "solutions", unit, f"{unit}.ipynb")


def plan_file(folder, unit):
    """Where a course keeps what came with a unit's solutions: how each of its checks can be graded."""
    return Path(folder, "solutions", unit, SHIPPED_PLAN)


def release_file(folder, unit):
    """Where a course keeps the student's notebook of a unit."""
    return Path(folder, "notebooks", unit, f"{unit}.ipynb")


def nbgrader(folder, command, *arguments):
    """Run ``nbgrader <command> <arguments>`` in the course at `folder`; its output goes to nbgrader.log there.

    Raises
    ------
    GradingError
        If it fails.
    """
    _run(folder, ["nbgrader", command, *arguments])


def _run(folder, command):
    environment = kernel_environment()
    environment["JUPYTER_CONFIG_DIR"] = str(folder / ".jupyter")
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    log = folder / "nbgrader.log"
    with log.open("a", encoding="utf-8", newline="\n") as file:
        file.write(f"$ {' '.join(command)}\n{done.stdout}\n")
    if done.returncode:
        last = "\n".join(done.stdout.strip().splitlines()[-5:])
        raise GradingError(f"{' '.join(command)} failed; all of its output is in {log}\n{last}")


def grade(folder, unit):
    """Run ``tlcourse grade UNIT`` in the course at `folder`; without a box where there is none.

    Raises
    ------
    GradingError
        If it fails.
    """
    from tlcourse.grading.sandbox import bubblewrap

    options = ["--unsafe"] if bubblewrap.problem() else []
    _run(folder, ["tlcourse", "grade", unit, *options])


def hand_in(folder, student, unit, notebook):
    """Put a student's notebook where nbgrader collects: submitted/<student>/<unit>/<unit>.ipynb."""
    write_atomically(submitted_file(folder, student, unit), nbformat.writes(notebook) + "\n")


def submitted_file(folder, student, unit):
    """Where nbgrader looks for what a student hands in."""
    return Path(folder, "submitted", student, unit, f"{unit}.ipynb")


def feedback_file(folder, student, unit):
    """The page that ``nbgrader generate_feedback`` writes for a student."""
    return Path(folder, "feedback", student, unit, f"{unit}.html")


def gradebook(folder, unit):
    """The submissions of a unit as nbgrader's gradebook has them.

    Returns
    -------
    list of dict
        nbgrader's own keys: student, score, max_score, code_score, max_code_score, written_score,
        max_written_score, needs_manual_grade ...
    """
    from nbgrader.api import Gradebook  # takes a second to import

    with Gradebook(f"sqlite:///{(folder / 'gradebook.db').resolve().as_posix()}") as book:
        return book.submission_dicts(unit)
