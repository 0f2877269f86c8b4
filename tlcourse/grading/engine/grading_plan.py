"""The grading plan of a unit: which ways of grading hold for its checks, tried once on its own solutions.

A safeguard that fails for the reference solution would accuse an honest student, so it is left out for that check. It
also shows an instructor that the reference itself does not pass, before a class finds out.
"""

import dataclasses
import json
from pathlib import Path

from tlcourse import notebooks
from tlcourse.grading.engine import cell_selection
from tlcourse.grading.engine.check_grader import CheckGrader
from tlcourse.grading.engine.grade_submission import run_coroutine
from tlcourse.grading.engine.grading_pool import open_sandbox
from tlcourse.grading.engine.notebook_runner import NotebookRunner
from tlcourse.grading.model.assignment import digest
from tlcourse.grading.submissions import normalize, reading

PLAN_KEYS = {"outside", "mutated", "seconds"}


def with_grading_plan(assignment, solution, cached_plan, shipped_plan, unsafe=False):
    """The assignment with its plan; its solutions run where neither file has a plan that fits.

    Parameters
    ----------
    assignment : tlcourse.grading.model.assignment.Assignment
    solution : path
        The unit's solved notebook.
    cached_plan : path
        Where a plan made in this course is kept.
    shipped_plan : path
        The plan that came with the solutions.
    unsafe : bool
        Whether submissions are graded without a sandbox.

    Returns
    -------
    tlcourse.grading.model.assignment.Assignment
        Its plan is empty where there are no solutions to try.
    """
    if not Path(solution).is_file():
        return assignment
    sha256 = code_digest(assignment, solution, unsafe)
    for file in (cached_plan, shipped_plan):
        if checks := _read_plan(file, sha256):
            return dataclasses.replace(assignment, plan=checks)
    plan = make_plan(assignment, solution, unsafe)
    write_plan(cached_plan, plan)
    return dataclasses.replace(assignment, plan=plan["checks"])


def _read_plan(file, sha256):
    """The checks of a plan that is of this code and complete, or None."""
    try:
        plan = json.loads(Path(file).read_text(encoding="utf-8"))
        complete = all(set(check) >= PLAN_KEYS for name, check in plan["checks"].items() if name != "*")
        return plan["checks"] if plan["code_sha256"] == sha256 and complete else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_plan(file, plan):
    """Keep what `make_plan` returned."""
    notebooks.write_atomically(file, json.dumps(plan, indent=1) + "\n")


def make_plan(assignment, solution, unsafe=False):
    """Grade the unit's own solutions.

    Returns
    -------
    dict
        {"code_sha256": of what was tried, "checks": by grade_id what holds, "reference_fails": by grade_id the
        message}.
    """
    for skip in (True, False):
        checks, failed = _grade_reference(assignment, solution, open_sandbox(assignment.modules, unsafe), skip)
        if not failed:
            break
    checks["*"] = {"skip": skip}
    return {
        "code_sha256": code_digest(assignment, solution, unsafe),
        "checks": checks,
        "reference_fails": failed,
    }


def _grade_reference(assignment, solution, sandbox, skip):
    notebook, _ = normalize.normalize(reading.read(Path(solution).read_bytes()), assignment)
    grader = CheckGrader(assignment, planning=True)
    skipped = cell_selection.unneeded_cells(notebook, assignment) if skip else ()
    runner = NotebookRunner(notebook, sandbox, grader, assignment.files, assignment.limits, skipped)
    run = run_coroutine(runner.execute())
    failed = {check["grade_id"]: check["message"] for check in run.verdicts if check["outcome"] != "passed"}
    return grader.plan, failed


def code_digest(assignment, solution, unsafe=False):
    """A digest of the code that a plan depends on: checks, released cells, solutions; not of prose and points."""
    cells = [[cell["grade_id"], cell["full"], cell["tags"]] for cell in assignment.cells if cell["cell_type"] == "code"]
    content = Path(solution).read_bytes()
    solutions = [cell.source for cell in reading.read(content).cells if cell.cell_type == "code"]
    return digest([cells, solutions, unsafe], assignment.files)
