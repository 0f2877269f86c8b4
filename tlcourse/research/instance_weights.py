"""Instance transfer: a straight line through a curve, its source points weighted toward the target (C33)."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from tlcourse.domains.covariate_shift import POINTS, sample_domains

LARGEST = 20  # weights above this are cut


def run(seed):
    """Squared error on the target of the ``plain`` line and of the ``weighted`` one."""
    source, outputs, target, true_outputs = sample_domains(seed)
    root = np.sqrt(density_ratios(source, target))
    lines = {"plain": np.polyfit(source, outputs, 1), "weighted": np.polyfit(source, outputs, 1, w=root)}
    return {name: float(np.mean((np.polyval(line, target) - true_outputs) ** 2)) for name, line in lines.items()}


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
