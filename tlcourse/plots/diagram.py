"""The idea of transfer learning in one figure: a teacher, and a student that keeps 15 of its 16 layers."""

import numpy as np
from matplotlib.patches import Rectangle

from tlcourse.plots.diagram_parts import draw_arrow, drawing_area
from tlcourse.plots.style import COLORS, INK, MUTED, styled

_DEPTHS = (2, 2, 3, 3, 3)  # convolutions in each of VGG-16's blocks, before three dense layers
_WIDTH, _HEIGHT = 8.7, 4.5  # inches, and the figure's own coordinates


@styled
def transfer(teacher_images, student_images, people, ax=None):
    """A teacher with 16 layers, and below it a student with 15 of these layers and a new last layer.

    Parameters
    ----------
    teacher_images, student_images : array
        Six images each, shape (6, h, w, 3), uint8.
    people : tuple of 2 int
        The numbers of outputs of the teacher's and the student's last layers.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If one of the two does not have six images.
    """
    for images in (teacher_images, student_images):
        if np.ndim(images) != 4 or len(images) != 6:
            raise ValueError(f"images must have shape (6, h, w, 3), got {np.shape(images)}")
    ax = drawing_area(ax, _WIDTH, _HEIGHT)
    rows = (
        (3.35, teacher_images, "The teacher", f"learned from {people[0]:,} people", COLORS["orange"], people[0]),
        (0.98, student_images, "The student", f"has to learn {people[1]:,} others", COLORS["vermilion"], people[1]),
    )
    for middle, images, name, task, color, outputs in rows:
        _faces(ax, images, middle)
        ax.text(0.05, middle + 0.9, name, fontsize=12, weight="bold", va="bottom")
        ax.text(0.05, middle + 0.68, task, fontsize=10, va="bottom", color=MUTED)
        places = _layers(ax, middle, color)
        ax.text(places[-1] + 0.3, middle, f"{outputs:,}\nnames", fontsize=10, va="center", color=INK)
        draw_arrow(ax, (1.75, middle), (2.15, middle), width=1)
    _copies(ax, places)
    ax.set(xlim=(0, _WIDTH), ylim=(0, _HEIGHT))  # which the images have changed
    return ax


def _faces(ax, images, middle):
    for index, image in enumerate(images):
        left, bottom = 0.05 + 0.56 * (index % 3), middle + 0.02 - 0.56 * (index // 3)
        ax.imshow(image, extent=(left, left + 0.52, bottom, bottom + 0.52), interpolation="nearest")


def _layers(ax, middle, head_color):
    """Draw sixteen bars, which are higher for larger maps and have another color in the last layer; returns their x."""
    places, x = [], 2.3
    for block, depth in enumerate(_DEPTHS):
        for _ in range(depth):
            places.append(_bar(ax, x, middle, 1.4 - 0.2 * block, COLORS["blue"]))
            x += 0.29
        x += 0.14
    for color in (COLORS["sky"], COLORS["sky"], head_color):
        x += 0.08 if color == head_color else 0
        places.append(_bar(ax, x, middle, 0.9, color))
        x += 0.29
    return places


def _bar(ax, x, middle, height, color):
    ax.add_patch(Rectangle((x, middle - height / 2), 0.22, height, facecolor=color, edgecolor=INK, linewidth=0.8))
    return x + 0.11


def _copies(ax, places):
    for x in places[:-1]:
        draw_arrow(ax, (x, 2.58), (x, 1.72), MUTED, width=1)
    center = (places[0] + places[-2]) / 2
    box = {"facecolor": "white", "edgecolor": "none", "pad": 3}
    ax.text(center, 2.17, "15 of 16 layers are copied and stay as they are", ha="center", va="center", bbox=box)
    ax.text((places[0] + places[12]) / 2, 0.05, "13 convolutions", ha="center", va="bottom", color=COLORS["blue"])
    ax.text((places[13] + places[14]) / 2, 0.05, "2 dense", ha="center", va="bottom", color=MUTED)
    ax.text(places[-1] - 0.11, 0.42, "new: all that\nis trained", va="top", color=COLORS["vermilion"])
