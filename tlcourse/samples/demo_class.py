"""The demo's four students: one student is right, one partly, one mistaken, one has not begun."""

import copy

from tlcourse import notebooks
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.samples import known_answers

UNIT = "01_cnn_parameters"
STUDENTS = ("right", "partly_right", "mistaken", "untouched")


def mistaken_answers(folder, exercises):
    """For each exercise the first wrong answer of `folder` that earns nothing and stands on its own.

    Raises
    ------
    ValueError
        If an exercise has none.
    """
    mistaken = {}
    for name in exercises:
        file = folder / f"{name}.py"
        answers = known_answers.read(file) if file.is_file() else []
        wrong = [
            answer
            for answer in answers
            if answer.kind == "wrong" and not answer.earns and not answer.uses(name, exercises)
        ]
        if not wrong:
            raise ValueError(f"{file} has no wrong answer that earns nothing and calls no other exercise")
        mistaken[name] = known_answers.as_submitted(wrong[0])
    return mistaken


def notebooks_of(course, unit, answers):
    """What the class submits of a unit that a course has released: `submissions` with the wrong answers of a folder.

    Parameters
    ----------
    course : path
    unit : str
    answers : pathlib.Path
        See `known_answers`.
    """
    paths = CoursePaths(course)
    reference, release = notebooks.read(paths.solution_file(unit)), notebooks.read(paths.release_file(unit))
    return submissions(reference, release, mistaken_answers(answers, notebooks.exercises(reference)))


def submissions(reference, release, mistakes):
    """The notebooks that the class hands in.

    Parameters
    ----------
    reference : nbformat.NotebookNode
        The unit with its solutions.
    release : nbformat.NotebookNode
        The students' copy of it.
    mistakes : dict of str to str
        The mistaken student's code by exercise.

    Returns
    -------
    dict of str to nbformat.NotebookNode
        By student, in the order of `STUDENTS`. The partly right one has solved the first half of the exercises.

    Raises
    ------
    ValueError
        If the mistaken student has nothing to say on an exercise.
    """
    exercises = list(notebooks.exercises(reference))
    if missing := [name for name in exercises if name not in mistakes]:
        raise ValueError(f"the sample class has no mistaken answer for {', '.join(missing)}")
    solutions = solved(reference)
    first_half = {name: solutions[name] for name in exercises[: (len(exercises) + 1) // 2]}
    filled = (solutions, first_half, {name: mistakes[name] for name in exercises}, {})
    return {student: fill(release, answers) for student, answers in zip(STUDENTS, filled, strict=True)}


def solved(reference):
    """What a student writes who writes what the reference has: source by grade_id, written answers too."""
    marks = [(cell, cell.metadata.get("nbgrader", {})) for cell in reference.cells]
    return {mark["grade_id"]: as_submitted(cell.source) for cell, mark in marks if mark.get("solution")}


def fill(release, answers):
    """A copy of a student's notebook with the given source in the cells of these grade_ids."""
    notebook = copy.deepcopy(release)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(name, cell.source)
    return notebook


def as_submitted(solution):
    """A reference solution as a student would have written it: no markers, no mark scheme."""
    return notebooks.SOLUTION_EDGE.sub("", notebooks.MARK_SCHEME.sub("", solution)).rstrip()
