"""Arguments and results of exercises as JSON: what a text file can hold, with the types that matter to a function."""

import base64
import importlib
import math
from typing import NamedTuple

import numpy as np


class Raised(NamedTuple):
    """In place of a value: the call raises an error of this class."""

    kind: str


def encoded(value):
    """A value in a form for JSON.

    Parameters
    ----------
    value : None, bool, str, bytes, int, float, numpy array or scalar, tensor, `numpy.random.Generator`, set of texts,
        or a (nested) list, tuple, dictionary or named tuple of the course's of these
        A generator must be fresh, ``numpy.random.default_rng(seed)``.

    Raises
    ------
    TypeError
        If a value of another type occurs.
    """
    if value is None or type(value) in (bool, str, int):
        return value
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else {"number": str(float(value))}
    if isinstance(value, (np.bool_, np.integer)):
        return value.item()
    if type(value) is bytes:
        return {"bytes": base64.b64encode(value).decode()}
    if type(value) is list:
        return [encoded(item) for item in value]
    if isinstance(value, set):
        return {"set": sorted(value)}
    if hasattr(value, "_fields") and type(value).__module__.startswith("tlcourse."):
        return {"named": [type(value).__module__, type(value).__name__], "items": [encoded(item) for item in value]}
    if isinstance(value, tuple):
        return {"tuple": [encoded(item) for item in value]}
    if isinstance(value, dict):
        return {"dictionary": [[encoded(key), encoded(item)] for key, item in value.items()]}
    if isinstance(value, np.random.Generator):
        return {"generator": value.bit_generator.seed_seq.entropy}
    if hasattr(value, "numpy"):
        value = value.numpy()
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return {"array": encoded(value.tolist()), "dtype": str(value.dtype), "shape": list(value.shape)}
    raise TypeError(f"a case cannot hold {value!r}: use numbers, texts, arrays, lists, tuples and dictionaries")


def decoded(stored):
    """The value of which `encoded` made `stored`; tensors come back as arrays."""
    if isinstance(stored, list):
        return [decoded(item) for item in stored]
    if not isinstance(stored, dict):
        return stored
    if "array" in stored:
        return np.array(decoded(stored["array"]), dtype=stored["dtype"]).reshape(stored["shape"])
    if "dictionary" in stored:
        return {decoded(key): decoded(item) for key, item in stored["dictionary"]}
    if "bytes" in stored:
        return base64.b64decode(stored["bytes"])
    if "set" in stored:
        return set(stored["set"])
    if "named" in stored:
        module, name = stored["named"]
        return getattr(importlib.import_module(module), name)(*decoded(stored["items"]))
    if "tuple" in stored:
        return tuple(decoded(item) for item in stored["tuple"])
    if "generator" in stored:
        return np.random.default_rng(stored["generator"])
    return float(stored["number"])
