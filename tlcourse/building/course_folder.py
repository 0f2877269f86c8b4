"""Find the folder of the course that a command works on, and detect if the package belongs to another clone."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


class OtherClone(RuntimeError):  # noqa: N818
    """The working directory is in a different clone from the package that runs."""


def course_folder(root=None, sources=True):
    """The folder of a course: `root`, or the one around the working directory, or the one that contains the package.

    Parameters
    ----------
    root : path, optional
    sources : bool
        Whether the folder must contain the units' sources in solutions/. Grading does not need them.

    Raises
    ------
    FileNotFoundError
        If none of these folders is a course.
    """
    here = Path.cwd()
    candidates = [Path(root)] if root is not None else [here, *here.parents, PACKAGE.parent]
    for folder in candidates:
        if (folder / "nbgrader_config.py").is_file() and (not sources or (folder / "solutions").is_dir()):
            return folder.resolve()
    parts = "nbgrader_config.py and solutions/" if sources else "nbgrader_config.py"
    raise FileNotFoundError(f"no course at {candidates[0]}: change to the folder that contains {parts}")


def enclosing_course(*places):
    """The folder of the course around the first of some places that is in one; None if none is.

    Unlike `course_folder`, it never answers with the clone that the package is in: that can be another course.
    """
    for place in places:
        here = Path(place).resolve()
        for folder in (here, *here.parents):
            if (folder / "nbgrader_config.py").is_file() and (folder / "solutions").is_dir():
                return folder
    return None


def has_records(folder):
    """Whether a course has the recorded results and claims, from which the documents of this repository are made."""
    return (folder / "data" / "claims.toml").is_file()


def require_own_clone():
    """Raise an error if a command would change two clones: the units in one, and the data of the package in the other.

    `course_folder` follows the working directory, but `tlcourse.data.data_folder` follows the package.

    Raises
    ------
    OtherClone
    """
    folder = course_folder()
    if (folder / "tlcourse" / "__init__.py").is_file() and folder != PACKAGE.parent:
        raise OtherClone(
            f"the working directory is in the clone {folder}, but the package in use is {PACKAGE}. "
            "The command would build units in the first and write results to the second. "
            f"Run `pip install -e .` in {folder}, or change to {PACKAGE.parent}"
        )
