"""The grading plan of a unit: which ways of grading hold for its checks, tried once on its own solutions.

A safeguard that fails for the reference solution would accuse an honest student, so it is left out for that check. It
also shows an instructor that the reference itself does not pass, before a class finds out.
"""

import dataclasses
import json
import math
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
REMEDY = (
    "Correct the check or its solution, install the package versions in constraints.txt, or choose another seed "
    "(`tlcourse grade UNIT --new-seed`). Then run the command again"
)


class ReferenceFails(RuntimeError):  # noqa: N818
    """A unit's own solutions do not earn all points where submissions are graded, or are missing."""


class ReferenceGrader(CheckGrader):
    """Grades each check of the unit's own solutions outside, else inside, and keeps in `plan` which of them holds."""

    def __init__(self, assignment):
        super().__init__(assignment)
        self.plan = {}  # by grade_id, as the plan has it

    async def grade(self, runner, index, cell):
        """Run one graded cell; see `CheckGrader.grade`."""
        name = cell.metadata.nbgrader.grade_id
        before = self._seconds(runner)
        outside, mutated = False, False
        if runner.sandbox.supports_checkers:
            verdict = await self._outside(runner, cell.source, False)
            outside = verdict["outcome"] == "passed"
        if not outside:
            before = self._seconds(runner)
            verdict = await self._inside(runner, index, cell, False)
        seconds = math.ceil(self._seconds(runner) - before)  # rough, so that a file of it seldom changes
        if not outside and verdict["outcome"] == "passed":
            function = self.assignment.exercise_of(name)
            mutated = await self.tamper_detection.fails_mutated(runner, cell.source, function)
        self.plan[name] = {"outside": outside, "mutated": mutated, "seconds": seconds}
        if verdict.get("not_finite"):  # else nan and inf are wrong
            self.plan[name]["not_finite"] = True
        return verdict

    def _seconds(self, runner):
        return runner.kernel.counted_seconds + self.checker.seconds


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
        Its plan is empty where there is neither a sandbox nor a solution to try.

    Raises
    ------
    ReferenceFails
        Naming the checks: no submission could earn their points. No plan is kept then. Or naming the missing solution:
        without a plan, every check would run inside the student's process.
    """
    if not Path(solution).is_file():
        if unsafe:
            return assignment
        raise ReferenceFails(
            f"{assignment.unit}: the grading has to try the solved notebook first, and there is no {solution}: restore "
            f"it, or run `tlcourse build {assignment.unit}`"
        )
    sha256 = code_digest(assignment, solution, unsafe)
    for file in (cached_plan, shipped_plan):
        if checks := _read_plan(file, sha256):
            return dataclasses.replace(assignment, plan=checks)
    plan = make_plan(assignment, solution, unsafe)
    require_full_marks(assignment.unit, plan)
    write_plan(cached_plan, plan)
    return dataclasses.replace(assignment, plan=plan["checks"])


def _read_plan(file, sha256):
    """The checks of a plan that is of this code, complete, and holds for the solutions; or None."""
    try:
        plan = json.loads(Path(file).read_text(encoding="utf-8"))
        complete = all(set(check) >= PLAN_KEYS for name, check in plan["checks"].items() if name != "*")
        fits = plan["code_sha256"] == sha256 and complete and not plan["reference_fails"]
        return plan["checks"] if fits else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def require_full_marks(unit, plan):
    """Raise an error unless the unit's own solutions passed every check.

    Raises
    ------
    ReferenceFails
    """
    if failed := plan["reference_fails"]:
        messages = "; ".join(f"{name}: {message}" for name, message in failed.items())
        raise ReferenceFails(f"{unit}: the unit's own solutions fail these checks: {messages}\n{REMEDY}")


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
    grader = ReferenceGrader(assignment)
    skipped = cell_selection.unneeded_cells(notebook, assignment) if skip else ()
    runner = NotebookRunner(notebook, sandbox, grader, assignment.files, assignment.limits, skipped)
    run = run_coroutine(runner.execute())
    failed = {check["grade_id"]: check["message"] for check in run.verdicts if check["outcome"] != "passed"}
    return grader.plan, failed


def code_digest(assignment, solution, unsafe=False):
    """A digest of what a plan depends on: checks, released cells, solutions, seed; not of prose and points."""
    cells = [[cell["grade_id"], cell["full"], cell["tags"]] for cell in assignment.cells if cell["cell_type"] == "code"]
    content = Path(solution).read_bytes()
    solutions = [cell.source for cell in reading.read(content).cells if cell.cell_type == "code"]
    return digest([cells, solutions, unsafe, assignment.seed], assignment.files)
