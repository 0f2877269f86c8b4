"""Brings submissions to where nbgrader looks for them: from a platform's zip file, from folders, from the wrong depth.

The rules are those of docs/teaching.md: the last version counts, nothing is overwritten without a copy in earlier/, and
nobody but the instructor says when a submission came.
"""

import collections
import contextlib
import errno
import itertools
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tlcourse.grading.gradebook.recorder import NotRecordable, require_recordable
from tlcourse.grading.gradebook.submission_sources import archive_parts, folder_parts, is_version, misplaced_parts
from tlcourse.grading.model.printable import printable
from tlcourse.grading.submissions import discover, submission_time
from tlcourse.grading.submissions.archives import Allowance
from tlcourse.grading.submissions.platform_names import OwnerFinder
from tlcourse.grading.submissions.submitted_files import find, printed

EARLIER = "earlier"  # folder of a course: versions that were replaced
# What a student must not bring, as a file or as a folder: when a submission came, and nbgrader's own secret of it.
NOT_FROM_STUDENTS = {*discover.TIMESTAMPS, "submission_secret.txt"}
TIME_UNKNOWN = "The time of submission is not known. State it with --times, or in a timestamp.txt, in UTC."
UNKNOWN_PERSON = (
    "Not collected: no person, or more than one, in the roster and the gradebook has this name or id. Correct the "
    "roster, or unpack the zip file, name the folder or file after the student's id, and collect the folder."
)
MOST_PROBLEMS = 10  # of a student's files, in the table
ATTEMPT = re.compile(r"(?:[-_ ]|\()(\d{1,3})\)?$")  # unit-2, unit (2)


@dataclass
class Collected:
    """What was collected of a student.

    Parameters
    ----------
    student : str or None
        None if nobody is known by that name.
    label : str
        What the platform, the folder or the file calls the student.
    action : str
        "collected", "replaced", "unchanged", "older", or "not placed".
    notes : list of str
        For the instructor.
    """

    student: str | None
    label: str
    action: str
    notes: list = field(default_factory=list)


def collect(course, unit, sources, people, times=None):
    """Collect the submissions of a unit.

    Parameters
    ----------
    course : tlcourse.grading.gradebook.course.NbgraderCourse
    unit : str
    sources : sequence of path
        Zip files of a learning platform, or folders; none stands for the course's own folder of submissions, in which
        files at the wrong depth are put right and zip files unpacked.
    people : iterable
        The rows of a roster or of the gradebook; see `OwnerFinder`.
    times : dict of str to datetime.datetime, optional
        When each student submitted, in UTC.

    Returns
    -------
    list of Collected
        In the order of the students' names; those who are not known come last.

    Raises
    ------
    FileNotFoundError
        If a source is missing.
    tlcourse.grading.submissions.archives.BadArchive
        If a file that should be a platform's archive is none.
    """
    finder, outcomes = OwnerFinder(people), []
    for source in map(Path, sources):
        if not source.exists():
            raise FileNotFoundError(f"no file or folder at {source}")
        packed = folder_parts(source) if source.is_dir() else archive_parts(source)
        outcomes += [_outcome(_collect_student, course, unit, *part, times or {}) for part in _by_owner(finder, packed)]
    if not sources:
        misplaced = _by_owner(finder, misplaced_parts(course, unit))
        outcomes = [_outcome(_put_right, course, unit, *part) for part in misplaced]
    return sorted(outcomes, key=lambda outcome: (outcome.student is None, outcome.student or outcome.label))


def _by_owner(finder, parts):
    """(owner, parts under their paths at the owner's) of each student, and of each name that is not known."""
    owners = collections.defaultdict(list)
    first = {}
    for part in parts:
        readings = [finder.owner(name) for name in (part.name, *part.other_names)]
        owner = next((reading for reading in readings if reading.student), readings[0])
        key = owner.student or f"?{owner.label}"
        first.setdefault(key, owner)
        if owner.marked_late:
            first[key] = owner
        owners[key].append(part._replace(name=owner.inner))
    return [(first[key], parts_of_student) for key, parts_of_student in owners.items()]


