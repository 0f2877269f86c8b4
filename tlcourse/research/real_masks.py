"""Real images with a mask: nuclei under a microscope, and pitting on metal, from a mirror or the cache folder."""

import numpy as np
from PIL import Image

from tlcourse import storage
from tlcourse.datasets.faces.parts import MaskedImages

SIZE = 48  # what faces_vgg16 takes; the files hold 96x96 pixels
SHA256 = {
    "dsb2018": "916d3b21225e42e5dcf3a5d3ee3ce227baf3bf65244b22e8eb7ce4123da440c7",
    "bsdata": "f4253ff6e24ac191f449dd9f8773708ca8ff39ba5f6b6f251555cbe81873fccb",
}
SOURCES = {
    "dsb2018": "Data Science Bowl 2018 (Caicedo et al. 2019), BBBC038, with fixes by K. Lopuhin; CC0",
    "bsdata": "BSData, a ball screw drive (Schlagenhauf et al. 2021, arXiv 2103.13003); CC BY-SA 4.0",
}


class MasksUnavailable(FileNotFoundError):  # noqa: N818 - names the problem
    """Real images with masks are not on this machine, and no public address has them in this form."""


def nuclei():
    """334 microscope images, 48x48 pixels, with the mask of the cells' nuclei.

    Returns
    -------
    MaskedImages
        Classes "background" and "nucleus".

    Raises
    ------
    MasksUnavailable
        Unless the file is in the folder of TLCOURSE_MIRROR, or in the cache folder.
    """
    stored = _stored("dsb2018")
    return _reduced(stored, ("background", "nucleus"), "dsb2018")


def defects():
    """470 photographs of a ball screw, 48x48 pixels, with the mask of its pitting; raises what `nuclei` does.

    Returns
    -------
    tuple
        MaskedImages with classes "metal" and "pitting", and for each image the place on the screw, an array of str. An
        image shows the same place as others: never split a place between training and test.
    """
    stored = _stored("bsdata")
    return _reduced(stored, ("metal", "pitting"), "bsdata"), stored["place"]


def split_by_group(groups, share, seed):
    """Positions of a training and a test part, with whole groups in either of them.

    Parameters
    ----------
    groups : array-like
        The group of each example, such as its place or its patient.
    share : float
        Share of the groups that go to the test part.
    seed : int

    Returns
    -------
    tuple of numpy.ndarray
        Positions for training and test, each in random order.
    """
    rng, groups = np.random.default_rng(seed), np.asarray(groups)
    names = rng.permutation(np.unique(groups))
    tested = np.isin(groups, names[: max(1, round(share * len(names)))])
    return rng.permutation(np.flatnonzero(~tested)), rng.permutation(np.flatnonzero(tested))


def _stored(name):
    path = storage.find_or_fetch(
        f"{name}.npz", storage.places(name, f"masks/{name}"), "", SHA256[name], MasksUnavailable
    )
    with np.load(path) as content:
        return {key: content[key] for key in content.files}


def _reduced(stored, class_names, name):
    """Half the height and width: colors are averaged, and a pixel belongs to the class of most of its four."""
    small = [Image.fromarray(image).resize((SIZE, SIZE), Image.Resampling.BOX) for image in stored["images"]]
    covered = stored["masks"].reshape(-1, SIZE, 2, SIZE, 2).mean(axis=(2, 4))
    return MaskedImages(np.stack(small), (covered >= 0.5).astype(np.uint8), class_names, SOURCES[name])
