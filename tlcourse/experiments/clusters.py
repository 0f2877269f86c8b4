"""Unsupervised transfer: clusters sought in features that were learned from other pictures without a label (C32)."""

import keras
import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from tlcourse.datasets import LabelledImages, galaxies
from tlcourse.experiments import small_network, two_telescopes
from tlcourse.networks import refresh_batch_norm, small_cnn

SOURCE_EACH, COPIES, TARGET_EACH = 50, 16, 50


def run(seed):
    """How well k-means finds the eight kinds of galaxies, by what it looks at: adjusted Rand indices.

    ``pixels``: every third one. ``untrained``: the features of a network with random weights. ``unlabelled``: of one
    that learned from other galaxies without a label, see `copies`. ``labelled``, for comparison: of the teacher that
    learned other galaxies' four classes. k-means knows that there are eight groups; the kinds only score it.
    """
    source = galaxies.observe(SOURCE_EACH, 1_007 + 10 * seed)
    target = galaxies.observe(TARGET_EACH, 1_008 + 10 * seed, fine=True)
    _, teacher = two_telescopes.trained(seed)
    networks = {
        "untrained": _untrained(source, seed),
        "unlabelled": small_network.train(copies(source.images, COPIES, seed), seed),
        "labelled": teacher,
    }
    pixels = target.images[:, 1::3, 1::3].reshape(len(target), -1)
    looks = {"pixels": pixels, **{name: small_network.vectors(one, target) for name, one in networks.items()}}
    return {name: agreement(look, target.labels, seed) for name, look in looks.items()}


def copies(images, count, seed):
    """Each picture `count` times, turned, mirrored, moved and dimmed, as a class of its own (Dosovitskiy et al. 2014).

    To tell the classes apart, a network must find what all copies of a picture have in common. Nobody names anything.
    """
    rng = np.random.default_rng(seed)
    copied = np.stack([_changed(image, rng) for image in images for _ in range(count)])
    labels = np.repeat(np.arange(len(images)), count)
    names = tuple(f"picture {number}" for number in range(len(images)))
    return LabelledImages(copied, labels, names, galaxies.SOURCE)


def _changed(image, rng):
    turned = np.rot90(image, rng.integers(4))[:: rng.choice([-1, 1])]
    moved = np.roll(turned, rng.integers(-4, 5, 2), axis=(0, 1))
    return np.round(moved * rng.uniform(0.7, 1)).astype(np.uint8)


def _untrained(source, seed):
    keras.utils.set_random_seed(seed)
    model = small_cnn(len(source.class_names), small_network.WIDTHS, augment=False)
    refresh_batch_norm(model, source.images)
    return model


def agreement(vectors, labels, seed):
    """Adjusted Rand index of k-means' groups with the classes: 1 if they are the same, 0 on average by lot."""
    with threadpool_limits(1):
        groups = KMeans(len(np.unique(labels)), n_init=10, random_state=seed).fit_predict(
            StandardScaler().fit_transform(vectors)
        )
    return float(adjusted_rand_score(labels, groups))
