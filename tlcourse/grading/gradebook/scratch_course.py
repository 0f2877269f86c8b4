"""A course folder of its own, graded by stock nbgrader with the commands of nbgrader's documentation.

The instructor's gradebook is never touched: folder, database and Jupyter configuration are all inside that folder.
`tlcourse build`, the demo, the sample class and the tests grade in such a course.
"""

import shutil
import subprocess
import sys

import nbformat

from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.notebooks import kernel_environment, write_atomically

# Behind the original's own settings, which may name a PostgreSQL gradebook, or folders outside the course.
OWN_PLACES = """
# This is a scratch course: whatever is set above, its gradebook and its folders are here.
from pathlib import Path

from tlcourse.grading.gradebook._nbgrader import gradebook_url

c = get_config()  # noqa: F821
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.db_url = gradebook_url(c.CourseDirectory.root, timeout=30)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.CourseDirectory.submitted_directory = "submitted"
c.CourseDirectory.autograded_directory = "autograded"
c.CourseDirectory.feedback_directory = "feedback"
c.GradingLimits.seed = "0"  # nothing here is secret, and the plan that comes with the solutions fits
"""


class GradingError(RuntimeError):
    """A command failed; the message ends with its own last lines."""


def new_course(folder, root, units):
    """Make `folder` a fresh course that holds the solutions of some units of the course at `root`.

    Parameters
    ----------
    folder : pathlib.Path
        What stands there is removed.
    root : pathlib.Path
        A course folder: nbgrader_config.py and the folder of solutions that it names.
    units : sequence of str

    Raises
    ------
    FileNotFoundError
        If a unit has no built notebook.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    config = (root / "nbgrader_config.py").read_text(encoding="utf-8")
    write_atomically(folder / "nbgrader_config.py", config + OWN_PLACES)
    sources, targets = CoursePaths(root), CoursePaths(folder)
    for unit in units:
        notebook, plan = sources.solution_file(unit), sources.shipped_plan_file(unit)
        if not notebook.is_file():
            raise FileNotFoundError(f"no notebook at {notebook}: run `make build`")
        target = targets.solution_file(unit)
        target.parent.mkdir(parents=True)
        shutil.copy(notebook, target)
        if plan.is_file():
            shutil.copy(plan, target.parent)


def run_nbgrader(folder, command, *arguments):
    """Run ``nbgrader <command> <arguments>`` in the course at `folder`; its output goes to nbgrader.log there.

    Raises
    ------
    GradingError
        If it fails.
    """
    _run(folder, ["nbgrader", command, *arguments])


def run_grade(folder, unit):
    """Run ``tlcourse grade UNIT`` in the course at `folder`; without a sandbox where there is none.

    Raises
    ------
    GradingError
        If it fails.
    """
    from tlcourse.grading.engine.grading_pool import sandbox_problem  # brings Jupyter's client

    options = ["--unsafe"] if sandbox_problem() else []
    _run(folder, ["tlcourse", "grade", unit, *options])


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


def submit(folder, student, unit, notebook):
    """Put a student's notebook where nbgrader collects, by default submitted/<student>/<unit>/<unit>.ipynb."""
    write_atomically(CoursePaths(folder).submitted_file(student, unit), nbformat.writes(notebook) + "\n")


def gradebook_rows(folder, unit):
    """The submissions of a unit as nbgrader's gradebook has them.

    Returns
    -------
    list of dict
        nbgrader's own keys: student, score, max_score, code_score, max_code_score, written_score,
        max_written_score, needs_manual_grade ...
    """
    from nbgrader.api import Gradebook  # takes a second to import

    from tlcourse.grading.gradebook._nbgrader import gradebook_url

    with Gradebook(gradebook_url(folder)) as book:
        return book.submission_dicts(unit)
