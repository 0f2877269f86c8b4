"""The softmax of logits at a temperature, and divergences between two of them; static and interactive."""

import numpy as np
from scipy.special import softmax

from tlcourse.live_figures import LiveFigure, percent
from tlcourse.plots.style import COLORS, INK, axes_for, styled

BLUE, ORANGE = COLORS["blue"], COLORS["vermilion"]
TEMPERATURES = [round(10 ** (tenths / 10), 2) for tenths in range(-10, 21)]  # 0.1 to 100


@styled
def draw_softened(logits, names, temperature, axes=None):
    """Draw the softmax probabilities of logits at one temperature, with the largest in red.

    Parameters
    ----------
    logits : array-like
        Shape (classes,).
    names : sequence of str
        One for each class.
    temperature : float
        Must be above 0.

    Returns
    -------
    matplotlib.axes.Axes
    """
    shares = _softened(logits, temperature)
    if len(names) != len(shares):
        raise ValueError(f"names must have one entry for each of the {len(shares)} logits, got {len(names)}")
    axes = axes_for(axes, 6, 2.6)
    places = np.arange(len(shares))
    axes.bar(places, shares, color=[ORANGE if share == shares.max() else BLUE for share in shares], edgecolor=INK)
    for place, share in zip(places, shares, strict=True):
        text = percent(share) if share >= 0.001 else "≈0%"  # ten labels "<0.1%" would touch each other
        axes.text(place, share + 0.02, text, ha="center", fontsize=9, color=INK)
    axes.set_xticks(places, names)
    axes.set(xlim=(-0.5, len(shares) - 0.5), ylim=(0, 1.12), yticks=())
    axes.spines[["left", "top", "right"]].set_visible(False)
    axes.tick_params(length=0, labelsize=9, colors=INK)
    axes.set_title(f"temperature {temperature:g}", fontsize=10, color=INK, loc="left")
    return axes


def _softened(logits, temperature):
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0, got {temperature}")
    return softmax(np.asarray(logits, dtype=float) / temperature)


class TemperatureExplorer(LiveFigure):
    """Change the temperature of a softmax, and see how the probabilities soften.

    Parameters
    ----------
    logits : array-like
        Shape (images, classes).
    names : sequence of str
        One for each class.
    titles : sequence of str
        One for each image that the user can choose.
    """

    def __init__(self, logits, names, titles):
        logits = np.asarray(logits, dtype=float)
        if logits.shape != (len(titles), len(names)):
            raise ValueError(f"logits must have shape ({len(titles)}, {len(names)}), got {logits.shape}")
        data = {"logits": logits.tolist(), "names": list(names), "titles": list(titles), "temperatures": TEMPERATURES}
        super().__init__(
            "temperature",
            data,
            lambda figure: draw_softened(logits[0], names, 1, figure.add_subplot()),
            (7, 2.8),
            f"The class probabilities of {titles[0]} at temperature 1, as bars; a slider changes the temperature.",
        )


class DivergenceExplorer(LiveFigure):
    """Change the temperature, and compare the divergence in both directions with and without the factor T².

    Parameters
    ----------
    teacher : array-like
        The teacher's logits for one image, shape (classes,).
    students : dict of str to array-like
        Titles, and logits of the same shape.
    names : sequence of str
        One for each class.
    """

    def __init__(self, teacher, students, names):
        teacher = np.asarray(teacher, dtype=float)
        for title, logits in {"the teacher": teacher, **students}.items():
            if np.shape(logits) != (len(names),):
                raise ValueError(f"{title} must have one logit for each of {len(names)} names, got {np.shape(logits)}")
        data = {
            "teacher": teacher.tolist(),
            "students": [np.asarray(logits, dtype=float).tolist() for logits in students.values()],
            "titles": list(students),
            "names": list(names),
            "temperatures": TEMPERATURES,
        }
        super().__init__(
            "divergences",
            data,
            lambda figure: draw_softened(teacher, names, 1, figure.add_subplot()),
            (7, 2.8),
            "The teacher's class probabilities at temperature 1, as bars; the live figure adds those of a student.",
        )
