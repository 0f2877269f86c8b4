"""What lies in a student's folder: the notebook under whatever name, its digest, the other files."""

import difflib
import hashlib
from pathlib import Path

from tlcourse.grading.model.submission import Submission
from tlcourse.grading.submissions import reading

LARGEST_FILES = 32 << 20  # bytes: what a student may submit besides the notebook, in all


def read_submission(folder, student, unit):
    """What a student submitted for a unit; nothing, where the folder is a link to somewhere else.

    Returns
    -------
    tlcourse.grading.model.submission.Submission
    """
    folder = Path(folder)
    if folder.is_symlink() or folder.parent.is_symlink():
        note = f"{folder.name} is a link, not a folder, and was not read."
        return Submission(student, unit, None, hashlib.sha256(b"").hexdigest(), {}, notes=(note,))
    file, notes = find_notebook(folder, unit)
    content = None
    if file is not None:
        with file.open("rb") as opened:
            content = opened.read(reading.LARGEST_NOTEBOOK + 1)
    files = other_files(folder)
    timestamp = files.pop("timestamp.txt", b"").decode("utf-8", "replace").strip() or None
    digest = hashlib.sha256(content or b"")
    for name, text in files.items():
        digest.update(name.encode() + b"\0" + text)
    if timestamp:
        digest.update(b"timestamp.txt\0" + timestamp.encode())  # a late penalty depends on it
    return Submission(student, unit, content, digest.hexdigest(), files, timestamp, tuple(notes))


def find_notebook(folder, unit):
    """The file that must be the unit's notebook, and what to say about its name."""
    notebooks = _notebooks(folder) or [path for part in _folders(folder) for path in _notebooks(part)]
    readable = [path for path in notebooks if path.is_file() and not path.is_symlink()]
    links = [path.name for path in notebooks if path.is_symlink()]
    notes = [f"{name} is a link, not a file, and was not read." for name in links]
    exact = folder / f"{unit}.ipynb"
    if exact in readable:
        if len(readable) > 1:
            others = ", ".join(sorted(path.name for path in readable if path != exact))
            notes.append(f"{exact.name} was graded; {others} was not.")
        return exact, notes
    if not readable:
        return None, notes
    nearest = max(readable, key=lambda path: (difflib.SequenceMatcher(None, path.stem, unit).ratio(), path.name))
    notes.append(f"The file was called {nearest.relative_to(folder).as_posix()} instead of {exact.name}.")
    return nearest, notes


def _notebooks(folder):
    """The notebooks in a folder, also those of a computer that writes names in capitals."""
    return sorted(path for path in folder.glob("*") if path.suffix.lower() == ".ipynb")


def _folders(folder):
    """The folders in a folder, where an archive may have been unpacked one level too deep."""
    return sorted(path for path in folder.glob("*") if path.is_dir() and not path.is_symlink() and path.name[0] != ".")


def other_files(folder):
    """The files that a student submitted besides the notebook, by relative path, within `LARGEST_FILES`.

    Links are left out: what they point to is not the student's.
    """
    files, total = {}, 0
    folder = Path(folder)
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.match("*.ipynb"):
            continue
        if any(parent.is_symlink() for parent in path.relative_to(folder).parents if parent != Path(".")):
            continue
        total += path.stat().st_size
        if total > LARGEST_FILES:
            break
        files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files
