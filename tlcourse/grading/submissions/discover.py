"""What lies in a student's folder: the notebook under whatever name, its digest, the other files."""

import difflib
import hashlib
from pathlib import Path, PurePosixPath

from tlcourse.grading import bounded_json
from tlcourse.grading.model.submission import Submission
from tlcourse.grading.submissions import reading, submission_time, submitted_files

LONGEST_TIMESTAMP = 1000  # bytes
TIMESTAMP = "timestamp.txt"
UNREADABLE_TIMESTAMP = (
    f"{TIMESTAMP}.unreadable"  # what `tlcourse.grading.gradebook.unreadable_times` calls some of them
)
TIMESTAMPS = (TIMESTAMP, UNREADABLE_TIMESTAMP)


def read_submission(folder, student, unit):
    """What a student submitted for a unit; nothing, where the folder is a link to somewhere else.

    Returns
    -------
    tlcourse.grading.model.submission.Submission

    Raises
    ------
    OSError
        If the folder or the notebook cannot be read.
    """
    folder = Path(folder)
    if folder.is_symlink() or folder.parent.is_symlink():
        note = f"{folder.name} is a link, not a folder, and was not read."
        return Submission(student, unit, None, hashlib.sha256(b"").hexdigest(), {}, notes=(note,))
    present, unseen = submitted_files.find(folder)
    notebook, notes = _choose_notebook(folder, unit, present)
    content = _head(notebook.path, reading.LARGEST_NOTEBOOK + 1) if notebook else None
    other_files = [file for file in present if file.name not in TIMESTAMPS and file != notebook]
    others = [file for file in other_files if not _has_suffix(file)]
    if notebook is None and others:
        names = [submitted_files.printed(file.name) for file in others[: submitted_files.NAMED_AT_MOST]]
        notes.append(f"The folder has {', '.join(names)}{', …' if len(others) > len(names) else ''}.")
    neighbors = _beside(notebook, other_files, f"{unit}.ipynb")  # other notebooks, too: %run takes one
    files, left_out = submitted_files.choose(neighbors, lambda: _text(content))
    if unseen or left_out:
        notes.append(submitted_files.left_out_note([*unseen, *left_out]))
    raw = _raw_timestamp(present)
    timestamp, flags = _timestamp(raw, notes)
    if notebook is None:
        flags += tuple(_not_unpacked(file) for file in others if submitted_files.is_archive(file.name))
    digest = _digest(content, files, raw)
    return Submission(student, unit, content, digest, files, timestamp, tuple(notes), flags)


def _not_unpacked(archive):
    """A flag for an archive that may hold the notebook."""
    evidence = f"{submitted_files.printed(archive.name)} may contain the notebook: unpack it in this folder"
    return {"grade_id": None, "kind": "misplaced", "evidence": evidence}


def find_notebook(folder, unit):
    """The path of the file that must be the unit's notebook, or None, and what to say about its name."""
    notebook, notes = _choose_notebook(Path(folder), unit, submitted_files.find(folder)[0])
    return notebook and notebook.path, notes


def _choose_notebook(folder, unit, present):
    """The same among the files of `submitted_files.find`."""
    notes = [f"{name} is a link, not a file, and was not read." for name in _links(folder)]
    exact = f"{unit}.ipynb"
    candidates = [file for file in present if _has_suffix(file) and not _hidden(file)]
    named_so = [file for file in candidates if PurePosixPath(file.name).name == exact]
    candidates = candidates or [file for file in present if not _hidden(file) and _holds_a_notebook(file)]
    if not candidates:
        return None, notes
    shallowest = min(file.name.count("/") for file in candidates)
    nearest = min(named_so, key=_depth) if named_so else max(
        (file for file in candidates if file.name.count("/") == shallowest), key=lambda file: _likeness(file, unit)
    )  # fmt: skip
    if nearest.name != exact:
        notes.append(f"The notebook was submitted as {submitted_files.printed(nearest.name)} instead of {exact}.")
    if others := [submitted_files.printed(file.name) for file in candidates if file != nearest]:
        shown = ", ".join(others[: submitted_files.NAMED_AT_MOST])
        if nearest.name == exact:
            notes.append(f"Only {exact} was graded, not {shown}.")
    return nearest, notes


