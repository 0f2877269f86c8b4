"""A diagram of the parts of a domain and a task that differ between a source and a target."""

from tlcourse.domains import differences
from tlcourse.plots.diagram_parts import draw_box, drawing_area
from tlcourse.plots.style import COLORS, PALE, styled

VERMILION = COLORS["vermilion"]
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
