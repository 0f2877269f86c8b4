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

from tlcourse.grading.sandbox import MEETING

LARGEST_MESSAGE = 64 << 20  # bytes; ZeroMQ drops the connection of who sends more
LARGEST_FILE = 32 << 20  # bytes: what a student may hand in beside the notebook, in all


class KernelError(RuntimeError):
    """The kernel did not start."""


class Kernel:
    """A running kernel. Made by `start`.

    Attributes
    ----------
    cpu : float
        Processor seconds that it and its children have used, measured outside of it.
    idle : float
        Seconds in which none of its threads wanted a processor.
    alive : bool
    reason : str or None
        Why it was ended, if its warden ended it.
    """

    def __init__(self, connection, client, folder):
        self._connection, self.client, self._folder = connection, client, folder
        self.cpu = self.idle = 0.0
        self.alive, self.reason, self.ready = True, None, asyncio.Event()
        self._listening = asyncio.ensure_future(self._listen())

    @classmethod
    async def start(cls, template, files=None, limits=None):
        """Fork a kernel from a template, and return when it answers.

        Parameters
        ----------
        template : tlcourse.grading.sandbox.Template
        files : dict of str to bytes, optional
            What lies in its working folder.
        limits : dict, optional
            See `tlcourse.grading.template`.

        Raises
        ------
        KernelError
            If it does not come up.
        """
        name = secrets.token_hex(4)
        folder = template.run / name
        folder.mkdir(mode=0o700)
        key = secrets.token_hex(32).encode()
        _, info = write_connection_file(str(folder / "c.json"), ip=str(folder / "k"), transport="ipc", key=key)
        request = {
            "connection": info | {"ip": f"{MEETING}/{name}/k"},
            "files": {path: base64.b64encode(content).decode() for path, content in (files or {}).items()},
            "limits": limits,
        }
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
        context.setsockopt(zmq.LINGER, 0)
        client = AsyncKernelClient(context=context)
        client.load_connection_info(info)
        client.allow_stdin = False
        kernel = cls(template.fork(request), client, folder)
        client.is_alive = lambda: kernel.alive
        try:
            await asyncio.wait_for(kernel._come_up(), 300)
        except (TimeoutError, OSError, KernelError) as error:
            await kernel.close()
            raise KernelError(f"the kernel did not start ({type(error).__name__}: {error})") from error
        return kernel

    async def _come_up(self):
        ended = asyncio.ensure_future(asyncio.shield(self._listening))
        ready = asyncio.ensure_future(self.ready.wait())
        await asyncio.wait({ended, ready}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if not self.ready.is_set():
            raise KernelError("it ended while starting")
        self.client.start_channels(stdin=False, hb=False)
        while True:  # until the subscription to its output has arrived there
            self.client.kernel_info()
            await self.client.get_shell_msg(timeout=60)
            with contextlib.suppress(Empty):
                while await self.client.get_iopub_msg(timeout=0.05):
                    self._heard = True
            if getattr(self, "_heard", False):
                return

    async def _listen(self):
        """Read what the warden says until it falls silent."""
        reader, writer = await asyncio.open_unix_connection(sock=self._connection)
        last = time.monotonic()
        with contextlib.suppress(OSError, ValueError):
            while line := await reader.readline():
                said, now = json.loads(line), time.monotonic()
                if said.get("ready"):
                    self.ready.set()
                if "cpu" in said:
                    self.cpu = max(self.cpu, said["cpu"])
                    self.idle += 0 if said["busy"] else now - last
                self.reason = said.get("reason") or self.reason
                last = now
        self.alive = False
        writer.close()

    @property
    def used(self):
        """Seconds that count against a limit: those of the processor, and those in which the kernel slept.

        Seconds in which others had the processor do not count, so a busy machine takes no marks.
        """
        return self.cpu + self.idle

    def interrupt(self):
        """Ask it to stop what it is running."""
        self.client.control_channel.send(self.client.session.msg("interrupt_request", {}))

    async def close(self):
        """End it, whatever it does, with everything that it has started."""
        self.alive = False
        with contextlib.suppress(OSError):
            self._connection.shutdown(2)
        with contextlib.suppress(Exception):
            await asyncio.wait_for(asyncio.shield(self._listening), 5)
        self._listening.cancel()
        self._connection.close()
        with contextlib.suppress(Exception):
            self.client.stop_channels()
            self.client.context.destroy(linger=0)
        shutil.rmtree(self._folder, ignore_errors=True)


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
