"""The output of each layer of a teacher, and the accuracy after cutting there; static and interactive."""

import keras
import matplotlib.pyplot as plt
import numpy as np

from tlcourse.live_figures import LiveFigure, gray_png
from tlcourse.plots.charts import accuracy_curves
from tlcourse.plots.images import feature_maps
from tlcourse.plots.style import INK, styled

CHANNELS_SHOWN, COLUMNS = 24, 6  # in each layer


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
    """
    if not 0 <= layer < len(names):
        raise ValueError(f"layer must be from 0 to {len(names) - 1}, got {layer}")
    if figure is None:
        figure = plt.figure(figsize=(11, 4), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(2, 3))
    feature_maps(_as_maps(maps), columns=COLUMNS, ax=left)
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


class CutExplorer(LiveFigure):
    """Choose a layer of a teacher to see its output for an image, and the accuracy after cutting there.

    Parameters
    ----------
    teacher : keras.Model
        A model whose layers have names as in `networks.narrow_vgg16`.
    images : dict of str to array
        Titles and images; each image has shape (h, w, 3), as the teacher takes it.
    curves : dict of str to sequence of dict
        One summary for each of the teacher's weight layers.
    """

    def __init__(self, teacher, images, curves):
        kinds = (keras.layers.Conv2D, keras.layers.Dense)
        names = [layer.name for layer in teacher.layers if isinstance(layer, kinds)]
        for label, summaries in curves.items():
            if len(summaries) != len(names):
                raise ValueError(
                    f"{label!r} must have one summary for each of the {len(names)} layers, got {len(summaries)}"
                )
        outputs = [_activated(teacher, name) for name in names]
        maps = keras.Model(teacher.input, outputs).predict(np.stack(list(images.values())), verbose=0)
        data = {
            "names": names,
            "titles": list(images),
            "layers": [_encoded_layer(layer) for layer in maps],
            "curves": [_curve(label, summaries) for label, summaries in curves.items()],
        }
        super().__init__(
            "cut",
            data,
            lambda figure: draw_cut(maps[0][0], curves, names, 0, figure),
            (11, 4),
            f"The output of the layer {names[0]} for {next(iter(images))}, and beside it the accuracy after cutting "
            "the teacher at each layer.",
        )


def _encoded_layer(maps):
    """The maps of a layer for each image as one sheet of gray, each map with a range of its own."""
    images = []
    for output in maps:
        shown = _as_maps(output).transpose(2, 0, 1)
        count, side, _ = shown.shape
        columns = min(count, COLUMNS)
        lowest, highest = (end(shown, axis=(1, 2), keepdims=True) for end in (np.min, np.max))
        cells = np.full((-(-count // columns) * columns, side + 1, side + 1), 255, np.uint8)  # with a gap between them
        cells[:count, :-1, :-1] = np.round(255 * (shown - lowest) / np.where(highest > lowest, highest - lowest, 1))
        rows = cells.reshape(-1, columns, side + 1, side + 1).swapaxes(1, 2)
        images.append(gray_png(rows.reshape(-1, columns * (side + 1))))
    return {"count": count, "channels": np.shape(maps)[-1], "columns": columns, "images": images}


def _curve(label, summaries):
    low, high = zip(*(summary["ci95"] for summary in summaries), strict=True)
    return {"label": label, "means": [summary["mean"] for summary in summaries], "low": low, "high": high}


def _activated(teacher, name):
    """The output of a layer, after its activation if that is a separate layer."""
    names = {layer.name for layer in teacher.layers}
    return teacher.get_layer(f"{name}_relu" if f"{name}_relu" in names else name).output
