"""Omniglot: real handwriting, characters of eight alphabets, each drawn once by each of 20 people (Lake et al. 2015).

Greek and Latin are in both of its small background sets, with the same images. They are kept once: otherwise an image
that is learned from could be among those of the test.
"""

import hashlib
import os
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from tlcourse import storage
from tlcourse.datasets import LabeledImages
from tlcourse.datasets.digits import enlarged

DRAWERS = 20
URL = "https://raw.githubusercontent.com/brendenlake/omniglot/057f034baf2ecb8530bc5710e5a23584d2a519cc/python/"
SHA256 = {  # of the drawings of a set, at 35x35 pixels, one after the other
    "small1": "849b8def095db29101d3ce73159c08e2cc1bfe1a11c494deefbd97ea6cc381d4",
    "small2": "9cece132a3f0fa138af62329ba13a282ecac40a9dc41218a73cb24803469ff50",
}
SOURCE = (
    "Omniglot, background sets small1 and small2 (Lake, Salakhutdinov and Tenenbaum 2015), "
    "github.com/brendenlake/omniglot, MIT license; reduced from 105x105 to 35x35 pixels, enlarged to 48x48"
)


class OmniglotUnavailable(FileNotFoundError):  # noqa: N818 - says what is the matter
    """Omniglot is neither on this machine nor to be had from the network."""


def load():
    """All 242 characters, white on black: from TLCOURSE_MIRROR, from an earlier download, or downloaded.

    Returns
    -------
    LabeledImages
        4,840 images of shape (48, 48, 3). Image i was drawn by drawer ``i % 20`` of its alphabet; class names are
        such as "Greek 07".

    Raises
    ------
    OmniglotUnavailable
        If it cannot be had; the message names what is missing and where to put it.
    ValueError
        If a file holds other images than the published one.
    """
    characters = {}
    for part in SHA256:
        names, drawings = _checked(part)
        characters.update(zip(names, drawings.reshape(-1, DRAWERS, *drawings.shape[1:]), strict=True))
    names = tuple(sorted(characters))
    images = np.stack([enlarged(drawing / 255) for name in names for drawing in characters[name]])
    return LabeledImages(images, np.repeat(np.arange(len(names)), DRAWERS), names, SOURCE)


def _checked(part):
    """The names of a set's characters, and its drawings, uint8 of shape (n, 35, 35), compared with `SHA256`."""
    mirror = Path(os.environ.get("TLCOURSE_MIRROR", "")) / f"omniglot_{part}" / f"omniglot_{part}.npz"
    path = mirror if mirror.is_file() else _downloaded(f"images_background_{part}.zip")
    try:
        names, drawings = (_from_arrays if path == mirror else _from_archive)(path)
        digest = hashlib.sha256(np.ascontiguousarray(drawings)).hexdigest()
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        digest = str(error)
    if digest != SHA256[part]:
        raise ValueError(f"{path} is damaged ({digest}): delete it, and take it from {URL} again")
    return names, drawings


def _from_arrays(path):
    with np.load(path) as stored:
        pairs = zip(stored["alphabet"][::DRAWERS], stored["character"][::DRAWERS], strict=True)
        return [f"{alphabet} {number:02}" for alphabet, number in pairs], stored["images"]


def _from_archive(path):
    """The original: <set>/<alphabet>/character<number>/<id>_<drawer>.png, black ink on white."""
    with zipfile.ZipFile(path) as packed:
        files = sorted(name for name in packed.namelist() if name.endswith(".png") and "__MACOSX" not in name)
        paper = np.stack([np.asarray(Image.open(packed.open(name)).convert("1")) for name in files])
    ink = 1 - paper.reshape(len(files), 35, 3, 35, 3).mean(axis=(2, 4))  # 105 pixels a side, in blocks of 3x3
    folders = [name.split("/")[-3:-1] for name in files[::DRAWERS]]
    return [f"{alphabet} {character[-2:]}" for alphabet, character in folders], np.round(255 * ink).astype(np.uint8)


def _downloaded(file):
    target = storage.cache_folder() / file
    if not target.is_file():
        try:
            if not storage.reachable(URL):
                raise OSError("no network")
            storage.fetch(URL + file, target)
        except OSError as error:
            raise OmniglotUnavailable(
                f"no Omniglot: TLCOURSE_MIRROR names no folder with it, and {URL + file} cannot be fetched ({error}). "
                f"Set TLCOURSE_MIRROR, or download the file where there is a network and put it to {target}."
            ) from error
    return target
