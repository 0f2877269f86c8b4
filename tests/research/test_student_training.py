"""Trainings that share one compiled step: each is as a training of its own, with the steps and targets asked for."""

import keras
import numpy as np
import pytest
from scipy.special import softmax

from tlcourse import distillation, networks
from tlcourse.research import student_training

CLASSES, STEPS = 3, 20
RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (12, 48, 48, 3), dtype=np.uint8)
LABELS = np.arange(12) % CLASSES
TEACHER_LOGITS = RNG.normal(0, 3, (12, CLASSES)).astype("float32")
LABEL_LOGITS = student_training.label_logits(LABELS, CLASSES)


def hint_objective(student):
    hint = distillation.hint(student, "map3", np.zeros((1, 6, 6, 2), "float32"))
    return [hint._replace(loss=keras.losses.MeanSquaredError())]


@pytest.fixture(scope="module")
def trainer():
    return student_training.StudentTrainer(7, CLASSES)


@pytest.fixture(scope="module")
def plain_weights(trainer):
    """What the labels teach."""
    return trainer.train(IMAGES, [LABEL_LOGITS], STEPS, 0.01).get_weights()


def assert_same(first, second, tolerance=0.0):
    for one_array, other_array in zip(first, second, strict=True):
        np.testing.assert_allclose(one_array, other_array, rtol=tolerance, atol=tolerance)


def test_label_logits_are_labels_after_a_softmax():
    np.testing.assert_allclose(softmax(LABEL_LOGITS, axis=1), np.eye(CLASSES)[LABELS], atol=1e-6)
    smoothed = softmax(student_training.label_logits(LABELS, CLASSES, 0.3), axis=1)
    np.testing.assert_allclose(smoothed, 0.7 * np.eye(CLASSES)[LABELS] + 0.1, atol=1e-6)


def test_every_image_is_seen_equally_often_in_another_order_each_time():
    order = student_training.batch_order(100, 8, seed=1)
    assert order.shape == (8, student_training.BATCH)
    passes = order.reshape(4, 100)
    assert all(sorted(images) == list(range(100)) for images in passes)
    assert len({tuple(images) for images in passes}) == 4
    np.testing.assert_array_equal(order, student_training.batch_order(100, 8, seed=1))
    assert (order != student_training.batch_order(100, 8, seed=2)).any()


def test_the_rate_falls_along_half_a_cosine():
    rate = student_training.CosineRate()
    rate.highest.assign(0.01)
    rate.steps.assign(100)
    expected = keras.optimizers.schedules.CosineDecay(0.01, 100)
    for step in (0, 25, 50, 100, 120):
        assert float(rate(step)) == pytest.approx(float(expected(step)), abs=1e-8)


@pytest.mark.slow
def test_a_training_is_the_same_after_another_one(trainer, plain_weights):
    soft = trainer.train(IMAGES, [TEACHER_LOGITS], 2 * STEPS, 0.03, temperature=4.0).get_weights()
    assert int(trainer.learner.optimizer.iterations) == 2 * STEPS
    assert np.abs(soft[0] - plain_weights[0]).max() > 1e-3
    assert_same(trainer.train(IMAGES, [LABEL_LOGITS], STEPS, 0.01).get_weights(), plain_weights)
    assert int(trainer.learner.optimizer.iterations) == STEPS
    trainer.train(IMAGES, [LABEL_LOGITS], STEPS, 0.01, restart=False)
    assert np.abs(trainer.student.get_weights()[0] - plain_weights[0]).max() > 1e-4, "it went on from there"


@pytest.mark.slow
def test_a_training_is_that_of_distillation_with_one_batch_a_pass(trainer, monkeypatch):
    """With as many images as a batch holds, the order within it changes sums only by rounding."""
    monkeypatch.setattr(student_training, "BATCH", len(IMAGES))
    ours = trainer.train(IMAGES, [TEACHER_LOGITS], STEPS, 1e-3, temperature=4.0).get_weights()
    keras.utils.set_random_seed(7)
    student = networks.small_student(CLASSES)
    objective = distillation.Objective(student.output, TEACHER_LOGITS, distillation.SoftTargets(4.0))
    distillation.teach(student, IMAGES, [objective], STEPS, len(IMAGES), 1e-3)
    assert_same(ours, student.get_weights(), tolerance=2e-3)


def test_the_temperature_and_the_weight_change_the_compiled_loss(trainer):
    (loss,) = trainer.losses
    for temperature, factor in ((1.0, 1.0), (4.0, 0.5)):
        trainer.temperature.assign(temperature)
        loss.factor.assign(factor)
        expected = factor * distillation.SoftTargets(temperature)(TEACHER_LOGITS, LABEL_LOGITS)
        assert float(loss(TEACHER_LOGITS, LABEL_LOGITS)) == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.slow
def test_an_objective_without_weight_changes_nothing(plain_weights):
    trainer = student_training.StudentTrainer(7, CLASSES, hint_objective)
    targets = [LABEL_LOGITS, RNG.normal(0, 1, (12, 6, 6, 2)).astype("float32")]
    assert_same(trainer.train(IMAGES, targets, STEPS, 0.01).get_weights(), plain_weights, tolerance=1e-3)
    hinted = trainer.train(IMAGES, targets, STEPS, 0.01, weights=[1.0, 25.0]).get_weights()
    assert np.abs(hinted[0] - plain_weights[0]).max() > 1e-3


@pytest.mark.slow
def test_images_are_varied_in_training_only():
    trainer = student_training.StudentTrainer(7, CLASSES, augment=True)
    unchanged, again = (trainer.learner.predict(IMAGES, verbose=0) for _ in range(2))
    unchanged, again = (np.reshape(part, (-1, CLASSES)) for part in (unchanged, again))
    np.testing.assert_array_equal(unchanged, again)
    np.testing.assert_allclose(unchanged, trainer.student(IMAGES, training=False), atol=1e-5)
    weights = [trainer.train(IMAGES, [LABEL_LOGITS], STEPS, 0.01).get_weights() for _ in range(2)]
    assert_same(*weights, tolerance=1e-6)
    varied = keras.Model(trainer.learner.input, trainer.learner.layers[-2].output)
    assert np.abs(np.asarray(varied(IMAGES, training=True)) - IMAGES).mean() > 5


@pytest.mark.parametrize(
    ("targets", "steps", "message"),
    [([LABEL_LOGITS] * 2, STEPS, "as many weights"), ([LABEL_LOGITS[:3]], STEPS, "a row for each"),
     ([LABEL_LOGITS], 7, "multiple of 20")],
)  # fmt: skip
def test_targets_and_steps_that_do_not_fit_are_reported(trainer, targets, steps, message):
    with pytest.raises(ValueError, match=message):
        trainer.train(IMAGES, targets, steps, 0.01)
