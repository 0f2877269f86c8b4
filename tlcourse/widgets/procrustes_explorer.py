"""Two clouds of points in the plane, and the rotation that aligns them best."""

import numpy as np

from tlcourse.live_figures import LiveFigure
from tlcourse.plots.charts import embedding


class ProcrustesExplorer(LiveFigure):
    """Turn one cloud of points onto another by hand, and compare with the best rotation.

    Parameters
    ----------
    clouds : dict of str to array-like
        Two titles and their points, both of shape (n, 2); points at the same place belong together. The first is
        turned. Both are centered.
    labels : sequence of str, optional
        A word for each pair.
    """

    def __init__(self, clouds, labels=()):
        shapes = [np.shape(points) for points in clouds.values()]
        if len(clouds) != 2 or shapes[0] != shapes[1] or len(shapes[0]) != 2 or shapes[0][1] != 2:
            raise ValueError(f"clouds must hold two arrays of the same shape (n, 2), got {shapes}")
        source, target = (np.asarray(points) - np.mean(points, axis=0) for points in clouds.values())
        data = {"source": source.tolist(), "target": target.tolist(), "names": list(clouds), "labels": list(labels)}
        both, kinds = np.concatenate([source, target]), np.repeat([0, 1], len(source))
        super().__init__(
            "procrustes",
            data,
            lambda figure: embedding(both, kinds, tuple(clouds), ax=figure.add_subplot()),
            (4.5, 4.5),
            f"Two clouds of points, {' and '.join(clouds)}, before one of them is turned onto the other.",
        )
