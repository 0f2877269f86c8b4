"""Two target tasks whose test images come once as the training images do, and once changed: dark, and moved.

The changes are stronger than those of `distillation_methods.unusual`, which hardly matter to a linear classifier on
the teacher's features: half the light and a move by 5 pixels took 0.6 and 0.4 points from it on development people.
"""

import dataclasses
from typing import NamedTuple

import numpy as np

from tlcourse.datasets import LabeledImages
from tlcourse.research import control_targets

DARKENED_BY = 4
MOVED_BY = 8  # pixels of 48, to the right; the small CNN's augmentation moves images by up to 5
SHIFTED = ("dark", "moved")
NAMES = {"people": "faces", "digits": "digits"}  # name here to name in `control_targets`


class ShiftedTarget(NamedTuple):
    """Images to learn from, and by name the parts to test on: "in" and those of `SHIFTED`.

    Attributes
    ----------
    train : LabeledImages
    tests : dict of str to LabeledImages
        The parts show the same images, which are not in `train`; only those of "in" are unchanged.
    mirror : bool
        Whether mirror images show the same, for the network from scratch.
    """

    train: LabeledImages
    tests: dict
    mirror: bool


def load(seed, stage=control_targets.EVALUATION):
    """The two targets of a seed: new drawn people, near the teacher, and real handwritten digits, far from it.

    Parameters
    ----------
    seed : int
        0 or more.
    stage : {control_targets.DEVELOPMENT, control_targets.EVALUATION}
        They share no person and no digit.

    Returns
    -------
    dict of str to ShiftedTarget
        By name, the keys of `NAMES`: 25 people with 5 images each, and 10 digits with 10 images each.
    """
    tasks = control_targets.tasks(seed, stage, tuple(NAMES.values()))
    return {
        name: ShiftedTarget(train, {"in": test, **shifted(test)}, mirror=name == "people")
        for name, (train, test) in ((name, tasks[other]) for name, other in NAMES.items())
    }


def shifted(test):
    """The same images, dark (a quarter of the light) and moved to the right (the left edge is repeated)."""
    left = np.repeat(test.images[:, :, :1], MOVED_BY, axis=2)
    moved = np.concatenate([left, test.images[:, :, :-MOVED_BY]], axis=2)
    changed = {"dark": test.images // DARKENED_BY, "moved": moved}
    return {name: dataclasses.replace(test, images=images) for name, images in changed.items()}
