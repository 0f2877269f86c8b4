"""Files of weights: where they lie, whether they are whole, and how they become a network.

Each problem is one error that names the file and a remedy.
"""

import json
import os
import urllib.parse
import zipfile
from pathlib import Path

import numpy as np

from tlcourse import storage
from tlcourse.data import data_folder


class TeacherUnavailable(FileNotFoundError):  # noqa: N818 - names the problem
    """A teacher's weights are neither on this machine nor available from the network."""


def folders():
    """The folders in which weights for keras.applications are looked for, in this order."""
    mirror = os.environ.get("TLCOURSE_MIRROR")
    keras_home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    mirrored = [Path(mirror) / "keras_home" / "models"] if mirror else []
    return [*mirrored, keras_home / "models"]


def on_disk(file):
    """The path of `file` in the first of `folders` that has it, or None."""
    return next((folder / file for folder in folders() if (folder / file).is_file()), None)


def find_or_download(name, file, url, md5=None):
    """The path of a file of weights, which is downloaded if it is not there and there is a network.

    Parameters
    ----------
    name : str
        The teacher whose weights these are, for the message.
    file, url : str
    md5 : str, optional
        The published checksum. A file with another one raises an error.

    Raises
    ------
    TeacherUnavailable
        Names the file, and where to put it.
    ValueError
        If the file is damaged.
    """
    path = on_disk(file)
    if path is None:
        return _download(name, file, url, md5)
    if md5 and storage.checksum(path, "md5") != md5:
        raise damaged(path, f"its MD5 checksum is not {md5}", f"put {url} in its place")
    return path


def damaged(path, reason, remedy):
    """The error for a file whose content cannot be trusted."""
    return ValueError(f"{path} is damaged or incomplete ({reason}): delete it, and {remedy}")


def _download(name, file, url, md5):
    places = " or ".join(str(folder) for folder in folders())
    advice = f"Download {url} where there is a network, and put it into {places}."
    if not storage.reachable(url):
        host = urllib.parse.urlsplit(url).hostname
        raise TeacherUnavailable(
            f"{name} needs the file {file}: it is not here, and {host} cannot be reached. {advice}"
        )
    target = folders()[-1] / file
    try:
        storage.fetch(url, target, md5)
    except OSError as error:
        raise TeacherUnavailable(
            f"{name} needs the file {file}, and its download failed ({error}). {advice}"
        ) from error
    return target


def shipped_files(name, folder=None):
    """The paths of a shipped teacher's weights (.npz) and model card (.json); they need not exist."""
    folder = Path(folder) if folder else data_folder() / "teachers"
    return folder / f"{name}.npz", folder / f"{name}.json"


def load_shipped(name, folder=None):
    """A shipped teacher, after its file was compared with the checksum in its model card.

    Returns
    -------
    keras.Model
        With its head; logits out, images of 0 to 255 in.

    Raises
    ------
    TeacherUnavailable
        If a file is missing.
    ValueError
        If the weights are not those of the card, or the card cannot be read; names the file.
    """
    weights_file, card_file = shipped_files(name, folder)
    for file in (weights_file, card_file):
        if not file.is_file():
            raise TeacherUnavailable(f"{name} needs {file}, which is not there: clone again, or run `make teachers`")
    remedy = "take it from the repository again, or run `make teachers`"
    try:
        card = json.loads(card_file.read_text(encoding="utf-8"))
        expected, architecture = card["sha256"], card["architecture"]
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(card_file, f"{type(error).__name__}: {error}", remedy) from None
    if storage.checksum(weights_file) != expected:
        raise damaged(weights_file, f"its SHA-256 checksum is not the one in {card_file.name}", remedy)
    try:
        return build(architecture, read_arrays(weights_file))
    except (ValueError, TypeError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise damaged(card_file, f"it does not describe {weights_file.name}: {error}", remedy) from None


def read_arrays(path):
    """The arrays of a shipped teacher's file as float32, in the order of ``get_weights()``."""
    with np.load(path) as stored:
        return [stored[key].astype(np.float32) for key in sorted(stored.files)]


def build(architecture, arrays):
    """The narrow VGG-16, or the masked language model, of these arguments and weights."""
    from tlcourse import networks  # it brings TensorFlow, which looking for files does not need
    from tlcourse.text import encoder

    is_text = "vocabulary_size" in architecture
    model = encoder.build_encoder(**architecture) if is_text else networks.narrow_vgg16(**architecture)
    model.set_weights(arrays)
    return model
