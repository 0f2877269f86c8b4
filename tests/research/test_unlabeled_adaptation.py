"""Adaptation without labels: what each method changes, what it sees, and how rare classes become."""

import keras
import numpy as np
import pytest
from planned_contrasts import missing_terms

from tlcourse.datasets import LabeledImages, galaxies
from tlcourse.domains import adaptation
from tlcourse.networks import batch_norms, small_cnn
from tlcourse.research import entropy_minimization, unlabeled_adaptation

LARGEST_SEED = 2**31 - 1
ARMS = {"source_only", "batch_norm", "tent", "head", "standardized", "coral", "coral_once", "oracle"}


@pytest.fixture
def network():
    """An untrained network with dropout, which is off where entropy is minimized."""
    keras.utils.set_random_seed(1)
    return small_cnn(4, (4, 8), dropout=0.5, augment=False, size=16)


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3), dtype=np.uint8)


def test_minimized_entropy_is_lower_and_only_batch_norms_have_changed(network, noise):
    before = network.get_weights()
    adapted = entropy_minimization.minimize_entropy(network, noise, 0, rate=1e-2, epochs=10)
    start = adaptation.adapt_batch_norm(network, noise)
    assert entropy_minimization.mean_entropy(adapted, noise) < 0.8 * entropy_minimization.mean_entropy(start, noise)
    for kept, weights in zip(before, network.get_weights(), strict=True):
        assert np.array_equal(kept, weights)  # the network itself is left as it was
    normalizing = set(map(id, batch_norms(adapted)))
    for layer, original in zip(adapted.layers, network.layers, strict=True):
        changed = [not np.array_equal(*pair) for pair in zip(layer.get_weights(), original.get_weights(), strict=True)]
        assert all(changed) if id(layer) in normalizing else not any(changed), layer.name


def test_at_rate_0_only_the_statistics_are_adapted(network, noise):
    """What is left of TENT without training is AdaBN."""
    start = entropy_minimization.minimize_entropy(network, noise, 0, rate=0.0, epochs=1)
    expected = adaptation.adapt_batch_norm(network, noise)
    for mine, other in zip(start.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-6)


def test_entropy_needs_a_batch_norm(noise):
    bare = keras.Sequential([keras.Input((16, 16, 3)), keras.layers.Flatten(), keras.layers.Dense(2)], name="bare")
    with pytest.raises(ValueError, match="bare has no BatchNormalization"):
        entropy_minimization.minimize_entropy(bare, noise, 0)


def test_entropy_is_that_of_the_predictions():
    logits = keras.Input((2,))
    certain, even = np.float32([[0, 50]]), np.float32([[3, 3]])
    identity = keras.Model(logits, keras.layers.Activation("linear")(logits))
    assert entropy_minimization.mean_entropy(identity, certain) == pytest.approx(0, abs=1e-6)
    assert entropy_minimization.mean_entropy(identity, np.concatenate([certain, even])) == pytest.approx(np.log(2) / 2)


def clouds(rng, count=1000):
    """Ten independent features of mean 0 and spread 1; the sign of the first one is the class."""
    labels = np.arange(count) % 2
    features = rng.normal(size=(count, 10))
    features[:, 0] = 2 * labels - 1 + 0.1 * features[:, 0]
    return features, labels


@pytest.mark.parametrize(
    ("change", "enough"),
    [
        (np.diag([5, 0.2, *[1] * 8]), {"standardized", "coral"}),  # other units
        (np.eye(10) + 0.3, {"coral"}),  # mixed features: they correlate, each in its own units as before
    ],
)
def test_standardizing_undoes_other_units_and_only_coral_correlations(change, enough):
    rng = np.random.default_rng(0)
    (source, labels), (new, new_labels), (tested, truth) = clouds(rng), clouds(rng), clouds(rng)
    moved = [part @ change + np.arange(10) for part in (new, tested)]
    chosen = unlabeled_adaptation.from_features(source, *moved, labels, new_labels)
    accuracies = {arm: (each == truth).mean() for arm, each in chosen.items()}
    assert accuracies["oracle"] > 0.99
    assert {arm for arm in ("standardized", "coral") if accuracies[arm] > 0.98} == enough, accuracies
    assert accuracies["standardized"] > 0.85


def test_the_head_alone_fails_where_features_have_moved():
    rng = np.random.default_rng(0)
    (source, labels), (new, new_labels), (tested, truth) = clouds(rng), clouds(rng), clouds(rng)
    chosen = unlabeled_adaptation.from_features(source, new + 3, tested + 3, labels, new_labels)
    assert (chosen["head"] == truth).mean() < 0.6
    assert (chosen["standardized"] == truth).mean() > 0.99


