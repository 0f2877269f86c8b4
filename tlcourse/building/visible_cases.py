"""Write the visible test cases of an exercise while its unit is built.

The hidden part of a check cell, which students do not get, calls `record` with the author's reference solution.
"""

import json
import os

from tlcourse import exercises
from tlcourse.exercises import values
from tlcourse.exercises.comparing import same


def record(name, arguments, reference, mistakes=None, tolerance=1e-6, shown=None):
    """Write the visible cases of a check while its unit is built; at any other time, do nothing.

    Parameters
    ----------
    name : str
        As for `tlcourse.exercises.cases`.
    arguments : sequence of tuple
        One tuple of arguments for each case, the one that is easiest to read first.
    reference : callable
        The author's solution, of the same arguments.
    mistakes : dict of str to callable, or sequence of dict of str to value, optional
        The description of a misconception, which completes "That is what comes out when ...", to what it computes.
        Where it cannot compute anything, the case does not show it. Nor where it gives None, because a branch without
        a `return` gives None, too: the message would name a mistake that many of these students have not made. Or, for
        each case, the descriptions to the values.
    tolerance : float
        Relative, and absolute near zero.
    shown : sequence of str, optional
        What a message calls each case; by default the call with its arguments.
    """
    if not os.environ.get("TLCOURSE_RECORD_CASES"):
        return
    stored = []
    for number, case in enumerate(arguments):
        own_mistakes = mistakes[number] if isinstance(mistakes, (list, tuple)) else mistakes or {}
        stored.append(_case(case, reference, own_mistakes, tolerance))
        if shown:
            stored[-1]["shown"] = shown[number]
    text = json.dumps(stored, indent=1, allow_nan=False, ensure_ascii=False)
    (exercises.folder() / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _case(arguments, reference, mistakes, tolerance):
    stored = {"arguments": [values.encoded(value) for value in arguments]}  # before a call could change them
    expected = reference(*_copies(stored))
    stored["expected"] = values.encoded(expected)
    outcomes = {
        description: _outcome(mistake, _copies(stored)) if callable(mistake) else mistake
        for description, mistake in mistakes.items()
    }
    stored["mistakes"] = {
        description: values.encoded(value)
        for description, value in outcomes.items()
        if value is not None and not same(value, expected, tolerance)
    }
    return stored | {"tolerance": tolerance}


def _copies(stored):
    return [values.decoded(value) for value in stored["arguments"]]


def _outcome(mistake, arguments):
    try:
        return mistake(*arguments)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return None
