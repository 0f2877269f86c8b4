"""What a student submitted besides the notebook: found, named, and chosen where there is too much of it.

Whatever a folder holds, this ends: links are not followed, and what cannot be read or is too much is left out by name.
"""

import os
import re
import stat
import unicodedata
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tlcourse.grading.model.printable import printable

LARGEST_FILES = 32 << 20  # bytes: what a student may submit besides the notebook, in all
MOST_FILES = 1000
LONGEST_PATH, LONGEST_NAME = 1000, 255  # bytes, of a file's path in the folder and of each part of it
MOST_ENTRIES = 100_000  # files and folders that are looked at
LONGEST_CHAIN = 20  # modules that import each other, of which the notebook mentions the first
# What programs leave behind: no notebook reads it, and nobody misses it.
LITTER = {"__MACOSX", "__pycache__", ".ipynb_checkpoints", ".git", ".DS_Store", "Thumbs.db"}
NAMED_AT_MOST = 5
PRINTED_NAME = 60  # characters of a file's name in a message
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")


class FoundFile(NamedTuple):
    """A file in a student's folder: where it is, its path in the folder as a notebook writes it, its size in bytes."""

    path: Path
    name: str
    size: int


def find(folder):
    """The files in a folder and in those below it, without links and `LITTER`, in the order of their names.

    Returns
    -------
    (list of FoundFile, list of str)
        The second names what could not be looked at.
    """
    files_there, problems, waiting, seen = [], [], [Path(folder)], 0
    while waiting:
        parent = waiting.pop()
        try:
            entries = sorted(os.scandir(parent), key=lambda entry: entry.name)
        except OSError as error:
            problems.append(f"{printed(portable(parent.relative_to(folder)))} ({error.strerror})")
            continue
        for entry in entries:
            seen += 1
            if seen > MOST_ENTRIES:
                return _by_name(files_there), [
                    *problems,
                    f"everything after the first {MOST_ENTRIES:,} files and folders",
                ]
            if entry.name in LITTER or entry.name.startswith("._"):
                continue
            path = parent / entry.name
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError as error:
                problems.append(f"{printed(portable(path.relative_to(folder)))} ({error.strerror})")
                continue
            if stat.S_ISDIR(status.st_mode):
                waiting.append(path)
            elif stat.S_ISREG(status.st_mode):
                files_there.append(FoundFile(path, portable(path.relative_to(folder)), status.st_size))
    return _by_name(files_there), problems


def _by_name(files_there):
    return sorted(files_there, key=lambda file: file.name)


def portable(path):
    """A relative path as a notebook writes it: UTF-8, composed letters, slashes.

    An archive from an older system names files in Latin-1, and one from macOS takes letters and accents apart.
    """
    raw = os.fsencode(path.as_posix())
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        name = raw.decode("latin-1")
    return unicodedata.normalize("NFC", name)


def choose(files_there, text):
    """Read the files that a notebook gets: those that its text mentions first, within the limits of this module.

    Parameters
    ----------
    files_there : list of FoundFile
        Their names are relative to the notebook's folder.
    text : callable
        Returns the notebook's text; called if not all files fit.

    Returns
    -------
    (dict of str to bytes, list of str)
        The files by name, and what was left out, for a message.
    """
    folders = {parent.as_posix() for file in files_there for parent in PurePosixPath(file.name).parents}
    problems = {file.name: _naming_problem(file.name, folders) for file in files_there}
    fits = [file for file in files_there if not problems[file.name]]
    left_out = [f"{printed(name)} ({problem})" for name, problem in problems.items() if problem]
    if len(fits) > MOST_FILES or sum(file.size for file in fits) > LARGEST_FILES:
        fits = _mentioned_first(fits, text())
    files, total = {}, 0
    for file in fits:
        if total + file.size > LARGEST_FILES or len(files) == MOST_FILES:
            left_out.append(f"{printed(file.name)} ({_printed_size(file.size)})")
            continue
        try:
            with file.path.open("rb") as opened:
                content = opened.read(LARGEST_FILES)
        except OSError as error:
            left_out.append(f"{printed(file.name)} ({error.strerror})")
            continue
        files[file.name], total = content, total + len(content)
    return files, left_out


def _naming_problem(name, folders):
    """Why no file of this name can be written beside the notebook; an empty text where one can."""
    parts = [part.encode() for part in name.split("/")]
    if sum(map(len, parts)) + len(parts) > LONGEST_PATH or max(map(len, parts)) > LONGEST_NAME:
        return "its path is too long"
    return "a folder has its name" if name in folders else ""


def _mentioned_first(files_there, text):
    """The same files: those that the notebook or a module of the student's names, those that it may list, the rest."""
    words, waiting, named = _words(text), list(files_there), []
    for _ in range(LONGEST_CHAIN):
        chosen = [file for file in waiting if _is_named(file.name, words)]
        if not chosen:
            break
        named += chosen
        waiting = [file for file in waiting if not _is_named(file.name, words)]
        for file in chosen:
            words |= _words(_source(file.path)) if file.name.endswith(".py") else set()
    return [*named, *sorted(waiting, key=lambda file: (not _may_be_listed(file.name, words), file.name))]


def _words(text):
    return set(re.findall(r"\w+", text))


def _is_named(name, words):
    """Whether a text of these words may contain a file's name, or import a module by it."""
    path = PurePosixPath(name)
    if _words(path.name) <= words:
        return True
    module = path.parent if path.name == "__init__.py" else path.with_suffix("")
    return path.suffix == ".py" and _words(module.as_posix()) <= words


def _may_be_listed(name, words):
    """Whether a text of these words may list a file by its suffix or its folder, as ``glob("*.csv")`` does."""
    path = PurePosixPath(name)
    return path.suffix[1:] in words or bool(_words(path.parent.as_posix()) & words)


def _source(path):
    try:
        with path.open("rb") as opened:
            return opened.read(1 << 20).decode("utf-8", "replace")
    except OSError:
        return ""


def left_out_note(left_out):
    """A sentence that names what a notebook does not get."""
    shown = "; ".join(left_out[:NAMED_AT_MOST])
    more = f"; and {len(left_out) - NAMED_AT_MOST:,} more" if len(left_out) > NAMED_AT_MOST else ""
    limits = f"Besides the notebook, a submission may have at most {LARGEST_FILES >> 20} MB in {MOST_FILES:,} files."
    return f"Left out: {shown}{more}. {limits}"


def _printed_size(size):
    return f"{size / (1 << 20):.0f} MB" if size > 1 << 20 else f"{max(1, size >> 10)} kB"


def is_archive(name):
    """Whether a file is an archive, by its name."""
    return name.casefold().endswith(ARCHIVES)


def printed(name, longest=PRINTED_NAME):
    """A file's name for a message, on one line and not too long."""
    shown = printable(" ".join(name.splitlines()))
    return shown if len(shown) <= longest else f"{shown[: longest // 2]}…{shown[-longest // 2 :]}"
