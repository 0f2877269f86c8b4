"""Draw the exercises of a private course at random, so that each year and each course has others."""

import secrets

from tlcourse import notebooks
from tlcourse.building import unit_sources

VARIES = "grading_rng"  # how a hidden test asks for inputs that follow the seed of the course


def varying(root, unit):
    """The exercises of a unit whose hidden tests draw their inputs from the secret seed of the course, in order.

    Parameters
    ----------
    root : pathlib.Path
        The course that the unit comes from.
    unit : str

    Returns
    -------
    list of str
    """
    exercises = notebooks.exercises(unit_sources.read(root / "solutions" / f"{unit}.py"))
    return [name for name, (_, checks) in exercises.items() if any(VARIES in check.source for check in checks)]


def exercises_to_drop(root, units, number, dropped=()):
    """The exercises that a course leaves out, so that each unit keeps `number` of those that vary.

    Exercises with the same inputs in every course are not drawn: they stay.

    Parameters
    ----------
    root : pathlib.Path
    units : sequence of str
    number : int
    dropped : collection of str
        Exercises that the course leaves out in any case; they are not drawn.

    Returns
    -------
    list of str
        In the order of the units.

    Raises
    ------
    ValueError
        If a unit has fewer exercises that vary.
    """
    left_out = []
    for unit in units:
        candidates = [name for name in varying(root, unit) if name not in dropped]
        if len(candidates) < number:
            listed = f": {', '.join(candidates)}" if candidates else ""
            raise ValueError(f"--draw {number}: {unit} has {len(candidates)} exercises to draw from{listed}")
        kept = secrets.SystemRandom().sample(candidates, number)
        left_out += [name for name in candidates if name not in kept]
    return left_out
