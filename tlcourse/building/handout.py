"""What students get: the released notebooks with their data, and a way to install the helper package."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

from tlcourse import notebooks
from tlcourse.building.course_folder import PACKAGE
from tlcourse.building.leaks import Secrets, search
from tlcourse.building.unit_release import differences
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.seeds import unit_seed
from tlcourse.grading.model.course_file import read_course_file

CONSTRAINTS = "constraints.txt"
UPLOAD = "upload"  # folder of the draft: what does not belong into the handout
WHEEL_ADDRESS = re.compile(r"(?:[\w-]+(?:\[[^]]*\])? *@ *)?(https?://[^ ]+/([^/ ?#]+\.whl))(?:[?#].*)?")
TIME = (1980, 1, 1, 0, 0, 0)  # of the files in the zip, so that the same handout gives the same bytes
README = """# {name}

1. Install Python 3.11, 3.12 or 3.13.
2. In this folder, install the course's package. On Windows, write `.venv\\Scripts\\python` instead of
   `.venv/bin/python`.

       python3 -m venv .venv
       .venv/bin/python -m pip install {constraints}"{package}"

3. Open JupyterLab, and choose a notebook in `notebooks/`:

       .venv/bin/python -m jupyter lab

Submit the notebook with your answers under the name that it has.
"""


class Leak(RuntimeError):  # noqa: N818
    """The handout contains something that students must not read; nothing was written."""


class Handout(NamedTuple):
    """What was written for students: a folder, the same as a zip file, and a wheel for the address in course.toml."""

    folder: Path
    archive: Path
    wheel: Path | None  # None if students install from the folder, or from no address of a wheel
    notes: list  # what the instructor must do, in sentences


def make(root, folder, units):
    """Write what students get into a folder, and the same as a zip file beside it.

    If course.toml has the address of a wheel under `install`, the wheel comes beside the folder, too: it is to be
    uploaded, and does not belong into the zip file.

    Parameters
    ----------
    root : pathlib.Path
        The course.
    folder : path
        New, or an earlier handout, which is replaced.
    units : list of str

    Returns
    -------
    Handout

    Raises
    ------
    FileExistsError
        If the folder contains anything that does not belong to a handout.
    tlcourse.grading.gradebook.course.NotReleased, ValueError
        If a unit is not released, or was changed since.
    Leak
    """
    folder = Path(folder).resolve()
    _require_handout(folder)
    course = NbgraderCourse(root)
    for unit in units:
        course.assignment(unit)  # raises unless the gradebook has this release
        if problems := differences(root, unit):
            raise ValueError("\n".join(problems))
    draft = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        address = _fill(draft, course, units)
        wheel, notes = _wheel_to_upload(draft / UPLOAD, address) if address else (None, [])
        if problems := search(draft, secrets_of(course)):
            raise Leak("nothing was written, because students must not get this:\n" + "\n".join(problems))
        if wheel:
            wheel = wheel.replace(folder.with_name(wheel.name))
        shutil.rmtree(draft / UPLOAD, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Handout(folder, _zip(folder), wheel, notes)


def _wheel_to_upload(folder, address):
    """Build the wheel for an address from which students install it: the wheel or None, and what to do with it."""
    folder.mkdir()
    try:
        wheel = build_wheel(folder)
    except RuntimeError as error:
        return None, [
            f"No wheel was written: {error}. Upload your own to {address[1]}, from which students install it."
        ]
    notes = [f"Upload {wheel.name} to {address[1]}: students install it from there. It is not in the zip file."]
    if address[2] != wheel.name:
        notes.append(
            f"pip needs the name of the wheel at the end of the address, {wheel.name} instead of {address[2]}: change "
            "install in course.toml, and release the units again."
        )
    return wheel, notes


def _require_handout(folder):
    others = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    others = [name for name in others if name not in {"README.md", "notebooks", CONSTRAINTS} and name[-4:] != ".whl"]
    if others or (folder.exists() and not folder.is_dir()):
        raise FileExistsError(f"{folder} contains more than a handout ({', '.join(others[:5])}): name a new folder")


def _fill(folder, course, units):
    """Write the files of a handout; the match of `WHEEL_ADDRESS` if students install a wheel from an address."""
    for unit in units:
        released = course.paths.release_file(unit).parent
        shutil.copytree(released, folder / "notebooks" / unit, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    settings = read_course_file(course.folder)
    install = settings.install if settings else None
    package, constraints = with_lab(install) if install else f"{_wheel_inside(folder)}[lab]", ""
    if (PACKAGE.parent / CONSTRAINTS).is_file() and not install:
        shutil.copy(PACKAGE.parent / CONSTRAINTS, folder)
        constraints = f"-c {CONSTRAINTS} "
    name = settings.name if settings else "Transfer learning, hands on"
    text = README.format(name=name, package=package, constraints=constraints)
    notebooks.write_atomically(folder / "README.md", text)
    return WHEEL_ADDRESS.fullmatch(install) if install else None


def with_lab(install):
    """What pip installs, with the extra that brings JupyterLab: the package alone runs on Colab only.

    Parameters
    ----------
    install : str
        A requirement, an address or a path, as `pip install` takes it. What cannot be extended stays.
    """
    if re.match(r"tlcourse *($|[<>=!~@;])", install):
        return f"tlcourse[lab]{install.removeprefix('tlcourse')}"
    return f"tlcourse[lab] @ {install}" if re.fullmatch(r"[\w+]+://[^ ]+", install) else install


def _wheel_inside(folder):
    try:
        return build_wheel(folder).name
    except RuntimeError as error:
        raise RuntimeError(f"{error}: set install in course.toml to what students can install") from None


def build_wheel(folder, root=PACKAGE.parent):
    """Build the wheel of the helper package from a clone into a folder.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    RuntimeError
        If there is no clone, or the build fails.
    """
    if not (root / "pyproject.toml").is_file():
        raise RuntimeError(f"there is no pyproject.toml at {root} to build it from")
    code = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    command = [sys.executable, "-c", code, str(folder)]
    done = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        raise RuntimeError(f"hatchling could not build the wheel: {''.join(last)}")
    return Path(folder, done.stdout.strip().splitlines()[-1])


def secrets_of(course):
    """The `Secrets` of all units of a course that are built."""
    solved = [course.paths.solution_file(unit) for unit in course.paths.units()]
    units = [file.stem for file in solved if file.is_file()]
    seeds = {unit_seed(course.folder, unit, course.grading_limits.seed) for unit in units}
    return Secrets([notebooks.read(file) for file in solved if file.is_file()], seeds)


def _zip(folder):
    """The folder as a zip file beside it, whole or not at all."""
    target, draft = folder.with_name(f"{folder.name}.zip"), folder.with_name(f"{folder.name}.zip.partial")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"{folder.name}/{file.relative_to(folder).as_posix()}", TIME)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
    draft.replace(target)
    return target
