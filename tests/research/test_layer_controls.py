"""Untrained networks of the teacher's shape are untrained, and compared at each layer by the same classifier."""

import re
import subprocess
import tomllib

import numpy as np
import pytest
from conftest import ROOT

from tlcourse import teachers
from tlcourse.building import contrasts
from tlcourse.datasets import faces
from tlcourse.research import control_targets, cut_layer, initializations, layer_controls

LARGEST_SEED = 2**31 - 1
DEVELOPMENT = "layer_controls_development"
TOLERANCE = 0.002  # for values stated to three decimals, and layers that are as good


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


@pytest.mark.slow
def test_a_run_gives_accuracies_of_every_layer_and_of_pixels(few_target_images, monkeypatch):
    monkeypatch.setattr(layer_controls, "CALIBRATED_ON", 8)
    result = layer_controls.run(LARGEST_SEED)
    assert set(result) == set(control_targets.NAMES)
    for parts in result.values():
        assert set(parts) == {"teacher", "untrained", "untrained_deviation", "pixels"}
        assert len(parts["teacher"]) == len(parts["untrained"]) == len(parts["untrained_deviation"]) == 16
        assert all(0 <= accuracy <= 1 for network in ("teacher", "untrained") for accuracy in parts[network].values())
        assert 0 <= parts["pixels"] <= 1


def test_development_uses_development_data(few_target_images, monkeypatch):
    monkeypatch.setattr(layer_controls, "compare_layers", lambda tasks, seed: tasks)
    people = {int(name.split()[1]) for name in layer_controls.develop(0)["faces"][0].class_names}
    assert people <= set(faces.DEVELOPMENT_PEOPLE)


@pytest.mark.slow
def test_the_remark_on_real_faces_uses_the_mirror_only(monkeypatch, mirror):
    monkeypatch.setattr(layer_controls, "compare_layers", lambda tasks, seed: tasks)
    train, test = layer_controls.orl_faces(0)
    assert np.bincount(train.labels).tolist() == [3] * 40
    assert np.bincount(test.labels).tolist() == [7] * 40
    assert not {image.tobytes() for image in train.images} & {image.tobytes() for image in test.images}
    monkeypatch.delenv("TLCOURSE_MIRROR")
    with pytest.raises(FileNotFoundError, match="TLCOURSE_MIRROR"):
        layer_controls.orl_faces(0)


def git(*words):
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout


@pytest.fixture
def records(tmp_path):
    """The development record as it was first committed: what the contrasts were chosen by. A later one may differ."""
    path = f"data/results/{DEVELOPMENT}.json"
    commits = git("log", "--diff-filter=A", "--format=%H", "--", path).split()
    content = commits and git("show", f"{commits[-1]}:{path}")
    if not content or (ROOT / git("rev-parse", "--git-path", "shallow").strip()).exists():
        pytest.skip("the history is not there")
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text(content, encoding="utf-8")
    return contrasts.Records(tmp_path)


def primary(claim):
    return tomllib.loads((ROOT / "data" / "claims.toml").read_text(encoding="utf-8"))[claim]["primary"]


def assert_is_best(records, task, network, layer):
    """The layer of a network with the highest mean accuracy on development data."""
    by_layer = {name: summary["mean"] for name, summary in records.entry(DEVELOPMENT, f"{task}.{network}").items()}
    assert by_layer[layer] >= max(by_layer.values()) - TOLERANCE, f"{task}, {network}: {layer} of {by_layer}"


def test_the_cuts_of_initializations_are_the_best_on_development_data(records):
    for task, layer in initializations.CUTS.items():
        assert_is_best(records, task, "teacher", layer)


@pytest.mark.parametrize(("claim", "networks"), [("C08", ["untrained"]), ("C16", ["teacher", "untrained"])])
def test_the_layers_of_a_contrast_are_the_best_on_development_data(records, claim, networks):
    """C08 is about 15 of 16 layers of the teacher, so only the layers of the untrained networks were chosen."""
    paths = [path.split(".") for *_, path in contrasts.terms(primary(claim))]
    for task, network, layer in paths:
        if network in networks:
            assert_is_best(records, task, network, layer)
    assert {network for _, network, _ in paths} == {"teacher", "untrained"}


@pytest.mark.parametrize("claim", ["C07", "C08", "C16"])
def test_the_stated_power_rests_on_the_recorded_development_values(records, claim):
    stated = primary(claim)
    mean, deviation, *values = map(float, re.findall(r"[-+]?\d\.\d{3}\b", stated["power"].partition(")")[0]))
    recorded = contrasts.values(records, {"record": DEVELOPMENT, "value": stated["value"]})
    assert recorded == pytest.approx(values, abs=TOLERANCE)
    assert np.mean(recorded) == pytest.approx(mean, abs=TOLERANCE)
    assert np.std(recorded, ddof=1) == pytest.approx(deviation, abs=TOLERANCE)
