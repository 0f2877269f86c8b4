"""Unsupervised transfer: classes made of copies of single images, and clusters compared with true classes."""

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from tlcourse.datasets import LabeledImages


def copies(data, count, seed):
    """Each image `count` times, turned, mirrored, moved and dimmed, as a class of its own (Dosovitskiy et al. 2014).

    To tell the classes apart, a network must find what all copies of an image have in common. Nobody names anything.

    Parameters
    ----------
    data : LabeledImages
        Its labels are not used.
    count, seed : int

    Returns
    -------
    LabeledImages
        The copies, with the source of `data`.
    """
    rng = np.random.default_rng(seed)
    copied = np.stack([_changed(image, rng) for image in data.images for _ in range(count)])
    labels = np.repeat(np.arange(len(data)), count)
    names = tuple(f"image {number}" for number in range(len(data)))
    return LabeledImages(copied, labels, names, data.source)


def _changed(image, rng):
    turned = np.rot90(image, rng.integers(4))[:: rng.choice([-1, 1])]
    moved = np.roll(turned, rng.integers(-4, 5, 2), axis=(0, 1))
    return np.round(moved * rng.uniform(0.7, 1)).astype(np.uint8)


def agreement(vectors, labels, seed):
    """Adjusted Rand index of k-means clusters and classes: 1 if they are the same, 0 on average by chance."""
    standardized = StandardScaler().fit_transform(vectors)
    with threadpool_limits(1):
        clusters = KMeans(len(np.unique(labels)), n_init=10, random_state=seed).fit_predict(standardized)
    return float(adjusted_rand_score(labels, clusters))
