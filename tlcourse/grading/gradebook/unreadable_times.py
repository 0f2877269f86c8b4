"""Times of submission that nbgrader cannot read: a single one stops formgrader's list of the whole class.

Formgrader reads timestamp.txt of every submission when it lists a unit, and answers with an error if one of them holds
no time, or is no file. So the grading gives such a file another name, under which it still finds and reports it.
"""

import contextlib
import itertools
import os

from nbgrader.utils import parse_utc

from tlcourse.grading.submissions.discover import LONGEST_TIMESTAMP, TIMESTAMP, UNREADABLE_TIMESTAMP


def set_aside(folders):
    """Rename each timestamp.txt that nbgrader could not read; nothing in it is lost.

    Parameters
    ----------
    folders : iterable of pathlib.Path
        Of one submission each. A folder that is a link, or that cannot be written to, is left alone.
    """
    for folder in folders:
        file = folder / TIMESTAMP
        if folder.is_symlink() or folder.parent.is_symlink() or not os.path.lexists(file) or is_readable(file):
            continue
        with contextlib.suppress(OSError):
            _keep_earlier(file.with_name(UNREADABLE_TIMESTAMP))
            file.rename(file.with_name(UNREADABLE_TIMESTAMP))


def _keep_earlier(file):
    """Give what has the name already, such as the time of an earlier submission, the first free number."""
    if os.path.lexists(file):
        numbered = (file.with_name(f"{file.name}.{number}") for number in itertools.count(1))
        file.rename(next(path for path in numbered if not os.path.lexists(path)))


def is_readable(file):
    """Whether nbgrader reads a time from a file; a pipe would keep it waiting."""
    try:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > LONGEST_TIMESTAMP:
            return False
        return bool(parse_utc(file.read_text(encoding="utf-8").strip()))
    except Exception:  # dateutil raises errors of half a dozen kinds, decimal's InvalidOperation among them
        return False
