"""Fine-tuning under shift: equal steps on the same images, weights between two ends, and calibration errors."""

import dataclasses

import keras
import numpy as np
import pytest
from planned_contrasts import missing_terms

from tlcourse import teachers
from tlcourse.networks import batch_norms
from tlcourse.research import control_targets, equal_steps, fine_tuning_shift, registry, shifted_targets
from tlcourse.research.calibration import expected_calibration_error
from tlcourse.research.fine_tuning_task import BATCH
from tlcourse.research.partial_training import batch_order

ARMS = {*fine_tuning_shift.SETTINGS, "interpolated", "untrained"}
ONE_OF_EACH = {arm: settings[:1] for arm, settings in fine_tuning_shift.SETTINGS.items()} | {"interpolated": (0.5,)}
LARGEST_SEED = 2**31 - 1


def test_calibration_error_of_a_case_computed_by_hand():
    """Two bins of half a unit: confidences .6, .7 and .9 with two of three right; one of .4, wrong."""
    probabilities = np.array([[0.6, 0.4, 0], [0.3, 0.7, 0], [0.05, 0.05, 0.9], [0.4, 0.3, 0.3]])
    labels = np.array([0, 1, 0, 1])
    upper, lower = 3 / 4 * abs(2 / 3 - (0.6 + 0.7 + 0.9) / 3), 1 / 4 * abs(0 - 0.4)
    assert expected_calibration_error(probabilities, labels, bins=2) == pytest.approx(upper + lower)


def test_a_confidence_on_an_edge_belongs_to_the_bin_below():
    """With .5 in the lower bin, the two gaps do not cancel: |1 - .5| / 2 + |0 - .6| / 2."""
    probabilities = np.array([[0.5, 0.5], [0.6, 0.4]])
    assert expected_calibration_error(probabilities, np.array([0, 1]), bins=2) == pytest.approx(0.55)
    assert expected_calibration_error(probabilities, np.array([0, 1]), bins=1) == pytest.approx(0.05)


def test_sure_and_right_has_no_calibration_error_and_sure_and_wrong_the_largest():
    sure = np.eye(3)
    assert expected_calibration_error(sure, np.arange(3)) == 0
    assert expected_calibration_error(sure, (np.arange(3) + 1) % 3) == 1


@pytest.mark.parametrize(
    ("probabilities", "labels", "message"),
    [
        (np.ones((2, 3)) / 3, np.zeros(3), r"got \(2, 3\) and \(3,\)"),
        (np.ones((0, 3)), np.zeros(0), "n > 0"),
        (np.array([[2.0, -3.0]]), np.zeros(1), "softmax"),
    ],
)
def test_rejects_what_are_no_probabilities(probabilities, labels, message):
    with pytest.raises(ValueError, match=message):
        expected_calibration_error(probabilities, labels)


def test_interpolation_gives_its_ends_and_the_middle():
    start, end = [np.array([1.0, 3.0]), np.zeros(1)], [np.array([2.0, -1.0]), np.ones(1)]
    for coefficient, expected in ((0, start), (1, end), (0.5, [np.array([1.5, 1.0]), np.array([0.5])])):
        for mine, other in zip(fine_tuning_shift.interpolated(start, end, coefficient), expected, strict=True):
            np.testing.assert_array_equal(mine, other)


