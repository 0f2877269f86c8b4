"""The catalog against Keras itself, and every way in which weights come to a teacher."""

import dataclasses
import importlib
import inspect
import json
import shutil

import keras
import numpy as np
import pytest

from tlcourse import networks, storage, teachers
from tlcourse.research import teacher_files
from tlcourse.teachers import catalog, weights

IMAGENET = [name for name, teacher in teachers.CATALOG.items() if not teacher.shipped]
MODULES = {"VGG16": "vgg16", "VGG19": "vgg19", "InceptionV3": "inception_v3", "MobileNetV2": "mobilenet_v2"}
MODULES |= {"InceptionResNetV2": "inception_resnet_v2"}


@pytest.fixture
def quick_networks(monkeypatch):
    """Networks with zeros for weights, for tests of shapes: drawing 138 million numbers takes seconds."""

    def zeros(self, shape, dtype=None, **options):
        return keras.ops.zeros(shape, dtype)

    monkeypatch.setattr(keras.initializers.VarianceScaling, "__call__", zeros)


def outputs(model, images):
    """What `predict` gives, without waiting for its compilation."""
    return np.asarray(model(images, training=False))


def keras_module(name):
    family = teachers.CATALOG[name].family.lower()
    return importlib.import_module(f"keras.src.applications.{MODULES.get(name, family)}")


def test_catalog_names_what_the_course_promises():
    promised = {"faces_vgg16", "VGG16", "VGG19", "ResNet50", "ResNet101", "ResNet152", "InceptionV3"}
    promised |= {"InceptionResNetV2", "MobileNetV2", "EfficientNetB0", "EfficientNetB7"}
    assert promised <= set(teachers.CATALOG)
    assert teachers.CATALOG["VGG16"].parameters == 138_357_544


@pytest.mark.parametrize("name", IMAGENET)
def test_files_and_checksums_are_those_that_keras_asks_for(name):
    teacher = teachers.CATALOG[name]
    source = inspect.getsource(keras_module(name))
    for checksum in teacher.md5:
        assert (checksum is None) == (name == "MobileNetV2")  # the only one for which Keras publishes none
        assert checksum is None or checksum in source
    assert teacher.license in ("CC-BY-4.0", "MIT", "Apache-2.0")
    assert teacher.url.startswith("https://storage.googleapis.com/")


@pytest.mark.parametrize("name", ["EfficientNetB0", "MobileNetV2", "ResNet50"])
@pytest.mark.parametrize("head", [True, False])
def test_address_of_the_weights_is_that_of_keras(name, head, monkeypatch, quick_networks):
    asked = {}

    def get_file(file, origin, cache_subdir, file_hash=None):
        asked.update(file=file, origin=origin, md5=file_hash)
        raise InterruptedError

    monkeypatch.setattr(keras_module(name).file_utils, "get_file", get_file)
    with pytest.raises(InterruptedError):
        getattr(keras.applications, name)(weights="imagenet", include_top=head)
    teacher = teachers.CATALOG[name]
    file = teacher.weights_file if head else teacher.base_file
    assert asked == {"file": file, "origin": teacher.url + file, "md5": teacher.md5[0 if head else 1]}


@pytest.mark.parametrize("name", ["VGG16", "ResNet50", "MobileNetV2", "EfficientNetB0"])
def test_parameters_and_input_size_are_those_of_keras(name, quick_networks):
    model = getattr(keras.applications, name)(weights=None)
    teacher = teachers.CATALOG[name]
    assert model.count_params() == teacher.parameters
    assert model.input_shape[1] == teacher.input_size
    assert model.output_shape[1] == teacher.classes


def test_shipped_teacher_has_16_weight_layers_and_the_parameters_of_the_catalog():
    teacher = teachers.CATALOG["faces_vgg16"]
    model = networks.narrow_vgg16(teacher.classes)
    assert model.count_params() == teacher.parameters
    assert model.input_shape[1:] == (teacher.input_size, teacher.input_size, 3)
    assert sum(isinstance(layer, keras.layers.Conv2D | keras.layers.Dense) for layer in model.layers) == 16


