"""The isolated sandbox: a confined process with the imports done, from which kernels and checkers are forked."""

import contextlib
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tlcourse.grading.sandbox import bubblewrap, cgroups
from tlcourse.grading.sandbox.interface import Sandbox, SandboxError
from tlcourse.grading.sandbox.kernel import START_SECONDS, ConfinedKernel, ForkedProcess

SERVER = "tlcourse.grading.sandbox.guest.server"


class BubblewrapSandbox(Sandbox):
    """A process under bubblewrap with the imports done, and its forks.

    Parameters
    ----------
    modules : sequence of str
        What to import besides TensorFlow: what the unit imports.

    Raises
    ------
    tlcourse.grading.sandbox.interface.NoSandbox
        Where bubblewrap does not work.

    Attributes
    ----------
    filtered : bool
        Whether system calls are filtered.
    cgroups : bool
        Whether each fork has a cgroup.
    """

    supports_checkers = True

    def __init__(self, modules=()):
        bubblewrap.require_bubblewrap()
        temporary = None if len(tempfile.gettempdir()) < 50 else "/tmp"  # a socket's path may not be long
        self.socket_folder = Path(tempfile.mkdtemp(prefix="tlg-", dir=temporary))
        self.address = str(self.socket_folder / "server")
        self._log = self.socket_folder / "log"
        self.filtered, self.cgroups = not bubblewrap.filter_problem(), not cgroups.problem()
        self._delegation, self._delegating = None, threading.Lock()
        words = [sys.executable, "-P", "-m", SERVER, *modules]
        self._started = threading.Event()
        # Bubblewrap dies with the thread that started it, so that thread must live as long as the sandbox.
        threading.Thread(target=self._hold_process, args=(words, modules), daemon=True).start()
        self._started.wait()

    def _hold_process(self, words, modules):
        with self._log.open("wb") as log, contextlib.ExitStack() as files:
            numbers = [files.enter_context(bubblewrap.filter_file()).fileno()] if self.filtered else []
            scope = cgroups.scope_command() if self.cgroups else []
            command = [*scope, *bubblewrap.command(self.socket_folder, modules, *numbers), *words]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, pass_fds=numbers)
        self._started.set()
        self._process.wait()

    async def start_kernel(self, files, limits):
        """See `Sandbox.start_kernel`."""
        kernel = ConfinedKernel(self, files, limits)
        await kernel.start()
        return kernel

    async def start_checker(self, files, limits, setup):
        """See `Sandbox.start_checker`."""
        checker = ForkedProcess(self, files, limits, "checker", setup=setup)
        await checker.start()
        return checker

    def fork(self, request):
        """Ask for a fork, when the server is ready.

        Parameters
        ----------
        request : dict
            See `tlcourse.grading.sandbox.guest.server`.

        Returns
        -------
        connection : socket.socket
            Lines of JSON come on it; closing it ends the fork and everything that it has started.
        cgroup : tlcourse.grading.sandbox.cgroups.Cgroup or None
            Of the fork, where there are cgroups.

        Raises
        ------
        SandboxError
        """
        self.wait()
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self.address)
        if not self.cgroups:
            connection.sendall(json.dumps(request | {"cgroup": False}).encode() + b"\n")
            return connection, None
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        connection.sendall(json.dumps(request | {"cgroup": True}).encode() + b"\n")
        return connection, self._cgroup(connection, request)

    def _cgroup(self, connection, request):
        """Put the process that asks for it on this connection into a cgroup of its own."""
        try:
            pid = sender(connection)
            with self._delegating:
                self._delegation = self._delegation or cgroups.Delegation(self._process.pid)
            cgroup = self._delegation.make(request["name"], request["limits"])
            cgroup.add(pid)
        except OSError as error:
            connection.close()
            raise SandboxError(f"the cgroup of a submission could not be created: {error}") from error
        connection.sendall(b"go\n")
        return cgroup

    def wait(self, seconds=600):
        """Return when it is ready to fork.

        Raises
        ------
        SandboxError
            If it ended, or is not ready after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while not os.path.exists(self.address):
            if self._process.poll() is not None or time.monotonic() > deadline:
                log = self._log.read_text(errors="replace").strip()[-500:] if self._log.is_file() else ""
                raise SandboxError(f"the sandbox for student code did not start: {log or 'it printed nothing'}")
            time.sleep(0.02)

    @property
    def alive(self):
        """Whether it can fork."""
        return self._process.poll() is None

    def close(self):
        """End it and every fork."""
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self.socket_folder, ignore_errors=True)


def sender(connection):
    """The number, in this process' namespace, of the process that sends one line on a connection.

    Raises
    ------
    OSError
        If it sends nothing.
    """
    size = struct.calcsize("3i")  # struct ucred: process, user, group
    connection.settimeout(START_SECONDS)
    _, ancillary, _, _ = connection.recvmsg(64, socket.CMSG_SPACE(size))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
    connection.settimeout(None)
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS) and struct.unpack("3i", data[:size])[0]:
            return struct.unpack("3i", data[:size])[0]
    raise OSError("a process of the sandbox ended while it started")