def test_a_mix_has_frequent_and_rare_classes_and_each_is_frequent_once():
    for classes in (4, 10):
        balanced, unbalanced = (unlabeled_adaptation.counts(classes, ratio) for ratio in (1, 100))
        assert set(balanced) <= {150 // classes, 150 // classes + 1}
        assert abs(unbalanced.sum() - 150) <= classes
        assert unbalanced[0] > 40 * unbalanced[-1] >= 40
        assert (np.diff(unbalanced) <= 0).all()
        orders = unlabeled_adaptation.orders(classes, LARGEST_SEED)
        assert len({order[0] for order in orders}) == len(orders) == 4
        assert all(sorted(order) == list(range(classes)) for order in orders)


def test_the_parts_of_a_shift_share_no_image_and_stages_share_no_digit(monkeypatch):
    monkeypatch.setattr(unlabeled_adaptation, "GLYPHS_EACH", 2)
    monkeypatch.setattr(unlabeled_adaptation, "SOURCE_TEST_EACH", 2)
    stages = [unlabeled_adaptation.handwriting(LARGEST_SEED, stage) for stage in (0, 1)]
    parts = [part for shift in stages for part in (shift.pool, shift.test)]
    assert sum(map(len, parts)) == 1797
    images = [{image.tobytes() for image in part.images} for part in parts]
    twins = 1797 - len(set.union(*images))  # digits that look the same to the last pixel
    assert sum(map(len, images)) - len(set.union(*images)) <= twins <= 1
    for shift in stages:
        assert (np.bincount(shift.pool.labels) == unlabeled_adaptation.largest_class(10)).all()
        assert np.bincount(shift.test.labels).min() >= 10


@pytest.fixture
def tiny(monkeypatch):
    """Few images, and networks that are not trained."""
    monkeypatch.setattr(
        "tlcourse.scenario_network.train", lambda data, seed: small_cnn(len(data.class_names), (2, 2, 2, 2))
    )
    sizes = {"GALAXIES_EACH": 3, "GLYPHS_EACH": 3, "SOURCE_TEST_EACH": 2, "GALAXIES_TEST_EACH": 2, "MIXES": 2}
    for name, value in {**sizes, "UNLABELED": 20, "RATES": (1e-3,)}.items():
        monkeypatch.setattr(unlabeled_adaptation, name, value)
    original = entropy_minimization.minimize_entropy
    monkeypatch.setattr(entropy_minimization, "minimize_entropy", lambda *args: original(*args, epochs=1))


@pytest.mark.slow
def test_a_run_gives_what_the_contrasts_name(tiny):
    result = unlabeled_adaptation.run(LARGEST_SEED)
    assert missing_terms("test_time_adaptation", result) == []
    for task in unlabeled_adaptation.SHIFTS:
        assert set(result[task]) == {"source", "balanced", "unbalanced", "unbalanced_recall"}
        assert all(set(result[task][mix]) == ARMS for mix in ("balanced", "unbalanced", "unbalanced_recall"))
    developed = unlabeled_adaptation.develop(0)
    assert all(set(developed[task]["tent_rates"]) == {"0.001"} for task in unlabeled_adaptation.SHIFTS)


def test_accuracy_of_a_mix_is_that_of_the_classes_it_has(monkeypatch):
    """Four classes with recalls 1, 0, 0, 0, whose shares are those of the mix."""
    data = LabeledImages(np.zeros((400, 8, 8, 3), np.uint8), np.repeat(np.arange(4), 100), tuple("abcd"), "none")
    shift = unlabeled_adaptation.Shift(data, data, data, data)
    monkeypatch.setattr(unlabeled_adaptation, "arms", lambda model, shift, new, seed: {"arm": np.array([1, 0, 0, 0])})
    monkeypatch.setattr(unlabeled_adaptation, "UNLABELED", 100)
    wanted = unlabeled_adaptation.counts(4)
    by_order = {
        first: unlabeled_adaptation._unbalanced(None, shift, np.roll(np.arange(4), first), 0)["arm"]
        for first in range(4)
    }
    assert by_order[0] == (pytest.approx(wanted[0] / wanted.sum()), 0.25)
    assert by_order[1] == (pytest.approx(wanted[1] / wanted.sum()), 0.25)
    assert by_order[3] == (pytest.approx(wanted[3] / wanted.sum()), 0.25)


def test_the_telescopes_see_other_galaxies_in_each_part(monkeypatch):
    seeds = []
    monkeypatch.setattr(galaxies, "observe", lambda each, seed, telescope=galaxies.SHARP: seeds.append(seed))
    for stage in (0, 1):
        unlabeled_adaptation.telescopes(LARGEST_SEED, stage)
    assert len(set(seeds)) == len(seeds) == 8
