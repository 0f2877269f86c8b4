"""The look of every picture: white face, dark ink, colours that all readers can tell apart."""

import functools

import matplotlib.pyplot as plt

COLOURS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermilion": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "yellow": "#F0E442",
    "black": "#000000",
}
INK, MUTED, PALE = "#222222", "#5F6368", "#C9CED6"
LINE_COLOURS = [COLOURS[name] for name in ("blue", "vermilion", "green", "purple", "orange", "black", "sky")]
STYLE = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "axes.facecolor": "white",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.prop_cycle": plt.cycler(color=LINE_COLOURS),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "font.size": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
}


def style():
    """Give the pictures that a notebook draws itself the same look: white face, dark ink, Okabe-Ito colours."""
    plt.rcParams.update(STYLE)


def styled(draw):
    @functools.wraps(draw)
    def drawn(*arguments, **options):
        with plt.rc_context(STYLE):
            return draw(*arguments, **options)

    return drawn


def axes_for(ax, width, height):
    if ax is None:
        ax = plt.figure(figsize=(width, height), facecolor="white", layout="constrained").add_subplot()
    ax.tick_params(colors=INK)  # ticks are made late, when the style has gone
    return ax
