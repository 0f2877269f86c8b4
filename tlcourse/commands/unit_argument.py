"""Parse the name of a unit in the same way for every command: 01, 1, 01_cnn, the full name, or a path to it."""

import re
from pathlib import Path


def find_unit(text, units):
    """The unit that an argument names; upper and lower case do not matter.

    Parameters
    ----------
    text : str
        The unit's number, the beginning of its name, its name, or a path whose last part is one of these.
    units : sequence of str
        The names of the course's units.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If no unit matches, or more than one. The message lists the units.
    """
    wanted = Path(text).stem.casefold()
    names = {unit: unit.casefold() for unit in units if wanted}
    fits = (
        [unit for unit, name in names.items() if name == wanted]
        or [unit for unit, name in names.items() if name.startswith(f"{wanted.zfill(2)}_")]
        or [unit for unit, name in names.items() if name.startswith(wanted)]
    )
    if len(fits) != 1:
        raise ValueError(f"no unit '{text}': the course has {', '.join(units) or 'none'}")
    return fits[0]


def course_and_unit(text):
    """The folder of the course around the working directory, and the unit in it that an argument names.

    Raises
    ------
    FileNotFoundError
        If there is no course.
    ValueError
        As in `find_unit`, or if course.toml is wrong. Nothing has been written at that point.
    """
    from tlcourse.building.course_folder import course_folder
    from tlcourse.grading.model.course_file import read_course_file
    from tlcourse.grading.model.unit_names import units_in

    folder = course_folder(sources=False)
    read_course_file(folder)  # before Jupyter reads it in nbgrader_config.py, and would go on after an error
    if places := _plain_folders(folder / "nbgrader_config.py"):
        return folder, find_unit(text, units_in(*(folder / place for place in places)))
    from tlcourse.grading.gradebook.course_paths import CoursePaths  # takes seconds to import

    return folder, find_unit(text, CoursePaths(folder).units())


def _plain_folders(config):
    """The folders of solutions and releases that a configuration names as plain text, or None where it computes one.

    So a misspelled unit is answered at once: running the configuration would import nbgrader.
    """
    lines = config.read_text(encoding="utf-8").splitlines()
    folders = []
    for name in ("source_directory", "release_directory"):
        assigned = [line for line in lines if re.search(rf"\bCourseDirectory\.{name}\b", line)]
        plain = [re.fullmatch(rf"c\.CourseDirectory\.{name} = (['\"])([^'\"]+)\1", line) for line in assigned]
        if not plain or not all(plain):
            return None
        folders.append(plain[-1][2])
    return None if "directory_structure" in "\n".join(lines) else folders
