"""The verdict on a check can be stored, whatever student code raised."""

import asyncio
import contextlib
import json
import types

from tlcourse.grading.engine.check_grader import LONGEST_MESSAGE, MOST_LINES, CheckGrader, verdict_of
from tlcourse.grading.model.assignment import Assignment


def test_an_error_with_half_a_character_can_be_written_to_a_file():
    verdict = verdict_of({"ename": "\ud800Error", "evalue": "\ud800", "traceback": ["\ud800"]}, [])
    assert json.dumps(verdict, ensure_ascii=False).encode("utf-8")
    assert (verdict["outcome"], verdict["message"]) == ("failed", "?Error: ?")


def test_an_error_of_megabytes_is_cut():
    long = "x" * 5_000_000
    verdict = verdict_of({"ename": long, "evalue": long, "traceback": [long] * 500}, [])
    assert len(verdict["message"]) <= LONGEST_MESSAGE
    assert len(json.dumps(verdict)) < 2 * LONGEST_MESSAGE * MOST_LINES


def test_distinguishes_an_unsolved_stub_from_a_mistake():
    assert verdict_of({"ename": "NotImplementedError", "evalue": ""}, [])["outcome"] == "not solved"
    assert verdict_of({"ename": "AssertionError", "evalue": "too high"}, [])["message"] == "too high"
    assert verdict_of({"status": "ok"}, [])["outcome"] == "passed"


class Stream:
    """Both ends of a connection on which these lines come; nothing comes after the last one."""

    def __init__(self, *lines):
        self.lines = list(lines)

    async def readline(self):
        return self.lines.pop(0) if self.lines else b""

    def write(self, line):
        """Nobody reads it."""

    def close(self):
        """Nothing is open."""


class Process:
    """A checker's or a kernel's process, seen from outside."""

    alive, waits_for_grader = True, False
    cpu_seconds = cpu_seconds_at_start = waited_seconds = 0.0

    def __init__(self, *lines):
        self.stream = Stream(*lines)
        self.client = types.SimpleNamespace(execute=lambda *_, **__: "sent")

    async def connect(self):
        return self.stream, self.stream

    async def close(self):
        self.alive = False


class Runner:
    """Runs one check, whose checker and kernel send these lines."""

    def __init__(self, checker, kernel):
        self.kernel, self.checker, self.waited = Process(*kernel), Process(*checker), []
        self.limits = types.SimpleNamespace(process_limits=dict)
        self.sandbox = types.SimpleNamespace(supports_checkers=True, start_checker=self.start_checker)
        self.run = types.SimpleNamespace(flags=[])
        self.time = types.SimpleNamespace(leave_out=lambda seconds: None)

    async def start_checker(self, files, limits, setup):
        return self.checker

    async def receive_reply(self, sent):
        """The kernel's last reply comes when nothing else does: so long its time counts, or it does not."""
        while self.kernel.stream.lines or self.checker.stream.lines:
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)
        self.waited.append(self.kernel.waits_for_grader)

    async def limited(self, coroutine, helper=None):
        return await coroutine


def decided(checker, kernel=()):
    """The runner after a check, and the verdict on the check."""
    about = {"grade_id": "test_f", "grade": True, "solution": False, "points": 1}
    cell = {"grade_id": "test_f", "cell_type": "code", "source": "f()", "full": "f()", "nbgrader": about, "tags": []}
    grader = CheckGrader(Assignment("01_tiny", [cell], [], plan={"test_f": {"outside": True}}))
    runner = Runner(checker, kernel)
    shown = types.SimpleNamespace(source="f()", metadata=types.SimpleNamespace(nbgrader=types.SimpleNamespace(**about)))
    with contextlib.closing(asyncio.new_event_loop()) as loop:
        return runner, loop.run_until_complete(grader.grade(runner, 0, shown))


def test_what_a_check_prints_of_half_a_character_can_be_written_to_a_file():
    verdict = {"ename": None, "printed": "\ud800"}
    _, verdict = decided([json.dumps({"verdict": verdict}).encode() + b"\n"])
    assert verdict["outcome"] == "passed"
    assert json.dumps(verdict, ensure_ascii=False).encode("utf-8")


def test_the_time_of_a_process_counts_after_it_has_ended_the_checker():
    runner, verdict = decided([b'{"function": "f"}\n'], [b'{"value": 0}\n'])
    assert "too large to check" in verdict["message"]
    assert runner.waited == [False]
