"""The limits on the clock, with a kernel that hides all of its time. tests/grading/test_grading.py has real ones."""

import asyncio
import time

import pytest

from tlcourse.grading.engine.notebook_runner import CannotRun, CellStopped, NotebookRunner
from tlcourse.grading.model.assignment import Limits
from tlcourse.grading.model.results import worst_status


class HidingKernel:
    """Uses no processor, does not sleep, and does not end when it is interrupted."""

    counted_seconds, alive, interrupted = 0.0, True, False

    def interrupt(self):
        self.interrupted = True


@pytest.fixture
def runner(monkeypatch):
    monkeypatch.setattr(NotebookRunner, "GRACE_SECONDS", 0.1)
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
    runner.started = time.monotonic() - 3
    for _ in range(2):
        with pytest.raises(CannotRun, match="the notebook had used up its 2 s on the clock"):
            runner._check_budget()
    assert worst_status(runner.run.statuses) == "timed out"  # also where each of its cells was in time
    assert runner.run.notes == ["The notebook had used up its 2 s on the clock."]


def test_an_honest_cell_returns_its_value(runner):
    assert asyncio.run(runner.limited(asyncio.sleep(0, "value"))) == "value"
