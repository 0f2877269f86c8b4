"""Images with boxes drawn on them."""

import math

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from tlcourse.plots.style import COLORS, styled

_LOOKS = (("yellow", "-"), ("vermilion", "-"), ("sky", "--"))  # Okabe & Ito; each kind also has a line of its own


@styled
def boxed_images(images, kinds, columns=6):
    """Images side by side, with one or more kinds of boxes on each.

    Parameters
    ----------
    images : array
        Shape (n, h, w, 3), uint8 or float from 0 to 1.
    kinds : dict of str to sequence of array
        What the legend calls a kind of boxes, to its boxes for each image, shape (boxes, 4): left, top, right, bottom
        in pixels. One to three kinds.
    columns : int

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        One for each image.

    Raises
    ------
    ValueError
        For no image, more than three kinds, or a kind without boxes for each image.
    """
    if not len(images) or len(kinds) > len(_LOOKS) or any(len(boxes) != len(images) for boxes in kinds.values()):
        raise ValueError(f"boxed_images needs one image or more, and up to {len(_LOOKS)} kinds of boxes for each")
    columns = min(columns, len(images))
    rows = math.ceil(len(images) / columns)
    size = (1.75 * columns, 1.75 * rows + 0.5 * bool(kinds))
    figure, axes = plt.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False)
    for place, ax in enumerate(axes.flat):
        ax.set_axis_off()
        if place < len(images):
            ax.imshow(images[place])
            for (color, dash), boxes in zip(_LOOKS, kinds.values(), strict=False):
                for left, top, right, bottom in boxes[place]:  # pixel 0 covers -0.5 to 0.5, as `imshow` has it
                    frame = Rectangle((left - 0.5, top - 0.5), right - left, bottom - top, fill=False)
                    frame.set(edgecolor=COLORS[color], linestyle=dash, linewidth=1.8)
                    ax.add_patch(frame)
    handles = [
        Rectangle((0, 0), 1, 1, fill=False, edgecolor=COLORS[color], linestyle=dash, linewidth=2)
        for (color, dash), _ in zip(_LOOKS, kinds, strict=False)
    ]
    figure.legend(handles, list(kinds), loc="outside lower center", ncols=len(kinds), frameon=False)
    return axes.flat[: len(images)]
