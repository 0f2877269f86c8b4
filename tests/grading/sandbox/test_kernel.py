"""A fork seen from outside: what its monitor says is counted as the submission's time, and nothing else is."""

import asyncio
import json
import socket
import time
from types import SimpleNamespace

import pytest

from tlcourse.grading.sandbox.kernel import LONGEST_STEP, ForkedProcess

pytestmark = pytest.mark.needs_sandbox


def listen_to(folder, lines, lag=0.0):
    """A process whose monitor has sent these messages, a fifth of a second apart; this process reads them late."""

    async def run():
        process = ForkedProcess(SimpleNamespace(socket_folder=folder, filtered=False), {}, {}, "kernel")
        process._connection, monitor = socket.socketpair()
        process._connection.setblocking(False)
        listening = asyncio.ensure_future(process._listen())
        await asyncio.sleep(0.05)
        for line in lines:
            monitor.sendall(json.dumps(line).encode() + b"\n")
            await asyncio.sleep(0.2)
        time.sleep(lag)  # the whole process stands still
        for line in lines:
            monitor.sendall(json.dumps(line).encode() + b"\n")
        monitor.close()
        await listening
        return process

    return asyncio.run(run())


def test_sleep_counts(tmp_path):
    process = listen_to(tmp_path, [{"cpu": 0.5, "busy": False}] * 5)
    assert process.idle > 0.7
    assert process.counted_seconds == process.cpu_seconds + process.idle


def test_time_in_which_the_grader_stood_still_is_not_the_submissions(tmp_path):
    quick = listen_to(tmp_path, [{"cpu": 0.5, "busy": False}] * 5)
    late = listen_to(tmp_path, [{"cpu": 0.5, "busy": False}] * 5, lag=3)
    assert late.idle < quick.idle + 2 * LONGEST_STEP


def test_waiting_for_a_processor_is_kept_apart(tmp_path):
    process = listen_to(tmp_path, [{"cpu": 0.5, "busy": True, "waited": 2.5}] * 2)
    assert (process.waited_seconds, process.counted_seconds) == (2.5, 0.5)


def test_a_process_that_ends_while_it_starts_is_reported_at_once(tmp_path):
    """Not after minutes: its monitor has closed the connection."""

    async def run():
        process = ForkedProcess(SimpleNamespace(socket_folder=tmp_path, filtered=False), {}, {}, "kernel")
        process._fork_server = SimpleNamespace(fork=lambda request: (ended(), None))
        await process.start()

    def ended():
        ours, theirs = socket.socketpair()
        theirs.close()
        ours.setblocking(False)
        return ours

    started = time.monotonic()
    with pytest.raises(RuntimeError, match="ended while it started"):
        asyncio.run(run())
    assert time.monotonic() - started < 30
