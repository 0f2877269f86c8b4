"""Time as the limits count it: waiting for a processor is left out, but not for ever."""

import pytest

from tlcourse.grading.engine import time_limits
from tlcourse.grading.engine.time_limits import NotebookTime, Stopwatch, on_the_clock
from tlcourse.grading.model.assignment import Limits

LIMITS = Limits(cell_seconds=2, notebook_seconds=15, wall_clock_factor=6)


class IdleKernel:
    """A kernel that has used no time yet."""

    def __init__(self):
        self.counted_seconds = self.waited_seconds = 0.0


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves on: a list of one number."""
    now = [1000.0]
    monkeypatch.setattr(time_limits.time, "monotonic", lambda: now[0])
    return now


@pytest.mark.parametrize(
    ("elapsed", "waited", "counted"),
    [(10, 0, 10), (10, 6, 4), (10, 7.5, 2.5), (10, 10, 2.5), (10, 40, 2.5)],
)
def test_at_least_a_quarter_of_the_time_counts(elapsed, waited, counted):
    assert on_the_clock(elapsed, waited) == counted


def test_a_stopwatch_counts_kernel_and_helper_since_it_was_made(clock):
    class Helper:
        seconds, waited_seconds = 5.0, 1.0

    kernel, helper = IdleKernel(), Helper()
    kernel.counted_seconds = 3.0
    used = Stopwatch(kernel, helper)
    clock[0] += 10
    kernel.counted_seconds += 1
    helper.seconds += 2
    kernel.waited_seconds += 3
    helper.waited_seconds += 2
    assert (used.counted, used.clock) == (3.0, 5.0)


def test_time_without_a_processor_is_left_to_the_notebook(clock):
    kernel, left = IdleKernel(), NotebookTime(LIMITS)
    clock[0] += 88  # of 90
    assert left.clock_left(kernel) == 2
    kernel.waited_seconds = 60
    assert left.clock_left(kernel) == 12  # a cell's
    assert left.used_up(kernel) == ""


def test_a_notebook_that_only_waits_is_stopped_in_the_end(clock):
    kernel, left = IdleKernel(), NotebookTime(LIMITS)
    clock[0] += 4 * 90
    kernel.waited_seconds = 4 * 90
    assert left.used_up(kernel) == "90 s on the clock"


def test_what_the_grader_does_for_itself_is_left_out(clock):
    left = NotebookTime(LIMITS)
    clock[0] += 100
    left.leave_out(60)
    assert left.used_up(None) == ""


def test_kernels_that_are_gone_count(clock):
    kernel, left = IdleKernel(), NotebookTime(LIMITS)
    kernel.counted_seconds, kernel.waited_seconds = 14.0, 8.0
    left.keep(kernel)
    clock[0] += 90
    assert left.left(None) == 1
    assert left.clock_left(None) == 8
    later = IdleKernel()
    later.counted_seconds = 1.5
    assert left.used_up(later) == "15 s"
