"""Photos in a folder of class folders, such as your own.

Each problem is one error that names the file and says what to do.
"""

import operator
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from tlcourse.datasets import LabeledImages

EXTENSIONS = (
    *(".bmp", ".dib", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tga"),
    *(".tif", ".tiff", ".webp"),
)
NEEDS_EXPORT = (".avif", ".heic", ".heif")  # what telephones write and not every Pillow reads
SIZE = 160  # pixels


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
    return {path.name: _photo_files(path) for path in class_folders(Path(folder))}


def readable(folder, size=SIZE):
    """The photos in `folder` that can be read, and what was skipped: as `load`, but one bad file stops nothing.

    Parameters
    ----------
    folder : path-like
    size : int
        Height and width of the result in pixels.

    Returns
    -------
    (LabeledImages, list of pathlib.Path, list of str)
        The photos of all class folders, even if one has none; where each lies; a line for each file or folder that was
        skipped.

    Raises
    ------
    FileNotFoundError, NotADirectoryError, ValueError
        If there are no class folders, or no photo can be read.
    """
    images, paths, labels, skipped = [], [], [], []
    classes = class_folders(Path(folder))
    for label, class_folder in enumerate(classes):
        for path in _entries(class_folder):
            try:
                _require_photo(path)
                images.append(read(path, size))
            except ValueError as error:
                skipped.append(str(error))
                continue
            paths.append(path)
            labels.append(label)
    if not images:
        raise ValueError("; ".join([f"no photo in {folder} can be read", *skipped]))
    names = tuple(path.name for path in classes)
    data = LabeledImages(np.stack(images), np.array(labels, dtype=np.int64), names, f"photos in {folder}")
    return data, paths, skipped


def _require_photo(path):
    """Raise an error for what is no photo by its name."""
    if path.is_dir():
        raise ValueError(f"{path} is a folder: move its photos one level up")
    if path.suffix.lower() in NEEDS_EXPORT:
        kind = path.suffix[1:].upper()
        raise ValueError(f"{path} is a {kind} file, which cannot be read: export it as JPEG and take this one away")
    if path.suffix.lower() not in EXTENSIONS:
        raise ValueError(f"{path} is no photo by its name: photos end in {', '.join(EXTENSIONS)}")


def class_folders(folder):
    """The folders in `folder`, one for each class.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is no such folder.
    ValueError
        If it contains no folders.
    """
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
            _require_photo(path)
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
    if photo.mode.startswith(("I", "F")):  # which convert() would clip at 255
        photo = Image.fromarray(np.round(_bytes(np.asarray(photo, dtype=np.float64), photo.mode)).astype(np.uint8))
    if photo.has_transparency_data:
        photo = photo.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", photo.size, "white"), photo).convert("RGB")
    return photo.convert("RGB")


def _bytes(values, mode):
    """The gray values of an image with more than 8 bits, 0 to 255.

    Raises
    ------
    ValueError
        If they are of no usual scale: 0 to 1 for floats, or 0 to 255, or 0 to 65535 for integers.
    """
    low, high = values.min(), values.max()
    if mode.startswith("I;16") or (mode == "I" and 255 < high <= 65535 and low >= 0):
        return values / 257
    if mode == "F" and low >= 0 and high <= 1:
        return values * 255
    if low >= 0 and high <= 255:  # false for NaN
        return values
    raise ValueError(f"its values go from {low:g} to {high:g}: save it with 8 or 16 bits")
