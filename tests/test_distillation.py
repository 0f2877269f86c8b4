"""Distillation against independent references: scipy, numpy, and keras.distillation where that has the same thing."""

import keras
import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from tlcourse import distillation, networks
from tlcourse.datasets import LabeledImages
from tlcourse.research import distillation_methods as experiment

RNG = np.random.default_rng(6)
TEACHER, STUDENT = (RNG.normal(0, 3, (7, 5)).astype("float32") for _ in range(2))


def images(count):
    return RNG.integers(0, 256, (count, 16, 16, 3), dtype=np.uint8)


def little(classes=4):
    keras.utils.set_random_seed(0)
    return networks.small_student(classes, widths=(4, 6), size=16)


@pytest.mark.parametrize("temperature", [1.0, 4.0, 20.0])
def test_soft_targets_are_what_scipy_and_keras_make_of_them(temperature):
    target, learned = softmax(TEACHER / temperature, axis=1), log_softmax(STUDENT / temperature, axis=1)
    expected = temperature**2 * (target * (np.log(target) - learned)).sum(axis=1)
    loss = distillation.SoftTargets(temperature)
    np.testing.assert_allclose(loss.call(TEACHER, STUDENT), expected, rtol=2e-3, atol=1e-4)
    np.testing.assert_allclose(loss(TEACHER, STUDENT), expected.mean(), rtol=2e-3)
    # An instance, not its name: with the default "kl_divergence" Keras 3.15.1 takes the logits for probabilities.
    keras_loss = keras.distillation.LogitsDistillation(temperature, keras.losses.KLDivergence())
    np.testing.assert_allclose(keras_loss.compute_loss(TEACHER, STUDENT), expected.mean(), rtol=2e-3)


def test_soft_targets_are_zero_for_the_same_logits_and_stay_finite_for_large_ones():
    loss = distillation.SoftTargets(1.0)
    np.testing.assert_allclose(loss.call(TEACHER, TEACHER), 0, atol=1e-6)
    assert np.isfinite(loss.call(1000 * TEACHER, -1000 * STUDENT)).all()


def test_the_square_of_the_temperature_keeps_the_gradients_size():
    import tensorflow as tf

    def size(temperature):
        student = tf.Variable(STUDENT)
        with tf.GradientTape() as tape:
            loss = distillation.SoftTargets(temperature)(TEACHER, student)
        return float(tf.norm(tape.gradient(loss, student)))

    assert 0.9 < size(50) / size(100) < 1.1  # with T² there is a limit; without, 100 would give a fourth of 50's
    assert size(100) > 0.2 * size(1)


@pytest.mark.parametrize("temperature", [0, -1, 0.5, float("nan")])
def test_a_temperature_that_softens_nothing_is_named(temperature):
    with pytest.raises(ValueError, match=str(temperature)):
        distillation.SoftTargets(temperature)


def test_attention_is_the_papers_map():
    student, maps = little(), RNG.normal(size=(3, 4, 4, 9)).astype("float32")
    objective = distillation.attention(student, "map2", maps, weight=2.0)
    energy = (maps.astype(float) ** 2).sum(axis=-1).reshape(3, 16)
    np.testing.assert_allclose(
        objective.target, energy / np.linalg.norm(energy, axis=1, keepdims=True), rtol=2e-3, atol=1e-5
    )
    batch = images(3)
    own = np.asarray(keras.Model(student.input, student.get_layer("map2").output)(batch)).astype(float)
    energy = (own**2).sum(axis=-1).reshape(3, 16)
    mine = np.asarray(keras.Model(student.input, objective.output)(batch))
    np.testing.assert_allclose(mine, energy / np.linalg.norm(energy, axis=1, keepdims=True), rtol=2e-3, atol=1e-5)
    assert objective.weight == 32, "a mean over 16 places, weighted as a sum"


def test_a_hint_goes_through_a_convolution_of_one_pixel_and_is_what_keras_compares():
    student, maps = little(), RNG.normal(5, 2, (6, 4, 4, 9)).astype("float32")
    objective = distillation.hint(student, "map2", maps)
    np.testing.assert_allclose(objective.target.mean(axis=(0, 1, 2)), 0, atol=1e-4)
    np.testing.assert_allclose(objective.target.std(axis=(0, 1, 2)), 1, atol=1e-2)
    before = student.count_params()
    learner = keras.Model(student.input, objective.output)
    kernel, bias = learner.layers[-1].get_weights()
    assert kernel.shape == (6, 9)
    batch = images(6)
    own = np.asarray(keras.Model(student.input, student.get_layer("map2").output)(batch))
    mine = np.asarray(learner(batch))
    np.testing.assert_allclose(mine, np.einsum("nhwi,io->nhwo", own, kernel) + bias, rtol=2e-3, atol=1e-4)
    keras_loss = keras.distillation.FeatureDistillation("mse").compute_loss(objective.target, mine)
    np.testing.assert_allclose(keras_loss, ((objective.target - mine) ** 2).mean(), rtol=2e-3)
    assert student.count_params() == before, "the new layer is no part of the student"


