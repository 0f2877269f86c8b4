"""A small class to try the grading on: one student is right, one partly, one mistaken, one has not begun."""

import copy
import re

from tlcourse import notebooks

UNIT = "01_cnn_parameters"
STUDENTS = ("right", "partly_right", "mistaken", "untouched")

# What the mistaken student writes in unit 01: common misconceptions, one for each exercise.
MISTAKES = {}


def submissions(reference, release, mistakes=None):
    """The notebooks that the class hands in.

    Parameters
    ----------
    reference : nbformat.NotebookNode
        The unit with its solutions.
    release : nbformat.NotebookNode
        The students' copy of it.
    mistakes : dict of str to str, optional
        The mistaken student's code by exercise; unit 01's by default.

    Returns
    -------
    dict of str to nbformat.NotebookNode
        By student, in the order of `STUDENTS`. The partly right one has solved the first half of the exercises.

    Raises
    ------
    ValueError
        If the mistaken student has nothing to say on an exercise.
    """
    mistakes = MISTAKES if mistakes is None else mistakes
    exercises = list(notebooks.exercises(reference))
    if missing := [name for name in exercises if name not in mistakes]:
        raise ValueError(f"the sample class has no mistaken answer for {', '.join(missing)}")
    answers = {
        cell.metadata.nbgrader.grade_id: handed_in(cell.source)
        for cell in reference.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    first_half = {name: answers[name] for name in exercises[: (len(exercises) + 1) // 2]}
    filled = (answers, first_half, {name: mistakes[name] for name in exercises}, {})
    return {student: fill(release, given) for student, given in zip(STUDENTS, filled, strict=True)}


def fill(release, answers):
    """A copy of a student's notebook with the given source in the cells of these grade_ids."""
    notebook = copy.deepcopy(release)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(name, cell.source)
    return notebook


def handed_in(solution):
    """A reference solution as a student would have written it: no markers, no mark scheme."""
    without_scheme = re.sub(r"\n*=== BEGIN MARK SCHEME ===.*?=== END MARK SCHEME ===", "", solution, flags=re.DOTALL)
    return re.sub(r"^ *### (BEGIN|END) SOLUTION *\n?", "", without_scheme, flags=re.MULTILINE).rstrip()
