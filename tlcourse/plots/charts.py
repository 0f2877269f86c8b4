"""Figures of numbers: means with intervals, curves, embeddings, changes of layers, and tables of accuracies."""

import itertools

import numpy as np
from matplotlib.ticker import PercentFormatter

from tlcourse.plots.style import COLORS, INK, LINE_COLORS, MUTED, PALE, axes_for, styled

_DASHES = ["-", "--", "-.", ":", (0, (6, 2, 1, 2, 1, 2))]
_MARKERS = ["o", "s", "^", "D", "v", "P", "X", "*", "<", ">"]


@styled
def interval_bars(summaries, references=None, highlight=None, percent=True, ax=None):
    """Means as horizontal bars with their 95% intervals, and the numbers beside the bars.

    Parameters
    ----------
    summaries : dict of str to dict
        Label to ``{"mean": float, "ci95": [low, high]}``, as `tlcourse.stats.summary` returns it; the first on top.
    references : dict of str to float, optional
        Dotted lines for comparison, such as the chance level or the lecture's value.
    highlight : str, optional
        Label of the bar to emphasize; the others are pale.
    percent : bool
        Write 0.981 as a percentage.
    ax : matplotlib.axes.Axes, optional

    Raises
    ------
    ValueError
        If there are no summaries, a summary has no mean or interval, or `highlight` is not a label.
    """
    means, lows, highs = _intervals(summaries.values(), str(list(summaries)))
    if highlight is not None and highlight not in summaries:
        raise ValueError(f"highlight must be one of {list(summaries)}, got {highlight!r}")
    ax = axes_for(ax, 8.4, 0.45 * len(means) + (1.05 if references else 0.8))
    rows = np.arange(len(means))
    colors = [COLORS["blue"] if highlight in (None, label) else PALE for label in summaries]
    errors = [np.maximum(means - lows, 0), np.maximum(highs - means, 0)]
    ax.barh(rows, means, height=0.62, color=colors, xerr=errors, error_kw={"ecolor": INK, "capsize": 4, "lw": 1.5})
    for row, *numbers in zip(rows, means, lows, highs, strict=True):
        _label_bar(ax, row, _interval_text(*numbers, percent), right_of=max(numbers))
    _reference_lines(ax, references, np.max(highs))
    ax.set_yticks(rows, list(summaries))
    ax.set(ylim=(len(means) - 0.5, -0.5), xlim=(min(0, 1.5 * lows.min()), 1.4 * max(highs.max(), 1e-9)))
    if percent:
        ax.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
        ax.set_xticks([tick for tick in ax.get_xticks() if ax.get_xlim()[0] <= tick <= max(1.0, highs.max())])
    ax.tick_params(axis="y", length=0)
    return ax


@styled
def accuracy_curves(x, curves, log=False, references=None, ax=None):
    """Accuracy against `x`: a line for each method, with its 95% interval as a band.

    Parameters
    ----------
    x : sequence of float
        Images per class, epochs, ...
    curves : dict of str to sequence of dict
        Label to one summary ``{"mean", "ci95"}`` for each value of `x`; without any, a curve is left out, and the
        others keep the colors that they have beside it.
    log : bool
        Logarithmic x axis.
    references : dict of str to float, optional
        Horizontal dotted lines, such as the chance level.
    ax : matplotlib.axes.Axes, optional

    Raises
    ------
    ValueError
        If a curve does not have one summary for each `x`, or if `log` is true and an `x` is 0 or less.
    """
    x = np.asarray(x, dtype=float)
    if log and (x <= 0).any():
        raise ValueError(f"x must be above 0 on a logarithmic axis, got {x.tolist()}")
    if not curves:
        raise ValueError("curves must contain at least one curve, got none")
    ax = axes_for(ax, 7.2, 4.2)
    looks = zip(itertools.cycle(LINE_COLORS), itertools.cycle(_DASHES), itertools.cycle(_MARKERS), strict=False)
    for (label, summaries), (color, dash, marker) in zip(curves.items(), looks, strict=False):
        if not summaries:
            continue
        means, lows, highs = _intervals(summaries, label)
        if len(means) != len(x):
            raise ValueError(f"{label!r} must have one summary for each of the {len(x)} values of x, got {len(means)}")
        ax.fill_between(x, *np.clip([lows, highs], 0, 1), color=color, alpha=0.18, linewidth=0)
        ax.plot(x, means, color=color, linestyle=dash, marker=marker, linewidth=2, markersize=6, label=label)
    for name, value in (references or {}).items():
        ax.axhline(value, color=MUTED, linestyle=":", linewidth=1.5)
        outside = ax.get_yaxis_transform()  # beside the axes, where no curve is
        ax.text(1.01, value, name, color=MUTED, fontsize=9, ha="left", va="center", transform=outside)
    if log:
        ax.set_xscale("log")
    ax.set_xticks(x, [f"{value:g}" for value in x])
    ax.minorticks_off()
    ax.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    ax.set(ylabel="accuracy, 95 % interval", ylim=(0, 1.02))
    ax.grid(axis="y", color=PALE, linewidth=0.6)
    ax.legend()
    return ax


