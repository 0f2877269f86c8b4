"""`tlcourse photos` on real photos with both teachers; Grad-CAM and the exported file against other computations."""

import os
import subprocess
import sys
import time

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from conftest import SLOWER
from PIL import Image

from tlcourse import export
from tlcourse.commands.main import main
from tlcourse.datasets import photo_folders
from tlcourse.own_photos import classifier, contact_sheets, duplicates, grad_cam
from tlcourse.plots import image_grid

EACH = 10
SUFFIXES = (".jpg", ".png", ".webp")
COLORS = {"brick": "firebrick", "grass": "green", "sand": "khaki", "sea": "navy", "sky": "skyblue"}
ON_ITS_SIDE = {1: (Image.Transpose.ROTATE_90, 6), 2: (Image.Transpose.ROTATE_270, 8)}  # and what EXIF says of it


@pytest.fixture(scope="module")
def folder(cats_dogs, tmp_path_factory):
    """Ten cats and ten dogs, of mixed sizes and kinds of files; every fourth lies on its side, as its EXIF says."""
    root = tmp_path_factory.mktemp("own")
    chosen = cats_dogs["train"].per_class(EACH, seed=0)
    for index, (image, label) in enumerate(zip(chosen.images, chosen.labels, strict=True)):
        photo, exif = Image.fromarray(image).resize((400 + 40 * index, 400)), Image.Exif()
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
    return classifier.train(folder, tmp_path_factory.mktemp("into"), "MobileNetV2")


def test_photos_are_classified_with_their_uncertainty(learned):
    correct = np.sum(learned.predicted == learned.labels)
    low, high = learned.interval
    assert learned.accuracy == correct / (2 * EACH) >= 0.8
    assert 0 < low <= learned.accuracy <= high <= 1
    assert high - low > 0.1, "twenty photos do not tell an accuracy to the point"
    assert f"{correct} of 20 right" in str(learned)
    assert learned.teacher_note == ""


def test_the_exported_file_gives_the_classes_by_name(learned, folder):
    names = learned.written["labels"].read_text(encoding="utf-8").splitlines()
    assert names == ["cats", "dogs"]
    data = photo_folders.load(folder)
    probabilities = export.Runner(learned.written["model"].read_bytes()).predict(data.images)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-4)
    assert np.mean(probabilities.argmax(axis=1) == data.labels) >= 0.95, "it has learned from these very photos"


def test_offline_the_shipped_teacher_serves_and_prints_its_limits(folder, no_weights, tmp_path):
    outcome = CliRunner().invoke(main, ["photos", str(folder), "--into", str(tmp_path / "out")])
    assert outcome.exit_code == 0, outcome.output
    for words in ("teacher faces_vgg16", "nothing but drawn faces", "cannot be reached", "20 photos of 2 classes"):
        assert words in outcome.output
    for name in ("model.tflite", "labels.txt", "mistakes.png", "where_it_looked.png"):
        assert (tmp_path / "out" / name).is_file(), "a teacher of faces mistakes some cats for dogs"
    with Image.open(tmp_path / "out" / "mistakes.png") as sheet:
        assert np.asarray(sheet.convert("L")).std() > 20


@pytest.fixture(scope="module")
def telephone(tmp_path_factory):
    """Ten photos each of five classes as telephones take them; in each class one shows what belongs into the next.

    A class has a color and a fineness of its own.
    """
    rng, root = np.random.default_rng(0), tmp_path_factory.mktemp("telephone")
    grain = Image.fromarray(rng.integers(0, 256, (4000, 4000, 3), dtype=np.uint8))
    names = list(COLORS)
    for index in range(len(names) * EACH):
        kind, number = divmod(index, EACH)
        shown = (kind + (number == 5)) % len(names)
        side = 3 * 2**shown
        spots = Image.fromarray(rng.integers(0, 256, (side, side, 3), dtype=np.uint8))
        spots = Image.blend(Image.new("RGB", spots.size, COLORS[names[shown]]), spots, 0.3)
        size = [(3000, 2000), (4000, 3000), (2000, 3000)][index % 3]
        photo = spots.resize(size, Image.Resampling.BICUBIC)
        photo, exif = Image.blend(photo, grain.crop((0, 0, *size)), 0.08), Image.Exif()
        if number in ON_ITS_SIDE:
            turn, exif[0x0112] = ON_ITS_SIDE[number]
            photo = photo.transpose(turn)
        suffix = {3: ".png", 7: ".webp"}.get(number, ".jpg")
        kept = root / names[kind] / f"{number:02}{suffix}"
        kept.parent.mkdir(exist_ok=True)
        photo.save(kept, exif=exif, compress_level=1, method=0)  # the latter two: PNG and WebP in less time
    return root


