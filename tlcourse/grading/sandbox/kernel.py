"""Forks of the fork server, seen from outside: messages through Jupyter's client, health from the monitor."""

import asyncio
import base64
import contextlib
import json
import secrets
import shutil
import time
from queue import Empty

import zmq.asyncio
from jupyter_client.connect import write_connection_file

from tlcourse.grading.sandbox._jupyter_client import ClientWithoutHeartbeat
from tlcourse.grading.sandbox.bubblewrap import OWN_SOCKETS
from tlcourse.grading.sandbox.interface import Kernel, KernelError, SandboxProcess
from tlcourse.grading.sandbox.message_relay import MessageRelay

LONGEST_STEP = 0.5  # seconds asleep between two looks of the monitor, at most; it looks five times a second
LARGEST_MESSAGE = 64 << 20  # bytes; the connection of a process that sends more is dropped
MOST_WAITING = 8  # messages of a socket that nobody has read yet; by default, ZeroMQ takes 1,000, whatever their size
PORTS = ("shell_port", "iopub_port", "control_port")  # that a client uses
START_SECONDS = 300


class ForkedProcess(SandboxProcess):
    """A fork, watched by its monitor (`sandbox.guest.resource_monitor`).

    Parameters
    ----------
    fork_server : tlcourse.grading.sandbox.fork_server.BubblewrapSandbox
    files : dict of str to bytes
    limits : dict
    role : str
        "kernel" or "checker".
    **request
        What else that role needs; see `tlcourse.grading.sandbox.guest.server`.

    Attributes
    ----------
    idle : float
        Seconds in which none of its threads wanted a processor, and it was not `waits_for_grader`.
    waited_seconds : float
        Seconds in which one of its threads wanted a processor and did not get it.
    """

    waits_for_grader = False

    def __init__(self, fork_server, files, limits, role, **request):
        self.folder = fork_server.socket_folder / secrets.token_hex(4)
        self.folder.mkdir(mode=0o700)
        self.cpu_seconds = self.cpu_seconds_at_start = self.idle = self.waited_seconds = 0.0
        self.alive, self.reason, self._ready = True, None, asyncio.Event()
        texts = {path: base64.b64encode(content).decode() for path, content in files.items()}
        request |= {"role": role, "name": self.folder.name, "files": texts, "limits": limits}
        request["filtered"] = fork_server.filtered
        self._cgroup = None
        self._request, self._fork_server = request, fork_server

    async def start(self):
        """Fork, and return when the fork is ready.

        Raises
        ------
        KernelError
        """
        self._connection, self._cgroup = await asyncio.to_thread(self._fork_server.fork, self._request)
        self._listening = asyncio.ensure_future(self._listen())
        ready = asyncio.ensure_future(self._ready.wait())
        await asyncio.wait({self._listening, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=START_SECONDS)
        ready.cancel()
        if not self._ready.is_set():
            await self.close()
            raise KernelError("a process of the sandbox ended while it started")

    async def _listen(self):
        """Read what the monitor sends until it ends."""
        reader, writer = await asyncio.open_unix_connection(sock=self._connection)
        last = time.monotonic()
        with contextlib.suppress(OSError, ValueError):
            while line := await reader.readline():
                message, now = json.loads(line), time.monotonic()
                if "cpu" in message:
                    counted = self._cgroup.cpu_seconds if self._cgroup else 0.0
                    self.cpu_seconds = max(self.cpu_seconds, message["cpu"], counted)
                    # A longer step says that the monitor or this process waited for a processor, not that it slept.
                    self.idle += 0 if message["busy"] or self.waits_for_grader else min(now - last, LONGEST_STEP)
                    self.waited_seconds = message.get("waited", self.waited_seconds)
                if message.get("ready"):
                    self.cpu_seconds_at_start = self.cpu_seconds
                    self._ready.set()
                self.reason = message.get("reason") or self.reason
                last = now
        self.reason = self.reason or (self._cgroup and self._cgroup.reason)
        self.alive = False
        writer.close()

    @property
    def counted_seconds(self):
        """Seconds that count against a limit: those of the processor, and those in which it slept.

        Seconds in which others had the processor, or in which it waited for the checker, do not count: a busy machine
        takes no marks.
        """
        return self.cpu_seconds + self.idle

    async def connect(self):
        """Streams to the socket on which it listens."""
        return await asyncio.open_unix_connection(str(self.folder / "s"), limit=LARGEST_MESSAGE)

    async def close(self):
        """End it, whatever it does, with everything that it has started."""
        self.alive = False
        with contextlib.suppress(OSError):
            self._connection.shutdown(1)  # the monitor's last line comes back
        with contextlib.suppress(Exception):
            await asyncio.wait_for(asyncio.shield(self._listening), 5)
        self._listening.cancel()
        self._connection.close()
        if self._cgroup:
            await asyncio.to_thread(self._cgroup.close)
        shutil.rmtree(self.folder, ignore_errors=True)


class ConfinedKernel(ForkedProcess, Kernel):
    """A running kernel in a fork."""

    def __init__(self, fork_server, files, limits):
        super().__init__(fork_server, files, limits, "kernel")
        key = secrets.token_hex(32).encode()
        _, info = write_connection_file(
            str(self.folder / "c.json"), ip=str(self.folder / "k"), transport="ipc", key=key
        )
        self._request["connection"] = info | {"ip": f"{OWN_SOCKETS}/k"}
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
        context.setsockopt(zmq.RCVHWM, MOST_WAITING)
        context.setsockopt(zmq.LINGER, 0)
        paths = {f"{self.folder}/p-{info[name]}": f"{self.folder}/k-{info[name]}" for name in PORTS}
        self._relay = MessageRelay(paths, LARGEST_MESSAGE)
        self.client = ClientWithoutHeartbeat(context=context, kernel_is_alive=self._is_alive)
        self.client.load_connection_info(info | {"ip": str(self.folder / "p")})
        self.client.allow_stdin = False

    async def start(self):
        """Return when it answers.

        Raises
        ------
        KernelError
        """
        await super().start()
        await self._relay.start()
        self.client.start_channels(stdin=False, hb=False)
        answer = asyncio.ensure_future(self._wait_for_answer())
        await asyncio.wait({answer, self._listening}, return_when=asyncio.FIRST_COMPLETED, timeout=START_SECONDS)
        if not answer.done() or answer.exception():
            answer.cancel()
            await self.close()
            raise KernelError(f"the kernel {'did not respond' if self.reason is None else 'ended: ' + self.reason}")

    async def _is_alive(self):
        return self.alive

    async def _wait_for_answer(self):
        """Return when it has answered, and when the subscription to its output has arrived there."""
        heard = False
        while not heard:
            self.client.kernel_info()
            await self.client.get_shell_msg(timeout=START_SECONDS)
            with contextlib.suppress(Empty):
                while await self.client.get_iopub_msg(timeout=0.02 if heard else 0.2):
                    heard = True

    def interrupt(self):
        """Ask it to stop what it is running."""
        self.client.control_channel.send(self.client.session.msg("interrupt_request", {}))

    async def close(self):
        """End it, whatever it does, with everything that it has started."""
        await super().close()
        with contextlib.suppress(Exception):
            self.client.stop_channels()
            self.client.context.destroy(linger=0)
        await self._relay.close()
