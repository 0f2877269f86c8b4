"""Bring newer unit sources from this clone to a private course, without touching what was edited there."""

import difflib
import shutil
from pathlib import Path
from typing import NamedTuple

from tlcourse.building import delivered_files
from tlcourse.building.course_folder import course_folder
from tlcourse.storage import checksum


class Update(NamedTuple):
    """What a newer tlcourse has for a private course, by the names of the files."""

    newer: list  # not edited in the course: they can be replaced
    edited: list  # edited in the course, and newer here, too
    missing: list  # delivered once, and no longer here
    diff: str  # from the files of the course to those here, edited ones included


def compare(folder, root):
    """Compare the files of a private course with those of this clone; nothing is written.

    Parameters
    ----------
    folder : path
        The private course.
    root : pathlib.Path
        The course that the units came from, in a newer version.

    Returns
    -------
    Update

    Raises
    ------
    FileNotFoundError
        If the folder is no private course.
    """
    folder = Path(folder)
    delivered = delivered_files.recorded(folder)
    units = sorted({Path(name).stem for name in delivered if Path(name).parent.name == "solutions"})
    present = delivered_files.names(root, units)
    newer, edited, diffs = [], [], []
    for name in present:
        state = _state(folder / name, root / name, delivered.get(name))
        if state in ("newer", "edited"):
            (newer if state == "newer" else edited).append(name)
            diffs.append(_diff(folder / name, root / name, name))
    missing = sorted(set(delivered) - set(present))
    return Update(newer, edited, missing, "".join(diffs))


def _state(own, new, delivered):
    """What to do with a file: None if it is up to date, "newer" if it can be replaced, "edited" if not."""
    if not own.is_file():
        return "newer" if delivered is None else None  # a file that was deleted in the course stays deleted
    content, latest = checksum(own), checksum(new)
    if latest in (content, delivered):
        return None
    return "newer" if content == delivered else "edited"


def _diff(own, new, name):
    old = own.read_text(encoding="utf-8").splitlines(keepends=True) if own.is_file() else []
    lines = new.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(difflib.unified_diff(old, lines, f"course/{name}", f"tlcourse/{name}"))


def apply(folder, root, update):
    """Copy the newer files that were not edited, and record their checksums."""
    folder = Path(folder)
    delivered = delivered_files.recorded(folder)
    for name in update.newer:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, folder / name)
        delivered[name] = checksum(folder / name)
    delivered_files.record(folder, root, delivered)


def own_course(root=None):
    """The folder of the private course around the working directory.

    Raises
    ------
    FileNotFoundError
        If it is no private course.
    """
    folder = course_folder(root)
    delivered_files.recorded(folder)
    return folder