@pytest.mark.parametrize("way", [distillation.hint, distillation.attention])
def test_maps_of_another_size_are_named(way):
    with pytest.raises(ValueError, match=r"\(4, 4, 6\).*\(5, 4, 3\)"):
        way(little(), "map2", np.zeros((2, 5, 4, 3), "float32"))


def test_labels_may_be_smoothed():
    student = little()
    objective = distillation.from_labels(student, [2, 0], smoothing=0.2)
    np.testing.assert_array_equal(objective.target, [[0, 0, 1, 0], [1, 0, 0, 0]])
    target = np.full((2, 4), 0.05) + 0.8 * np.asarray(objective.target)
    expected = -(target * log_softmax(TEACHER[:2, :4], axis=1)).sum(axis=1).mean()
    np.testing.assert_allclose(objective.loss(objective.target, TEACHER[:2, :4]), expected, rtol=2e-3)


def test_a_student_learns_from_predictions_alone_and_keeps_its_size():
    batch = images(40)
    bright = batch.mean(axis=(1, 2, 3)) > np.median(batch.mean(axis=(1, 2, 3)))
    batch[bright] //= 3
    logits = np.where(bright[:, None], [[4.0, -4.0]], [[-4.0, 4.0]]).astype("float32")
    student = little(2)
    before = student.get_weights()
    objectives = [distillation.Objective(student.output, logits, distillation.SoftTargets(2.0))]
    assert distillation.teach(student, batch, objectives, steps=20, batch_size=20, learning_rate=0.01) is student
    assert (np.asarray(student(batch)).argmax(axis=1) == logits.argmax(axis=1)).mean() > 0.9
    moved = [not np.allclose(old, new) for old, new in zip(before, student.get_weights(), strict=True)]
    assert all(moved)
    assert int(student.count_params()) == sum(weight.size for weight in before)


def test_objectives_need_a_target_for_each_image():
    student = little()
    objective = distillation.from_labels(student, [0, 1, 2])
    for objectives in ([], [objective]):
        with pytest.raises(ValueError, match="4 images need as many targets"):
            distillation.teach(student, images(4), objectives, steps=1)


def test_mistakes_are_as_many_as_asked_for_and_name_somebody_else():
    labels = np.arange(4000) % experiment.PEOPLE
    wrong = experiment.with_mistakes(labels, 0.4, seed=1)
    assert abs((wrong != labels).mean() - 0.4) < 0.03
    assert set(wrong) == set(range(experiment.PEOPLE))
    np.testing.assert_array_equal(experiment.with_mistakes(labels, 0.0, seed=1), labels)


def test_a_task_keeps_its_parts_apart_and_every_seed_has_its_own_people(monkeypatch):
    for name, value in {"PEOPLE": 3, "LABELED": 2, "UNLABELED": 4, "TESTED": 3}.items():
        monkeypatch.setattr(experiment, name, value)
    parts = experiment.split_images(seed=2)
    assert [len(part) for part in parts] == [6, 12, 9]
    assert all(sorted(set(part.labels)) == [0, 1, 2] for part in parts)
    assert len(np.unique(np.concatenate([part.images for part in parts]), axis=0)) == 27
    assert not set(parts[0].class_names) & set(experiment.split_images(seed=3)[0].class_names)


def test_glasses_are_what_a_person_wears():
    people = range(30)
    expected = [experiment.faces.person(identity).glasses in ("round", "square", "half") for identity in people]
    np.testing.assert_array_equal(experiment.wear_glasses(people), expected)
    assert 0 < sum(expected) < 30


def test_unusual_images_are_moved_to_the_right_or_half_as_bright():
    test = LabeledImages(images(6), np.arange(6), tuple("abcdef"), "noise")
    changed = experiment.unusual(test)
    moved, dark = changed["moved"], changed["dark"]
    by = experiment.MOVED_BY
    np.testing.assert_array_equal(moved.images[:, :, by:], test.images[:, :, :-by])
    np.testing.assert_array_equal(moved.images[:, :, 0], moved.images[:, :, by])
    np.testing.assert_array_equal(dark.images, np.floor(test.images / 2))
    for part in (moved, dark):
        assert part.images.dtype == np.uint8
        np.testing.assert_array_equal(part.labels, test.labels)
