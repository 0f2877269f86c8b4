"""White blood cells in photos from a microscope, with boxes: BCCD, reduced, from TLCOURSE_MIRROR or the cache."""

import numpy as np

from tlcourse import storage
from tlcourse.datasets.faces.scenes import BoxedImages

SHA256 = "981fe2deb63cd289a9ea16b218183559a21c0b03896406faa60ec56170df5b01"  # of the file bccd.npz
SOURCE = "BCCD, github.com/Shenggan/BCCD_Dataset @d272fb1, MIT license; photos reduced to 160x120 pixels"
WHITE, SIDE = 1, 96
TWINS = (36, 348)  # photos that show the same cells as another one


class CellsUnavailable(FileNotFoundError):  # noqa: N818 - names the problem
    """The photos of blood cells are not on this machine."""


def boxed_cells():
    """A window of 96x96 pixels of each photo with white cells: `BoxedImages` with the boxes of these.

    The window's middle is up to 24 pixels from a cell, so the cell is not always in the middle. Cells that lie less
    than half in the window have no box. Raises CellsUnavailable, or ValueError for a damaged file.
    """
    folders = storage.places("bccd", "bccd")
    with np.load(storage.find_or_fetch("bccd.npz", folders, "", SHA256, CellsUnavailable)) as stored:
        arrays = {key: stored[key] for key in ("images", "boxes", "image_of_box", "cls")}
    images, boxes = [], []
    for photo, image in enumerate(arrays["images"]):
        cells = arrays["boxes"][(arrays["image_of_box"] == photo) & (arrays["cls"] == WHITE)]
        if len(cells) and photo not in TWINS:
            window, inside = _window(image, cells, np.random.default_rng(photo))
            images.append(window)
            boxes.append(inside)
    return BoxedImages(np.stack(images), tuple(boxes), SOURCE)


def _window(image, cells, rng):
    middle = cells[0].reshape(2, 2).mean(axis=0) + rng.uniform(-24, 24, 2)
    limits = np.array([image.shape[1] - SIDE, image.shape[0] - SIDE])
    left, top = np.clip(np.round(middle - SIDE / 2), 0, limits).astype(int)
    shifted = cells - np.array([left, top, left, top], np.float32)
    cut = np.clip(shifted, 0, SIDE)
    areas = [np.prod(part[:, 2:] - part[:, :2], axis=1) for part in (cut, shifted)]
    return image[top : top + SIDE, left : left + SIDE], cut[areas[0] >= 0.5 * areas[1]]
