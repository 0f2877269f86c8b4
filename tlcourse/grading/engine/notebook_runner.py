"""Runs a notebook's cells in a sandbox: limits for a cell and for the whole, and what was earned is kept.

A cell that hangs or kills the kernel costs what depends on it, not the rest: a new kernel runs the earlier cells again,
without the one at fault, and goes on behind it.
"""

import asyncio
import contextlib
import time

from nbclient.exceptions import DeadKernelError

from tlcourse.grading.engine._nbclient import cell_client
from tlcourse.grading.engine.notebook_run import Run, error_output
from tlcourse.grading.engine.time_limits import NotebookTime, Stopwatch
from tlcourse.grading.sandbox.interface import KernelError, SandboxError
from tlcourse.notebooks import describe


class CellStopped(Exception):  # noqa: N818
    """A cell took too long and was stopped; `dead` is True if the kernel ended with it."""

    def __init__(self, message, dead=False):
        super().__init__(message)
        self.dead = dead


class CannotRun(Exception):  # noqa: N818
    """No cell can be run any more; the message gives the reason."""


class NotebookRunner:
    """Runs one notebook, in a kernel that may be replaced by another.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Normalized; the outputs of its cells are changed.
    sandbox : tlcourse.grading.sandbox.interface.Sandbox
    check_grader : tlcourse.grading.engine.check_grader.CheckGrader
        Decides on graded cells.
    files : dict of str to bytes
    limits : tlcourse.grading.model.assignment.Limits
    skipped : collection of int
        Cells that need not run.
    kept : dict
        By grade_id, verdicts on checks that need not run, as `Run` has them.
    """

    RESTARTS = 3
    GRACE_SECONDS = 5  # seconds for an interrupted cell to end
    REPLY_SECONDS = 1  # on the clock: for the reply of a cell that has ended to arrive

    def __init__(self, notebook, sandbox, check_grader, files, limits, skipped=(), kept=None):
        self.notebook, self.sandbox, self.check_grader = notebook, sandbox, check_grader
        self.files, self.limits, self.skipped, self.kept = files, limits, skipped, kept or {}
        self.kernel = self.cells = None
        self.cell_limit = None  # seconds that the running cell may take, where less than the limits' is enough
        self.time = NotebookTime(limits)
        self.excluded_cells, self.restarts = set(), -1
        self.run = Run()

    async def execute(self):
        """Run all cells.

        Returns
        -------
        Run
        """
        self.time = NotebookTime(self.limits)
        try:
            for index, cell in enumerate(self.notebook.cells):
                if cell.cell_type == "code" and cell.source.strip() and index not in self.skipped:
                    await self._run_or_grade(index, cell)
            await self._look_for_replaced_functions()
        finally:
            await self._end_kernel()
            await self.check_grader.close()
        self.run.seconds = round(time.monotonic() - self.time.started, 3)
        self.run.cpu_seconds = round(self.run.cpu_seconds + self.check_grader.checker.cpu_seconds, 3)
        self.run.cell_cpu_seconds = round(self.run.cell_cpu_seconds + self.check_grader.checker.seconds, 3)
        return self.run

    async def _look_for_replaced_functions(self):
        """Flag what student code has replaced in libraries, where the kernel still answers. No mark depends on it."""
        if self.kernel is None or not self.kernel.alive or not self.run.verdicts:
            return
        self.cell_limit = self.GRACE_SECONDS
        with contextlib.suppress(Exception):  # whatever the kernel answers, everything is graded
            if replaced := await self.check_grader.replaced_functions(self):
                evidence = f"replaced while the notebook ran: {', '.join(replaced[:5])}"
                self.run.flags.append({"grade_id": None, "kind": "trick", "evidence": evidence})

    async def _run_or_grade(self, index, cell):
        """Run one cell, whatever happens; keep the verdict if it is a check."""
        graded = is_graded(cell)
        if graded and not self._is_undecided(cell):
            name = cell.metadata.nbgrader.grade_id
            self.run.verdicts.append({"grade_id": name, **self.kept[name]})
            return
        if not graded and not any(map(self._is_undecided, self.notebook.cells[index:])):
            return  # nothing depends on it any more
        before = time.monotonic()
        verdict = None
        try:
            await self._ensure_kernel(index)
            verdict = await (self.check_grader.grade(self, index, cell) if graded else self.run_cell(index, cell))
        except CellStopped as stopped:
            self._record_stop(index, cell, stopped)
            verdict = {"outcome": "timed out", "message": str(stopped)}
        except CannotRun as reason:
            verdict = {"outcome": "not run", "message": str(reason)}
        except (KernelError, SandboxError):
            raise  # the grader's own trouble
        except Exception as error:  # whatever a kernel under a student's control sends must not stop the batch
            verdict = {"outcome": "failed", "message": self._record_death(index, cell, error)}
        if graded:
            self._record_verdict(index, cell, verdict, time.monotonic() - before)

    def _is_undecided(self, cell):
        """Whether a cell is a check that has to run."""
        return is_graded(cell) and cell.metadata.nbgrader.grade_id not in self.kept

    def _record_verdict(self, index, cell, verdict, seconds):
        """Keep how a check went, and what its cell shows."""
        facts = {"grade_id": cell.metadata.nbgrader.grade_id, "outcome": verdict["outcome"]}
        self.run.verdicts.append(facts | {"message": verdict["message"], "seconds": round(seconds, 3)})
        if verdict["outcome"] == "tampered":
            self.run.statuses.append("tampered")
            self.run.notes.append(verdict["message"])
            self.run.flags.append({"grade_id": facts["grade_id"], "kind": "tampered", "evidence": verdict["evidence"]})
        outputs = list(verdict.get("outputs", []))
        if verdict["outcome"] != "passed" and not any(output["output_type"] == "error" for output in outputs):
            outputs.append(error_output(verdict["outcome"], verdict["message"]))
        self.run.outputs[str(index)] = {"outputs": outputs, "execution_count": None}

    async def run_cell(self, index, cell):
        """Run a student's cell within the limits."""
        await self.limited(self.cells.async_execute_cell(cell, index, store_history=True))
        outputs = [dict(output) for output in cell.outputs]
        self.run.outputs[str(index)] = {"outputs": outputs, "execution_count": cell.execution_count}

    async def limited(self, coroutine, helper=None):
        """Await something that the kernel does, and stop it when it takes too long.

        Parameters
        ----------
        coroutine : awaitable
        helper : object, optional
            Another process that works for this; see `tlcourse.grading.engine.time_limits.Stopwatch`.

        Raises
        ------
        CellStopped
        """
        task, used = asyncio.ensure_future(coroutine), Stopwatch(self.kernel, helper)
        most = min(self.cell_limit or self.limits.cell_seconds, self.limits.cell_seconds, self.time.left(self.kernel))
        most_on_the_clock = self.time.clock_left(self.kernel)
        while used.counted <= most and used.clock <= most_on_the_clock:
            if (await asyncio.wait({task}, timeout=0.1))[0]:
                return _result(task)
        limit = f"{most:.0f} s" if used.counted > most else f"{most_on_the_clock:.0f} s on the clock"
        if (await asyncio.wait({task}, timeout=self.REPLY_SECONDS))[0]:  # this process had no time to read it
            return _result(task)
        self.kernel.interrupt()
        ended = await self._ends_after_interrupt(task, Stopwatch(self.kernel, helper))
        doubt = "" if ended else "; it could not be interrupted"
        raise CellStopped(f"stopped after {limit}{doubt}", dead=not ended)

    async def _ends_after_interrupt(self, task, used):
        """Whether what was interrupted ends in time; `used` is its `Stopwatch` since."""
        most_on_the_clock = self.limits.wall_clock_factor * self.GRACE_SECONDS
        while not (await asyncio.wait({task}, timeout=0.1))[0]:
            if used.counted > self.GRACE_SECONDS or used.clock > most_on_the_clock:
                task.cancel()
                await asyncio.wait({task}, timeout=1)
                if task.done() and not task.cancelled():
                    task.exception()
                return False
        if not task.cancelled():
            task.exception()
        return True

    async def run_silently(self, code, expressions=None):
        """Run code of the grader's: silent, without history; the content of the kernel's reply."""
        sent = self.kernel.client.execute(
            code, silent=True, store_history=False, user_expressions=expressions or {}, stop_on_error=False
        )
        return await self.limited(self.receive_reply(sent))

    async def receive_reply(self, sent):
        """The content of the kernel's reply to a message."""
        while True:
            waiting = asyncio.ensure_future(self.kernel.client.get_shell_msg(timeout=None))
            while not waiting.done():
                await asyncio.wait({waiting}, timeout=0.5)
                if not waiting.done() and not self.kernel.alive:
                    waiting.cancel()
                    raise DeadKernelError("Kernel died")
            message = waiting.result()
            if message["parent_header"].get("msg_id") == sent:
                return message["content"]

    # --- the kernel, and what happens when it is gone

    def _check_budget(self):
        if limit := self.time.used_up(self.kernel):
            self.run.statuses.append("timed out")
            self.run.notes = list(dict.fromkeys([*self.run.notes, f"The notebook had used up its {limit}."]))
            raise CannotRun(f"not run, because the notebook had used up its {limit}")

    async def _ensure_kernel(self, index):
        """See that there is a kernel in the state that the cells before this one have made."""
        while self.kernel is None or not self.kernel.alive:
            await self._end_kernel()
            self._check_budget()
            self.restarts += 1
            if self.restarts > self.RESTARTS:
                raise CannotRun(f"not run, because the notebook's process had ended {self.restarts} times")
            before = time.monotonic()
            self.kernel = await self.sandbox.start_kernel(self.files, self.limits.process_limits())
            self.time.leave_out(time.monotonic() - before)
            self.cells = cell_client(self.notebook, self.kernel.client, self.limits.output_bytes)
            await self._run_earlier_cells(index)
        self._check_budget()

    async def _run_earlier_cells(self, index):
        """Run the student's cells before this one in a new kernel; one that fails again is left out from now on."""
        for earlier in range(index):
            cell = self.notebook.cells[earlier]
            runs = cell.cell_type == "code" and cell.source.strip() and not is_graded(cell)
            if not runs or earlier in self.excluded_cells or earlier in self.skipped:
                continue
            kept = self.run.outputs.get(str(earlier))
            try:
                await self.run_cell(earlier, cell)
            except Exception:
                self.excluded_cells.add(earlier)
                self.kernel.alive = False
                return
            finally:
                if kept is not None:
                    self.run.outputs[str(earlier)] = kept

    async def _end_kernel(self):
        if self.kernel is not None:
            await self.kernel.close()
            self.time.keep(self.kernel)
            self.run.cpu_seconds += self.kernel.cpu_seconds
            self.run.cell_cpu_seconds += self.kernel.cpu_seconds - self.kernel.cpu_seconds_at_start
            self.kernel = None

    def _record_stop(self, index, cell, stopped):
        self.excluded_cells.add(index)
        self.run.statuses.append("timed out")
        self.run.notes.append(f"{describe(cell).capitalize()} was {stopped}.")
        if stopped.dead:
            self.kernel.alive = False

    def _record_death(self, index, cell, error):
        """Say that the kernel has ended while a cell ran; the message."""
        self.excluded_cells.add(index)
        reason = self.kernel.reason if self.kernel else None
        if not isinstance(error, DeadKernelError):
            evidence = f"{type(error).__name__}: {error}"[:300]
            self.run.flags.append({"grade_id": None, "kind": "messages", "evidence": evidence})
        self.run.statuses.append("crashed")
        message = f"the notebook's process ended while this cell ran{': ' + reason if reason else ''}"
        self.run.notes.append(f"{describe(cell).capitalize()}: {message}.")
        if self.kernel:
            self.kernel.alive = False
        return message


def _result(task):
    """What a task that has ended returned or raised.

    Raises
    ------
    nbclient.exceptions.DeadKernelError
        If something that student code did has cancelled it: a CancelledError would pass every `except Exception`.
    """
    if task.cancelled():
        raise DeadKernelError("the kernel's task was canceled")
    return task.result()


def is_graded(cell):
    """Whether a cell is a check that is graded without a person."""
    return cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade", False)
