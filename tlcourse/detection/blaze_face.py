"""BlazeFace, a published face detector of 100,000 parameters (Bazarevsky et al. 2019), with its raw, overlapping boxes.

The file is not part of this course: it is read from TLCOURSE_MIRROR, from an earlier download, or from the network. Its
license is Apache-2.0. It was trained on photos that are not public.
"""

import warnings

import numpy as np
from PIL import Image

from tlcourse import storage

FILE = "face_detection_short_range.tflite"
URL = "https://storage.googleapis.com/mediapipe-assets/"
SHA256 = "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633"
INPUT = 128  # pixels a side
GRIDS = ((16, 2), (8, 6))  # cells a side of each grid, and anchors in each cell: 896 anchors in all


class DetectorUnavailable(FileNotFoundError):  # noqa: N818 - names the problem
    """The detector is neither on this machine nor available from the network."""


class FaceDetector:
    """BlazeFace in the interpreter of LiteRT; raises DetectorUnavailable or, for a damaged file, ValueError."""

    def __init__(self):
        import tensorflow as tf

        folders = storage.places("mediapipe_tflite", "mediapipe")
        path = storage.find_or_fetch(FILE, folders, URL, SHA256, DetectorUnavailable)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # tf.lite.Interpreter warns that it will move to a package of its own
            self._network = tf.lite.Interpreter(str(path), num_threads=1)
        self._network.allocate_tensors()

    def raw_boxes(self, image, at_least=0.5):
        """All boxes that score high enough, before any suppression; the best one first.

        Parameters
        ----------
        image : numpy.ndarray
            Shape (side, side, 3), uint8.
        at_least : float
            The lowest score, from 0 to 1.

        Returns
        -------
        tuple of numpy.ndarray
            Boxes (n, 4) as left, top, right, bottom in pixels of the image, and scores (n,).
        """
        small = Image.fromarray(image).resize((INPUT, INPUT), Image.Resampling.BILINEAR)
        (wanted,) = self._network.get_input_details()
        self._network.set_tensor(wanted["index"], np.asarray(small, np.float32)[None] / 127.5 - 1)
        self._network.invoke()
        parts = [self._network.get_tensor(part["index"])[0] for part in self._network.get_output_details()]
        places, logits = sorted(parts, key=lambda part: -part.shape[-1])
        scores = 1 / (1 + np.exp(-np.clip(logits[:, 0], -50, 50)))
        centers, sizes = _anchors() + places[:, :2] / INPUT, places[:, 2:4] / INPUT
        boxes = np.concatenate([centers - sizes / 2, centers + sizes / 2], axis=1) * image.shape[0]
        best = [place for place in np.argsort(-scores, kind="stable") if scores[place] >= at_least]
        return boxes[best], scores[best]


def _anchors():
    """Centers of the anchors as shares of the image, in the network's order: row by row, those of a cell together."""
    grids = []
    for cells, each in GRIDS:
        middles = (np.arange(cells) + 0.5) / cells
        across, down = np.meshgrid(middles, middles)
        grids.append(np.repeat(np.stack([across.ravel(), down.ravel()], axis=1), each, axis=0))
    return np.concatenate(grids)
