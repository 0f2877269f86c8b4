"""A notebook's kernel in the box, and the limits for one cell and for the whole."""

import asyncio

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from tlcourse.grading.model.runs import CellStopped, Dead, Run
from tlcourse.grading.sandbox.kernel import Kernel
from tlcourse.grading.sandbox.unsandboxed import NoBox, OpenKernel


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


class Session:
    """Runs code of a notebook's cells, and of the grader's, in a kernel that may be replaced by another."""

    GRACE = 5  # seconds for an interrupted cell to end

    def __init__(self, notebook, template, files, limits):
        self.notebook, self.template, self.files, self.limits = notebook, template, files, limits
        self.allowance = None  # seconds of the cell that runs, where less than the limits' is enough
        self.kernel = None
        self.spent = 0.0  # seconds against the notebook's limit in kernels that are gone
        self.run = Run()

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

    def _check_budget(self):
        if self._left() <= 0:
            raise Dead(f"not run: the notebook's {self.limits.notebook_seconds:.0f} s were used up")

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

    async def _end_kernel(self):
        if self.kernel is not None:
            await self.kernel.close()
            self.spent += self.kernel.used
            self.run.cpu_seconds += self.kernel.cpu
            self.run.cell_cpu_seconds += self.kernel.cpu - self.kernel.cpu_ready
            self.kernel = None
