"""What goes wrong on a student's machine: each time one message that names the thing and says what to do."""

import errno
import hashlib
import http.server
import os
import shutil
import socket
import threading
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from tlcourse import feature_cache, features, storage, teachers
from tlcourse.datasets import photo_folders, photos
from tlcourse.research import teacher_files
from tlcourse.teachers import weights

# Weights that are missing


@pytest.mark.parametrize(("name", "head"), [("VGG16", False), ("VGG16", True), ("MobileNetV2", False)])
def test_missing_weights(name, head, no_weights):
    teacher = teachers.CATALOG[name]
    file = teacher.weights_file if head else teacher.base_file
    start = time.perf_counter()
    with pytest.raises(teachers.TeacherUnavailable) as error:
        teachers.load(name, head=head)
    assert time.perf_counter() - start < 3
    for part in (name, file, teacher.url + file, str(no_weights / "models"), "Download", "cannot be reached"):
        assert part in str(error.value)


def test_missing_weights_name_the_mirror_too(no_weights, tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_MIRROR", str(tmp_path / "school"))
    with pytest.raises(FileNotFoundError) as error:
        teachers.load("ResNet50", head=False)
    assert str(tmp_path / "school" / "keras_home" / "models") in str(error.value)


def test_missing_shipped_weights(tmp_path):
    with pytest.raises(teachers.TeacherUnavailable, match=r"faces_vgg16\.npz.*`make teachers`"):
        weights.load_shipped("faces_vgg16", tmp_path)


def test_unknown_teacher():
    with pytest.raises(ValueError, match="no teacher 'VGG17': there are faces_vgg16, VGG16"):
        teachers.load("VGG17")


# Weights that are damaged


@pytest.fixture
def shipped(small_teacher, small_architecture, tmp_path):
    """The paths of a small shipped teacher's weights and card."""
    teacher_files.save_shipped(small_teacher, "small", {"architecture": small_architecture}, tmp_path)
    return weights.shipped_files("small", tmp_path)


def flip_a_byte(path, position):
    content = bytearray(path.read_bytes())
    content[position] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_flipped_byte_anywhere_in_shipped_weights(shipped, part):
    flip_a_byte(shipped[0], int(part * shipped[0].stat().st_size))
    with pytest.raises(ValueError, match=r"small\.npz is damaged.*SHA-256.*small\.json.*`make teachers`"):
        weights.load_shipped("small", shipped[0].parent)


def test_truncated_shipped_weights(shipped):
    shipped[0].write_bytes(shipped[0].read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"small\.npz is damaged or incomplete"):
        weights.load_shipped("small", shipped[0].parent)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"sha256": "0"}'])
def test_a_card_that_cannot_be_read(shipped, content):
    shipped[1].write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"small\.json is damaged.*`make teachers`"):
        weights.load_shipped("small", shipped[0].parent)


def test_a_card_of_another_network(shipped):
    card = shipped[1].read_text(encoding="utf-8")
    shipped[1].write_text(card.replace('"dense": 16', '"dense": 17'), encoding="utf-8")
    with pytest.raises(ValueError, match=r"small\.json is damaged.*does not describe small\.npz"):
        weights.load_shipped("small", shipped[0].parent)


def test_a_wrong_file_in_place_of_published_weights(no_weights):
    file = no_weights / "models" / teachers.CATALOG["VGG16"].base_file
    file.parent.mkdir(parents=True)
    file.write_bytes(b"not weights at all")
    with pytest.raises(ValueError, match=r"vgg16.*notop\.h5 is damaged or incomplete \(its MD5.*delete it.*https://"):
        teachers.load("VGG16", head=False)


@pytest.mark.parametrize("kept", [0, 100, 500_000, 9_400_000])
def test_truncated_weights_without_a_published_checksum(mirror, no_weights, kept):
    name = teachers.CATALOG["MobileNetV2"].base_file
    file = no_weights / "models" / name
    file.parent.mkdir(parents=True)
    file.write_bytes((mirror / "keras_home" / "models" / name).read_bytes()[:kept])
    with pytest.raises(ValueError, match=rf"{name} is damaged or incomplete.*delete it") as error:
        teachers.load("MobileNetV2", head=False, input_size=64)
    assert "\n" not in str(error.value)


