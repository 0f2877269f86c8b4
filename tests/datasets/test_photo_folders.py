"""Photos from folders: every kind that a camera or a telephone writes, in an order that is always the same."""

import sys

import numpy as np
import pytest
from PIL import Image

from tlcourse.datasets import photo_folders

RED, BLUE = (220, 30, 30), (30, 30, 220)
KINDS = {"1": RED, "2": BLUE}


def save(path, color=RED, size=(64, 48), mode="RGB", **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).convert(mode).save(path, **options)
    return path


@pytest.fixture
def folder(tmp_path):
    """Two classes: a red JPEG and a red PNG, a blue PNG."""
    save(tmp_path / "photos/reds/a.jpg")
    save(tmp_path / "photos/reds/b.png")
    save(tmp_path / "photos/blues/c.png", BLUE)
    return tmp_path / "photos"


def test_load_gives_class_folders_in_order(folder):
    data = photo_folders.load(folder, size=32)
    assert data.images.shape == (3, 32, 32, 3)
    assert data.class_names == ("blues", "reds")
    assert data.labels.tolist() == [0, 1, 1]
    assert np.abs(data.images[0].astype(int) - BLUE).max() == 0
    assert np.abs(data.images[1].astype(int) - RED).max() <= 4  # JPEG
    assert str(folder) in data.source


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize("name", ["what? 100 %41", "#1 [a-z] *", "größe 大小", "a&b=c;d", "~tilde$HOME", "{x}"])
def test_a_path_is_taken_as_it_is_spelled(tmp_path, name):
    """No part is a pattern, a placeholder or a part of an address."""
    kept = [save(tmp_path / name / f"{kind} {name}" / f"{name}.png", color) for kind, color in KINDS.items()]
    save(tmp_path / "what" / "1 a" / "decoy.png", BLUE)
    data, paths, skipped = photo_folders.readable(tmp_path / name, 16)
    assert (paths, skipped) == (sorted(kept), [])
    assert data.class_names == (f"1 {name}", f"2 {name}")
    assert data.images[:, 8, 8].tolist() == [list(RED), list(BLUE)]
    assert (photo_folders.load(str(tmp_path / name), 16).images == data.images).all()


def test_what_is_no_photo_is_left_out(folder):
    for name in ("notes.txt", ".DS_Store", "Thumbs.db", ".hidden.jpg", "__MACOSX_thing", "desktop.ini"):
        (folder / "reds" / name).write_bytes(b"not a photo")
    (folder / ".git").mkdir()
    (folder / "__MACOSX").mkdir()
    (folder / "readme.txt").write_text("hello", encoding="utf-8")
    assert len(photo_folders.load(folder)) == 3


@pytest.mark.parametrize("name", ["x.JPG", "x.jpeg", "x.bmp", "x.gif", "x.tif", "x.webp", "ü ñ.png"])
def test_kinds_of_files(folder, name):
    save(folder / "reds" / name)
    assert np.abs(photo_folders.load(folder, size=16).images[-1].astype(int) - RED).max() <= 12


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1", "I;16"])
def test_kinds_of_color(folder, mode):
    suffix = "tif" if mode == "CMYK" else "png"
    save(folder / "reds" / f"z.{suffix}", (200, 200, 200), mode=mode)
    image = photo_folders.load(folder, size=16).images[-1].astype(int)
    assert image.shape == (16, 16, 3)
    if mode not in ("1", "I;16"):  # dithered; and Pillow cannot convert to 16 bits, so see the next test
        assert np.abs(image - 200).max() <= 4


def test_16_bits_become_8(folder):
    values = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    Image.fromarray(values).save(folder / "reds" / "z.png")
    image = photo_folders.load(folder, size=64).images[-1]
    assert image.min() == 0
    assert image.max() == 255
    assert abs(int(np.median(image)) - 127) <= 1


def test_transparent_becomes_white(folder):
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(folder / "reds" / "z.png")
    assert photo_folders.load(folder, size=16).images[-1].min() == 255


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_turned_upright(folder, orientation):
    upright = Image.new("RGB", (64, 64), BLUE)
    upright.paste(RED, (0, 0, 64, 32))  # red above blue
    turn = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright.transpose(turn).save(folder / "reds" / "z.jpg", exif=exif, quality=95)
    image = photo_folders.load(folder, size=32).images[-1].astype(int)
    assert np.abs(image[4] - RED).max() < 20
    assert np.abs(image[-4] - BLUE).max() < 20


def test_middle_square_is_kept(folder):
    wide = Image.new("RGB", (300, 100), BLUE)
    wide.paste(RED, (100, 0, 200, 100))
    wide.save(folder / "reds" / "z.png")
    assert np.abs(photo_folders.load(folder, size=100).images[-1].astype(int) - RED).max() == 0


def test_same_result_twice(folder):
    first, second = photo_folders.load(folder), photo_folders.load(folder)
    assert np.array_equal(first.images, second.images)


@pytest.mark.parametrize("size", [0, 8, 5000])
def test_size_is_checked(folder, size):
    with pytest.raises(ValueError, match=f"16 to 1024 pixels, got {size}"):
        photo_folders.load(folder, size)


@pytest.mark.parametrize(
    ("values", "middle"),
    [
        (np.linspace(0, 1, 256, dtype=np.float32), 128),
        (np.linspace(0, 255, 256, dtype=np.float32), 128),
        (np.linspace(0, 65535, 256).astype(np.uint16), 128),
        (np.linspace(0, 200, 256).astype(np.uint16), 0),
        (np.linspace(0, 65535, 256).astype(np.int32), 128),
        (np.linspace(-1, 1, 256, dtype=np.float32), None),
        (np.linspace(0, 4000, 256, dtype=np.float32), None),
        (np.full(256, np.nan, dtype=np.float32), None),
        (np.linspace(0, 70000, 256).astype(np.int32), None),
    ],
)
def test_more_than_8_bits_are_scaled_or_raise(folder, values, middle):
    Image.fromarray(np.tile(values, (256, 1))).save(folder / "reds" / "z.tif")
    if middle is None:
        with pytest.raises(ValueError, match=r"z.tif cannot be read as a photo \(its values go from .* 8 or 16 bits"):
            photo_folders.load(folder)
    else:
        assert abs(int(photo_folders.load(folder, size=256).images[-1][128, 128, 0]) - middle) <= 1
