"""The files of `tlcourse` that can decide on a mark: its code, and the data that this code reads."""

import hashlib
from pathlib import Path

import tlcourse
from tlcourse.data import data_folder

PACKAGE = Path(tlcourse.__file__).resolve().parent
# What no mark depends on, below the package: authors' and instructors' commands, figures, records of marks.
APART = ("commands", "research", "samples", "live_figures", "building/site", "grading/gradebook", "grading/reporting")
DATA = ("results", "teachers")  # below data/


def deciding_files():
    """The files, as a dictionary: name with slashes, such as ``checks.py`` or ``data/results/x.json``, to path."""
    inside = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*")) if path.is_file()}
    chosen = {
        name: path
        for name, path in inside.items()
        if not name.startswith(tuple(f"{part}/" for part in (*APART, "data"))) and "__pycache__" not in name
    }
    for part in DATA:
        paths = sorted((data_folder() / part).rglob("*"))
        chosen |= {f"data/{part}/{path.name}": path for path in paths if path.is_file()}
    return chosen


def deciding_sha256():
    """A digest of all of them, which changes with every edit; `tlcourse.grading.engine.deciding_code` says more."""
    sha256 = hashlib.sha256()
    for name, path in deciding_files().items():
        sha256.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return sha256.hexdigest()