def test_the_weights_of_another_network(mirror, no_weights):
    folder = no_weights / "models"
    folder.mkdir(parents=True)
    teacher = teachers.CATALOG["MobileNetV2"]
    shutil.copy(mirror / "keras_home" / "models" / teacher.base_file, folder / teacher.weights_file)
    with pytest.raises(ValueError, match=rf"{teacher.weights_file} is damaged or incomplete"):
        teachers.load("MobileNetV2")


# Images that do not fit


WRONG_SHAPES = {
    "grayscale": ((2, 48, 48), "grayscale"),
    "grayscale with an axis": ((2, 48, 48, 1), "grayscale"),
    "RGBA": ((2, 48, 48, 4), "RGBA"),
    "one image": ((48, 48, 3), "one image"),
    "another size": ((2, 32, 40, 3), "scale them to 48x48"),
    "none at all": ((0, 48, 48, 3), "no images"),
    "a number": ((), "must have shape"),
}


@pytest.mark.parametrize("kind", WRONG_SHAPES)
def test_images_of_a_wrong_shape(kind, small_teacher):
    shape, message = WRONG_SHAPES[kind]
    images = np.full(shape, 99, dtype=np.uint8)
    with pytest.raises(ValueError, match=message) as error:
        teachers.preprocess("faces_vgg16", images)
    assert str(shape) in str(error.value)
    with pytest.raises(ValueError, match=r"\(n, 48, 48, 3\)|no images") as error:
        features.extract(small_teacher, images)
    assert str(shape) in str(error.value)


def test_images_that_are_too_small():
    with pytest.raises(ValueError, match=r"InceptionV3 takes images of 75 pixels and more, got shape \(1, 48, 48, 3\)"):
        teachers.preprocess("InceptionV3", np.full((1, 48, 48, 3), 99, np.uint8))


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-1, 1), (-20, 200), (0, 300), (np.nan, 5), (0, np.inf)])
def test_images_with_a_suspicious_range(low, high, small_teacher, images):
    values = np.where(images > 128, low, high).astype(np.float32)
    for function in (teachers.preprocess, features.extract):
        with pytest.raises(ValueError, match="as 0 to 255"):
            function("faces_vgg16" if function is teachers.preprocess else small_teacher, values)


@pytest.mark.parametrize("kind", [bool, complex, object, str])
def test_images_of_a_wrong_type(kind, small_teacher, images):
    values = images.astype(kind)
    with pytest.raises(ValueError, match="dtype"):
        teachers.preprocess("faces_vgg16", values)
    with pytest.raises(ValueError, match="dtype"):
        features.extract(small_teacher, values)


def test_raw_images_for_a_teacher_that_needs_preprocessed_ones(mirror):
    base = teachers.load("MobileNetV2", head=False, input_size=64)
    with pytest.raises(ValueError, match=r"teachers\.preprocess\('MobileNetV2', images\)"):
        features.extract(base, np.zeros((1, 64, 64, 3), np.uint8))


@pytest.mark.parametrize(
    ("name", "head", "size"), [("faces_vgg16", False, 64), ("VGG16", True, 160), ("InceptionV3", False, 64)]
)
def test_an_input_size_that_does_not_suit(name, head, size):
    with pytest.raises(ValueError, match=rf"{name}.*takes images of \d+ pixels.*input_size={size}"):
        teachers.load(name, head=head, input_size=size)


def test_a_layer_that_is_not_there(small_teacher, images):
    with pytest.raises(ValueError, match=r"No such layer: block9_conv1\. Existing layers are: \['image', 'rescale'"):
        features.extract(small_teacher, images, layer="block9_conv1")


def test_a_pooling_that_is_not_there(small_teacher, images):
    with pytest.raises(ValueError, match="'average' or 'flatten', got 'max'"):
        features.extract(small_teacher, images, pool="max")


# Folders of photos


