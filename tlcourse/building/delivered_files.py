"""The files that a private course gets from this one, and whether they have been edited since.

.tlcourse.json in the course's folder has the checksum of each file as it was delivered.
"""

import json
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from tlcourse.storage import checksum, write_json

RECORD = ".tlcourse.json"
CONFIGURATION = "nbgrader_config.py"


def names(root, units):
    """The files of a course that belong to some units, and its configuration: paths relative to the folder."""
    files = [CONFIGURATION]
    for unit in units:
        source = root / "solutions" / f"{unit}.py"
        files += [file.relative_to(root).as_posix() for file in [source] if file.is_file()]
        answers = sorted((root / "solutions" / unit / "answers").glob("*.py"))
        files += [file.relative_to(root).as_posix() for file in answers]
    return files


def copy(root, folder, units):
    """Copy the files of some units into the folder of a new course, and record their checksums."""
    for unit in units:
        (folder / "solutions" / unit).mkdir(parents=True, exist_ok=True)
    for name in names(root, units):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, target)
    record(folder, root, {name: checksum(folder / name) for name in names(folder, units)})


def record(folder, root, checksums):
    """Record what was delivered to a course, and which tlcourse it came from."""
    about = {"tlcourse": version("tlcourse"), "commit": _commit(root), "files": dict(sorted(checksums.items()))}
    write_json(folder / RECORD, about)


def recorded(folder):
    """The checksums of the files as they were delivered, by name.

    Raises
    ------
    FileNotFoundError
        If the folder is no private course.
    """
    file = Path(folder, RECORD)
    if not file.is_file():
        raise FileNotFoundError(f"no {file}: `tlcourse new-course` makes a private course, which has this file")
    return json.loads(file.read_text(encoding="utf-8"))["files"]


def _commit(root):
    """The commit of a clone, or None outside of one."""
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, encoding="utf-8")
    return done.stdout.strip() or None
