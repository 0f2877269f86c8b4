"""Fine-tuning from the teacher's or from initial weights: arms that are equal but for these, and independent."""

import numpy as np
import pytest
from planned_contrasts import missing_terms

from tlcourse import teachers
from tlcourse.research import control_targets, cut_layer, initializations, registry

LARGEST_SEED = 2**31 - 1


@pytest.fixture
def short_training(monkeypatch, few_target_images):
    """One target, one epoch, few images."""
    monkeypatch.setattr(initializations, "CUTS", {"digits": "block2_conv2"})
    monkeypatch.setattr(initializations, "EPOCHS", 1)
    monkeypatch.setattr(initializations, "SMALL_EPOCHS", 1)


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
def test_training_starts_from_its_own_weights_each_time(few_target_images):
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
def test_a_run_gives_accuracies_and_seconds_of_each_target_and_arm(short_training, monkeypatch):
    means = {arm: {"0.001": {"mean": 0.5}} for arm in initializations.RATES}
    recorded = {**dict.fromkeys(initializations.CUTS, means), "provenance": {}}
    monkeypatch.setattr(initializations, "results", lambda name: recorded)
    result = initializations.run(LARGEST_SEED)
    assert result.pop("rates") == {"digits": dict.fromkeys(initializations.RATES, 0.001)}
    assert set(result) == {"accuracy", "training", "fit_seconds"}
    for by_target in result.values():
        assert set(by_target) == set(initializations.CUTS)
        assert all(set(measured) == {*initializations.RATES, "frozen"} for measured in by_target.values())
    assert not [path for path in missing_terms("initializations", result) if ".digits." in path]


@pytest.mark.slow
def test_development_tries_each_rate_on_development_data(short_training, monkeypatch):
    stages = []
    load = control_targets.tasks
    monkeypatch.setattr(control_targets, "tasks", lambda *args: stages.append(args[1]) or load(*args))
    result = initializations.develop(0)
    assert stages == [control_targets.DEVELOPMENT]
    assert set(result) == set(initializations.CUTS)
    for by_arm in result.values():
        assert set(by_arm) == set(initializations.RATES)
        for arm, by_rate in by_arm.items():
            assert {float(rate) for rate in by_rate} == set(initializations.RATES[arm])


def test_frozen_features_are_those_of_the_layer(few_target_images):
    train, test = control_targets.tasks(0, names=["digits"])["digits"]
    test_accuracy, train_accuracy, seconds = initializations.frozen_features(train, test, "block2_conv2")
    names, extractor = cut_layer.layer_outputs(teachers.load("faces_vgg16"))
    learned, tested = (extractor.predict(part.images, verbose=0)[names.index("block2_conv2")] for part in (train, test))
    assert test_accuracy == cut_layer.linear_accuracy(learned, train.labels, tested, test.labels)
    assert train_accuracy == 1
    assert seconds > 0


def test_the_rates_are_stored_and_their_record_comes_first(monkeypatch):
    """A run that measures both must not read a record that it is about to replace."""
    rates = {"digits": {"teacher": 0.01}}
    monkeypatch.setattr(initializations, "results", lambda name: {"initializations_development": "recorded"}[name])
    monkeypatch.setattr(initializations, "chosen_rates", {"recorded": rates}.get)
    monkeypatch.setattr(control_targets, "tasks", lambda seed, names: names)
    monkeypatch.setattr(initializations, "compare", lambda tasks, seed, rates: {"accuracy": seed})
    assert initializations.run(3) == {"accuracy": 3, "rates": rates}
    assert registry.EXPERIMENTS["initializations"].needs == ("initializations_development",)


def test_the_rate_with_the_best_development_accuracy_is_chosen():
    means = {"0.0003": {"mean": 0.6}, "0.003": {"mean": 0.9}, "0.001": {"mean": 0.8}}
    recorded = {**{target: {"random": means} for target in initializations.CUTS}, "provenance": {}}
    chosen = initializations.chosen_rates(recorded)
    assert chosen == {target: {"random": 0.003} for target in initializations.CUTS}
