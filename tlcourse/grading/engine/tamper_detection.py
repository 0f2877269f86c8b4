"""Decides on graded cells, as far as it can outside the student's process.

A check whose functions take and give plain values runs in a clean process (`sandbox.guest.checker`), and only the
student's functions run in the student's: there hidden tests, expected values and testing functions do not exist. Any
other check has to run in the student's kernel. There it is surrounded by what must hold if nobody meddles: hooks are
taken out, modules made anew, functions compared with those of the clean process, and canaries must fail: an
`assert False`, a wrong comparison, and the check itself when the student's function gives something else.
"""

import ast
import json
import math
import os
import secrets
from pathlib import Path

from tlcourse import checks
from tlcourse.grading.engine.canaries import again, canaries
from tlcourse.grading.engine.checker_client import Judging
from tlcourse.grading.sandbox.guest import integrity
from tlcourse.grading.sandbox.unsandboxed import NoBox

FUNCTION_SERVER = "tlcourse.grading.sandbox.guest.function_server"
UNSOLVED = "not solved yet."
PATIENCE, LEAST_SECONDS = 20, 30  # a check may take so many times what it takes with the reference, or so long
GUARD = Path(integrity.__file__).read_text(encoding="utf-8")
CHECKS = {"tlcourse.checks": [checks.__file__, Path(checks.__file__).read_text(encoding="utf-8")]}


