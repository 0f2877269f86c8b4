"""Real handwriting: the 1,797 digits that come with scikit-learn, enlarged to the teacher's input."""

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from tlcourse.datasets import LabeledImages

SIZE = 48  # height and width of an image, in pixels: what faces_vgg16 takes
SOURCE = (
    "scikit-learn's load_digits: the test part of 'Optical Recognition of Handwritten Digits' "
    "(E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998), 13 writers, CC BY 4.0; "
    "enlarged from 8x8 to 48x48 pixels"
)
_STROKE = 16  # the largest value in the original, which counts the pen's pixels in a 4x4 block


def load():
    """All digits, white on black, in the original order.

    Returns
    -------
    LabeledImages
        1,797 images of shape (48, 48, 3); ``class_names`` are "0" to "9".
    """
    digits = load_digits()
    images = np.stack([enlarged(gray) for gray in digits.images / _STROKE])
    return LabeledImages(images, digits.target.astype(np.int64), tuple("0123456789"), SOURCE)


def enlarged(gray):
    """An 8x8 image of 0 (paper) to 1 (ink), as `load` shows it: shape (48, 48, 3), dtype uint8."""
    small = Image.fromarray(np.round(gray * 255).astype(np.uint8))
    return np.repeat(np.asarray(small.resize((SIZE, SIZE), Image.Resampling.BICUBIC))[..., None], 3, axis=-1)


def split(seed, images_each=10):
    """A few digits of each class to learn from, and all others to test on.

    Parameters
    ----------
    seed : int
        Selects the training digits at random.
    images_each : int
        Images of each class in the training set, 1 or more.

    Returns
    -------
    train, test : LabeledImages
        They share no image.

    Raises
    ------
    ValueError
        If no image of some class would be left for the test.
    """
    data = load()
    smallest = int(np.bincount(data.labels).min())
    if not 1 <= images_each < smallest:
        raise ValueError(f"images_each must be from 1 to {smallest - 1}, got {images_each}")
    rng = np.random.default_rng(seed)
    classes = range(len(data.class_names))
    chosen = [rng.choice(np.flatnonzero(data.labels == label), images_each, replace=False) for label in classes]
    train = rng.permutation(np.concatenate(chosen))
    return data.take(train), data.take(np.setdiff1d(np.arange(len(data)), train))
