"""What a submission may take, and what came of running it."""

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Limits:
    """What one submission may take.

    Parameters
    ----------
    cell_seconds, notebook_seconds : float
        Processor seconds and seconds asleep, together; time in which others had the processor does not count.
    output_bytes : int
        Of one cell; the rest is cut.
    memory_megabytes, disk_megabytes, processes : int
        Of the kernel and all that it starts.
    """

    cell_seconds: float = 120
    notebook_seconds: float = 600
    output_bytes: int = 1 << 20
    memory_megabytes: int = 4096
    disk_megabytes: int = 256
    processes: int = 256


@dataclass
class Run:
    """What came of running a notebook."""

    cells: list = field(default_factory=list)  # of dict, see GRADING: one a graded code cell
    outputs: dict = field(default_factory=dict)  # cell index, as str, to {"outputs", "execution_count"}
    notes: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    statuses: list = field(default_factory=list)
    cpu_seconds: float = 0.0
    cell_cpu_seconds: float = 0.0
    seconds: float = 0.0

    def record(self, index, marks, verdict, seconds):
        """Keep how a graded cell went.

        Parameters
        ----------
        index : int
            Of the cell in the notebook.
        marks : dict
            nbgrader's metadata of it.
        verdict : dict
            "outcome", "message", and "outputs" if there are any.
        seconds : float
        """
        passed = verdict["outcome"] == "passed"
        self.cells.append(
            {
                "grade_id": marks["grade_id"],
                "score": float(marks["points"]) if passed else 0.0,
                "max_score": float(marks["points"]),
                "outcome": verdict["outcome"],
                "message": verdict["message"],
                "seconds": round(seconds, 3),
            }
        )
        outputs = list(verdict.get("outputs", []))
        if not passed and not any(output["output_type"] == "error" for output in outputs):
            outputs.append(_error(verdict))  # nbgrader gives full marks to a check without an error in its output
        self.outputs[str(index)] = {"outputs": outputs, "execution_count": None}

    def as_dict(self):
        """The same as plain data for JSON."""
        return asdict(self)


class CellStopped(Exception):  # noqa: N818
    """A cell took too long and was stopped; `dead` says whether the kernel went with it."""

    def __init__(self, message, dead=False):
        super().__init__(message)
        self.dead = dead


class Dead(Exception):  # noqa: N818
    """A cell cannot be run any more; the message says why."""


def _error(verdict):
    """The output of a check that did not pass and has no error of its own, as the notebook keeps it."""
    outcome, message = verdict["outcome"], verdict["message"]
    return {"output_type": "error", "ename": outcome, "evalue": message, "traceback": [f"{outcome}: {message}"]}