class Grader:
    """Runs the checks of one submission and says how each went.

    Parameters
    ----------
    release : tlcourse.grading.model.release.Release
    plan : dict, optional
        By grade_id, what held for the reference solution (see `calibrate`): {"outside": the judge can decide, "spoilt":
        the check fails when the function is spoilt, "seconds": how long it took}.
    learning : bool
        Find that out, for the reference solution.
    """

    def __init__(self, release, plan=None, learning=False):
        self.release, self.plan, self.learning = release, plan or {}, learning
        self.learnt = {}
        self.judging = Judging(release, os.environ.get("TLCOURSE_GRADING_SEED", "0"))
        self._expected = None

    async def grade(self, executor, index, cell):
        """Run one graded cell.

        Returns
        -------
        dict
            "outcome", "message", "outputs".
        """
        name = cell.metadata.nbgrader.grade_id
        if self.learning:
            return await self._learn(executor, index, cell, name)
        plan = self.plan.get(name, {})
        if "seconds" in plan:
            executor.allowance = max(LEAST_SECONDS, PATIENCE * plan["seconds"])
        try:
            return await self._decide(executor, index, cell, plan)
        finally:
            executor.allowance = None

    async def _decide(self, executor, index, cell, plan):
        if plan.get("outside") and not isinstance(executor.template, NoBox):
            found = await self._outside(executor, cell.source)
            if found is not None:
                return found
        return await self._inside(executor, index, cell, plan.get("spoilt", False))

    async def _learn(self, executor, index, cell, name):
        boxed = not isinstance(executor.template, NoBox)
        outside = await self._outside(executor, cell.source) if boxed else None
        before = executor.kernel.used
        found = await self._inside(executor, index, cell, False)
        seconds = math.ceil(executor.kernel.used - before)  # rough, so that a file of it seldom changes
        function = self.release.exercise(name)
        spoilt = found["outcome"] == "passed" and await self._fails_spoilt(executor, cell.source, function)
        outside = outside is not None and outside["outcome"] == "passed"
        self.learnt[name] = {"outside": outside, "spoilt": spoilt, "seconds": seconds}
        return found

    async def close(self):
        """End the judge."""
        await self.judging.close()

    async def _outside(self, executor, source):
        """The verdict of the judge, or None where it cannot decide."""
        found = await executor.limited(self.judging.decide(executor, source), lambda: self.judging.seconds)
        if found is None:
            return None
        printed = [{"output_type": "stream", "name": "stdout", "text": found["printed"]}] if found["printed"] else []
        if found["ename"] is None:
            return {"outcome": "passed", "message": "", "outputs": printed}
        return verdict({**found, "status": "error"}, printed)

    # --- in the student's kernel

    async def _inside(self, executor, index, cell, spoilable):
        name = cell.metadata.nbgrader.grade_id
        if self._expected is None and isinstance(executor.template, NoBox):
            self._expected = {}
        elif self._expected is None:
            self._expected = await self.judging.fingerprints(executor, GUARD)
        await self._guarded(executor, f"clean(shell, {CHECKS!r}, {again(self.release)!r})", arm=True)
        replies = []
        executor.cells.on_cell_executed = lambda execute_reply, **_: replies.append(execute_reply["content"])
        await executor.limited(executor.cells.async_execute_cell(cell, index, store_history=False))
        executor.cells.on_cell_executed = None
        found = verdict(replies[-1], [dict(output) for output in cell.outputs])
        if found["outcome"] != "passed":
            return found
        evidence = await self._meddling(executor, cell.source, self.release.exercise(name) if spoilable else None)
        if evidence:
            executor.run.statuses.append("tampered")
            executor.run.flags.append({"grade_id": name, "kind": "tampered", "evidence": evidence})
            note = f"The check {name} was not graded as passed: something interferes with the grading."
            executor.run.notes.append(note)
            return {"outcome": "tampered", "message": note, "outputs": [_error("Tampered", note)]}
        return found

    async def _guarded(self, executor, expression, arm=False):
        """Run an expression among the guard's functions in the kernel; return its value."""
        armed = f"import {FUNCTION_SERVER} as _a; _a.watch().arm()" if arm else ""
        code = f"exec({GUARD!r}, _guard := {{'shell': get_ipython(), 'namespace': get_ipython().user_ns}})\n{armed}"
        token = secrets.token_hex(8)
        value = f"[{token!r}, __import__('json').dumps(eval({expression!r}, _guard))]"
        reply = await executor.ask(code, {"value": value})
        try:
            shown = ast.literal_eval(reply["user_expressions"]["value"]["data"]["text/plain"])
            return json.loads(shown[1]) if shown[0] == token else None
        except (KeyError, ValueError, SyntaxError, TypeError, IndexError):
            return None

    async def _meddling(self, executor, source, function):
        """What shows that a passed check cannot be believed; empty where nothing does."""
        spied = await self._guarded(executor, f"__import__('sys').modules[{FUNCTION_SERVER!r}].watch().disarm()")
        if spied is None or spied:
            return f"while the check ran, the function looked at its caller ({', '.join(spied or ['no answer'])})"
        prints = await self._guarded(executor, "fingerprints()")
        if not isinstance(prints, dict):
            return "the kernel does not tell which functions it uses"
        changed = [name for name, value in self._expected.items() if name in prints and prints[name] != value]
        if changed:
            return f"replaced: {', '.join(changed[:5])}"
        for canary, text in canaries(source):
            reply = await executor.ask(canary)
            if reply.get("status") != "error" or text not in str(reply.get("evalue")):
                return f"a check that must fail did not: {canary.splitlines()[-1].strip()}"
        if function and not await self._fails_spoilt(executor, source, function):
            return f"the check passes also when {function} returns something else"
        return ""

    async def _fails_spoilt(self, executor, source, function):
        """Whether the check fails when the student's function gives something else; None where it has none."""
        if function is None:
            return False
        if (
            await self._guarded(executor, f"namespace.__setitem__('_undo', spoil(namespace, {function!r})) or True")
            is None
        ):
            return False
        reply = await executor.ask(source)
        await executor.ask("_undo(); del _undo")
        return reply.get("status") == "error"


def verdict(reply, outputs):
    """How a check went, by the kernel's reply; of its outputs only what it printed is kept."""
    printed = [output for output in outputs if output["output_type"] == "stream" and output["name"] == "stdout"]
    if reply.get("status") == "ok":
        return {"outcome": "passed", "message": "", "outputs": printed}
    name, message = str(reply.get("ename", "Error")), str(reply.get("evalue", ""))
    unsolved = name == "NotImplementedError" or message.endswith(UNSOLVED)
    text = message if name == "AssertionError" else f"{name}: {message}"
    outputs = [*printed, _error(name, message, reply.get("traceback"))]
    return {"outcome": "not solved" if unsolved else "failed", "message": text[:2000], "outputs": outputs}


def _error(name, message, traceback=None):
    return {
        "output_type": "error",
        "ename": name,
        "evalue": message,
        "traceback": list(traceback or [f"{name}: {message}"]),
    }
