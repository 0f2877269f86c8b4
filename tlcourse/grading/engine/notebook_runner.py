"""Runs a notebook's cells in the box: limits for a cell and for the whole, and what was earned is kept.

A cell that hangs or kills the kernel costs what depends on it, not the rest: a new kernel runs the earlier cells again,
without the one at fault, and goes on behind it.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

from nbclient.exceptions import DeadKernelError

from tlcourse.grading.engine.session import Session
from tlcourse.grading.model.runs import CellStopped, Dead, Limits
from tlcourse.grading.sandbox.kernel import KernelError
from tlcourse.notebooks import describe


class Executor(Session):
    """Runs one notebook. `grader` decides on graded cells; see `tlcourse.grading.engine.tamper_detection`."""

    RESTARTS = 3

    def __init__(self, notebook, template, grader, files=None, limits=None, skipped=()):
        super().__init__(notebook, template, files or {}, limits or Limits())
        self.grader, self.skipped = grader, skipped
        self.poisoned, self.restarts = set(), -1

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
