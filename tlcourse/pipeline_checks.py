"""What the checks of unit 11 need: a folder that is data until a function opens it, and the log of a generator."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tlcourse import exercises
from tlcourse.checks import require

_opened = {}  # the root of each folder that was opened in this process, to its files

HASH = (
    "Your function splits the people as Python's `hash` does, whose value for a text changes from process to process. "
    "Use hashlib.sha256."
)


class Folder(NamedTuple):
    """A folder, for a function that takes a path: it is written to the disk when the function opens it.

    So it can be stored in a case and sent to the process of a submission, which shares no disk with the checker. Each
    time that it is opened, it is a new folder with the same files.

    Attributes
    ----------
    files : dict of str to (str or bytes), or None
        Names to contents; None is a folder that does not exist. A name that ends with ``/`` is an empty folder.
    """

    files: dict

    def __fspath__(self):
        root = Path(tempfile.mkdtemp(prefix="tlcourse_folder_"))
        atexit.register(shutil.rmtree, root, ignore_errors=True)
        _opened[root] = self.files
        if self.files is None:
            return str(root / "missing")
        for name, content in self.files.items():
            if name.endswith("/"):
                (root / name).mkdir()
            else:
                (root / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return str(root)

    def __str__(self):
        return self.__fspath__()

    def __truediv__(self, name):
        return Path(self) / name

    def has_changed(self):
        """Whether a function that opened the folder in this process has changed, deleted or added a file in it."""
        opened = [root for root, files in _opened.items() if files is self.files]
        return any(_on_disk(root) != _as_bytes(self.files or {}) for root in opened)

    def __getattr__(self, name):  # exists, glob, iterdir and the other methods of a path
        if name.startswith("_") or not hasattr(Path, name):
            raise AttributeError(f"a folder has no {name}")
        return getattr(Path(self), name)


def _on_disk(root):
    """The files below a folder, as names with bytes; an empty folder ends with a slash."""
    return {
        path.relative_to(root).as_posix() + "/" * path.is_dir(): b"" if path.is_dir() else path.read_bytes()
        for path in root.rglob("*")
        if path != root / "missing"  # an empty folder in place of the missing one is no harm
    }


def _as_bytes(files):
    contents = {name: content.encode() if isinstance(content, str) else content for name, content in files.items()}
    return {name: content or b"" for name, content in contents.items()}


def require_pixels(read_image):
    """Fail unless a function from (content, size) to an image gives uint8 for the first case of ``read_image``."""
    image = read_image(*exercises.cases("read_image")[0].arguments)
    kind = str(getattr(image, "dtype", type(image).__name__))
    require(
        kind == "uint8", f"The pixels should be uint8, but they are {kind}: a digest of other bytes is another one."
    )


def stream_log(function, arguments):
    """Run a generator step by step, and note in which order it asks for things.

    Parameters
    ----------
    function : callable
        Of an iterator of batches and a function that loads a teacher; gives an iterator of features.
    arguments : tuple
        A list of arrays, and the teacher's weights: it multiplies a batch by them.

    Returns
    -------
    list
        One event each: ``["take", number of the batch]``, ``["end", 0]`` after the last one, ``["load", how often]``,
        ``["call", rows]`` and ``["give", features]``.

    Raises
    ------
    AssertionError
        If what the function returns is no iterator.
    """
    if hasattr(function, "stream_log"):  # in the grader, which does not run the student's functions itself
        return function.stream_log(arguments)
    batches, weights = arguments
    events = []

    def take():
        for number, batch in enumerate(batches, start=1):
            events.append(["take", number])
            yield batch.copy()
        events.append(["end", 0])

    def load():
        events.append(["load", 1 + sum(kind == "load" for kind, _ in events)])
        return teacher

    def teacher(images):
        images = np.asarray(images)
        events.append(["call", len(images)])
        return images @ weights

    returned = function(take(), load)
    require(returned is not None, "The function returns None. Use `yield` to give the features of each batch.")
    kind = type(returned).__name__
    require(isinstance(returned, Iterator), f"The function returns a {kind} and not an iterator: use `yield`.")
    for features in returned:
        events.append(["give", features])
    return events


def stream(function):
    """View of a generator: (batches, weights) to what it gives, and to how it gets there; see `stream_log`.

    The dictionary has "features" (a list of arrays), "loads" (at most 1 is one), "calls of the teacher" (the rows of
    each), and "batches taken before each result".
    """

    def show(batches, weights):
        events = stream_log(function, (batches, weights))
        taken, before = 0, []
        for kind, _ in events:
            taken += kind == "take"
            before += [taken] if kind == "give" else []
        return {
            "loads": max(1, sum(kind == "load" for kind, _ in events)),
            "features": [value for kind, value in events if kind == "give"],
            "batches taken before each result": before,
            "rows in each call of the teacher": [value for kind, value in events if kind == "call"],
        }

    show.__name__ = f"what happens in {getattr(function, '__name__', 'the function')}"
    return show


def splits(split_of):
    """View of a rule for one person: (people, test_share) to a dictionary of each person to the part.

    It fails if the rule gives another part at the second call, or the same parts as Python's `hash`.
    """

    def show(people, test_share):
        parts = [split_of(person, test_share) for person in people]
        again = [split_of(person, test_share) for person in people[::-1]][::-1]
        require(parts == again, "The same person is in another part at the second call: use no random numbers.")
        require(len(people) < 10 or parts not in list(_splits_by_hash(people, test_share)), HASH)
        return dict(zip(people, parts, strict=True))

    show.__name__ = f"{getattr(split_of, '__name__', 'split_of')}(person, test_share) for each person in"
    return show


def _splits_by_hash(people, test_share):
    """What rules with Python's `hash` give in this process, unless all are in one part."""
    for text in (str, lambda person: person):
        for size in (100, 1000, 10_000, 2**32, 2**64):
            parts = ["test" if hash(text(person)) % size < test_share * size else "train" for person in people]
            if len(set(parts)) == 2:
                yield parts
