"""A folder of messy raw image files whose truth is known, because it is generated: `write`."""

import io
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from tlcourse.datasets import faces

# Shares of the files; all others are "plain". Each kind occurs at least once.
SHARES = {
    "gray": 0.08,
    "transparent": 0.08,
    "odd_size": 0.06,
    "large": 0.06,
    "truncated": 0.04,
    "text": 0.02,
    "empty": 0.02,
    "mislabeled": 0.02,
    "unknown": 0.02,
}
COPIES = {"copy": 0.05, "contradiction": 0.02}  # further files, as shares of those above
UNREADABLE = ("truncated", "text", "empty")
NOBODY = "unknown"  # a folder that is no person
_FEWEST = 40  # files: with fewer, too few plain ones are left to copy
_BORDER = 4  # columns of a transparent file without a visible color
_BEFORE, _AFTER = 10, 11  # columns or rows around the square in a file of an odd size


class Truth(NamedTuple):
    """What a correct pipeline makes of a file."""

    person: str  # the folder that the file lies in
    kind: str
    status: str  # "kept", or why the file is not used
    image: np.ndarray | None  # shape (48, 48, 3), uint8; for "large" only exact to one gray level; None if unreadable


def write(folder, people, images_each, seed):
    """Write ``folder/person_20003/0007.png`` and so on, in every kind of disorder.

    Copies are saved with another compression, so that only their pixels agree. A contradiction is a copy in the folder
    of somebody else: nobody can tell which label is wrong. A mislabeled file shows somebody else, too, but has no
    copy: no look at the files finds it.

    Parameters
    ----------
    folder : path-like
        Made if it is missing.
    people : sequence of int
        Identities of `tlcourse.datasets.faces`; two or more.
    images_each : int
    seed : int

    Returns
    -------
    dict of str to Truth
        By name of the file, such as ``"person_20003/0007.png"``.

    Raises
    ------
    ValueError
        For fewer than 40 files or two people.
    """
    people = list(people)
    if len(people) < 2 or len(people) * images_each < _FEWEST:
        raise ValueError(
            f"needs 2 people and {_FEWEST} files or more, got {len(people)} people, {images_each} files each"
        )
    rng = np.random.default_rng([seed, len(people)])
    portraits = faces.portraits(people, images_each, seed)
    truth = {}
    for index, kind in enumerate(_kinds(len(portraits), rng)):
        label, number = divmod(index, images_each)
        owner = people[label]
        image = portraits.images[index]
        if kind == "mislabeled":
            stranger = people[(label + 1) % len(people)]
            image = faces.portraits([stranger], 1, seed=[seed, 1, index]).images[0]
        person = NOBODY if kind == "unknown" else f"person_{owner}"
        name = f"{person}/{owner}_{number:04d}.png"
        content, pixels = _content(kind, image, rng)
        truth[name] = Truth(person, kind, _status(kind), pixels)
        _save(Path(folder) / name, content)
    _copy_some(Path(folder), truth, [f"person_{owner}" for owner in people], rng)
    return dict(sorted(truth.items()))


def _kinds(count, rng):
    """A kind for each file, in random order."""
    damaged = [kind for kind, share in SHARES.items() for _ in range(max(1, round(share * count)))]
    return rng.permutation([*damaged, *["plain"] * (count - len(damaged))]).tolist()


def _status(kind):
    if kind in UNREADABLE:
        return "unreadable"
    return "unknown person" if kind == "unknown" else "kept"


def _content(kind, image, rng):
    """The bytes of a file, and the pixels that a correct reader finds in them."""
    height = len(image)
    if kind == "empty":
        return b"", None
    if kind == "text":
        return b"<html><body>404: no such image</body></html>", None
    if kind == "truncated":
        whole = _png(image)
        return whole[: int(len(whole) * rng.uniform(0.3, 0.9))], None
    if kind == "gray":
        gray = np.asarray(Image.fromarray(image).convert("L"))
        return _png(gray), np.repeat(gray[:, :, None], 3, axis=2)
    if kind == "transparent":
        alpha = np.full((height, height, 1), 255, np.uint8)
        alpha[:, :_BORDER] = 0
        visible = image.copy()
        visible[:, :_BORDER] = 255
        return _png(np.concatenate([image, alpha], axis=2)), visible
    if kind == "odd_size":
        wide = rng.integers(256, size=(height, _BEFORE + height + _AFTER, 3), dtype=np.uint8)
        wide[:, _BEFORE : _BEFORE + height] = image
        upright = rng.random() < 0.5
        return _png(wide.transpose(1, 0, 2) if upright else wide), image.transpose(1, 0, 2) if upright else image
    if kind == "large":
        large = image.repeat(2, axis=0).repeat(2, axis=1)
        return _png(large), _halved(_halved(image, 0), 1)
    return _png(image), image


def _halved(image, axis):
    """What bilinear resizing to half the size makes of an image whose pixels were all doubled along `axis`.

    Each result is the mean of four pixels with the weights 1, 3, 3, 1; beyond the edge there are none.
    """
    values = np.moveaxis(image.astype(float), axis, 0)
    total, weights = 6 * values, np.full(len(values), 6.0)
    total[1:] += values[:-1]
    total[:-1] += values[1:]
    weights[1:] += 1
    weights[:-1] += 1
    return np.moveaxis(np.rint(total / weights.reshape(-1, 1, 1)).astype(np.uint8), 0, axis)


def _png(array, compress_level=1):
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(array)).save(file, "png", compress_level=compress_level)
    return file.getvalue()


def _save(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _copy_some(folder, truth, people, rng):
    """Add copies in the same folder and in that of somebody else, and correct the truth of what they copy."""
    files = len(truth)
    plain = [name for name, row in truth.items() if row.kind == "plain"]
    kinds = [kind for kind, share in COPIES.items() for _ in range(max(1, round(share * files)))]
    originals = rng.choice(plain, len(kinds), replace=False).tolist()
    for number, (kind, original) in enumerate(zip(kinds, originals, strict=True)):
        row = truth[original]
        others = [person for person in people if person != row.person]
        person = row.person if kind == "copy" else str(rng.choice(others))
        name = f"{person}/{rng.choice(['a', 'z'])}_copy_{number:04d}.png"  # before or after the original by name
        _save(folder / name, _png(row.image, compress_level=9))
        truth[name] = Truth(person, kind, "kept", row.image)
        statuses = ("two people", "two people") if kind == "contradiction" else ("kept", "copy")
        for each, status in zip(sorted([name, original]), statuses, strict=True):
            truth[each] = truth[each]._replace(status=status)