def _outcome(collect_one, course, unit, owner, *arguments):
    """The outcome of one student: what cannot be read or written costs no other student anything."""
    try:
        return collect_one(course, unit, owner, *arguments)
    except OSError as error:
        note = f"Not collected: {printable(str(error))}. Remove the cause, and collect again."
        return Collected(owner.student, printable(owner.label), "not placed", [note])


def _collect_student(course, unit, owner, parts, times):
    """Put one student's files in place."""
    allowance, notes = Allowance(), []
    if owner.student is None:
        return Collected(None, printable(owner.label), "not placed", [UNKNOWN_PERSON])
    try:
        require_recordable(owner.student)
    except NotRecordable as error:
        return Collected(owner.student, owner.label, "not placed", [str(error)])
    files = [file for part in parts for file in part.read(part.name, allowance)]
    if owner.marked_late:
        notes.append("The platform marked it as late.")
    content = _without_conflicts(_chosen_version(files, unit, notes), unit, allowance)
    notes += allowance.problems[:MOST_PROBLEMS]
    if (more := len(allowance.problems) - MOST_PROBLEMS) > 0:
        notes.append(f"{more:,} more files have such problems.")
    if not content:
        return Collected(owner.student, owner.label, "not placed", [*notes, "Not collected: there is no file."])
    action = _place(course, unit, owner.student, content, times.get(owner.student), notes)
    return Collected(owner.student, owner.label, action, notes)


def _put_right(course, unit, owner, parts):
    """The same for a student's misplaced files; what is at the right place stays, and wins."""
    if owner.student is None:
        return _collect_student(course, unit, owner, parts, {})
    target = course.paths.submission_folder(owner.student, unit)
    if target.is_dir() and discover.find_notebook(target, unit)[0]:
        names = ", ".join(printed(part.file.name) for part in parts)
        notes = [f"{names} is in the wrong place. The right place already has a notebook: delete one of them."]
        return Collected(owner.student, owner.label, "not placed", notes)
    of_instructor = {name: (target / name).read_bytes() for name in NOT_FROM_STUDENTS if (target / name).is_file()}
    outcome = _collect_student(course, unit, owner, parts, {})
    if outcome.action == "not placed":
        return outcome
    for name, content in of_instructor.items():
        (target / name).write_bytes(content)
    if "timestamp.txt" in of_instructor:
        outcome.notes = [note for note in outcome.notes if note != TIME_UNKNOWN]
    for part in parts:
        if part.file.exists():
            folder = _earlier_folder(course, unit, owner.student)
            folder.mkdir(parents=True)
            shutil.move(part.file, folder / part.file.name)
    return outcome


def _chosen_version(files, unit, notes):
    """The files of a submission by their path: the last of several versions of the notebook, and what is beside it."""
    kept = [file for file in files if not _is_the_instructors(file.name)]
    if len(kept) < len(files):
        notes.append("The student's own timestamp.txt was left out: only you can state the time of submission.")
    versions = [file for file in kept if is_version(file.name, unit)]
    last = max(versions, key=_version_order, default=None)
    if last is None:
        return {file.name: file.content for file in kept}
    place = last.name.rpartition("/")[0]
    if last.name.count("/"):
        notes.append(f"The notebook was in the folder {printed(place)}.")
    different = {file.content for file in versions}
    if len(different) > 1:
        others = ", ".join(sorted(printed(file.name) for file in versions if file is not last))
        notes.append(f"Several versions: {printed(last.name)} is the last and counts; {others} does not.")
    neighbors = {_relative(file.name, place): file.content for file in kept if file not in versions}
    return neighbors | {f"{unit}.ipynb": last.content}


