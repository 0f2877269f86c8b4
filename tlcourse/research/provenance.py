"""Where recorded numbers come from: command, date, versions and machine, of a whole record or of a part of it.

The "provenance" of a record holds for all its values, except those below a path such as "10/transfer" in its "parts".
"""

import os
import platform
from datetime import date
from importlib.metadata import version

from tlcourse.data import results
from tlcourse.research import processor
from tlcourse.stats import summary

_VERSIONS_THAT_MATTER = ("tlcourse", "keras", "tensorflow", "numpy", "scikit-learn")
_MACHINE = ("processors", "processor", "instructions", "system")
_ORIGIN = ("command", "date", "python", "versions", *_MACHINE)  # what stays true of a copied value


def now(command, **took):
    """The provenance of numbers that are measured now by a command, and what it `took`: seconds, say."""
    return {
        "command": command,
        "date": date.today().isoformat(),
        "python": platform.python_version(),
        "versions": {package: version(package) for package in _VERSIONS_THAT_MATTER},
        "processors": os.cpu_count(),
        "processor": processor.name(),
        "instructions": processor.instructions(),
        "system": platform.platform(terse=True),
        **took,
    }


def of(content, path):
    """The provenance of one value of a record: that of the nearest part it belongs to, else that of the record.

    Parameters
    ----------
    content : dict
        As `tlcourse.data.results` returns it.
    path : str
        Keys, joined by "/".
    """
    keys, parts = path.split("/"), content["provenance"].get("parts", {})
    for length in range(len(keys), 0, -1):
        if own := parts.get("/".join(keys[:length])):
            return own
    return content["provenance"]


def with_copies(content, copies, seeds):
    """A record in which some values are those of other records, each with its own provenance.

    Parameters
    ----------
    content : dict
        With "provenance".
    copies : dict
        Path to (record, path there).
    seeds : int
        The first so many of the other record's values are taken.

    Raises
    ------
    FileNotFoundError
        If another record has not been measured.
    """
    if not copies:
        return content
    parts = dict(content["provenance"].get("parts", {}))
    for path, (other, place) in copies.items():
        origin = results(other)
        copied_from = value_at(origin, place)
        copied = summary(copied_from["values"][:seeds], copied_from.get("share", False), copied_from.get("upper", 1.0))
        content = _replaced(content, path.split("/"), copied)
        own = {key: value for key, value in of(origin, place).items() if key in _ORIGIN}
        parts[path] = {"record": other, "path": place, **own}
    return {**content, "provenance": {**content["provenance"], "parts": parts}}


def value_at(content, path):
    """What a record has at a path of keys, joined by "/"."""
    for key in path.split("/"):
        content = content[key]
    return content


def _replaced(content, keys, value):
    """A copy of nested dictionaries with another value at a path; keys that are numbers are put in order of size."""
    if not keys:
        return value
    replaced = {**content, keys[0]: _replaced(content.get(keys[0], {}), keys[1:], value)}
    return {key: replaced[key] for key in sorted(replaced, key=_size)}


def _size(key):
    try:
        return float(key)
    except ValueError:
        return float("inf")  # words stay in their order, after numbers


def seed_counts(payload):
    """Over how many seeds values were measured: a number where all values below agree, else a dictionary of them."""
    if "values" in payload:
        return payload["seeds"]
    counts = {key: seed_counts(part) for key, part in payload.items()}
    first, *others = counts.values()
    return first if all(count == first for count in others) and not isinstance(first, dict) else counts
