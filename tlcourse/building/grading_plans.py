"""The plan that comes with a unit's solutions, so that no course has to try them again: `tlcourse build` writes it."""

import tempfile
from pathlib import Path

from tlcourse.grading.engine import calibration
from tlcourse.grading.engine.grading_pool import sandbox_problem
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.gradebook.scratch_course import new_course, run_nbgrader


class ReferenceFails(RuntimeError):  # noqa: N818
    """A unit's own solutions do not earn all points where submissions are graded."""


def write(root, unit):
    """Grade the built solutions of a unit in the sandbox, and keep beside them what that shows of each check.

    Parameters
    ----------
    root : pathlib.Path
        A course folder.
    unit : str

    Returns
    -------
    pathlib.Path or None
        None for a unit without graded code, and where there is no sandbox to try it in: there nothing is written.

    Raises
    ------
    ReferenceFails
        Naming the checks; nothing is written.
    """
    if sandbox_problem():
        return None
    with tempfile.TemporaryDirectory(prefix="tlcourse-") as folder:
        course = Path(folder, "course")
        new_course(course, root, [unit])
        run_nbgrader(course, "generate_assignment", unit)
        assignment = NbgraderCourse(course).assignment(unit)
        if not assignment.graded():
            return None
        plan = calibration.learn(assignment, CoursePaths(course).solution_file(unit))
    if plan["reference_fails"]:
        messages = "; ".join(f"{name}: {message}" for name, message in plan["reference_fails"].items())
        raise ReferenceFails(f"{unit}: its own solutions fail when they are graded: {messages}")
    file = CoursePaths(root).shipped_plan_file(unit)
    calibration.write_plan(file, plan)
    return file
