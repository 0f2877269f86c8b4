"""Decides whether a pass of a check that ran in the student's kernel is trustworthy.

Before the check, hooks are taken out of IPython and modules are made anew. After a pass, the functions that checks rely
on are compared with those of the clean process, an audit hook reports whether the student's function looked at its
caller, and canaries must fail: an `assert False`, a wrong comparison, and the check itself when the student's function
returns something else.
"""

import ast
import secrets
from pathlib import Path

from tlcourse import checks, exercises
from tlcourse.exercises import comparing, progress, values
from tlcourse.grading import bounded_json
from tlcourse.grading.model.assignment import is_setup
from tlcourse.grading.model.cell_code import parsed
from tlcourse.grading.sandbox.guest import _ipykernel, _ipython, integrity

LONGEST_VALUE = 1 << 19  # characters of what an expression in the student's kernel gives
CHECK_NAMESPACE = "tlcourse.grading.sandbox.guest.check_namespace"
SHELL = "__import__('IPython').get_ipython()"  # a notebook may have a `get_ipython` of its own
FRAME_WATCH = "tlcourse.grading.sandbox.guest.frame_watch"
GUEST_CODE = "\n".join(
    [
        *(Path(module.__file__).read_text(encoding="utf-8") for module in (_ipython, integrity)),
        f"CELL_RUNNERS |= {_ipykernel.CELL_RUNNERS!r}",
    ]
)
CHECK_MODULES = {  # each before those that import it
    module.__name__: [module.__file__, Path(module.__file__).read_text(encoding="utf-8")]
    for module in (values, comparing, progress, exercises, checks)
}


class TamperDetection:
    """Finds tampering with the checks of one submission.

    Parameters
    ----------
    assignment : tlcourse.grading.model.assignment.Assignment
    checker : tlcourse.grading.engine.checker_client.CheckerClient
        Computes fingerprints of functions where no student code has been.
    """

    def __init__(self, assignment, checker):
        self.checker, self._setup = checker, _setup_statements(assignment)
        self._expected = None  # fingerprints of the clean process

    async def prepare(self, runner):
        """Make the student's kernel ready for a check, and begin to watch it."""
        await self._expect(runner)
        steps = f"[remove_hooks(shell), reset_modules(namespace, {CHECK_MODULES!r}, {self._setup!r})]"
        await self._evaluate(runner, steps, watch=True)

    async def evidence(self, runner, source, function):
        """Evidence that a passed check is not trustworthy; empty where there is none.

        Parameters
        ----------
        runner : tlcourse.grading.engine.notebook_runner.NotebookRunner
        source : str
            Of the check.
        function : str or None
            The student's function, for a check that fails when it returns something else.
        """
        watch = f"__import__('sys').modules[{FRAME_WATCH!r}].watch()"
        spied = await self._evaluate(runner, f"{watch}.disarm()")
        if spied is None or spied:
            return f"the function inspected its caller while the check ran ({', '.join(spied or ['no answer'])})"
        changed = await self.replaced_functions(runner)
        if changed is None:
            return "the kernel did not report which functions it uses"
        if changed:
            return f"replaced: {', '.join(changed[:5])}"
        for canary, text in canaries(source):
            reply = await runner.run_silently(canary)
            if reply.get("status") != "error" or text not in str(reply.get("evalue")):
                return f"a check that must fail passed: {canary.splitlines()[-1].strip()}"
        if function and not await self.fails_mutated(runner, source, function):
            return f"the check still passes when {function} returns another value"
        return ""

    async def replaced_functions(self, runner):
        """The names of functions that are not those of the clean process; None if the kernel does not tell."""
        await self._expect(runner)
        prints = await self._evaluate(runner, "fingerprints(CELL_RUNNERS, namespace)")
        if not isinstance(prints, dict):
            return None
        return [name for name, value in self._expected.items() if name in prints and prints[name] != value]

    async def _expect(self, runner):
        """Have the clean process compute its fingerprints, once."""
        if self._expected is None:
            outside = runner.sandbox.supports_checkers
            self._expected = await self.checker.fingerprints(runner, GUEST_CODE) if outside else {}

    async def fails_mutated(self, runner, source, function):
        """Whether the check fails when the student's function returns something else; False where it has none."""
        if function is None:
            return False
        mutate = f"namespace.__setitem__('_undo', mutate(namespace, {function!r})) or True"
        if await self._evaluate(runner, mutate) is None:
            return False
        reply = await runner.run_silently(in_own_namespace(source))
        await runner.run_silently("_undo(); del _undo")
        return reply.get("status") == "error"

    async def _evaluate(self, runner, expression, watch=False):
        """Evaluate an expression in the kernel, where `GUEST_CODE` is defined; its value, None where it has none."""
        arm = f"import {FRAME_WATCH} as _a; _a.watch().arm()" if watch else ""
        names = f"{{'shell': {SHELL}, 'namespace': {SHELL}.user_ns}}"
        code = f"exec({GUEST_CODE!r}, _tamper := {names})\n{arm}"
        token = secrets.token_hex(8)
        value = f"[{token!r}, __import__('json').dumps(eval({expression!r}, _tamper))]"
        reply = await runner.run_silently(code, {"value": value})
        try:
            text = reply["user_expressions"]["value"]["data"]["text/plain"]
            if len(text) > LONGEST_VALUE:  # it may be anything, and Python's parser needs a hundred times its size
                return None
            shown = ast.literal_eval(text)
            return bounded_json.loads(shown[1]) if shown[0] == token else None
        except (KeyError, ValueError, SyntaxError, TypeError, IndexError, RecursionError, MemoryError):
            return None


def in_own_namespace(source):
    """Code that runs a check in the student's kernel, beside the notebook's names."""
    return f"__import__({CHECK_NAMESPACE!r}, fromlist=['run']).run({source!r}, {SHELL}.user_ns)"


def canaries(source):
    """Pieces of code that must raise where this check is trustworthy, and what the error must say."""
    token = secrets.token_hex(4)
    inside = [
        f"with {', '.join(map(ast.unparse, node.items))}:" for node in parsed(source).body if isinstance(node, ast.With)
    ]
    lines = [f"assert {token[:2]!r} == '', {token!r}"]
    if "checks." in source:
        lines.append(f"checks.equal({token!r}, 1.0, {1 + secrets.randbelow(1000) / 100 + 0.5})")
    if inside:
        return [(f"{inside[0]}\n    {line}", token) for line in lines]
    return [(line, token) for line in lines]


def _setup_statements(assignment):
    """Statements of the set-up that run again before a check: imports, and what is made of the checks' module."""
    statements = []
    for cell in filter(is_setup, assignment.cells):
        for node in parsed(cell["source"]).body:
            text = ast.unparse(node)
            if isinstance(node, (ast.Import, ast.ImportFrom)) or (isinstance(node, ast.Assign) and "checks." in text):
                statements.append(text)
    return statements
