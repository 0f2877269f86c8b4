"""Submissions that lie in the wrong place, or that nobody has unpacked: found and named, never moved.

A course expects submitted/STUDENT/UNIT/. Downloads from learning platforms often have one folder less, one more, or an
archive in its place.
"""

import os
import re
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tlcourse.grading.submissions import discover, submitted_files

LONGEST_PATH = 300  # characters of a path in a message
NOBODY = "(no student)"  # where a file lies directly in submitted/


class MisplacedFile(NamedTuple):
    """A notebook or an archive: its path in the folder of submissions, and what an instructor has to do."""

    path: str
    remedy: str


def find(submitted, unit, others, skipped=()):
    """What may be submissions of a unit outside the folder where it is graded.

    A file belongs to the units that its path names. If the path names none, it may belong to any unit.

    Parameters
    ----------
    submitted : pathlib.Path
        The folder of submissions.
    unit : str
    others : collection of str
        The names of the course's other assignments.
    skipped : collection of str
        Students whose folders are not looked at.

    Returns
    -------
    dict of str to list of MisplacedFile
        By the name of the folder that stands for the student; by `NOBODY` for files that are in no such folder, also
        where the folders of students are in that of the unit.
    """
    misplaced, ignored = {}, set(skipped)
    for entry in sorted(os.scandir(submitted), key=lambda entry: entry.name) if submitted.is_dir() else ():
        if entry.name in ignored or entry.name in others or _is_ignored(Path(entry.path)):
            continue
        student = entry.name if entry.is_dir() and entry.name != unit else NOBODY
        if named := _misplaced_in(entry, submitted, student, unit, others):
            misplaced.setdefault(student, []).extend(named)
    return misplaced


def _misplaced_in(entry, submitted, student, unit, others):
    """What one entry of the folder of submissions has; that it cannot be read, where that is so."""
    try:
        files = [file for file in _files_outside(entry, {unit, *others}) if _may_be(file, unit, others)]
    except OSError as error:
        path = f"{submitted.name}/{submitted_files.portable(Path(entry.name))}"
        return [MisplacedFile(_printed(path), f"make it readable ({error.strerror})")]
    return [_named(file, submitted, student, unit) for file in files]


def _files_outside(entry, assignments):
    """The files of an entry of the folder of submissions that are in no assignment's folder."""
    if not entry.is_dir():
        return _files_below(Path(entry.path), Path(entry.path).parent)
    inner = [
        path
        for path in sorted(Path(entry.path).iterdir())
        if not _is_ignored(path) and not (path.name in assignments and path.is_dir())
    ]
    return [file for path in inner for file in _files_below(path, Path(entry.path))]


def _is_ignored(path):
    """Whether a path is a link, hidden, or what a program left behind."""
    return path.is_symlink() or path.name.startswith(".") or path.name in submitted_files.LITTER


def _files_below(path, parent):
    name = submitted_files.portable(path.relative_to(parent))
    if path.is_dir():
        below, _ = submitted_files.find(path)
        return [file._replace(name=f"{name}/{file.name}") for file in below]
    return [submitted_files.FoundFile(path, name, path.stat().st_size)] if path.is_file() else []  # a pipe is none


def _may_be(file, unit, others):
    """Whether a file may be a submission of the unit: by its name and, for the notebook's suffix, by its contents."""
    if PurePosixPath(file.name).name.startswith("."):
        return False
    if not names(file.name, unit) and any(names(file.name, other) for other in others):
        return False
    return submitted_files.is_archive(file.name) or discover.is_notebook(file)


def names(path, unit):
    """Whether a path contains a unit's name, as in "Copy of 01 Unit-2.ipynb"; only letters and digits matter."""
    return _letters(unit) in _letters(path)


def _letters(text):
    return re.sub(r"[\W_]", "", text.casefold())


def _named(file, submitted, student, unit):
    path = submitted_files.portable(file.path.relative_to(submitted.parent))
    target = f"{submitted.name}/{'STUDENT' if student == NOBODY else student}/{unit}/"
    action = "unpack it into" if submitted_files.is_archive(file.name) else "move it to"
    return MisplacedFile(_printed(path), f"{action} {_printed(target)}")


def _printed(path):
    return submitted_files.printed(path, LONGEST_PATH)
