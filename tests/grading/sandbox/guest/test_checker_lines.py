"""The checker takes one line for one message, whatever bytes a student's process puts into its reply."""

import base64
import json
import socket
import threading

import ml_dtypes
import numpy as np
import pytest

from tlcourse.grading.sandbox.guest import checker, finite_values

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


@pytest.mark.parametrize(
    "array",
    [
        np.full(2, np.nan, ml_dtypes.bfloat16),
        np.full(2, "NaT", "m8"),
        np.full(2, "NaT", "M8[s]"),
        np.full(2, np.nan, "f4"),
    ],
    ids=lambda array: str(array.dtype),
)
def test_no_kind_of_number_hides_a_nan(engine, array):
    lines = ["import numpy as np", "if bool((f() > np.zeros(2, f().dtype)).any()):", "    raise ValueError"]
    engine.sendall(json.dumps(CHECK | {"check": "\n".join(lines)}).encode() + b"\n")
    content = [str(array.dtype), list(array.shape), base64.b64encode(array.tobytes()).decode()]
    while "function" in (message := json.loads(engine.recv(10_000))):
        engine.sendall(json.dumps({"value": {"a": content}, "models": []}).encode() + b"\n")
    assert message["verdict"]["ename"] == "AssertionError"


@pytest.mark.parametrize(("number", "finite"), [(1.5, True), (np.nan, False), (np.inf, False)])
def test_weights_of_a_type_that_is_not_numpys_own_are_looked_at(number, finite):
    assert finite_values.are_finite([np.full(2, number, ml_dtypes.bfloat16)]) is finite
