"""The limits on the clock, with a kernel that hides all of its time. tests/grading/test_grading.py has real ones."""

import asyncio
import time

import pytest

from tlcourse.grading.engine.notebook_runner import CannotRun, CellStopped, NotebookRunner
from tlcourse.grading.model.assignment import Limits
from tlcourse.grading.model.results import worst_status


class HidingKernel:
    """Uses no processor, does not sleep, and does not end when it is interrupted."""

    counted_seconds, waited_seconds, alive, interrupted = 0.0, 0.0, True, False

    def interrupt(self):
        self.interrupted = True


@pytest.fixture
def runner(monkeypatch):
    monkeypatch.setattr(NotebookRunner, "GRACE_SECONDS", 0.1)
    monkeypatch.setattr(NotebookRunner, "REPLY_SECONDS", 0.1)
    limits = Limits(cell_seconds=0.2, notebook_seconds=1, wall_clock_factor=2)
    runner = NotebookRunner(None, None, None, {}, limits)
    runner.kernel = HidingKernel()
    return runner


def test_a_cell_that_hides_its_time_is_stopped_by_the_clock(runner):
    started = time.monotonic()
    with pytest.raises(CellStopped, match="on the clock; it could not be interrupted") as stopped:
        asyncio.run(runner.limited(asyncio.sleep(60)))
    assert stopped.value.dead
    assert runner.kernel.interrupted
    assert 0.4 <= time.monotonic() - started < 30


def test_a_notebook_that_hides_its_time_is_stopped_by_the_clock(runner):
    runner.time.started = time.monotonic() - 3
    for _ in range(2):
        with pytest.raises(CannotRun, match="the notebook had used up its 2 s on the clock"):
            runner._check_budget()
    assert worst_status(runner.run.statuses) == "timed out"  # also where each of its cells was in time
    assert runner.run.notes == ["The notebook had used up its 2 s on the clock."]


class StarvedKernel(HidingKernel):
    """Wants a processor all the time, and others have it."""

    def __init__(self):
        self._started = time.monotonic()

    @property
    def waited_seconds(self):
        """All seconds since it was made."""
        return time.monotonic() - self._started


def test_a_cell_that_gets_no_processor_has_more_time_on_the_clock(runner):
    runner.kernel = StarvedKernel()
    assert asyncio.run(runner.limited(asyncio.sleep(0.8, "value"))) == "value"  # of 0.4 s
    assert not runner.kernel.interrupted


def test_a_cell_that_only_waits_for_a_processor_is_stopped_in_the_end(runner):
    runner.kernel = StarvedKernel()
    started = time.monotonic()
    with pytest.raises(CellStopped, match="on the clock"):
        asyncio.run(runner.limited(asyncio.sleep(60)))
    assert 1.6 <= time.monotonic() - started < 30


def test_a_reply_that_has_come_counts_however_late_the_grader_reads_it(runner, monkeypatch):
    """The limit is used up before this process looks; what the cell returned is on its way."""
    monkeypatch.setattr(NotebookRunner, "REPLY_SECONDS", 1)
    runner.kernel.counted_seconds = 0.0

    async def reply():
        runner.kernel.counted_seconds = 0.9  # of 0.2
        await asyncio.sleep(0.3)
        return "value"

    assert asyncio.run(runner.limited(reply())) == "value"
    assert not runner.kernel.interrupted


def test_an_honest_cell_returns_its_value(runner):
    assert asyncio.run(runner.limited(asyncio.sleep(0, "value"))) == "value"
