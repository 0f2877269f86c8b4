"""The digits: real ones, enlarged without loss of what they show, split without overlap."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from tlcourse.datasets import digits


def test_load_gives_all_digits_of_scikit_learn():
    data = digits.load()
    assert data.images.shape == (1797, 48, 48, 3)
    assert data.images.dtype == np.uint8
    assert data.labels.dtype == np.int64
    assert np.array_equal(data.labels, load_digits().target)
    assert data.class_names == tuple("0123456789")
    assert "CC BY 4.0" in data.source


def test_enlarging_keeps_each_pixel_of_the_original():
    enlarged = digits.load().images[..., 0].astype(float)
    blocks = enlarged.reshape(-1, 8, 6, 8, 6).mean(axis=(2, 4))
    original = load_digits().images * (255 / 16)
    correlation = np.corrcoef(blocks.ravel(), original.ravel())[0, 1]
    assert correlation > 0.98


def test_images_are_white_on_black_and_gray():
    images = digits.load().images
    assert np.array_equal(images[..., 0], images[..., 1])
    assert np.array_equal(images[..., 0], images[..., 2])
    assert np.median(images[:, :, :4]) == 0  # the margin
    assert images.max() == 255


@pytest.mark.parametrize("images_each", [1, 10, 100])
def test_split_uses_each_image_once(images_each):
    train, test = digits.split(seed=3, images_each=images_each)
    assert np.array_equal(np.bincount(train.labels), [images_each] * 10)
    assert len(train) + len(test) == 1797
    together = np.concatenate([train.images, test.images]).reshape(1797, -1)
    everything = digits.load().images.reshape(1797, -1)
    assert sorted(map(bytes, together)) == sorted(map(bytes, everything))


def test_split_is_repeatable_and_depends_on_the_seed():
    first, again, other = (digits.split(seed)[0].images for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("images_each", [0, -1, 174, 1000])
def test_split_raises_when_no_test_images_are_left(images_each):
    with pytest.raises(ValueError, match=f"from 1 to 173, got {images_each}"):
        digits.split(0, images_each)
