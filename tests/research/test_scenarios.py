"""The domain scenarios: what is on record says what the course says of them, and the experiments run."""

import numpy as np
import pytest

from tlcourse.data import results
from tlcourse.datasets import digits, galaxies, glyphs
from tlcourse.stats import paired_difference


def _surely_better(record, first, second):
    """Whether the 95 % interval of first - second, seed by seed, lies above 0; names are paths such as "a.b"."""
    values = []
    for path in (first, second):
        part = record
        for key in path.split("."):
            part = part[key]
        values.append(part["values"])
    return paired_difference(*values)["ci95"][0] > 0


@pytest.mark.parametrize(
    ("name", "better", "worse"),
    [
        # a drop, a repair, and what it does not reach
        ("two_languages", "reviews.english", "reviews.unaligned"),
        ("two_languages", "reviews.aligned.80", "reviews.unaligned"),
        ("two_languages", "reviews.aligned.40", "reviews.wrong_dictionary"),
        ("two_languages", "reviews.aligned.40", "reviews.word_by_word"),
        ("two_languages", "reviews.spanish_labels", "reviews.aligned.80"),
        ("two_languages", "handwritten.aligned.80", "handwritten.unaligned"),
        ("two_telescopes", "sharp", "blurred"),
        ("two_telescopes", "batch_norm", "blurred"),
        ("two_telescopes", "features.coral", "features.plain"),
        ("two_telescopes", "features.with_labels", "features.importance"),
        ("two_telescopes", "features.plain", "features.importance"),  # the repair that harms
        ("other_labels", "coarse.teacher", "fine.old_head"),
        ("other_labels", "fine.new_head", "fine.old_head"),
        ("other_labels", "fine.new_head", "fine.scratch"),
        ("label_shift", "no_shift", "moved.nothing"),
        ("label_shift", "moved.expectation_maximisation", "moved.nothing"),
        ("label_shift", "moved.black_box", "moved.nothing"),
        ("label_shift", "moved.oversampling", "moved.nothing"),
        ("label_shift", "moved.labels", "moved.true_shares"),
        ("label_shift", "balanced.oversampling", "balanced.nothing"),
        ("label_shift", "balanced.nothing", "balanced.expectation_maximisation"),  # a repair has its price
        ("simulation", "simulated.printed", "real.printed"),
        ("simulation", "real.scanned", "real.handwritten"),
        ("simulation", "real_labels", "real.scanned"),
        ("simulation", "real_labels", "real_only"),
        ("instances", "plain", "weighted"),
        ("clusters", "unlabelled", "pixels"),
        ("transfer_matrix", "faces.faces.accuracy", "faces.none.scratch"),
        ("transfer_matrix", "greek.letters.accuracy", "greek.none.scratch"),
        ("transfer_matrix", "galaxies.galaxies.accuracy", "galaxies.none.scratch"),
        ("transfer_matrix", "digits.none.scratch", "digits.faces.accuracy"),  # negative transfer ...
        ("transfer_matrix", "greek.none.scratch", "greek.faces.accuracy"),
        ("transfer_matrix", "galaxies.none.scratch", "galaxies.faces.accuracy"),
        ("transfer_matrix", "faces.none.scratch", "faces.galaxies.accuracy"),
        ("transfer_matrix", "digits.letters.log_me", "digits.faces.log_me"),  # ... which the score announces
        ("transfer_matrix", "digits.chosen.log_me", "digits.faces.accuracy"),  # ... and choosing by it repairs
        ("dataset_bias", "biased.teacher.usual", "biased.teacher.exchanged"),
        ("dataset_bias", "neutral.teacher.exchanged", "biased.teacher.exchanged"),
        ("dataset_bias", "neutral.student.exchanged", "biased.student.exchanged"),
    ],
)
def test_what_is_onresults(name, better, worse):
    assert _surely_better(results(name), better, worse)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("two_telescopes", "features.with_labels", "features.coral"),
        ("clusters", "labelled", "unlabelled"),
        ("simulation", "real.handwritten", "real.printed"),
        ("simulation", "batch_norm", "real.scanned"),
        ("dataset_bias", "biased.student.usual", "neutral.student.usual"),
        ("dataset_bias", "neutral.student.usual", "neutral.student.exchanged"),
        ("transfer_matrix", "faces.letters.accuracy", "faces.none.scratch"),
        ("transfer_matrix", "digits.letters.accuracy", "digits.none.scratch"),
        ("transfer_matrix", "digits.galaxies.accuracy", "digits.none.scratch"),
        ("transfer_matrix", "greek.galaxies.accuracy", "greek.none.scratch"),
        ("transfer_matrix", "galaxies.letters.accuracy", "galaxies.none.scratch"),
        ("transfer_matrix", "digits.chosen.log_me", "digits.none.scratch"),
    ],
)
def test_where_unit_05_says_that_no_difference_can_be_told(name, one, other):
    record = results(name)
    assert not _surely_better(record, one, other)
    assert not _surely_better(record, other, one)


def test_the_distance_of_domains_picks_the_worst_teacher_for_digits_in_four_draws_of_five():
    record = results("transfer_matrix")["digits"]
    assert np.equal(record["chosen"]["a_distance"]["values"], record["faces"]["accuracy"]["values"]).sum() == 4


