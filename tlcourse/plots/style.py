"""The style of every figure: a white background, dark text, and colors that all readers can distinguish."""

import functools

import matplotlib.pyplot as plt

COLORS = {
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
LINE_COLORS = [COLORS[name] for name in ("blue", "vermilion", "green", "purple", "orange", "black", "sky")]
STYLE = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "axes.facecolor": "white",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.prop_cycle": plt.cycler(color=LINE_COLORS),
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
    """Give the figures that a notebook draws itself the same style: white background, dark text, Okabe-Ito colors."""
    plt.rcParams.update(STYLE)


def styled(draw):
    """Decorate a drawing function so that it uses the course's style, and restores the notebook's own afterward."""

    @functools.wraps(draw)
    def drawn(*arguments, **options):
        # Not plt.rc_context: it would undo the settings that a notebook's backend makes for the first figure.
        before = {name: plt.rcParams[name] for name in STYLE}
        plt.rcParams.update(STYLE)
        try:
            return draw(*arguments, **options)
        finally:
            plt.rcParams.update(before)

    return drawn


def axes_for(ax, width=6.4, height=4.8):
    """Give `ax` a white background and dark text, or create one in a figure of `width` x `height` inches."""
    if ax is None:
        ax = plt.figure(figsize=(width, height), layout="constrained").add_subplot()
    ax.figure.set_facecolor("white")
    ax.set_facecolor("white")
    ax.tick_params(colors=INK)  # matplotlib creates ticks late, when the style is no longer active
    for text in (ax.xaxis.label, ax.yaxis.label, ax.title):
        text.set_color(INK)
    for spine in ax.spines.values():
        spine.set_edgecolor(INK)
    return ax
