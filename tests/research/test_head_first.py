"""The experiments of unit 03: nothing is trained and tested on the same image, and gradients are what they are."""

import keras
import numpy as np
import pytest

from tlcourse import teachers
from tlcourse.datasets import LabeledImages, digits, photos
from tlcourse.research import early_stopping, fine_tuning_task, head_first, real_fine_tuning


def test_training_validation_and_test_share_no_image():
    train, validation, test = early_stopping.parts(3)
    assert np.bincount(train.labels).tolist() == np.bincount(validation.labels).tolist() == [10] * 10
    everything = {image.tobytes() for image in digits.load().images}
    parts = [{image.tobytes() for image in part.images} for part in (train, validation, test)]
    assert sum(map(len, parts)) == len(set.union(*parts)) == 100 + 100 + 800
    assert set.union(*parts) <= everything


def test_held_out_people_are_nobody_that_is_fine_tuned_on():
    near, _ = head_first.tasks(0)["near"]
    held_out_people, _ = head_first.held_out_sets(0)
    assert len(set(near.class_names) | set(held_out_people.class_names)) == 2 * head_first.NEAR_PEOPLE


def test_the_length_of_a_gradient_by_hand():
    rng = np.random.default_rng(0)
    inputs, labels = rng.normal(size=(9, 4)).astype("float32"), np.arange(9) % 3
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, use_bias=False)])
    logits = inputs @ model.get_weights()[0]
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    by_hand = inputs.T @ (shares - np.eye(3)[labels]) / 9
    length = fine_tuning_task.gradient_norm(model, inputs, labels, model.trainable_weights)
    assert length == pytest.approx(np.linalg.norm(by_hand), rel=1e-4)


def test_augmented_digits_are_other_images_of_the_same_kind():
    images = digits.load().images[:4]
    first, second = early_stopping.varied(images, 1), early_stopping.varied(images, 2)
    assert first.shape == images.shape
    assert first.dtype == np.uint8
    assert not np.array_equal(first, second)
    assert np.array_equal(first, early_stopping.varied(images, 1))


@pytest.fixture
def photo_task(monkeypatch):
    """The task on photos, with noise for photos and a MobileNetV2 that has learned nothing."""
    rng, options = np.random.default_rng(0), {"weights": None, "include_top": False, "pooling": "avg"}

    def untrained(name, head, input_size):
        return getattr(keras.applications, name)(input_shape=(input_size, input_size, 3), **options)

    def noise(count):
        images = rng.integers(0, 256, (2 * count, 40, 40, 3), dtype=np.uint8)
        return LabeledImages(images, np.arange(2 * count) % 2, ("cat", "dog"), "noise")

    monkeypatch.setattr(teachers, "load", untrained)
    monkeypatch.setattr(photos, "cats_dogs", lambda: {"train": noise(4), "val": noise(3), "test": noise(5)})
    monkeypatch.setattr(real_fine_tuning, "EACH", 4)
    monkeypatch.setattr(real_fine_tuning, "EPOCHS", 1)
    monkeypatch.setattr(real_fine_tuning, "RATES", (1e-3,))
    monkeypatch.setattr(real_fine_tuning, "PIXELS", 32)


@pytest.mark.slow
def test_photos_are_measured_by_norms_and_rate_on_the_part_that_is_asked_for(photo_task):
    measured = real_fine_tuning.run(0)
    assert set(measured) == {"frozen", *real_fine_tuning.WAYS}
    shares = [measured["frozen"], *(value for key in list(measured)[1:] for value in measured[key].values())]
    assert len(shares) == 1 + 3 * len(real_fine_tuning.RATES)
    assert all(10 * share == pytest.approx(round(10 * share)) for share in shares)  # ten test photos
