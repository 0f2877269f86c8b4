"""No isolation: ordinary kernels under the system's own limits, for machines without bubblewrap.

Student code can then read and write what the instructor can, and its checks run beside it. `sandbox.bubblewrap`
names the alternatives first, and only ``--unsafe`` gets here.
"""

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import psutil
from jupyter_client import AsyncKernelManager

from tlcourse.grading.sandbox import withheld
from tlcourse.grading.sandbox._jupyter_client import ClientWithoutHeartbeat
from tlcourse.grading.sandbox.interface import Kernel, KernelError, Sandbox
from tlcourse.grading.sandbox.kernel import LONGEST_STEP
from tlcourse.notebooks import kernel_environment

WARNING = (
    "WARNING: student code runs without a sandbox; it can read and change whatever you can. There is no checker "
    "process either: all checks run in the student's process, where a few lines of Python earn any mark"
)


class Unsandboxed(Sandbox):
    """Starts each kernel as a process of its own; checks run in the student's kernel.

    Parameters
    ----------
    modules : sequence of str
        What the unit imports.
    """

    def __init__(self, modules=()):
        self.environment = withheld.environment(modules)

    async def start_kernel(self, files, limits):
        """See `Sandbox.start_kernel`."""
        kernel = UnconfinedKernel(files, limits, self.environment)
        await kernel.start()
        return kernel

    def close(self):
        """There is nothing to end."""


class UnconfinedKernel(Kernel):
    """A kernel that is not isolated."""

    def __init__(self, files, limits, environment):
        self._files, self._limits, self._environment = files, limits, environment
        self.alive, self.reason, self.cpu_seconds_at_start = True, None, 0.0
        self._cpu, self._idle, self._looked = 0.0, 0.0, time.monotonic()

    async def start(self):
        """Return when it answers.

        Raises
        ------
        KernelError
        """
        self._folder = tempfile.mkdtemp(prefix="tlg-")
        for name, content in self._files.items():
            target = Path(self._folder, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        self._manager = AsyncKernelManager(kernel_name="python3", client_factory=ClientWithoutHeartbeat)
        environment = kernel_environment() | {"PYTHONHASHSEED": "0", "PYTHONWARNINGS": "ignore"} | self._environment
        await self._manager.start_kernel(cwd=self._folder, env=environment, extra_arguments=["--log-level=50"])
        self._process = psutil.Process(self._manager.provisioner.process.pid)
        self._limit(self._process.pid)
        self.client = self._manager.client(kernel_is_alive=self._is_alive)
        self.client.start_channels(stdin=False, hb=False)
        self.client.allow_stdin = False
        try:
            await self.client.wait_for_ready(timeout=300)
        except RuntimeError as error:
            await self.close()
            raise KernelError(f"the kernel did not respond ({error})") from error
        self.cpu_seconds_at_start = self.cpu_seconds

    def _limit(self, pid):
        """Set what this system lets one set for another process: Linux alone, with prlimit."""
        if not sys.platform.startswith("linux"):
            return
        import resource

        sizes = {resource.RLIMIT_DATA: "memory_megabytes", resource.RLIMIT_FSIZE: "disk_megabytes"}
        for number, limit in sizes.items():
            value = self._limits[limit] << 20
            with contextlib.suppress(OSError, ValueError):
                resource.prlimit(pid, number, (value, value))

    async def _is_alive(self):
        self.alive = self.alive and await self._manager.is_alive()
        return self.alive

    @property
    def cpu_seconds(self):
        """Processor seconds of the kernel and its children."""
        with contextlib.suppress(psutil.Error):
            tree = [self._process, *self._process.children(recursive=True)]
            self._cpu = max(self._cpu, sum(sum(process.cpu_times()[:4]) for process in tree))
        return self._cpu

    @property
    def counted_seconds(self):
        """Processor seconds, and seconds in which it used next to none."""
        before, cpu, now = self._cpu, self.cpu_seconds, time.monotonic()
        if cpu - before < 0.02 * (now - self._looked) and not self._wants_to_run():
            self._idle += min(now - self._looked, LONGEST_STEP)
        self._looked = now
        return cpu + self._idle

    def _wants_to_run(self):
        """Whether it waits for a processor; only Linux says so."""
        with contextlib.suppress(psutil.Error):
            tree = [self._process, *self._process.children(recursive=True)] if sys.platform.startswith("linux") else []
            return any(process.status() == psutil.STATUS_RUNNING for process in tree)
        return False

    async def connect(self):
        """It listens on no socket: no check runs outside of it."""
        raise NotImplementedError("this kernel runs its checks itself")

    def interrupt(self):
        """Ask it to stop what it is running."""
        with contextlib.suppress(OSError):
            if os.name == "posix":
                self._manager.provisioner.process.send_signal(signal.SIGINT)
            else:
                self.client.control_channel.send(self.client.session.msg("interrupt_request", {}))

    async def close(self):
        """End it with its children."""
        self.alive = False
        with contextlib.suppress(psutil.Error):
            for process in [*self._process.children(recursive=True), self._process]:
                process.kill()
        with contextlib.suppress(Exception):
            self.client.stop_channels()
            await self._manager.shutdown_kernel(now=True)
        shutil.rmtree(self._folder, ignore_errors=True)
