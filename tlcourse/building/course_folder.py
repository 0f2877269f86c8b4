"""Finds the folder of the course that a command is about."""

from pathlib import Path


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
    candidates = [Path(root)] if root is not None else [here, *here.parents, Path(__file__).resolve().parents[2]]
    for folder in candidates:
        if (folder / "nbgrader_config.py").is_file() and (not sources or (folder / "solutions").is_dir()):
            return folder.resolve()
    parts = "nbgrader_config.py and solutions/" if sources else "nbgrader_config.py"
    raise FileNotFoundError(f"no course at {candidates[0]}: {parts} should lie there")
