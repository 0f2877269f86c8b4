"""Photos of cats and dogs, from the mirror and from the public download."""

import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from tlcourse import storage
from tlcourse.datasets import photos


def test_cats_dogs_from_the_mirror(cats_dogs):
    parts = cats_dogs
    assert {name: len(data) for name, data in parts.items()} == {"train": 800, "val": 199, "test": 399}
    assert all(data.class_names == ("cats", "dogs") for data in parts.values())
    assert all(data.images.shape[1:] == (160, 160, 3) for data in parts.values())
    seen = [image.tobytes() for data in parts.values() for image in data.images]
    assert len(set(seen)) == len(seen)
    assert photos.available()


@pytest.fixture
def public(tmp_path, monkeypatch, fresh_cache, web_folder):
    """A public download that is a small file, laid out as the real one; returns its path."""
    monkeypatch.delenv("TLCOURSE_MIRROR", raising=False)
    archive = web_folder.path / "public.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for part, count in (("train", 6), ("validation", 4)):
            for label, name in enumerate(("cats", "dogs")):
                for number in range(count):
                    shade = (100 * label + 10 * number, 50 * (part == "train"), 0)
                    file = tmp_path / f"{part}{name}{number}.png"
                    Image.new("RGB", (64, 48), shade).save(file)
                    packed.write(file, f"cats_and_dogs_filtered/{part}/{name}/{name}.{number}.png")
        packed.writestr("cats_and_dogs_filtered/vectorize.py", "")
    monkeypatch.setattr(photos, "URL", f"{web_folder.address}/public.zip")
    return archive


def test_cats_dogs_from_the_public_download(public):
    parts = photos.cats_dogs()
    assert {name: np.bincount(data.labels).tolist() for name, data in parts.items()} == {
        "train": [6, 6],
        "val": [2, 2],
        "test": [2, 2],
    }
    seen = [image.tobytes() for data in parts.values() for image in data.images]
    assert len(set(seen)) == len(seen)
    public.unlink()  # it is not needed a second time
    assert len(photos.cats_dogs()["train"]) == 12
    assert sorted(path.name for path in storage.cache_folder().iterdir()) == ["cats_and_dogs_filtered"]


def test_available_asks_briefly_and_never_raises(monkeypatch, fresh_cache):
    monkeypatch.delenv("TLCOURSE_MIRROR", raising=False)
    start = time.perf_counter()
    assert photos.available() is False
    assert time.perf_counter() - start < 2.5
