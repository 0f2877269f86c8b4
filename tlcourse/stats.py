"""Means of repeated runs with 95 % confidence intervals (Student's t), and paired differences over seeds."""

import warnings

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
        ``{"mean": float, "ci95": [low, high], "seeds": int, "values": [...]}``. The interval is Student's t:
        mean ± t(0.975, n - 1) * s / sqrt(n), with s the standard deviation over n - 1.

    Raises
    ------
    ValueError
        For fewer than two values, or one that is not finite.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(f"an interval needs two or more finite values, got {values.tolist()}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # scipy doubts equal values; their interval has no width
        interval = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    return {
        "mean": round(float(values.mean()), 5),
        "ci95": [round(float(interval.low), 5), round(float(interval.high), 5)],
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