def test_shifted_images_are_the_same_ones_dark_or_moved(few_target_images):
    _, test = control_targets.tasks(0, names=["digits"])["digits"]
    parts = shifted_targets.shifted(test)
    assert set(parts) == set(shifted_targets.SHIFTED)
    by = shifted_targets.MOVED_BY
    assert np.array_equal(parts["moved"].images[:, :, by:], test.images[:, :, :-by])
    assert np.array_equal(parts["dark"].images, test.images // shifted_targets.DARKENED_BY)
    for part in parts.values():
        assert np.array_equal(part.labels, test.labels)
        assert part.images.shape == test.images.shape


def test_development_and_record_share_no_image(few_target_images):
    developed, recorded = (
        {
            image.tobytes()
            for seed in (0, 1)
            for target in shifted_targets.load(seed, stage).values()
            for part in (target.train, target.tests["in"])
            for image in part.images
        }
        for stage in (control_targets.DEVELOPMENT, control_targets.EVALUATION)
    )
    assert not developed & recorded


def with_means(measured):
    """Numbers as a record holds them."""
    if not isinstance(measured, dict):
        return {"mean": measured}
    return {key: with_means(part) for key, part in measured.items()}


def test_settings_are_chosen_on_unchanged_images_and_the_coefficient_at_the_chosen_rate():
    def shares(*values):
        rates = ("0.0003", "0.001", "0.003")
        return {rate: {"in": share, "out": 1 - share} for rate, share in zip(rates, values, strict=True)}

    best = shares(0.1, 0.3, 0.3)
    arms = dict.fromkeys(fine_tuning_shift.SETTINGS, best)
    coefficients = {"0.25": {"in": 0.2}, "0.5": {"in": 0.4}, "0.75": {"in": 0.4}}
    arms["interpolated"] = {"0.0003": {"0.75": {"in": 0.9}}, "0.001": coefficients}
    chosen = fine_tuning_shift.chosen_settings(with_means(dict.fromkeys(shifted_targets.NAMES, arms)))
    assert set(chosen) == set(shifted_targets.NAMES)
    for by_arm in chosen.values():
        assert by_arm == {**dict.fromkeys(fine_tuning_shift.SETTINGS, 1e-3), "interpolated": 0.5}


def test_all_arms_have_as_many_settings_and_calls_end_with_their_steps():
    counts = {len(settings) for settings in fine_tuning_shift.SETTINGS.values()}
    assert counts | {len(fine_tuning_shift.COEFFICIENTS)} == {3}
    assert fine_tuning_shift.STEPS % (2 * equal_steps.STEPS_PER_CALL) == 0
    assert registry.EXPERIMENTS["fine_tuning_shift"].needs == ("fine_tuning_shift_development",)


def mini_base(*_, **__):
    """A network with a batch norm and hardly any weights, for images of 48 pixels."""
    keras.utils.set_random_seed(3)
    image = keras.Input((48, 48, 3))
    maps = keras.layers.Rescaling(1 / 127.5, offset=-1.0)(image)
    maps = keras.layers.Conv2D(4, 12, strides=12, name="first")(maps)
    maps = keras.layers.BatchNormalization(name="first_bn")(maps)
    vectors = keras.layers.Dense(8, activation="relu", name="dense")(keras.layers.Flatten()(maps))
    return keras.Model(image, vectors)


@pytest.fixture
def small_target(few_target_images, monkeypatch):
    """Digits, a tiny teacher and four steps, which end in the middle of a call."""
    monkeypatch.setattr(teachers, "load", mini_base)
    monkeypatch.setattr(fine_tuning_shift, "STEPS", 4)
    target = shifted_targets.load(1)["digits"]
    return target._replace(tests={part: test.take(slice(0, 20)) for part, test in target.tests.items()})


def test_each_arm_sees_the_same_images_in_the_same_order(small_target, monkeypatch):
    seen = []
    monkeypatch.setattr(equal_steps, "fit", lambda model, inputs, labels, order, rate: seen.append((labels, order)))
    arms = list(fine_tuning_shift.trained(small_target, 5, ONE_OF_EACH | {"untrained": (1e-3,)}))
    assert {key[0] for key, _ in arms} == ARMS
    full, head, rest, *others = [order for _, order in seen]
    assert len(full) == 4 * BATCH
    assert np.array_equal(full, batch_order(len(small_target.train), 4, 5))
    assert np.array_equal(np.concatenate([head, rest]), full), "the head, then all layers"
    assert len(head) == len(rest)
    assert all(np.array_equal(order, full) for order in others)
    assert len(others) == 2
    assert all(np.array_equal(labels, small_target.train.labels) for labels, _ in seen)


def test_batch_norms_stay_and_everything_else_learns():
    model = equal_steps.compiled(equal_steps.with_new_head(mini_base(), 3, seed=0))
    before = [weight.numpy() for weight in model.weights]
    images = np.random.default_rng(0).integers(0, 256, (8, 48, 48, 3), dtype=np.uint8)
    equal_steps.fit(model, images, np.arange(8) % 3, batch_order(8, 3, 0), 1e-2)
    moved = {
        weight.path
        for weight, old in zip(model.weights, before, strict=True)
        if not np.array_equal(weight.numpy(), old)
    }
    assert model.optimizer.iterations == 3
    assert not any("first_bn" in path for path in moved)
    assert {path.split("/")[-2] for path in moved} == {"first", "dense", "head"}
    assert all(not norm.trainable for norm in batch_norms(model))


def test_the_head_is_trained_as_well_alone_as_within_the_frozen_network():
    model = equal_steps.with_new_head(mini_base(), 3, seed=0)
    start = model.get_weights()
    images = np.random.default_rng(0).integers(0, 256, (8, 48, 48, 3), dtype=np.uint8)
    labels, order = np.arange(8) % 3, batch_order(8, 4, 0)
    base = keras.Model(model.input, model.layers[-1].input)
    head = equal_steps.trained_head(base.predict(images, verbose=0), labels, start[-2:], order, 1e-2)
    for layer in model.layers[:-1]:
        layer.trainable = False
    equal_steps.fit(equal_steps.compiled(model), images, labels, order, 1e-2)
    for mine, within in zip(head, model.get_weights()[-2:], strict=True):
        np.testing.assert_allclose(mine, within, rtol=1e-3, atol=1e-5)


@pytest.mark.slow
def test_a_run_measures_what_the_contrasts_name_at_the_settings_of_development(small_target, monkeypatch):
    target = dataclasses.replace(small_target.train, images=small_target.train.images)  # a copy: nothing may change it
    monkeypatch.setattr(shifted_targets, "load", lambda *_: dict.fromkeys(shifted_targets.NAMES, small_target))
    developed = fine_tuning_shift.develop(0)
    assert set(developed) == set(shifted_targets.NAMES)
    for arms in developed.values():
        assert set(arms) == {*fine_tuning_shift.SETTINGS, "interpolated"}
        for arm, settings in fine_tuning_shift.SETTINGS.items():
            assert set(arms[arm]) == {f"{setting:g}" for setting in settings}
        assert {len(by_coefficient) for by_coefficient in arms["interpolated"].values()} == {3}
    recorded = {"fine_tuning_shift_development": with_means(developed)}
    monkeypatch.setattr(fine_tuning_shift, "results", recorded.__getitem__)
    measured = fine_tuning_shift.run(LARGEST_SEED)
    assert missing_terms("fine_tuning_shift", measured) == []
    for kind in ("accuracy", "calibration", "training"):
        assert all(set(arms) == ARMS for arms in measured[kind].values())
    for by_part in measured["accuracy"]["digits"].values():
        assert by_part["out"] == pytest.approx((by_part["dark"] + by_part["moved"]) / 2)
    assert np.array_equal(target.images, small_target.train.images)
