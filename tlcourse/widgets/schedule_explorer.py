"""The learning rate of each layer group at each step, and what a rate does to a start; static and interactive."""

import numpy as np

from tlcourse import schedules
from tlcourse.learning_rates import ladder
from tlcourse.live_figures import LiveFigure
from tlcourse.plots.style import INK, LINE_COLORS, axes_for, styled

_DASHES = ("-", "--", "-.", ":")
START, STEPS, RANGE = (1.0, -0.6), 60, (-2.0, 3.0)  # of the descent
PEAKS = [10 ** (quarters / 4) for quarters in range(-20, 1)]  # 1e-5 to 1


@styled
def draw_schedules(name, highest, groups=4, factor=3.0, steps=100, axes=None):
    """Draw the learning rate of each layer group while a schedule runs.

    Parameters
    ----------
    name : str
        One of `schedules.SCHEDULES`.
    highest : float
        Peak rate of the last group, which is the one at the output.
    groups : int
        The number of layer groups; each one gets a line.
    factor : float
        The ratio between the rates of neighboring groups.
    steps : int
        The number of training steps, 2 or more.

    Returns
    -------
    matplotlib.axes.Axes
    """
    peaks, shape = ladder(highest, groups, factor), schedules.curve(name, 1.0, steps)
    axes = axes_for(axes, 7, 3.2)
    for number, peak in reversed(list(enumerate(peaks))):
        look = {"color": LINE_COLORS[number % len(LINE_COLORS)], "linestyle": _DASHES[number % len(_DASHES)]}
        axes.plot(np.arange(steps), peak * shape, linewidth=2, label=_title(number, groups), **look)
    # A logarithmic axis cannot show a rate of 0. It ends at a hundredth of the lowest peak.
    axes.set(yscale="log", ylim=(peaks[0] * shape.max() / 100, 2 * highest), xlabel="step", ylabel="learning rate")
    axes.set_title(f"{name}, peak {highest:g}, factor {factor:g}", fontsize=10, color=INK, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=9, colors=INK)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize=9)
    return axes


def _title(number, groups):
    place = {0: " (input)", groups - 1: " (output)"}.get(number, "") if groups > 1 else ""
    return f"group {number + 1}{place}"


class ScheduleExplorer(LiveFigure):
    """Choose a schedule and a ladder, and see the learning rate of each layer group.

    Parameters
    ----------
    highest : float
        The initial peak rate of the last group, from 1e-5 to 1.
    """

    def __init__(self, highest=1e-3):
        if not 1e-5 <= highest <= 1:
            raise ValueError(f"highest must be from 1e-5 to 1, got {highest}")
        data = {
            "highest": highest,
            "peaks": sorted({highest, *(peak for peak in PEAKS if abs(peak / highest - 1) > 1e-6)}),
            "stepCounts": list(range(10, 201, 10)),
            "factors": [half / 2 for half in range(2, 21)],
            "groupCounts": list(range(1, 7)),
        }
        super().__init__(
            "schedules",
            data,
            lambda figure: draw_schedules("slanted triangle", highest, axes=figure.add_subplot()),
            (7.5, 3.4),
            f"The learning rate of four layer groups against the step: a slanted triangle with a peak of {highest:g} "
            "and a factor of 3. On the logarithmic axis, the lines are parallel.",
        )


@styled
def draw_surface(axes=None):
    """Draw the loss of a network of two weights in a row, (w₂w₁ - 1)² / 2, and where it starts; returns the axes."""
    axes = axes_for(axes, 5, 4)
    pretrained, fresh = np.meshgrid(*[np.linspace(*RANGE, 120)] * 2)
    loss = (pretrained * fresh - 1) ** 2 / 2
    axes.contourf(pretrained, fresh, np.log10(loss + 1e-3), levels=12, cmap="Blues_r")
    axes.plot(*START, "s", color="white", markeredgecolor=INK, markersize=10)
    axes.set(
        xlabel="weight from the teacher", ylabel="new weight", title="Loss: darker is lower; the square is the start"
    )
    return axes


class DescentExplorer(LiveFigure):
    """Choose a schedule, a peak rate and a ladder, and see whether the teacher's weight survives the first steps.

    The new weight starts at random, so its gradient for the teacher's weight is large and points the wrong way. A rate
    that is too high destroys the start; a lower rate for the teacher's weight (the ladder) or a warm-up protects it.

    Parameters
    ----------
    rates : sequence of float
        The peak rates to choose from, in ascending order; the third is chosen at first.
    """

    def __init__(self, rates=(0.05, 0.1, 0.2, 0.4, 0.8, 1.2, 1.6, 2.0)):
        data = {
            "start": START,
            "rates": list(rates),
            "factors": [1, 2, 3, 5, 10, 30],
            "steps": STEPS,
            "range": dict(zip(("low", "high"), RANGE, strict=True)),
            "limit": 50,
        }
        super().__init__(
            "descent",
            data,
            lambda figure: draw_surface(figure.add_subplot()),
            (5, 4),
            "The loss of two weights in a row: two curved valleys. Training starts beside them, where the teacher's "
            "weight is right and the new weight is not.",
        )
