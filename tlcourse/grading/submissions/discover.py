"""What lies in a student's folder: the notebook under whatever name, its fingerprint, the files beside it."""

import difflib
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from tlcourse.grading.sandbox.kernel import files_beside
from tlcourse.grading.submissions import reading


@dataclass(frozen=True)
class Submission:
    """One hand-in.

    Parameters
    ----------
    student, unit : str
    content : bytes or None
        Of the notebook; None where there is none.
    sha256 : str
        Of everything that was handed in.
    files : dict of str to bytes
        What lies beside the notebook.
    timestamp : str or None
        When it was collected, as nbgrader's timestamp.txt has it.
    notes : tuple of str
    """

    student: str
    unit: str
    content: bytes | None
    sha256: str
    files: dict = field(repr=False)
    timestamp: str | None = None
    notes: tuple = ()


def read(folder, student, unit):
    """What a student handed in for a unit; nothing, where the folder is a link to somewhere else."""
    folder = Path(folder)
    if folder.is_symlink() or folder.parent.is_symlink():
        note = f"{folder.name} is a link, not a folder, and was not read."
        return Submission(student, unit, None, hashlib.sha256(b"").hexdigest(), {}, notes=(note,))
    file, notes = notebook_of(folder, unit)
    content = None
    if file is not None:
        with file.open("rb") as opened:
            content = opened.read(reading.LARGEST_NOTEBOOK + 1)
    files = files_beside(folder)
    timestamp = files.pop("timestamp.txt", b"").decode("utf-8", "replace").strip() or None
    digest = hashlib.sha256(content or b"")
    for name, text in files.items():
        digest.update(name.encode() + b"\0" + text)
    return Submission(student, unit, content, digest.hexdigest(), files, timestamp, tuple(notes))


def notebook_of(folder, unit):
    """The file that must be the unit's notebook, and what to say about its name."""
    notebooks = _notebooks(folder) or [path for part in _folders(folder) for path in _notebooks(part)]
    found = [path for path in notebooks if path.is_file() and not path.is_symlink()]
    links = [path.name for path in notebooks if path.is_symlink()]
    notes = [f"{name} is a link, not a file, and was not read." for name in links]
    exact = folder / f"{unit}.ipynb"
    if exact in found:
        if len(found) > 1:
            others = ", ".join(sorted(path.name for path in found if path != exact))
            notes.append(f"{exact.name} was graded; {others} was not.")
        return exact, notes
    if not found:
        return None, notes
    nearest = max(found, key=lambda path: (difflib.SequenceMatcher(None, path.stem, unit).ratio(), path.name))
    notes.append(f"The file was called {nearest.relative_to(folder).as_posix()} instead of {exact.name}.")
    return nearest, notes


def _notebooks(folder):
    """The notebooks in a folder, also those of a computer that writes names in capitals."""
    return sorted(path for path in folder.glob("*") if path.suffix.lower() == ".ipynb")


def _folders(folder):
    """The folders in a folder, where an archive may have been unpacked one level too deep."""
    return sorted(path for path in folder.glob("*") if path.is_dir() and not path.is_symlink() and path.name[0] != ".")
