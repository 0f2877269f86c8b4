"""The learning rate of each layer group at each step; static and interactive."""

import functools

import ipywidgets
import numpy as np

from tlcourse import schedules
from tlcourse.learning_rates import ladder
from tlcourse.plots.style import INK, LINE_COLORS, axes_for, styled
from tlcourse.widgets.explorer import CONTROL_STYLE, REDRAW_ON_RELEASE, Explorer, html_table

_DASHES = ("-", "--", "-.", ":")


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
    axes : matplotlib.axes.Axes, optional
        Created by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the schedule is unknown, there are fewer than two steps, or the values make no ladder.
    """
    peaks, shape = ladder(highest, groups, factor), _shape(name, steps)
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


@functools.lru_cache(maxsize=64)
def _shape(name, steps):
    """A schedule with a peak of 1, which the figure and the table share."""
    return schedules.curve(name, 1.0, steps)


def _title(number, groups):
    place = {0: " (input)", groups - 1: " (output)"}.get(number, "") if groups > 1 else ""
    return f"group {number + 1}{place}"


class ScheduleExplorer(Explorer):
    """Choose a schedule and a ladder, and see the learning rate of each layer group.

    Parameters
    ----------
    highest : float
        The initial peak rate of the last group, from 1e-5 to 1.

    Attributes
    ----------
    schedule, highest, steps, factor, groups : ipywidgets.Widget
        The controls; setting their ``value`` redraws.
    """

    def __init__(self, highest=1e-3):
        if not 1e-5 <= highest <= 1:
            raise ValueError(f"highest must be from 1e-5 to 1, got {highest}")
        self.schedule = ipywidgets.Dropdown(options=list(schedules.SCHEDULES), description="schedule", **CONTROL_STYLE)
        self.highest = ipywidgets.FloatLogSlider(
            value=highest, min=-5, max=0, step=0.25, description="peak", **REDRAW_ON_RELEASE
        )
        self.steps = ipywidgets.IntSlider(value=100, min=10, max=200, step=10, description="steps", **REDRAW_ON_RELEASE)
        self.factor = ipywidgets.FloatSlider(
            value=3, min=1, max=10, step=0.5, description="factor", **REDRAW_ON_RELEASE
        )
        self.groups = ipywidgets.IntSlider(value=4, min=1, max=6, description="groups", **REDRAW_ON_RELEASE)
        columns = [[self.schedule, self.highest, self.steps], [self.factor, self.groups]]
        super().__init__(columns, figure_size=(7.5, 3.4), layout="none")

    def _draw_on(self, figure):
        name, highest, steps = self.schedule.value, self.highest.value, self.steps.value
        groups, factor = self.groups.value, self.factor.value
        draw_schedules(name, highest, groups, factor, steps, figure.add_axes((0.1, 0.15, 0.68, 0.75)))
        shape = _shape(name, steps)
        rows = [
            (_title(number, groups), *(f"{peak * part:.3g}" for part in (shape[0], shape.max(), shape[-1])))
            for number, peak in enumerate(ladder(highest, groups, factor))
        ]
        return html_table(("group", "first rate", "highest rate", "last rate"), rows)
