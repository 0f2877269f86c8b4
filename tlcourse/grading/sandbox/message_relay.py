"""Stands between a student's kernel and the grader's sockets, and bounds what one message may take.

ZeroMQ bounds each part of a message (``MAXMSGSIZE``), but not how many parts it has, and keeps all of them in the
memory of whoever receives it. Here the parts of each message are added up as they pass, by ZMTP 3.1
(https://rfc.zeromq.org/spec/37).
"""

import asyncio
import contextlib

GREETING = 64  # bytes with which a connection begins
SIGNATURE, MODERN = 10, 3  # bytes of the greeting before the version, and the version without older framings
MORE, LONG, COMMAND = 1, 2, 4  # flags of a frame
PER_FRAME = 128  # bytes that a frame takes besides its content
CHUNK = 1 << 18  # bytes


class MessageTooLarge(ValueError):  # noqa: N818
    """A message has more bytes than it may have, or its framing is not that of ZMTP 3."""


class MessageCounter:
    """Adds up the parts of each message in a stream of bytes.

    Parameters
    ----------
    largest : int
        Bytes of one message.
    """

    def __init__(self, largest):
        self.largest = largest
        self._header, self._greeted = b"", False
        self._left, self._total = 0, 0  # bytes of the present frame that have not come; bytes of the message

    def add(self, data):
        """Count the next bytes of the stream.

        Raises
        ------
        MessageTooLarge
        """
        place = 0
        while place < len(data):
            if self._left:
                step = min(self._left, len(data) - place)
                self._left, place = self._left - step, place + step
                continue
            self._header += data[place : place + 1]
            place += 1
            if self._greeted:
                self._read_header()
            elif len(self._header) == GREETING:
                self._require_modern()

    def _require_modern(self):
        if self._header[0] != 0xFF or not self._header[SIGNATURE - 1] & 1 or self._header[SIGNATURE] < MODERN:
            raise MessageTooLarge("its framing is unknown")
        self._header, self._greeted = b"", True

    def _read_header(self):
        """Begin a frame if its header is complete."""
        flags = self._header[0]
        if len(self._header) < (9 if flags & LONG else 2):
            return
        size, self._header = int.from_bytes(self._header[1:], "big"), b""
        self._left = size
        total = self._total + size + PER_FRAME
        if total > self.largest:
            raise MessageTooLarge(f"it has more than {self.largest:,} bytes")
        if not flags & COMMAND:
            self._total = total if flags & MORE else 0


class MessageRelay:
    """Passes bytes on between sockets that a kernel has bound and others that the grader connects to.

    Parameters
    ----------
    paths : dict of str to str
        The kernel's socket by the path of the one to connect to.
    largest : int
        Bytes of one message from the kernel; the connection ends at a larger one.
    """

    def __init__(self, paths, largest):
        self.paths, self.largest = paths, largest
        self._servers, self._tasks = [], set()

    async def start(self):
        """Listen."""
        for path, kernels in self.paths.items():

            async def pass_on(reader, writer, kernels=kernels):
                task = asyncio.current_task()
                self._tasks.add(task)
                try:
                    await self._serve(reader, writer, kernels)
                finally:
                    self._tasks.discard(task)

            self._servers.append(await asyncio.start_unix_server(pass_on, path, limit=CHUNK))

    async def _serve(self, reader, writer, kernels):
        """Pass bytes on both ways until one end is closed."""
        with contextlib.suppress(OSError, MessageTooLarge, asyncio.CancelledError):
            kernels_reader, kernels_writer = await asyncio.open_unix_connection(kernels, limit=CHUNK)
            with contextlib.closing(kernels_writer):
                counter = MessageCounter(self.largest)
                ways = [
                    asyncio.ensure_future(_copy(reader, kernels_writer)),
                    asyncio.ensure_future(_copy(kernels_reader, writer, counter.add)),
                ]
                try:
                    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for way in ways:
                        way.cancel()
                    await asyncio.gather(*ways, return_exceptions=True)
        writer.close()

    async def close(self):
        """End all connections."""
        for server in self._servers:
            server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _copy(reader, writer, count=lambda data: None):
    while data := await reader.read(CHUNK):
        count(data)
        writer.write(data)
        await writer.drain()
