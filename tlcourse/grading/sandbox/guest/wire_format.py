"""Values as JSON, so that a function of one process can be called from another and nothing but its value returns.

Numbers, strings, bytes, lists, tuples, dictionaries, sets, arrays and tensors pass, fractions as floats, and so do the
objects of `wire_objects`, such as a Keras model; any other object passes as its description only. Nothing is pickled:
what comes back from student code can be read, but cannot act.
"""

import base64
import sys
from fractions import Fraction

from tlcourse.grading.sandbox.guest import wire_objects

LARGEST_ARRAY = 16 << 20  # bytes
# Of numpy's types: truth values, numbers and texts. Others, such as times and bfloat16, have a NaN that is no float.
KINDS = "biufcUS"
ITERATORS = (range, map, filter, zip, enumerate, reversed, type({}.keys()), type({}.values()), type({}.items()))
GENERATOR = type(_ for _ in ())


class NotSerializable(TypeError):  # noqa: N818
    """A value that cannot be sent as it is."""


def encode(value, strict=True, depth=0):
    """A value as what JSON can hold.

    Parameters
    ----------
    value : object
    strict : bool
        Raise for an object that is not serializable; else describe it.

    Raises
    ------
    NotSerializable
    """
    if depth > 50:
        raise NotSerializable("a value that is nested too deeply")
    if value is None or type(value) in (bool, str):
        return value
    array = _array(value)
    if array is not None:
        return array
    if type(value) is Fraction:
        value = float(value)
    if isinstance(value, float):
        return {"n": ["float", repr(float(value))]}
    if isinstance(value, int):
        return {"n": ["int", str(int(value))]}
    if isinstance(value, str):
        return str.__str__(value)
    if type(value) is bytes:
        return {"b": base64.b64encode(value).decode()}
    return _encode_container(value, lambda item: encode(item, strict, depth + 1), strict)


def _encode_container(value, inner, strict):
    """An object that consists of others, `inner` encodes those; or the description of an object."""
    if isinstance(value, dict):
        return {"d": [[inner(key), inner(item)] for key, item in dict.items(value)]}
    if not strict and isinstance(value, (*ITERATORS, GENERATOR)):
        return {"l": [inner(item) for item, _ in zip(value, range(100_000), strict=False)]}
    try:
        if sent := wire_objects.to_wire(value, inner, strict):
            return {sent[0]: sent[1]}
    except wire_objects.CannotSend as reason:
        if strict:
            raise NotSerializable(f"a model ({reason})") from None
        return {"o": [type(value).__name__[:80], repr(value)[:200], str(reason)]}
    for kind, tag in ((list, "l"), (tuple, "t"), (set, "s"), (frozenset, "s")):
        if isinstance(value, kind):
            return {tag: [inner(item) for item in kind.__iter__(value)]}
    if strict:
        raise NotSerializable(f"an object of the class {type(value).__name__}")
    return {"o": [type(value).__name__[:80], repr(value)[:200]]}


def _array(value):
    """An array, a numpy number, or a tensor of numbers, encoded; None for anything else."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    tag = "a"
    if type(value).__module__.partition(".")[0] in ("tensorflow", "keras") and hasattr(value, "numpy"):
        if not hasattr(value, "shape") or hasattr(value, "layers"):
            return None
        value, tag = value.numpy(), "T"
    if isinstance(value, numpy.generic):
        tag = "g"
    elif not isinstance(value, numpy.ndarray):
        return None
    array = numpy.ascontiguousarray(numpy.asarray(value))
    if array.dtype.kind not in KINDS or array.nbytes > LARGEST_ARRAY:
        raise NotSerializable(f"an array of {array.dtype}, {array.nbytes:,} bytes")
    shape = list(numpy.shape(value))
    return {tag: [array.dtype.str, shape, base64.b64encode(array.tobytes()).decode()]}


def decode(data, from_checker=False, call_model=None):
    """The value of what `encode` made.

    Parameters
    ----------
    data : as JSON has it
    from_checker : bool
        Whether the course's own checker sent it, and not a student's process.
    call_model : callable, optional
        In the checker: see `wire_objects.RemoteOutputs`.
    """

    def inner(item):
        return decode(item, from_checker, call_model)

    if not isinstance(data, dict):
        return data
    ((tag, content),) = data.items()
    if tag == "n":
        return float(content[1]) if content[0] == "float" else int(content[1])
    if tag == "d":
        return {inner(key): inner(value) for key, value in content}
    if tag in ("l", "t", "s"):
        return {"l": list, "t": tuple, "s": set}[tag](inner(item) for item in content)
    if tag == "b":
        return base64.b64decode(content)
    if tag == "o":
        return wire_objects.opaque(*content)
    if tag not in ("a", "g", "T"):
        return wire_objects.from_wire(tag, content, inner, from_checker, call_model)
    import numpy

    kind = numpy.dtype(content[0])
    if kind.kind not in KINDS:
        raise ValueError(f"arrays of {kind} are not sent")
    array = numpy.frombuffer(base64.b64decode(content[2]), kind).reshape(content[1]).copy()
    if tag == "T" and "keras" in sys.modules:
        return sys.modules["keras"].ops.convert_to_tensor(array)
    return array[()] if tag == "g" else array
