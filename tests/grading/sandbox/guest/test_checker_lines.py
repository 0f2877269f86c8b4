"""The checker takes one line for one message, whatever bytes a student's process puts into its reply."""

import json
import socket
import threading

import pytest

from tlcourse.grading.sandbox.guest import checker

CHECK = {"check": "assert f() == 1", "names": ["f"], "seed": "0"}
REQUEST = json.dumps({"check": "pass", "names": [], "seed": "0"}).encode()
READ_AT_ONCE = 8192  # bytes that a text file reads: it forgets the rest of these when it writes


@pytest.fixture
def engine():
    """The engine's end of a connection to a running checker."""
    ours, theirs = socket.socketpair()
    with ours, theirs, checker.lines_of(theirs) as lines:
        thread = threading.Thread(target=checker.Checker(lines, []).serve, daemon=True)
        thread.start()
        ours.settimeout(5)
        yield ours
        ours.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.mark.parametrize(
    "reply",
    [
        b'{"value": 0, "models": []}'.ljust(READ_AT_ONCE - 2) + b"\r " + REQUEST,
        b"\xff".ljust(READ_AT_ONCE) + REQUEST,
    ],
    ids=["carriage return", "no UTF-8"],
)
def test_the_rest_of_a_reply_is_no_request(engine, reply):
    engine.sendall(json.dumps(CHECK).encode() + b"\n")
    assert json.loads(engine.recv(10_000))["function"] == "f"
    engine.sendall(reply + b"\n")
    verdict = json.loads(engine.recv(10_000))["verdict"]
    assert verdict["ename"] == "AssertionError"
    engine.settimeout(0.5)
    with pytest.raises(TimeoutError):  # a verdict on the second request would be taken for that on the next check
        engine.recv(10_000)
