"""`tlcourse photos` on real photos with both teachers; Grad-CAM and the exported file against other computations."""

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from tlcourse import litert, own_photos, saliency
from tlcourse.cli import main
from tlcourse.datasets import photos

EACH = 10
SUFFIXES = (".jpg", ".png", ".webp")


@pytest.fixture(scope="module")
def folder(cats_dogs, tmp_path_factory):
    """Ten cats and ten dogs, of mixed sizes and kinds of files; every fourth lies on its side, as its EXIF says."""
    root = tmp_path_factory.mktemp("own")
    chosen = cats_dogs["train"].per_class(EACH, seed=0)
    for index, (picture, label) in enumerate(zip(chosen.images, chosen.labels, strict=True)):
        photo, exif = Image.fromarray(picture).resize((400 + 40 * index, 400)), Image.Exif()
        if index % 4 == 0:
            exif[0x0112] = 6
            photo = photo.transpose(Image.Transpose.ROTATE_90)
        kept = root / chosen.class_names[label] / f"{index:02}{SUFFIXES[index % 3]}"
        kept.parent.mkdir(exist_ok=True)
        photo.save(kept, exif=exif)
    return root


@pytest.fixture(scope="module")
def learned(folder, tmp_path_factory):
    """What the ImageNet teacher makes of them."""
    return own_photos.learn(folder, tmp_path_factory.mktemp("into"), "MobileNetV2")


def test_photos_are_told_apart_and_the_uncertainty_is_said(learned):
    right = np.sum(learned.predicted == learned.labels)
    low, high = learned.interval
    assert learned.accuracy == right / (2 * EACH) >= 0.8
    assert 0 < low <= learned.accuracy <= high <= 1
    assert high - low > 0.1, "twenty photos do not tell an accuracy to the point"
    assert f"{right} of 20 right" in str(learned)
    assert learned.remark == ""


def test_the_exported_file_gives_the_classes_by_name(learned, folder):
    names = learned.written["labels"].read_text(encoding="utf-8").splitlines()
    assert names == ["cats", "dogs"]
    data = photos.load(folder)
    probabilities = litert.Runner(learned.written["model"].read_bytes()).predict(data.images)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-4)
    assert np.mean(probabilities.argmax(axis=1) == data.labels) >= 0.95, "it has learned from these very photos"


def test_offline_the_embedded_teacher_serves_and_says_what_it_is_not_good_for(folder, no_weights, tmp_path):
    said = CliRunner().invoke(main, ["photos", str(folder), "--into", str(tmp_path / "out")])
    assert said.exit_code == 0, said.output
    for words in ("teacher faces_vgg16", "nothing but drawn faces", "cannot be reached", "20 photos of 2 classes"):
        assert words in said.output
    for name in ("model.tflite", "labels.txt", "mistakes.png", "where_it_looked.png"):
        assert (tmp_path / "out" / name).is_file(), "a teacher of faces mistakes some cats for dogs"
    with Image.open(tmp_path / "out" / "mistakes.png") as sheet:
        assert np.asarray(sheet.convert("L")).std() > 20


@pytest.mark.parametrize(
    ("build", "words"),
    [
        ({"cats/a.png": "RGB"}, "has one class, 'cats'"),
        ({"cats/a.png": "RGB", "cats/b.png": "RGB", "dogs/c.png": "RGB"}, "the class 'dogs' has one photo"),
        ({"cats/a.heic": None, "dogs/b.png": "RGB"}, "a.heic is a HEIC file"),
        ({}, "no class folders"),
    ],
)
def test_what_cannot_be_learned_is_refused_in_one_line(tmp_path, build, words):
    for name, mode in build.items():
        path = tmp_path / "own" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (60, 60), "red").save(path) if mode else path.write_bytes(b"ftypheic")
    (tmp_path / "own").mkdir(exist_ok=True)
    said = CliRunner().invoke(main, ["photos", str(tmp_path / "own"), "--into", str(tmp_path / "out")])
    assert said.exit_code == 1
    assert words in said.output
    assert not (tmp_path / "out").exists()


def test_an_unknown_teacher_is_refused(tmp_path):
    for name in ("cats/a.png", "cats/b.png", "dogs/c.png", "dogs/d.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (60, 60), "red").save(tmp_path / name)
    with pytest.raises(ValueError, match="not with 'VGG16'"):
        own_photos.learn(tmp_path, tmp_path / "out", "VGG16")


def test_grad_cam_of_averaged_maps_is_their_weighted_sum():
    """With an average over space behind the maps, the gradient is the head's weight over the number of places."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((12, 12, 3))
    maps = keras.layers.Conv2D(5, 3, padding="same")(inputs)
    base = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(maps))
    rng = np.random.default_rng(0)
    pictures = rng.uniform(0, 1, (3, 12, 12, 3)).astype(np.float32)
    weights = rng.normal(size=(3, 5)).astype(np.float32)
    expected = np.maximum(np.einsum("nhwc,nc->nhw", np.asarray(keras.Model(inputs, maps)(pictures)), weights), 0)
    expected /= expected.max(axis=(1, 2), keepdims=True)
    assert np.allclose(saliency.grad_cam(base, pictures, weights), expected, atol=1e-4)


def test_an_overlay_leaves_cold_places_grey():
    picture = np.full((1, 4, 4, 3), (200, 100, 0), dtype=np.uint8)
    heat = np.zeros((1, 4, 4), dtype=np.float32)
    heat[0, 0, 0] = 1
    shown = saliency.overlay(picture, heat)[0]
    assert (shown[3, 3] == 100).all()
    assert np.ptp(shown[0, 0].astype(int)) > 20
