"""Real images with masks: groups stay on one side of a split, and a missing file is named."""

import numpy as np
import pytest

from tlcourse.research import real_masks


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
