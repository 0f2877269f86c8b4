"""The visible test cases of every exercise, as data: arguments, expected value, and what each known mistake gives.

The files hold no formulas, so nothing here tells how to solve an exercise. `tlcourse.building.visible_cases` writes
them when a unit is built, and `checks.run` reads them. TLCOURSE_EXERCISES names another folder, for courses with
exercises of their own.
"""

import json
import os
from pathlib import Path
from typing import NamedTuple

from tlcourse.exercises import values


class Case(NamedTuple):
    """One call of the student's function, and what it may give."""

    arguments: tuple
    expected: object
    mistakes: dict  # description of the misconception to what it gives
    tolerance: float
    shown: str = None  # in place of the call


def folder():
    """Where the files lie."""
    return Path(os.environ.get("TLCOURSE_EXERCISES") or Path(__file__).parent)


def cases(name):
    """The visible cases of a check.

    Parameters
    ----------
    name : str
        Its grade_id without ``test_``: ``soften``.

    Returns
    -------
    list of Case
        With arguments that nobody else holds.

    Raises
    ------
    FileNotFoundError
        If the check has no cases.
    """
    file = folder() / f"{name}.json"
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(
            f"no visible cases for '{name}' in {folder()}: build the unit (`tlcourse build`)"
        ) from None
    return [
        Case(
            tuple(values.decoded(value) for value in case["arguments"]),
            values.decoded(case["expected"]),
            {description: values.decoded(value) for description, value in case["mistakes"].items()},
            case["tolerance"],
            case.get("shown"),
        )
        for case in stored
    ]


def same_arguments(case, other):
    """Whether two cases hold equal arguments, of the same types, and no argument says that it `has_changed`."""
    if any(argument.has_changed() for argument in case.arguments if hasattr(argument, "has_changed")):
        return False
    try:
        return [values.encoded(value) for value in case.arguments] == [
            values.encoded(value) for value in other.arguments
        ]
    except TypeError:  # an object that no case can hold was put into a list
        return False