@styled
def embedding(points, labels, class_names=None, ax=None):
    """Points in the plane, with a color and a marker for each class.

    Parameters
    ----------
    points : array
        Shape (n, 2).
    labels : array of int
        Shape (n,).
    class_names : sequence of str, optional
        Indexed by label; shown in a legend if there are at most twelve classes.
    ax : matplotlib.axes.Axes, optional

    Raises
    ------
    ValueError
        If a shape is wrong, or a label has no name.
    """
    points, labels = np.asarray(points, dtype=float), np.asarray(labels)
    if points.ndim != 2 or points.shape[1] != 2 or labels.shape != points.shape[:1]:
        raise ValueError(f"points must have shape (n, 2) and labels (n,), got {points.shape} and {labels.shape}")
    present = np.unique(labels)
    if class_names is not None and present.size and not 0 <= present.min() <= present.max() < len(class_names):
        raise ValueError(f"{len(class_names)} class names do not cover labels from {present[0]} to {present[-1]}")
    ax = axes_for(ax, 6.4, 5.6)
    looks = zip(itertools.cycle(_MARKERS), itertools.cycle(LINE_COLORS), strict=False)  # 70 different pairs
    for label, (marker, color) in zip(present, looks, strict=False):
        members = points[labels == label]
        name = str(label) if class_names is None else class_names[label]
        ax.scatter(*members.T, s=26, color=color, marker=marker, alpha=0.8, linewidths=0, label=name)
    if len(present) <= 12:
        ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), markerscale=1.4)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return ax


@styled
def movement(rows, ax=None):
    """The relative change of each layer as a dot, on a logarithmic scale: trainable layers are blue, frozen ones gray.

    A layer that did not change has a hollow dot at the bottom.

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
        raise ValueError("rows must contain at least one layer, got none")
    ax = axes_for(ax, 8.4, 3.4)
    floor = 1e-6  # where the layers that did not change are drawn; bars would suggest that the axis begins at 0
    x = np.arange(len(rows))
    moved = np.array([max(row.weights, floor) for row in rows])
    colors = [COLORS["blue"] if row.trainable else MUTED for row in rows]
    faces = [color if amount > floor else "none" for color, amount in zip(colors, moved, strict=True)]
    ax.scatter(x, moved, 45, faces, edgecolors=colors, linewidths=1.5, label="weights (hollow: unchanged)")
    drift = np.array([max(row.statistics or 0, floor) for row in rows])
    ax.plot(x[drift > floor], drift[drift > floor], "D", color=COLORS["vermilion"], label="batch-norm statistics")
    ax.set_yscale("log")
    drifted = drift > floor
    top = (60 if drifted.any() else 3) * max(0.5, moved.max(), drift.max())  # room for the legend
    ax.set(ylim=(floor / 2, top), xlim=(-0.6, len(rows) - 0.4))
    ax.grid(axis="y", color=PALE, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.set_ylabel("relative change")
    ax.set_xticks(x, [row.layer for row in rows], rotation=60, ha="right", fontsize=9)
    for label, row in zip(ax.get_xticklabels(), rows, strict=True):
        label.set_color(INK if row.trainable else MUTED)
    if drifted.any():
        ax.legend(loc="upper left", ncols=2)
    return ax


@styled
def heat_map(values, rows, columns, best=True, ax=None):
    """Fractions from 0 to 1 as a table: larger values have darker cells, and each cell contains its value.

    Parameters
    ----------
    values : array
        Shape (rows, columns).
    rows, columns : sequence of str
        Labels.
    best : bool
        Write the largest value of each row in bold.
    ax : matplotlib.axes.Axes, optional

    Raises
    ------
    ValueError
        If the numbers of labels do not match the shape of the values.
    """
    values = np.asarray(values, dtype=float)
    if values.shape != (len(rows), len(columns)) or not values.size:
        raise ValueError(f"values must have shape ({len(rows)}, {len(columns)}) and not be empty, got {values.shape}")
    ax = axes_for(ax, 1.6 + 1.25 * len(columns), 1.0 + 0.55 * len(rows))
    # Only the paler half of the color map, so that dark text stays readable; white is 0, not the smallest value.
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


def _label_bar(ax, row, text, right_of):
    """Write `text` beside a bar on a white background, which interrupts reference lines."""
    ax.annotate(
        text,
        (right_of, row),
        (8, 0),
        textcoords="offset points",
        va="center",
        fontsize=9,
        zorder=4,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
    )


def _reference_lines(ax, references, right):
    for place, (name, value) in enumerate((references or {}).items()):
        color = (COLORS["vermilion"], INK)[place % 2]
        ax.axvline(value, color=color, linestyle=":", linewidth=1.8, zorder=3)
        side = "left" if value < 0.2 * right else "center"
        where = ax.get_xaxis_transform()
        ax.text(value, 1.01, name, color=color, fontsize=9, ha=side, va="bottom", transform=where)


def _interval_text(mean, low, high, percent):
    if percent:
        return f"{100 * mean:.1f} %  ({100 * low:.1f} to {100 * high:.1f})"
    return f"{mean:.3g}  ({low:.3g} to {high:.3g})"


def _intervals(summaries, named):
    """Means, lower bounds and upper bounds as three arrays."""
    summaries = list(summaries)
    if not summaries:
        raise ValueError("summaries must contain at least one summary, got none")
    try:
        rows = np.array([[summary["mean"], *summary["ci95"]] for summary in summaries], dtype=float)
    except (TypeError, KeyError, ValueError):
        raise ValueError(f"each of {named} needs a 'mean' and a 'ci95' of two numbers, got {summaries}") from None
    if rows.shape[1] != 3 or not np.isfinite(rows).all():
        raise ValueError(f"each of {named} needs a finite 'mean' and a 'ci95' of two numbers, got {summaries}")
    return rows.T
