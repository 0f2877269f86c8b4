"""What plain `nbgrader autograde` passes over: submissions without a notebook, and notebooks under another name.

nbgrader calls `prepare_submissions` before each submission and `remove_pages` after it, as nbgrader_config.py
configures.
"""

import logging
from pathlib import Path

from tlcourse.grading.gradebook.batch import grade
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.gradebook.course_sync import update_gradebook
from tlcourse.grading.gradebook.sanitizing import is_page
from tlcourse.grading.submissions import discover

_log = logging.getLogger(__name__)
_classes_prepared = set()  # (course folder, unit), by this process


def prepare_submissions(assignment, student, notebooks):
    """Give a notebook its unit's name, and grade the submissions in which nbgrader finds none: most are missing.

    Parameters
    ----------
    assignment : str
        The unit.
    student : str
        "*" for the whole class.
    notebooks : list of str
        What nbgrader is about to grade of one submission; changed where the file was renamed.
    """
    _name_as_released(assignment, notebooks)
    if student == "*":
        _grade_those_without_notebook(Path.cwd(), assignment)


def remove_pages(assignment, student, notebooks):
    """Remove the web pages that nbgrader has copied from a submission: formgrader serves them from its own address.

    Parameters
    ----------
    assignment : str
        The unit.
    student : str
        "*" for the whole class.
    notebooks : list of str
        What nbgrader has graded of one submission, in the student's folder.
    """
    paths = CoursePaths(Path.cwd())
    owner = Path(notebooks[0]).parent.parent.name
    for file in paths.autograded_folder(owner, assignment).rglob("*"):
        if file.is_file() and is_page(file.name):
            _log.warning("%s: not kept, because formgrader would run its scripts", file)
            file.unlink()


def _name_as_released(unit, notebooks):
    folder = Path(notebooks[0]).parent
    wanted = folder / f"{unit}.ipynb"
    if folder.is_symlink() or folder.parent.is_symlink():
        return  # what lies there is somebody else's
    file, _ = discover.find_notebook(folder, unit)
    if file is None or file == wanted:
        return
    _log.warning("%s: renamed to %s", file, wanted.name)
    if wanted.is_dir():  # the notebook is in a folder of its own name
        file = wanted.rename(wanted.with_name(f"{wanted.name}.folder")) / file.relative_to(wanted)
    if file.parent != folder:
        _move_up(file, folder)
    notebooks[:] = [str(file.rename(wanted))]


def _move_up(notebook, folder):
    """Move what lies beside a notebook to where the notebook is going to be, unless its name is taken there."""
    for path in [path for path in notebook.parent.iterdir() if path != notebook]:
        if not (folder / path.name).exists() and path.name != "timestamp.txt":
            path.rename(folder / path.name)


def _grade_those_without_notebook(folder, unit):
    """Once for a unit of a course, however many submissions nbgrader goes on to; due dates come before all of them."""
    if (folder, unit) in _classes_prepared:
        return
    update_gradebook(NbgraderCourse(folder))
    folders = CoursePaths(folder).submission_folders(unit)
    unseen = [student for student, path in folders.items() if not list(path.glob("*.ipynb"))]
    if unseen:
        grade(folder, unit, students=unseen, progress=False)
    _classes_prepared.add((folder, unit))
