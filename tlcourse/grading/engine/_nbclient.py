"""What the engine relies on in nbclient beyond its documentation. Tested with nbclient 0.11.

A client without a kernel manager, whose kernel the sandbox has started; `output` and `handle_comm_msg` as the places
where outputs come in; `on_cell_executed` with the kernel's reply. tests/grading/engine/test_nbclient.py reports which
has changed.
"""

import nbformat
from nbclient import NotebookClient


class CellClient(NotebookClient):
    """Runs single cells of a notebook in a running kernel, and bounds what it keeps of their output."""

    kept_bytes = all_kept_bytes = 0  # of the running cell, and of all cells
    output_bytes = 1 << 20
    CELLS = 16  # how many cells may show as much as one may: the grader keeps all of it in memory

    def output(self, outs, msg, display_id, cell_index):
        """Keep an output unless the outputs of the cell, or of the notebook, are too large already."""
        if not outs:
            self.kept_bytes = 0
        size, before = len(str(msg["content"])), self.kept_bytes
        self.kept_bytes += size
        if self.kept_bytes <= self.output_bytes and self.all_kept_bytes + size <= self.CELLS * self.output_bytes:
            self.all_kept_bytes += size
            return super().output(outs, msg, display_id, cell_index)
        self.kept_bytes = max(self.kept_bytes, self.output_bytes + 1)  # nothing more of this cell
        if before <= self.output_bytes:
            limit = f"{self.output_bytes >> 10:,} kB of a cell or {self.CELLS * self.output_bytes >> 10:,} kB of all"
            outs.append(nbformat.v4.new_output("stream", name="stdout", text=f"\n... output cut after {limit} ...\n"))
        return None

    def handle_comm_msg(self, outs, msg, cell_index):
        """Drop what widgets send: no page shows them."""

    async def run_check(self, cell, index):
        """Run a cell in the place of another, without history; the content of the kernel's reply."""
        replies, replaced = [], self.nb.cells[index]
        self.on_cell_executed = lambda execute_reply, **_: replies.append(execute_reply["content"])
        try:
            await self.async_execute_cell(cell, index, store_history=False)
        finally:
            self.on_cell_executed = None
            self.nb.cells[index] = replaced  # nbclient leaves the cell that ran, without the metadata of the graded one
        return replies[-1]


def cell_client(notebook, kernel_client, output_bytes):
    """A `CellClient` for a kernel that runs.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    kernel_client : jupyter_client.AsyncKernelClient
    output_bytes : int
        Of one cell; the rest is cut.
    """
    client = CellClient(notebook, allow_errors=True, timeout=None, iopub_timeout=30, record_timing=False, km=None)
    client.reset_execution_trackers()
    client.kc, client.output_bytes = kernel_client, output_bytes
    return client
