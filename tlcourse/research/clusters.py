"""Unsupervised transfer: clusters sought in features that were learned from other images without a label (C32)."""

import keras

from tlcourse import scenario_network
from tlcourse.datasets import galaxies
from tlcourse.domains import clustering
from tlcourse.networks import refresh_batch_norm, small_cnn
from tlcourse.research import two_telescopes

SOURCE_EACH, COPIES, TARGET_EACH = 50, 16, 50


def run(seed):
    """How well k-means finds the eight kinds of galaxies, by what it looks at: adjusted Rand indices.

    ``pixels``: every third one. ``untrained``: the features of a network with random weights. ``unlabeled``: of one
    that learned from other galaxies without a label, see `clustering.copies`. ``labeled``: of the teacher
    that learned other galaxies' four classes. k-means knows that there are eight groups; the kinds only score it.
    """
    source = galaxies.observe(SOURCE_EACH, 1_007 + 10 * seed)
    target = galaxies.observe(TARGET_EACH, 1_008 + 10 * seed, fine=True)
    _, teacher = two_telescopes.trained(seed)
    networks = {
        "untrained": _untrained(source, seed),
        "unlabeled": scenario_network.train(clustering.copies(source, COPIES, seed), seed),
        "labeled": teacher,
    }
    pixels = target.images[:, 1::3, 1::3].reshape(len(target), -1)
    looks = {
        "pixels": pixels,
        **{name: scenario_network.vectors(network, target) for name, network in networks.items()},
    }
    return {name: clustering.agreement(look, target.labels, seed) for name, look in looks.items()}


def _untrained(source, seed):
    keras.utils.set_random_seed(seed)
    model = small_cnn(len(source.class_names), scenario_network.WIDTHS, augment=False)
    refresh_batch_norm(model, source.images)
    return model
