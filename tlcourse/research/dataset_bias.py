"""A bias of the teacher's data comes along: it saw no blue elliptical, and its students stumble over one (C12)."""

import numpy as np

from tlcourse import scenario_network
from tlcourse.datasets import LabeledImages, galaxies
from tlcourse.research import headline, two_telescopes

FEW, TEST_EACH = 10, 75


def run(seed):
    """Accuracy on galaxies in the usual colors and with red and blue exchanged, by the teacher's data.

    Two teachers learned from the same galaxies: ``biased`` in their colors, ``neutral`` with the colors of each
    image in an order drawn by lot. ``teacher``: with their own heads. ``student``: with a new head, learned from
    ten images a class, about half of them with exchanged colors, so that the student's own data show both.
    """
    data, biased = two_telescopes.trained(seed)
    rng = np.random.default_rng(seed)
    orders = rng.permuted(np.tile(np.arange(3), (len(data), 1)), axis=1)[:, None, None]
    neutral = scenario_network.train(_with_images(data, np.take_along_axis(data.images, orders, axis=-1)), seed)
    usual = galaxies.observe(TEST_EACH, 1_005 + 10 * seed)
    tests = {"usual": usual, "exchanged": exchanged(usual)}
    few = galaxies.observe(FEW, 1_006 + 10 * seed)
    half = np.arange(len(few)) % 4 < 2
    few = _with_images(few, np.where(half[:, None, None, None], few.images, few.images[..., ::-1]))
    return {
        name: {
            "teacher": {colors: headline.accuracy(model, test) for colors, test in tests.items()},
            "student": _student(model, few, tests),
        }
        for name, model in {"biased": biased, "neutral": neutral}.items()
    }


def exchanged(data):
    """The same galaxies with red and blue exchanged."""
    return _with_images(data, np.ascontiguousarray(data.images[..., ::-1]))


def _with_images(data, images):
    return LabeledImages(images, data.labels, data.class_names, data.source)


def _student(model, few, tests):
    head = scenario_network.linear(scenario_network.vectors(model, few), few.labels)
    return {
        colors: float(head.score(scenario_network.vectors(model, test), test.labels)) for colors, test in tests.items()
    }
