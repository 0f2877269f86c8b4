"""The decision rule against independent calculations, and how often it errs on simulated data."""

import itertools

import numpy as np
import pytest
from scipy import stats

from tlcourse.building import contrasts, verdicts
from tlcourse.stats import summary

MARGIN = 0.02
STATED = {
    "shows": "gain",
    "record": "tiny",
    "value": "with - without",
    "claimed": "above",
    "margin": MARGIN,
    "why": "two images in a hundred",
    "n": 5,
    "scope": "one task",
    "tasks": ["digits", "galaxies"],
}


def primary(**changes):
    return verdicts.primary_of({"primary": STATED | changes}, {"tiny": "0" * 40})


def decided(effects):
    """The region of a single contrast, or None."""
    region, p_value = verdicts.decide(effects, MARGIN)
    return region if p_value <= verdicts.LEVEL else None


@pytest.mark.parametrize("seed", range(60))
def test_a_verdict_names_the_region_that_contains_the_interval(seed):
    rng = np.random.default_rng(seed)
    effects = rng.normal(rng.uniform(-0.06, 0.06), rng.uniform(0.001, 0.05), rng.integers(3, 21))
    half = stats.t.ppf(0.975, len(effects) - 1) * effects.std(ddof=1) / np.sqrt(len(effects))
    low, high = effects.mean() - half, effects.mean() + half
    inside = {"above": low > MARGIN, "below": high < -MARGIN, "within": low > -MARGIN and high < MARGIN}
    assert decided(effects) == next((region for region in inside if inside[region]), None)


@pytest.mark.parametrize(
    ("effects", "region"),
    [
        ([0.05, 0.051, 0.049, 0.05, 0.05], "above"),
        ([-0.05, -0.051, -0.049, -0.05, -0.05], "below"),
        ([0.001, -0.001, 0.002, 0.0, -0.002], "within"),
        ([0.03, 0.01, 0.05, -0.01, 0.02], None),  # the interval holds the margin
        ([0.2, -0.2, 0.1, -0.1, 0.0], None),
        ([0.05] * 5, "above"),
        ([0.0] * 5, "within"),
        ([MARGIN] * 5, None),
    ],
)
def test_regions_by_hand(effects, region):
    assert decided(effects) == region


def test_no_wider_interval_turns_no_difference_into_equivalence():
    rng = np.random.default_rng(1)
    assert decided(rng.normal(0, 0.005, 10)) == "within"
    assert decided(rng.normal(0, 0.2, 10)) is None


@pytest.mark.parametrize(
    ("claimed", "by_region"),
    [
        ("above", {"above": "supported", "below": "contradicted", "within": "equivalent"}),
        ("below", {"above": "contradicted", "below": "supported", "within": "equivalent"}),
        ("equal", {"above": "contradicted", "below": "contradicted", "within": "supported"}),
    ],
)
def test_the_verdict_depends_on_what_is_claimed(claimed, by_region):
    assert {region: verdicts.verdict(primary(claimed=claimed), region) for region in by_region} == by_region


def by_closed_testing(p_values):
    """Holm's p-values as a closed test: of all families that contain a hypothesis, the largest Bonferroni p-value."""
    families = [
        family for size in range(len(p_values)) for family in itertools.combinations(range(len(p_values)), size + 1)
    ]
    bonferroni = {family: min(1, len(family) * min(p_values[place] for place in family)) for family in families}
    return [max(bonferroni[family] for family in families if place in family) for place in range(len(p_values))]


@pytest.mark.parametrize("seed", range(20))
def test_holm_is_the_closed_test_of_bonferroni(seed):
    rng = np.random.default_rng(seed)
    p_values = (rng.random(rng.integers(1, 8)) ** 3).round(3)  # with ties
    np.testing.assert_allclose(verdicts.holm(p_values), by_closed_testing(p_values))


def test_holm_by_hand_and_of_nothing():
    assert verdicts.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert verdicts.holm([]) == []


def wrong(true, region):
    """Whether an effect does not lie in a region; at a margin it lies in none."""
    return not {"above": true > MARGIN, "below": true < -MARGIN, "within": abs(true) < MARGIN}[region]


def errs(true_effects, rng, shared):
    """Whether any verdict of a family is wrong; the effects of a seed have `shared` of their variance in common."""
    count, seeds = len(true_effects), 5
    noise = np.sqrt(shared) * rng.normal(size=(1, seeds)) + np.sqrt(1 - shared) * rng.normal(size=(count, seeds))
    decisions = [verdicts.decide(true + 0.03 * row, MARGIN) for true, row in zip(true_effects, noise, strict=True)]
    adjusted = verdicts.holm([p_value for _, p_value in decisions])
    return any(
        p_value <= verdicts.LEVEL and wrong(true, region)
        for true, (region, _), p_value in zip(true_effects, decisions, adjusted, strict=True)
    )


