"""Photos: any folder of class folders, such as your own photos; and cats and dogs, ready made.

Each problem is one error that names the file and a remedy.
"""

import operator
import os
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from tlcourse import storage
from tlcourse.datasets import LabeledImages

EXTENSIONS = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
NEEDS_EXPORT = (".avif", ".heic", ".heif")  # what telephones write and not every Pillow reads
SIZE = 160  # pixels
URL = "https://storage.googleapis.com/mledu-datasets/cats_and_dogs_filtered.zip"
_ARCHIVE = "cats_and_dogs_filtered"


class PhotosUnavailable(FileNotFoundError):  # noqa: N818 - names the problem
    """The ready-made photos are neither on this machine nor available from the network."""


def load(folder, size=SIZE):
    """The photos in `folder`, which holds one folder for each class.

    Every photo is turned upright (EXIF), cut to its middle square and scaled; grayscale becomes color,
    and what is transparent becomes white. Other files and hidden ones are left out. The order is that
    of the names, so it is the same on every machine.

    Parameters
    ----------
    folder : path-like
    size : int
        Height and width of the result in pixels, 16 to 1024.

    Returns
    -------
    LabeledImages
        ``class_names`` are the names of the class folders.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If `folder` is not there, or is a file.
    ValueError
        If there are no class folders, a class folder holds no photo, or a photo cannot be read.
    """
    folder = Path(folder)
    if not 16 <= size <= 1024:
        raise ValueError(f"size must be from 16 to 1024 pixels, got {size}")
    classes = files(folder)
    images = np.stack([read(file, size) for members in classes.values() for file in members])
    labels = np.repeat(np.arange(len(classes)), [len(members) for members in classes.values()])
    return LabeledImages(images, labels.astype(np.int64), tuple(classes), f"photos in {folder}")


def files(folder):
    """The paths of the photos in `folder`, a list for each class, in the order in which `load` has them.

    Returns
    -------
    dict of str to list of pathlib.Path

    Raises
    ------
    FileNotFoundError, NotADirectoryError, ValueError
        As `load`; the photos themselves are not opened.
    """
    return {path.name: _photo_files(path) for path in _class_folders(Path(folder))}


def cats_dogs():
    """Cats and dogs at 160 pixels: from TLCOURSE_MIRROR, from an earlier download, or downloaded (68 MB).

    Both are parts of Kaggle's "Dogs vs. Cats" (Microsoft's Asirra photos), but not the same photos:
    the `source` names the one used. ImageNet has more than 120 kinds of cats and dogs, so for an
    ImageNet teacher this is an easy transfer.

    Returns
    -------
    dict of str to LabeledImages
        "train", "val" and "test"; no photo is in two of them.

    Raises
    ------
    PhotosUnavailable
        If they are not available; the message lists what was tried and a remedy.
    """
    mirror = _mirror_folder()
    if mirror:
        source = f"{mirror} (its README gives source and license)"
        return {part: replace(load(mirror / part), source=source) for part in ("train", "val", "test")}
    extracted = _downloaded_folder()
    if not extracted.is_dir():
        _download(extracted)
    source = f"{URL}, a part of Kaggle's Dogs vs. Cats (Microsoft Asirra); for study, no license stated"
    held_out = replace(load(extracted / "validation"), source=source)
    # The archive has no test photos: in each class every second one, by name, is kept for the test.
    second = np.concatenate([np.arange(np.sum(held_out.labels == label)) % 2 == 1 for label in (0, 1)])
    train = replace(load(extracted / "train"), source=source)
    return {"train": train, "val": held_out.take(~second), "test": held_out.take(second)}


def available():
    """Whether `cats_dogs` can be expected to work; asks the network for at most 2 s, and never raises."""
    try:
        return bool(_mirror_folder()) or _downloaded_folder().is_dir() or storage.reachable(URL)
    except OSError:
        return False


def _class_folders(folder):
    if not folder.exists():
        raise FileNotFoundError(f"no folder {folder}: make it, with one folder of photos for each class inside")
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file: name the folder that holds the class folders")
    classes = [path for path in _entries(folder) if path.is_dir()]
    if not classes:
        raise ValueError(f"no class folders in {folder}: put the photos of each class into a folder of its own there")
    return classes


def _photo_files(folder):
    files = [path for path in _entries(folder) if path.is_file()]
    for path in files:
        if path.suffix.lower() in NEEDS_EXPORT:
            kind = path.suffix[1:].upper()
            raise ValueError(f"{path} is a {kind} file, which cannot be read: export it as JPEG and take this one away")
    photos = [path for path in files if path.suffix.lower() in EXTENSIONS]
    if not photos:
        inner = [path for path in _entries(folder) if path.is_dir()]
        hint = f"; it holds folders: was {folder} meant to be loaded?" if inner else ": add some, or remove the folder"
        raise ValueError(f"no photos in the class folder {folder}{hint}")
    return photos


def _entries(folder):
    """Files and folders in `folder` by name, without hidden ones."""
    paths = [path for path in folder.iterdir() if not path.name.startswith((".", "__"))]
    return sorted(paths, key=operator.attrgetter("name"))


def read(file, size=SIZE, name=None):
    """One photo, upright, cut to a square and scaled: uint8 of shape (size, size, 3).

    Parameters
    ----------
    file : path-like or binary file
    size : int
        Pixels.
    name : str, optional
        For the message of an error; that of the file by default.

    Raises
    ------
    ValueError
        If it cannot be read as a photo.
    """
    try:
        with Image.open(file) as photo:
            photo.draft("RGB", (2 * size, 2 * size))  # a large JPEG is decoded small, which saves most of the time
            upright = ImageOps.exif_transpose(photo)
            return np.asarray(ImageOps.fit(_color(upright), (size, size), Image.Resampling.BICUBIC))
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise ValueError(f"{name or file} cannot be read as a photo ({error}): replace it, or take it away") from None


def _color(photo):
    if photo.mode.startswith(("I", "F")):  # 16 bits a pixel, which convert() would clip at 255
        values = np.asarray(photo, dtype=np.float64)
        photo = Image.fromarray(np.clip(values / (257 if values.max() > 255 else 1), 0, 255).astype(np.uint8))
    if photo.has_transparency_data:
        photo = photo.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", photo.size, "white"), photo).convert("RGB")
    return photo.convert("RGB")


def _mirror_folder():
    mirror = os.environ.get("TLCOURSE_MIRROR")
    folder = Path(mirror) / "cats_dogs" if mirror else None
    return folder if folder and (folder / "train").is_dir() else None


def _downloaded_folder():
    return storage.cache_folder() / _ARCHIVE


def _download(target):
    """Fetch the archive and unpack it beside `target`, which appears when all is there."""
    if not storage.reachable(URL):
        raise PhotosUnavailable(
            "no photos of cats and dogs: TLCOURSE_MIRROR names no folder with cats_dogs/ in it, and there is "
            f"no network. Set TLCOURSE_MIRROR, or unpack {URL} so that {target / 'train'} is there."
        )
    archive = target.with_suffix(".zip")
    try:
        storage.fetch(URL, archive)
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch, zipfile.ZipFile(archive) as packed:
            packed.extractall(scratch)  # checks each file's CRC
            os.replace(Path(scratch) / _ARCHIVE, target)
    except (OSError, zipfile.BadZipFile) as error:
        raise PhotosUnavailable(
            f"no photos of cats and dogs: {URL} could not be fetched into {target.parent} ({error}). "
            "Try again, or set TLCOURSE_MIRROR to a folder with cats_dogs/ in it."
        ) from error
    finally:
        archive.unlink(missing_ok=True)
