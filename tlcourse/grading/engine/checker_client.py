"""The engine's side of the checker: carries a check there, and its calls to the student's process and back."""

import ast
import asyncio
import json
import time

from nbclient.exceptions import DeadKernelError

from tlcourse.grading import bounded_json
from tlcourse.grading.model.assignment import is_setup
from tlcourse.grading.model.cell_code import defined_functions, parsed

VERDICT = b'{"verdict"'  # how the checker's last line begins; all others are calls
# It reads no name of the notebook, which may have its own `get_ipython`, and leaves none there.
SERVE_CODE = "__import__('tlcourse.grading.sandbox.guest.function_server', fromlist=['serve']).serve()"


class CheckerEnded(RuntimeError):  # noqa: N818
    """The checker's process has ended: only something too large that came from a student does that."""


class ReplyTooLong(CheckerEnded):
    """What a function returned does not fit into one line; the checker is told nothing."""


class CheckerClient:
    """A clean process for one submission (`tlcourse.grading.sandbox.guest.checker`), started when it is first needed.

    Parameters
    ----------
    assignment : tlcourse.grading.model.assignment.Assignment

    Attributes
    ----------
    cpu_seconds : float
        Processor seconds of the processes that have ended, with what it took to start them.
    """

    def __init__(self, assignment):
        self.assignment = assignment
        self._process = None
        self._seconds_before = 0.0  # processor seconds of processes that have ended, since they were ready
        self._waited_before = 0.0  # seconds in which they waited for a processor
        self.cpu_seconds = 0.0

    @property
    def seconds(self):
        """Processor seconds since the process was ready: a check's own work counts as in a notebook."""
        return self._seconds_before + (
            self._process.cpu_seconds - self._process.cpu_seconds_at_start if self._process else 0.0
        )

    @property
    def waited_seconds(self):
        """Seconds in which the process wanted a processor and others had it."""
        return self._waited_before + (self._process.waited_seconds if self._process else 0.0)

    async def fingerprints(self, runner, source):
        """The fingerprints of the functions that checks rely on, from the clean process.

        `source` is the code of `tamper_detection` that computes them.
        """
        await self._send_request(runner, fingerprints=source)
        return (await self._receive())["fingerprints"]

    async def decide(self, runner, source, finite=True):
        """What came of a check: {"ename", "evalue", "traceback", "printed"}, or {"undecided": why}.

        "not_finite" is True where a function returned nan or inf, and that was right.

        Parameters
        ----------
        runner : tlcourse.grading.engine.notebook_runner.NotebookRunner
        source : str
            Of the check.
        finite : bool
            Whether nan and inf that the student's functions return are wrong.
        """
        answers = [cell for cell in self.assignment.cells if _is_solution(cell)]
        names = [name for cell in answers for name in defined_functions(cell["source"])]
        kernel = runner.kernel
        kernel.waits_for_grader = True  # while the checker works
        try:
            request = {"check": source, "names": names, "seed": self.assignment.seed, "finite": finite}
            await self._send_request(runner, **request)
            return await self._relay_calls(runner)
        except CheckerEnded:
            await self.close()
            evidence = "a function returned a value too large for the checker, or the machine has too little memory"
            runner.run.flags.append({"grade_id": None, "kind": "checker", "evidence": evidence})
            text = "the function returned a value that is too large to check"
            return {"ename": "MemoryError", "evalue": text, "traceback": [f"MemoryError: {text}"], "printed": ""}
        except BaseException:
            await self.close()  # it waits for an answer that will not come
            raise
        finally:
            kernel.waits_for_grader = False

    async def close(self):
        """End the process."""
        if self._process is not None:
            self._writer.close()
            await self._process.close()
            self.cpu_seconds += self._process.cpu_seconds
            self._seconds_before, self._waited_before = self.seconds, self.waited_seconds
            self._process = None

    async def ensure_started(self, runner):
        """Start a process where there is none: the grader's own time, which no limit counts."""
        if self._process is None or not self._process.alive:
            before = time.monotonic()
            limits, setup = runner.limits.process_limits(), _setup_sources(self.assignment)
            self._process = await runner.sandbox.start_checker(self.assignment.files, limits, setup)
            self._reader, self._writer = await self._process.connect()
            runner.time.leave_out(time.monotonic() - before)

    async def _send_request(self, runner, **request):
        """Send a request, to a new process where there is none."""
        await self.ensure_started(runner)
        self._writer.write(json.dumps(request).encode() + b"\n")

    async def _receive(self):
        return bounded_json.loads(await self._receive_line())

    async def _receive_line(self):
        line = await self._reader.readline()
        if not line:
            raise CheckerEnded
        return line

    async def _relay_calls(self, runner):
        """Carry calls from the checker to the student's kernel and values back, until the verdict.

        Neither is parsed here: what values cost is bounded in the checker, which has limits of its own.
        """
        line = await self._receive_line()
        if line.startswith(VERDICT):
            return bounded_json.loads(line)["verdict"]
        kernel = runner.kernel
        kernel.waits_for_grader = False  # from here on it may be the student's process that is waited for
        serving = asyncio.ensure_future(
            runner.receive_reply(kernel.client.execute(SERVE_CODE, silent=True, store_history=False))
        )
        reader, writer = await kernel.connect()
        try:
            while not line.startswith(VERDICT):
                writer.write(line)
                answer = await _next_line(reader, serving)
                kernel.waits_for_grader = True
                self._writer.write(answer if answer.endswith(b"\n") else answer + b"\n")
                line = await self._receive_line()
                kernel.waits_for_grader = False
        except CheckerEnded:
            writer.close()
            kernel.waits_for_grader = False  # from here on its time counts
            await serving  # ends when it has nobody to answer
            raise
        except BaseException:
            serving.add_done_callback(lambda task: task.cancelled() or task.exception())
            raise
        finally:
            writer.close()
        await serving
        return bounded_json.loads(line)["verdict"]


async def _next_line(reader, serving):
    """The student's process' next line; `serving` is the task that ends when it stops answering.

    Raises
    ------
    nbclient.exceptions.DeadKernelError, ReplyTooLong
    """
    answer = asyncio.ensure_future(reader.readline())
    await asyncio.wait({answer, serving}, return_when=asyncio.FIRST_COMPLETED)
    try:
        line = answer.result() if answer.done() else b""
    except ValueError:  # asyncio's limit
        raise ReplyTooLong from None
    if not line:
        await asyncio.wait({serving}, timeout=5)
        raise DeadKernelError("the student's process did not reply")
    return line


def _is_solution(cell):
    return cell["cell_type"] == "code" and cell["nbgrader"].get("solution")


def _setup_sources(assignment):
    """Sources that make what checks use besides the student's answers.

    Set-up cells, definitions in other cells, and what earlier checks define: a process that is started after an
    accident has not run those.
    """
    kinds, sources = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom), []
    for cell in assignment.cells:
        if is_setup(cell):
            sources.append(cell["source"])
        elif cell["cell_type"] == "code" and not cell["nbgrader"]:
            sources += [ast.unparse(node) for node in parsed(cell["source"]).body if isinstance(node, kinds)]
        elif cell["cell_type"] == "code" and cell["nbgrader"].get("grade"):
            statements = parsed(cell["full"]).body
            sources += [ast.unparse(node) for node in statements if isinstance(node, kinds) or _empty(node)]
    return sources


def _empty(node):
    """Whether a statement makes an empty dictionary or list, such as one in which checks keep results."""
    return isinstance(node, ast.Assign) and ast.unparse(node.value) in ("{}", "[]")
