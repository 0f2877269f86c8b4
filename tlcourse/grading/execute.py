"""Runs a notebook's cells in the box: limits for a cell and for the whole, and what was earned is kept.

A cell that hangs or kills the kernel costs what depends on it, not the rest: a new kernel runs the earlier cells again,
without the one at fault, and goes on behind it.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from tlcourse.grading.kernel import Kernel, KernelError
from tlcourse.grading.runs import CellStopped, Dead, Limits, Run
from tlcourse.grading.unsafe import NoBox, OpenKernel
from tlcourse.notebooks import describe


class Cells(NotebookClient):
    """nbclient's reading of a kernel's messages, with a bound on what it keeps."""

    kept = 0
    largest = 1 << 20

    def output(self, outs, msg, display_id, cell_index):
        """Keep an output unless the cell has said too much already."""
        if not outs:
            self.kept = 0
        before = self.kept
        self.kept += len(str(msg["content"]))
        if self.kept <= self.largest:
            return super().output(outs, msg, display_id, cell_index)
        if before <= self.largest:
            cut = f"\n... output cut after {self.largest >> 10:,} kB ...\n"
            outs.append(nbformat.v4.new_output("stream", name="stdout", text=cut))
        return None

    def handle_comm_msg(self, outs, msg, cell_index):
        """Widgets have nobody to show themselves to."""


class Executor:
    """Runs one notebook. `grader` decides on graded cells; see `tlcourse.grading.trust`."""

    GRACE = 5  # seconds for an interrupted cell to end
    RESTARTS = 3

    def __init__(self, notebook, template, grader, files=None, limits=None, skipped=()):
        self.allowance = None  # seconds of the cell that runs, where less than the limits' is enough
        self.notebook, self.template, self.grader = notebook, template, grader
        self.files, self.limits = files or {}, limits or Limits()
        self.kernel, self.skipped = None, skipped
        self.poisoned, self.restarts = set(), -1
        self.spent = 0.0  # seconds against the notebook's limit in kernels that are gone
        self.run = Run()

    def execute(self):
        """Run all cells, also when called from within a running event loop, as formgrader does.

        Returns
        -------
        Run
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self._execute())
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, self._execute()).result()

    async def _execute(self):
        started = time.monotonic()
        try:
            for index, cell in enumerate(self.notebook.cells):
                if cell.cell_type == "code" and cell.source.strip() and index not in self.skipped:
                    await self._cell(index, cell)
        finally:
            await self._end_kernel()
            await self.grader.close()
            self.run.cpu_seconds += self.grader.judging.cpu
            self.run.cell_cpu_seconds += self.grader.judging.seconds  # check cells, decided there
        self.run.seconds = round(time.monotonic() - started, 3)
        self.run.cpu_seconds = round(self.run.cpu_seconds, 3)
        self.run.cell_cpu_seconds = round(self.run.cell_cpu_seconds, 3)
        return self.run

    async def _cell(self, index, cell):
        graded = cell.metadata.get("nbgrader", {}).get("grade", False)
        if not graded and not any(self._is_graded(later) for later in self.notebook.cells[index:]):
            return  # nothing depends on it any more
        before = time.monotonic()
        verdict = None
        try:
            await self._need_kernel(index)
            verdict = await (self.grader.grade(self, index, cell) if graded else self.run_cell(index, cell))
        except CellStopped as stopped:
            self._stopped(index, cell, stopped)
            verdict = {"outcome": "timed out", "message": str(stopped)}
        except Dead as dead:
            verdict = {"outcome": "not run", "message": str(dead)}
        except Exception as error:  # whatever a kernel under a student's control sends must not stop the batch
            verdict = {"outcome": "failed", "message": await self._died(index, cell, error)}
        if graded:
            self.run.record(index, cell.metadata.nbgrader, verdict, time.monotonic() - before)

    @staticmethod
    def _is_graded(cell):
        return cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade", False)

    async def run_cell(self, index, cell):
        """Run a student's cell as nbclient does, within the limits."""
        cells = self.cells
        await self.limited(cells.async_execute_cell(cell, index, store_history=True))
        outputs = [dict(output) for output in cell.outputs]
        self.run.outputs[str(index)] = {"outputs": outputs, "execution_count": cell.execution_count}

    async def limited(self, coroutine, beside=lambda: 0.0):
        """Await something that the kernel does, and stop it when it takes too long.

        Parameters
        ----------
        coroutine : awaitable
        beside : callable
            Seconds that something else has used for this and that count, too.

        Raises
        ------
        CellStopped
        """
        task = asyncio.ensure_future(coroutine)
        start = self.kernel.used + beside()
        allowed = min(self.allowance or self.limits.cell_seconds, self.limits.cell_seconds, self._left())
        interrupted = None
        while True:
            done, _ = await asyncio.wait({task}, timeout=0.1)
            if done and interrupted is None:
                return task.result()
            if done:
                task.exception()
                raise CellStopped(f"stopped after {allowed:.0f} s")
            used = self.kernel.used + beside() - start
            if interrupted is None and used > allowed:
                self.kernel.interrupt()
                interrupted = used
            elif interrupted is not None and used > interrupted + self.GRACE:
                task.cancel()
                await asyncio.wait({task}, timeout=1)
                if task.done() and not task.cancelled():
                    task.exception()
                raise CellStopped(f"stopped after {allowed:.0f} s; it could not be interrupted", dead=True)

    def _left(self):
        return self.limits.notebook_seconds - self.spent - (self.kernel.used if self.kernel else 0)

    async def ask(self, code, expressions=None):
        """Run code of the grader's: silent, without history.

        Returns
        -------
        dict
            The content of the kernel's reply.
        """
        client = self.kernel.client
        sent = client.execute(
            code, silent=True, store_history=False, user_expressions=expressions or {}, stop_on_error=False
        )
        return await self.limited(self.reply(sent))

    async def reply(self, sent):
        """The content of the kernel's reply to a message."""
        client = self.kernel.client
        while True:
            waiting = asyncio.ensure_future(client.get_shell_msg(timeout=None))
            while not waiting.done():
                await asyncio.wait({waiting}, timeout=0.5)
                if not waiting.done() and not self.kernel.alive:
                    waiting.cancel()
                    raise DeadKernelError("Kernel died")
            message = waiting.result()
            if message["parent_header"].get("msg_id") == sent:
                return message["content"]

    async def _need_kernel(self, index):
        """See that there is a kernel in the state that the cells before this one have made."""
        while self.kernel is None or not self.kernel.alive:
            await self._end_kernel()
            self._check_budget()
            self.restarts += 1
            if self.restarts > self.RESTARTS:
                raise Dead("not run: the notebook's process had ended too often")
            await self._new_kernel()
            await self._again(index)
        self._check_budget()

    def _check_budget(self):
        if self._left() <= 0:
            raise Dead(f"not run: the notebook's {self.limits.notebook_seconds:.0f} s were used up")

    async def _new_kernel(self):
        limits = {name: getattr(self.limits, name) for name in ("memory_megabytes", "disk_megabytes", "processes")}
        kind = OpenKernel if isinstance(self.template, NoBox) else Kernel
        self.kernel = kind(self.template, self.files, limits)
        await self.kernel.start()
        self.cells = Cells(
            self.notebook, allow_errors=True, timeout=None, iopub_timeout=30, record_timing=False, km=None
        )
        self.cells.reset_execution_trackers()
        self.cells.kc, self.cells.largest = self.kernel.client, self.limits.output_bytes

    async def _again(self, index):
        """Run the student's cells before this one in a new kernel; one that fails again is left out from now on."""
        for earlier in range(index):
            cell = self.notebook.cells[earlier]
            runs = cell.cell_type == "code" and cell.source.strip() and not self._is_graded(cell)
            if not runs or earlier in self.poisoned or earlier in self.skipped:
                continue
            kept = self.run.outputs.get(str(earlier))
            try:
                await self.run_cell(earlier, cell)
            except Exception:
                self.poisoned.add(earlier)
                self.kernel.alive = False
                return
            finally:
                if kept is not None:
                    self.run.outputs[str(earlier)] = kept

    def _stopped(self, index, cell, stopped):
        self.poisoned.add(index)
        self.run.statuses.append("timed out")
        self.run.notes.append(f"{describe(cell).capitalize()} was {stopped}.")
        if stopped.dead:
            self.kernel.alive = False

    async def _died(self, index, cell, error):
        self.poisoned.add(index)
        reason = self.kernel.reason if self.kernel else None
        if isinstance(error, KernelError):
            raise error
        if not isinstance(error, DeadKernelError):
            self.run.flags.append(
                {"grade_id": None, "kind": "messages", "evidence": f"{type(error).__name__}: {error}"[:300]}
            )
        self.run.statuses.append("crashed")
        message = f"the notebook's process ended while this ran{': ' + reason if reason else ''}"
        self.run.notes.append(f"{describe(cell).capitalize()}: {message}.")
        if self.kernel:
            self.kernel.alive = False
        return message

    async def _end_kernel(self):
        if self.kernel is not None:
            await self.kernel.close()
            self.spent += self.kernel.used
            self.run.cpu_seconds += self.kernel.cpu
            self.run.cell_cpu_seconds += self.kernel.cpu - self.kernel.cpu_ready
            self.kernel = None
