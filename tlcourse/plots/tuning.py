"""Pictures of fine-tuning: how far layers moved, and a table of accuracies as a heat map."""

import numpy as np

from tlcourse.plots.style import COLOURS, INK, MUTED, axes_for, styled


@styled
def movement(rows, ax=None):
    """How far each layer moved, on a logarithmic scale; layers that may learn are filled, frozen ones grey.

    Parameters
    ----------
    rows : list of tlcourse.finetuning.Movement
        From the input to the output.
    ax : matplotlib.axes.Axes, optional

    Raises
    ------
    ValueError
        If there are no rows.
    """
    if not rows:
        raise ValueError("there is nothing to draw: the audit has no rows")
    ax = axes_for(ax, 8.4, 3.4)
    floor = 1e-6  # what did not move at all sits on the axis
    x = np.arange(len(rows))
    moved = np.array([max(row.weights, floor) for row in rows])
    colours = [COLOURS["blue"] if row.trainable else MUTED for row in rows]
    ax.bar(x, moved - floor, bottom=floor, color=colours, width=0.7, label="weights")
    drift = np.array([max(row.statistics or 0, floor) for row in rows])
    ax.plot(x[drift > floor], drift[drift > floor], "D", color=COLOURS["vermilion"], label="batch-norm statistics")
    ax.set_yscale("log")
    drifted = drift > floor
    top = (60 if drifted.any() else 3) * max(0.5, moved.max(), drift.max())  # room for the legend
    ax.set(ylim=(floor, top), xlim=(-0.6, len(rows) - 0.4))
    ax.set_ylabel("moved by, of its length")
    ax.set_xticks(x, [row.layer for row in rows], rotation=60, ha="right", fontsize=9)
    for label, row in zip(ax.get_xticklabels(), rows, strict=True):
        label.set_color(INK if row.trainable else MUTED)
    if drifted.any():
        ax.legend(loc="upper left", ncols=2)
    return ax


@styled
def heat_map(values, rows, columns, best=True, ax=None):
    """Shares from 0 to 1 as a table whose cells are the darker the larger they are, the number written in each.

    Parameters
    ----------
    values : array
        Shape (rows, columns).
    rows, columns : sequence of str
        Labels.
    best : bool
        Write the largest number of each row in bold.
    ax : matplotlib.axes.Axes, optional

    Raises
    ------
    ValueError
        If the labels do not fit the values.
    """
    values = np.asarray(values, dtype=float)
    if values.shape != (len(rows), len(columns)) or not values.size:
        raise ValueError(f"{len(rows)} rows and {len(columns)} columns need as many values, got shape {values.shape}")
    ax = axes_for(ax, 1.6 + 1.25 * len(columns), 1.0 + 0.55 * len(rows))
    # The paler half of the map only, so that dark ink stays readable in every cell; white is 0, and not the smallest.
    ax.imshow(values, cmap="Blues", vmin=0, vmax=2 * max(values.max(), 1e-9), aspect="auto")
    for row, line in enumerate(values):
        for column, value in enumerate(line):
            bold = best and value == values[row].max()
            ax.text(column, row, f"{value:.1%}", ha="center", va="center", weight="bold" if bold else "normal")
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax
