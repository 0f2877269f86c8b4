"""Start JupyterLab on the start page, in the course's folder and with nbgrader's tools."""

import importlib.util
import os
import sys
from pathlib import Path

from tlcourse import notebooks
from tlcourse.building.course_folder import course_folder

START_PAGE = "notebooks/00_start_here/00_start_here.ipynb"
# JupyterLab's default settings: no question about Jupyter's news, no search for new versions on the network, and no
# blank page below the last cell.
SETTINGS = Path(__file__).parent / "jupyter"
# Hides nbgrader's entries for instructors; the button "Validate" stays.
FOR_STUDENTS = Path(__file__).parent / "jupyter_student"
INSTRUCTORS_FILES = "course.toml", "gradebook.db", "submitted"
# The course's extensions come already built. Without this setting, a slow machine spends a minute on checking them.
PAGE_CONFIG = {"buildCheck": False}


def has_display(platform=sys.platform, environment=os.environ):
    """Whether a browser can open here; it cannot in an ssh session, or on Linux without a display."""
    if environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        return True
    return platform in ("win32", "darwin") and "SSH_CONNECTION" not in environment


def arguments(root, display, superuser):
    """The command-line arguments for `jupyter lab`.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    display : bool
        Open a browser; otherwise the server prints its address.
    superuser : bool
        Allow Jupyter to run as root, as in a container. Otherwise, Jupyter exits with an error.
    """
    page = START_PAGE if (root / START_PAGE).is_file() else ""
    return [
        f"--ServerApp.root_dir={root}",
        "--Application.log_level=WARN",  # the address is printed nevertheless
        f"--ServerApp.tornado_settings={ {'page_config_data': PAGE_CONFIG}!r}",
        f"--LabApp.default_url=/lab/tree/{page}" if page else "--LabApp.default_url=/lab",
        *([] if display else ["--no-browser"]),
        *(["--allow-root"] if superuser else []),
    ]


def settings_folders(root):
    """The folders with JupyterLab's settings for a course; where there are submissions or marks, an instructor's."""
    teaching = any((root / name).exists() for name in INSTRUCTORS_FILES)
    return [SETTINGS] if teaching else [FOR_STUDENTS, SETTINGS]


def open_lab(extra=(), root=None):
    """Run JupyterLab until the user stops it.

    Parameters
    ----------
    extra : sequence of str
        Further options of JupyterLab, such as ``--port=9999``.
    root : path, optional
        The course's folder; found from the working directory by default.

    Raises
    ------
    FileNotFoundError
        If there is no course here.
    ValueError
        If JupyterLab or nbgrader is not installed.
    """
    root = course_folder(root)
    for package in ("jupyterlab", "nbgrader"):
        if importlib.util.find_spec(package) is None:
            raise ValueError(f"{package} is not installed: run `pip install -c constraints.txt -e '.[lab]'`")
    from jupyterlab.labapp import main

    # nbgrader looks for nbgrader_config.py in the working directory, and for `alembic` on PATH. Kernels inherit the log
    # level, which hides what TensorFlow writes about missing graphics cards after it was imported.
    os.chdir(root)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.update(notebooks.kernel_environment())
    others = os.environ.get("JUPYTER_CONFIG_PATH")
    own = map(str, settings_folders(root))
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([*own, *([others] if others else [])])
    superuser = hasattr(os, "geteuid") and os.geteuid() == 0
    main([*arguments(root, has_display(), superuser), *extra])
