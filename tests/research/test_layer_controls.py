"""The controls: no image in training and test, development apart, untrained networks untrained, arms that are equal."""

import numpy as np
import pytest

from tlcourse import teachers
from tlcourse.datasets import faces
from tlcourse.research import control_targets, cut_layer, initializations, layer_controls, omniglot
from tlcourse.research.control_targets import DEVELOPMENT, EVALUATION

LARGEST_SEED = 2**31 - 1


@pytest.fixture(scope="module")
def characters(mirror):
    """Omniglot, read once."""
    return omniglot.load()


@pytest.fixture
def tiny(monkeypatch, characters):
    """Tasks with a few images, and short trainings."""
    sizes = {"FACES": (3, 2, 2), "GREEK": (3, 2, 2), "GALAXIES": (8, 1, 1), "OMNIGLOT": (3, 2, 2)}
    for name, size in {**sizes, "DIGITS_EACH": 2, "DIGITS_TESTED": 20}.items():
        monkeypatch.setattr(control_targets, name, size)
    monkeypatch.setattr(omniglot, "load", lambda: characters)
    monkeypatch.setattr(layer_controls, "CALIBRATED_ON", 8)
    monkeypatch.setattr(initializations, "EPOCHS", 1)
    monkeypatch.setattr(initializations, "SMALL_EPOCHS", 1)


def as_bytes(data):
    return {image.tobytes() for image in data.images}


@pytest.mark.parametrize("seed", [0, LARGEST_SEED])
def test_no_image_is_in_training_and_test(mirror, seed):
    for name, (train, test) in control_targets.tasks(seed).items():
        assert not as_bytes(train) & as_bytes(test), name
        assert train.class_names == test.class_names
        assert set(train.labels) == set(test.labels) == set(range(len(train.class_names)))
        assert len(set(np.bincount(train.labels))) == 1
        assert train.images.shape[1:] == test.images.shape[1:] == (48, 48, 3)
        assert len(test) >= 400


def test_a_seed_gives_the_same_tasks_and_another_one_others(tiny):
    first, again, other = (control_targets.tasks(seed) for seed in (5, 5, 6))
    for name in first:
        for part in range(2):
            assert np.array_equal(first[name][part].images, again[name][part].images)
            assert not np.array_equal(first[name][part].images, other[name][part].images)


def test_development_shares_nothing_with_the_evaluation(tiny):
    people, characters, digits = ([set(), set()] for _ in range(3))
    for stage in (DEVELOPMENT, EVALUATION):
        for seed in range(5):
            tasks = control_targets.tasks(seed, stage)
            people[stage] |= set(tasks["faces"][0].class_names)
            characters[stage] |= {name.rsplit(" ", 1)[0] for name in tasks["omniglot"][0].class_names}
            digits[stage] |= as_bytes(tasks["digits"][0]) | as_bytes(tasks["digits"][1])
    assert {int(name.split()[1]) for name in people[EVALUATION]} <= set(faces.TEST_PEOPLE)
    assert {int(name.split()[1]) for name in people[DEVELOPMENT]} <= set(faces.DEVELOPMENT_PEOPLE)
    for first, second in (people, characters, digits):
        assert first
        assert second
        assert not first & second


def test_nobody_who_drew_a_training_character_drew_one_of_the_test():
    """Images whose first pixels are their drawer and character, in the layout of `omniglot.load`."""
    names = tuple(f"Greek {number:02}" for number in range(40))
    images = np.zeros((40 * 20, 48, 48, 3), np.uint8)
    images[:, 0, 0, 0], images[:, 0, 0, 1] = np.tile(np.arange(20), 40), np.repeat(np.arange(40), 20)
    data = omniglot.LabeledImages(images, np.repeat(np.arange(40), 20), names, "a test")
    train, test = control_targets.handwritten_characters(data, 0)
    drawers = [set(part.images[:, 0, 0, 0].tolist()) for part in (train, test)]
    assert list(map(len, drawers)) == [4, 16]
    assert not drawers[0] & drawers[1]
    for part in (train, test):
        assert [f"Greek {number:02}" for number in part.images[:, 0, 0, 1]] == [
            part.class_names[i] for i in part.labels
        ]


def test_untrained_networks_differ_and_are_calibrated_but_not_trained(monkeypatch):
    monkeypatch.setattr(layer_controls, "CALIBRATED_ON", 8)
    networks = layer_controls.untrained_networks(0)
    kernels = [network.get_layer("block1_conv1").get_weights()[0] for network in networks]
    teacher = teachers.load("faces_vgg16")
    for first, second in ((0, 1), (0, 2), (1, 2)):
        assert not np.allclose(kernels[first], kernels[second])
    for network in networks:
        assert [weights.shape for weights in network.get_weights()] == [
            weights.shape for weights in teacher.get_weights()
        ]
        for layer in ("block1_conv1_bn", "fc2_bn"):
            scale, shift, mean, variance = network.get_layer(layer).get_weights()
            assert (scale == 1).all()
            assert (shift == 0).all()
            assert (mean != 0).any()
            assert not np.allclose(variance, 1)
    again = layer_controls.untrained_networks(0)
    for before, after in zip(networks[2].get_weights(), again[2].get_weights(), strict=True):
        np.testing.assert_allclose(before, after, rtol=1e-4, atol=1e-5)