@pytest.fixture
def folder(tmp_path):
    """Two classes with one good photo each."""
    for name in ("cats", "dogs"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        Image.new("RGB", (40, 40), (200, 100, 0)).save(tmp_path / "photos" / name / "good.jpg")
    return tmp_path / "photos"


def test_no_such_folder(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"no folder .*nowhere: make it, with one folder of photos for each class"
    ):
        photo_folders.load(tmp_path / "nowhere")


def test_a_file_in_place_of_the_folder(folder):
    with pytest.raises(NotADirectoryError, match=r"good\.jpg is a file: name the folder"):
        photo_folders.load(folder / "cats" / "good.jpg")


def test_photos_without_class_folders(folder):
    with pytest.raises(ValueError, match=r"no class folders in .*cats: put the photos of each class into a folder"):
        photo_folders.load(folder / "cats")


def test_an_empty_class_folder(folder):
    (folder / "birds").mkdir()
    (folder / "birds" / "notes.txt").write_text("none yet", encoding="utf-8")
    with pytest.raises(ValueError, match=r"no photos in the class folder .*birds: add some, or remove the folder"):
        photo_folders.load(folder)


def test_one_folder_too_high(folder):
    with pytest.raises(ValueError, match=r"no photos in the class folder .*photos; it holds folders: was .* meant"):
        photo_folders.load(folder.parent)


@pytest.mark.parametrize("damage", ["truncated", "text", "empty"])
@pytest.mark.parametrize("name", ["broken.jpg", "broken.png", "broken.gif"])
def test_a_broken_photo(folder, damage, name):
    file = folder / "dogs" / name
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(file)
    whole = file.read_bytes()
    file.write_bytes({"truncated": whole[: len(whole) // 2], "text": b"<html>404</html>", "empty": b""}[damage])
    with pytest.raises(ValueError, match=rf"dogs.{name} cannot be read as a photo .*replace it, or take it away"):
        photo_folders.load(folder)


def test_a_gigantic_photo(folder, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(ValueError, match=r"good\.jpg cannot be read as a photo"):
        photo_folders.load(folder)


@pytest.mark.parametrize("name", ["IMG_0001.HEIC", "x.heif"])
def test_a_telephones_heic(folder, name):
    (folder / "cats" / name).write_bytes(b"ftypheic")
    with pytest.raises(ValueError, match=rf"{name} is a HEI[CF] file, which cannot be read: export it as JPEG"):
        photo_folders.load(folder)


def test_no_photos_available(fresh_cache, monkeypatch):
    monkeypatch.delenv("TLCOURSE_MIRROR", raising=False)
    with pytest.raises(photos.PhotosUnavailable) as error:
        photos.cats_dogs()
    for part in ("TLCOURSE_MIRROR", "no network", photos.URL, str(fresh_cache)):
        assert part in str(error.value)


@pytest.mark.parametrize("damage", ["truncated", "flipped", "text"])
def test_a_damaged_archive_of_photos_leaves_nothing(folder, fresh_cache, monkeypatch, damage, web_folder):
    monkeypatch.delenv("TLCOURSE_MIRROR", raising=False)
    archive = web_folder.path / "public.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(folder / "cats" / "good.jpg", "cats_and_dogs_filtered/train/cats/good.jpg")
    if damage == "flipped":
        flip_a_byte(archive, 300)
    else:
        archive.write_bytes(archive.read_bytes()[:400] if damage == "truncated" else b"<html>")
    monkeypatch.setattr(photos, "URL", f"{web_folder.address}/public.zip")
    with pytest.raises(photos.PhotosUnavailable, match=r"public\.zip could not be fetched.*Try again"):
        photos.cats_dogs()
    assert list(fresh_cache.iterdir()) == []


# The cache


REASONS = {
    "no permission": PermissionError(errno.EACCES, "Permission denied"),
    "a full disk": OSError(errno.ENOSPC, "No space left on device"),
    "read-only": OSError(errno.EROFS, "Read-only file system"),
}


@pytest.fixture(autouse=True)
def forget_printed_lines():
    """What is said once in a session is said once in each test."""
    feature_cache._print_once.cache_clear()


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("call", ["mkdir", "open", "savez", "replace"])
def test_a_cache_that_cannot_be_written(reason, call, small_teacher, images, fresh_cache, monkeypatch, capfd):
    expected = features.extract(small_teacher, images, cache=False)

    def fails(*arguments, **options):
        raise REASONS[reason]

    where = {"mkdir": storage.Path, "open": feature_cache, "savez": np, "replace": os}[call]
    with monkeypatch.context() as patch:
        patch.setattr(where, call, fails, raising=call != "open")
        for _ in range(2):
            np.testing.assert_array_equal(features.extract(small_teacher, images), expected)
    printed, errors = capfd.readouterr()
    assert printed == (
        f"Features are not kept: {fresh_cache / 'features'}: {REASONS[reason].strerror}. "
        "Set TLCOURSE_CACHE to a folder with free space that you may write to.\n"
    )
    assert errors == ""
    assert [path for path in fresh_cache.rglob("*") if path.is_file()] == []


def test_a_file_in_place_of_the_cache_folder(small_teacher, images, tmp_path, monkeypatch, capsys):
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path / "cache"))
    assert features.extract(small_teacher, images).shape == (12, 16)
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert printed.startswith(f"Features are not kept: {tmp_path / 'cache'}")


@pytest.mark.parametrize("damage", ["empty", "truncated", "flipped", "text", "other shape"])
def test_a_damaged_cache_file_is_computed_again(damage, small_teacher, images, fresh_cache):
    expected = features.extract(small_teacher, images)
    (file,) = (fresh_cache / "features").iterdir()
    whole = file.read_bytes()
    if damage == "flipped":
        flip_a_byte(file, len(whole) // 2)
    elif damage == "other shape":
        np.savez(file, features=expected[:5])
    else:
        file.write_bytes({"empty": b"", "truncated": whole[:-50], "text": b"hello"}[damage])
    np.testing.assert_array_equal(features.extract(small_teacher, images), expected)
    np.testing.assert_array_equal(np.load(file)["features"], expected)  # and repaired


def test_an_interrupted_write_leaves_no_file(tmp_path):
    target = tmp_path / "thing.npz"

    def interrupted():
        with storage.whole_file(target) as partial:
            partial.write_bytes(b"half of it")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_never_read(small_teacher, images, fresh_cache, monkeypatch):
    """Killed between writing and renaming: only the temporary file is there, under a name that nobody looks for."""
    expected = features.extract(small_teacher, images)
    (file,) = (fresh_cache / "features").iterdir()
    file.rename(file.with_name(f".{file.name}.123-abc.partial"))
    np.testing.assert_array_equal(features.extract(small_teacher, images), expected)
    assert file.is_file()


def test_an_interrupted_save_keeps_the_old_teacher(shipped, small_teacher, small_architecture, monkeypatch):
    before = shipped[0].read_bytes()
    monkeypatch.setattr(teacher_files, "_output_difference", lambda *arguments: 1.0)
    with pytest.raises(ValueError, match="float16 moves the outputs"):
        teacher_files.save_shipped(small_teacher, "small", {"architecture": small_architecture}, shipped[0].parent)
    assert shipped[0].read_bytes() == before
    assert len(list(shipped[0].parent.iterdir())) == 2


# Downloads


CONTENT = b"0123456789" * 1000


@pytest.fixture
def server(monkeypatch):
    """A web server on this machine: /whole, /short (stops half way), anything else is not there."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if not self.path.startswith(("/whole", "/short")):
                return self.send_error(404)
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            return self.wfile.write(CONTENT if self.path == "/whole" else CONTENT[:5000])

        def log_message(self, *arguments):
            pass

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("TLCOURSE_OFFLINE")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_a_whole_download(server, tmp_path, capfd):
    storage.fetch(f"{server}/whole", tmp_path / "deep" / "file", md5=hashlib.md5(CONTENT).hexdigest())
    assert (tmp_path / "deep" / "file").read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["file"]
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("path", "md5", "message"), [
    ("/short", None, r"/short: .*5000 bytes read, 5000 more expected"),
    ("/whole", "0" * 32, r"/whole: the checksum is [0-9a-f]{32}, and should be 0{32}"),
    ("/gone", None, "404"),
])  # fmt: skip
def test_a_download_that_fails_leaves_nothing(server, tmp_path, path, md5, message):
    with pytest.raises(OSError, match=message):
        storage.fetch(server + path, tmp_path / "file", md5)
    assert list(tmp_path.iterdir()) == []


def test_weights_whose_download_stops_short(server, no_weights):
    with pytest.raises(
        teachers.TeacherUnavailable, match=r"needs the file w\.h5, and its download failed.*5000 more expected"
    ):
        weights.find_or_download("VGG16", "w.h5", f"{server}/short")
    assert list((no_weights / "models").iterdir()) == []


def test_weights_are_downloaded_once(server, no_weights):
    for _ in range(2):
        assert weights.find_or_download("VGG16", "w.h5", f"{server}/whole") == no_weights / "models" / "w.h5"
        server = "http://127.0.0.1:9"  # the second time nobody asks


def test_reachable(server, monkeypatch):
    assert storage.reachable(server)
    monkeypatch.setenv("TLCOURSE_OFFLINE", "1")
    assert not storage.reachable(server)


def test_an_unreachable_host_costs_no_time(monkeypatch):
    monkeypatch.delenv("TLCOURSE_OFFLINE")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: threading.Event().wait())
    start = time.perf_counter()
    assert not storage.reachable("https://example.org/x", seconds=0.2)
    assert time.perf_counter() - start < 1
