"""Sources of distillation: whose images, how many labels are wrong, who looks alike, and an untrained teacher."""

import keras
import numpy as np
import pytest

from tlcourse.datasets import faces
from tlcourse.research import distillation_methods, teacher_errors

LABELS = np.repeat(np.arange(5), 10)


@pytest.fixture(scope="module")
def sources():
    """Five people; the head for glasses has learned nothing."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"PEOPLE": 5, "LABELED": 6, "UNLABELED": 4, "TESTED": 4}.items():
            patch.setattr(teacher_errors, name, value)
        patch.setattr(distillation_methods, "glasses_head", lambda: keras.Sequential([keras.layers.Dense(2)]))
        patch.setattr(teacher_errors.headline, "PEOPLE", 5)
        built = teacher_errors.DistillationSources(2**31 - 1, faces.DEVELOPMENT_PEOPLE)
        assert built.logits.keys() == {"good", *teacher_errors.KINDS}
        yield built


@pytest.mark.parametrize("seed", [0, 2**31 - 1])
def test_people_are_chosen_by_the_seed_and_are_in_no_earlier_test(seed):
    people = teacher_errors.choose_people(seed, teacher_errors.NEW_PEOPLE)
    np.testing.assert_array_equal(people, teacher_errors.choose_people(seed, teacher_errors.NEW_PEOPLE))
    assert len(set(people)) == distillation_methods.PEOPLE
    assert set(people) <= set(faces.TEST_PEOPLE)
    assert min(people) >= faces.TEST_PEOPLE[distillation_methods.PEOPLE * 20]
    assert set(people) != set(teacher_errors.choose_people(seed + 1, teacher_errors.NEW_PEOPLE))


def test_the_numbers_of_images_are_those_in_the_names_of_the_arms():
    assert distillation_methods.PEOPLE * distillation_methods.LABELED == 200
    assert distillation_methods.PEOPLE * (distillation_methods.LABELED + distillation_methods.UNLABELED) == 800


@pytest.mark.parametrize("share", [0.2, 0.4])
def test_as_many_labels_are_wrong_as_asked_for(share):
    partners = np.array([3, 0, 1, 4, 2])
    noise = teacher_errors.with_mistakes(LABELS, share, seed=1)
    pairs = teacher_errors.with_mistakes(LABELS, share, seed=1, partners=partners)
    for wrong in (noise, pairs):
        assert [np.sum(wrong[label == LABELS] != label) for label in range(5)] == [10 * share] * 5
    mistaken = pairs != LABELS
    np.testing.assert_array_equal(pairs[mistaken], partners[LABELS[mistaken]])
    assert len({(label, wrong) for label, wrong in zip(LABELS, noise, strict=True) if label != wrong}) > 5
    assert (noise != teacher_errors.with_mistakes(LABELS, share, seed=2)).any()
    assert set(noise) <= set(range(5))


def test_the_nearest_means_are_confusable():
    places = np.array([0.0, 10, 11, 30, 42])
    features = np.stack([places[LABELS], np.zeros(50)], axis=1) + np.random.default_rng(0).normal(0, 0.1, (50, 2))
    assert teacher_errors.confusable(features, LABELS).tolist() == [1, 2, 1, 4, 3]


@pytest.mark.slow
def test_wrong_labels_teach_wrong_predictions(sources):
    labels = sources.labels[: sources.labeled]
    for kind in ("noise", "pairs"):
        assert np.mean(sources.wrong_labels(kind) != labels) == pytest.approx(2 / 6)  # 0.4 of 6, rounded
    accuracy = sources.teacher_accuracy()
    assert accuracy["good"]["test"] > 0.9
    assert all(accuracy[kind]["images"] < accuracy["good"]["images"] for kind in teacher_errors.KINDS)


@pytest.mark.slow
def test_images_of_a_seed_are_different_ones(sources):
    everything = np.concatenate([sources.images, sources.test.images])
    assert len({image.tobytes() for image in everything}) == len(everything) == 5 * 14
    assert sources.labeled == 30
    for part in (sources.labels[:30], sources.labels[30:]):
        assert len(set(np.bincount(part, minlength=5))) == 1
    np.testing.assert_array_equal(sources.glasses, distillation_methods.wear_glasses(sources.people))


@pytest.mark.slow
def test_a_random_teacher_has_learned_nothing():
    images = np.random.default_rng(0).integers(0, 256, (4, 48, 48, 3), dtype=np.uint8)
    real, random, again, other = (
        distillation_methods.base(),
        *(teacher_errors.random_base(seed, images) for seed in (1, 1, 2)),
    )
    assert [tuple(output.shape) for output in random.outputs] == [tuple(output.shape) for output in real.outputs]
    for layer in random.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            assert np.all(np.asarray(layer.gamma) == 1)
            assert np.all(np.asarray(layer.beta) == 0)
    kernels = [[np.asarray(weight).ravel() for weight in model.weights if weight.name == "kernel"]
               for model in (real, random, again, other)]  # fmt: skip
    for trained, drawn, same, different in zip(*kernels, strict=True):
        assert abs(np.corrcoef(trained, drawn)[0, 1]) < 0.3
        np.testing.assert_array_equal(drawn, same)
        assert (drawn != different).any()
    assert teacher_errors.teacher_outputs(random, images)["small_maps"].std(axis=(0, 1, 2)).max() > 0.1