def within_two_minutes(folder, into, teacher, record):
    """Run the command as one does, in a process of its own; look at the clock, and at everything that it wrote."""
    command = [sys.executable, "-m", "tlcourse", "photos", str(folder), "--into", str(into), "--look", "sea/01.jpg"]
    start = time.perf_counter()
    process = subprocess.run(command, capture_output=True, encoding="utf-8")
    seconds = time.perf_counter() - start
    record("seconds", round(seconds, 1))
    print(f"50 photos with {teacher}: {seconds:.1f} s")
    assert process.returncode == 0, process.stderr
    assert seconds < 120 * SLOWER
    assert f"50 photos of 5 classes: {', '.join(COLORS)}\nteacher {teacher}," in process.stdout
    correct = int(process.stdout.split(" of 50 right")[0].split()[-1])
    assert 25 < correct < 50, "guessing gives ten; five show another class"
    for name in ("mistakes.png", "where_it_looked.png", "looked_at.png"):
        with Image.open(into / name) as sheet:
            assert np.asarray(sheet.convert("L")).std() > 20
    assert (into / "labels.txt").read_text(encoding="utf-8").splitlines() == list(COLORS)
    runner = export.Runner((into / "model.tflite").read_bytes())
    size = runner.interpreter.get_input_details()[0]["shape"][1]
    seen = np.stack([photo_folders.read(folder / name / "01.jpg", size) for name in COLORS])
    assert (runner.predict(seen).argmax(axis=1) == range(len(COLORS))).mean() >= 0.8


@pytest.mark.speed
def test_fifty_photos_take_less_than_two_minutes_offline(telephone, no_weights, fresh_cache, tmp_path, record_property):
    within_two_minutes(telephone, tmp_path / "out", "faces_vgg16", record_property)


@pytest.mark.speed
def test_fifty_photos_take_less_than_two_minutes_with_an_imagenet_teacher(
    telephone, mirror, fresh_cache, tmp_path, record_property
):
    within_two_minutes(telephone, tmp_path / "out", "MobileNetV2", record_property)


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    """Three classes of twenty images: two hold nearly the same, which are taken for each other; dark ones."""
    rng, root = np.random.default_rng(0), tmp_path_factory.mktemp("noise")
    for number in range(20):
        bright, dark = rng.integers(0, 256, (48, 48, 3), dtype=np.uint8), rng.integers(0, 64, (48, 48, 3), np.uint8)
        twin = np.clip(bright + rng.normal(0, 30, bright.shape), 0, 255).astype(np.uint8)  # too different for a copy
        for name, image in {"a": bright, "b": twin, "c": dark}.items():
            path = root / name / f"{name}{number:02}.png"
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(image).save(path)
    return root


@pytest.fixture
def sheets(monkeypatch):
    """The sheets that are drawn: the images and the titles of each."""
    seen = []

    def draw(images, titles, columns):
        seen.append((images, titles))
        return image_grid(images, titles, columns)

    monkeypatch.setattr(contact_sheets, "image_grid", draw)
    return seen


@pytest.mark.slow
def test_every_mistake_is_on_a_sheet_and_every_photo_can_be_looked_at(noise, sheets, tmp_path):
    for name in ("mistakes_9.png", "mistakes_of_mine.png"):
        (tmp_path / name).write_bytes(b"")
    paths = sorted(noise.glob("*/*.png"))
    outcome = classifier.train(noise, tmp_path, "faces_vgg16", [*paths[1:], "a/a00.png", paths[1]])
    wrong = [place for place in range(60) if outcome.predicted[place] != outcome.labels[place]]
    assert 24 < len(wrong) <= 48
    expected = ["mistakes", "where_it_looked", "mistakes_2", "where_it_looked_2"]
    expected += ["looked_at", *(f"looked_at_{page}" for page in range(2, 6))]
    assert [*outcome.written][2:] == expected
    assert {path.stem for path in tmp_path.glob("*.png")} == {*expected, "mistakes_of_mine"}
    assert all(outcome.written[name] == tmp_path / f"{name}.png" for name in expected)

    titles = sheets[0][1] + sheets[2][1]
    assert len(sheets[0][1]) == 24
    assert [title.split("\n")[0] for title in titles] == [paths[place].name for place in wrong]
    assert sheets[1][1] + sheets[3][1] == titles

    order = [*range(1, 60), 0]
    pairs = np.concatenate([images for images, _ in sheets[4:]]).reshape(60, 2, 48, 48, 3)
    captions = [title for _, titles in sheets[4:] for title in titles[::2]]
    assert [title.endswith(", right") for title in captions] == [place not in wrong for place in order]
    shown = {place: pair for place, pair in zip(order, pairs, strict=True)}
    heat = np.concatenate([sheets[1][0], sheets[3][0]])
    assert np.abs(np.stack([shown[place][1] for place in wrong]).astype(int) - heat).max() <= 2
    assert (np.stack([shown[place][0] for place in range(60)]) == photo_folders.load(noise, 48).images).all()
    colored = [np.ptp(shown[place][1].astype(int), axis=-1).max() > 20 for place in range(60) if place not in wrong]
    assert np.mean(colored) > 0.5, "where it was right, too, something spoke for the class"


