"""What the experiment on unfreezing is about: three targets, their teachers, and where each teacher may be cut.

Images for development and images for the record are never the same: other digits (by other writers), other galaxies,
other photos.
"""

from typing import NamedTuple

import keras
import numpy as np

from tlcourse import teachers
from tlcourse.datasets import LabeledImages, digits, galaxies, photos

MOST_IMAGES, TESTED = 50, 500  # of each class to learn from; in all to test on, at most
RECORDED_DIGITS = 1000  # the first so many; the last 797, which other people wrote, are for development
RECORDED_PHOTOS = 300  # of each class of the training photos; the last 100 are for development
PHOTO_PIXELS = 96


class Network(NamedTuple):
    """A teacher, and which of its layers each arm lets learn.

    Attributes
    ----------
    teacher : str
    cuts : dict of str to str
        Arm to the layer behind which everything learns; "" is the last layer of the base, behind which is the head.
    gradual : tuple of str
        The arms that gradual unfreezing goes through, from the top.
    rates : tuple of float
        The learning rates among which development chooses, for each arm.
    """

    teacher: str
    cuts: dict
    gradual: tuple
    rates: tuple


class Target(NamedTuple):
    """What to learn and to test on, the teacher, and the controls.

    Attributes
    ----------
    train, test : LabeledImages
        To learn from are the most of each class; fewer are a part of them.
    network : Network
    mirror : bool
        Whether mirror images show the same, for the network from scratch.
    untrained : tuple of int
        Images of each class with which the same network without pretraining is an arm, too.
    from_scratch : tuple of int
        Images of each class with which a small CNN is trained from scratch.
    """

    train: LabeledImages
    test: LabeledImages
    network: Network
    mirror: bool
    untrained: tuple = ()
    from_scratch: tuple = (10, 50)


FACES = Network(
    "faces_vgg16",
    {
        "head only": "",
        "dense layers": "flatten",
        "block 5 on": "block4_pool",
        "block 4 on": "block3_pool",
        "everything": "rescale",
    },
    gradual=("dense layers", "block 5 on", "block 4 on"),
    rates=(3e-4, 1e-3, 3e-3, 1e-2),
)
PHOTOS = Network(  # up to block 6 everything stays frozen: a step of the whole network takes too long
    "MobileNetV2",
    {
        "head only": "",
        "last convolution": "block_16_project_BN",
        "block 15 on": "block_14_add",
        "block 13 on": "block_12_add",
        "block 7 on": "block_6_project_BN",
    },
    gradual=("last convolution", "block 15 on", "block 13 on"),
    rates=(1e-5, 1e-4, 1e-3),
)


def load_base(network):
    """The teacher without its head; its batch norms neither learn nor adapt."""
    size = {} if network is FACES else {"input_size": PHOTO_PIXELS}
    return teachers.load(network.teacher, head=False, **size)


def prepared(network, images):
    """Images as the teacher takes them: shape (n, height, width, 3)."""
    if network is FACES:
        return images
    small = keras.ops.image.resize(images.astype("float32"), (PHOTO_PIXELS, PHOTO_PIXELS), antialias=True)
    return teachers.preprocess(network.teacher, np.asarray(small).clip(0, 255))


def handwriting(seed, development=False):
    """Ten digits, real handwriting, and the teacher of faces; the only target of the costly untrained network."""
    data = digits.load()
    usable = slice(RECORDED_DIGITS, None) if development else slice(RECORDED_DIGITS)
    train, test = _divided(data.take(usable), seed)
    return Target(train, test.take(slice(TESTED)), FACES, mirror=False, untrained=(50,))


def sky(seed, development=False):
    """Eight kinds of synthetic galaxies, new ones for each seed, and the teacher of faces."""
    first = 4 * seed + 2 * development
    train = galaxies.observe(MOST_IMAGES, first, fine=True)
    test = galaxies.observe(TESTED // len(train.class_names), first + 1, fine=True)
    return Target(train, test, FACES, mirror=True)


def cats_dogs(seed, development=False):
    """Photos of cats and dogs, of which ImageNet has 120 kinds, and a teacher that learned ImageNet.

    Raises
    ------
    photos.PhotosUnavailable, teachers.TeacherUnavailable
        When photos or weights are neither on a mirror nor to be downloaded.
    """
    parts = photos.cats_dogs()
    rank = ranks(parts["train"].labels)
    usable = parts["train"].take(rank >= RECORDED_PHOTOS if development else rank < RECORDED_PHOTOS)
    test = parts["val" if development else "test"]
    return Target(usable.per_class(MOST_IMAGES, seed), test, PHOTOS, mirror=True, from_scratch=(10,))


TARGETS = {"digits": handwriting, "galaxies": sky, "photos": cats_dogs}


def ranks(labels):
    """For each image, how many of its class come before it; with ``ranks(labels) < n``, n of each class are chosen.

    Parameters
    ----------
    labels : numpy.ndarray
        Shape (n,), integers.

    Returns
    -------
    numpy.ndarray
        Shape (n,), integers from 0 on.
    """
    rank = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        rank[members] = np.arange(len(members))
    return rank


def _divided(data, seed):
    """`MOST_IMAGES` of each class, and all others; both in an order that the seed decides."""
    order = np.random.default_rng(seed).permutation(len(data))
    data = data.take(order)
    learned = ranks(data.labels) < MOST_IMAGES
    return data.take(learned), data.take(~learned)
