"""Feedback on an exercise: what was expected, what came, and which misconception gives that.

A unit makes one `Progress`; each check cell runs inside ``with progress.exercise(name):``.
The comparisons raise AssertionError, so nbgrader takes the marks and the student reads why.
"""

import contextlib
import html
import os
import traceback
import warnings
import zlib

import numpy as np

from tlcourse import model_outputs
from tlcourse.replaced_names import notebook_remedy


class Progress:
    """Which exercises of a unit pass their checks so far.

    Parameters
    ----------
    titles : dict of str to str
        Name of each check cell, ``conv_parameters`` or ``conv_parameters_bias``, to title, in the unit's order.
    """

    def __init__(self, titles):
        self.titles = dict(titles)
        self.passed = {}

    @contextlib.contextmanager
    def exercise(self, name):
        """Run a check and remember how it went; warnings inside it are nobody's fault and stay silent.

        Raises
        ------
        KeyError
            If `titles` has no `name`.
        AssertionError
            If the check fails, or the exercise is not solved yet.
        """
        if name not in self.titles:
            raise KeyError(f"`progress` has no '{name}': add it in the setup cell")
        title = self.titles[name]
        self.passed[name] = False
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        except NotImplementedError:
            raise _brief(AssertionError(f"{title}: not solved yet.")) from None
        except AssertionError as error:
            *_, (innermost, _) = traceback.walk_tb(error.__traceback__)
            raised_in = innermost.f_globals
            if raised_in is globals() or raised_in is vars(model_outputs):  # not by an assertion of the student's
                _brief(error)
            raise
        except Exception as error:
            if remedy := notebook_remedy(error):
                raise _brief(AssertionError(f"{type(error).__name__}: {error}. {remedy}")) from error
            raise
        self.passed[name] = True
        print(f"{title}: the check passes.")

    def _rows(self):
        states = {True: ("✔", "passes"), False: ("✘", "not yet"), None: ("·", "check not run")}
        return [(title, *states[self.passed.get(name)]) for name, title in self.titles.items()]

    def __repr__(self):
        done = sum(self.passed.values())
        lines = [f"{mark} {title}: {state}" for title, mark, state in self._rows()]
        return "\n".join([*lines, f"{done} of {len(self.titles)} exercises pass their visible checks."])

    def _repr_html_(self):
        rows = "".join(
            f"<tr><td>{mark}</td><td style='text-align:left'>{html.escape(title)}</td><td>{state}</td></tr>"
            for title, mark, state in self._rows()
        )
        done = sum(self.passed.values())
        return (
            f"<table><caption>{done} of {len(self.titles)} exercises pass their visible checks</caption>{rows}</table>"
        )