def _links(folder):
    """The names of links in a folder that should be notebooks."""
    links = [path for path in sorted(folder.iterdir()) if path.suffix.lower() == ".ipynb" and path.is_symlink()]
    return [submitted_files.printed(submitted_files.portable(path.relative_to(folder))) for path in links]


def is_notebook(file):
    """Whether a file of `submitted_files.find` is a notebook, by its suffix or by its contents."""
    return _has_suffix(file) or _holds_a_notebook(file)


def _has_suffix(file):
    return file.name.casefold().endswith(".ipynb")


def _hidden(file):
    return any(part.startswith(".") for part in file.name.split("/")[:-1])


def _depth(file):
    return file.name.count("/"), file.name


def _likeness(file, unit):
    """How much a file's name is like that of the unit's notebook; a key for `max`."""
    stem = PurePosixPath(file.name).name.casefold().partition(".ipynb")[0]
    return difflib.SequenceMatcher(None, stem, unit.casefold()).ratio(), file.name


def _holds_a_notebook(file):
    """Whether a file with another suffix is a notebook by its contents: browsers add .txt, and drop .ipynb."""
    if file.size > reading.LARGEST_NOTEBOOK:
        return False
    try:
        if not reading.decoded(_head(file.path, 100)).lstrip().startswith("{"):
            return False
        text = reading.decoded(_head(file.path, file.size))
        content = bounded_json.loads(text, reading.MOST_VALUES) if '"nbformat"' in text else {}
    except (OSError, ValueError, RecursionError):
        return False
    return "nbformat" in content and ("cells" in content or "worksheets" in content)


def _beside(notebook, others, exact):
    """The other files under the names by which the notebook finds them: relative to its own folder, if they are there.

    None may be in a folder that is called like the notebook, or be taken for the time of submission.
    """
    place = f"{notebook.name.rpartition('/')[0]}/" if notebook and "/" in notebook.name else ""
    named = {file.name: file for file in others if not place or not file.name.startswith(place)}
    inner = [file for file in others if place and file.name.startswith(place)]
    named |= {file.name[len(place) :]: file._replace(name=file.name[len(place) :]) for file in inner}
    reserved = f"{exact}/", f"{TIMESTAMP}/"  # folders in the place of the grader's own files
    own = {exact, *TIMESTAMPS}
    return [named[name] for name in sorted(named) if not name.startswith(reserved) and name not in own]


def _text(content):
    """A notebook's cells as one text."""
    try:
        return "\n".join(cell.source for cell in reading.read(content or b"").cells)
    except reading.Unreadable:
        return ""


def _head(path, size):
    with path.open("rb") as opened:
        return opened.read(size)


def _raw_timestamp(present):
    """What timestamp.txt says, or the one that was set aside; or nothing."""
    files = {file.name: file for file in present if file.name in TIMESTAMPS}
    file = files.get(TIMESTAMP) or files.get(UNREADABLE_TIMESTAMP)
    return _head(file.path, LONGEST_TIMESTAMP).decode("utf-8-sig", "replace").strip() if file else ""


def _timestamp(raw, notes):
    """The time of submission as nbgrader reads it, or None, and flags; a note says why it is not known."""
    if not raw:
        return None, ()
    try:
        return submission_time.as_nbgrader_reads(submission_time.parse(raw)), ()
    except ValueError as error:
        notes.append("The time of submission in timestamp.txt could not be read, so no late penalty was computed.")
        return None, ({"grade_id": None, "kind": "timestamp", "evidence": f"timestamp.txt: {error}"},)


def _digest(content, files, timestamp):
    digest = hashlib.sha256(content or b"")
    for name, text in files.items():
        digest.update(name.encode("utf-8", "surrogateescape") + b"\0" + text)
    if timestamp:
        digest.update(b"timestamp.txt\0" + timestamp.encode())  # a late penalty depends on it
    return digest.hexdigest()
