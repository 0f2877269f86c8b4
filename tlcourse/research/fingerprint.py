"""What decides about the numbers of an experiment besides the seed; seeds with another fingerprint are not averaged."""

import hashlib
import inspect
import json
import sys
import types

from tlcourse.data import data_folder
from tlcourse.research import cached_teachers, provenance


def fingerprint(function, needs=(), cached=()):
    """A digest of an experiment's code and of what it computes with.

    It covers the source of the module that defines the function and of all modules of the course which that one uses,
    the versions of Python and of the packages, the checksums of the shipped teachers, and the records and the other
    teachers that are needed.

    Parameters
    ----------
    function : callable
        From a seed to numbers. What ``functools.wraps`` has wrapped counts, not the wrapper.
    needs : sequence of str
        Names of the records that the function reads; those without a file are left out.
    cached : sequence of str
        Names of the teachers in the cache folder that the function loads.

    Returns
    -------
    str
        SHA-256 in hexadecimal digits.

    Raises
    ------
    TeacherUnavailable
        If one of these teachers has not been trained here.
    """
    made = provenance.now("")
    parts = [made["python"], made["versions"], _teacher_checksums(), _sources(function)]
    records = [data_folder() / "results" / f"{name}.json" for name in needs]
    parts += [file.read_text(encoding="utf-8") for file in records if file.is_file()]
    parts += [card["sha256"] for card in cached_teachers.cards(cached).values()]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _teacher_checksums():
    """The checksums of the shipped teachers, as their cards state them."""
    cards = sorted((data_folder() / "teachers").glob("*.json"))
    return [json.loads(card.read_text(encoding="utf-8"))["sha256"] for card in cards]


def _sources(function):
    """The source of each module that a function depends on, by name."""
    pending, sources = [inspect.getmodule(inspect.unwrap(function))], {}
    while pending:
        module = pending.pop()
        if module is not None and module.__name__ not in sources:
            sources[module.__name__] = inspect.getsource(module)
            pending += _used(module)
    return sources


def _used(module):
    """The modules of the course that a module imports, or imports functions and classes from."""
    for value in vars(module).values():
        name = value.__name__ if isinstance(value, types.ModuleType) else getattr(value, "__module__", None)
        if isinstance(name, str) and name.startswith("tlcourse."):
            yield sys.modules.get(name)
