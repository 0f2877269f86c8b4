"""Layers that vary images: each movement against numpy's own, and nothing outside of training."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tlcourse.augmentation import RandomAffine, RandomColorCast


class Most(RandomAffine):
    """Draws the largest shift, turn and zoom each time."""

    def _draw(self, count, most):
        return keras.ops.full((count,), most)


def moved(images, shift=0.0, turn=0.0, zoom=0.0):
    """The images after the largest movement."""
    return np.asarray(Most(shift, turn, zoom)(images, training=True))


@pytest.fixture
def noise():
    """Eight images in which every pixel differs."""
    return np.random.default_rng(0).normal(size=(8, 12, 12, 3)).astype(np.float32)


@pytest.mark.parametrize("layer", [RandomAffine(), RandomColorCast()])
def test_images_are_varied_in_training_only_and_each_in_its_own_way(layer, noise):
    np.testing.assert_array_equal(layer(noise, training=False), noise)
    same = np.repeat(noise[:1], 8, axis=0)
    varied = np.asarray(layer(same, training=True))
    assert varied.shape == same.shape
    assert len({image.tobytes() for image in varied}) == 8


def test_the_output_has_a_static_shape(noise):
    layer, seen = RandomAffine(seed=0), []

    @tf.function
    def trace(images):
        seen.append(layer(images, training=True).shape.as_list())
        return images

    trace(noise)
    assert seen[0][1:] == [12, 12, 3], "TensorFlow convolves more slowly where it does not know the shape"


def test_no_movement_is_no_change(noise):
    np.testing.assert_allclose(moved(noise), noise, atol=1e-6)


def test_a_shift_goes_right_and_down_and_repeats_the_edge(noise):
    shifted = moved(noise, shift=3 / 12)
    np.testing.assert_allclose(shifted[:, 3:, 3:], noise[:, :-3, :-3], atol=1e-5)
    np.testing.assert_allclose(shifted[:, :3, 3:], np.repeat(noise[:, :1, :-3], 3, axis=1), atol=1e-5)


def test_a_quarter_turn_is_a_quarter_turn(noise):
    np.testing.assert_allclose(moved(noise, turn=0.25), np.rot90(noise, 3, axes=(1, 2)), atol=1e-4)


def test_a_zoom_enlarges_around_the_middle():
    rows, columns = np.indices((12, 12)) - 5.5
    expected = (0.3 * rows - 0.7 * columns) / 2
    plane = (0.3 * rows - 0.7 * columns)[None, :, :, None].astype(np.float32)
    np.testing.assert_allclose(moved(plane, zoom=1.0)[0, :, :, 0], expected, atol=1e-5)


def test_a_seed_repeats_the_variation(noise):
    for kind in (RandomAffine, RandomColorCast):
        first, again, other = (np.asarray(kind(seed=seed)(noise, training=True)) for seed in (1, 1, 2))
        np.testing.assert_array_equal(first, again)
        assert np.abs(first - other).max() > 0.01


def test_draws_stay_within_what_is_asked():
    sampled = np.asarray(RandomAffine(seed=0)._draw(2000, 0.3))
    assert -0.3 <= sampled.min() < -0.28
    assert 0.28 < sampled.max() <= 0.3
