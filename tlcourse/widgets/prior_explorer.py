"""Two bell curves, the share of one class, and the threshold between them."""

import numpy as np
from scipy import special, stats

from tlcourse.live_figures import LiveFigure
from tlcourse.plots.style import COLORS, INK

DISTANCE = 2.0  # between the centers of the two classes, whose standard deviation is 1
SHARES = (0.01, 0.02, 0.05, *(round(0.1 * tenth, 1) for tenth in range(1, 10)), 0.95, 0.98, 0.99)
THRESHOLDS = tuple(round(0.1 * step, 1) for step in range(-20, 41))


class PriorExplorer(LiveFigure):
    """Move the share of class 1 and a threshold, and see which predictions are wrong.

    Class 0 has a normal distribution around 0, and class 1 one around 2, both with a standard deviation of 1.
    """

    def __init__(self):
        x, best = np.linspace(-3.5, 5.5, 181), [best_threshold(share) for share in SHARES]
        densities = np.stack([stats.norm.pdf(x, center) for center in (0, DISTANCE)])
        data = {
            "shares": list(SHARES),
            "thresholds": list(THRESHOLDS),
            "tails": _tails(THRESHOLDS),
            "probabilities": source_probability(THRESHOLDS),
            "best": best,
            "bestTails": _tails(best),
            "bestProbabilities": source_probability(best),
            "x": x.round(3).tolist(),
            "densities": densities.round(5).tolist(),
        }
        super().__init__(
            "priors",
            data,
            lambda figure: _draw_still(figure.subplots(1, 2, sharey=True), x, densities),
            (7.2, 2.8),
            "Two bell curves, class 0 and class 1, once with equal shares and once with a share of 0.1 for class 1: "
            "the best threshold moves toward the rare class.",
        )


def best_threshold(share):
    """Where both classes are equally likely, by Bayes' rule, if class 1 has this share."""
    return float(DISTANCE / 2 + np.log((1 - share) / share) / DISTANCE)


def source_probability(thresholds):
    """The probability of class 1 at each threshold, by a classifier for which both classes were equally frequent."""
    return special.expit(DISTANCE * np.asarray(thresholds) - DISTANCE**2 / 2).tolist()


def _tails(thresholds):
    """The shares of class 0 and of class 1 above each threshold."""
    return np.stack([stats.norm.sf(thresholds, center) for center in (0, DISTANCE)], axis=1).tolist()


def _draw_still(both, x, densities):
    for ax, share in zip(both, (0.5, 0.1), strict=True):
        for density, weight, name, style in zip(
            densities, (1 - share, share), ("class 0", "class 1"), "-:", strict=True
        ):
            color = COLORS["blue" if name == "class 0" else "vermilion"]
            ax.plot(x, weight * density, style, color=color, linewidth=2, label=f"{name}, share {weight:.1f}")
        ax.axvline(best_threshold(share), color=INK, linestyle="--", label="best threshold")
        ax.set(xlabel="x", title="before the shift" if share == 0.5 else "class 1 is rare")
        ax.legend(fontsize=8)
    both[0].set_ylabel("share × density")
