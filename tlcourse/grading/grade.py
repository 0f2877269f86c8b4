"""Grades the submissions of a unit: isolated, in parallel, and so that it can be stopped at any moment."""

from tlcourse.grading.outcome import Outcome


def grade(folder, unit, jobs=None, students=None, unsafe=False, again=False, scheduler=None) -> list[Outcome]:
    """Grade folder/submitted/*/unit and record the marks in nbgrader's gradebook."""
    raise NotImplementedError  # the body follows on this branch
