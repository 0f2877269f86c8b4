"""Read the units of a course as course.toml changes them: without dropped exercises, and with the course's own points.

The sources in solutions/ stay as they are. Headings, titles, counts and points in the text follow, so that the notebook
states what it contains.
"""

import re

from tlcourse import notebooks
from tlcourse.building import addresses, unit_sources
from tlcourse.building.own_points import set_points
from tlcourse.building.stated_counts import HEADING, update_counts
from tlcourse.grading.engine.cell_selection import assigned_and_read_names
from tlcourse.grading.model.course_file import read_course_file

EXERCISE_NUMBER = re.compile(r"\bExercise (\d+\.\d+)\b")
SECTION = re.compile(r"^#{1,3} ", re.MULTILINE)
INSTALLED = f"git+{addresses.REPOSITORY}"


def read_unit(root, unit):
    """A unit as the course teaches it, without outputs.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    unit : str

    Returns
    -------
    nbformat.NotebookNode
        As in `unit_sources.read`. Without a course.toml, it is the source, unchanged.

    Raises
    ------
    ValueError
        If the source breaks a rule, or course.toml has a wrong value or names what the unit does not have.
    """
    notebook = unit_sources.read(root / "solutions" / f"{unit}.py")
    course = read_course_file(root)
    if course is None:
        return notebook
    settings = course.unit(unit)
    _set_installation(notebook, course.install)
    if settings.drop or settings.points:
        for name in settings.drop:
            _drop(notebook, name)
        _renumber(notebook)
        set_points(notebook, settings.points)
        update_counts(notebook)
    unit_sources.set_ids(notebook.cells)
    return notebook


def is_changed(root, unit):
    """Whether the course drops exercises of a unit or changes its points."""
    course = read_course_file(root)
    settings = course and course.unit(unit)
    return bool(settings and (settings.drop or settings.points))


def written_answers(notebook):
    """The cells of the written answers by grade_id."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    return {
        cell.metadata.nbgrader.grade_id: cell for cell in cells if cell.metadata.get("nbgrader", {}).get("solution")
    }


def is_installation(cell):
    """Whether a cell installs the course on Colab, as course.toml or the source says."""
    return cell.cell_type == "code" and "google.colab" in cell.source and "%pip install" in cell.source


def _set_installation(notebook, install):
    """Let the first cells install the course's own package on Colab; without one, remove the cell that does it."""
    for cell in [cell for cell in notebook.cells if cell.cell_type == "code" and INSTALLED in cell.source]:
        if install is None:
            notebook.cells.remove(cell)
        else:
            cell.source = cell.source.replace(INSTALLED, install)


def _drop(notebook, name):
    """Remove an exercise or a written answer with its statement, its checks and its titles in `progress`."""
    exercises = notebooks.exercises(notebook)
    answer, tests = exercises.get(name) or (written_answers(notebook)[name], [])
    _remove_statement(notebook, answer)
    notebook.cells = [cell for cell in notebook.cells if not any(cell is test for test in tests)]
    checked = _titles(tests) | {test.metadata.nbgrader.grade_id.removeprefix("test_") for test in tests}
    _remove_titles(notebook, checked - _titles(notebook.cells))
    if answer.cell_type == "code" and _is_needed(notebook, answer):
        answer.source = notebooks.SOLUTION_MARKER.sub("", answer.source)
        answer.metadata = {}  # the later cells that call it still can: the notebook gives it
    else:
        notebook.cells = [cell for cell in notebook.cells if cell is not answer]


def _remove_statement(notebook, answer):
    """Remove the text from the last heading above an answer on, and cells between the two."""
    place = next(index for index, cell in enumerate(notebook.cells) if cell is answer)
    for cell in reversed(notebook.cells[:place]):
        if cell.cell_type != "markdown" or "nbgrader" in cell.metadata:
            return  # the answer has no statement of its own
        starts = [match.start() for match in SECTION.finditer(cell.source)]
        cell.source = cell.source[: starts[-1]].rstrip() if starts else ""
        if not cell.source:
            notebook.cells = [other for other in notebook.cells if other is not cell]
        if starts:
            return


def _titles(cells):
    return {name for cell in cells for name in re.findall(r'progress\.exercise\("(\w+)"\)', cell.source)}


def _remove_titles(notebook, names):
    """Delete the entries of `progress` with these names."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and "checks.Progress(" in cell.source:
            for name in names:
                cell.source = re.sub(rf'(\n[ \t]*)?"{name}": "(?:[^"\\]|\\.)*"(, ?|(?=\s*\}}))', "", cell.source)


def _is_needed(notebook, answer):
    """Whether another code cell uses a name that an answer defines."""
    defined, _ = assigned_and_read_names(answer.source)
    others = [cell for cell in notebook.cells if cell.cell_type == "code" and cell is not answer]
    return any(defined & assigned_and_read_names(cell.source)[1] for cell in others)


def _renumber(notebook):
    """Number the exercises in the order of their headings, and every mention of them in the unit."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    stated = [number for text in texts for number in HEADING.findall(text)]
    numbers = {old: f"{old.partition('.')[0]}.{place}" for place, old in enumerate(stated, start=1)}
    for cell in notebook.cells:
        cell.source = EXERCISE_NUMBER.sub(lambda match: f"Exercise {numbers.get(match[1], match[1])}", cell.source)
