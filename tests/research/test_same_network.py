"""The headline's network from scratch: other people in development, one rate for the record, and fair arms."""

import numpy as np
import pytest

from tlcourse.datasets import LabeledImages
from tlcourse.research import registry, same_network

LARGEST_SEED = 2**31 - 1


@pytest.fixture
def few_people(monkeypatch):
    """Three people, two images of each."""
    monkeypatch.setattr(same_network.headline, "PEOPLE", 3)
    monkeypatch.setattr(same_network, "TRAIN_EACH", 2)
    monkeypatch.setattr(same_network, "TEST_EACH", 2)


def people(stage, seed):
    return {name for part in same_network.task(seed, stage) for name in part.class_names}


def test_nobody_is_used_in_development_and_in_the_record(few_people):
    developed = [people(same_network.DEVELOPMENT, seed) for seed in range(same_network.DEVELOPED)]
    assert not set.union(*developed) & people(same_network.EVALUATION, LARGEST_SEED)
    assert developed[0] != developed[1]


def test_the_test_images_are_of_the_same_people_and_others_than_the_training_images(few_people):
    train, test = same_network.task(7, same_network.EVALUATION)
    assert train.class_names == test.class_names
    assert not {image.tobytes() for image in train.images} & {image.tobytes() for image in test.images}


def test_the_people_of_the_older_records_of_the_headline_are_left_out():
    recorded = 10  # seeds of the record `headline`, each with 65 people of its own
    older = set(same_network.faces.TEST_PEOPLE[: recorded * same_network.headline.PEOPLE])
    assert not older & set(same_network.NEW_PEOPLE)


def test_the_rate_with_the_highest_mean_is_used(monkeypatch):
    recorded = {"same_network": {"0.001": {"mean": 0.6}, "0.003": {"mean": 0.7}}}
    monkeypatch.setattr(same_network, "results", {"same_network_development": recorded}.get)
    monkeypatch.setattr(same_network, "task", lambda seed, stage: ("train", stage))
    monkeypatch.setattr(same_network.headline, "transfer", lambda *_: (0.9, 1.0))
    monkeypatch.setattr(same_network.headline, "small_scratch", lambda *_: 0.8)
    monkeypatch.setattr(same_network, "untrained", lambda *_: 0.1)
    monkeypatch.setattr(same_network, "from_scratch", lambda train, test, seed, rate: rate)
    measured = same_network.run(5)
    assert measured.pop("teacher_seconds") >= 0
    assert measured == {"teacher": 0.9, "same_network": 0.003, "small_cnn": 0.8, "untrained": 0.1, "rate": 0.003}
    assert registry.EXPERIMENTS["same_network"].needs == ("same_network_development",)


@pytest.mark.slow
def test_every_layer_learns_from_scratch_and_none_in_the_control(few_people, monkeypatch):
    rng = np.random.default_rng(0)
    part = LabeledImages(rng.integers(0, 256, (6, 48, 48, 3), dtype=np.uint8), np.arange(6) % 3, tuple("abc"), "noise")
    trained = []
    fit = same_network.headline.fit_from_scratch
    monkeypatch.setattr(
        same_network.headline,
        "fit_from_scratch",
        lambda model, *rest, **options: trained.append(model) or fit(model, *rest, **options),
    )
    accuracy = same_network.from_scratch(part, part, seed=1, rate=1e-3, epochs=1)
    assert 0 <= accuracy <= 1
    same_network.keras.utils.set_random_seed(1)
    initial = same_network.narrow_vgg16(3)
    weights = [weight for weight in trained[0].trainable_weights if weight.ndim > 1]
    assert len(weights) == 16
    assert 0 <= same_network.untrained(part, part, seed=1) <= 1
    assert len(initial.trainable_weights) == len(trained[0].trainable_weights)
