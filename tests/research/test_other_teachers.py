"""The other teachers learn other people, are kept with a checksum, and each of them is what is measured."""

import itertools

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from planned_contrasts import missing_terms

from tlcourse import teachers
from tlcourse.commands import main
from tlcourse.datasets import LabeledImages, faces
from tlcourse.networks import narrow_vgg16
from tlcourse.research import (
    cached_teachers,
    fingerprint,
    other_teachers,
    pretraining,
    registry,
    teacher_files,
    unfreezing_targets,
)
from tlcourse.teachers import TeacherUnavailable

FIRST, *OTHERS = cached_teachers.NAMES


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path))
    return tmp_path


def untrained_teacher(seed):
    keras.utils.set_random_seed(seed)
    return narrow_vgg16(5)


def keep(name, model):
    card = pretraining.model_card({"held_out_accuracy": 0.5})
    return teacher_files.save_shipped(model, name, card, cached_teachers.folder())


def test_the_recipes_differ_in_people_and_seeds_only():
    recipes = [pretraining.RECIPES[name] for name in cached_teachers.NAMES]
    groups = [set(pretraining.people_of(recipe)) for recipe in recipes]
    assert all(not first & second for first, second in itertools.combinations(groups, 2))
    assert set().union(*groups) == set(faces.TEACHER_PEOPLE)
    assert {len(group) for group in groups} == {874}
    images_seeds = [recipe["rounds"][0]["images_seed"] for recipe in pretraining.RECIPES.values()]
    assert len({*images_seeds, pretraining.HELD_OUT_IMAGES}) == 5
    assert len({recipe["seed"] for recipe in pretraining.RECIPES.values()}) == 4
    for recipe in recipes:
        assert {key: recipe[key] for key in ("batch_size", "optimizer")} == {
            key: pretraining.RECIPE[key] for key in ("batch_size", "optimizer")
        }
        assert recipe["rounds"][0]["learning_rate"] == pretraining.RECIPE["rounds"][0]["learning_rate"]


@pytest.mark.slow
def test_a_teacher_is_trained_on_its_people_and_kept_in_the_cache(empty_cache, monkeypatch, capsys):
    part = {**pretraining.RECIPES[FIRST]["rounds"][0], "images_each": 4, "epochs": 1}
    recipe = {**pretraining.RECIPES[FIRST], "people": 3, "first_person": 5, "batch_size": 8, "rounds": [part]}
    monkeypatch.setitem(pretraining.RECIPES, FIRST, recipe)
    drawn, draw = [], faces.portraits
    monkeypatch.setattr(pretraining.joblib, "Parallel", lambda workers: list)
    monkeypatch.setattr(
        faces, "portraits", lambda people, each, seed: (drawn.extend(people), draw(people, each, seed))[1]
    )
    monkeypatch.setattr(pretraining.joblib, "delayed", lambda function: function)
    pretraining.main([FIRST])
    assert set(drawn) == {5, 6, 7}
    assert cached_teachers.load(FIRST).output_shape == (None, 3)
    assert cached_teachers.cards([FIRST])[FIRST]["recipe"]["first_person"] == 5
    assert not (empty_cache / "pretrain" / FIRST).exists(), "the next training starts anew"
    assert f"{FIRST}: 3 people, 4 portraits each, 1 epochs" in capsys.readouterr().out


def test_an_unknown_name_is_an_error_before_any_training(empty_cache):
    with pytest.raises(ValueError, match="no teacher of `make teachers` is called 'VGG16'"):
        pretraining.main(["VGG16"])


def test_missing_teachers_are_named_with_the_command_that_trains_them(empty_cache, monkeypatch):
    keep(FIRST, untrained_teacher(0))
    with pytest.raises(TeacherUnavailable, match='make teachers NAMES="faces_second faces_third"') as caught:
        registry.choose(["other_teachers"])
    assert "\n" not in str(caught.value)
    monkeypatch.setattr(registry, "is_recorded", lambda name: name in ("other_teachers", "students"))
    assert list(registry.choose(())) == ["students"]


def test_the_error_is_one_line_at_the_command(empty_cache):
    result = CliRunner().invoke(main.main, ["results", "other_teachers"])
    assert result.exit_code == 1
    assert 'make teachers NAMES="faces_first' in result.output
    assert len(result.output.splitlines()) == 1


