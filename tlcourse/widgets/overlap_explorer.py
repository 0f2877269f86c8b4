"""A mask of parts, one of which is moved, shrunk or grown, and what two scores make of it."""

import base64

import numpy as np
from scipy import ndimage

from tlcourse.live_figures import LiveFigure, gray_png

FARTHEST, WIDEST = 6, 3  # pixels


class OverlapExplorer(LiveFigure):
    """Move the parts of a predicted mask, and compare the mean IoU with the share of correct pixels.

    The prediction is the true mask at first. Where a part moves away, the part around it appears.

    Parameters
    ----------
    image : array-like of uint8
        Shape (height, width, 3).
    mask : array-like of int
        Shape (height, width): the class of each pixel; 0 is the background.
    class_names : sequence of str
    colors : array-like of uint8
        Shape (classes, 3).

    Raises
    ------
    ValueError
        If image and mask, or class names and colors, do not fit together.
    """

    def __init__(self, image, mask, class_names, colors):
        image, mask, colors = np.asarray(image, "uint8"), np.asarray(mask), np.asarray(colors, "uint8")
        if image.shape != (*mask.shape, 3):
            raise ValueError(
                f"a mask of shape {mask.shape} needs an image of shape {(*mask.shape, 3)}, got {image.shape}"
            )
        if colors.shape != (len(class_names), 3) or mask.max() >= len(class_names):
            raise ValueError(f"{len(class_names)} class names need as many colors, and a mask without other classes")
        present = [label for label in range(1, len(class_names)) if (mask == label).any()]
        regions = [part_region(mask, label) for label in range(1, len(class_names))]
        data = {
            "image": gray_png(image),
            "size": mask.shape[::-1],
            "mask": _encoded(mask),
            "regions": [_encoded(each) for each in regions],
            "names": list(class_names),
            "colors": colors.tolist(),
            "parts": present,
            "limits": [FARTHEST, WIDEST],
        }
        super().__init__(
            "overlaps",
            data,
            lambda figure: _draw_still(
                figure.subplots(1, 3), image, mask, with_moved_parts(mask, present, 2, 1, 0), colors
            ),
            (6, 2.3),
            f"An image, the mask of its parts ({', '.join(class_names)}), and the same mask two pixels farther right.",
        )


def part_region(mask, label):
    """Where a part would be if the parts with higher labels were not in front of it; bool, the shape of `mask`."""
    nearest = ndimage.distance_transform_edt(mask > label, return_distances=False, return_indices=True)
    return mask[tuple(nearest)] == label


def with_moved_parts(mask, parts, right, down, outline):
    """A mask whose `parts` are moved by pixels, and grown by `outline` pixels on each side (shrunk below 0)."""
    predicted = np.zeros_like(mask)
    for label in range(1, mask.max() + 1):
        region = part_region(mask, label)
        predicted[moved_region(region, right, down, outline) if label in parts else region] = label
    return predicted


def moved_region(region, right, down, outline):
    """A region that is moved and then grown or shrunk; bool."""
    region = ndimage.shift(region.astype(np.uint8), (down, right), order=0)
    grow = ndimage.maximum_filter if outline > 0 else ndimage.minimum_filter
    return grow(region, 2 * abs(outline) + 1, mode="nearest").astype(bool)


def _encoded(values):
    return base64.b64encode(np.ascontiguousarray(values, np.uint8)).decode()


def _draw_still(axes, image, mask, predicted, colors):
    shown = {"image": image, "true mask": colors[mask], "prediction": colors[predicted]}
    for ax, (title, values) in zip(axes, shown.items(), strict=True):
        ax.imshow(values)
        ax.set_title(title, fontsize=9)
        ax.set_axis_off()
