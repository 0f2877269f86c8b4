"""The tensor shapes of a network; static and interactive."""

import math

import numpy as np
from matplotlib.patches import Polygon, Rectangle

from tlcourse import counting
from tlcourse.live_figures import LiveFigure, percent
from tlcourse.plots.style import COLORS, INK, PALE, axes_for, styled

BLUE, ORANGE, GREEN, SKY = (COLORS[name] for name in ("blue", "vermilion", "green", "sky"))
LIMITS = {"kernel": 11, "strides": 4, "filters": 64}  # the largest values of the sliders; the smallest are 1
TOO_LARGE = "The kernel is larger than its input map, so there is no output. Choose a smaller kernel."


@styled
def draw_shapes(rows, axes=None, changed=None):
    """Draw a network as boxes: each tensor with its shape, and each layer with its number of parameters.

    Parameters
    ----------
    rows : list of counting.Row
        The first is the input. Sizes are drawn on a square-root scale, so that small maps stay visible.
    axes : matplotlib.axes.Axes, optional
        Made if left out.
    changed : int, optional
        Index of the row whose name is bold, because the user is changing it.

    Returns
    -------
    matplotlib.axes.Axes
    """
    axes = axes_for(axes, 1.65 * len(rows), 4.2)
    total = sum(row.parameters for row in rows)
    largest = max((row.shape[0] for row in rows if len(row.shape) == 3), default=1)
    for index, row in enumerate(rows):
        _box(axes, 2.0 * index, row.shape, largest)
        _label_tensor(axes, 2.0 * index, row, total, bold=index == changed)
        if index:
            axes.annotate(
                "", (2.0 * index - 0.8, 0.5), (2.0 * index - 1.25, 0.5), arrowprops={"arrowstyle": "->", "color": INK}
            )
    axes.text(-1.0, -1.75, "share of all\nparameters", ha="left", va="center", fontsize=9, color=INK)
    axes.set(xlim=(-1.05, 2.0 * len(rows) - 0.9), ylim=(-2.15, 1.75))
    axes.set_title(f"{total:,} parameters", color=INK, fontsize=12)
    axes.set_axis_off()
    return axes


def _box(axes, x, shape, largest):
    """Draw a feature map as a block, or a vector as a thin bar, both centered at the height 0.5."""
    if len(shape) == 1:
        height = min(1.9, 0.25 + 0.12 * math.log2(shape[0] + 1))
        axes.add_patch(Rectangle((x - 0.06, 0.5 - height / 2), 0.12, height, facecolor=ORANGE, edgecolor=INK))
        return
    side = max(0.08, 1.15 * math.sqrt(shape[0] / largest))
    depth = min(0.5, 0.05 * math.log2(shape[2] + 1))
    left, bottom = x - (side * 0.75 + depth) / 2, 0.5 - (side + depth) / 2
    right, top = left + side * 0.75, bottom + side
    lid = [(left, top), (left + depth, top + depth), (right + depth, top + depth), (right, top)]
    flank = [(right, bottom), (right + depth, bottom + depth), (right + depth, top + depth), (right, top)]
    axes.add_patch(Rectangle((left, bottom), right - left, side, facecolor=SKY, edgecolor=INK))
    axes.add_patch(Polygon(lid, facecolor=PALE, edgecolor=INK))
    axes.add_patch(Polygon(flank, facecolor=BLUE, edgecolor=INK))


def _label_tensor(axes, x, row, total, bold):
    shape = "×".join(str(size) for size in row.shape)
    axes.text(x, 1.55, row.name, ha="center", fontsize=9, color=INK, weight="bold" if bold else "normal")
    axes.text(x, -0.62, shape, ha="center", fontsize=10, color=INK)
    if row.parameters:
        axes.text(x, -0.98, f"{row.parameters:,}", ha="center", fontsize=10, color=GREEN, weight="bold")
        share = row.parameters / total
        axes.add_patch(Rectangle((x - 0.4, -2.1), 0.8, 0.75 * share, facecolor=GREEN, edgecolor="none"))
        axes.text(x, -2.05 + 0.75 * share, percent(share), ha="center", fontsize=9, color=INK)


