"""Means with confidence intervals, and paired differences over seeds."""

import numpy as np
from scipy import stats


def summary(values):
    """Mean and 95 % confidence interval of repeated runs.

    Parameters
    ----------
    values : sequence of float
        One result a seed; two or more.

    Returns
    -------
    dict
        ``{"mean": float, "ci95": [low, high], "seeds": int, "values": [...]}``. The interval is Student's t,
        mean ± t(0.975, n - 1) * s / sqrt(n).

    Raises
    ------
    ValueError
        For fewer than two values, or one that is not finite.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(f"an interval needs two or more finite values, got {values.tolist()}")
    mean, error = values.mean(), stats.sem(values)
    half = stats.t.ppf(0.975, len(values) - 1) * error
    return {
        "mean": round(float(mean), 5),
        "ci95": [round(float(mean - half), 5), round(float(mean + half), 5)],
        "seeds": len(values),
        "values": [round(float(value), 5) for value in values],
    }


def paired_difference(first, second):
    """`summary` of first - second, seed by seed: the pairing takes out what the seeds have in common.

    Raises
    ------
    ValueError
        If the two were not run over the same number of seeds.
    """
    first, second = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if first.shape != second.shape:
        raise ValueError(f"pairs need as many results on either side, got {first.shape} and {second.shape}")
    return summary(first - second)