@pytest.mark.parametrize("shared", [0, 0.7])
@pytest.mark.parametrize("true_effects", [[MARGIN] * 4, [MARGIN, -MARGIN, 0.3, 0.0]])
def test_how_often_a_small_family_errs_is_consistent_with_five_percent(true_effects, shared):
    """At the margin every verdict but "inconclusive" is wrong, so this is the worst case."""
    rng, families = np.random.default_rng(0), 100
    rate = np.mean([errs(true_effects, rng, shared) for _ in range(families)])
    assert rate <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / families)


def decided_at_once(effects):
    """Regions (0 above, 1 below, 2 within) and p-values of many contrasts; effects have the shape (..., seeds)."""
    count = effects.shape[-1]
    error = effects.std(axis=-1, ddof=1) / np.sqrt(count)
    from_high, from_low = (stats.t.cdf((effects.mean(axis=-1) + side) / error, count - 1) for side in (-MARGIN, MARGIN))
    one_sided = np.stack([1 - from_high, from_low, np.maximum(from_high, 1 - from_low)])
    return one_sided.argmin(axis=0), np.minimum(1, 2 * one_sided.min(axis=0))


def smallest_holm(p_values, among):
    """Whether Holm's method, in each family, decides at 0.05 about any of the contrasts in `among`."""
    order = np.argsort(p_values, axis=-1)
    factors = np.arange(p_values.shape[-1], 0, -1)
    adjusted = np.maximum.accumulate(np.take_along_axis(p_values, order, axis=-1) * factors, axis=-1)
    return (np.take_along_axis(among, order, axis=-1) & (adjusted <= verdicts.LEVEL)).any(axis=-1)


def test_the_vectorized_rule_is_that_of_the_ledger():
    effects = np.random.default_rng(1).normal(0.02, 0.03, (10, 6, 5))
    regions, p_values = decided_at_once(effects)
    names = ("above", "below", "within")
    for family in range(len(effects)):
        expected = [verdicts.decide(each, MARGIN) for each in effects[family]]
        assert [names[region] for region in regions[family]] == [region for region, _ in expected]
        np.testing.assert_allclose(p_values[family], [p_value for _, p_value in expected], atol=1e-9)
        adjusted = np.array(verdicts.holm(p_values[family]))
        everyone = np.ones((1, 6), dtype=bool)
        assert smallest_holm(p_values[family][None], everyone)[0] == (adjusted <= verdicts.LEVEL).any()


@pytest.mark.slow
@pytest.mark.parametrize("shared", [0, 0.7])
@pytest.mark.parametrize("cycle", [[MARGIN], [MARGIN, -MARGIN], [MARGIN, -MARGIN, 0.3, 0.0, MARGIN]])
def test_how_often_a_family_of_thirty_errs_is_consistent_with_five_percent(cycle, shared):
    """As many contrasts as the ledger has; 20,000 families leave a tolerance of half a percentage point."""
    true, families, seeds, rng = np.resize(cycle, 30), 20_000, 5, np.random.default_rng(0)
    common, own = rng.normal(size=(families, 1, seeds)), rng.normal(size=(families, 30, seeds))
    regions, p_values = decided_at_once(true[:, None] + 0.03 * (np.sqrt(shared) * common + np.sqrt(1 - shared) * own))
    right = np.stack([true > MARGIN, true < -MARGIN, np.abs(true) < MARGIN])
    rate = smallest_holm(p_values, ~right[regions, np.arange(30)]).mean()
    assert rate <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / families)


@pytest.mark.parametrize(("true", "seeds"), [(0.06, 5), (0.06, 10), (0.04, 10)])
def test_the_power_is_that_of_the_noncentral_t(true, seeds):
    """An independent formula for how often the interval clears the margin."""
    deviation, runs, rng = 0.03, 300, np.random.default_rng(0)
    power = stats.nct.sf(stats.t.ppf(0.975, seeds - 1), seeds - 1, (true - MARGIN) / deviation * np.sqrt(seeds))
    rate = np.mean([decided(rng.normal(true, deviation, seeds)) == "above" for _ in range(runs)])
    assert abs(rate - power) < 3.5 * np.sqrt(power * (1 - power) / runs)


