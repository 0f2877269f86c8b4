"""Corrections for label shift: P(Y) differs, P(X | Y) does not."""

import numpy as np


def shares(labels, classes):
    """The share of each class among `labels`, shape (classes,)."""
    counts = np.bincount(np.asarray(labels), minlength=classes)
    return counts / counts.sum()


def corrected(probabilities, source_shares, target_shares):
    """Probabilities as they would be had the classifier been trained on the target's shares (Bayes' rule).

    Parameters
    ----------
    probabilities : numpy.ndarray
        P_s(y | x), shape (n, classes); as good as they are calibrated.
    source_shares, target_shares : array-like
        P_s(y) of the training set and P_t(y), shape (classes,).

    Returns
    -------
    numpy.ndarray
        Proportional to P_s(y | x) P_t(y) / P_s(y), shape (n, classes).

    Raises
    ------
    ValueError
        If a class of the target had no training example.
    """
    source_shares, target_shares = np.asarray(source_shares, float), np.asarray(target_shares, float)
    if (source_shares[target_shares > 0] <= 0).any():
        raise ValueError(f"a class of the target is not in the source, whose shares are {source_shares.round(3)}")
    turned = np.asarray(probabilities) * (target_shares / np.maximum(source_shares, 1e-12))
    return turned / turned.sum(axis=1, keepdims=True)


def shares_by_em(probabilities, source_shares, iterations=1000, tolerance=1e-8):
    """The target's class shares from a classifier's probabilities on it, without labels (Saerens et al. 2002).

    Expectation maximization. In turn: correct the probabilities for the shares so far, and take their mean for the new
    shares. This climbs the likelihood of the shares; it takes the probabilities at their word, so they must be
    calibrated.

    Parameters
    ----------
    probabilities : numpy.ndarray
        P_s(y | x) on the target's inputs, shape (n, classes).
    source_shares : array-like
        The class shares of the training set, shape (classes,).
    iterations : int
        The largest number of iterations.
    tolerance : float
        The iterations end when no share moves by more than this.

    Returns
    -------
    numpy.ndarray
        Estimate of P_t(y), shape (classes,).
    """
    estimate = np.asarray(source_shares, float)
    for _ in range(iterations):
        before, estimate = estimate, corrected(probabilities, source_shares, estimate).mean(axis=0)
        if np.abs(estimate - before).max() < tolerance:
            break
    return estimate


def shares_by_bbse(predictions, labels, target_predictions):
    """The target's class shares from any classifier's predictions (BBSE: Lipton, Wang and Smola 2018).

    Black-box shift estimation. Solves C w = mu, with C[i, j] the mean prediction of class i for source inputs of class
    j times P_s(j), and mu[i] the mean prediction of class i for the target's inputs: w[j] = P_t(j) / P_s(j). Needs no
    calibration, only a C that can be inverted.

    Parameters
    ----------
    predictions : numpy.ndarray
        For source inputs that were not trained on, shape (n, classes): probabilities, or 1 for the class that is
        predicted and 0 for the others, as the paper has it.
    labels : array-like of int
        The true classes of these inputs, shape (n,).
    target_predictions : numpy.ndarray
        For inputs of the target, shape (m, classes).

    Returns
    -------
    numpy.ndarray
        Estimate of P_t(y), shape (classes,); negative solutions count as 0.

    Raises
    ------
    ValueError
        If the confusion matrix cannot be inverted, as when a class is never predicted.
    """
    predictions, target_predictions = np.asarray(predictions, float), np.asarray(target_predictions, float)
    classes = predictions.shape[1]
    confusion = predictions.T @ np.eye(classes)[labels] / len(predictions)
    if (rank := np.linalg.matrix_rank(confusion)) < classes:
        raise ValueError(
            f"the confusion matrix has rank {rank}, less than {classes}: give probabilities, or more inputs"
        )
    ratios = np.linalg.solve(confusion, target_predictions.mean(axis=0)).clip(0)
    estimate = ratios * shares(labels, classes)
    return estimate / estimate.sum()
