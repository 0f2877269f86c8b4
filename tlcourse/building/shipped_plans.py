"""Write the grading plan that is stored with a unit's solutions, so that no course has to grade them again."""

import tempfile
from pathlib import Path

import click

from tlcourse.grading.engine import grading_plan
from tlcourse.grading.engine.grading_pool import sandbox_problem
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.gradebook.scratch_course import new_course, run_nbgrader


def write(root, unit):
    """Grade the built solutions of a unit in the sandbox, and store the resulting grading plan beside them.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    unit : str

    Returns
    -------
    pathlib.Path or None
        None if the unit has no graded code, or if there is no sandbox. Then nothing is written; in the second case, a
        printed line gives the reason.

    Raises
    ------
    tlcourse.grading.engine.grading_plan.ReferenceFails
        If the solutions fail a check. The message names the checks, and nothing is written.
    """
    if problem := sandbox_problem():
        click.echo(f"{unit}: wrote no grading plan, because {problem}")
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