@pytest.mark.parametrize(("true", "region"), [(0.08, "above"), (-0.07, "below"), (0.0, "within"), (0.005, "within")])
def test_that_many_seeds_decide_four_times_out_of_five(true, region):
    deviation, runs, rng = 0.025, 2000, np.random.default_rng(0)
    effect = contrasts.Interval(true, true, true)
    measured = verdicts.MeasuredContrast(effect, (true, true), deviation, region, 1.0)
    seeds = verdicts.seeds_to_decide(measured, MARGIN)

    def rate(count):
        regions, p_values = decided_at_once(rng.normal(true, deviation, (runs, count)))
        right = regions == ("above", "below", "within").index(region)
        return np.mean(right & (p_values <= verdicts.LEVEL / verdicts.REGISTERED))

    tolerance = 3 * np.sqrt(verdicts.POWER * (1 - verdicts.POWER) / runs)
    assert rate(seeds) > verdicts.POWER - tolerance
    assert rate(round(0.75 * seeds)) < verdicts.POWER - tolerance
    assert verdicts.seeds_to_decide(measured._replace(deviation=100 * deviation), MARGIN) is None
    assert verdicts.seeds_to_decide(measured._replace(deviation=0.0), MARGIN) is None


def test_equivalence_is_found_where_the_difference_is_small():
    rng = np.random.default_rng(0)
    regions = [decided(rng.normal(0, 0.01, 10)) for _ in range(100)]
    assert regions.count("within") > 95  # the half-width is about 0.007, and the margin 0.02
    assert set(regions) <= {"within", None}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"claimed": "better"}, "is not one of above, below, equal"),
        ({"margin": 0}, "not a positive number"),
        ({"margin": "small"}, "not a positive number"),
        ({"n": 1}, "not a number of seeds"),
        ({"tasks": []}, "must not be empty"),
        ({"scope": ""}, "must not be empty"),
        ({"real": "photos"}, "not one of its tasks"),
        ({"real_value": "with"}, "real_value needs real, the task"),
        ({"teachers": 0}, "not a number of teachers"),
        ({"interval": "bootstrap"}, "has unknown keys \\['interval'\\]"),
    ],
)
def test_a_contrast_that_is_not_well_formed_is_named(changes, words):
    with pytest.raises(ValueError, match=words):
        primary(**changes)


def test_a_contrast_that_lacks_its_margin_is_named():
    with pytest.raises(ValueError, match="lacks \\['margin'\\]"):
        verdicts.primary_of({"primary": {key: part for key, part in STATED.items() if key != "margin"}}, {})


def test_a_contrast_of_an_unregistered_record_is_exploratory():
    assert not primary().exploratory
    assert primary(exploratory=True).exploratory
    assert primary(value="with - other:without").exploratory
    assert verdicts.primary_of({"primary": STATED}, {}).exploratory


class TinyRecords:
    """Six seeds with, without, and with a wide interval."""

    def exists(self, name):
        return name == "tiny"

    def entry(self, name, path):
        values = {"with": [0.9, 0.91, 0.92, 0.9, 0.91, 0.1], "without": [0.5, 0.5, 0.53, 0.52, 0.5, 0.9]}
        return summary(values.get(path, [0.1, 0.9, 0.95, 0.9, 0.99, 0.5]))


def test_the_first_n_seeds_count_and_the_reference_is_subtracted():
    outcome = verdicts.outcome(TinyRecords(), primary(reference=0.1))
    assert outcome.effect == contrasts.interval_of([0.3, 0.31, 0.29, 0.28, 0.31])
    assert outcome.region == "above"
    low, high = outcome.one_more
    assert low < outcome.effect.low < outcome.effect.high < high


def test_too_few_seeds_are_named_and_no_record_is_no_outcome():
    with pytest.raises(ValueError, match="n = 7, but its records have 6 seeds"):
        verdicts.outcome(TinyRecords(), primary(n=7))
    assert verdicts.outcome(TinyRecords(), primary(value="with - other:without")) is None


GENERAL = {"real": "digits", "real_value": "with - without", "teachers": 2}


@pytest.mark.parametrize(
    ("changes", "general"),
    [
        ({}, True),
        ({"teachers": 1}, False),
        ({"tasks": ["digits"]}, False),
        ({"real_value": "with - with"}, False),  # the real task alone shows no difference
        ({"real_value": "without - with"}, False),  # and here the opposite one
        ({"real_value": "with - wide"}, False),  # and here its own interval crosses the margin
    ],
)
def test_a_verdict_is_general_with_several_teachers_and_the_real_task_in_the_same_region(changes, general):
    stated = primary(**(GENERAL | changes))
    assert verdicts.is_general(stated, verdicts.outcome(TinyRecords(), stated)) == general


def test_without_the_contrast_of_the_real_task_no_verdict_is_general():
    stated = primary(real="digits", teachers=2)
    assert not verdicts.is_general(stated, verdicts.outcome(TinyRecords(), stated))


def test_the_real_task_needs_its_record():
    assert verdicts.outcome(TinyRecords(), primary(**(GENERAL | {"real_value": "with - other:without"}))) is None
