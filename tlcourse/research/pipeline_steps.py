"""The steps of unit 11's pipeline, as the experiments use them. Students write their own in the unit."""

import hashlib
import io
import json
import math
from pathlib import Path

import numpy as np
from PIL import Image

from tlcourse.pipeline import Steps


def read_image(content, size):
    """The pixels of an image file, or None if it is not a whole image.

    Parameters
    ----------
    content : bytes
        Of a file that Pillow can read. Gray is repeated three times, and what is transparent becomes white.
    size : int

    Returns
    -------
    numpy.ndarray or None
        Shape (size, size, 3), uint8: the largest centered square, resized bilinearly.
    """
    try:
        with Image.open(io.BytesIO(content)) as file:
            layers = file.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    image = Image.alpha_composite(Image.new("RGBA", layers.size, "white"), layers).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.crop((left, top, left + side, top + side))
    return np.asarray(square.resize((size, size), Image.Resampling.BILINEAR))


def first_of_each(names, digests):
    """The alphabetically first name of each digest, sorted; without a digest (None) none is kept."""
    first = {}
    for name, digest in zip(names, digests, strict=True):
        if digest is not None:
            first[digest] = min(name, first.get(digest, name))
    return sorted(first.values())


def split_of(person, test_share):
    """ "test" or "train", from a hash of the person: the same on every machine and in every run."""
    number = int.from_bytes(hashlib.sha256(str(person).encode()).digest()[:8], "big")
    return "test" if number < test_share * 2**64 else "train"


def embed(batches, load):
    """Features of each batch of images, from a teacher that is loaded once."""
    teacher = None
    for batch in batches:
        teacher = teacher or load()
        yield teacher(batch)


def pending(chunks, folder):
    """The names of the chunks without a whole file: its .json must state the size of its .npz."""
    return [chunk for chunk in chunks if not _is_whole(Path(folder), chunk)]


def _is_whole(folder, chunk):
    try:
        stated = json.loads((folder / f"{chunk}.json").read_text(encoding="utf-8"))["bytes"]
        return (folder / f"{chunk}.npz").stat().st_size == stated
    except (OSError, ValueError, KeyError, TypeError):
        return False


def break_even(plain, spark, machines):
    """The smallest number of files from which Spark on several machines is faster, or None.

    Parameters
    ----------
    plain, spark : tuple of float
        Seconds before the first file, and seconds for each file on one machine.
    machines : int
    """
    start, saved = spark[0] - plain[0], plain[1] - spark[1] / machines
    if start < 0:
        return 0
    return math.floor(start / saved) + 1 if saved > 0 else None


STEPS = Steps(read_image, first_of_each, split_of, embed, pending)
