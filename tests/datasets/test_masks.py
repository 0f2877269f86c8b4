"""Masks: those of portraits fit their images, and groups stay on one side of a split."""

import numpy as np
import pytest

from tlcourse.datasets import faces, real_masks
from tlcourse.datasets.faces import parts


def test_masked_portraits_are_the_portraits():
    people = range(10_000, 10_006)
    masked = parts.masked_portraits(people, seed=3)
    assert np.array_equal(masked.images, faces.portraits(people, 1, seed=3).images)
    assert masked.masks.shape == (6, 48, 48)
    assert set(np.unique(masked.masks)) == set(range(len(parts.CLASS_NAMES)))


def test_skin_has_another_color_than_the_background_next_to_it():
    masked = parts.masked_portraits(range(10_000, 10_020), seed=4)
    spread = [
        image[mask == label].std(axis=0).mean()
        for image, mask in zip(masked.images, masked.masks, strict=True)
        for label in (0, 1)
    ]
    assert np.mean(spread[1::2]) < np.mean(spread[::2])  # a face has one skin, a background many shapes


def test_masked_portraits_need_people():
    with pytest.raises(ValueError, match="got none"):
        parts.masked_portraits([], seed=0)


def test_a_group_is_never_on_both_sides():
    groups = np.repeat(list("abcdefgh"), 5)
    train, test = real_masks.split_by_group(groups, 0.25, seed=1)
    assert sorted([*train, *test]) == list(range(40))
    assert not set(groups[train]) & set(groups[test])
    assert len(set(groups[test])) == 2


def test_missing_real_masks_are_named(monkeypatch, tmp_path):
    monkeypatch.delenv("TLCOURSE_MIRROR", raising=False)
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path))
    with pytest.raises(real_masks.MasksUnavailable, match=r"dsb2018\.npz is not here"):
        real_masks.nuclei()
