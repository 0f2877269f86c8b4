"""Masks: those of portraits fit their images, and groups stay on one side of a split."""

import numpy as np
import pytest

from tlcourse.datasets import faces
from tlcourse.datasets.faces import parts


def test_masked_portraits_are_the_portraits():
    people = range(10_000, 10_006)
    masked = parts.masked_portraits(people, seed=3)
    assert np.array_equal(masked.images, faces.portraits(people, 1, seed=3).images)
    assert masked.masks.shape == (6, 48, 48)
    assert set(np.unique(masked.masks)) == set(range(len(parts.CLASS_NAMES)))


def test_masked_portraits_need_people():
    with pytest.raises(ValueError, match="got none"):
        parts.masked_portraits([], seed=0)
