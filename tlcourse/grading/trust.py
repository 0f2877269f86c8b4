"""Decides on graded cells. The verdict is the launcher's, and it is not taken from what a cell prints."""

UNSOLVED = "not solved yet."


class Grader:
    """Runs the checks of one submission and says how each went.

    Parameters
    ----------
    release : tlcourse.grading.release.Release
    """

    def __init__(self, release):
        self.release = release

    async def grade(self, executor, index, cell):
        """Run one graded cell.

        Returns
        -------
        dict
            "outcome", "message", "outputs".
        """
        replies = []
        executor.cells.on_cell_executed = lambda execute_reply, **_: replies.append(execute_reply["content"])
        await executor.limited(executor.cells.async_execute_cell(cell, index, store_history=False))
        return verdict(replies[-1], [dict(output) for output in cell.outputs])


def verdict(reply, outputs):
    """How a check went, by the kernel's reply; of its outputs only what it printed is kept."""
    printed = [output for output in outputs if output["output_type"] == "stream" and output["name"] == "stdout"]
    if reply.get("status") == "ok":
        return {"outcome": "passed", "message": "", "outputs": printed}
    name, message = str(reply.get("ename", "Error")), str(reply.get("evalue", ""))
    error = {"output_type": "error", "ename": name, "evalue": message, "traceback": list(reply.get("traceback", []))}
    unsolved = name == "NotImplementedError" or message.endswith(UNSOLVED)
    outcome = "not solved" if unsolved else "failed"
    text = message if name == "AssertionError" else f"{name}: {message}"
    return {"outcome": outcome, "message": text[:2000], "outputs": [*printed, error]}