def _brief(error):
    """Have IPython show the sentence of a failed check, and not the thirty lines of how it came to it."""
    error._render_traceback_ = lambda: [f"{type(error).__name__}: {error}"]
    return error


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
    expected : number, str, bool, None, array of numbers, or a (nested) sequence or dictionary of these
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
        With the call, the expected and the actual value, and the misconception if one is known.
    """
    shown = ", ".join(_short(argument) for argument in arguments)
    call = f"{function.__name__}({shown})" if hasattr(function, "__name__") else f"the call with {shown}"
    actual = function(*arguments)
    outcomes = {}
    for description, wrong in (mistakes or {}).items():
        outcomes[description] = wrong(*arguments) if callable(wrong) else wrong
    equal(call, actual, expected, outcomes, tolerance)
    return actual


def equal(name, actual, expected, mistakes=None, tolerance=1e-6):
    """Check that `actual`, called `name` in the message, equals `expected`; see `returns`.

    A list, a tuple, an array and a tensor with the same numbers are equal, and so are 4 and 4.0;
    True is not 1. An object with an ``__eq__`` of its own is never asked for its opinion.
    """
    if actual is None and expected is not None:
        raise AssertionError(f"{name} should be {_short(expected)}, but it is None. Is a `return` missing?")
    if _same(actual, expected, tolerance):
        return
    message = _difference(name, actual, expected)
    for description, wrong in (mistakes or {}).items():
        if _same(actual, wrong, tolerance) and not _same(wrong, expected, tolerance):
            raise AssertionError(f"{message} That is what comes out when {description}.")
    raise AssertionError(message + _shape_hint(actual, expected))


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


def _as_array(value):
    """Numbers and nested sequences as a numpy array of numbers; anything else as None.

    Types are compared exactly. True is an int to `isinstance`, but no number here, and a subclass of a student's own
    could define what its conversion and its comparisons return.
    """
    if isinstance(value, (list, tuple)):
        parts = [_as_array(item) for item in value]
        if any(part is None for part in parts) or len({part.shape for part in parts}) > 1:
            return None
        return np.array(parts) if parts else np.zeros(0)
    if type(value).__module__.partition(".")[0] in ("tensorflow", "keras") and hasattr(value, "numpy"):
        value = value.numpy()
    if type(value) in (int, float) or (
        type(value).__module__ == "numpy" and isinstance(value, (np.generic, np.ndarray))
    ):
        array = np.asarray(value)
        return array if array.dtype.kind in "iuf" else None
    return None


def _same(actual, expected, tolerance):
    if expected is None or type(expected) in (str, bool):
        if isinstance(actual, np.bool_):
            actual = bool(actual)
        return type(actual) is type(expected) and actual == expected
    if isinstance(expected, dict):
        items = dict.items(actual) if isinstance(actual, dict) else ()  # not a student's own `items`
        expected_keys = all(type(key) in (str, int) and key in expected for key, _ in items)  # nor a key's own __eq__
        same = isinstance(actual, dict) and len(items) == len(expected) and expected_keys
        return same and all(_same(value, expected[key], tolerance) for key, value in items)
    if isinstance(expected, (list, tuple)) and _as_array(expected) is None:  # strings, or rows of unequal length
        pairs = isinstance(actual, (list, tuple)) and len(actual) == len(expected)
        return pairs and all(_same(a, e, tolerance) for a, e in zip(actual, expected, strict=True))
    numbers, expected_numbers = _as_array(actual), _as_array(expected)
    if expected_numbers is None:
        raise TypeError(f"cannot compare with an expected value of type {type(expected).__name__}")
    if numbers is None or numbers.shape != expected_numbers.shape:
        return False
    return bool(np.allclose(numbers, expected_numbers, rtol=tolerance, atol=tolerance))


def _difference(name, actual, expected):
    shown, expected_shown = _short(actual), _short(expected)
    if shown != expected_shown or not shown.startswith("an array of shape"):
        return f"{name} should be {expected_shown}, but it is {shown}."
    largest = np.abs(_as_array(actual).astype(float) - _as_array(expected).astype(float)).max()
    return f"{name} should be {shown} with other values: they differ by up to {largest:.3g}."


def _shape_hint(actual, expected):
    numbers, expected_numbers = _as_array(actual), _as_array(expected)
    if expected_numbers is None:
        return f" Its type is {type(actual).__name__}." if type(actual) is not type(expected) else ""
    if numbers is None:
        kind = "A number" if expected_numbers.ndim == 0 else f"Numbers of shape {expected_numbers.shape}"
        return f" {kind} was expected, and {type(actual).__name__} came."
    if numbers.shape == expected_numbers.shape:
        return ""
    return f" Its shape is {numbers.shape}, not {expected_numbers.shape}."


def _short(value):
    array = _as_array(value)
    if array is not None and array.ndim == 0:
        number = array.item()
        return f"{number:,}" if isinstance(number, int) else f"{number:.6g}"
    if array is not None and array.size > 12:
        return f"an array of shape {array.shape}"
    text = repr(value.tolist() if isinstance(value, np.ndarray) else value)
    return text if len(text) <= 120 else text[:117] + "..."
