"""Curves over a strength (of a penalty, of shrinkage), read at one position at a time."""

import numpy as np

from tlcourse.live_figures import LiveFigure
from tlcourse.plots.style import LINE_COLORS


class StrengthExplorer(LiveFigure):
    """Move a strength, and read every curve there; with several methods, choose one of them.

    Parameters
    ----------
    name : str
        What is moved: "strength".
    strengths : sequence of float, or dict of str to sequence of float
        Its values, in order; drawn at equal distances. With several methods, as many for each of them.
    curves : dict of str to sequence, or dict of str to such a dict
        Up to seven curves with a value for each strength: a number, or a recorded summary with "mean" and "ci95", whose
        interval is drawn, too. With several methods, a dictionary of curves for each of them.
    label : str
        What the curves measure, with its unit.
    percent : bool
        Whether the values are shares that are written as percentages.

    Raises
    ------
    ValueError
        If a curve has another number of values than there are strengths, or is not finite; or if the methods differ in
        the number of strengths.
    """

    def __init__(self, name, strengths, curves, label, percent=False):
        if not isinstance(strengths, dict):
            strengths, curves = {name: strengths}, {name: curves}
        if strengths.keys() != curves.keys() or len({len(values) for values in strengths.values()}) != 1:
            raise ValueError(f"each method needs curves, and as many strengths as the others; got {strengths}")
        methods = [_method(title, values, curves[title]) for title, values in strengths.items()]
        ends = np.concatenate(
            [line for method in methods for curve in method["curves"].values() for line in curve.values()]
        )
        margin = 0.05 * (np.ptp(ends) or 1)
        low, high = float(ends.min() - margin), float(ends.max() + margin)
        data = {
            "name": name,
            "methods": methods,
            "yLabel": label,
            "range": [max(low, 0.0), min(high, 1.0)] if percent else [low, high],
            "inPercent": percent,
        }
        super().__init__(
            "strengths",
            data,
            lambda figure: _draw_still(
                figure.subplots(1, len(methods), sharey=True, squeeze=False)[0], name, methods, label
            ),
            (max(6, 2.2 * len(methods)), 3.2),
            f"{label} by {name}{_listed(methods)}: curves of {', '.join(methods[0]['curves'])}.",
        )


def _method(title, strengths, curves):
    return {
        "title": title,
        "strengths": [float(strength) for strength in strengths],
        "curves": {key: _curve(key, values, len(strengths)) for key, values in curves.items()},
    }


def _curve(key, values, count):
    """The means of a curve, and its intervals if the values have any."""
    recorded = [value if isinstance(value, dict) else {"mean": value} for value in values]
    lines = {"means": [entry["mean"] for entry in recorded]}
    if all("ci95" in entry for entry in recorded):
        lines["low"], lines["high"] = zip(*(entry["ci95"] for entry in recorded), strict=True)
    arrays = {part: np.asarray(line, float) for part, line in lines.items()}
    if any(array.shape != (count,) or not np.isfinite(array).all() for array in arrays.values()):
        raise ValueError(f"{key!r} needs {count} finite values, one for each strength; got {values}")
    return {part: array.round(6).tolist() for part, array in arrays.items()}


def _listed(methods):
    return f" of {', '.join(method['title'] for method in methods)}" if len(methods) > 1 else ""


def _draw_still(axes, name, methods, label):
    for ax, method in zip(axes, methods, strict=True):
        places = range(len(method["strengths"]))
        for (key, curve), color in zip(method["curves"].items(), LINE_COLORS, strict=False):
            ax.plot(places, curve["means"], marker="o", label=key, color=color)
            if "low" in curve:
                ax.fill_between(places, curve["low"], curve["high"], alpha=0.15, color=color)
        ax.set(xlabel=name, xticks=places, title=method["title"] if len(methods) > 1 else "")
        ax.set_xticklabels([f"{strength:g}" for strength in method["strengths"]], fontsize=8)
    axes[0].set_ylabel(label)
    axes[0].legend(fontsize=8)
