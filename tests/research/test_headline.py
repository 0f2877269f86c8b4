"""The headline's record is whole, live runs agree with it, and its parts do what they say."""

import dataclasses

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from tlcourse.data import results
from tlcourse.datasets import LabeledImages, faces
from tlcourse.research import headline

BASELINES = ("plain_scratch", "scratch", "small_cnn", "best_from_scratch", "pixels")
ON_FIVE_SEEDS = ("plain_scratch", "scratch", "small_cnn")  # slow to train


@pytest.fixture(scope="module")
def record():
    return results("headline")


def test_record_is_over_ten_seeds_with_intervals(record):
    for name in ("transfer", *BASELINES):
        entry = record[name]
        assert entry["seeds"] == len(entry["values"]) == (5 if name in ON_FIVE_SEEDS else 10)
        assert entry["ci95"][0] <= entry["mean"] <= entry["ci95"][1]
        assert entry["mean"] == pytest.approx(np.mean(entry["values"]), abs=1e-4)


def test_record_holds_its_provenance(record):
    assert record["provenance"]["command"] == "tlcourse results headline"
    assert set(record["provenance"]["versions"]) >= {"keras", "tensorflow", "numpy"}


@pytest.mark.slow
def test_transfer_runs_live_and_agrees_with_the_record(record):
    train, test = faces.headline(0)
    accuracy, seconds = headline.transfer(train, test, seed=0)
    assert accuracy == pytest.approx(record["transfer"]["values"][0], abs=0.02)  # other processors round otherwise
    assert seconds < 30


@pytest.fixture
def few_people():
    """Eight people, two images of each to learn from, and ten others of each to be tested on."""
    return [faces.portraits(faces.DEVELOPMENT_PEOPLE[:8], images_each, seed=images_each) for images_each in (2, 10)]


def test_the_teachers_architecture_trains_from_scratch(few_people):
    assert 0 <= headline.scratch(*few_people, seed=0, batch_norm=False, epochs=1) <= 1


def test_both_sides_of_an_image_and_of_its_mirror_image_are_the_same_of_length_1():
    inputs = keras.Input((4, 4, 1))
    flat = keras.Model(inputs, keras.layers.Flatten()(inputs))
    images = np.random.default_rng(0).integers(1, 255, (3, 4, 4, 1)).astype("uint8")
    vectors = headline.both_sides(flat, images)
    assert vectors.shape == (3, 16)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(headline.both_sides(flat, images[:, :, ::-1]), vectors, atol=1e-6)
    assert not np.allclose(headline.both_sides(flat, images[:, ::-1]), vectors), "up and down are not two sides"


def test_accuracy_may_ask_about_the_mirror_image_too():
    """A network that sees the left edge alone and calls an image bright if that is above 100."""
    inputs = keras.Input((1, 2, 3))
    logits = keras.layers.Dense(2)
    model = keras.Model(inputs, logits(keras.layers.Flatten()(inputs)))
    logits.set_weights([np.array([[1.0, 0.0]] + 5 * [[0.0, 0.0]]), np.array([-100.0, 0.0])])
    left_and_right = np.array([[[0, 255]], [[110, 0]]])  # bright on the whole; dark on the whole
    images = np.repeat(left_and_right[..., np.newaxis], 3, axis=-1).astype("uint8")
    labeled = LabeledImages(images, np.array([0, 1]), ("bright", "dark"), "made up")
    assert headline.accuracy(model, labeled) == 0
    assert headline.accuracy(model, labeled, mirror=True) == 1


def test_pixels_reach_the_optimum_of_logistic_regression_on_all_values(few_people):
    train, test = (dataclasses.replace(part, images=part.images[:, ::4, ::4]) for part in few_people)
    flat = [part.images.reshape(len(part), -1) / 127.5 - 1 for part in (train, test)]
    slow = LogisticRegression(C=0.01, tol=1e-6, max_iter=3000).fit(flat[0], train.labels)
    assert abs(headline.pixels(train, test) - slow.score(flat[1], test.labels)) < 1.5 / len(test)


def test_error_ratio():
    assert headline.error_ratio(0.98, 0.5) == pytest.approx(25)
