"""What the engine relies on in nbclient beyond its documentation. Tested with nbclient 0.11.

A client without a kernel manager, whose kernel the sandbox has started; `output` and `handle_comm_msg` as the places
where outputs come in; `on_cell_executed` with the kernel's reply. tests/grading/engine/test_nbclient.py reports which
has changed.
"""

import nbformat
from nbclient import NotebookClient


class CellClient(NotebookClient):
    """Runs single cells of a notebook in a running kernel, and bounds what it keeps of their output."""

    kept_bytes = 0
    output_bytes = 1 << 20

    def output(self, outs, msg, display_id, cell_index):
        """Keep an output unless the cell's outputs are too large already."""
        if not outs:
            self.kept_bytes = 0
        before = self.kept_bytes
        self.kept_bytes += len(str(msg["content"]))
        if self.kept_bytes <= self.output_bytes:
            return super().output(outs, msg, display_id, cell_index)
        if before <= self.output_bytes:
            cut = f"\n... output cut after {self.output_bytes >> 10:,} kB ...\n"
            outs.append(nbformat.v4.new_output("stream", name="stdout", text=cut))
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
