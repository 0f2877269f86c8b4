"""The corrections for a shift, compared with libraries that other people wrote: skada 0.6 and QuaPy 0.2.

skada's `DiscriminatorReweightAdapter` is left out: in 0.6.0 its weights are P_s / P_t, the inverse of ours. Weighted
by them, source inputs lie farther from the target, as the last test shows.
"""

import numpy as np
import pytest
import sklearn

from tlcourse.domains import adaptation, label_shift

pytestmark = pytest.mark.slow  # the two libraries take half a minute to import on a busy machine
CLASSES = 4
SOURCE_SHARES, TARGET_SHARES = np.full(CLASSES, 0.25), np.array([0.6, 0.2, 0.15, 0.05])


@pytest.fixture(scope="module")
def skada():
    """The library; importing it changes a setting of scikit-learn, which other tests must not see."""
    with sklearn.config_context():
        yield pytest.importorskip("skada", reason="skada is not installed: pip install -c constraints.txt -e '.[dev]'")


@pytest.fixture(scope="module")
def quapy():
    """QuaPy's methods that correct label shift."""
    return pytest.importorskip("quapy.method.aggregative", reason="QuaPy is not installed: see skada")


def in_one_array(source, target):
    """Both domains as skada takes them: inputs, and 1 for the source or -2 for the target."""
    return np.concatenate([source, target]), np.repeat([1, -2], [len(source), len(target)])


def clouds(seed, count=2_000):
    """A source around 0 and a target around 0.8, with equal variances."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, 1, (count, 2)), rng.normal(0.8, 1, (count, 2))


def probabilities(shares, seed, count=3_000):
    """Labels with these shares, and what a fair but unreliable classifier would say about them."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(CLASSES, count, p=shares)
    logits = 2 * rng.normal(2 * np.eye(CLASSES)[labels], 1)
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True), labels


def test_coral_agrees_with_skada(skada):
    """skada has no ridge, and moves the target to mean 0 instead of the source to the target's mean."""
    rng = np.random.default_rng(0)
    source, target = (rng.normal(size=(300, 4)) @ rng.normal(size=(4, 4)) + rng.normal(size=4) for _ in range(2))
    inputs, domains = in_one_array(source, target)
    theirs = skada.CORALAdapter(reg=None).fit_transform(inputs, sample_domain=domains)[: len(source)]
    ours = adaptation.coral(source, target, ridge=1e-12) - target.mean(axis=0)
    np.testing.assert_allclose(ours, theirs, atol=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_expectation_maximization_agrees_with_quapy(seed, quapy):
    target, _ = probabilities(TARGET_SHARES, seed)
    theirs, _ = quapy.EMQ.EM(SOURCE_SHARES, target, epsilon=1e-10)
    np.testing.assert_allclose(label_shift.shares_by_em(target, SOURCE_SHARES), theirs, atol=1e-6)


@pytest.mark.parametrize("hard", [True, False])
def test_black_box_estimates_agree_with_quapy(hard, quapy):
    """QuaPy calls them adjusted classify and count (ACC), and with probabilities PACC."""
    (source, labels), (target, _) = probabilities(SOURCE_SHARES, 0), probabilities(TARGET_SHARES, 1)
    if hard:
        rates = quapy.ACC.getPteCondEstim(np.arange(CLASSES), labels, source.argmax(axis=1))
        source, target = (np.eye(CLASSES)[each.argmax(axis=1)] for each in (source, target))
    else:
        rates = quapy.PACC.getPteCondEstim(np.arange(CLASSES), labels, source)
    theirs = quapy.ACC.solve_adjustment(rates, target.mean(axis=0), method="inversion", solver="exact-raise")
    np.testing.assert_allclose(label_shift.shares_by_bbse(source, labels, target), theirs, atol=1e-9)


def test_importance_weights_agree_with_skadas_where_both_models_are_right(skada):
    """For two normal distributions of equal variance, logistic regression is exact, and so is skada's density ratio."""
    source, target = clouds(0)
    inputs, domains = in_one_array(source, target)
    fitted = skada.GaussianReweightAdapter().fit(inputs, sample_domain=domains)
    theirs = fitted.compute_weights(inputs, sample_domain=domains)[: len(source)]
    ours = adaptation.importance_weights(source, target)
    assert np.corrcoef(np.log(ours), np.log(theirs))[0, 1] > 0.99
    np.testing.assert_allclose(ours.mean(), 1)
    means = [np.average(source, axis=0, weights=weights) for weights in (ours, theirs)]
    np.testing.assert_allclose(means[0], means[1], atol=0.1)


def test_weights_lead_toward_the_target():
    source, target = clouds(1)
    weights = adaptation.importance_weights(source, target)
    before, after = (abs(np.average(source, axis=0, weights=each) - target.mean(axis=0)) for each in (None, weights))
    assert (after < before / 4).all()
