"""A box that runs: a process with the imports done, from which kernels and judges are forked."""

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

SERVER = "tlcourse.grading.sandbox.guest.server"


class TemplateError(RuntimeError):
    """The process that kernels are forked from did not start, or is gone."""


class Template:
    """A boxed process with the imports done; `fork` makes a kernel's process of it.

    Parameters
    ----------
    modules : sequence of str
        What to import beside TensorFlow: what the unit imports.
    """

    def __init__(self, modules=()):
        bubblewrap.require()
        self.run = Path(tempfile.mkdtemp(prefix="tlg-", dir=None if len(tempfile.gettempdir()) < 50 else "/tmp"))
        self.address = str(self.run / "template")
        self._log = self.run / "log"
        words = [
            *bubblewrap.command(self.run),
            sys.executable,
            "-P",
            "-m",
            SERVER,
            *modules,
        ]
        self._started = threading.Event()
        # The box dies with the thread that started it, so that thread must live as long as the template.
        threading.Thread(target=self._keep, args=(words,), daemon=True).start()
        self._started.wait()

    def _keep(self, words):
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=log, stderr=log)
        self._started.set()
        self._process.wait()

    def wait(self, seconds=600):
        """Return when it is ready to fork.

        Raises
        ------
        TemplateError
            If it ended, or is not ready after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while not os.path.exists(self.address):
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = self._log.read_text(errors="replace").strip()[-500:] if self._log.is_file() else ""
                raise TemplateError(f"the box for student code did not start: {said or 'it said nothing'}")
            time.sleep(0.02)

    @property
    def alive(self):
        """Whether forks can be had."""
        return self._process.poll() is None

    def fork(self, request):
        """Ask for a kernel.

        Parameters
        ----------
        request : dict
            See `tlcourse.grading.sandbox.guest.server`.

        Returns
        -------
        socket.socket
            Lines of JSON come on it; closing it ends the kernel and everything that it has started.
        """
        self.wait()
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self.address)
        connection.sendall(json.dumps(request).encode() + b"\n")
        return connection

    def close(self):
        """End the box and every kernel in it."""
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self.run, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
