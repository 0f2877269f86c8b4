"""Time as the limits count it: a busy machine costs no points, and nobody holds up the class.

A cell and its notebook may use so many seconds of the processor and of sleep together (`Kernel.counted_seconds`). A
submission can hide these, so a clock limits it, too. The clock leaves out the seconds in which the submission wanted a
processor and others had it (`Kernel.waited_seconds`, from Linux's scheduler), and those in which the grader started a
kernel. A submission can also make itself wait; so at least a quarter of the time that has passed counts on the clock.
"""

import time

STARVED_FACTOR = 4  # times as long as the limit on the clock: the most that waiting for a processor can add


def on_the_clock(elapsed, waited):
    """The seconds that count on the clock, of those that have passed.

    Parameters
    ----------
    elapsed : float
        Seconds that have passed.
    waited : float
        Those of them that were not the submission's.
    """
    return max(elapsed - waited, elapsed / STARVED_FACTOR)


class Stopwatch:
    """What something in a kernel has used since this was made.

    Parameters
    ----------
    kernel : tlcourse.grading.sandbox.interface.Kernel
    helper : object, optional
        Another process that works for the kernel and whose time counts, too: `seconds` and `waited_seconds`.
    """

    def __init__(self, kernel, helper=None):
        self._kernel, self._helper = kernel, helper
        self._started, self._counted_before, self._waited_before = time.monotonic(), self._counted(), self._waited()

    def _counted(self):
        return self._kernel.counted_seconds + (self._helper.seconds if self._helper else 0.0)

    def _waited(self):
        return self._kernel.waited_seconds + (self._helper.waited_seconds if self._helper else 0.0)

    @property
    def counted(self):
        """Seconds of the processor and of sleep."""
        return self._counted() - self._counted_before

    @property
    def clock(self):
        """Seconds on the clock."""
        return on_the_clock(time.monotonic() - self._started, self._waited() - self._waited_before)


class NotebookTime:
    """What a notebook has left of its time, in all of its kernels.

    Parameters
    ----------
    limits : tlcourse.grading.model.assignment.Limits
    """

    def __init__(self, limits):
        self.limits = limits
        self.started = time.monotonic()
        self._counted = self._waited = 0.0  # in kernels that are gone, and while the grader started one

    def leave_out(self, seconds):
        """Take seconds off the clock that the grader has spent for itself."""
        self._waited += seconds

    def keep(self, kernel):
        """Add what a kernel has used that is gone now."""
        self._counted += kernel.counted_seconds
        self._waited += kernel.waited_seconds

    def left(self, kernel):
        """Seconds that the notebook may still use."""
        return self.limits.notebook_seconds - self._counted - (kernel.counted_seconds if kernel else 0.0)

    def clock_left(self, kernel):
        """Seconds that the next cell may take on the clock."""
        waited = self._waited + (kernel.waited_seconds if kernel else 0.0)
        taken = on_the_clock(time.monotonic() - self.started, waited)
        factor = self.limits.wall_clock_factor
        return max(0.0, min(self.limits.cell_seconds * factor, self.limits.notebook_seconds * factor - taken))

    def used_up(self, kernel):
        """Which limit a notebook has used up, for people; or an empty string."""
        if self.left(kernel) <= 0:
            return f"{self.limits.notebook_seconds:.0f} s"
        if self.clock_left(kernel) <= 0:
            return f"{self.limits.notebook_seconds * self.limits.wall_clock_factor:.0f} s on the clock"
        return ""
