"""Runs code in a kernel of the sandbox, without a notebook: for the tests of the sandbox itself."""

import asyncio
import time
from queue import Empty
from typing import NamedTuple

from tlcourse.grading.sandbox.kernel import ConfinedKernel

LIMITS = {"memory_megabytes": 256, "disk_megabytes": 32, "processes": 64}


class Outcome(NamedTuple):
    """What came of code in a kernel."""

    text: str  # what it printed, and its error
    reason: str | None  # why the sandbox ended it
    cpu_seconds: float
    idle: float
    waited_seconds: float
    finished: bool  # whether the cell ended by itself


def run(sandbox, code, seconds=20, **limits):
    """Run code in a new kernel of a `BubblewrapSandbox` for so many seconds at most; an `Outcome`."""
    return asyncio.run(run_side_by_side(sandbox, [code], seconds, **limits))[0]


async def run_side_by_side(sandbox, codes, seconds=20, **limits):
    """The same for several kernels at a time: all have started before any code runs, and end together."""
    kernels = [ConfinedKernel(sandbox, {}, LIMITS | limits) for _ in codes]
    await asyncio.gather(*(kernel.start() for kernel in kernels))
    try:
        return await asyncio.gather(
            *(_outcome(kernel, code, seconds) for kernel, code in zip(kernels, codes, strict=True))
        )
    finally:
        await asyncio.gather(*(kernel.close() for kernel in kernels))


async def _outcome(kernel, code, seconds):
    text, finished = await printed(kernel, code, seconds)
    return Outcome(text, kernel.reason, kernel.cpu_seconds, kernel.idle, kernel.waited_seconds, finished)


async def printed(kernel, code, seconds):
    """What code prints in a kernel that has started, with its error, and whether it ended by itself."""
    sent, texts, finished = kernel.client.execute(code), [], False
    deadline = time.monotonic() + seconds
    while kernel.alive and not finished and time.monotonic() < deadline:
        try:
            message = await kernel.client.get_iopub_msg(timeout=0.2)
        except Empty:
            continue
        content = message["content"]
        if message["parent_header"].get("msg_id") == sent:
            finished = content.get("execution_state") == "idle"
            texts.append(content.get("text", "") + "\n".join(content.get("traceback", [])))
    return "".join(texts), finished
