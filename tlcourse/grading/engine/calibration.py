"""Tries a unit's checks on its own solutions once, and remembers which ways of grading hold for them.

A safeguard that fails for the reference solution would accuse an honest student, so it is left out for that check. It
also tells an instructor that the reference itself does not pass, before a class finds out.
"""

import hashlib
import json
import os
from pathlib import Path

from tlcourse import notebooks
from tlcourse.grading.engine import cell_selection, tamper_detection
from tlcourse.grading.engine.notebook_runner import Executor
from tlcourse.grading.model.layout import SHIPPED_PLAN
from tlcourse.grading.model.outcome import record_file
from tlcourse.grading.submissions import normalize, reading


def plan_file(course, unit):
    """Where a course keeps the plan of a unit that was learnt there."""
    return record_file(course, unit, ".plan")


def plan(course, source_folder, known, limits, box, unsafe=False):
    """How each check of a unit can be graded; see `tlcourse.grading.engine.tamper_detection.Grader`.

    Parameters
    ----------
    course : path
    source_folder : path
        Where the unit's solved notebook lies, and its plan, where it came with one.
    known : tlcourse.grading.model.release.Release
    limits : tlcourse.grading.model.runs.Limits
    box : callable
        Gives the template to fork from.
    unsafe : bool
        Whether that is no box.

    Returns
    -------
    dict
        Empty where there are no solutions to try.
    """
    solved = Path(source_folder, f"{known.unit}.ipynb")
    if not solved.is_file():
        return {}
    digest = code_digest(known, solved, unsafe)
    own = plan_file(course, known.unit)
    for file in (own, Path(source_folder, SHIPPED_PLAN)):
        if kept := _kept(file, digest):
            return kept["checks"]
    made = learn(solved, known, limits, box(), unsafe)
    write(own, made)
    return made["checks"]


def _kept(file, digest):
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return kept if kept["code_sha256"] == digest and isinstance(kept["checks"], dict) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(file, made):
    """Keep what `learn` returned."""
    notebooks.write_atomically(file, json.dumps(made, indent=1) + "\n")


def learn(solved, known, limits, box, unsafe=False):
    """Grade the unit's own solutions.

    Returns
    -------
    dict
        {"code_sha256": of what was tried, "checks": by grade_id what was learnt, "reference_fails": by grade_id the
        message}.
    """
    for skip in (True, False):
        learnt, failed = _try(solved, known, limits, box, skip)
        if not failed:
            break
    learnt["*"] = {"skip": skip}
    return {"code_sha256": code_digest(known, solved, unsafe), "checks": learnt, "reference_fails": failed}


def _try(solved, known, limits, box, skip):
    notebook, _ = normalize.repair(reading.read(solved.read_bytes()), known)
    grader = tamper_detection.Grader(known, learning=True)
    skipped = cell_selection.unneeded(notebook, known) if skip else ()
    run = Executor(notebook, box, grader, known.files, limits, skipped).execute()
    failed = {cell["grade_id"]: cell["message"] for cell in run.cells if cell["outcome"] != "passed"}
    return grader.learnt, failed


def skipped(plan, notebook, known):
    """The cells of a submission that this plan leaves out."""
    return cell_selection.unneeded(notebook, known) if plan.get("*", {}).get("skip") else set()


def code_digest(known, solved, unsafe=False):
    """A digest of the code that a plan depends on: checks, given cells, solutions; not of prose and points."""
    cells = [[cell["grade_id"], cell["full"], cell["tags"]] for cell in known.cells if cell["cell_type"] == "code"]
    solutions = [cell.source for cell in reading.read(solved.read_bytes()).cells if cell.cell_type == "code"]
    return _digest([cells, solutions, unsafe], known.files)


def fingerprint(known):
    """A digest of all that decides on marks beside the submission."""
    return _digest([known.cells], known.files)


def _digest(parts, files):
    parts = [*parts, os.environ.get("TLCOURSE_GRADING_SEED", "0")]
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode())
    for name, content in files.items():
        digest.update(name.encode() + b"\0" + content)
    return digest.hexdigest()
