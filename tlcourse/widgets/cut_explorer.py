"""The output of each layer of a teacher, and the accuracy after cutting there; static and interactive."""

import ipywidgets
import keras
import matplotlib.pyplot as plt
import numpy as np

from tlcourse.plots.charts import accuracy_curves
from tlcourse.plots.images import feature_maps
from tlcourse.plots.style import INK, styled
from tlcourse.widgets.explorer import CONTROL_STYLE, REDRAW_ON_RELEASE, Explorer, html_table

CHANNELS_SHOWN = 24  # in each layer


@styled
def draw_cut(maps, curves, names, layer, figure=None):
    """Draw a layer's feature maps for an image, and beside them the accuracy after cutting at each layer.

    Parameters
    ----------
    maps : array
        The layer's output for one image: shape (h, w, channels), or (units,) for a dense layer. Only the first
        channels are drawn. The units of a dense layer are drawn as the squares of a grid.
    curves : dict of str to sequence of dict
        As for `plots.accuracy_curves`, with one summary for each layer.
    names : sequence of str
        The names of the layers.
    layer : int
        The index of the layer to draw.
    figure : matplotlib.figure.Figure, optional

    Returns
    -------
    matplotlib.axes.Axes
        The axes on the right.

    Raises
    ------
    ValueError
        If there is no layer with this index.
    """
    if not 0 <= layer < len(names):
        raise ValueError(f"layer must be from 0 to {len(names) - 1}, got {layer}")
    if figure is None:
        figure = plt.figure(figsize=(11, 4), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(2, 3))
    feature_maps(_as_maps(maps), columns=6, ax=left)
    left.set_title(f"{names[layer]}: {_contents(maps)}", fontsize=10, color=INK)
    left.set_anchor("N")  # otherwise, there may be no space for the title
    accuracy_curves(range(1, len(names) + 1), curves, ax=right)
    right.axvline(layer + 1, color=INK, linewidth=1)
    right.set_xticks(range(1, len(names) + 1), names, rotation=60, ha="right", fontsize=9)
    right.legend(loc="lower center")  # a fixed place without curves
    right.set_xlabel("the teacher is cut after this layer")
    return right


def _contents(maps):
    """What of a layer's output is drawn, in words."""
    channels = np.shape(maps)[-1]
    if np.ndim(maps) != 3:
        return f"{channels} numbers"
    return f"{channels} maps" if channels <= CHANNELS_SHOWN else f"{CHANNELS_SHOWN} of {channels} maps"


def _as_maps(maps):
    """The first channels of maps; or a vector as one square map, padded with its lowest value."""
    maps = np.asarray(maps, dtype=float)
    if maps.ndim == 3:
        return maps[..., :CHANNELS_SHOWN]
    side = int(np.ceil(np.sqrt(len(maps))))
    return np.pad(maps, (0, side * side - len(maps)), constant_values=maps.min()).reshape(side, side, 1)


class CutExplorer(Explorer):
    """Choose a layer of a teacher to see its output for an image, and the accuracy after cutting there.

    Parameters
    ----------
    teacher : keras.Model
        A model whose layers have names as in `networks.narrow_vgg16`.
    images : dict of str to array
        Titles and images; each image has shape (h, w, 3), as the teacher takes it.
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
                raise ValueError(
                    f"{label!r} must have one summary for each of the {len(self.names)} layers, got {len(summaries)}"
                )
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
    """The output of a layer, after its activation if that is a separate layer."""
    names = {layer.name for layer in teacher.layers}
    return teacher.get_layer(f"{name}_relu" if f"{name}_relu" in names else name).output
