"""Where a table of features comes from: hashes of inputs, code and teacher, and how many files had which fate."""

import collections
import hashlib
import inspect
import json
import platform
from pathlib import Path

from tlcourse import storage
from tlcourse.data import data_folder
from tlcourse.pipeline import partitions


def write(work, engine, steps, teacher, checked, features):
    """Write ``work/lineage.json`` and return its content.

    Parameters
    ----------
    work : pathlib.Path
    engine : LocalEngine or SparkEngine
    steps : Steps
    teacher : str
    checked, features : dict
        Columns of all files with their status, and of the rows that were kept.

    Returns
    -------
    dict
        ``inputs`` (files and a digest of the names and pixels), ``code``, ``teacher``, ``engine``, ``counts`` (by
        status and by split) and ``outputs`` (rows and a digest of name, person, split and pixels). The digest of the
        outputs leaves out the features: their last digits depend on the size of a batch.
    """
    rows = {name: features[name] for name in ("name", "person", "split", "digest")}
    content = {
        "inputs": {"files": partitions.length(checked), "sha256": _digest(checked, ("name", "digest"))},
        "code": {"sha256": code_digest(steps)},
        "teacher": {"name": teacher, "sha256": _teacher_digest(teacher)},
        "engine": {"name": engine.name, "python": platform.python_version()},
        "counts": _counts(checked["status"]) | _counts(features["split"]),
        "outputs": {"rows": partitions.length(features), "sha256": _digest(rows, tuple(rows))},
    }
    storage.write_json(work / "lineage.json", content)
    return content


def code_digest(steps):
    """A digest of the modules of the pipeline and of the functions that it was given."""
    modules = sorted(Path(__file__).parent.glob("*.py"))
    parts = [path.read_text(encoding="utf-8") for path in modules] + [_source(function) for function in steps]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _source(function):
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):  # typed at a prompt, or not written in Python
        code = getattr(function, "__code__", None)
        return repr(code.co_code) if code else repr(function)


def _counts(column):
    return dict(sorted(collections.Counter(column.tolist()).items()))


def _digest(rows, columns):
    return partitions.digest([rows[name].tolist() for name in columns])


def _teacher_digest(name):
    """The checksum of a shipped teacher's weights, as its card states it; None for those of other projects."""
    card = data_folder() / "teachers" / f"{name}.json"
    return json.loads(card.read_text(encoding="utf-8"))["sha256"] if card.is_file() else None
