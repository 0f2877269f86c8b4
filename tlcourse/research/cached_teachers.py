"""Teachers of faces that are not shipped: `make teachers` trains them and keeps them in the user's cache folder.

Each has two files there, as a shipped teacher has: weights, and a card with their checksum.
"""

import json

from tlcourse import storage
from tlcourse.teachers import TeacherUnavailable, weights

NAMES = ("faces_first", "faces_second", "faces_third")


def folder():
    """Where they are kept; it need not exist."""
    return storage.cache_folder() / "teachers"


def missing(names):
    """Those of the names that lack a file."""
    return [name for name in names if not all(file.is_file() for file in weights.shipped_files(name, folder()))]


def require(names):
    """Check that these teachers are here.

    Raises
    ------
    TeacherUnavailable
        With the command that trains those that are missing.
    """
    if absent := missing(names):
        together = " ".join(absent)
        raise TeacherUnavailable(f'{together}: not in {folder()}. Run `make teachers NAMES="{together}"`')


def load(name):
    """The teacher with its head, after its file was compared with the checksum in its card.

    Raises
    ------
    TeacherUnavailable, ValueError
        If it has not been trained here, or a file is damaged.
    """
    require([name])
    return weights.load_shipped(name, folder())


def cards(names):
    """Name to the content of the card; empty for no names.

    Raises
    ------
    TeacherUnavailable
        If a teacher has not been trained here.
    """
    require(names)
    files = {name: weights.shipped_files(name, folder())[1] for name in names}
    return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items()}
