"""Two sets of real images whose classes ImageNet lacks: blood cells under a microscope, and worn ball screws.

Both are read from TLCOURSE_MIRROR only, as reduced arrays. Each crop comes with what it was cut from, a photo or a
place on a screw: divide these into training and test, never the crops.
"""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tlcourse.datasets import LabeledImages

CELL_WINDOW = 48  # pixels of a photo of 160x120, which show a white cell whole and its neighbors in part
CELLS = ("red cell", "white cell", "platelet")
DEFECTS = ("intact", "pitted")
TWINS = {36: 35, 348: 343}  # photos of BCCD that show the same cells as another one
SHA256 = {  # of the images, then of the labels, as bytes
    "bccd": "92548b1a6b8c09cf110dbacda6632f4d945108b11083095bffd6d6de33b32f56",
    "bsdata": "e1ef6b474b5e1f701e804b6cb81a36b383de9184f02503a69d480130a43048ba",
}
SOURCES = {
    "bccd": "BCCD, github.com/Shenggan/BCCD_Dataset @d272fb1, MIT license; photos reduced to 160x120 pixels",
    "bsdata": "BSData, github.com/2Obe/BSData @7204b28 (Schlagenhauf, Landwehr and Fleischer 2021), CC BY-SA 4.0; "
    "crops reduced to 96x96 pixels",
}


class CropsUnavailable(FileNotFoundError):  # noqa: N818 - says what is the matter
    """The reduced images are not on this machine."""


class Crops(NamedTuple):
    """Images, and for each one the photo or place that it comes from, shape (n,)."""

    data: LabeledImages
    origins: np.ndarray


def cells():
    """Blood cells by type, as their boxes in the photos say: `CELLS`, in the middle of windows of 48x48 pixels.

    Returns
    -------
    Crops
        4,888 windows; beyond the edge of a photo its last row or column is repeated. Origins are photos. Two that show
        the same cells count as one.

    Raises
    ------
    CropsUnavailable
        If the mirror lacks them; the message names the file.
    ValueError
        If the file holds other images.
    """
    stored = _checked("bccd", "images", "cls")
    half = CELL_WINDOW // 2
    padded = np.pad(stored["images"], ((0, 0), (half, half), (half, half), (0, 0)), mode="edge")
    columns, rows = np.round(stored["boxes"].reshape(-1, 2, 2).mean(axis=1)).astype(int).T
    places = list(zip(stored["image_of_box"], rows, columns, strict=True))
    windows = np.stack(
        [padded[photo, row : row + CELL_WINDOW, column : column + CELL_WINDOW] for photo, row, column in places]
    )
    origins = np.array([TWINS.get(int(photo), int(photo)) for photo, _, _ in places])
    return Crops(LabeledImages(windows, stored["cls"].astype(np.int64), CELLS, SOURCES["bccd"]), origins)


def defects():
    """Surfaces of ball screws, 96x96 pixels: pitted where the mask marks any pixel, else intact.

    Returns
    -------
    Crops
        470 images; origins are the numbers of 15 places on the screw, in the order of their names.

    Raises
    ------
    CropsUnavailable, ValueError
        As for `cells`.
    """
    stored = _checked("bsdata", "images", "masks")
    pitted = stored["masks"].any(axis=(1, 2)).astype(np.int64)
    _, places = np.unique(stored["place"], return_inverse=True)
    return Crops(LabeledImages(stored["images"], pitted, DEFECTS, SOURCES["bsdata"]), places)


def _checked(name, *keys):
    """The arrays of a set, after two of them were compared with `SHA256`."""
    file = Path(os.environ.get("TLCOURSE_MIRROR", "")) / name / f"{name}.npz"
    if not file.is_file():
        raise CropsUnavailable(
            f"no {name}: there is no {file}. Set TLCOURSE_MIRROR to a folder that has {name}/{name}.npz, reduced from "
            f"{SOURCES[name]}"
        )
    try:
        with np.load(file) as stored:
            arrays = dict(stored)
        digest = hashlib.sha256(b"".join(np.ascontiguousarray(arrays[key]).tobytes() for key in keys)).hexdigest()
    except (OSError, ValueError, KeyError) as error:
        digest = str(error)
    if digest != SHA256[name]:
        raise ValueError(f"{file} is damaged ({digest}): delete it, and put a whole copy in its place")
    return arrays
