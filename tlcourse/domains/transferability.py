"""Scores that estimate before any training how well features transfer."""

import numpy as np


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
        The largest number of steps of the fixed point.

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
    """The largest evidence for one target, divided by n; `squares` are the features' squared singular values.

    Equation numbers are those of Bishop 2006 (Pattern Recognition and Machine Learning, section 3.5), which You et al.
    maximize: F are the features, t the target, m the posterior mean of the weights. Everything is computed along the
    singular vectors of F, where A = alpha I + beta F^T F (3.81) is diagonal.
    """
    (n, dimensions), alpha, beta = shape, 1.0, 1.0
    projected = left.T @ target
    orthogonal = max(float(target @ target - projected @ projected), 0.0)  # the part of |t|² that no weights explain

    def posterior():
        """Residual |t - F m|² and weights |m|², for m = beta A^-1 F^T t (3.84), and the diagonal of A."""
        precision = alpha + beta * squares
        residual = float(((alpha * projected / precision) ** 2).sum()) + orthogonal
        weights = float((beta**2 * squares * projected**2 / precision**2).sum())
        return residual, weights, precision

    for _ in range(iterations):
        residual, weights, precision = posterior()
        effective = float((beta * squares / precision).sum())  # gamma, the effective number of parameters (3.91)
        before, alpha = alpha / beta, effective / (weights + 1e-12)  # (3.92)
        beta = (n - effective) / (residual + 1e-12)  # (3.95)
        if abs(alpha / beta - before) < 1e-6 * before:
            break
    residual, weights, precision = posterior()
    log_determinant = np.log(precision).sum() + (dimensions - len(squares)) * np.log(alpha)  # log |A|
    fit = n * np.log(beta) + dimensions * np.log(alpha) - n * np.log(2 * np.pi)
    return 0.5 * (fit - beta * residual - alpha * weights - log_determinant) / n  # (3.86)


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
