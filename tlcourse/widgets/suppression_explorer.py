"""Overlapping boxes of a detector, and which of them a threshold keeps."""

import numpy as np

from tlcourse.live_figures import LiveFigure, gray_png

THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))


class SuppressionExplorer(LiveFigure):
    """Move the threshold of non-maximum suppression, and see which boxes remain.

    Parameters
    ----------
    image : array-like of uint8
        Square, shape (size, size, 3).
    boxes : array-like
        Shape (n, 4): left, top, right, bottom in pixels.
    scores : array-like
        Shape (n,).
    suppress : callable
        From boxes, scores and a threshold to the indices of the boxes that remain: your own function.

    Raises
    ------
    ValueError
        If the image is not square, or the numbers of boxes and scores differ.
    """

    def __init__(self, image, boxes, scores, suppress):
        image, boxes, scores = np.asarray(image, "uint8"), np.asarray(boxes, float), np.asarray(scores, float)
        if image.shape[0] != image.shape[1] or image.shape[2:] != (3,):
            raise ValueError(f"the image must have shape (size, size, 3), got {image.shape}")
        if boxes.shape != (len(scores), 4):
            raise ValueError(f"{len(scores)} scores need boxes of shape {(len(scores), 4)}, got {boxes.shape}")
        kept = [[int(index) for index in suppress(boxes.copy(), scores.copy(), value)] for value in THRESHOLDS]
        data = {
            "image": gray_png(image),
            "size": len(image),
            "boxes": boxes.round(2).tolist(),
            "scores": scores.round(4).tolist(),
            "thresholds": list(THRESHOLDS),
            "kept": kept,
        }
        super().__init__(
            "suppression",
            data,
            lambda figure: _draw_still(figure.add_subplot(), image, boxes, kept[len(kept) // 2]),
            (4, 4),
            f"{len(boxes)} boxes of a detector; suppression keeps {len(kept[len(kept) // 2])} of them.",
        )


def _draw_still(ax, image, boxes, kept):
    ax.imshow(image)
    for index, (left, top, right, bottom) in enumerate(boxes):
        style = {"color": "deepskyblue", "linewidth": 3} if index in kept else {"color": "tab:red", "linestyle": "--"}
        ax.plot([left, right, right, left, left], [top, top, bottom, bottom, top], **style)
    ax.set_axis_off()
