"""Diagrams that compare two sides: a source with a target, and a teacher's distribution with a student's."""

import numpy as np

from tlcourse.domains import differences
from tlcourse.plots.diagram_parts import draw_box, drawing_area
from tlcourse.plots.style import COLORS, PALE, axes_for, styled

BLUE, VERMILION = COLORS["blue"], COLORS["vermilion"]
PARTS = {
    "X": lambda domain, task: domain.space,
    "P(X)": lambda domain, task: domain.distribution,
    "Y": lambda domain, task: f"{len(task.labels)} classes",
    "P(Y|X)": lambda domain, task: task.rule,
}


@styled
def scenario_parts(scenarios, ax=None):
    """The four parts of a domain and a task as columns; in each scenario's row, the parts that differ are vermilion.

    Those with a dashed edge differ because another part does.

    Parameters
    ----------
    scenarios : dict of str to tuple
        Name to a source and a target, each a pair of `tlcourse.domains.Domain` and `tlcourse.domains.Task`.
    ax : matplotlib.axes.Axes, optional
    """
    top = 0.8 * len(scenarios)
    ax = drawing_area(ax, 9.8, top + 0.85)
    ax.text(3.7, top + 0.65, "domain $D$", ha="center", fontsize=12, weight="bold")
    ax.text(7.7, top + 0.65, "task $T$", ha="center", fontsize=12, weight="bold")
    for x, part in zip((2.7, 4.7, 6.7, 8.7), PARTS, strict=True):
        ax.text(x, top + 0.25, f"${part}$".replace("|", r" \mid "), ha="center", fontsize=12)
        for row, sides in enumerate(scenarios.values()):
            draw_box(ax, (x, top - 0.3 - 0.8 * row), (1.85, 0.64), *_difference(part, *sides), fontsize=9)
    for row, name in enumerate(scenarios):
        ax.text(0.05, top - 0.3 - 0.8 * row, name.replace(" ", "\n", 1), va="center", weight="bold")
    return ax


def _difference(part, source, target):
    """How a part of a domain and a task differs: in a few words, as a color, and as the style of a line."""
    differing = differences(source, target)
    if part == "P(Y|X)" and "P(Y)" in differing:
        return "with the class\nshares $P(Y)$", VERMILION, "-"
    if part in differing:
        return " \N{RIGHTWARDS ARROW}\n".join(PARTS[part](*side) for side in (source, target)), VERMILION, "-"
    if (part == "P(X)" and {"X", "P(Y)"} & set(differing)) or (part == "P(Y|X)" and "Y" in differing):
        return "differs, too", VERMILION, "--"
    return "the same", PALE, ":"


@styled
def divergence_directions(ax=None):
    """A teacher with two peaks, and the single bell curves that are closest to it by KL in each direction."""
    ax = axes_for(ax, 9.2, 3.2)
    x = np.linspace(-10, 10, 1001)
    log_p = np.logaddexp(np.log(0.6) + log_bell(x, -2.5, 0.8), np.log(0.4) + log_bell(x, 2.5, 0.8))
    titles = "KL(p ‖ q): $q$ has to cover both peaks", "KL(q ‖ p): $q$ may drop a peak"
    for left, title, (log_q, loss) in zip((0, 22), titles, closest_bells(x, log_p), strict=True):
        ax.fill_between(x + left, np.exp(log_p), color=BLUE, alpha=0.25, linewidth=0)
        ax.plot(x + left, np.exp(log_p), color=BLUE, linewidth=2, label="teacher $p$")
        ax.plot(x + left, np.exp(log_q), color=VERMILION, linestyle="--", linewidth=2, label="student $q$")
        ax.text(left, 0.58, f"{title}\nsmallest value {loss:.2f}", ha="center", va="bottom")
    ax.legend(handles=ax.lines[:2], loc="upper right", bbox_to_anchor=(0.57, 0.85))
    ax.set(xlim=(-10, 32), ylim=(0, 0.68), xticks=[], yticks=[])
    ax.spines["left"].set_visible(False)
    return ax


def log_bell(x, mean, deviation):
    """The logarithm of a normal distribution's density."""
    return -0.5 * ((x - mean) / deviation) ** 2 - np.log(deviation * np.sqrt(2 * np.pi))


def closest_bells(x, log_p):
    """The normal distributions with the least KL(p, q) and KL(q, p), found on a grid of means and deviations.

    Returns
    -------
    list of tuple
        For each direction, log q at `x` (shape (n,)) and the divergence in nats.
    """
    log_q = log_bell(x, np.linspace(-4, 4, 161)[:, None, None], np.linspace(0.3, 4, 75)[:, None])
    forward = (np.exp(log_p) * (log_p - log_q)).sum(axis=-1) * (x[1] - x[0])
    backward = (np.exp(log_q) * (log_q - log_p)).sum(axis=-1) * (x[1] - x[0])
    return [(log_q[np.unravel_index(loss.argmin(), loss.shape)], loss.min()) for loss in (forward, backward)]
