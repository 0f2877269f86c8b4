"""Corrections for covariate shift, none of which needs a label of the target."""

import numpy as np
from scipy import linalg
from threadpoolctl import threadpool_limits

from tlcourse.linear_probe import linear_classifier


def adapt_batch_norm(model, images):
    """A copy of `model` whose batch-norm statistics are those of the target's images (Li et al. 2017).

    No weight changes and no label is seen. Give a few hundred images with the target's own mix of classes.

    Parameters
    ----------
    model : keras.Model
    images : numpy.ndarray
        Images of the target, as the model takes them.

    Raises
    ------
    ValueError
        If the model has no batch norm.
    """
    import keras

    from tlcourse.networks import batch_norms, refresh_batch_norm

    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    if not batch_norms(copy):
        raise ValueError(f"{model.name} has no BatchNormalization layer whose statistics could be adapted")
    refresh_batch_norm(copy, images)
    return copy


def coral(source, target, ridge=1.0):
    """The source's features with the target's mean and covariance (CORAL: Sun, Feng and Saenko 2016).

    Train the classifier on what is returned, then apply it to the target's features as they are.

    Parameters
    ----------
    source, target : numpy.ndarray
        Features, shapes (n, d) and (m, d).
    ridge : float
        The number added to the diagonal of both covariances, as in the paper, so that they can be inverted.

    Returns
    -------
    numpy.ndarray
        Shape (n, d): (x - mean_s) C_s^(-1/2) C_t^(1/2) + mean_t. The paper aligns covariances only, of features
        that were standardized before.
    """
    source, target = (np.asarray(side, dtype=float) for side in (source, target))
    if source.ndim != 2 or target.ndim != 2 or source.shape[1] != target.shape[1]:
        raise ValueError(f"both domains need vectors of one length, got shapes {source.shape} and {target.shape}")
    whiten = _power(np.cov(source, rowvar=False) + ridge * np.eye(source.shape[1]), -0.5)
    recolor = _power(np.cov(target, rowvar=False) + ridge * np.eye(source.shape[1]), 0.5)
    return (source - source.mean(axis=0)) @ whiten @ recolor + target.mean(axis=0)


def _power(symmetric, exponent):
    values, vectors = linalg.eigh(symmetric)
    return (vectors * values**exponent) @ vectors.T


def importance_weights(source, target, max_weight=20.0):
    """For each source input, how much more often the target has its like: P_t(x) / P_s(x), mean 1.

    Estimated by a classifier that separates the two (Bickel, Brückner and Scheffer 2009). Weights can only help
    where the source has inputs like the target's: see `effective_count`.

    Parameters
    ----------
    source, target : numpy.ndarray
        Features, shapes (n, d) and (m, d).
    max_weight : float
        Weights above this multiple of the mean are cut, so that a few inputs do not decide everything.

    Returns
    -------
    numpy.ndarray
        Shape (n,); for ``sample_weight``.
    """
    vectors = np.concatenate([source, target])
    which = np.repeat([0, 1], [len(source), len(target)])
    classifier = linear_classifier()
    with threadpool_limits(1):
        probability = classifier.fit(vectors, which).predict_proba(source)[:, 1]
    weights = probability / (1 - probability).clip(1e-9)
    weights = weights / weights.mean()
    weights = np.minimum(weights, max_weight)
    return weights / weights.mean()


def effective_count(weights):
    """As how many equally weighted inputs weighted ones count: (sum w)² / sum w² (Kish 1965)."""
    weights = np.asarray(weights, dtype=float)
    return float(weights.sum() ** 2 / (weights**2).sum())
