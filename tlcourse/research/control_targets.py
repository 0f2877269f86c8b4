"""Five target tasks with few images, for the controls: what a run reports on, and what its recipe is chosen on.

Development and evaluation share no person, no digit and no alphabet; Greek letters and galaxies are generated from
other seeds. `numpy.random.default_rng([stage, seed, ...])` samples whatever a seed decides, so any seed will do.
"""

import numpy as np

from tlcourse.datasets import LabeledImages, digits, faces, galaxies, glyphs
from tlcourse.research import omniglot

NAMES = "faces", "digits", "greek", "galaxies", "omniglot"
DEVELOPMENT, EVALUATION = range(2)  # stages, the first part of what random numbers are seeded with
PEOPLE = faces.DEVELOPMENT_PEOPLE, faces.TEST_PEOPLE
DIGITS = slice(0, 597), slice(597, 1797)
ALPHABETS = (
    ("Balinese", "Early_Aramaic"),
    ("Greek", "Japanese_(katakana)", "Korean", "Latin", "Sanskrit", "Tagalog"),
)
# Classes of a task, training images and test images of each class. Images of a class limit what can be asked for.
FACES, GREEK, GALAXIES, OMNIGLOT = (25, 5, 20), (20, 5, 25), (8, 12, 60), (25, 4, 16)
DIGITS_EACH, DIGITS_TESTED = 10, 400  # the development set has 497 digits beside those that are learned from


def tasks(seed, stage=EVALUATION, names=NAMES):
    """The targets of a seed.

    Parameters
    ----------
    seed : int
        0 or more.
    stage : {DEVELOPMENT, EVALUATION}
    names : sequence of str
        Which of the five to load; each has the same images whichever others are loaded.

    Returns
    -------
    dict of str to tuple of LabeledImages
        Name to (train, test), which share no image; images of shape (n, 48, 48, 3). "faces" are new people of the
        teacher's own generator, "greek" and "galaxies" are generated too, "digits" and "omniglot" are real handwriting.

    Raises
    ------
    omniglot.OmniglotUnavailable
        If Omniglot is neither on a mirror nor to be downloaded.
    """
    rng = np.random.default_rng([stage, seed])
    people = rng.choice(PEOPLE[stage], FACES[0], replace=False).tolist()
    seeds = tuple(int(part) for part in rng.choice(2**31, 2, replace=False))  # of training and of test images
    letters = glyphs.GREEK[: GREEK[0]]

    def generated(draw, sizes):
        return tuple(draw(each, part) for each, part in zip(sizes[1:], seeds, strict=True))

    load = {
        "faces": lambda: generated(lambda each, part: faces.portraits(people, each, part), FACES),
        "digits": lambda: handwritten_digits(seed, stage),
        "greek": lambda: generated(lambda each, part: glyphs.glyphs(letters, each, part), GREEK),
        "galaxies": lambda: generated(lambda each, part: galaxies.observe(each, part, fine=True), GALAXIES),
        "omniglot": lambda: handwritten_characters(omniglot.load(), seed, stage),
    }
    return {name: load[name]() for name in names}


def handwritten_digits(seed, stage=EVALUATION):
    """scikit-learn's digits: (train, test), from the first third of them or from the other two."""
    part = digits.load().take(DIGITS[stage])
    rng = np.random.default_rng([stage, seed, 1])
    order = rng.permutation(len(part))
    train = np.concatenate([order[part.labels[order] == label][:DIGITS_EACH] for label in range(10)])
    rest = order[~np.isin(order, train)]
    return part.take(train), part.take(rest[:DIGITS_TESTED])


def handwritten_characters(data, seed, stage=EVALUATION):
    """Characters of Omniglot, sampled from the alphabets of a stage: (train, test).

    Nobody who drew a training image of an alphabet drew a test image of it: drawers are divided, not images.

    Parameters
    ----------
    data : LabeledImages
        What `omniglot.load` returns.
    seed : int
    stage : {DEVELOPMENT, EVALUATION}
    """
    rng = np.random.default_rng([stage, seed, 2])
    classes, train_drawers, test_drawers = OMNIGLOT
    usable = [label for label, name in enumerate(data.class_names) if name.rsplit(" ", 1)[0] in ALPHABETS[stage]]
    chosen = np.sort(rng.choice(usable, classes, replace=False))
    drawers = rng.permutation(omniglot.DRAWERS)
    parts = drawers[:train_drawers], drawers[train_drawers : train_drawers + test_drawers]
    return tuple(_drawn_by(part, data, chosen) for part in parts)


def _drawn_by(drawers, data, chosen):
    rows = (chosen[:, None] * omniglot.DRAWERS + drawers).ravel()
    names = tuple(data.class_names[label] for label in chosen)
    return LabeledImages(data.images[rows], np.repeat(np.arange(len(chosen)), len(drawers)), names, data.source)
