"""Curves over a strength (of a penalty, of shrinkage), read at one position at a time."""

import numpy as np

from tlcourse.live_figures import LiveFigure


class StrengthExplorer(LiveFigure):
    """Move a strength, and read every curve there.

    Parameters
    ----------
    name : str
        What is moved: "strength".
    strengths : sequence of float
        Its values, in order; drawn at equal distances.
    curves : dict of str to sequence of float
        Up to seven curves with a value for each strength.
    label : str
        What the curves measure, with its unit.

    Raises
    ------
    ValueError
        If a curve has another number of values than there are strengths, or is not finite.
    """

    def __init__(self, name, strengths, curves, label):
        values = {key: np.asarray(curve, float) for key, curve in curves.items()}
        for key, curve in values.items():
            if curve.shape != (len(strengths),) or not np.isfinite(curve).all():
                raise ValueError(f"{key!r} needs {len(strengths)} finite values, one for each strength; got {curve}")
        together = np.concatenate(list(values.values()))
        margin = 0.05 * (np.ptp(together) or 1)
        data = {
            "name": name,
            "strengths": [float(strength) for strength in strengths],
            "curves": {key: curve.round(6).tolist() for key, curve in values.items()},
            "xLabel": name,
            "yLabel": label,
            "range": [float(together.min() - margin), float(together.max() + margin)],
        }
        super().__init__(
            "strengths",
            data,
            lambda figure: _draw_still(figure.add_subplot(), name, strengths, values, label),
            (6, 3.2),
            f"{label} by {name}: curves of {', '.join(values)}.",
        )


def _draw_still(ax, name, strengths, curves, label):
    for key, curve in curves.items():
        ax.plot(range(len(curve)), curve, marker="o", label=key)
    ax.set(xlabel=name, ylabel=label, xticks=range(len(strengths)))
    ax.set_xticklabels([f"{strength:g}" for strength in strengths], fontsize=8)
    ax.legend(fontsize=8)