@pytest.mark.slow
def test_label_shift_uses_no_digit_twice(monkeypatch):
    from tlcourse.research import unbalanced_classes

    seen = {}
    monkeypatch.setattr(unbalanced_classes, "_measured", lambda parts, seed: seen.update(parts) or {})
    unbalanced_classes.run(99)
    pixels = np.concatenate([part[0] for part in seen.values()])
    everything = digits.load().images[..., 0].reshape(-1, 8, 6, 8, 6).mean(axis=(2, 4)).reshape(1797, -1)
    assert len(np.unique(pixels, axis=0)) >= len(pixels) - (1797 - len(np.unique(everything, axis=0)))
    train, moved = (np.bincount(seen[name][1], minlength=10) for name in ("train", "moved"))
    assert train.argmax() == moved.argmin()
    assert train.max() > 8 * train.min()


def test_exchanged_colours_are_the_same_galaxies():
    from tlcourse.research import dataset_bias

    data = galaxies.observe(2, 0)
    other = dataset_bias.exchanged(data)
    assert np.array_equal(other.images[..., 0], data.images[..., 2])
    assert np.array_equal(other.images[..., 1], data.images[..., 1])
    assert np.array_equal(dataset_bias.exchanged(other).images, data.images)


def test_copies_are_the_same_galaxies_turned_mirrored_moved_and_dimmed():
    from tlcourse.domains import clustering

    data = galaxies.observe(1, 0)
    copied = clustering.copies(data.images, 6, seed=0)
    assert copied.labels.tolist() == [place for place in range(4) for _ in range(6)]
    assert len(np.unique(copied.images, axis=0)) == 24
    for image, label in zip(copied.images, copied.labels, strict=True):
        before, after = (np.sort(part, axis=None).astype(float) for part in (data.images[label], image))
        dimmed = (before @ after) / (before @ before)
        assert 0.69 < dimmed < 1.01
        np.testing.assert_allclose(after, dimmed * before, atol=1)


def test_agreement_is_one_for_the_classes_themselves_and_nothing_by_lot():
    from tlcourse.domains import clustering

    labels = np.repeat(np.arange(4), 30)
    rng = np.random.default_rng(0)
    apart = 10 * np.eye(4)[labels] + rng.normal(size=(120, 4))
    assert clustering.agreement(apart, labels, 0) == 1
    assert abs(clustering.agreement(apart, rng.permutation(labels), 0)) < 0.1


def test_instance_weights_are_near_the_true_ratio_of_densities_and_give_what_is_on_record():
    from scipy import stats

    from tlcourse.domains import instances
    from tlcourse.research import instance_weights

    source, _, target, _ = instances.drawn_domains(0)
    truth = stats.norm.pdf(source, 1.5, 0.5) / stats.norm.pdf(source, 0, 1)
    assert np.corrcoef(instances.weights(source, target), truth.clip(max=instances.LARGEST))[0, 1] > 0.9
    for name, value in instance_weights.run(3).items():
        np.testing.assert_allclose(value, results("instances")[name]["values"][3], atol=2e-5)


@pytest.mark.slow
def test_the_small_network_learns():
    from tlcourse import small_network
    from tlcourse.research import headline

    train, test = (glyphs.glyphs("IO", 40, seed, glyphs.PRINTED) for seed in (0, 1))
    model = small_network.train(train, 0, epochs=6)
    assert headline.accuracy(model, test) > 0.9
    assert small_network.vectors(model, test).shape == (80, 288)


@pytest.fixture
def tiny(monkeypatch):
    """The experiments on so few pictures, with networks that are not trained, that they only show that they run."""
    import keras

    from tlcourse import small_network
    from tlcourse.networks import small_cnn
    from tlcourse.research import (
        clusters,
        dataset_bias,
        other_labels,
        simulation,
        transfer_matrix,
        two_languages,
        two_telescopes,
    )

    def untrained(data, seed, epochs=1):
        keras.utils.set_random_seed(seed)
        return small_cnn(len(data.class_names), small_network.WIDTHS, augment=False)

    monkeypatch.setattr(small_network, "train", untrained)
    for module, sizes in {
        two_telescopes: {"IMAGES_EACH": 8, "UNLABELLED_EACH": 6, "TEST_EACH": 4},
        other_labels: {"IMAGES_EACH": 2, "TEST_EACH": 3},
        clusters: {"SOURCE_EACH": 2, "COPIES": 3, "TARGET_EACH": 3},
        dataset_bias: {"FEW": 4, "TEST_EACH": 3},
        simulation: {"SIMULATED_EACH": 3},
        transfer_matrix: {"PEOPLE": 3, "TESTS": 2},
        two_languages: {"REVIEWS": 400, "TEST_REVIEWS": 20},
    }.items():
        for name, value in sizes.items():
            monkeypatch.setattr(module, name, value)
    two_telescopes.trained.cache_clear()
    yield
    two_telescopes.trained.cache_clear()


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "two_languages",
        "two_telescopes",
        "other_labels",
        "clusters",
        "label_shift",
        "instances",
        "dataset_bias",
        "simulation",
        "transfer_matrix",
    ],
)
def test_an_experiment_gives_what_is_onresults(tiny, name):
    from tlcourse.research import registry

    record = results(name)
    run, _ = registry.RESULTS[name]
    assert _paths(run(3)) == _paths({key: value for key, value in record.items() if key != "provenance"})


def _paths(content):
    if not isinstance(content, dict) or "ci95" in content:
        return {()}
    return {(key, *rest) for key, part in content.items() for rest in _paths(part)}
