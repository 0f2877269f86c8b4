"""The rate finder on a small network and on points that are easy to classify."""

import keras
import numpy as np
import pytest

from tlcourse import rate_finder


def test_the_rate_finder_falls_explodes_and_leaves_the_weights_alone():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(3)])
    before = model.get_weights()
    rng = np.random.default_rng(1)
    labels = np.arange(120) % 3
    points = (3 * np.eye(6)[labels] + rng.normal(size=(120, 6))).astype("float32")
    rates, losses = rate_finder.find_rate(model, points, labels, 1e-5, 1e3, steps=50)
    assert all(np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True))
    assert len(rates) == len(losses) < 50, "the loss explodes before the last rate"
    np.testing.assert_allclose(np.diff(np.log(rates)), np.log(1e8) / 49, rtol=1e-6)
    assert losses.min() < 0.8 * losses[0]
    best = rate_finder.suggested_rate(rates, losses)
    assert 1e-4 < best < 1
    assert best == pytest.approx(rates[np.argmin(losses)] / 10)
