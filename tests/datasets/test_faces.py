"""The portraits: the same on every machine, people who differ, and no image on both sides of a split."""

import dataclasses
import hashlib
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import in_time

from tlcourse.datasets import faces

# portraits(range(3), 2, seed=0).images, remade by:
# python -c "import numpy as np; from tlcourse.datasets import faces;
# np.savez_compressed('tests/fixtures/faces.npz', images=faces.portraits(range(3), 2, seed=0).images)"
REFERENCE = Path(__file__).parents[1] / "fixtures" / "faces.npz"
PEOPLE_SHA256 = "f04c3cb698513706fa03f1d81624ee2f931c7fae57deaa3838f9b5a25547e0c5"


def test_the_people_are_the_same_on_every_machine():
    described = "\n".join(_described(faces.person(identity)) for identity in (*range(100), 9_999, 20_000, 29_999))
    assert hashlib.sha256(described.encode()).hexdigest() == PEOPLE_SHA256


def _described(value):
    """Everything about a person, to 9 digits: the last bits may depend on the machine's logarithm."""
    if dataclasses.is_dataclass(value):
        return " ".join(_described(getattr(value, field.name)) for field in dataclasses.fields(value))
    if isinstance(value, tuple):
        return f"({', '.join(map(_described, value))})"
    if value is None or isinstance(value, str):
        return repr(value)
    return repr(np.round(np.array(value, float), 9).tolist())


def test_the_images_are_the_same_on_every_machine():
    """Processors round float32 sums differently, so a few pixels may differ by a level, or flip on an edge."""
    with np.load(REFERENCE) as stored:
        reference = stored["images"].astype(int)
    difference = np.abs(faces.portraits(range(3), 2, seed=0).images - reference)
    assert difference.shape == (6, 48, 48, 3)
    assert (difference > 0).mean() < 0.01
    assert (difference > 1).mean() < 0.001


def test_a_seed_repeats_its_images_and_another_seed_does_not():
    first, again, other = (faces.portraits(range(4), 3, seed=seed).images for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert len(_distinct(np.concatenate([first, other]))) == 24


def test_a_person_looks_the_same_in_whatever_company():
    alone, among = faces.portraits([7], 4, seed=1), faces.portraits([3, 7], 2, seed=1)
    assert np.array_equal(alone.images[:2], among.images[2:])


def test_what_a_data_set_holds():
    data = faces.portraits([30, 4], 3, seed=0)
    assert data.images.shape == (6, faces.SIZE, faces.SIZE, 3)
    assert data.images.dtype == np.uint8
    assert data.labels.dtype == np.int64
    assert data.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert data.class_names == ("person 30", "person 4")
    assert "nobody real" in data.source


def test_people_differ_when_nothing_else_does():
    images = [faces.draw(faces.person(identity), np.random.default_rng(0)).astype(float) for identity in range(40)]
    differences = [np.abs(a - b).mean() for place, a in enumerate(images) for b in images[:place]]
    assert min(differences) > 1
    assert np.median(differences) > 8


def test_the_same_person_is_recognizable_in_other_images():
    """The nearest mean image finds the person at least twice as often as guessing: hard, and not hopeless."""
    train, test = (faces.portraits(faces.DEVELOPMENT_PEOPLE[:20], 10, seed) for seed in (0, 1))
    train_pixels, test_pixels = (_standardized(data.images) for data in (train, test))
    means = np.stack([train_pixels[train.labels == label].mean(axis=0) for label in range(20)])
    nearest = ((test_pixels[:, None] - means) ** 2).sum(axis=-1).argmin(axis=1)
    assert (nearest == test.labels).mean() > 2 / 20


def _standardized(images):
    flat = images.reshape(len(images), -1).astype(float)
    return (flat - flat.mean(axis=1, keepdims=True)) / flat.std(axis=1, keepdims=True)


def test_images_are_well_exposed():
    images = faces.portraits(range(20), 5, seed=2).images
    means = images.mean(axis=(1, 2, 3))
    assert means.min() > 40
    assert means.max() < 200
    assert images.std(axis=(1, 2, 3)).min() > 15


@pytest.mark.speed
def test_an_image_takes_about_a_millisecond():
    def milliseconds():
        start = time.process_time()
        faces.portraits(range(10), 5, seed=3)
        return (time.process_time() - start) / 50 * 1000

    in_time(min(milliseconds() for _ in range(3)), 5, "ms")


@pytest.mark.slow
def test_the_headline_has_65_people_and_other_images_in_its_test():
    train, test = faces.headline(0)
    assert np.array_equal(np.bincount(train.labels), [10] * 65)
    assert np.array_equal(np.bincount(test.labels), [20] * 65)
    assert train.class_names == test.class_names
    assert len(_distinct(np.concatenate([train.images, test.images]))) == 65 * 30


def test_no_task_shares_a_person_with_another_or_with_the_teacher(monkeypatch):
    monkeypatch.setattr("tlcourse.datasets.faces.portraits", lambda people, count, seed: (list(people), count, seed))
    tasks = [task(seed) for task in (faces.headline, faces.development) for seed in range(153)]
    people = [identity for (trained, _, _), _ in tasks for identity in trained]
    assert len(people) == len(set(people)) == 2 * 153 * 65
    assert not set(people) & set(faces.TEACHER_PEOPLE)
    for (trained, train_count, train_seed), (tested, test_count, test_seed) in tasks:
        assert trained == tested
        assert (train_count, test_count) == (10, 20)
        assert train_seed != test_seed


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: faces.person(-1), "-1"),
        (lambda: faces.portraits([], 1, 0), r"\[\]"),
        (lambda: faces.portraits([3, 3], 1, 0), r"\[3, 3\]"),
        (lambda: faces.portraits([3], 0, 0), "got 0"),
        (lambda: faces.headline(153), "0 to 152.*153"),
        (lambda: faces.headline(-1), "-1"),
        (lambda: faces.development(153), "153"),
    ],
)
def test_names_what_is_wrong(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_take_and_per_class():
    data = faces.portraits(range(3), 4, seed=0)
    some = data.per_class(2, seed=1)
    assert np.array_equal(np.bincount(some.labels), [2, 2, 2])
    fewer, more = (_distinct(data.per_class(count, seed=1).images) for count in (1, 3))
    assert fewer < more
    picked = data.take([5, 0])
    assert picked.labels.tolist() == [1, 0]
    assert np.array_equal(picked.images[1], data.images[0])
    with pytest.raises(ValueError, match=r"'person 0' has 4 images, fewer than the 5"):
        data.per_class(5, seed=0)


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        (np.zeros((2, 4, 4), np.uint8), np.zeros(2, int)),
        (np.zeros((2, 4, 4, 4), np.uint8), np.zeros(2, int)),
        (np.zeros((2, 4, 4, 3), np.float32), np.zeros(2, int)),
        (np.zeros((2, 4, 4, 3), np.uint8), np.zeros(3, int)),
    ],
)
def test_a_dataset_of_the_wrong_form_raises(images, labels):
    with pytest.raises(ValueError, match=r"\("):
        faces.LabeledImages(images, labels, ("a",), "")


def _distinct(images):
    return {image.tobytes() for image in images}
