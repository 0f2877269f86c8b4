"""The teacher on known and on new classes: no photo or place is on two sides, and development chooses."""

import keras
import numpy as np
import pytest
from planned_contrasts import missing_terms

from tlcourse import teachers
from tlcourse.datasets import LabeledImages
from tlcourse.research import contamination, crops, registry

LARGEST_SEED = 2**31 - 1
SUMMARIES = {
    "teacher": {"early": {"mean": 0.6}, "late": {"mean": 0.9}},
    "untrained": {"early": {"mean": 0.8}, "late": {"mean": 0.7}},
    "pixels": {"mean": 0.75},
    "small_cnn": {"0.001": {"mean": 0.7}, "0.003": {"mean": 0.8}},
}
ACCURACIES = {
    "teacher": {"early": 0.1, "late": 0.2},
    "untrained": {"early": 0.3, "late": 0.4},
    "pixels": 0.5,
    "small_cnn": 0.6,
}


def test_layers_and_baseline_are_those_that_development_found_best():
    assert contamination.chosen(ACCURACIES, SUMMARIES) == {"teacher": 0.2, "untrained": 0.3, "baseline": 0.6}
    weak_cnn = {**SUMMARIES, "small_cnn": {"0.001": {"mean": 0.7}, "0.003": {"mean": 0.6}}}
    assert contamination.chosen(ACCURACIES, weak_cnn)["baseline"] == 0.5
    assert registry.EXPERIMENTS["contamination"].needs == ("contamination_development",)


@pytest.mark.parametrize(("count", "reserved"), [(15, 6), (364, 120)])
def test_no_origin_is_on_two_sides(count, reserved):
    origins = np.repeat(np.arange(count), 3)
    sides = {}
    for development in (False, True):
        parts = contamination._divided(origins, LARGEST_SEED, reserved, development, share=1 / 3)
        sides |= {(development, number): set(origins[part]) for number, part in enumerate(parts)}
    assert sum(map(len, sides.values())) == len(set.union(*sides.values())) == count
    assert set.union(sides[True, 0], sides[True, 1]) == set(range(reserved))
    assert all(len(part) >= 2 for part in sides.values())


@pytest.mark.parametrize("name", contamination.TARGETS)
def test_training_and_test_images_of_both_stages_are_other_images(name, mirror):
    targets = [contamination.TARGETS[name](LARGEST_SEED, development) for development in (False, True)]
    parts = [part for target in targets for part in (target.train, target.test)]
    images = [{image.tobytes() for image in part.images} for part in parts]
    assert sum(map(len, images)) == len(set.union(*images))
    for target in targets:
        assert len(set(np.bincount(target.train.labels))) == 1
        assert np.bincount(target.test.labels).min() >= 8


def test_cats_and_dogs_are_the_known_classes_of_imagenet():
    if not teachers.weights.on_disk("imagenet_class_index.json"):
        pytest.skip("the names of ImageNet's classes are not here")
    names = teachers.imagenet_classes()
    cats, dogs = names[contamination.CATS], names[contamination.DOGS]
    assert (cats[0], cats[-1], len(cats)) == ("tabby", "Egyptian_cat", 5)
    assert (dogs[0], dogs[-1], len(dogs)) == ("Chihuahua", "Mexican_hairless", 118)


def noise(count, classes, seed):
    images = np.random.default_rng(seed).integers(0, 256, (count, 16, 16, 3), dtype=np.uint8)
    return LabeledImages(images, np.arange(count) % classes, tuple(map(str, range(classes))), "noise")


def small_target(seed, development=False):
    return contamination.PhotoTarget(noise(8, 2, seed), noise(6, 2, seed + 1), size=16, mirror=False)


@pytest.mark.slow
def test_a_run_gives_what_the_contrasts_name(monkeypatch):
    untrained = keras.applications.MobileNetV2((96, 96, 3), weights=None)
    monkeypatch.setattr(contamination, "teacher", lambda: untrained)
    monkeypatch.setattr(contamination, "TARGETS", dict.fromkeys(contamination.TARGETS, small_target))
    monkeypatch.setattr(contamination, "load_photos", small_target)
    monkeypatch.setattr(contamination, "STEPS", 1)
    monkeypatch.setattr(contamination, "RATES", (1e-3,))
    measured = contamination.compare(small_target(0), contamination.untrained_network(0), 0, ["0.001"])
    assert set(measured["teacher"]) == set(measured["untrained"]) == set(contamination.LAYERS)
    monkeypatch.setattr(
        contamination, "compare", lambda target, untrained, seed, rates: dict(measured)
    )  # it takes long
    developed = contamination.develop(0)
    summaries = {name: _as_summaries(developed[name]) for name in contamination.TARGETS}
    monkeypatch.setattr(contamination, "results", {"contamination_development": summaries}.get)
    result = contamination.run(LARGEST_SEED)
    assert missing_terms("contamination", result) == []
    for name in contamination.TARGETS:
        assert set(developed[name]["small_cnn"]) == {"0.001"}
        assert set(result[name]) == {"teacher", "untrained", "pixels", "small_cnn", "chosen"}
        assert set(result[name]["chosen"]) == {"teacher", "untrained", "baseline"}


def _as_summaries(measured):
    if isinstance(measured, dict):
        return {key: _as_summaries(part) for key, part in measured.items()}
    return {"mean": measured}


def test_the_error_names_what_the_mirror_lacks(monkeypatch, tmp_path):
    monkeypatch.setenv("TLCOURSE_MIRROR", str(tmp_path))
    with pytest.raises(crops.CropsUnavailable, match=r"bccd\.npz"):
        contamination.load_cells(0)
