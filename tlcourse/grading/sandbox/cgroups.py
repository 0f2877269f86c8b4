"""A cgroup for each submission, where the system allows it: limits on its processes that none of them can escape.

It counts what `sandbox.guest.resource_monitor` cannot see: memory in sockets, pipes and files that nobody holds open,
and processor time of children that end unnoticed. Version 2 only (https://docs.kernel.org/admin-guide/cgroup-v2.html).
The fork server is started by systemd in a scope that may divide its own part of the hierarchy among its processes
(https://systemd.io/CGROUP_DELEGATION).
"""

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

HIERARCHY = Path("/sys/fs/cgroup")
PROBE_LIMITS = {"memory_megabytes": 64, "disk_megabytes": 1, "processes": 8}
PATIENCE = 10  # seconds for systemd to make a scope, and for a cgroup to be empty


@functools.cache
def problem():
    """Why submissions get no cgroup here, or an empty string."""
    if not sys.platform.startswith("linux") or not (HIERARCHY / "cgroup.controllers").is_file():
        return "this system has no cgroups of version 2"
    if shutil.which("systemd-run") is None:
        return "systemd-run is not installed"
    words = [*scope_command(), "sleep", "60"]
    with subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        try:
            _wait_for_scope(process)
            Delegation(process.pid).make("probe", PROBE_LIMITS).close()
            return ""
        except OSError as error:
            return str(error)
        finally:
            process.kill()


def scope_command():
    """The words before a command that start it in a scope of systemd's, root's or the user's."""
    manager = ["--user"] if os.getuid() else []
    return ["systemd-run", *manager, "--scope", "--quiet", "--collect", "--property=Delegate=yes", "--"]


def _wait_for_scope(process):
    """Return when a process that systemd-run was asked to start is in its scope.

    Raises
    ------
    OSError
    """
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if cgroup_of(process.pid) != cgroup_of(os.getpid()):
            return
        time.sleep(0.02)
    process.kill()
    message = process.stderr.read().decode(errors="replace").strip().splitlines()
    raise OSError(f"systemd did not create a scope ({message[-1] if message else 'no answer'})")


def cgroup_of(pid):
    """The cgroup of a process, in the hierarchy of version 2.

    Raises
    ------
    OSError
    """
    for line in Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8").splitlines():
        if line.startswith("0::"):
            return HIERARCHY / line[len("0::") :].lstrip("/")
    raise OSError(f"process {pid} is in no cgroup of version 2")


class Delegation:
    """The part of the hierarchy that belongs to the fork server, which moves into a leaf of it.

    Parameters
    ----------
    pid : int
        Of the fork server, in a scope of its own.

    Raises
    ------
    OSError
        If that part may not be divided, or has no limits on memory and processes.
    """

    def __init__(self, pid):
        self.folder = cgroup_of(pid)
        controllers = (self.folder / "cgroup.controllers").read_text(encoding="ascii").split()
        if missing := {"memory", "pids"} - set(controllers):
            raise OSError(f"systemd delegates no limits on {' and '.join(sorted(missing))}")
        leaf = self.folder / "server"
        leaf.mkdir(exist_ok=True)
        for _ in range(100):  # a process may fork meanwhile
            processes = (self.folder / "cgroup.procs").read_text(encoding="ascii").split()
            if not processes:
                break
            for process in processes:
                with contextlib.suppress(ProcessLookupError):
                    (leaf / "cgroup.procs").write_text(process, encoding="ascii")
        (self.folder / "cgroup.subtree_control").write_text("+memory +pids", encoding="ascii")

    def make(self, name, limits):
        """A `Cgroup` with these limits, as `interface.Sandbox.start_kernel` has them."""
        return Cgroup(self.folder / f"submission-{name}", limits)


class Cgroup:
    """One submission's processes, seen from outside.

    Parameters
    ----------
    folder : pathlib.Path
        In the hierarchy; it is made.
    limits : dict
        "memory_megabytes", "processes".
    """

    def __init__(self, folder, limits):
        self.folder, self._megabytes = folder, limits["memory_megabytes"]
        folder.mkdir()
        self._write("memory.max", self._megabytes << 20)
        self._write("memory.oom.group", 1)
        self._write("pids.max", limits["processes"])
        with contextlib.suppress(OSError):  # a system without swap has no such file
            self._write("memory.swap.max", 0)

    def _write(self, name, value):
        (self.folder / name).write_text(str(value), encoding="ascii")

    def _read(self, name):
        """A file of lines with a name and a number, as a dictionary; empty where the file is gone."""
        with contextlib.suppress(OSError, ValueError):
            lines = (self.folder / name).read_text(encoding="ascii").split("\n")
            return {key: int(value) for key, value in (line.split() for line in lines if line)}
        return {}

    def add(self, pid):
        """Put a process into it; what the process starts from now on is in it, too."""
        self._write("cgroup.procs", pid)

    @property
    def cpu_seconds(self):
        """Processor seconds of all processes that are or were in it."""
        return self._read("cpu.stat").get("usage_usec", 0) / 1e6

    @property
    def reason(self):
        """Why its processes were ended, for the student; None where they were not."""
        if self._read("memory.events").get("oom_kill", 0):
            return f"it used more than {self._megabytes:,} MB of memory"
        return None

    def close(self):
        """End what is left in it, and remove it."""
        with contextlib.suppress(OSError):
            self._write("cgroup.kill", 1)
        deadline = time.monotonic() + PATIENCE
        while self.folder.is_dir() and time.monotonic() < deadline:
            try:
                self.folder.rmdir()
            except OSError:
                self._end_members()
                time.sleep(0.02)

    def _end_members(self):
        """End its processes one by one, as before Linux 5.14."""
        with contextlib.suppress(OSError):
            for pid in (self.folder / "cgroup.procs").read_text(encoding="ascii").split():
                os.kill(int(pid), signal.SIGKILL)
