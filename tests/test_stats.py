"""Intervals against the textbook's formula, which the package leaves to scipy."""

import warnings

import numpy as np
import pytest
from scipy.stats import t

from tlcourse.stats import summary


@pytest.mark.parametrize("count", [2, 5, 40])
def test_the_interval_is_that_of_the_textbook(count):
    values = np.random.default_rng(count).normal(0.9, 0.03, count)
    half = t.ppf(0.975, count - 1) * values.std(ddof=1) / np.sqrt(count)
    np.testing.assert_allclose(summary(values)["ci95"], [values.mean() - half, values.mean() + half], atol=6e-6)


def test_equal_values_have_an_interval_of_no_width_and_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert summary([790_340.0] * 5)["ci95"] == [790_340.0, 790_340.0]
