"""Whether two values are the same in any form, and how a message shows them and what differs."""

from fractions import Fraction

import numpy as np

from tlcourse.exercises.values import Raised


def as_array(value):
    """Numbers and nested sequences as a numpy array of numbers; anything else as None.

    Types are compared exactly. True is an int to `isinstance`, but no number here, and a subclass of a student's own
    could define what its conversion and its comparisons return.
    """
    value = plain(value)
    if isinstance(value, (list, tuple)):
        parts = [as_array(item) for item in value]
        if any(part is None for part in parts) or len({part.shape for part in parts}) > 1:
            return None
        return np.array(parts) if parts else np.zeros(0)
    if type(value).__module__.partition(".")[0] in ("tensorflow", "keras") and hasattr(value, "numpy"):
        value = value.numpy()
    if type(value) is Fraction:
        value = float(value)
    if type(value) in (int, float) or (
        type(value).__module__ == "numpy" and isinstance(value, (np.generic, np.ndarray))
    ):
        array = np.asarray(value)
        return array if array.dtype.kind in "iuf" else None
    return None


def plain(value):
    """Numpy's texts and truth values, and arrays of these or of objects, as Python's own."""
    texts = type(value) is np.ndarray and value.dtype.kind in "bUO"
    return value.tolist() if texts or type(value) in (np.str_, np.bool_) else value


def same(actual, expected, tolerance):
    if isinstance(expected, Raised):
        return type(actual) is Raised and actual == expected
    actual, expected = plain(actual), plain(expected)
    if expected is None or type(expected) in (str, bool):
        return type(actual) is type(expected) and actual == expected
    if isinstance(expected, dict):
        items = dict.items(actual) if isinstance(actual, dict) else ()  # not a student's own `items`
        items = [(key.item() if type(key) in (np.str_, np.int64) else key, value) for key, value in items]
        expected_keys = all(type(key) in (str, int) and key in expected for key, _ in items)  # nor a key's own __eq__
        alike = isinstance(actual, dict) and len(items) == len(expected) and expected_keys
        return alike and all(same(value, expected[key], tolerance) for key, value in items)
    if isinstance(expected, (list, tuple)) and as_array(expected) is None:  # strings, or rows of unequal length
        pairs = isinstance(actual, (list, tuple)) and len(actual) == len(expected)
        return pairs and all(same(a, e, tolerance) for a, e in zip(actual, expected, strict=True))
    numbers, expected_numbers = as_array(actual), as_array(expected)
    if expected_numbers is None:
        raise TypeError(f"cannot compare with an expected value of type {type(expected).__name__}")
    if numbers is None or numbers.shape != expected_numbers.shape:
        return False
    return bool(np.allclose(numbers, expected_numbers, rtol=tolerance, atol=tolerance))


def first_difference(actual, expected, tolerance):
    """Keys and positions that lead to the first part that differs, in dictionaries and sequences that hold others."""
    actual, expected, keys = plain(actual), plain(expected), ()
    if isinstance(expected, dict) and isinstance(actual, dict) and dict.keys(actual) == expected.keys():
        keys = expected
    elif isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)) and len(actual) == len(expected):
        nested = any(isinstance(item, (dict, list, tuple, np.ndarray)) for item in expected)
        keys = range(len(expected)) if nested and as_array(expected) is None else ()
    for key in keys:
        if not same(actual[key], expected[key], tolerance):
            return (key, *first_difference(actual[key], expected[key], tolerance))
    return ()


def part(value, path):
    """What lies at the end of a path; None if there is no such part."""
    try:
        for key in path:
            value = plain(value)[key]
    except (LookupError, TypeError):
        return None
    return value


def difference(name, actual, expected):
    shown, expected_shown = short(actual), short(expected)
    if isinstance(expected, Raised):
        return f"{name} should raise a {expected.kind}, but it returns {shown}."
    if isinstance(actual, Raised):
        return f"{name} should be {expected_shown}, but it raises a {actual.kind}."
    if shown != expected_shown:
        return f"{name} should be {expected_shown}, but it is {shown}."
    numbers, expected_numbers = as_array(actual), as_array(expected)
    if numbers is None or expected_numbers is None or numbers.shape != expected_numbers.shape:
        return f"{name} should be {shown}, but it differs in what is not shown here."
    largest = f"differ by up to {np.abs(numbers.astype(float) - expected_numbers.astype(float)).max():.3g}"
    if shown.startswith("an array of shape"):
        return f"{name} should be {shown} with other values: they {largest}."
    return f"{name} should be {shown} to more digits than these: the values {largest}."


def shape_hint(actual, expected):
    actual, expected = plain(actual), plain(expected)
    numbers, expected_numbers = as_array(actual), as_array(expected)
    if Raised in (type(actual), type(expected)):
        return ""
    if expected_numbers is None and type(actual) is not type(expected):
        return f" Its type is {type(actual).__name__}."
    if isinstance(expected, dict) and dict.keys(actual) != expected.keys():
        return f" Its keys are {short(list(actual))}, not {short(list(expected))}."
    if expected_numbers is None or (numbers is None and not expected_numbers.size):
        return ""
    if numbers is None:
        kind = "A number" if expected_numbers.ndim == 0 else f"Numbers of shape {expected_numbers.shape}"
        return f" {kind} was expected, and {type(actual).__name__} came."
    if numbers.shape == expected_numbers.shape:
        return ""
    return f" Its shape is {numbers.shape}, not {expected_numbers.shape}."


def overflow_hint(actual, expected):
    numbers, expected_numbers = as_array(actual), as_array(expected)
    if (
        numbers is None
        or expected_numbers is None
        or np.isfinite(numbers).all()
        or not np.isfinite(expected_numbers).all()
    ):
        return ""
    return " Something overflows, or 0 is divided by 0."


def short(value):
    array = as_array(value)
    if array is not None and array.ndim == 0:
        number = array.item()
        return f"{number:,}" if isinstance(number, int) else f"{number:.6g}"
    if array is not None and array.size > 12:
        return f"an array of shape {array.shape}"
    if type(value) is bytes and len(value) > 20:
        return f"{len(value):,} bytes"
    text = repr(_rounded(value))
    return text if len(text) <= 120 else text[:117] + "..."


def _rounded(value):
    """Numbers with six digits, in lists, tuples and dictionaries."""
    if type(value).__module__ == "numpy" and isinstance(value, (np.generic, np.ndarray)):
        value = value.tolist()
    if type(value) in (list, tuple):
        return type(value)(_rounded(item) for item in value)
    if type(value) is dict:
        return {key: _rounded(item) for key, item in value.items()}
    if type(value) is not float:
        return value
    return 0.0 if abs(value) < 1e-12 else float(f"{value:.6g}")


def explains(outcome, value, tolerance):
    """Whether a misconception's outcome, in which NaN may occur, is the student's value."""
    if outcome is None:  # it has no such part
        return False
    numbers, wrong = as_array(value), as_array(outcome)
    if numbers is None or wrong is None or numbers.shape != wrong.shape:
        return same(value, outcome, tolerance)
    return bool(np.allclose(numbers, wrong, rtol=tolerance, atol=tolerance, equal_nan=True))
