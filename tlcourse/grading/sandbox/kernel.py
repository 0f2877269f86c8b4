"""A kernel in the box, seen by the one that launched it: messages through Jupyter's client, health from its warden."""

import asyncio
import base64
import contextlib
import json
import secrets
import shutil
import time
from pathlib import Path
from queue import Empty

import zmq.asyncio
from jupyter_client import AsyncKernelClient
from jupyter_client.connect import write_connection_file

from tlcourse.grading.sandbox.bubblewrap import MEETING

LARGEST_MESSAGE = 64 << 20  # bytes; ZeroMQ drops the connection of who sends more
LARGEST_FILE = 32 << 20  # bytes: what a student may hand in beside the notebook, in all


class KernelError(RuntimeError):
    """The kernel did not start."""


class Fork:
    """A fork of the template, watched by its warden.

    Attributes
    ----------
    cpu : float
        Processor seconds that it and its children have used, measured outside of it.
    cpu_ready : float
        What it had used when it was ready.
    idle : float
        Seconds in which none of its threads wanted a processor, and it was not `excused`.
    excused : bool
        Whether it waits for the grader now, not for itself.
    alive : bool
    reason : str or None
        Why it was ended, if its warden ended it.
    """

    def __init__(self, template, files, limits, role, **request):
        self.folder = template.run / secrets.token_hex(4)
        self.folder.mkdir(mode=0o700)
        self.cpu = self.cpu_ready = self.idle = 0.0
        self.excused = False
        self.alive, self.reason, self.ready = True, None, asyncio.Event()
        texts = {path: base64.b64encode(content).decode() for path, content in (files or {}).items()}
        request |= {"role": role, "name": self.folder.name, "files": texts, "limits": limits}
        self._request, self._template = request, template

    async def come_up(self):
        """Fork, and return when the fork is ready.

        Raises
        ------
        KernelError
        """
        self._connection = await asyncio.to_thread(self._template.fork, self._request)
        self._listening = asyncio.ensure_future(self._listen())
        ready = asyncio.ensure_future(self.ready.wait())
        await asyncio.wait({self._listening, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=300)
        ready.cancel()
        if not self.ready.is_set():
            await self.close()
            raise KernelError("a fork of the template ended while starting")

    async def _listen(self):
        """Read what the warden says until it falls silent."""
        reader, writer = await asyncio.open_unix_connection(sock=self._connection)
        last = time.monotonic()
        with contextlib.suppress(OSError, ValueError):
            while line := await reader.readline():
                said, now = json.loads(line), time.monotonic()
                if "cpu" in said:
                    self.cpu = max(self.cpu, said["cpu"])
                    self.idle += 0 if said["busy"] or self.excused else now - last
                if said.get("ready"):
                    self.cpu_ready = self.cpu
                    self.ready.set()
                self.reason = said.get("reason") or self.reason
                last = now
        self.alive = False
        writer.close()

    @property
    def used(self):
        """Seconds that count against a limit: those of the processor, and those in which it slept.

        Seconds in which others had the processor, or in which it waited for the judge, do not count: a busy machine
        takes no marks.
        """
        return self.cpu + self.idle

    async def meet(self):
        """Streams to the socket on which it listens."""
        return await asyncio.open_unix_connection(str(self.folder / "s"), limit=LARGEST_MESSAGE)

    async def close(self):
        """End it, whatever it does, with everything that it has started."""
        self.alive = False
        with contextlib.suppress(OSError):
            self._connection.shutdown(1)  # the warden's last word comes back
        with contextlib.suppress(Exception):
            await asyncio.wait_for(asyncio.shield(self._listening), 5)
        self._listening.cancel()
        self._connection.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Kernel(Fork):
    """A running kernel."""

    def __init__(self, template, files=None, limits=None):
        super().__init__(template, files, limits, "kernel")
        key = secrets.token_hex(32).encode()
        _, info = write_connection_file(
            str(self.folder / "c.json"), ip=str(self.folder / "k"), transport="ipc", key=key
        )
        self._request["connection"] = info | {"ip": f"{MEETING}/{self.folder.name}/k"}
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
        context.setsockopt(zmq.LINGER, 0)
        self.client = AsyncKernelClient(context=context)
        self.client.load_connection_info(info)
        self.client.allow_stdin = False
        self.client.is_alive = lambda: self.alive

    async def start(self):
        """Return when it answers.

        Raises
        ------
        KernelError
        """
        await self.come_up()
        self.client.start_channels(stdin=False, hb=False)
        try:
            await asyncio.wait_for(self._answers(), 300)
        except (TimeoutError, Empty) as error:
            await self.close()
            raise KernelError(f"the kernel does not answer ({type(error).__name__})") from error

    async def _answers(self):
        """Return when it has answered, and when the subscription to its output has arrived there."""
        heard = False
        while not heard:
            self.client.kernel_info()
            await self.client.get_shell_msg(timeout=60)
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


def files_beside(folder, notebook_names=("*.ipynb",)):
    """The files that a student handed in beside the notebook, by relative path, within `LARGEST_FILE`.

    Links are left out: what they point to is not the student's.
    """
    found, total = {}, 0
    folder = Path(folder)
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or any(path.match(name) for name in notebook_names):
            continue
        if any(parent.is_symlink() for parent in path.relative_to(folder).parents if parent != Path(".")):
            continue
        total += path.stat().st_size
        if total > LARGEST_FILE:
            break
        found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found
