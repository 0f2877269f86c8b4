"""The isolated sandbox: a confined process with the imports done, from which kernels and checkers are forked."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tlcourse.grading.sandbox import bubblewrap
from tlcourse.grading.sandbox.interface import Sandbox, SandboxError
from tlcourse.grading.sandbox.kernel import ConfinedKernel, ForkedProcess

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
    """

    supports_checkers = True

    def __init__(self, modules=()):
        bubblewrap.require_bubblewrap()
        temporary = None if len(tempfile.gettempdir()) < 50 else "/tmp"  # a socket's path may not be long
        self.socket_folder = Path(tempfile.mkdtemp(prefix="tlg-", dir=temporary))
        self.address = str(self.socket_folder / "server")
        self._log = self.socket_folder / "log"
        self.filtered = not bubblewrap.filter_problem()
        words = [sys.executable, "-P", "-m", SERVER, *modules]
        self._started = threading.Event()
        # Bubblewrap dies with the thread that started it, so that thread must live as long as the sandbox.
        threading.Thread(target=self._hold_process, args=(words,), daemon=True).start()
        self._started.wait()

    def _hold_process(self, words):
        with self._log.open("wb") as log, contextlib.ExitStack() as files:
            numbers = [files.enter_context(bubblewrap.filter_file()).fileno()] if self.filtered else []
            command = [*bubblewrap.command(self.socket_folder, *numbers), *words]
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
        socket.socket
            Lines of JSON come on it; closing it ends the fork and everything that it has started.

        Raises
        ------
        SandboxError
        """
        self.wait()
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self.address)
        connection.sendall(json.dumps(request).encode() + b"\n")
        return connection

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
