"""Scores that estimate before any training how well features transfer, and how far two domains lie apart."""

import numpy as np
from sklearn.model_selection import cross_val_score
from threadpoolctl import threadpool_limits

from tlcourse.linear_probe import linear_classifier


def proxy_a_distance(source, target, seed=0):
    """How well a linear classifier separates two domains: 0 not at all, 2 without an error.

    Ben-David et al. 2007: 2 (1 - 2e), e the error on held-out inputs; here cross-validated, on equally many of each.

    Parameters
    ----------
    source, target : numpy.ndarray
        Features, shapes (n, d) and (m, d); 10 or more of each.
    seed : int
        Selects the inputs of the larger side at random.

    Returns
    -------
    float
        From 0 to 2. An error above one half, which chance gives to equal domains, counts as one half.
    """
    source, target = _features(source), _features(target)
    count = min(len(source), len(target))
    if source.shape[1] != target.shape[1] or count < 10:
        raise ValueError(f"two domains need 10 or more vectors of one length, got {source.shape} and {target.shape}")
    rng = np.random.default_rng(seed)
    chosen = [side[rng.permutation(len(side))[:count]] for side in (source, target)]
    which = np.arange(2 * count) % 2  # in turn, so that each fold has both
    vectors = np.empty((2 * count, source.shape[1]))
    vectors[0::2], vectors[1::2] = chosen
    classifier = linear_classifier()
    with threadpool_limits(1):
        error = 1 - cross_val_score(classifier, vectors, which, cv=5).mean()
    return float(max(0.0, 2 * (1 - 2 * error)))


def log_me(features, labels, iterations=50):
    """LogME: the logarithm of the maximum evidence that features explain labels, per image (You et al. 2021).

    For each class, a Bayesian linear model of "is it this class?" (1 or 0) with weights from N(0, 1/alpha) and noise
    of variance 1/beta; alpha and beta are those that make the evidence largest, found by MacKay's fixed point.

    Parameters
    ----------
    features : numpy.ndarray
        Shape (n, d).
    labels : numpy.ndarray
        Shape (n,), integers.
    iterations : int
        Of the fixed point, at most.

    Returns
    -------
    float
        The larger, the better the features suit the labels. Only comparable on the same images and labels.
    """
    features, labels = _features(features), _labels(features, labels)
    left, singular, _ = np.linalg.svd(features, full_matrices=False)
    targets = [(labels == label).astype(float) for label in np.unique(labels)]
    return float(np.mean([_evidence(left, singular**2, features.shape, each, iterations) for each in targets]))


def _evidence(left, squares, shape, target, iterations):
    """The largest evidence for one target, divided by n; `squares` are the features' squared singular values."""
    (n, dimensions), alpha, beta = shape, 1.0, 1.0
    seen = left.T @ target
    unseen = max(float(target @ target - seen @ seen), 0.0)  # what no weights could explain

    def posterior():
        """Sum of squared residuals and of squared weights, and the precision along each singular vector."""
        precision = alpha + beta * squares
        residual = float(((alpha * seen / precision) ** 2).sum()) + unseen
        weights = float((beta**2 * squares * seen**2 / precision**2).sum())
        return residual, weights, precision

    for _ in range(iterations):
        residual, weights, precision = posterior()
        effective = float((beta * squares / precision).sum())
        before, alpha = alpha / beta, effective / (weights + 1e-12)
        beta = (n - effective) / (residual + 1e-12)
        if abs(alpha / beta - before) < 1e-6 * before:
            break
    residual, weights, precision = posterior()
    log_determinant = np.log(precision).sum() + (dimensions - len(squares)) * np.log(alpha)
    fit = n * np.log(beta) + dimensions * np.log(alpha) - n * np.log(2 * np.pi)
    return 0.5 * (fit - beta * residual - alpha * weights - log_determinant) / n


def leep(probabilities, labels):
    """LEEP, the log expected empirical prediction (Nguyen et al. 2020).

    How well the teacher's own predictions, its old classes z, predict the new labels y: the mean over the images of
    log sum_z P(y | z) theta(x)_z, with P(y | z) counted from the teacher's probabilities theta on the same images.

    Parameters
    ----------
    probabilities : numpy.ndarray
        The teacher's softmax, shape (n, old classes).
    labels : numpy.ndarray
        Shape (n,), the new labels, integers.

    Returns
    -------
    float
        0 at best. Only comparable on the same images and labels.
    """
    probabilities = _features(probabilities)
    labels = _labels(probabilities, labels)
    if probabilities.min() < 0 or np.abs(probabilities.sum(axis=1) - 1).max() > 1e-3:
        raise ValueError("the teacher's probabilities of an image should be positive and add up to 1: use its softmax")
    _, place = np.unique(labels, return_inverse=True)
    joint = np.eye(place.max() + 1)[place].T @ probabilities / len(labels)
    conditional = joint / np.maximum(joint.sum(axis=0), 1e-300)
    expected = np.einsum("nz,nz->n", probabilities, conditional[place])
    return float(np.log(expected).mean())


def _features(array):
    array = np.asarray(array, dtype=float)
    if array.ndim != 2 or len(array) == 0 or not np.isfinite(array).all():
        raise ValueError(f"expected one finite vector for each input, shape (n, d), got shape {array.shape}")
    return array


def _labels(features, labels):
    labels = np.asarray(labels)
    if labels.shape != (len(features),):
        raise ValueError(f"{len(features)} vectors need as many labels, got shape {labels.shape}")
    return labels
