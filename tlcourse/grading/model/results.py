"""The result of grading one submission, and the record of it that a course keeps.

The points of a result go into nbgrader's gradebook, which is where reports read marks. The record,
grading_records/UNIT/STUDENT.json, says how each cell went.
"""

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path

import nbformat

from tlcourse.notebooks import write_atomically

STATUSES = ("graded", "repaired", "missing", "unreadable", "timed out", "crashed", "tampered", "not graded")
# When several things happened to a submission, its status is the one that an instructor has to see first.
PRECEDENCE = ("tampered", "missing", "unreadable", "crashed", "timed out", "repaired", "graded")
ATTENTION = ("grader", "timestamp", "misplaced")  # kinds of flags
RECORDS = "grading_records"  # folder of a course
WITHDRAWN = "withdrawn.json"  # beside the records: the marks of checks that a course no longer has
NOT_RECORDED = {"student", "unit", "outputs", "notebook"}


@dataclass
class Result:
    """What came of one submission: the points of its checks before penalties and written answers, and how they came.

    Parameters
    ----------
    student, unit : str
    status : str
        One of `STATUSES`; "repaired" is graded after a safe repair. "not graded" is the grader's own failure, which is
        never recorded.
    score, max_score : float or None
        Points of the cells that are graded without a person; None where no mark could be recorded.
    notes : list of str
        Sentences that the student may read.
    flags : list of dict
        {"grade_id" or None, "kind", "evidence"}, for the instructor.
    cells : list of dict
        One for each graded code cell: {"grade_id", "score", "max_score", "outcome", "message", "seconds",
        "check_sha256": of what decided besides the submission}.
    kept : list of str
        The checks that did not run because they had not changed since the same submission was graded before.
    changes : list of dict
        The exercises whose points differ from those of that grading: {"exercise", "before", "after"}.
    seconds, cpu_seconds, cell_cpu_seconds : float
        On the clock; of the processor; of the processor once kernel and checker were ready.
    submission_sha256, release_sha256 : str or None
        Of what was graded, and of the assignment that it was graded against.
    seed : str or None
        Of the hidden tests' inputs.
    recorded_at : str or None
        When the result was recorded: ISO 8601, in UTC.
    outputs : dict
        Cell index, as str, to {"outputs", "execution_count"}.
    notebook : str
        The normalized notebook, JSON, without outputs.
    """

    student: str
    unit: str
    status: str
    score: float | None = None
    max_score: float | None = None
    notes: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    cells: list = field(default_factory=list)
    kept: list = field(default_factory=list)
    changes: list = field(default_factory=list)
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    cell_cpu_seconds: float = 0.0
    submission_sha256: str | None = None
    release_sha256: str | None = None
    seed: str | None = None
    recorded_at: str | None = None
    outputs: dict = field(default_factory=dict, repr=False)
    notebook: str = field(default="", repr=False)

    @property
    def needs_attention(self):
        """Whether the instructor has to do something before the mark is right, besides marking written answers."""
        return self.status == "not graded" or any(flag["kind"] in ATTENTION for flag in self.flags)

    def executed_notebook(self):
        """The normalized notebook with its outputs."""
        notebook = nbformat.from_dict(json.loads(self.notebook))
        for index, shown in self.outputs.items():
            cell = notebook.cells[int(index)]
            cell.outputs = [nbformat.from_dict(output) for output in shown["outputs"]]
            cell.execution_count = shown["execution_count"]
        return notebook

    def as_dict(self):
        """The same as plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content):
        """The result of what `as_dict` returned.

        Raises
        ------
        TypeError, ValueError
            If that is something else.
        """
        if not isinstance(content, dict) or content.get("status") not in STATUSES:
            raise ValueError("this is not the result of a grading")
        return cls(**content)


def worst_status(statuses):
    """The status that stands for all of these."""
    return min(statuses, key=PRECEDENCE.index, default="graded")


def records_folder(folder, unit):
    """Where a course keeps the records of a unit's grading."""
    return Path(folder, RECORDS, unit)


def record_file(folder, unit, student):
    """Where the record of one submission's grading lies."""
    return records_folder(folder, unit) / f"{student}.json"


def student_records(folder, unit):
    """The files of all records of a unit by student, without the grading's own files beside them."""
    files = sorted(records_folder(folder, unit).glob("*.json"))
    return {file.stem: file for file in files if file.name != WITHDRAWN and not file.name.startswith(".")}


def read_record(folder, unit, student):
    """The `Result` that was recorded, without notebook and outputs; None where there is none that can be read."""
    try:
        content = json.loads(record_file(folder, unit, student).read_text(encoding="utf-8"))
        expected = {item.name for item in fields(Result)} - NOT_RECORDED
        return Result.from_dict({"student": student, "unit": unit, **content}) if expected <= set(content) else None
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def write_record(folder, result):
    """Record a result, whole or not at all, without the notebook and its outputs: nbgrader keeps those."""
    content = {name: value for name, value in result.as_dict().items() if name not in NOT_RECORDED}
    content["recorded_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    file = record_file(folder, result.unit, result.student)
    write_atomically(file, json.dumps(content, indent=1) + "\n")