def test_the_linear_classifier_is_the_one_of_the_layer_experiment():
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 40)
    features = rng.normal(size=(160, 300)) + 0.25 * rng.normal(size=(4, 300))[labels]
    halves = features[::2], labels[::2], features[1::2], labels[1::2]
    assert 0.4 < cut_layer.linear_accuracy(*halves) < 1
    assert layer_controls.linear_accuracy(*halves) == pytest.approx(cut_layer.linear_accuracy(*halves), abs=0.02)


def test_the_arms_differ_below_the_head_only():
    network = initializations.augmented_vgg16(5)
    initial = network.get_weights()
    started = initializations.with_teacher(initial)
    same = [np.array_equal(before, after) for before, after in zip(initial, started, strict=True)]
    assert same[-2:] == [True, True]
    kernels = [number for number, weights in enumerate(initial[:-2]) if weights.ndim > 1]
    assert not any(same[number] for number in kernels)
    network.set_weights(started)
    for mine, of_teacher in zip(started[:-2], teachers.load("faces_vgg16").get_weights()[:-2], strict=True):
        assert np.array_equal(mine, of_teacher)


@pytest.mark.slow
def test_training_starts_from_its_own_weights_each_time(tiny):
    """An arm has the same accuracy whatever was trained before it, and the teacher's file keeps its weights."""
    train, test = control_targets.tasks(1)["digits"]
    before = teachers.load("faces_vgg16").get_weights()
    network = initializations.augmented_vgg16(10)
    start = network.get_weights()
    initializations.prepare(network, train)
    seen = []
    for rate in (1e-3, 3e-3, 1e-3):
        initializations.fit(network, start, rate, train, test, 0, epochs=2)
        seen.append(network.get_weights()[0])
        assert network.optimizer.iterations.numpy() == 2  # an epoch has one step
        assert not np.array_equal(seen[-1], start[0])
    assert np.abs(seen[0] - seen[2]).max() < np.abs(seen[0] - seen[1]).max()
    for mine, loaded in zip(before, teachers.load("faces_vgg16").get_weights(), strict=True):
        assert np.array_equal(mine, loaded)


@pytest.mark.slow
def test_run_gives_accuracies_of_every_layer_and_arm(tiny, monkeypatch):
    means = {arm: {"0.001": {"mean": 0.5}} for arm in initializations.ARMS}
    recorded = {"rates": dict.fromkeys(("digits", "greek", "galaxies", "omniglot"), means)}
    monkeypatch.setattr(layer_controls, "results", lambda name: recorded)
    result = layer_controls.run(LARGEST_SEED)
    assert set(result) == {"frozen", "fine_tuned", "training", "fit_seconds"}
    assert set(result["frozen"]) == {"faces", "digits", "greek", "galaxies", "omniglot"}
    for parts in result["frozen"].values():
        assert set(parts) == {"teacher", "untrained", "untrained_deviation", "pixels"}
        assert len(parts["teacher"]) == len(parts["untrained"]) == 16
        assert all(0 <= accuracy <= 1 for network in ("teacher", "untrained") for accuracy in parts[network].values())
    for key in ("fine_tuned", "training", "fit_seconds"):
        assert set(result[key]) == {"digits", "greek", "galaxies", "omniglot"}
        assert all(set(measured) == set(initializations.ARMS) for measured in result[key].values())


def test_the_rate_with_the_best_development_accuracy_is_chosen():
    recorded = {"digits": {"random": {"0.0003": {"mean": 0.6}, "0.003": {"mean": 0.9}, "0.001": {"mean": 0.8}}}}
    assert initializations.chosen_rates(recorded) == {"digits": {"random": 0.003}}


@pytest.mark.slow
def test_the_remark_on_real_faces_uses_the_mirror_only(monkeypatch, mirror):
    monkeypatch.setattr(layer_controls, "frozen", lambda tasks, seed: tasks)
    train, test = layer_controls.orl_faces(0)
    assert np.bincount(train.labels).tolist() == [3] * 40
    assert np.bincount(test.labels).tolist() == [7] * 40
    assert not as_bytes(train) & as_bytes(test)
    monkeypatch.delenv("TLCOURSE_MIRROR")
    with pytest.raises(FileNotFoundError, match="TLCOURSE_MIRROR"):
        layer_controls.orl_faces(0)