@styled
def draw_windows(size, kernel, strides=1, padding="valid", axes=None):
    """Draw the positions of a one-dimensional kernel on a row of pixels, with one line for each position.

    Parameters
    ----------
    size, kernel, strides : int
        Pixels in the row, pixels under the kernel, and pixels from one position to the next.
    padding : {"valid", "same"}
        The zeros that "same" adds are split as in TensorFlow: an odd one is after the last pixel.

    Returns
    -------
    matplotlib.axes.Axes
    """
    layer = {"kind": "conv", "filters": 1, "kernel": kernel, "strides": strides, "padding": padding}
    positions = counting.measure([layer], (size, size, 1))[-1].shape[0]
    zeros = max(0, (positions - 1) * strides + kernel - size) if padding == "same" else 0
    before = zeros // 2
    axes = axes_for(axes, 4, 3)
    for pixel in range(-before, size + zeros - before):
        inside = 0 <= pixel < size
        look = {"facecolor": SKY} if inside else {"facecolor": "white", "hatch": "////"}
        axes.add_patch(Rectangle((pixel, 0), 1, 0.9, edgecolor=INK, **look))
    for index in range(positions):
        start = index * strides - before
        axes.add_patch(Rectangle((start + 0.08, -0.7 * (index + 1)), kernel - 0.16, 0.4, facecolor=ORANGE))
    axes.set(xlim=(-before - 0.3, size + zeros - before + 0.3), ylim=(-0.7 * math.ceil(size / strides) - 0.4, 1.2))
    axes.set_title(f"{size} pixels, kernel {kernel}, stride {strides}, {padding}: {positions}", fontsize=9, color=INK)
    axes.set_axis_off()
    return axes


@styled
def draw_filters(layer, axes=None):
    """Draw each parameter of a small convolution as a square: one column for each filter, with its bias below.

    Parameters
    ----------
    layer : keras.layers.Conv2D
        A layer that is built and has a bias.
    axes : matplotlib.axes.Axes, optional
        Made if left out.

    Returns
    -------
    matplotlib.axes.Axes
    """
    kernel, bias = layer.kernel.numpy(), layer.bias.numpy()
    height, width, channels, filters = kernel.shape
    image = np.full((channels * (height + 1) + 1, filters * (width + 1)), np.nan)
    for index in range(filters):
        left = index * (width + 1)
        for channel in range(channels):
            top = channel * (height + 1)
            image[top : top + height, left : left + width] = kernel[:, :, channel, index]
        image[-1, left + width // 2] = bias[index]
    axes = axes_for(axes, 0.26 * image.shape[1] + 1, 0.26 * len(image) + 0.4)
    limit = np.nanmax(np.abs(image))
    axes.pcolormesh(image, cmap="PuOr", vmin=-limit, vmax=limit, edgecolors="white", linewidth=1)
    rows = [(channel * (height + 1) + height / 2, f"channel {channel + 1}") for channel in range(channels)]
    rows.append((len(image) - 0.5, "bias"))
    axes.set_yticks([row for row, _ in rows], [text for _, text in rows])
    axes.set_xticks([i * (width + 1) + width / 2 for i in range(filters)], [f"filter {i + 1}" for i in range(filters)])
    axes.tick_params(length=0, labeltop=True, labelbottom=False, labelsize=9, colors=INK)
    axes.invert_yaxis()
    axes.set_aspect("equal")
    axes.spines[:].set_visible(False)
    return axes


class ShapeExplorer(LiveFigure):
    """Change one convolution of a network, and see all shapes and counts that depend on it.

    Parameters
    ----------
    layers : list of dict
        See `counting.keras_layer`; at least one of kind "conv".
    input_shape : tuple of int
        (height, width, channels).
    """

    def __init__(self, layers, input_shape):
        if all(layer["kind"] != "conv" for layer in layers):
            raise ValueError(f"layers must contain one of kind 'conv', got {layers}")
        rows = counting.measure(layers, input_shape)
        data = {
            "layers": [dict(layer) for layer in layers],
            "inputShape": list(input_shape),
            "tooLarge": TOO_LARGE,
            "limits": {key: max(limit, *(layer.get(key, 1) for layer in layers)) for key, limit in LIMITS.items()},
        }
        super().__init__(
            "shapes",
            data,
            lambda figure: draw_shapes(rows, figure.add_subplot()),
            (1.65 * len(rows), 4.2),
            f"A network as boxes: {', '.join(row.name for row in rows)}, each tensor with its shape and each layer "
            f"with its number of parameters; {sum(row.parameters for row in rows):,} in all.",
        )
