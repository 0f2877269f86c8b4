"""The domain scenarios: their parts do what they say, and the experiments run and give what is recorded."""

import numpy as np
import pytest

from tlcourse.data import results
from tlcourse.datasets import digits, galaxies, glyphs


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


def test_exchanged_colors_are_the_same_galaxies():
    from tlcourse.research import dataset_bias

    data = galaxies.observe(2, 0)
    other = dataset_bias.exchanged(data)
    assert np.array_equal(other.images[..., 0], data.images[..., 2])
    assert np.array_equal(other.images[..., 1], data.images[..., 1])
    assert np.array_equal(dataset_bias.exchanged(other).images, data.images)


def test_copies_are_the_same_galaxies_turned_mirrored_moved_and_dimmed():
    from tlcourse.domains import clustering

    data = galaxies.observe(1, 0)
    copied = clustering.copies(data, 6, seed=0)
    assert copied.labels.tolist() == [place for place in range(4) for _ in range(6)]
    assert copied.source == data.source
    assert len(np.unique(copied.images, axis=0)) == 24
    for image, label in zip(copied.images, copied.labels, strict=True):
        before, after = (np.sort(part, axis=None).astype(float) for part in (data.images[label], image))
        dimmed = (before @ after) / (before @ before)
        assert 0.69 < dimmed < 1.01
        np.testing.assert_allclose(after, dimmed * before, atol=1)


def test_agreement_is_1_for_the_classes_themselves_and_0_by_chance():
    from tlcourse.domains import clustering

    labels = np.repeat(np.arange(4), 30)
    rng = np.random.default_rng(0)
    apart = 10 * np.eye(4)[labels] + rng.normal(size=(120, 4))
    assert clustering.agreement(apart, labels, 0) == 1
    assert abs(clustering.agreement(apart, rng.permutation(labels), 0)) < 0.1


def test_instance_weights_are_near_the_true_ratio_of_densities_and_give_the_recorded_results():
    from scipy import stats

    from tlcourse.domains import covariate_shift
    from tlcourse.research import instance_weights

    source, _, target, _ = covariate_shift.sample_domains(0)
    truth = stats.norm.pdf(source, 1.5, 0.5) / stats.norm.pdf(source, 0, 1)
    assert (
        np.corrcoef(instance_weights.density_ratios(source, target), truth.clip(max=instance_weights.LARGEST))[0, 1]
        > 0.9
    )
    for name, value in instance_weights.run(3).items():
        np.testing.assert_allclose(value, results("instances")[name]["values"][3], atol=2e-5)


@pytest.mark.slow
def test_the_small_network_learns():
    from tlcourse import scenario_network
    from tlcourse.research import headline

    train, test = (glyphs.glyphs("IO", 40, seed, glyphs.PRINTED) for seed in (0, 1))
    model = scenario_network.train(train, 0, epochs=6)
    assert headline.accuracy(model, test) > 0.75  # chance gives 0.5
    assert scenario_network.vectors(model, test).shape == (80, 288)


TINY_SIZES = {
    "two_telescopes": {"IMAGES_EACH": 8, "UNLABELED_EACH": 6, "TEST_EACH": 4},
    "other_labels": {"IMAGES_EACH": 2, "TEST_EACH": 3},
    "clusters": {"SOURCE_EACH": 2, "COPIES": 3, "TARGET_EACH": 3},
    "dataset_bias": {"FEW": 4, "TEST_EACH": 3},
    "simulation": {"SIMULATED_EACH": 3},
    "transfer_matrix": {"PEOPLE": 3, "TESTS": 2},
    "two_languages": {"REVIEWS": 400, "TEST_REVIEWS": 20},
}


@pytest.fixture
def tiny(monkeypatch):
    """The experiments on so few images, with networks that are not trained, that they only show that they run."""
    import keras

    from tlcourse import scenario_network
    from tlcourse.networks import small_cnn
    from tlcourse.research import two_telescopes

    def untrained(data, seed, epochs=1):
        keras.utils.set_random_seed(seed)
        return small_cnn(len(data.class_names), scenario_network.WIDTHS, augment=False)

    monkeypatch.setattr(scenario_network, "train", untrained)
    for module, sizes in TINY_SIZES.items():
        for name, value in sizes.items():
            monkeypatch.setattr(f"tlcourse.research.{module}.{name}", value)
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
def test_an_experiment_gives_the_recorded_results(tiny, name):
    from tlcourse.research import registry

    record = results(name)
    assert _paths(registry.EXPERIMENTS[name].run(3)) == _paths(
        {key: value for key, value in record.items() if key != "provenance"}
    )


def _paths(content):
    if not isinstance(content, dict) or "ci95" in content:
        return {()}
    return {(key, *rest) for key, part in content.items() for rest in _paths(part)}
