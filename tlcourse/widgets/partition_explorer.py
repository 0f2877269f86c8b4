"""Rows that workers process in partitions, and what happens to them when a worker dies."""

import math

from tlcourse.live_figures import LiveFigure

RESTART = 3  # units of time until a worker that died is replaced; one row takes 1
COLORS = {False: "tab:blue", True: "tab:red"}


class PartitionExplorer(LiveFigure):
    """Let a worker die, and see which rows arrive: a simulation in which each row takes one unit of time.

    Parameters
    ----------
    rows : int
        At least 12, so that each partition has one.

    Raises
    ------
    ValueError
        For fewer rows.
    """

    def __init__(self, rows=48):
        if rows < 12:
            raise ValueError(f"rows must be at least 12, one for each partition; got {rows}")
        super().__init__(
            "partitions",
            {"rows": rows, "restart": RESTART},
            lambda figure: _draw_still(figure, simulate(rows, 6, 2, dying=1)),
            (6, 2.2),
            f"{rows} rows in six partitions; one of two workers dies in partition 1, which is tried again.",
        )


def simulate(rows, partitions, workers, dying=-1, again=True):
    """Who processes which partition, and when.

    Parameters
    ----------
    rows, partitions, workers : int
        The rows are divided evenly; the first partitions have one more.
    dying : int
        In which partition a worker dies halfway, once; -1 for none.
    again : bool
        Whether the partition is tried again, after all others.

    Returns
    -------
    list of tuple
        (worker, partition, start, end, died) for each attempt, in the order of their beginning.
    """
    sizes = [rows // partitions + (number < rows % partitions) for number in range(partitions)]
    pending, free, attempts = [(0, number) for number in range(partitions)], [0] * workers, []
    while pending:
        ready, number = pending.pop(0)
        worker = free.index(min(free))
        start = max(free[worker], ready)
        died = number == dying and not any(attempt[4] for attempt in attempts)
        end = start + (math.ceil(sizes[number] / 2) if died else sizes[number])
        attempts.append((worker, number, start, end, died))
        free[worker] = end + RESTART * died
        if died and again:
            pending.append((end, number))
    return attempts


def written(attempts, partitions, whole_files=True):
    """Rows in the output by partition; with `whole_files`, an attempt that died leaves nothing behind."""
    counts = [0] * partitions
    for _, number, start, end, died in attempts:
        if not (died and whole_files):
            counts[number] += end - start
    return counts


def _draw_still(figure, attempts):
    ax = figure.add_subplot()
    for worker, number, start, end, died in attempts:
        ax.barh(worker, end - start, left=start, color=COLORS[died], alpha=0.5, edgecolor="white")
        ax.text((start + end) / 2, worker, f"✗ {number}" if died else str(number), ha="center", va="center")
    workers = sorted({attempt[0] for attempt in attempts})
    ax.set(yticks=workers, yticklabels=[f"worker {worker}" for worker in workers], xlabel="time (one row takes 1)")
    ax.invert_yaxis()
