"""Feedback on an exercise: what was expected, what came, and which misconception gives that.

A unit makes one `Progress`; each check cell runs inside ``with progress.exercise(name):``.
The comparisons raise AssertionError, so nbgrader takes the marks and the student reads why.
"""

import os
import zlib

import numpy as np

from tlcourse import exercises, model_outputs
from tlcourse.exercises.comparing import (
    difference,
    explains,
    first_difference,
    overflow_hint,
    part,
    same,
    shape_hint,
    short,
)
from tlcourse.exercises.progress import Progress  # noqa: F401  (units call it checks.Progress)
from tlcourse.exercises.values import Raised

CHANGED = "work on a copy, because the original is still needed."


def grading_rng(name):
    """A generator for the inputs of hidden tests: the same for every submission in one grading.

    The grading sets TLCOURSE_GRADING_SEED to the secret seed of the course's unit, where no student code runs. In a
    notebook it is 0.
    """
    seed = int(os.environ.get("TLCOURSE_GRADING_SEED", "0"))
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def returns(function, arguments, expected, mistakes=None, tolerance=1e-6):
    """Check that ``function(*arguments)`` gives `expected`.

    Parameters
    ----------
    function : callable
        The student's.
    arguments : tuple
    expected : number, str, bool, None, array of numbers, or a (nested) sequence or dictionary of these; or `Raised`
        A dictionary's keys are texts or whole numbers.
    mistakes : dict of str to (value or callable), optional
        What a known misconception gives: its description to that value, or to a function of the
        same arguments. The description completes "That is what comes out when ...".
    tolerance : float
        Relative, and absolute near zero.

    Returns
    -------
    The value that came, for further checks.

    Raises
    ------
    AssertionError
        With the call, the expected and the actual value, and the misconceptions that give the actual value.
    """
    shown = ", ".join(short(argument) for argument in arguments)
    call = f"{function.__name__}({shown})" if hasattr(function, "__name__") else f"the call with {shown}"

    def outcomes():
        wrong = (mistakes or {}).items()
        return {text: value(*arguments) if callable(value) else value for text, value in wrong}

    actual = _outcome(function, arguments, expected, outcomes, call)
    if not same(actual, expected, tolerance):
        equal(call, actual, expected, outcomes(), tolerance)
    return actual


def run(name, function, causes=None):
    """Compare a function with the visible cases of an exercise, and name the misconception that explains its values.

    Parameters
    ----------
    name : str
        The exercise, as `tlcourse.exercises.cases` knows it.
    function : callable
        The student's.
    causes : int, optional
        At most so many misconceptions are named where several explain the values equally well; by default all.

    Raises
    ------
    AssertionError
        For a case with a wrong value: the call, both values, and the misconception that explains most of them. Or
        for an argument that the function changed.
    FileNotFoundError
        If the exercise has no cases.
    """
    cases = exercises.cases(name)
    values, failure = _values(function, cases, name)
    for case, untouched in zip(cases, exercises.cases(name), strict=True):
        if not exercises.same_arguments(case, untouched):
            raise AssertionError(f"{_call(function, name, untouched)} changes its argument: {CHANGED}")
    came = list(zip(cases, values, strict=False))
    wrong = [(case, value) for case, value in came if not same(value, case.expected, case.tolerance)]
    diagnosed = [
        (case, value, *_diagnosis(case, value, [(case, value)] if case.shown else came)) for case, value in wrong
    ]
    for case, value, _, descriptions in sorted(diagnosed, key=lambda item: (not item[3], -item[2], len(item[3]))):
        forgotten = value is None and not isinstance(case.expected, Raised)
        if forgotten and any(other is not None for other in values):
            raise AssertionError(
                f"{_place(_call(function, name, case), ())} should be {short(case.expected)}, but it is None."
            )
        outcomes = {" or when ".join(descriptions[:causes]): case.mistakes[descriptions[0]]} if descriptions else {}
        equal(_call(function, name, case), value, case.expected, outcomes, case.tolerance)
    if failure:
        raise failure


def differentiable(name, function, position=0):
    """Check that the last visible case's value has a gradient with respect to an argument, so that it can be learned.

    Parameters
    ----------
    name, function
        As for `run`.
    position : int
        The argument's.
    """
    case = exercises.cases(name)[-1]
    _, slope = gradient(function, case.arguments, position)
    require(
        slope is not None and bool(np.abs(slope).max() > 1e-6),
        f"{_call(function, name, case)} has no gradient: compute it with keras.ops, not with numpy or float().",
    )


def _values(function, cases, name):
    values = []
    for case in cases:
        try:
            call = _call(function, name, case)
            values.append(_outcome(function, case.arguments, case.expected, case.mistakes.copy, call))
        except Exception as error:  # shown unless an earlier case has a wrong value
            return values, error
    return values, None


def _outcome(function, arguments, expected, mistakes, call):
    """The value of a call, or `Raised` for an error that is expected, or that one of ``mistakes()`` gives."""
    try:
        return function(*arguments)
    except NotImplementedError:
        raise
    except Exception as error:
        kinds = [kind.__name__ for kind in type(error).__mro__]
        foreseen = [value for value in (expected, *mistakes().values()) if isinstance(value, Raised)]
        if raised := [value for value in foreseen if value.kind in kinds]:
            return raised[0]
        if isinstance(expected, Raised):
            message = f"{call} should raise a {expected.kind}, but it raises {kinds[0]}: {error}"
            raise AssertionError(message) from None
        raise


