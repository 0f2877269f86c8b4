"""Export to LiteRT: the same answers as Keras, smaller files, and errors that say what is missing."""

import keras
import numpy as np
import pytest

from tlcourse import export, networks

IMAGES = np.random.default_rng(0).integers(0, 256, (12, 16, 16, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(0)
    return networks.small_student(5, widths=(8, 32), size=16)


@pytest.fixture(scope="module")
def contents(network):
    return {kind: export.convert(network, kind, IMAGES) for kind in (None, "float16", "int8")}


@pytest.mark.parametrize(("kind", "tolerance"), [(None, 1e-4), ("float16", 5e-3), ("int8", 0.15)])
def test_a_converted_network_predicts_as_keras_does(network, contents, kind, tolerance):
    expected = np.asarray(network(IMAGES))
    predictions = export.Runner(contents[kind]).predict(IMAGES)
    assert predictions.shape == expected.shape
    assert np.abs(predictions - expected).max() < tolerance * np.abs(expected).max()


def test_fewer_bits_make_smaller_files(network, contents):
    plain, half, quarter = (len(contents[kind]) for kind in (None, "float16", "int8"))
    assert plain > 4 * network.count_params() * 0.98  # four bytes a parameter; batch norm is folded in
    assert quarter < plain
    assert half < plain


def test_times_are_the_middle_one_of_many_calls(contents):
    runner = export.Runner(contents[None])
    assert 0 < export.milliseconds(runner, IMAGES[:1], repeats=5) < 1000


def test_what_cannot_be_converted_is_reported(network):
    with pytest.raises(ValueError, match="'int4'"):
        export.convert(network, "int4")
    with pytest.raises(ValueError, match="sample of images"):
        export.convert(network, "int8")
