"""The parts of the experiment on where a network looks: shares of heat, a head from a probe, and who is in a seed."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from tlcourse.datasets import faces
from tlcourse.research import looks


def test_shares_follow_the_heat_and_ignore_images_without_any():
    masks = np.array([[[0, 1], [2, 3]], [[0, 0], [1, 1]]])
    heat = np.array([[[0.0, 1.0], [1.0, 2.0]], [[0.0, 0.0], [0.0, 0.0]]])
    assert looks.shares(heat, masks) == pytest.approx({"face": 0.75, "hair": 0.25, "background": 0.0})


@pytest.mark.parametrize("classes", [2, 3])
def test_the_head_predicts_as_the_probe_does(classes):
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(classes), 20)
    points = rng.normal(size=(len(labels), 4)) * [1, 5, 1, 0.2] + 3 * np.eye(4)[labels]
    inputs = keras.Input((4,))
    model = looks.with_head(keras.Model(inputs, keras.layers.Identity()(inputs)), points, labels)
    probe = looks.linear_classifier().fit(points.astype("float32"), labels)
    probabilities = keras.ops.softmax(model.predict(points, verbose=0))
    np.testing.assert_allclose(probabilities, probe.predict_proba(points), atol=1e-4)


def test_no_person_is_in_two_seeds(monkeypatch):
    asked = []

    def portraits(people, *_):
        asked.append(set(people))
        return SimpleNamespace(images=np.zeros((len(people), 1, 1, 3)), labels=None)

    def masked(people, _):
        asked.append(set(people))
        return looks.parts.MaskedImages(np.zeros((1, 1, 1, 3)), np.zeros((1, 1, 1)), (), "")

    monkeypatch.setattr(looks.faces, "portraits", portraits)
    monkeypatch.setattr(looks.parts, "masked_portraits", masked)
    numbers = []
    for seed in range(5):
        asked.clear()
        looks.new_people(seed)
        looks.hair_color(seed)
        numbers.append(set.union(*asked))
    assert [len(each) for each in numbers] == [280] * 5
    assert len(set.union(*numbers)) == 1_400
    assert set.union(*numbers) <= set(faces.TEST_PEOPLE)


def test_light_and_dark_hair_are_equally_frequent_in_training(monkeypatch):
    monkeypatch.setattr(looks.parts, "masked_portraits", lambda people, seed: list(people))
    monkeypatch.setattr(looks, "IMAGES_EACH", 2)
    images, labels, tested, _ = looks.hair_color(0, pool=faces.DEVELOPMENT_PEOPLE)
    assert len(images) == len(labels) == 40
    assert labels.mean() == 0.5
    assert len(set(tested)) == 60
