"""Omniglot: each character once, from the mirror or from the public archives, and damage that is named."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from tlcourse.research import omniglot

SETS = "small1", "small2"


@pytest.fixture
def public(monkeypatch, fresh_cache, web_folder, mirror):
    """The archives as they are published, written again from the mirror's reduced drawings; returns their folder."""
    for part in SETS:
        with np.load(mirror / f"omniglot_{part}" / f"omniglot_{part}.npz") as stored:
            drawings = dict(stored)
        with zipfile.ZipFile(web_folder.path / f"images_background_{part}.zip", "w") as packed:
            columns = (drawings[name] for name in ("images", "alphabet", "character", "drawer"))
            for image, *place in zip(*columns, strict=True):
                packed.writestr(_published_name(part, *place), _published(image))
    monkeypatch.delenv("TLCOURSE_MIRROR")
    monkeypatch.setattr(omniglot, "URL", f"{web_folder.address}/")
    return web_folder.path


def _published_name(part, alphabet, character, drawer):
    return f"images_background_{part}/{alphabet}/character{character:02}/0001_{drawer:02}.png"


def _published(image):
    """A PNG file of 105 x 105 pixels, whose blocks of 3 x 3 have as much black ink as the pixels of `image`."""
    black = np.round(image / 255 * 9)[:, None, :, None] > np.arange(9).reshape(3, 1, 3)
    file = io.BytesIO()
    Image.fromarray(~black.reshape(105, 105)).save(file, "png")
    return file.getvalue()


def test_each_character_is_there_once(mirror):
    data = omniglot.load()
    assert data.images.shape == (4840, 48, 48, 3)
    assert np.bincount(data.labels).tolist() == [20] * 242
    assert len({image.tobytes() for image in data.images}) == 4840  # the sets have 5,840, Greek and Latin twice
    assert sum(name.startswith("Greek ") for name in data.class_names) == 24
    assert data.images[:, 0, 0].max() < 128  # white ink on a black ground
    assert data.images.max() == 255
    assert "MIT" in data.source


@pytest.mark.slow
def test_the_public_archives_hold_the_same_images(public, mirror, monkeypatch):
    downloaded = omniglot.load()
    assert sorted(path.name for path in omniglot.storage.cache_folder().iterdir()) == sorted(
        f"images_background_{part}.zip" for part in SETS
    )
    monkeypatch.setenv("TLCOURSE_MIRROR", str(mirror))
    mirrored = omniglot.load()
    assert downloaded.class_names == mirrored.class_names
    assert np.array_equal(downloaded.images, mirrored.images)


def test_without_mirror_and_network_the_message_names_the_file(monkeypatch, fresh_cache):
    monkeypatch.delenv("TLCOURSE_MIRROR", raising=False)
    with pytest.raises(omniglot.OmniglotUnavailable, match=r"images_background_small1\.zip.*put it to .*cache"):
        omniglot.load()


def test_other_images_are_an_error(monkeypatch, tmp_path):
    folder = tmp_path / "omniglot_small1"
    folder.mkdir()
    images = np.zeros((20, 35, 35), np.uint8)
    np.savez(folder / "omniglot_small1.npz", images=images, alphabet=["Greek"] * 20, character=np.ones(20, int))
    monkeypatch.setenv("TLCOURSE_MIRROR", str(tmp_path))
    with pytest.raises(ValueError, match=r"omniglot_small1\.npz is damaged"):
        omniglot.load()