def save_noise(path, seed, size=48, **options):
    """A photo of noise that is like no other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(np.random.default_rng(seed).integers(0, 256, (48, 48, 3), dtype=np.uint8))
    image.resize((size, size), Image.Resampling.BICUBIC).save(path, **options)


MARK = "" if sys.platform == "win32" else "?*"  # Windows has no such names


def test_copies_stay_on_one_side_and_whatever_is_no_photo_is_skipped_and_named(tmp_path):
    """Two classes of noise, five copies of each photo: with copies on both sides, all would seem to be recognized."""
    own = tmp_path / f"$10 und 20 %41 #1 [a] größe 大{MARK}"
    for number in range(20):
        folder, name = own / ("größe$" if number < 10 else "大小$x$"), f"{number:02}"
        save_noise(folder / f"{name}.png", number)
        save_noise(folder / f"{name} copy.bmp", number)
        save_noise(folder / f"{name}.jfif", number, format="JPEG", quality=80)
        save_noise(folder / f"{name} large.ppm", number, size=96)
        save_noise(folder / f"{name}_大.tif", number, size=60)
    save_noise(own / "größe$" / "13 again.png", 13)
    (own / "größe$" / "broken.jpg").write_bytes(b"\xff\xd8")
    (own / "größe$" / "notes.txt").touch()
    save_noise(own / "größe$" / "inner" / "x.png", 77)
    into = tmp_path / f"out %20 #2 [b-c] ñ{MARK}"
    outcome = classifier.train(own, into, "faces_vgg16", [own / "größe$" / "00_大.tif", "größe$/00 copy.bmp"])
    assert set(into.iterdir()) == set(outcome.written.values()) >= {into / "looked_at.png"}
    assert len(outcome.labels) == 101
    assert outcome.accuracy < 0.75, "noise cannot be told from noise"
    shown = str(outcome)
    assert "note: 101 photos are copies of 20, and are tested together: größe$/00 copy.bmp = größe$/00 larg" in shown
    assert "note: the same photo is in 2 classes: größe$/13 again.png = " in shown
    for words in (
        "broken.jpg cannot be read",
        "notes.txt is no photo by its name",
        "inner is a folder: move its photos",
    ):
        assert sum(f"note: skipped: {own}" in line and words in line for line in shown.splitlines()) == 1
    assert outcome.written["labels"].read_text(encoding="utf-8") == "größe$\n大小$x$\n"


@pytest.mark.parametrize("into", [".", "out", "cats", "../own/out"])
def test_results_do_not_go_among_the_photos(tmp_path, into):
    own = tmp_path / "own"
    own.mkdir()
    with pytest.raises(ValueError, match=r"would lie among the photos in .*: name another folder \(--into\)"):
        classifier.train(own, own / into, "faces_vgg16")
    assert not list(own.iterdir())


def test_folds_keep_groups_together_and_every_class_on_both_sides():
    rng = np.random.default_rng(0)
    for seed in range(50):
        rng = np.random.default_rng(seed)
        labels, group_of = rng.integers(0, 3, 60), rng.integers(0, 12, 60)
        fewest = min(len(set(group_of[labels == label])) for label in range(3))
        fold_of = duplicates.folds(labels, group_of, min(5, fewest), rng)
        assert all(len(set(fold_of[group_of == group])) == 1 for group in set(group_of))
        for fold in set(fold_of):
            assert set(labels[fold_of != fold]) == {0, 1, 2}


def test_a_name_that_the_font_lacks_is_replaced_and_a_dollar_is_a_dollar():
    assert contact_sheets.drawable("größe $5$", "class 1") == r"größe \$5\$"
    assert contact_sheets.drawable("大小", "class 2") == "class 2"


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("nowhere.jpg", "nowhere.jpg is not one of the photos in {own}: name them as cats/a.png, for example"),
        ("{own}/../other.png", "other.png is not one of the photos in"),
        ("cats", "cats is not one of the photos in"),
        ("cats/notes.txt", "notes.txt is not one of the photos in"),
        ("dogs/broken.jpg", "broken.jpg is not one of the photos in"),
    ],
)
def test_what_cannot_be_looked_at_is_reported_in_one_line(tmp_path, named, words):
    own = tmp_path / "own"
    for seed, name in enumerate(("own/cats/a.png", "own/cats/b.png", "own/dogs/c.png", "own/dogs/d.png", "other.png")):
        save_noise(tmp_path / name, seed)
    (own / "cats" / "notes.txt").write_text("mine", encoding="utf-8")
    (own / "dogs" / "broken.jpg").write_bytes((own / "cats" / "a.png").read_bytes()[:40])
    command = ["photos", str(own), "--into", str(tmp_path / "out"), "--teacher", "faces_vgg16"]
    outcome = CliRunner().invoke(main, [*command, "--look", named.format(own=own)])
    assert outcome.exit_code == 1
    assert words.format(own=own) in outcome.output
    assert outcome.output.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("build", "words"),
    [
        ({"cats/a.png": "RGB"}, "has one class, 'cats'"),
        ({"cats/a.png": "RGB", "cats/b.png": "RGB", "dogs/c.png": "RGB"}, "the class 'dogs' has one photo"),
        (
            {"cats/a.png": "RGB", "cats/b.png": "RGB", "dogs/c.png": "RGB", "dogs/d.png": "RGB"},
            "copies of one photo only",
        ),
        ({"cats/a.heic": None, "dogs/b.png": "RGB"}, "a.heic is a HEIC file"),
        ({"cats/a.png": "RGB", "cats/b.png": "RGB", "do\ngs/c.png": "RGB"}, "rename the class folder 'do\\ngs'"),
        ({}, "no class folders"),
    ],
)
def test_what_cannot_be_learned_is_reported_in_one_line(tmp_path, build, words):
    for name, mode in build.items():
        path = tmp_path / "own" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (60, 60), "red").save(path) if mode else path.write_bytes(b"ftypheic")
    (tmp_path / "own").mkdir(exist_ok=True)
    command = ["photos", str(tmp_path / "own"), "--into", str(tmp_path / "out"), "--teacher", "faces_vgg16"]
    outcome = CliRunner().invoke(main, command)
    assert outcome.exit_code == 1
    assert words in outcome.output
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has such names")
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"gr\xfc\xdfe", r"'gr\udcfc\udcdfe'"),
        (b"two\nlines", r"'two\nlines'"),
        (b"bell\x07\x1b[2J", r"'bell\x07\x1b[2J'"),
        ("a\u202egnp".encode(), r"'a\u202egnp'"),
    ],
    ids=["Latin-1", "a line end", "control characters", "from right to left"],
)
def test_a_class_folder_that_cannot_be_printed_is_named_in_one_line(tmp_path, name, shown):
    own = tmp_path / "own"
    for folder in (own / "cats", own / os.fsdecode(name)):
        for number in range(2):
            save_noise(folder / f"{number}.png", number)
    command = ["photos", str(own), "--into", str(tmp_path / "out"), "--teacher", "faces_vgg16"]
    outcome = CliRunner().invoke(main, command)
    expected = f"Error: rename the class folder {shown}: a name must be of letters that can be printed\n"
    assert (outcome.exit_code, outcome.output) == (1, expected)
    assert not (tmp_path / "out").exists()


def test_an_unknown_teacher_raises(tmp_path):
    for name in ("cats/a.png", "cats/b.png", "dogs/c.png", "dogs/d.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (60, 60), "red").save(tmp_path / name)
    with pytest.raises(ValueError, match="not with 'VGG16'"):
        classifier.train(tmp_path, tmp_path.with_name("out"), "VGG16")


def test_grad_cam_of_averaged_maps_is_their_weighted_sum():
    """With an average over space behind the maps, the gradient is the head's weight over the number of places."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((12, 12, 3))
    maps = keras.layers.Conv2D(5, 3, padding="same")(inputs)
    base = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(maps))
    rng = np.random.default_rng(0)
    images = rng.uniform(0, 1, (3, 12, 12, 3)).astype(np.float32)
    weights = rng.normal(size=(3, 5)).astype(np.float32)
    expected = np.maximum(np.einsum("nhwc,nc->nhw", np.asarray(keras.Model(inputs, maps)(images)), weights), 0)
    expected /= expected.max(axis=(1, 2), keepdims=True)
    assert np.allclose(grad_cam.grad_cam(base, images, weights), expected, atol=1e-4)


def test_an_overlay_leaves_cold_places_gray():
    image = np.full((1, 4, 4, 3), (200, 100, 0), dtype=np.uint8)
    heat = np.zeros((1, 4, 4), dtype=np.float32)
    heat[0, 0, 0] = 1
    shown = grad_cam.overlay(image, heat)[0]
    assert (shown[3, 3] == 100).all()
    assert np.ptp(shown[0, 0].astype(int)) > 20
