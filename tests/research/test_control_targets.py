"""Targets of the controls: no image in training and test, and development data apart from the evaluation."""

import numpy as np
import pytest

from tlcourse.datasets import faces
from tlcourse.research import control_targets, omniglot
from tlcourse.research.control_targets import DEVELOPMENT, EVALUATION

LARGEST_SEED = 2**31 - 1


def as_bytes(data):
    return {image.tobytes() for image in data.images}


@pytest.mark.parametrize("seed", [0, LARGEST_SEED])
def test_no_image_is_in_training_and_test(mirror, seed):
    for name, (train, test) in control_targets.tasks(seed).items():
        assert not as_bytes(train) & as_bytes(test), name
        assert train.class_names == test.class_names
        assert set(train.labels) == set(test.labels) == set(range(len(train.class_names)))
        assert len(set(np.bincount(train.labels))) == 1
        assert train.images.shape[1:] == test.images.shape[1:] == (48, 48, 3)
        assert len(test) >= 400


def test_a_seed_gives_the_same_tasks_and_another_one_others(few_target_images):
    first, again, other = (control_targets.tasks(seed) for seed in (5, 5, 6))
    for name in first:
        for part in range(2):
            assert np.array_equal(first[name][part].images, again[name][part].images)
            assert not np.array_equal(first[name][part].images, other[name][part].images)


def test_a_target_has_the_same_images_whichever_others_are_loaded(few_target_images):
    alone = control_targets.tasks(5, names=["greek"])
    assert list(alone) == ["greek"]
    for mine, among_others in zip(alone["greek"], control_targets.tasks(5)["greek"], strict=True):
        assert np.array_equal(mine.images, among_others.images)


def test_development_shares_nothing_with_the_evaluation(few_target_images):
    people, characters, digits = ([set(), set()] for _ in range(3))
    for stage in (DEVELOPMENT, EVALUATION):
        for seed in range(5):
            tasks = control_targets.tasks(seed, stage)
            people[stage] |= set(tasks["faces"][0].class_names)
            characters[stage] |= {name.rsplit(" ", 1)[0] for name in tasks["omniglot"][0].class_names}
            digits[stage] |= as_bytes(tasks["digits"][0]) | as_bytes(tasks["digits"][1])
    assert {int(name.split()[1]) for name in people[EVALUATION]} <= set(faces.TEST_PEOPLE)
    assert {int(name.split()[1]) for name in people[DEVELOPMENT]} <= set(faces.DEVELOPMENT_PEOPLE)
    for first, second in (people, characters, digits):
        assert first
        assert second
        assert not first & second


def test_nobody_who_drew_a_training_character_drew_one_of_the_test():
    """Images whose first pixels are their drawer and character, in the layout of `omniglot.load`."""
    names = tuple(f"Greek {number:02}" for number in range(40))
    images = np.zeros((40 * 20, 48, 48, 3), np.uint8)
    images[:, 0, 0, 0], images[:, 0, 0, 1] = np.tile(np.arange(20), 40), np.repeat(np.arange(40), 20)
    data = omniglot.LabeledImages(images, np.repeat(np.arange(40), 20), names, "a test")
    train, test = control_targets.handwritten_characters(data, 0)
    drawers = [set(part.images[:, 0, 0, 0].tolist()) for part in (train, test)]
    assert list(map(len, drawers)) == [4, 16]
    assert not drawers[0] & drawers[1]
    for part in (train, test):
        assert [f"Greek {number:02}" for number in part.images[:, 0, 0, 1]] == [
            part.class_names[i] for i in part.labels
        ]
