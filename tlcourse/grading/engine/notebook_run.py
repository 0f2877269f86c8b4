"""What came of running a notebook, before marks are awarded."""

from dataclasses import dataclass, field


@dataclass
class Run:
    """What came of running a notebook: facts, no marks yet.

    Parameters
    ----------
    verdicts : list of dict
        One for each graded code cell: {"grade_id", "outcome", "message", "seconds"}.
    outputs : dict
        Cell index, as str, to {"outputs", "execution_count"}.
    notes, flags, statuses, cpu_seconds, cell_cpu_seconds, seconds
        As in `tlcourse.grading.model.results.Result`; the status is the worst of `statuses`.
    """

    verdicts: list = field(default_factory=list)
    outputs: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    statuses: list = field(default_factory=list)
    cpu_seconds: float = 0.0
    cell_cpu_seconds: float = 0.0
    seconds: float = 0.0


def error_output(name, message, traceback=None):
    """An error as a notebook keeps it."""
    lines = list(traceback or [f"{name}: {message}"])
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": lines}