@pytest.mark.parametrize("name", IMAGENET)
def test_preprocess_is_that_of_keras(name, images):
    images = np.repeat(np.repeat(images[:1], 2, axis=1), 2, axis=2)
    expected = keras_module(name).preprocess_input(images.astype(np.float32))
    prepared = teachers.preprocess(name, images)
    assert prepared.dtype == np.float32
    np.testing.assert_allclose(prepared, expected, atol=1e-5)


def test_preprocess_leaves_its_input_alone(images):
    images = images.astype(np.float32)
    before = images.copy()
    assert np.array_equal(teachers.preprocess("faces_vgg16", images), before)
    teachers.preprocess("VGG16", images)
    assert np.array_equal(images, before)


# The shipped teacher


def test_save_and_load_give_the_same_network(small_teacher, small_architecture, images, tmp_path):
    card = teacher_files.save_shipped(
        small_teacher, "small", {"architecture": small_architecture, "license": "MIT"}, tmp_path
    )
    file = tmp_path / "small.npz"
    assert card == json.loads((tmp_path / "small.json").read_text(encoding="utf-8")) | {
        "architecture": small_architecture
    }
    assert card["sha256"] == storage.checksum(file)
    assert card["bytes"] == file.stat().st_size
    assert card["parameters"] == small_teacher.count_params()
    assert card["license"] == "MIT"
    again = weights.load_shipped("small", tmp_path)
    before, after = (outputs(model, images) for model in (small_teacher, again))
    np.testing.assert_allclose(after, before, atol=0.05 * before.std())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small.json", "small.npz"]


def test_arrays_are_float16_in_the_order_of_get_weights(small_teacher, small_architecture, tmp_path):
    teacher_files.save_shipped(small_teacher, "small", {"architecture": small_architecture}, tmp_path)
    with np.load(tmp_path / "small.npz") as stored:
        assert list(stored.files) == [f"w{index:03d}" for index in range(len(small_teacher.weights))]
        for key, array in zip(stored.files, small_teacher.get_weights(), strict=True):
            assert np.array_equal(stored[key], array.astype(np.float16))


def test_same_weights_give_the_same_bytes(small_teacher, small_architecture, tmp_path):
    written = []
    for folder in ("one", "other"):
        teacher_files.save_shipped(small_teacher, "small", {"architecture": small_architecture}, tmp_path / folder)
        written.append([(tmp_path / folder / f"small.{suffix}").read_bytes() for suffix in ("npz", "json")])
    assert written[0] == written[1]


def test_weights_that_float16_cannot_hold_raise(small_architecture, tmp_path):
    model = networks.narrow_vgg16(**small_architecture)
    model.get_layer("fc1_bn").moving_variance.assign(np.full(16, 1e6))
    with pytest.raises(ValueError, match=r"fc1_bn/moving_variance.*65,504"):
        teacher_files.save_shipped(model, "small", {"architecture": small_architecture}, tmp_path)
    assert not list(tmp_path.iterdir())


def test_shipped_teacher_agrees_with_its_card():
    weights_file, card_file = weights.shipped_files("faces_vgg16")
    card = json.loads(card_file.read_text(encoding="utf-8"))
    teacher = teachers.CATALOG["faces_vgg16"]
    assert card["sha256"] == storage.checksum(weights_file)
    assert card["bytes"] == weights_file.stat().st_size < 5_000_000
    assert card["parameters"] == teacher.parameters
    assert teachers.available("faces_vgg16")


