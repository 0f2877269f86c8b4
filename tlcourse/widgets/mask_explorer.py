"""Attention masks, one position at a time."""

import numpy as np

from tlcourse.live_figures import LiveFigure


class MaskExplorer(LiveFigure):
    """See which words each position may attend to, for several masks.

    Parameters
    ----------
    masks : dict of str to array-like
        Title of a model to its mask, shape (n, n): 1 where the position of the row sees that of the column.
    words : sequence of str
        One for each position.

    Raises
    ------
    ValueError
        If a mask has another shape than the words ask for.
    """

    def __init__(self, masks, words):
        arrays = {name: np.asarray(mask).astype(bool) for name, mask in masks.items()}
        wrong = [f"{name}: {array.shape}" for name, array in arrays.items() if array.shape != (len(words), len(words))]
        if wrong:
            raise ValueError(f"{len(words)} words need masks of shape {(len(words), len(words))}, got {wrong}")
        self.words = list(words)
        data = {
            "models": list(arrays),
            "masks": [array.astype(int).tolist() for array in arrays.values()],
            "words": self.words,
        }
        super().__init__(
            "masks",
            data,
            lambda figure: self._draw_still(figure, arrays),
            (2.4 * len(arrays), 3.4),
            f"Attention masks of {', '.join(arrays)}: a row for each of the words {' '.join(self.words)}.",
        )

    def _draw_still(self, figure, arrays):
        for ax, (name, mask) in zip(figure.subplots(1, len(arrays), squeeze=False)[0], arrays.items(), strict=True):
            ax.imshow(mask, cmap="Blues", vmin=0, vmax=1.4)
            ax.set_title(name, fontsize=9)
            ax.set_xticks(range(len(self.words)), self.words, rotation=90, fontsize=8)
            ax.set_yticks(range(len(self.words)), self.words, fontsize=8)
