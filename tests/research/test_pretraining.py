"""The teacher can be made again: a tiny recipe, and the shipped card tells the recipe that made it."""

import json

import numpy as np
import pytest

from tlcourse import teachers
from tlcourse.data import data_folder
from tlcourse.datasets import faces
from tlcourse.research import pretraining


@pytest.fixture
def few_people(monkeypatch):
    monkeypatch.setattr(faces, "TEACHER_PEOPLE", range(6))


def test_drawing_in_parts_is_the_same_as_in_one(few_people):
    images, labels = pretraining.draw_people(2, seed=5, workers=2)
    whole = faces.portraits(range(6), 2, seed=5)
    assert np.array_equal(images, whole.images)
    assert np.array_equal(labels, whole.labels)


@pytest.mark.slow
def test_tiny_training_runs_and_is_measured(few_people, tmp_path):
    recipe = {
        **pretraining.RECIPE,
        "people": 6,
        "batch_size": 8,
        "rounds": [{**part, "images_each": 4, "epochs": 1} for part in pretraining.RECIPE["rounds"]],
    }
    model, measured = pretraining.train(tmp_path, recipe)
    assert model.output_shape == (None, 6)
    assert 0 <= measured["held_out_accuracy"] <= 1
    assert measured["held_out_images"] == 30


def test_shipped_card_holds_the_recipe():
    card = json.loads((data_folder() / "teachers" / "faces_vgg16.json").read_text(encoding="utf-8"))
    assert {key: card["recipe"][key] for key in pretraining.RECIPE} == pretraining.RECIPE
    assert card["license"] == "MIT"


@pytest.mark.slow
def test_shipped_teacher_recognizes_its_people():
    held_out = faces.portraits(faces.TEACHER_PEOPLE[:60], 3, seed=pretraining.HELD_OUT_IMAGES)
    model = teachers.load("faces_vgg16")
    accuracy = (model.predict(held_out.images, verbose=0).argmax(axis=1) == held_out.labels).mean()
    card = json.loads((data_folder() / "teachers" / "faces_vgg16.json").read_text(encoding="utf-8"))
    assert accuracy == pytest.approx(card["measured"]["held_out_accuracy"], abs=0.08)
