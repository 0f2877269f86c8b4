"""The plan that comes with a unit's solutions, so that no course has to try them again: `tlcourse build` writes it."""

import tempfile
from pathlib import Path

from tlcourse.grading.engine import calibration
from tlcourse.grading.gradebook import autograde
from tlcourse.grading.gradebook.course import Course
from tlcourse.grading.model import layout
from tlcourse.grading.sandbox import bubblewrap


class ReferenceFails(RuntimeError):  # noqa: N818
    """A unit's own solutions do not earn all points where submissions are graded."""


def write(root, unit):
    """Grade the built solutions of a unit in the box, and keep beside them what that shows of each check.

    Parameters
    ----------
    root : pathlib.Path
        A course folder.
    unit : str

    Returns
    -------
    pathlib.Path or None
        None for a unit without graded code, and where there is no box to try it in: there nothing is written.

    Raises
    ------
    ReferenceFails
        Naming the checks; nothing is written.
    """
    if bubblewrap.problem():
        return None
    with tempfile.TemporaryDirectory(prefix="tlcourse-") as folder:
        course = Path(folder, "course")
        layout.new_course(course, root, [unit])
        layout.nbgrader(course, "generate_assignment", unit)
        opened = Course(course)
        known = opened.release(unit)
        if not known.graded():
            return None
        limits = autograde.IsolatedExecute(config=opened.config).limits()
        box = autograde.template(known.modules)
        made = calibration.learn(layout.solution_file(course, unit), known, limits, box)
    if made["reference_fails"]:
        told = "; ".join(f"{name}: {message}" for name, message in made["reference_fails"].items())
        raise ReferenceFails(f"{unit}: its own solutions fail when they are graded: {told}")
    file = layout.plan_file(root, unit)
    calibration.write(file, made)
    return file
