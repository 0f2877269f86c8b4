"""What the engine may ask of a sandbox. `fork_server` has the isolated one, `unsandboxed` the other."""

from abc import ABC, abstractmethod


class NoSandbox(RuntimeError):  # noqa: N818
    """Student code cannot be confined on this machine."""


class SandboxError(RuntimeError):
    """The sandbox did not start, or has ended."""


class KernelError(RuntimeError):
    """A kernel did not start."""


class Sandbox(ABC):
    """Starts kernels for student code, and clean processes for checks.

    Attributes
    ----------
    supports_checkers : bool
        Whether it has clean processes in which checks can run, out of the reach of student code.
    alive : bool
        Whether it can start anything.
    """

    supports_checkers = False
    alive = True

    @abstractmethod
    async def start_kernel(self, files, limits):
        """A running `Kernel`.

        Parameters
        ----------
        files : dict of str to bytes
            What lies in the kernel's working directory.
        limits : dict
            "memory_megabytes", "disk_megabytes", "processes".

        Raises
        ------
        KernelError, SandboxError
        """

    async def start_checker(self, files, limits, setup):
        """A clean `SandboxProcess` that runs checks (`sandbox.guest.checker`); `setup` is the sources it runs first.

        Raises
        ------
        NotImplementedError
            Where `supports_checkers` is false.
        KernelError, SandboxError
        """
        raise NotImplementedError("this sandbox has no clean processes")

    @abstractmethod
    def close(self):
        """End it and everything in it."""


class SandboxProcess(ABC):
    """A process in the sandbox.

    Attributes
    ----------
    cpu_seconds : float
        Processor seconds that it and its children have used, measured outside of it.
    cpu_seconds_at_start : float
        What it had used when it was ready.
    alive : bool
    reason : str or None
        Why it was ended, if the sandbox ended it.
    """

    @abstractmethod
    async def connect(self):
        """(asyncio.StreamReader, asyncio.StreamWriter) to the socket on which it listens."""

    @abstractmethod
    async def close(self):
        """End it, whatever it does, with everything that it has started."""


class Kernel(SandboxProcess):
    """A running kernel.

    Attributes
    ----------
    client : jupyter_client.AsyncKernelClient
    counted_seconds : float
        Seconds that count against a limit: those of the processor, and those in which it slept.
    waited_seconds : float
        Seconds in which it wanted a processor and others had it, as far as the system tells.
    waits_for_grader : bool
        Whether it waits for the grader now, and not for itself. Then sleeping does not count.
    """

    waits_for_grader = False
    waited_seconds = 0.0

    @abstractmethod
    def interrupt(self):
        """Ask it to stop what it is running."""
