"""Covariate shift on a line: inputs move along a curve, which a straight line can follow in one place only (C33).

The conditional distribution P(y | x) is the same in both domains. Only P(x) differs, as Shimodaira (2000) assumes.
"""

import numpy as np

POINTS = 200  # of each domain


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
