"""Close a year: marks, submissions and records go into an archive, and the next class starts with new seeds."""

import re
import shutil
from pathlib import Path

from sqlalchemy.engine import make_url

from tlcourse.grading.gradebook.batch import grading_lock
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.seeds import unit_seed
from tlcourse.grading.model.course_file import COURSE_FILE, parse_course_file, read_course_file
from tlcourse.grading.model.results import RECORDS
from tlcourse.grading.reporting import item_statistics
from tlcourse.notebooks import write_atomically

MOVED = ("gradebook.db", RECORDS, "autograded", "feedback", "feedback_to_return", "earlier", "report")


def close_year(root, name, next_id=None):
    """Move everything about the students of a year into archive/NAME, and draw new seeds.

    In course.toml, the due dates of the year become comments.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    name : str
        Of the year, such as "2026".
    next_id : str, optional
        The id of the course from now on, for course.toml.

    Returns
    -------
    pathlib.Path
        The archive, which also has the statistics of all exercises in items/.

    Raises
    ------
    ValueError
        If the name cannot be a folder, the new id cannot be one, or the gradebook is not a file in the course's folder.
    FileExistsError
        If there is an archive of this name.
    FileNotFoundError
        If there is no gradebook.
    """
    course = NbgraderCourse(root)
    target = _new_archive(course, name)
    text = _next_settings(course.folder, next_id)
    with grading_lock(course):
        for unit in course.paths.units():
            item_statistics.keep(course.folder, unit, target / item_statistics.ITEMS)
    _move(course, target)
    if text is not None:
        write_atomically(course.folder / COURSE_FILE, text)
    for unit in course.paths.units():
        unit_seed(course.folder, unit, course.grading_limits.seed)
    return target


def _new_archive(course, name):
    if not re.fullmatch(r"[\w-][\w.-]*", name):
        raise ValueError(f"{name!r} cannot be the name of a folder: use letters, digits, -, _ and ., such as 2026")
    url = make_url(course.coursedir.db_url)
    own = course.folder / "gradebook.db"
    if url.get_backend_name() != "sqlite" or Path(url.database or "").resolve() != own:
        raise ValueError(
            f"the gradebook is {url.render_as_string()}, not {own}: archive it with the database's own tools"
        )
    if not own.is_file():
        raise FileNotFoundError(f"no gradebook at {own}: there is nothing to archive")
    target = course.folder / item_statistics.ARCHIVE / name
    if target.exists():
        raise FileExistsError(f"{target} already exists: choose another name")
    return target


def _next_settings(folder, next_id):
    """The text of course.toml for the next year, or None if there is no such file.

    The due dates become comments: with those of the old year, every new submission would be late by a year.
    """
    if read_course_file(folder) is None:
        if next_id:
            raise ValueError(f"{folder} has no {COURSE_FILE}, so its id stays: leave out --next-id")
        return None
    text = (folder / COURSE_FILE).read_text(encoding="utf-8")
    text = re.sub(r"(?m)^([ \t]*)(due[ \t]*=)", r"\1# \2", text)
    return _with_id(text, next_id) if next_id else text


def _with_id(text, next_id):
    """A text of course.toml with another id, checked."""
    text, count = re.subn(r'(?m)^id = "[^"]*"', lambda match: f'id = "{next_id}"', text)
    if count != 1 or parse_course_file(text).id != next_id:
        raise ValueError(f'change the line id = "..." in {COURSE_FILE} by hand, and leave out --next-id')
    return text


def _move(course, target):
    """Move the year's files; the settings and the roster are copied, and the roster keeps its header only."""
    target.mkdir(parents=True, exist_ok=True)
    base = Path(course.coursedir.root, course.coursedir.submitted_directory)
    for path in [*(course.folder / name for name in MOVED), base]:
        if path.exists():
            shutil.move(path, target / path.name)
    settings = read_course_file(course.folder)
    roster = course.folder / settings.roster if settings and settings.roster else None
    for file in filter(None, (roster, course.folder / COURSE_FILE)):
        if file.is_file():
            shutil.copy(file, target)
    if roster and roster.is_file():
        header = roster.read_text(encoding="utf-8-sig").partition("\n")[0]
        write_atomically(roster, f"{header.strip()}\n")