def test_shipped_teacher_with_its_head_and_without(images):
    whole, base = teachers.load("faces_vgg16"), teachers.load("faces_vgg16", head=False)
    assert whole.output_shape == (None, 2622)
    assert base.output_shape == (None, 192)
    assert base.layers[-1].name == "fc2_relu"
    kernel, bias = whole.get_layer("predictions").get_weights()
    prepared = teachers.preprocess("faces_vgg16", images)
    np.testing.assert_allclose(outputs(whole, prepared), outputs(base, prepared) @ kernel + bias, rtol=1e-3, atol=1e-3)


# ImageNet's teachers


def test_mobilenet_from_the_mirror_recognizes_cats_and_dogs(cats_dogs):
    model = teachers.load("MobileNetV2", input_size=160)
    data = cats_dogs["test"].per_class(20, seed=0)
    best = outputs(model, teachers.preprocess("MobileNetV2", data.images)).argmax(axis=1)
    # ImageNet's classes 151 to 268 are breeds of dogs, 281 to 285 kinds of cats.
    is_dog, is_cat = (best >= 151) & (best <= 268), (best >= 281) & (best <= 285)
    assert np.mean(is_dog[data.labels == 1]) > 0.7
    assert np.mean(is_cat[data.labels == 0]) > 0.5
    names = teachers.imagenet_classes()
    assert (len(names), names[281], names[151]) == (1000, "tabby", "Chihuahua")


def test_base_is_the_whole_without_its_head(mirror):
    whole, base = (teachers.load("MobileNetV2", head=head, input_size=96) for head in (True, False))
    image = teachers.preprocess("MobileNetV2", np.random.default_rng(0).integers(0, 256, (1, 96, 96, 3)))
    kernel, bias = whole.layers[-1].get_weights()
    logits = outputs(base, image) @ kernel + bias
    probabilities = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(outputs(whole, image), probabilities, atol=1e-4)


def test_whether_weights_are_available_is_asked_of_what_load_would_load():
    load, available = (inspect.signature(function).parameters for function in (teachers.load, teachers.available))
    assert load["head"].default == available["head"].default


def test_weights_are_found_in_keras_home_too(mirror, no_weights):
    assert not teachers.available("MobileNetV2", head=False)
    (no_weights / "models").mkdir(parents=True)
    file = teachers.CATALOG["MobileNetV2"].base_file
    shutil.copy(mirror / "keras_home" / "models" / file, no_weights / "models")
    assert teachers.available("MobileNetV2", head=False)
    assert not teachers.available("MobileNetV2", head=True)
    assert teachers.load("MobileNetV2", head=False, input_size=64).output_shape == (None, 1280)


@pytest.mark.slow
def test_efficientnet_is_the_graph_that_goes_with_the_weights(no_weights, monkeypatch):
    """Keras' own model for published weights differs from that for weights=path; ours must give its outputs."""
    module = keras_module("EfficientNetB0")
    keras.utils.set_random_seed(0)
    random = keras.applications.EfficientNetB0(weights=None, include_top=False, input_shape=(64, 64, 3))
    normalize = next(layer for layer in random.layers if isinstance(layer, keras.layers.Normalization))
    normalize.set_weights([np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225]), np.array(1)])
    teacher = teachers.CATALOG["EfficientNetB0"]
    path = no_weights / "models" / teacher.base_file
    path.parent.mkdir(parents=True)
    random.save(path, include_optimizer=False)
    monkeypatch.setattr(module.file_utils, "get_file", lambda *arguments, **options: str(path))
    published = keras.applications.EfficientNetB0(include_top=False, input_shape=(64, 64, 3), pooling="avg")
    monkeypatch.setitem(catalog.CATALOG, "EfficientNetB0", _without_checksum(teacher))
    ours = teachers.load("EfficientNetB0", head=False, input_size=64)
    image = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3)).astype(np.float32)
    expected = outputs(published, image)
    assert expected.std() > 0
    np.testing.assert_allclose(outputs(ours, image), expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


def _without_checksum(teacher):
    return dataclasses.replace(teacher, md5=(None, None))
