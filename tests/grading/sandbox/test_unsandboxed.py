"""A kernel without a sandbox: what counts as sleep."""

import sys
from types import SimpleNamespace

import psutil
import pytest

from tlcourse.grading.sandbox import unsandboxed
from tlcourse.grading.sandbox.kernel import LONGEST_STEP
from tlcourse.grading.sandbox.unsandboxed import UnconfinedKernel


@pytest.fixture
def kernel(monkeypatch):
    """A kernel that has used 0.5 s of the processor, and a clock that `wait` moves on."""
    now = [100.0]
    monkeypatch.setattr(unsandboxed.time, "monotonic", lambda: now[0])
    kernel = UnconfinedKernel({}, {}, {})
    kernel._process = SimpleNamespace(
        cpu_times=lambda: (0.5, 0.0, 0.0, 0.0), children=lambda recursive: [], status=lambda: kernel.state
    )
    kernel.wait = lambda seconds: now.__setitem__(0, now[0] + seconds)
    assert kernel.counted_seconds == 0.5
    return kernel


def test_sleep_counts(kernel):
    kernel.state = psutil.STATUS_SLEEPING
    for _ in range(10):
        kernel.wait(0.1)
        counted = kernel.counted_seconds
    assert counted == pytest.approx(1.5)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells who wants a processor")
def test_waiting_for_a_processor_does_not_count(kernel):
    kernel.state = psutil.STATUS_RUNNING
    for _ in range(10):
        kernel.wait(0.1)
        counted = kernel.counted_seconds
    assert counted == 0.5


def test_a_grader_that_stood_still_did_not_see_a_sleep(kernel):
    kernel.state = psutil.STATUS_SLEEPING
    kernel.wait(30)
    assert kernel.counted_seconds == 0.5 + LONGEST_STEP
