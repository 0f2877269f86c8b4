"""What one message from a kernel may take, whatever its parts are."""

import asyncio
import sys
import tempfile

import pytest
import zmq
import zmq.asyncio

from tlcourse.grading.sandbox.message_relay import GREETING, MessageCounter, MessageRelay, MessageTooLarge

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such sockets")
HELLO = (b"\xff" + bytes(8) + b"\x7f\x03\x01NULL").ljust(GREETING, b"\0")


def frame(content, more=False):
    return bytes([more]) + bytes([len(content)]) + content


@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_small_messages_pass_without_end_in_pieces_of_any_size(step):
    counter = MessageCounter(1000)
    stream = HELLO + (frame(b"a" * 200, more=True) + frame(b"b" * 100)) * 50
    stream += b"\x02" + (700).to_bytes(8, "big") + bytes(700) + frame(b"")
    for start in range(0, len(stream), step):
        counter.add(stream[start : start + step])


@pytest.mark.parametrize(
    "stream",
    [
        HELLO + b"\x02" + (1000).to_bytes(8, "big"),
        HELLO + frame(b"a" * 200, more=True) * 4,
        HELLO + frame(b"", more=True) * 20,
        HELLO + frame(b"a" * 200, more=True) * 2 + b"\x06" + (1 << 20).to_bytes(8, "big"),
        HELLO[:10] + b"\x01" + HELLO[11:],
        b"\x05" + HELLO[1:],
    ],
    ids=["one part", "parts", "empty parts", "a command", "ZMTP 2", "ZMTP 1"],
)
def test_a_message_that_is_too_large_ends_the_connection(stream):
    with pytest.raises(MessageTooLarge):
        MessageCounter(1000).add(stream)


def test_the_grader_gets_what_is_small_enough_and_no_more():
    async def exchange(folder):
        context = zmq.asyncio.Context()
        kernel, grader = context.socket(zmq.ROUTER), context.socket(zmq.DEALER)
        relay = MessageRelay({f"{folder}/p": f"{folder}/k"}, 1 << 20)
        kernel.bind(f"ipc://{folder}/k")
        await relay.start()
        grader.connect(f"ipc://{folder}/p")
        try:
            await grader.send_multipart([b"a", b"b"])
            identity, *parts = await kernel.recv_multipart()
            assert parts == [b"a", b"b"]
            for size in (10, 500_000):
                await kernel.send_multipart([identity, bytes(size), b"c"])
                assert await asyncio.wait_for(grader.recv_multipart(), 10) == [bytes(size), b"c"]
            await kernel.send_multipart([identity, *[bytes(200_000)] * 30])
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(grader.recv_multipart(), 1)
        finally:
            await relay.close()
            context.destroy(linger=0)

    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        asyncio.run(exchange(folder))
