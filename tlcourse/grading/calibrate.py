"""Tries a unit's checks on its own solutions once, and remembers which ways of grading hold for them.

A safeguard that fails for the reference solution would accuse an honest student, so it is left out for that check. It
also tells an instructor that the reference itself does not pass, before a class finds out.
"""

import hashlib
import json
import os
from pathlib import Path

from tlcourse import notebooks
from tlcourse.grading import needed, repair, trust
from tlcourse.grading.execute import Executor
from tlcourse.grading.outcome import record_file


def plan_file(course, unit):
    """Where the plan of a unit is kept."""
    return record_file(course, unit, ".plan")


def plan(course, source_folder, known, limits, box, digest):
    """How each check of a unit can be graded; see `tlcourse.grading.trust.Grader`.

    Parameters
    ----------
    course : path
    source_folder : path
        Where the unit's solved notebook lies.
    known : tlcourse.grading.release.Release
    limits : tlcourse.grading.runs.Limits
    box : callable
        Gives the template to fork from.
    digest : str
        Of the release; another one makes the plan anew.

    Returns
    -------
    dict
        Empty where there are no solutions to try.
    """
    file = plan_file(course, known.unit)
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["release_sha256"] == digest:
            return kept["checks"]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    reference = Path(source_folder, f"{known.unit}.ipynb")
    if not reference.is_file():
        return {}
    for skip in (True, False):
        learnt, failed = _try(reference, known, limits, box(), skip)
        if not failed:
            break
    learnt["*"] = {"skip": skip}
    made = {"release_sha256": digest, "checks": learnt, "reference_fails": failed}
    notebooks.write_atomically(file, json.dumps(made, indent=1) + "\n")
    return learnt


def _try(reference, known, limits, box, skip):
    """Grade the reference: what was learnt of each check, and the messages of those that fail."""
    notebook, _ = repair.repair(repair.read(reference.read_bytes()), known)
    grader = trust.Grader(known, learning=True)
    skipped = needed.unneeded(notebook, known) if skip else ()
    run = Executor(notebook, box, grader, known.files, limits, skipped).execute()
    failed = {cell["grade_id"]: cell["message"] for cell in run.cells if cell["outcome"] != "passed"}
    return grader.learnt, failed


def skipped(plan, notebook, known):
    """The cells of a submission that this plan leaves out."""
    return needed.unneeded(notebook, known) if plan.get("*", {}).get("skip") else set()


def fingerprint(known):
    """A digest of all that decides on marks beside the submission."""
    parts = [known.cells, os.environ.get("TLCOURSE_GRADING_SEED", "0")]
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode())
    for name, content in known.files.items():
        digest.update(name.encode() + b"\0" + content)
    return digest.hexdigest()
