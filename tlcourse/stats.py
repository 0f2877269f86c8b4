"""Means of repeated runs with 95 % confidence intervals, prediction intervals, and paired differences over seeds."""

import warnings

import numpy as np
from scipy import special, stats

OUTSIDE = "this run lies outside"  # what `with_expected_range` adds; `make build` looks for it
ROUNDING = 1e-5  # records hold five decimals


def summary(values, share=False, upper=1.0):
    """Mean and 95 % confidence interval of repeated runs.

    Parameters
    ----------
    values : sequence of float
        One result a seed; two or more.
    share : bool
        Whether each value is a share between 0 and 1, such as an accuracy. Its interval then stays in this range.
    upper : float
        The upper bound of a share that has another one than 1, such as 2 for the A-distance.

    Returns
    -------
    dict
        ``{"mean": float, "ci95": [low, high], "seeds": int, "values": [...]}``, and ``"share": True`` for a share,
        with ``"upper"`` if that is not 1.
        The interval is Student's t: mean ± t(0.975, n - 1) * s / sqrt(n), with s the standard deviation over n - 1.
        That of a share is computed on the logit scale by the delta method (Agresti 2013, Categorical Data Analysis,
        chapter 16): expit(logit(mean) ± t(0.975, n - 1) * s / sqrt(n) / (mean * (1 - mean))). Shares with another
        upper bound are divided by it before, and the interval is multiplied by it.

    Raises
    ------
    ValueError
        For fewer than two values, one that is not finite, or a share outside 0 to 1 (or `upper`).
    """
    values = _checked(values, share, upper)
    low, high = upper * np.array(_logit_interval(values / upper)) if share else _t_interval(values)
    return {
        "mean": round(float(values.mean()), 5),
        "ci95": [round(float(low), 5), round(float(high), 5)],
        "seeds": len(values),
        "values": [round(float(value), 5) for value in values],
        **({"share": True} if share else {}),
        **({"upper": upper} if share and upper != 1 else {}),
    }


def predicted(values, share=False):
    """The 95 % prediction interval for one more seed: mean ± t(0.975, n - 1) * s * sqrt(1 + 1/n), a (low, high).

    That of a share ends at 0 and 1: no value lies beyond, so the interval loses no coverage.
    """
    values = _checked(values, share)
    low, high = _t_interval(values, np.sqrt(len(values) + 1))
    return (max(0.0, low), min(1.0, high)) if share else (low, high)


def lies_within(value, interval):
    """Whether a result lies in an interval (low, high) that comes from a record, up to the record's rounding."""
    low, high = interval
    return bool(low - ROUNDING <= value <= high + ROUNDING)


def with_expected_range(value, record, form=".1%"):
    """A live result in words, beside the 95 % prediction interval of its record.

    Parameters
    ----------
    value : float
        The result of one run.
    record : dict
        The `summary` of the same quantity over several seeds, as data/results holds it.
    form : str
        The format of all three numbers.

    Returns
    -------
    str
        For example ``"83.1% (expected 80.2 to 85.9% for a single run)"``; a result outside is marked by `OUTSIDE`.
    """
    interval = predicted(record["values"], record.get("share", False))
    low, high = (format(bound, form) for bound in interval)
    mark = "" if lies_within(value, interval) else f"; {OUTSIDE}"
    return f"{value:{form}} (expected {low.removesuffix('%')} to {high} for a single run{mark})"


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


def _checked(values, share, upper=1.0):
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(f"an interval needs two or more finite values, got {values.tolist()}")
    if share and not (values.min() >= 0 and values.max() <= upper):
        raise ValueError(f"shares lie between 0 and {upper:g}, got {values.tolist()}")
    return values


def _t_interval(values, wider=1.0):
    """Student's interval of the mean, `wider` times as wide."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # scipy doubts equal values; their interval has no width
        low, high = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    mean = values.mean()
    return float(mean - wider * (mean - low)), float(mean + wider * (high - mean))


def _logit_interval(values):
    mean, error = values.mean(), stats.sem(values)
    if error == 0:
        return mean, mean  # also where all values are 0 or 1, whose logit is infinite
    half = stats.t.ppf(0.975, len(values) - 1) * error / (mean * (1 - mean))
    return special.expit(special.logit(mean) - half), special.expit(special.logit(mean) + half)
