"""What plain `nbgrader autograde` passes over: hand-ins where it finds no notebook, and notebooks under another name.

nbgrader calls `see_to_hand_ins` before each submission; nbgrader_config.py says so.
"""

import functools
import logging
from pathlib import Path

from tlcourse.grading.gradebook import autograde
from tlcourse.grading.gradebook.batch import grade
from tlcourse.grading.gradebook.course import Course
from tlcourse.grading.submissions import discover

_log = logging.getLogger(__name__)


def see_to_hand_ins(assignment, student, notebooks):
    """Give a notebook its unit's name, and grade the hand-ins in which nbgrader finds none: most are missing.

    Parameters
    ----------
    assignment : str
        The unit.
    student : str
        "*" for the whole class.
    notebooks : list of str
        What nbgrader is about to grade of one submission; changed where the file was renamed.
    """
    if autograde.RESULTS:
        return  # `tlcourse grade` has seen to them
    _name_as_released(assignment, notebooks)
    if student == "*":
        _grade_what_it_does_not_see(Path.cwd(), assignment)


def _name_as_released(unit, notebooks):
    folder = Path(notebooks[0]).parent
    wanted = folder / f"{unit}.ipynb"
    if folder.is_symlink() or folder.parent.is_symlink():
        return  # what lies there is somebody else's
    found, _ = discover.notebook_of(folder, unit)
    if found is None or found == wanted:
        return
    _log.warning("%s: renamed to %s", found, wanted.name)
    notebooks[:] = [str(found.rename(wanted))]


@functools.cache  # once is enough, however many submissions nbgrader goes on to
def _grade_what_it_does_not_see(folder, unit):
    handed_in = Course(folder).submitted(unit)
    unseen = [student for student, path in handed_in.items() if not list(path.glob("*.ipynb"))]
    if unseen:
        grade(folder, unit, students=unseen, progress=False)
