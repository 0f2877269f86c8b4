"""What a teacher's layers make of an image, and what each is worth to cut at; still and interactive."""

import ipywidgets
import keras
import matplotlib.pyplot as plt
import numpy as np

from tlcourse.plots.charts import accuracy_curves
from tlcourse.plots.images import feature_maps
from tlcourse.plots.style import INK, styled
from tlcourse.widgets.explorer import CONTROL_STYLE, REDRAW_ON_RELEASE, Explorer, html_table

CHANNELS_SHOWN = 24  # of a layer


@styled
def draw_cut(maps, curves, names, layer, figure=None):
    """Draw a layer's feature maps for an image, and beside them the accuracy of cutting after each layer.

    Parameters
    ----------
    maps : array
        The layer's output for one image: shape (h, w, channels), or (units,) for a dense layer. The first channels
        are drawn; units are drawn as the squares of a grid.
    curves : dict of str to sequence of dict
        As for `plots.accuracy_curves`: one summary a layer.
    names : sequence of str
        The layers.
    layer : int
        Index of this one.
    figure : matplotlib.figure.Figure, optional

    Returns
    -------
    matplotlib.axes.Axes
        The right one.

    Raises
    ------
    ValueError
        If there is no such layer.
    """
    if not 0 <= layer < len(names):
        raise ValueError(f"there are layers 0 to {len(names) - 1}, got {layer}")
    if figure is None:
        figure = plt.figure(figsize=(11, 4), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(2, 3))
    feature_maps(_as_maps(maps), columns=6, ax=left)
    left.set_title(f"{names[layer]}: {_contents(maps)}", fontsize=10, color=INK)
    left.set_anchor("N")  # else the layout may find no room for the title
    accuracy_curves(range(1, len(names) + 1), curves, ax=right)
    right.axvline(layer + 1, color=INK, linewidth=1)
    right.set_xticks(range(1, len(names) + 1), names, rotation=60, ha="right", fontsize=9)
    right.legend(loc="lower center")  # where no curve of the course runs, and it stays there
    right.set_xlabel("the teacher is cut after this layer")
    return right


def _contents(maps):
    """What of a layer's output is drawn, in words."""
    channels = np.shape(maps)[-1]
    if np.ndim(maps) != 3:
        return f"{channels} numbers"
    return f"{channels} maps" if channels <= CHANNELS_SHOWN else f"{CHANNELS_SHOWN} of {channels} maps"


def _as_maps(maps):
    """The first channels; a vector as one square map, filled up with its lowest value."""
    maps = np.asarray(maps, dtype=float)
    if maps.ndim == 3:
        return maps[..., :CHANNELS_SHOWN]
    side = int(np.ceil(np.sqrt(len(maps))))
    return np.pad(maps, (0, side * side - len(maps)), constant_values=maps.min()).reshape(side, side, 1)


class CutExplorer(Explorer):
    """Go through a teacher's layers: what they make of an image, and what each is worth to cut at.

    Parameters
    ----------
    teacher : keras.Model
        With layers named as in `networks.narrow_vgg16`.
    images : dict of str to array
        A title, and an image as the teacher takes it, shape (h, w, 3).
    curves : dict of str to sequence of dict
        One summary for each of the teacher's weight layers.

    Attributes
    ----------
    layer, image_choice : ipywidgets.Widget
        The controls; setting their ``value`` redraws.
    """

    def __init__(self, teacher, images, curves):
        kinds = (keras.layers.Conv2D, keras.layers.Dense)
        self.names = [layer.name for layer in teacher.layers if isinstance(layer, kinds)]
        self.curves = {label: list(summaries) for label, summaries in curves.items()}
        for label, summaries in self.curves.items():
            if len(summaries) != len(self.names):
                raise ValueError(f"{label!r} has {len(summaries)} summaries for {len(self.names)} layers")
        outputs = [_activated(teacher, name) for name in self.names]
        self.maps = keras.Model(teacher.input, outputs).predict(np.stack(list(images.values())), verbose=0)
        options = [(name, number) for number, name in enumerate(self.names)]
        self.layer = ipywidgets.SelectionSlider(options=options, description="cut after", **REDRAW_ON_RELEASE)
        titles = [(title, number) for number, title in enumerate(images)]
        self.image_choice = ipywidgets.Dropdown(options=titles, description="image", **CONTROL_STYLE)
        super().__init__([self.layer, self.image_choice], figure_size=(11, 4))

    def _draw_on(self, figure):
        layer = self.layer.value
        draw_cut(self.maps[layer][self.image_choice.value], self.curves, self.names, layer, figure)
        rows = [(label, f"{summaries[layer]['mean']:.1%}") for label, summaries in self.curves.items()]
        return html_table((f"cut after {self.names[layer]}", "accuracy"), rows)


def _activated(teacher, name):
    """A layer's output behind its activation, where that is a layer of its own."""
    names = {layer.name for layer in teacher.layers}
    return teacher.get_layer(f"{name}_relu" if f"{name}_relu" in names else name).output