def _diagnosis(case, value, came):
    """The misconceptions that explain a wrong value, or its first wrong part, and most other cases that they concern.

    Returns
    -------
    tuple
        How many cases they explain more than they contradict, and a list of their descriptions. A case in which
        something overflows contradicts none.
    """
    for path in ((), first_difference(value, case.expected, case.tolerance)):
        wrong, scores = part(value, path), {}
        if path and type(part(case.expected, path)) is str:
            break  # one text of two or three fits by chance
        for text in case.mistakes:
            if explains(part(case.mistakes[text], path), wrong, case.tolerance):
                fits = [
                    explains(part(other.mistakes[text], path), part(others, path), other.tolerance)
                    for other, others in came
                    if text in other.mistakes and not overflow_hint(others, other.expected)
                ]
                scores[text] = 2 * sum(fits) - len(fits)
        best = max(scores.values(), default=0)
        if best > 0:
            return best, [text for text, score in scores.items() if score == best]
    return 0, []


def _call(function, name, case):
    if case.shown:
        return case.shown
    shown = ", ".join(short(argument) for argument in case.arguments)
    return f"{getattr(function, '__name__', name)}({shown})"


def equal(name, actual, expected, mistakes=None, tolerance=1e-6):
    """Check that `actual`, called `name` in the message, equals `expected`; see `returns`.

    A list, a tuple, an array and a tensor with the same numbers are equal, and so are 4 and 4.0;
    True is not 1. An object with an ``__eq__`` of its own is never asked for its opinion.
    """
    if actual is None and expected is not None and not isinstance(expected, Raised):
        raise AssertionError(f"{_place(name, ())} should be {short(expected)}, but it is None. Is a `return` missing?")
    if same(actual, expected, tolerance):
        return
    path = first_difference(actual, expected, tolerance)
    name = _place(name, path)
    wrong_part, right_part = part(actual, path), part(expected, path)
    message = difference(name, wrong_part, right_part)
    for keys in ((), path) if type(right_part) is not str else ((),):  # one text of two or three fits by chance
        fitting = [
            description
            for description, wrong in (mistakes or {}).items()
            if explains(part(wrong, keys), part(actual, keys), tolerance) and not same(wrong, expected, tolerance)
        ]
        if fitting:
            raise AssertionError(f"{message} That is what comes out when {' or when '.join(fitting)}.")
    raise AssertionError(message + shape_hint(wrong_part, right_part) + overflow_hint(wrong_part, right_part))


def _place(name, path):
    """What a message calls the part at the end of a path; after a name such as "for no images,", its key alone."""
    if not name.endswith(","):
        return name + "".join(f"[{key!r}]" for key in path)
    first, *others = [repr(key) for key in path] or ["the result"]
    return f"{name} {first}" + "".join(f"[{key}]" for key in others)


def require(condition, message):
    """Fail with `message` unless `condition` is the boolean True."""
    if condition is not True and not (isinstance(condition, np.bool_) and bool(condition)):
        raise AssertionError(message)


def require_model(value, message):
    """The `value`, if it is a Keras model that can be judged elsewhere; else fail with what begins with `message`.

    The grader does not run a student's layers: it rebuilds a model from a description of Keras' own layers. A model
    that it cannot rebuild fails in the notebook already.
    """
    model = require_outputs(value, message)
    if model is not value or isinstance(value, model_outputs.ModelOutputs):
        raise AssertionError(f"{message} of Keras' own layers, and {model.not_portable}. {model_outputs.REMEDY}.")
    return value


def require_outputs(value, message):
    """The `value`, if it is a Keras model; one with layers of someone's own as something that has outputs only.

    For checks that ask for nothing else: they go on with what this returns (`tlcourse.model_outputs.ModelOutputs`).
    """
    import keras

    from tlcourse import model_description

    if isinstance(value, model_outputs.ModelOutputs) and value.is_model:  # in the grader
        return value
    reason = getattr(value, "not_portable", None)  # of what stands for a model that could not be rebuilt
    if reason is not None and type(value).__name__ == "Model":
        raise AssertionError(f"{message} of Keras' own layers, and {reason}. {model_outputs.REMEDY}.")
    if not isinstance(value, keras.Model):
        raise AssertionError(f"{message}, not {getattr(value, 'kind', type(value).__name__)}.")
    try:
        model_description.description(value)
    except model_description.NotPortable as error:
        return model_outputs.outputs_of(value, error)
    return value


def gradient(function, arguments, position=0):
    """The value of ``function(*arguments)``, and its gradient with respect to one of the arguments.

    Parameters
    ----------
    function : callable
        The student's; of tensors, to a scalar.
    arguments : tuple
        The one at `position` becomes a variable.
    position : int

    Returns
    -------
    tuple
        The value, and an array, or None where the value does not depend on that argument.
    """
    if hasattr(function, "gradient"):  # in the grader, which does not run the student's functions itself
        return function.gradient(arguments, position)
    import tensorflow as tf

    variable = tf.Variable(arguments[position])
    with tf.GradientTape() as tape:
        value = function(*arguments[:position], variable, *arguments[position + 1 :])
    slope = tape.gradient(value, variable) if tf.is_tensor(value) else None
    return value, None if slope is None else slope.numpy()