def test_a_damaged_teacher_is_an_error(empty_cache):
    keep(FIRST, untrained_teacher(0))
    (cached_teachers.folder() / f"{FIRST}.npz").write_bytes(b"")
    with pytest.raises(ValueError, match="checksum"):
        cached_teachers.load(FIRST)


def test_seeds_with_another_teacher_have_another_fingerprint(empty_cache):
    keep(FIRST, untrained_teacher(0))
    before = fingerprint.fingerprint(other_teachers.run, cached=[FIRST])
    assert before == fingerprint.fingerprint(other_teachers.run, cached=[FIRST])
    keep(FIRST, untrained_teacher(1))
    assert fingerprint.fingerprint(other_teachers.run, cached=[FIRST]) != before


def test_a_teacher_without_its_head_is_that_of_the_catalog(images):
    own = other_teachers.without_head(teachers.load("faces_vgg16"))
    expected = teachers.load("faces_vgg16", head=False)
    np.testing.assert_array_equal(own.predict(images, verbose=0), expected.predict(images, verbose=0))


def test_features_of_a_layer_are_those_of_all_layers(monkeypatch):
    seen = []
    monkeypatch.setattr(other_teachers.layer_controls, "linear_accuracy", lambda *parts: seen.append(parts[0]) or 0.5)
    model, data = untrained_teacher(0), noise(6, 3)
    assert set(other_teachers._by_layer(model, ("fc2", "block1_conv1"), data, data)) == {"fc2", "block1_conv1"}
    names, whole = other_teachers.cut_layer.layer_outputs(model)
    every = dict(zip(names, whole.predict(data.images, verbose=0), strict=True))
    for features, layer in zip(seen, ("fc2", "block1_conv1"), strict=True):
        np.testing.assert_allclose(features, every[layer], rtol=1e-5, atol=1e-5)


def noise(images, classes, seed=0):
    values = np.random.default_rng(seed).integers(0, 256, (images, 48, 48, 3), dtype=np.uint8)
    return LabeledImages(values, np.arange(images) % classes, tuple(map(str, range(classes))), "noise")


@pytest.fixture
def short(monkeypatch):
    """A few steps, and few images."""
    monkeypatch.setattr(other_teachers, "STEPS", 3)
    monkeypatch.setattr(other_teachers, "IMAGES_EACH", 2)
    monkeypatch.setattr(other_teachers.distillation_methods, "STEPS", 20)
    for name, size in {"LABELED": 1, "UNLABELED": 1, "TESTED": 1}.items():
        monkeypatch.setattr(other_teachers.teacher_errors, name, size)


@pytest.mark.slow
def test_a_shared_student_fine_tunes_each_teacher_as_its_own_would(short):
    target = unfreezing_targets.Target(noise(12, 3), noise(9, 3, seed=1), unfreezing_targets.FACES, mirror=False)
    models = {"first": untrained_teacher(0), "shipped": teachers.load("faces_vgg16")}
    before = models["first"].get_weights()
    both = other_teachers.fine_tuned(models, target, seed=4)
    for weights, kept in zip(models["first"].get_weights(), before, strict=True):
        np.testing.assert_array_equal(weights, kept)
    alone = other_teachers.fine_tuned({"shipped": models["shipped"]}, target, seed=4)
    assert both["shipped"] == alone["shipped"]
    assert set(both["first"]) == set(other_teachers.ARMS.values())


@pytest.mark.slow
def test_a_run_measures_every_term_of_its_checks(short, few_target_images, empty_cache, monkeypatch):
    monkeypatch.setattr(other_teachers.layer_controls, "CALIBRATED_ON", 8)
    monkeypatch.setattr(other_teachers.unfreezing_targets, "handwriting", lambda seed: unfreezing_targets.Target(
        noise(30, 10), noise(10, 10, seed=1), unfreezing_targets.FACES, mirror=False))  # fmt: skip
    keep(FIRST, teachers.load("faces_vgg16"))
    for seed, name in enumerate(OTHERS):
        keep(name, untrained_teacher(seed))
    measured = other_teachers.run(2)
    assert measured["first"] == measured["shipped"], "they are the same teacher, so nothing else may differ"
    assert set(measured) == {*other_teachers.OTHERS, "shipped", "untrained", "pixels"}
    assert missing_terms("other_teachers", measured) == []
