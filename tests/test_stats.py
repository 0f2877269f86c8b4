"""Intervals against the textbook's formula, which the package leaves to scipy."""

import warnings

import numpy as np
import pytest
from scipy.stats import t

from tlcourse.stats import OUTSIDE, lies_within, predicted, summary, with_expected_range


@pytest.mark.parametrize("count", [2, 5, 40])
def test_the_interval_is_that_of_the_textbook(count):
    values = np.random.default_rng(count).normal(0.9, 0.03, count)
    half = t.ppf(0.975, count - 1) * values.std(ddof=1) / np.sqrt(count)
    np.testing.assert_allclose(summary(values)["ci95"], [values.mean() - half, values.mean() + half], atol=6e-6)


def test_equal_values_have_an_interval_of_no_width_and_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert summary([790_340.0] * 5)["ci95"] == [790_340.0, 790_340.0]


@pytest.mark.parametrize("values", [[0.99, 1.0, 1.0], [0.0, 0.01, 0.0, 0.02], [0.62, 0.61, 0.65, 0.6, 0.66]])
def test_the_interval_of_a_share_is_students_on_the_logit_scale(values):
    """The delta method by a numerical derivative of the logit at the mean."""
    mean, error, step = np.mean(values), np.std(values, ddof=1) / np.sqrt(len(values)), 1e-7
    logit = np.log(mean / (1 - mean))
    slope = (np.log((mean + step) / (1 - mean - step)) - logit) / step
    bounds = logit + np.array([-1, 1]) * t.ppf(0.975, len(values) - 1) * error * slope
    interval = summary(values, share=True)
    np.testing.assert_allclose(interval["ci95"], 1 / (1 + np.exp(-bounds)), atol=2e-5)  # rounded; numerical slope
    assert 0 <= interval["ci95"][0] < interval["mean"] < interval["ci95"][1] <= 1
    assert interval["share"]


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_equal_shares_have_an_interval_of_no_width(value):
    assert summary([value] * 5, share=True)["ci95"] == [value, value]


@pytest.mark.parametrize("values", [[0.5, 1.01], [-0.1, 0.5]])
def test_what_is_no_share_is_named(values):
    with pytest.raises(ValueError, match="shares lie between 0 and 1"):
        summary(values, share=True)


def coverage(rng, mean, images, seeds, runs=2_000):
    """How often the interval of a share contains the true accuracy; seeds differ, and so do their test images."""
    draws = rng.binomial(images, rng.beta(50 * mean, 50 * (1 - mean), (runs, seeds))) / images
    intervals = [summary(values, share=True)["ci95"] for values in draws]
    return np.mean([low <= mean <= high for low, high in intervals])


@pytest.mark.parametrize("mean", [0.5, 0.9, 0.97])
def test_about_19_intervals_of_20_contain_the_true_share(mean):
    assert 0.92 < coverage(np.random.default_rng(0), mean, 500, 10) < 0.98


def test_one_more_seed_falls_into_its_interval_19_times_in_20():
    rng, runs = np.random.default_rng(0), 2_000
    draws = rng.normal(0.5, 0.1, (runs, 6))
    inside = [low <= values[5] <= high for values in draws for low, high in [predicted(values[:5])]]
    assert abs(np.mean(inside) - 0.95) < 3 * np.sqrt(0.05 * 0.95 / runs)


def test_the_prediction_for_one_more_seed():
    values = np.array([0.62, 0.61, 0.65, 0.6, 0.66])
    half = t.ppf(0.975, 4) * values.std(ddof=1) * np.sqrt(1 + 1 / 5)
    assert predicted(values) == pytest.approx((values.mean() - half, values.mean() + half))
    assert predicted([0.99, 1.0, 1.0], share=True)[1] == 1.0
    assert predicted([0.99, 1.0, 1.0])[1] > 1.0


def test_a_share_with_another_upper_bound_is_that_of_its_fraction():
    half, whole = summary([0.95, 1.0, 1.0, 0.97], share=True), summary([1.9, 2.0, 2.0, 1.94], share=True, upper=2.0)
    assert whole["mean"] == pytest.approx(2 * half["mean"])
    assert whole["ci95"] == pytest.approx([2 * bound for bound in half["ci95"]], abs=2e-5)
    assert (whole["upper"], whole["values"]) == (2.0, [1.9, 2.0, 2.0, 1.94])
    with pytest.raises(ValueError, match="shares lie between 0 and 2"):
        summary([1.9, 2.1], share=True, upper=2.0)


def test_a_live_result_stands_beside_the_range_for_a_single_run():
    record = summary([0.62, 0.61, 0.65, 0.6, 0.66], share=True)
    low, high = (f"{100 * bound:.1f}" for bound in predicted(record["values"], share=True))
    assert with_expected_range(0.6, record) == f"60.0% (expected {low} to {high}% for a single run)"
    assert with_expected_range(0.72, record) == f"72.0% (expected {low} to {high}% for a single run; {OUTSIDE})"


def test_the_range_has_the_form_of_the_result_and_only_that_of_a_share_ends_at_one():
    values = [0.99, 1.0, 1.0]
    assert with_expected_range(1.0, summary(values, share=True), ".0%").endswith("to 100% for a single run)")
    low, high = predicted(values)
    assert with_expected_range(-0.5, summary(values), "+.2f") == (
        f"-0.50 (expected {low:+.2f} to {high:+.2f} for a single run; {OUTSIDE})"
    )


def test_a_result_that_differs_only_by_the_rounding_of_the_record_lies_inside():
    record = summary([12 / 13] * 3, share=True)
    assert lies_within(12 / 13, predicted(record["values"], share=True))
    assert not lies_within(12 / 13 + 1e-4, predicted(record["values"], share=True))
