"""What diagrams are made of: an empty drawing area, labeled boxes and arrows, in inches."""

import matplotlib.pyplot as plt
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from tlcourse.plots.style import INK


def drawing_area(ax, width, height):
    """Axes without frame or ticks, `width` x `height` inches large; made if `ax` is None."""
    if ax is None:
        ax = plt.figure(figsize=(width, height), layout="constrained").add_subplot()
    ax.figure.set_facecolor("white")
    ax.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    ax.set_axis_off()
    return ax


def draw_box(ax, center, size, text, color, line="-", fontsize=10):
    """A box with a pale face, an edge in `color`, and text in its center."""
    (x, y), (width, height) = center, size
    place = (x - width / 2, y - height / 2)
    look = {"facecolor": (color, 0.25), "edgecolor": color, "linewidth": 1.6, "linestyle": line}
    ax.add_patch(FancyBboxPatch(place, width, height, boxstyle="round,pad=0,rounding_size=0.06", **look))
    ax.text(x, y, text, ha="center", va="center", fontsize=fontsize)


def draw_arrow(ax, start, end, color=INK, width=1.4):
    """A straight arrow from `start` to `end`."""
    look = {"arrowstyle": "-|>", "mutation_scale": 9 + 2 * width, "shrinkA": 0, "shrinkB": 0}
    ax.add_patch(FancyArrowPatch(start, end, color=color, linewidth=width, **look))
