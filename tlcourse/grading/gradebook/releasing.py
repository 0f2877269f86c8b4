"""Release a unit: its checks into nbgrader's gradebook, its students' notebook into the release folder.

nbgrader makes both, into a draft folder. The earlier release is replaced when the new one is complete.
"""

import copy
import logging
import shutil

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log

from tlcourse import notebooks
from tlcourse.grading.gradebook import released_cells
from tlcourse.grading.gradebook.batch import grading_lock
from tlcourse.grading.gradebook.storage_errors import retry_while_locked
from tlcourse.grading.model.results import RECORDS, records_folder

DRAFT = f"{RECORDS}/.release"


class ReleaseError(RuntimeError):
    """nbgrader could not release a unit; the earlier release is still there."""


def release(course, unit):
    """Release the solved notebook of a unit.

    Parameters
    ----------
    course : tlcourse.grading.gradebook.course.NbgraderCourse
    unit : str

    Returns
    -------
    tlcourse.grading.gradebook.released_cells.CellChanges
        What is different from the gradebook before.

    Raises
    ------
    FileNotFoundError
        If there is no solved notebook.
    ReleaseError
    tlcourse.grading.gradebook.storage_errors.GradebookLocked
        While submissions are being graded.
    """
    notebook = notebooks.read(course.paths.solution_file(unit))
    draft = course.folder / DRAFT
    with grading_lock(course):
        shutil.rmtree(draft, ignore_errors=True)
        try:
            _generate(course, unit, save=False)  # what fails does so before the gradebook has changed
            changed = retry_while_locked(lambda: _update_gradebook(course, unit, notebook))
            _generate(course, unit, save=True)
            _replace(draft / unit, course.paths.release_file(unit).parent)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return changed


def _update_gradebook(course, unit, notebook):
    with course.gradebook() as book:
        changed = released_cells.changes(book, unit, notebook)
        released_cells.update(book, unit, notebook, records_folder(course.folder, unit))
    return changed


def _generate(course, unit, save):
    """Run nbgrader's own conversion into the draft folder; with `save`, it records points and hidden tests."""
    config = copy.deepcopy(course.config)
    config.SaveCells.enabled = save
    place = {"assignment_id": unit, "release_directory": DRAFT}
    coursedir = CourseDirectory(config=config, root=str(course.folder), **place)
    converter = GenerateAssignment(coursedir=coursedir, config=config)
    converter.force, converter.no_database = True, not save
    converter.log.propagate = False
    converter.log.setLevel(logging.INFO)
    outcome = capture_log(converter)
    if not outcome["success"]:
        raise ReleaseError(f"{unit}: nbgrader generate_assignment failed\n{outcome.get('log') or outcome['error']}")


def _replace(new, released):
    """Put a folder in the place of another one, which is there until the new one is."""
    released.parent.mkdir(parents=True, exist_ok=True)
    old = new.with_name(f"{new.name}.old")
    if released.exists():
        shutil.move(released, old)
    try:
        shutil.move(new, released)
    except OSError:
        if old.exists():
            shutil.move(old, released)
        raise
