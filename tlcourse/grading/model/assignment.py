"""A unit as it was released, with its hidden tests: what a submission is normalized to and graded against."""

import functools
import hashlib
import json
from dataclasses import asdict, dataclass, field

import nbformat

from tlcourse.grading.model.course_code import deciding_sha256
from tlcourse.notebooks import KERNEL, tested_exercise

SEED_VARIABLE = "TLCOURSE_GRADING_SEED"


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Parameters
    ----------
    cell_seconds, notebook_seconds : float
        Processor seconds and seconds asleep, together; time in which others had the processor does not count.
    wall_clock_factor : float
        How many times as long a cell and the notebook may take on the clock, whatever counts: a submission that hides
        its time must not hold up the class.
    output_bytes : int
        Of one cell; the rest is cut.
    memory_megabytes, disk_megabytes, processes : int
        Of the kernel and everything that it starts.
    """

    cell_seconds: float = 120
    notebook_seconds: float = 600
    wall_clock_factor: float = 6
    output_bytes: int = 1 << 20
    memory_megabytes: int = 4096
    disk_megabytes: int = 256
    processes: int = 256

    def process_limits(self):
        """The limits that a sandbox enforces, as plain data."""
        return {name: getattr(self, name) for name in ("memory_megabytes", "disk_megabytes", "processes")}


@dataclass(frozen=True)
class Assignment:
    """What grading needs to know of a unit; plain data, so that it can be sent to another machine.

    Parameters
    ----------
    unit : str
    cells : list of dict
        Of the release, in its order: {"grade_id" (None where nbgrader has no metadata for the cell), "cell_type",
        "source" (as released), "full" (with the hidden tests), "nbgrader" (the metadata, {} where none), "tags"}.
    modules : list of str
        What the unit's cells import.
    files : dict of str to bytes
        What was released with the notebook.
    limits : Limits
    plan : dict
        By grade_id, how each check can be graded; see `tlcourse.grading.engine.grading_plan`.
    seed : str
        A whole number, from which the hidden tests draw their inputs.
    """

    unit: str
    cells: list
    modules: list
    files: dict = field(default_factory=dict, repr=False)
    limits: Limits = Limits()
    plan: dict = field(default_factory=dict)
    seed: str = "0"

    def autograded_cells(self):
        """The cells with points that are graded without a person."""
        return [cell for cell in self.cells if cell["cell_type"] == "code" and cell["nbgrader"].get("grade")]

    def cells_by_id(self):
        """The cells that nbgrader has metadata for, by grade_id."""
        return {cell["grade_id"]: cell for cell in self.cells if cell["grade_id"]}

    def exercise_of(self, grade_id):
        """The grade_id of the solution cell that a test belongs to, by `tested_exercise`; None for other cells."""
        solutions = [cell for cell in self.cells if cell["cell_type"] == "code" and cell["nbgrader"].get("solution")]
        return tested_exercise(grade_id, [cell["grade_id"] for cell in solutions])

    def untouched_notebook(self):
        """The student's untouched notebook with the full tests: what is graded where nothing can be read."""
        cells = []
        for number, cell in enumerate(self.cells):
            make = getattr(nbformat.v4, f"new_{cell['cell_type']}_cell")
            metadata = {"tags": cell["tags"]} if cell["tags"] else {}
            if cell["nbgrader"]:
                metadata["nbgrader"] = dict(cell["nbgrader"])
            cells.append(make(cell["full"], metadata=metadata, id=cell["grade_id"] or f"cell-{number}"))
        metadata = {"kernelspec": dict(KERNEL), "language_info": {"name": "python"}}
        return nbformat.v4.new_notebook(cells=cells, metadata=metadata)

    @functools.cached_property
    def sha256(self):
        """A digest of what decides on marks besides the submission: cells, files, seed, limits, the code of `tlcourse`.

        The versions of Python and of other packages are left out: they differ among the machines of one grading.
        """
        return digest([self.cells, asdict(self.limits), self.code_sha256, self.seed], self.files)

    @functools.cached_property
    def code_sha256(self):
        """A digest of the files of the installed `tlcourse` that can decide on marks."""
        return deciding_sha256()


def is_setup(cell):
    """Whether a cell of a release makes what the others use: code with the tag "setup" that is not nbgrader's."""
    return cell["cell_type"] == "code" and not cell["nbgrader"] and "setup" in cell["tags"]


def require_seed(seed, name):
    """A seed of the hidden tests' inputs, if it is one; `name` says where it comes from.

    Raises
    ------
    ValueError
        If it is no whole number: every hidden test would fail, whatever the answer.
    """
    if not seed.isdecimal():
        raise ValueError(f"{name} is {seed!r}: set it to a whole number such as 0 or 20270101")
    return seed


def digest(parts, files):
    """SHA-256 of plain data and of files (dict of str to bytes)."""
    sha256 = hashlib.sha256(json.dumps(parts, sort_keys=True).encode())
    for name, content in files.items():
        sha256.update(name.encode() + b"\0" + content)
    return sha256.hexdigest()
