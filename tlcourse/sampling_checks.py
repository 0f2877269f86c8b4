"""Views, as in `tlcourse.model_checks`, of functions that sample at random: what any correct sample has in common."""

import numpy as np

from tlcourse import checks

SEEDS = 8


def class_counts(function):
    """View of a sample of positions: (labels, count, seed) to a dictionary of class and number of positions.

    It fails unless the positions are whole numbers of the right range, each occurs once, a seed gives the same ones
    again, and other seeds give others.
    """

    def show(labels, count, seed):
        positions = _positions(function, labels, count, seed)
        again = _positions(function, labels, count, seed)
        classes, counts = np.unique(np.asarray(labels)[positions], return_counts=True)
        in_all = len(np.unique(labels)) > 1 and len(positions) == count
        checks.require(not in_all, f"{count} images are sampled in all, and not {count} of each class.")
        same = np.array_equal(np.sort(positions), np.sort(again))
        checks.require(same, "The same seed gave other images the second time.")
        samples = {tuple(sorted(_positions(function, labels, count, seed + more).tolist())) for more in range(SEEDS)}
        every = len(positions) == len(labels)
        checks.require(every or len(samples) > 1, f"{SEEDS} seeds gave the same images: the seed is not used.")
        return dict(zip(classes.tolist(), counts.tolist(), strict=True))

    show.__name__ = f"the number of images of each class from {function.__name__}"
    return show


def _positions(function, labels, count, seed):
    came = function(labels, count, seed)
    checks.require(came is not None, "The positions are None. Is a `return` missing?")
    positions = np.asarray(came)
    checks.require(
        positions.ndim == 1 and positions.dtype.kind in "iu",
        f"A 1-D array of integer positions is expected, and not one of shape {positions.shape} and type "
        f"{positions.dtype}.",
    )
    checks.require(len(positions) > 0, "No image is sampled: class numbers need not be 0, 1, 2, ...")
    inside = bool(((positions >= 0) & (positions < len(labels))).all())
    checks.require(inside, f"Positions run from 0 to {len(labels) - 1}, and not to {positions.max()}.")
    checks.require(len(np.unique(positions)) == len(positions), "An image occurs twice: sample without replacement.")
    return positions


def part_sizes(function):
    """View of a dataset that is cut in two: (size, count) to the sizes of the parts.

    The dataset has the whole numbers below `size`, in a new random order in each pass. The view fails unless the parts
    have no element in common, every pass over them gives the same elements, and the first part is sampled at random.
    """

    def show(size, count):
        import tensorflow as tf

        parts = function(tf.data.Dataset.range(size).shuffle(size), count)
        pair = isinstance(parts, (tuple, list)) and len(parts) == 2
        checks.require(pair, f"{function.__name__} should return a pair: two datasets.")
        passes = [[_numbers(part) for part in parts] for _ in range(3)]
        first, others = passes[0]
        shared = len(set(first) & set(others))
        checks.require(
            shared == 0,
            f"{shared} of the {len(others)} elements of the second part are in the first, too: the parts come from "
            "two passes over the dataset, and each pass has an order of its own.",
        )
        checks.require(passes.count(passes[0]) == 3, "A later pass over the parts gives other elements than the first.")
        lost = size - len({*first, *others})
        checks.require(lost == 0 or not first or not others, f"{lost} of {size} elements are in neither part.")
        ordered = first == list(range(len(first))) or others == list(range(len(others)))
        checks.require(
            not ordered or min(len(first), len(others)) < 5,
            "One part has the lowest numbers. In a dataset stored class by class it would have only a few classes: "
            "sample at random.",
        )
        return [len(first), len(others)]

    show.__name__ = f"the list of the sizes of both parts from {function.__name__}"
    return show


def _numbers(part):
    """The elements of a part, in order of size."""
    elements = [np.asarray(element) for element in part]
    for element in elements:
        checks.require(
            element.ndim == 0,
            f"An element of a part has shape {element.shape}, and should be one number: make a dataset of slices, "
            "not of one tensor or of batches.",
        )
    return sorted(int(element) for element in elements)
