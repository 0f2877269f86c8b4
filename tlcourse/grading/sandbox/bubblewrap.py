"""The box that student code runs in: bubblewrap with the installed packages to read, no network, nothing else.

Inside it a process that has only imported TensorFlow waits (`guest.server`); each submission gets a fork
of it with namespaces, limits and folders of its own.
"""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tlcourse import data

HOME = "/home/student"  # inside the box
MEETING = "/run/grading"  # inside the box: where the sockets of kernels and template lie
MISSING = (
    "student code needs a box to run in, and {reason}. On Linux install bubblewrap (sudo apt install bubblewrap); "
    "elsewhere grade in the container of docs/grading.md. `--unsafe` (or TLCOURSE_UNSAFE_GRADING=1) runs it without, "
    "on your own risk"
)
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache")
PASSED_ON = ("LANG", "LC_ALL", "TZ", "TF_CPP_MIN_LOG_LEVEL", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


class NoSandbox(RuntimeError):  # noqa: N818
    """Student code cannot be kept in a box on this machine."""


@functools.cache
def problem():
    """Why there is no bubblewrap here that works, or an empty string."""
    if not sys.platform.startswith("linux"):
        return f"bubblewrap does not exist for {sys.platform}"
    if shutil.which("bwrap") is None:
        return "bubblewrap (bwrap) is not installed"
    command = ["bwrap", *_namespaces(), "--ro-bind", "/", "/", "--proc", "/proc", "true"]
    tried = subprocess.run(command, capture_output=True, text=True)
    said = tried.stderr.strip().splitlines()
    return f"bubblewrap does not work here ({said[-1] if said else tried.returncode})" if tried.returncode else ""


def require():
    """Refuse to go on without a box.

    Raises
    ------
    NoSandbox
        With what to do.
    """
    if problem():
        raise NoSandbox(MISSING.format(reason=problem()))


def readable_folders():
    """The folders that student code may read besides the system's: this Python, the course's package and its data."""
    package = Path(data.__file__).resolve().parent
    folders = [Path(sys.prefix), Path(sys.base_prefix), package, data.data_folder()]
    if mirror := os.environ.get("TLCOURSE_MIRROR"):
        folders.append(Path(mirror))
    folders = [folder.resolve() for folder in folders if folder.is_dir()]
    return [folder for folder in dict.fromkeys(folders) if not folder.is_relative_to("/usr")]


def check_course(course):
    """Refuse a course whose secrets would lie in a folder that student code may read.

    Raises
    ------
    NoSandbox
        Naming the folder.
    """
    course = Path(course).resolve()
    for folder in [*readable_folders(), Path("/usr")]:
        if course.is_relative_to(folder):
            raise NoSandbox(
                f"the course at {course} lies inside {folder}, which student code may read: move the course"
            )


def _namespaces():
    """Bubblewrap's walls. Root needs no user namespace: its forks become nobody, whose processes can be counted."""
    walls = ["--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--new-session"]
    if os.getuid():
        return ["--unshare-user", *walls]
    kept = ("SYS_ADMIN", "SETUID", "SETGID", "SETPCAP", "KILL", "SYS_PTRACE", "SYS_RESOURCE", "CHOWN")
    return [*walls, *(word for name in kept for word in ("--cap-add", f"CAP_{name}"))]


def command(run):
    """Bubblewrap's command line up to the program; `run` is the folder where kernels and launcher meet."""
    words = ["bwrap", *_namespaces(), "--hostname", "grading", "--clearenv", "--perms", "0755", "--dir", "/etc"]
    for path in SYSTEM:
        words += ["--symlink", os.readlink(path), path] if os.path.islink(path) else ["--ro-bind-try", path, path]
    words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    for folder in (Path(HOME, "x"), Path(MEETING), *readable_folders()):
        for parent in reversed(folder.parents[:-1]):  # bubblewrap would make them for root only
            words += ["--perms", "0755", "--dir", str(parent)]
    for folder in readable_folders():
        words += ["--ro-bind", str(folder), str(folder)]
    words += ["--bind", str(run), MEETING, "--remount-ro", "/", "--chdir", "/"]
    for name, value in environment().items():
        words += ["--setenv", name, value]
    return words


def environment():
    """What student code finds in its environment: nothing of the instructor's but language and time zone."""
    package = Path(data.__file__).resolve().parent
    found = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    found |= {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "PYTHONPATH": str(package.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONWARNINGS": "ignore",
        "HOME": HOME,
        "USER": "student",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "TLCOURSE_CACHE": f"{HOME}/.cache/tlcourse",
        "TLCOURSE_OFFLINE": "1",
    }
    found.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if "TLCOURSE_MIRROR" in os.environ:
        found["TLCOURSE_MIRROR"] = str(Path(os.environ["TLCOURSE_MIRROR"]).resolve())
    return found
