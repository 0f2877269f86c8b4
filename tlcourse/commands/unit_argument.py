"""Parse the name of a unit in the same way for every command: 01, 1, 01_cnn, the full name, or a path to it."""

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
    from tlcourse.grading.model.unit_names import plain_folders, units_in

    folder = checked_course_folder(sources=False)
    if folders := plain_folders(folder):
        return folder, find_unit(text, units_in(*folders))
    from tlcourse.grading.gradebook.course_paths import CoursePaths  # takes seconds to import

    return folder, find_unit(text, CoursePaths(folder).units())


def checked_course_folder(sources=True):
    """The folder of the course around the working directory, after its course.toml was read without an error.

    Parameters
    ----------
    sources : bool
        As in `tlcourse.building.course_folder.course_folder`.

    Raises
    ------
    FileNotFoundError
        If there is no course.
    tlcourse.grading.model.course_file.CourseFileError
    """
    from tlcourse.building.course_folder import course_folder
    from tlcourse.grading.model.course_file import read_course_file

    folder = course_folder(sources=sources)
    read_course_file(folder)
    return folder
