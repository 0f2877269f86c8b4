"""Photos of cats and dogs, ready made: from a mirror or from the network."""

import os
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from tlcourse import storage
from tlcourse.datasets.photo_folders import load

URL = "https://storage.googleapis.com/mledu-datasets/cats_and_dogs_filtered.zip"
_ARCHIVE = "cats_and_dogs_filtered"


class PhotosUnavailable(FileNotFoundError):  # noqa: N818 - says what is the matter
    """The ready-made photos are neither on this machine nor to be had from the network."""


def cats_dogs():
    """Cats and dogs at 160 pixels: from TLCOURSE_MIRROR, from an earlier download, or downloaded (68 MB).

    Both are parts of Kaggle's "Dogs vs. Cats" (Microsoft's Asirra photos), but not the same photos:
    the `source` says which came. ImageNet knows more than 120 kinds of cats and dogs, so for an
    ImageNet teacher this is an easy transfer.

    Returns
    -------
    dict of str to LabeledImages
        "train", "val" and "test"; no photo is in two of them.

    Raises
    ------
    PhotosUnavailable
        If they cannot be had; says what was tried and what to do.
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
