"""Covariate shift on a line: inputs move along a curve, and weighting the source's points repairs a straight fit (C33).

The conditional distribution P(y | x) is the same in both domains. Only P(x) differs, as Shimodaira (2000) assumes.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

POINTS = 200  # of each domain
LARGEST = 20  # weights above this are cut


def sample_domains(seed):
    """Inputs from two normal distributions, and noisy outputs of the same sine curve.

    Returns
    -------
    list of numpy.ndarray
        Source inputs and outputs, target inputs and outputs, each of shape (200,). The target's outputs are for tests
        only.
    """
    rng = np.random.default_rng(seed)
    source, target = rng.normal(0, 1, POINTS), rng.normal(1.5, 0.5, POINTS)
    samples = []
    for inputs in (source, target):
        samples += [inputs, np.sin(1.5 * inputs) + 0.1 * rng.normal(size=POINTS)]
    return samples


def density_ratios(source, target):
    """P_t(x) / P_s(x) at the source's inputs, estimated by a domain classifier, shape (200,).

    The classifier sees x and x²: the logarithm of the ratio of two normal densities has exactly these two terms.
    """
    inputs = np.concatenate([source, target])
    powers = np.stack([inputs, inputs**2], axis=1)
    is_target = np.repeat([0, 1], POINTS)
    with threadpool_limits(1):
        classifier = LogisticRegression(solver="newton-cholesky", tol=1e-10).fit(powers, is_target)
    probability = classifier.predict_proba(powers[:POINTS])[:, 1]
    return np.minimum(probability / (1 - probability).clip(1e-12), LARGEST)
