"""The plan that comes with a unit's solutions, so that no course has to try them again: `tlcourse build` writes it."""

import tempfile
from pathlib import Path

import click

from tlcourse.grading.engine import grading_plan
from tlcourse.grading.engine.grading_pool import sandbox_problem
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.gradebook.scratch_course import new_course, run_nbgrader


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
        None for a unit without graded code, and where there is no sandbox to try it in: there nothing is written, and
        a line says so.

    Raises
    ------
    tlcourse.grading.engine.grading_plan.ReferenceFails
        Naming the checks; nothing is written.
    """
    if problem := sandbox_problem():
        click.echo(f"{unit}: no grading plan written, because {problem}")
        return None
    with tempfile.TemporaryDirectory(prefix="tlcourse-") as folder:
        course = Path(folder, "course")
        new_course(course, root, [unit])
        run_nbgrader(course, "generate_assignment", unit)
        assignment = NbgraderCourse(course).assignment(unit)
        if not assignment.autograded_cells():
            return None
        plan = grading_plan.make_plan(assignment, CoursePaths(course).solution_file(unit))
    grading_plan.require_full_marks(unit, plan)
    file = CoursePaths(root).shipped_plan_file(unit)
    grading_plan.write_plan(file, plan)
    return file
