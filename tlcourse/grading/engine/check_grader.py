"""Decides on graded cells: in a clean process where that is possible, else in the student's kernel.

A check whose functions take serializable values runs in a clean process (`sandbox.guest.checker`), and only the
student's functions run in the student's: there hidden tests, expected values and testing functions do not exist. The
plan says so of a check, and nothing that a submission does changes it. Any other check has to run in the student's
kernel, and `tamper_detection` decides whether its pass is trustworthy; the course's own units have none.
"""

import nbformat

from tlcourse.grading.engine import answer_errors
from tlcourse.grading.engine.checker_client import CheckerClient
from tlcourse.grading.engine.notebook_run import error_output
from tlcourse.grading.engine.tamper_detection import TamperDetection, in_own_namespace

UNSOLVED = "not solved yet."
LONGEST_MESSAGE, MOST_LINES = 2000, 100  # characters of an error and of a line of its traceback; such lines
# A check may take 20 times as long as with the reference solution, and 30 seconds in any case.
TIME_LIMIT_FACTOR, SHORTEST_TIME_LIMIT = 20, 30


class CheckGrader:
    """Runs the checks of one submission and returns a verdict on each.

    Parameters
    ----------
    assignment : tlcourse.grading.model.assignment.Assignment
        Its plan has by grade_id what held for the reference solution: {"outside": the clean process can decide,
        "mutated": the check fails when the function is mutated, "seconds": how long it took}.
    """

    def __init__(self, assignment):
        self.assignment = assignment
        self.checker = CheckerClient(assignment)
        self.tamper_detection = TamperDetection(assignment, self.checker)

    async def grade(self, runner, index, cell):
        """Run one graded cell.

        Parameters
        ----------
        runner : tlcourse.grading.engine.notebook_runner.NotebookRunner
        index : int
            Of the cell in the notebook.
        cell : nbformat.NotebookNode

        Returns
        -------
        dict
            "outcome", "message", "outputs"; "evidence" where the outcome is "tampered".
        """
        plan = self.assignment.plan.get(cell.metadata.nbgrader.grade_id, {})
        if "seconds" in plan:
            runner.cell_limit = max(SHORTEST_TIME_LIMIT, TIME_LIMIT_FACTOR * plan["seconds"])
        try:
            if plan.get("outside") and runner.sandbox.supports_checkers:
                verdict = await self._outside(runner, cell.source, not plan.get("not_finite"))
            else:
                verdict = await self._inside(runner, index, cell, plan.get("mutated", False))
            return answer_errors.explained(verdict, runner, self.assignment, cell.metadata.nbgrader.grade_id)
        finally:
            runner.cell_limit = None

    async def _outside(self, runner, source, finite):
        """The verdict of the clean process; a check that it cannot decide has failed."""
        await self.checker.ensure_started(runner)
        reply = await runner.limited(self.checker.decide(runner, source, finite), self.checker)
        if "undecided" in reply:
            message = f"This answer could not be checked: {reply['undecided']}."
            return {"outcome": "failed", "message": message, "outputs": []}
        shown = _storable(reply["printed"], len(reply["printed"]))
        printed = [{"output_type": "stream", "name": "stdout", "text": shown}] if shown else []
        if reply["ename"] is None:
            return {"outcome": "passed", "message": "", "outputs": printed, "not_finite": "not_finite" in reply}
        return verdict_of({**reply, "status": "error"}, printed)

    async def _inside(self, runner, index, cell, mutable):
        """The verdict of the student's kernel, unless something there interferes with it."""
        name = cell.metadata.nbgrader.grade_id
        await self.tamper_detection.prepare(runner)
        check = nbformat.v4.new_code_cell(in_own_namespace(cell.source))
        reply = await runner.limited(runner.cells.run_check(check, index))
        verdict = verdict_of(reply, [dict(output) for output in check.outputs])
        if verdict["outcome"] != "passed":
            return verdict
        function = self.assignment.exercise_of(name) if mutable else None
        evidence = await self.tamper_detection.evidence(runner, cell.source, function)
        if not evidence:
            return verdict
        note = f"The check {name} earned no points, because code in this notebook interferes with the grading."
        outputs = [error_output("Tampered", note)]
        return {"outcome": "tampered", "message": note, "outputs": outputs, "evidence": evidence}

    async def replaced_functions(self, runner):
        """The functions that checks rely on and student code has replaced in its own process; they decide nothing."""
        return await self.tamper_detection.replaced_functions(runner) if runner.sandbox.supports_checkers else []

    async def close(self):
        """End the clean process."""
        await self.checker.close()


def verdict_of(reply, outputs):
    """How a check went, by the kernel's reply; of its outputs only what it printed is kept."""
    printed = [output for output in outputs if output["output_type"] == "stream" and output["name"] == "stdout"]
    if reply.get("status") == "ok":
        return {"outcome": "passed", "message": "", "outputs": printed}
    name, message = _storable(reply.get("ename", "Error"), 200), _storable(reply.get("evalue", ""), LONGEST_MESSAGE)
    unsolved = name == "NotImplementedError" or message.endswith(UNSOLVED)
    text = message if name == "AssertionError" else f"{name}: {message}"
    traceback = [_storable(line, LONGEST_MESSAGE) for line in (reply.get("traceback") or [])[:MOST_LINES]]
    outputs = [*printed, error_output(name, message, traceback)]
    return {"outcome": "not solved" if unsolved else "failed", "message": text[:LONGEST_MESSAGE], "outputs": outputs}


def _storable(text, characters):
    """A text of a student's process, cut, and without the halves of characters that no file can hold."""
    return str(text)[:characters].encode("utf-8", "replace").decode("utf-8")
