"""The names of a course's units, by the files that it has. Imports little, so that a misspelled name costs no time."""

import re

FOLDERS = ("source_directory", "release_directory")


def units_in(sources, releases):
    """The units that have a source, a solved notebook or a release, in the course's order.

    Parameters
    ----------
    sources, releases : pathlib.Path
        The course's folders of solutions and of released notebooks.

    Returns
    -------
    list of str
    """
    built = [
        file for folder in (sources, releases) for file in folder.glob("*/*.ipynb") if file.stem == file.parent.name
    ]
    return sorted({file.stem for file in [*sources.glob("[0-9]*.py"), *built]})


def plain_folders(folder):
    """The folders of solutions and releases that a course's nbgrader_config.py names as plain text.

    So the units of a course are known at once: running the configuration would import nbgrader.

    Parameters
    ----------
    folder : pathlib.Path
        The course.

    Returns
    -------
    list of pathlib.Path or None
        Of solutions, and of releases. None if there is no configuration, or if it computes one of them.
    """
    config = folder / "nbgrader_config.py"
    if not config.is_file():
        return None
    lines, folders = config.read_text(encoding="utf-8").splitlines(), []
    for name in FOLDERS:
        assigned = [line for line in lines if re.search(rf"\bCourseDirectory\.{name}\b", line)]
        plain = [re.fullmatch(rf"c\.CourseDirectory\.{name} = (['\"])([^'\"]+)\1", line) for line in assigned]
        if not plain or not all(plain):
            return None
        folders.append(folder / plain[-1][2])
    return None if "directory_structure" in "\n".join(lines) else folders
