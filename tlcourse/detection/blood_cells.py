"""White blood cells in photos from a microscope, with boxes: BCCD, reduced, from TLCOURSE_MIRROR only."""

import hashlib
import os
from pathlib import Path

import numpy as np

from tlcourse.datasets.faces.scenes import BoxedImages

SHA256 = "981fe2deb63cd289a9ea16b218183559a21c0b03896406faa60ec56170df5b01"  # of the file bccd.npz
SOURCE = "BCCD, github.com/Shenggan/BCCD_Dataset @d272fb1, MIT license; photos reduced to 160x120 pixels"
WHITE, SIDE = 1, 96
TWINS = (36, 348)  # photos that show the same cells as another one


class CellsUnavailable(FileNotFoundError):  # noqa: N818 - names the problem
    """The photos of blood cells are not on this machine."""


def boxed_cells():
    """Windows of 96x96 pixels around the white cells of each photo, one window a photo, with the boxes inside.

    The window is the one with the most of the first white cell's surroundings: its middle is as near to the cell as
    the photo's edges allow, moved by up to 24 pixels so that the cell is not always in the middle. Boxes of white
    cells that lie less than half in the window are left out.

    Returns
    -------
    BoxedImages

    Raises
    ------
    CellsUnavailable
        If the mirror lacks the file; the message names it.
    ValueError
        If the file is damaged.
    """
    file = Path(os.environ.get("TLCOURSE_MIRROR", "")) / "bccd" / "bccd.npz"
    if not file.is_file():
        raise CellsUnavailable(f"no blood cells: there is no {file}. Set TLCOURSE_MIRROR to a folder that has them")
    if hashlib.sha256(file.read_bytes()).hexdigest() != SHA256:
        raise ValueError(f"{file} is damaged: delete it, and put a whole copy in its place")
    with np.load(file) as stored:
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
    moved = cells - np.array([left, top, left, top], np.float32)
    cut = np.clip(moved, 0, SIDE)
    areas = [(part[:, 2] - part[:, 0]) * (part[:, 3] - part[:, 1]) for part in (cut, moved)]
    return image[top : top + SIDE, left : left + SIDE], cut[areas[0] >= 0.5 * areas[1]]
