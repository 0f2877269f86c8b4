"""Real crops that ImageNet's classes lack: where they come from, and errors that name what is missing or damaged."""

import numpy as np
import pytest

from tlcourse.research import crops


def test_cells_are_in_the_middle_of_their_windows(mirror):
    data, origins = crops.cells()
    assert data.images.shape == (4888, 48, 48, 3)
    assert np.bincount(data.labels).tolist() == [4155, 372, 361]
    assert len(np.unique(origins)) == 364 - len(crops.TWINS)
    middle = data.images[:, 20:28, 20:28].mean(axis=(1, 2))
    less_red = (middle[:, 2] - middle[:, 0] > 0).astype(float)  # white cells and platelets are stained violet
    assert less_red[data.labels == 1].mean() > 0.9 > 0.2 > less_red[data.labels == 0].mean()


def test_pitted_screws_are_those_with_a_mask(mirror):
    data, places = crops.defects()
    assert np.bincount(data.labels).tolist() == [303, 167]
    assert np.unique(places).tolist() == list(range(15))
    with np.load(mirror / "bsdata" / "bsdata.npz") as stored:
        assert (stored["masks"].reshape(470, -1).max(axis=1) == data.labels).all()
        assert len({*zip(places, stored["place"], strict=True)}) == 15


@pytest.mark.parametrize(("load", "name"), [(crops.cells, "bccd"), (crops.defects, "bsdata")])
def test_without_a_mirror_the_message_names_file_and_source(load, name, monkeypatch, tmp_path):
    monkeypatch.setenv("TLCOURSE_MIRROR", str(tmp_path))
    with pytest.raises(crops.CropsUnavailable, match=rf"{name}\.npz.*Set TLCOURSE_MIRROR.*github\.com"):
        load()


def test_other_images_are_an_error(monkeypatch, tmp_path):
    (tmp_path / "bsdata").mkdir()
    np.savez(tmp_path / "bsdata" / "bsdata.npz", images=np.zeros((2, 8, 8, 3), np.uint8), masks=np.zeros((2, 8, 8)))
    monkeypatch.setenv("TLCOURSE_MIRROR", str(tmp_path))
    with pytest.raises(ValueError, match=r"bsdata\.npz is damaged \([0-9a-f]{64}\)"):
        crops.defects()
