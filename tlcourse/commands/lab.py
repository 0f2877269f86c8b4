"""JupyterLab on the start page, with the course as its folder and nbgrader's tools within reach."""

import importlib.util
import os
import sys
from pathlib import Path

from tlcourse import notebooks
from tlcourse.building.course_folder import course_folder

START_PAGE = "notebooks/00_start_here/00_start_here.ipynb"
# JupyterLab's defaults: no question about Jupyter's news over the first page, no look for new versions on the network.
SETTINGS = Path(__file__).parent / "jupyter"
# Nor a minute of checking, on a slow machine, whether extensions are built: the course's come ready made.
PAGE = {"buildCheck": False}


def has_display(platform=sys.platform, environment=os.environ):
    """Whether a browser can open here: not in an ssh session or on a Linux machine without a screen."""
    if environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        return True
    return platform in ("win32", "darwin") and "SSH_CONNECTION" not in environment


def arguments(root, display, superuser):
    """What `jupyter lab` is started with.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    display : bool
        Open a browser; otherwise the server prints its address.
    superuser : bool
        Jupyter refuses to run as root, as one does in a container, unless it is told to.
    """
    page = START_PAGE if (root / START_PAGE).is_file() else ""
    return [
        f"--ServerApp.root_dir={root}",
        "--Application.log_level=WARN",  # the address is printed all the same
        f"--ServerApp.tornado_settings={ {'page_config_data': PAGE}!r}",
        f"--LabApp.default_url=/lab/tree/{page}" if page else "--LabApp.default_url=/lab",
        *([] if display else ["--no-browser"]),
        *(["--allow-root"] if superuser else []),
    ]


def open_lab(extra=(), root=None):
    """Run JupyterLab until it is stopped.

    Parameters
    ----------
    extra : sequence of str
        More of JupyterLab's own options, such as ``--port=9999``.
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
            raise ValueError(f"{package} is not installed here: pip install -c constraints.txt -e '.[lab]'")
    from jupyterlab.labapp import main

    # nbgrader_config.py is looked for in the working folder, and nbgrader finds `alembic` on PATH. Kernels inherit that
    # TensorFlow keeps most of its remarks on missing graphics cards to itself: a beginner takes them for errors.
    os.chdir(root)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.update(notebooks.kernel_environment())
    others = os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(SETTINGS), *([others] if others else [])])
    superuser = hasattr(os, "geteuid") and os.geteuid() == 0
    main([*arguments(root, has_display(), superuser), *extra])