def _is_the_instructors(name):
    """Whether a path has a part of `NOT_FROM_STUDENTS`; on macOS and Windows, upper case names the same file."""
    return any(part.casefold() in NOT_FROM_STUDENTS for part in PurePosixPath(name).parts)


def _without_conflicts(content, unit, allowance):
    """The files without those that have the name of a folder, and without a folder that has that of the notebook."""
    notebook = f"{unit}.ipynb"
    left_out = [name for name in content if notebook in content and name.startswith(f"{notebook}/")]
    kept = content.keys() - set(left_out)
    folders = {parent.as_posix() for name in kept for parent in PurePosixPath(name).parents}
    for name in left_out:
        allowance.leave_out(name, "the notebook has the name of its folder")
    for name in sorted(kept & folders):
        allowance.leave_out(name, "a folder has its name")
    return {name: data for name, data in content.items() if name in kept - folders}


def _relative(name, place):
    return name.removeprefix(f"{place}/") if place else name


def _version_order(file):
    """The last version has the latest time in the archive, then the highest number in its name."""
    number = ATTEMPT.search(PurePosixPath(file.name).stem)
    return file.changed, int(number[1]) if number else 0, -file.name.count("/"), file.name


def _place(course, unit, student, content, when, notes):
    """Write a submission to where nbgrader looks for it; what was there goes to earlier/. Returns the action."""
    target = course.paths.submission_folder(student, unit)
    present = _present(target)
    arrived = submission_time.as_nbgrader_reads(when) if when else None
    if present and when and _is_later(target, when):
        notes.append("A later submission is already there, and stays.")
        return "older"
    changed = present != content
    _require_no_links(target.parent, target, *([] if present and changed else target.rglob("*")))
    if changed:
        with _draft(target, content) as draft:
            if present:
                notes.append(f"The earlier version is in {_move_to_earlier(course, unit, student, target)}.")
            if target.exists():  # without a submission, but perhaps with the time of one
                shutil.copytree(draft, target, dirs_exist_ok=True)
            else:
                draft.rename(target)
    stamp = target / "timestamp.txt"
    if arrived:
        stamp.write_text(arrived + "\n", encoding="utf-8")
        notes.append(f"The time of submission was recorded: {when:%Y-%m-%d %H:%M:%S} UTC.")
    elif changed or not stamp.exists():
        notes.append(TIME_UNKNOWN)
    return "unchanged" if not changed else "replaced" if present else "collected"


def _require_no_links(*paths):
    """Raise an error where a submission would be written through a link, perhaps into another student's folder.

    Raises
    ------
    OSError
    """
    for path in paths:
        if path.is_symlink():
            raise OSError(errno.ELOOP, "this is a link, and may lead to another submission", str(path))


@contextlib.contextmanager
def _draft(target, content):
    """A folder beside `target` with all files of a submission: half a submission would look like a whole one."""
    draft = target.with_name(f".{target.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        for name, data in content.items():
            file = draft / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _present(target):
    """The files of a submission that is there, but not when it came; {} if there is none."""
    if not target.is_dir() or target.is_symlink():
        return {}
    return {file.name: file.path.read_bytes() for file in find(target)[0] if file.name not in NOT_FROM_STUDENTS}


def _is_later(target, when):
    """Whether the submission that is there came after a time; not where that is unknown."""
    try:
        return submission_time.parse((target / "timestamp.txt").read_text(encoding="utf-8")) > when
    except (OSError, ValueError):
        return False


def _move_to_earlier(course, unit, student, target):
    """Move a submission out of the way; its new folder, relative to the course."""
    folder = _earlier_folder(course, unit, student)
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(target, folder)
    return folder.relative_to(course.folder).as_posix()


def _earlier_folder(course, unit, student):
    """A folder for a version that is replaced; it does not exist yet."""
    base = course.folder / EARLIER / student / unit
    return next(folder for folder in (base / str(number) for number in itertools.count(1)) if not folder.exists())
