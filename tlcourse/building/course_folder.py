"""Finds the folder of the course that a command is about, and says if the package in use belongs to another one."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


class OtherClone(RuntimeError):  # noqa: N818
    """The working directory is in another clone than the package that runs."""


def course_folder(root=None, sources=True):
    """The folder of a course: `root`, else around the working directory, else ours.

    Parameters
    ----------
    root : path, optional
    sources : bool
        Whether it must hold the units' sources in solutions/ besides nbgrader_config.py. Grading needs none.

    Raises
    ------
    FileNotFoundError
        If none of them is a course.
    """
    here = Path.cwd()
    candidates = [Path(root)] if root is not None else [here, *here.parents, PACKAGE.parent]
    for folder in candidates:
        if (folder / "nbgrader_config.py").is_file() and (not sources or (folder / "solutions").is_dir()):
            return folder.resolve()
    parts = "nbgrader_config.py and solutions/" if sources else "nbgrader_config.py"
    raise FileNotFoundError(f"no course at {candidates[0]}: {parts} should lie there")


def require_own_clone():
    """Raise an error if a command would change two clones: units lie in one, data/ and the package in the other.

    `course_folder` goes by the working directory, `tlcourse.data.data_folder` by the package.

    Raises
    ------
    OtherClone
    """
    folder = course_folder()
    if (folder / "tlcourse" / "__init__.py").is_file() and folder != PACKAGE.parent:
        raise OtherClone(
            f"the working directory is in the clone {folder}, but the package in use is {PACKAGE}: "
            "units would be built in the first, and results written beside the second. "
            f"Run `pip install -e .` in {folder}, or change to the other folder"
        )
