"""What a grading found out about one submission, and where all of it that is no mark is kept.

Marks live in nbgrader's gradebook only. Beside it, autograding/UNIT/STUDENT.json says how each cell went.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from tlcourse.grading.model import release as releases
from tlcourse.notebooks import write_atomically

STATUSES = ("graded", "repaired", "missing", "unreadable", "timed out", "crashed", "tampered")
# When several things happened to a submission, the table names the one that an instructor has to know first.
PRECEDENCE = ("tampered", "missing", "unreadable", "crashed", "timed out", "repaired", "graded")
# What a run leaves in the record, beside its status.
KEPT = ("notes", "flags", "cells", "cpu_seconds", "cell_cpu_seconds", "seconds", "submission_sha256", "release_sha256")


@dataclass(frozen=True)
class Outcome:
    """One line of the table that ``tlcourse grade`` prints.

    Parameters
    ----------
    student, unit : str
    status : str
        One of `STATUSES`; "repaired" is graded after a safe repair.
    score, max_score : float or None
        Points of the cells that are graded without a person; None where no mark could be recorded.
    notes : tuple of str
        Sentences that the student may read.
    flags : tuple of dict
        {"grade_id" or None, "kind", "evidence"}, for the instructor.
    """

    student: str
    unit: str
    status: str
    score: float | None
    max_score: float | None
    notes: tuple = field(default=())
    flags: tuple = field(default=())


def worst(statuses):
    """The status that stands for all of these."""
    return min(statuses, key=PRECEDENCE.index, default="graded")


def record_file(folder, unit, student):
    """Where the record of one submission's grading lies."""
    return Path(folder, "autograding", unit, f"{student}.json")


def read_record(folder, unit, student):
    """The record of one submission's grading, or None where there is none that can be read."""
    try:
        return json.loads(record_file(folder, unit, student).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def write_record(folder, unit, student, record):
    """Write the record of one submission's grading, whole or not at all."""
    write_atomically(record_file(folder, unit, student), json.dumps(record, indent=1) + "\n")


def ungraded(known, status, note):
    """The untouched release with no points, and why."""
    notebook = releases.empty_notebook(known)
    outputs, cells = {}, []
    for index, cell in enumerate(notebook.cells):
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and marks.get("grade"):
            error = {"output_type": "error", "ename": "NotGraded", "evalue": note, "traceback": [note]}
            outputs[str(index)] = {"outputs": [error], "execution_count": None}
            cells.append(
                {
                    "grade_id": marks["grade_id"],
                    "score": 0.0,
                    "max_score": float(marks["points"]),
                    "outcome": "not run",
                    "message": note,
                    "seconds": 0.0,
                }
            )
    blank = {"cells": cells, "outputs": outputs, "notes": [note], "flags": [], "statuses": [status]}
    return notebook, blank | {"cpu_seconds": 0.0, "cell_cpu_seconds": 0.0, "seconds": 0.0}


def unreadable(known, reason):
    """`ungraded`, for a file that is no notebook; the note names what tries another copy of it."""
    advice = "`tlcourse repair NOTEBOOK` says whether another copy can be read."
    return ungraded(known, "unreadable", f"The notebook could not be read: {reason}. {advice}")
