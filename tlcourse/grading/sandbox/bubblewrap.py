"""Isolation of student code by bubblewrap: it can read the installed packages, has no network and nothing else.

Inside, a process that has only imported TensorFlow waits (`guest.server`); each submission gets a fork
of it with namespaces, limits and folders of its own.
"""

import contextlib
import functools
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tlcourse import data
from tlcourse.grading.sandbox import seccomp, withheld
from tlcourse.grading.sandbox.interface import NoSandbox

HOME = "/home/student"  # inside the sandbox
WRITABLE_FOLDERS = (HOME, "/tmp", "/dev/shm")  # in memory, of each submission its own
SOCKET_FOLDER = "/run/grading"  # inside the sandbox: where the sockets of kernels and fork server lie
OWN_SOCKETS = "/run/submission"  # inside one submission's mounts: its own folder of these
NO_SANDBOX_MESSAGE = (
    "student code needs a sandbox, but {reason}. On Linux, install bubblewrap (sudo apt install bubblewrap). On other "
    "systems, grade in the container that docs/grading.md describes. `--unsafe` (or TLCOURSE_UNSAFE_GRADING=1) runs "
    "student code without a sandbox, at your own risk"
)
SYSTEM_FOLDERS = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
)
INHERITED_VARIABLES = (
    "LANG",
    "LC_ALL",
    "TZ",
    "TF_CPP_MIN_LOG_LEVEL",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


@functools.cache
def problem():
    """Why there is no bubblewrap here that works, or an empty string."""
    if not sys.platform.startswith("linux"):
        return f"bubblewrap does not exist for {sys.platform}"
    if shutil.which("bwrap") is None:
        return "bubblewrap (bwrap) is not installed"
    return _tried()


@functools.cache
def filter_problem():
    """Why system calls cannot be filtered where bubblewrap works, or an empty string."""
    if not seccomp.supported():
        return f"the list of system calls does not cover {platform.machine()}"
    with filter_file() as file:
        return _tried("--seccomp", str(file.fileno()), pass_fds=(file.fileno(),))


def _tried(*options, pass_fds=()):
    """Why bubblewrap does not start a program with these options, or an empty string."""
    command = ["bwrap", *_namespaces(), *options, "--ro-bind", "/", "/", "--proc", "/proc", "true"]
    tried = subprocess.run(command, capture_output=True, text=True, pass_fds=pass_fds)
    errors = tried.stderr.strip().splitlines()
    return f"bubblewrap does not work here ({errors[-1] if errors else tried.returncode})" if tried.returncode else ""


@contextlib.contextmanager
def filter_file():
    """An open file with the filter of system calls, for ``--seccomp``."""
    with tempfile.TemporaryFile() as file:
        file.write(seccomp.server_filter())
        file.seek(0)
        yield file


def require_bubblewrap():
    """Raise an error where bubblewrap does not work.

    Raises
    ------
    NoSandbox
        With what to do.
    """
    if problem():
        raise NoSandbox(NO_SANDBOX_MESSAGE.format(reason=problem()))


def readable_folders():
    """The folders that student code may read besides the system's: this Python, the course's package and its data."""
    package = Path(data.__file__).resolve().parent
    folders = [Path(sys.prefix), Path(sys.base_prefix), package, data.data_folder()]
    if mirror := os.environ.get("TLCOURSE_MIRROR"):
        folders.append(Path(mirror))
    folders = [folder.resolve() for folder in folders if folder.is_dir()]
    return [folder for folder in dict.fromkeys(folders) if not folder.is_relative_to("/usr")]


def require_private_course(course):
    """Reject a course whose secrets would lie in a folder that student code may read.

    Raises
    ------
    NoSandbox
        Naming the folder.
    """
    course = Path(course).resolve()
    for folder in [*readable_folders(), Path("/usr")]:
        if course.is_relative_to(folder):
            raise NoSandbox(
                f"the course {course} is inside {folder}, which student code can read: move it to another folder"
            )


def _namespaces():
    """Options for namespaces. Root needs no user namespace: its forks become nobody, whose processes can be counted."""
    options = [
        "--unshare-net",
        "--unshare-pid",
        "--unshare-ipc",
        "--unshare-uts",
        "--die-with-parent",
        "--new-session",
    ]
    if os.getuid():
        return ["--unshare-user", *options]
    kept = ("SYS_ADMIN", "SETUID", "SETGID", "SETPCAP", "KILL", "SYS_PTRACE", "SYS_RESOURCE", "CHOWN")
    return [*options, *(word for name in kept for word in ("--cap-add", f"CAP_{name}"))]


def _hidden_solutions():
    """Options that hide the package of `withheld`, apart from the file that says so."""
    folder = Path(data.__file__).resolve().parent / withheld.PACKAGE.rpartition(".")[2]
    kept = str(folder / "__init__.py")
    return ["--perms", "0755", "--tmpfs", str(folder), "--ro-bind", kept, kept, "--remount-ro", str(folder)]


def command(socket_folder, modules=(), filter_number=None):
    """Bubblewrap's command line up to the program.

    Parameters
    ----------
    socket_folder : pathlib.Path
        Outside the sandbox.
    modules : sequence of str
        What the unit imports.
    filter_number : int, optional
        The number of an inherited file with a filter of system calls.
    """
    words = ["bwrap", *_namespaces(), "--hostname", "grading", "--clearenv", "--perms", "0755", "--dir", "/etc"]
    if filter_number is not None:
        words += ["--seccomp", str(filter_number)]
    for path in SYSTEM_FOLDERS:
        words += ["--symlink", os.readlink(path), path] if os.path.islink(path) else ["--ro-bind-try", path, path]
    words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    for folder in (Path(HOME, "x"), Path(OWN_SOCKETS, "x"), Path(SOCKET_FOLDER), *readable_folders()):
        for parent in reversed(folder.parents[:-1]):  # bubblewrap would make them for root only
            words += ["--perms", "0755", "--dir", str(parent)]
    for folder in readable_folders():
        words += ["--ro-bind", str(folder), str(folder)]
    hidden = withheld.environment(modules)
    words += _hidden_solutions() if hidden else []
    words += ["--bind", str(socket_folder), SOCKET_FOLDER, "--remount-ro", "/", "--remount-ro", "/dev", "--chdir", "/"]
    for name, value in (environment() | hidden).items():
        words += ["--setenv", name, value]
    return words


def environment():
    """Student code's environment: of the instructor's, only `INHERITED_VARIABLES` and the mirror's folder."""
    package = Path(data.__file__).resolve().parent
    variables = {name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ}
    variables |= {
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
        "HDF5_USE_FILE_LOCKING": "FALSE",  # the weights of teachers are shared and read-only
    }
    variables.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if "TLCOURSE_MIRROR" in os.environ:
        variables["TLCOURSE_MIRROR"] = str(Path(os.environ["TLCOURSE_MIRROR"]).resolve())
    return variables
