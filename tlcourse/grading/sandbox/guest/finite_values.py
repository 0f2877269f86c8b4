"""Whether what came from a student's function is numbers, and whether it has nan or inf in it."""

import math
import sys

from tlcourse.grading.sandbox.guest.wire_objects import RecordedPasses


def are_finite(value):
    """Whether no number in a value is nan or infinite: in arrays, containers, datasets, and models' weights."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(map(are_finite, value))
    if isinstance(value, dict):
        return all(map(are_finite, value.values()))
    if isinstance(value, RecordedPasses):
        return are_finite(value.passes)
    if isinstance(value, float):
        return math.isfinite(value)
    keras = sys.modules.get("keras")
    if keras and isinstance(value, keras.Model):
        return all(map(are_finite, value.get_weights()))
    array = _array(value)
    if array is not None and array.dtype.kind == "V":  # weights of bfloat16, which is no kind of numpy's own
        array = array.astype("float32")
    return array is None or array.dtype.kind not in "fc" or bool(sys.modules["numpy"].isfinite(array).all())


def are_numbers(value):
    """Whether a value is an array or a tensor of numbers, or a list, tuple or dictionary of these."""
    if isinstance(value, (list, tuple)):
        return all(map(are_numbers, value))
    if isinstance(value, dict):
        return all(map(are_numbers, value.values()))
    array = _array(value)
    return type(value) in (int, float) or (array is not None and array.dtype.kind in "iufc")


def _array(value):
    """An array or a tensor as an array; None for anything else. `wire_format` has made it, so its class is no lie."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    if isinstance(value, (numpy.ndarray, numpy.generic)):
        return numpy.asarray(value)
    return value.numpy() if type(value).__module__.partition(".")[0] == "tensorflow" else None
