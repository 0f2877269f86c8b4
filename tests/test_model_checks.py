"""Views of a student's function: what they show, and the properties that they fail without."""

import keras
import numpy as np
import pytest

from tlcourse import checks, model_checks, sampling_checks
from tlcourse.exercises import values
from tlcourse.finetuning import Movement

LAYERS = ["input 6", "dense 4", "norm", "relu", "head 3"]
INPUTS = np.ones((2, 6), "float32")


def without_head(model):
    return keras.Model(model.input, model.layers[-2].output)


def test_a_network_has_the_layers_and_the_names_of_its_description():
    model = model_checks.network(["input 4 5 2", "conv 3", "norm", "flatten", "dense 4", "dense 5", "blank", "head 2"])
    assert [layer.name for layer in model.layers[1:]] == [
        "conv0", "norm0", "flatten0", "dense0", "dense1", "blank0", "head"
    ]  # fmt: skip
    assert np.array_equal(model(np.ones((1, 4, 5, 2)))[0], model.layers[-1].bias)
    assert not model_checks.network([*LAYERS, "frozen"]).trainable


def test_weights_depend_on_names_and_shapes_only():
    whole, part = model_checks.network(LAYERS), model_checks.network(LAYERS[:-1])
    for weight, other in zip(part.get_weights(), whole.get_weights(), strict=False):
        assert np.any(weight)
        assert np.array_equal(weight, other)


def test_outputs_are_those_of_the_returned_model():
    view = model_checks.outputs(without_head)
    assert np.array_equal(view(LAYERS, INPUTS), model_checks.network(LAYERS[:-1])(INPUTS))
    assert view.__name__ == "the output of the model from without_head"


def test_a_function_that_changes_the_weights_of_its_model_fails():
    def changes(model):
        model.layers[-1].bias.assign(model.layers[-1].bias * 0)
        return model

    with pytest.raises(AssertionError, match="changes changes the weights of the model"):
        model_checks.outputs(changes)(LAYERS, INPUTS)


def test_parameters_are_counted_as_trainable_and_frozen():
    assert model_checks.parameter_counts(without_head)(LAYERS) == [6 * 4 + 4 + 8, 8]
    assert model_checks.trainable_parameters(without_head)(LAYERS) == 36


def test_outputs_with_fixed_weights_do_not_depend_on_the_first_values():
    def with_new_weights(model):
        return keras.Sequential([keras.Input((6,)), keras.layers.Dense(4, use_bias=model.layers[1].use_bias)])

    view = model_checks.outputs_with_fixed_weights(with_new_weights)
    for kind in ("dense", "unbiased"):
        layers = ["input 6", f"{kind} 4"]
        assert np.array_equal(view(layers), model_checks.outputs_with_fixed_weights(lambda model: model)(layers))


def test_trainable_arrays_have_sizes_and_first_values():
    def with_factors(model, rank):
        model.trainable = False
        first = keras.layers.Dense(rank, use_bias=False)(model.input)
        second = keras.layers.Dense(4, kernel_initializer="zeros", bias_initializer="ones")(first)
        return keras.Model(model.input, model.output + second)

    layers = ["input 6", "dense 4"]
    view = model_checks.trainable_arrays(with_factors)
    assert view(layers, 2) == ["2x4 zeros", "4 constant", "6x2 random"]
    assert view(layers, 1) == ["1x4 zeros", "4 constant", "6x1 random"]
    assert view.__name__ == "the list of arrays that may learn in the model from with_factors"


def test_a_convolution_of_one_pixel_has_the_arrays_of_a_dense_layer():
    def convolves(model):
        return keras.Sequential([keras.Input((5, 6)), keras.layers.Conv1D(2, 1, use_bias=False)])

    assert model_checks.trainable_arrays(convolves)(["input 6", "dense 4"]) == ["6x2 random"]


def test_factors_of_keras_own_are_not_written_by_the_student():
    def calls_keras(model, rank):
        model.layers[-1].enable_lora(rank)
        return model

    with pytest.raises(AssertionError, match="from calls_keras uses Keras' `enable_lora`"):
        model_checks.trainable_arrays(calls_keras)(["input 6", "dense 4"], 2)


def test_trainable_layers_are_those_that_gradients_can_move():
    def freezes(model, name):
        for layer in model.layers:
            layer.trainable = layer.name == name

    view = model_checks.trainable_layers(freezes)
    assert view(LAYERS, "dense0") == ["dense0"]
    assert view([*LAYERS, "frozen"], "dense0") == []
    with pytest.raises(AssertionError, match="norm0 may learn"):
        view(LAYERS, "norm0")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda labels, count, seed: None, "Is a `return` missing"),
        (lambda labels, count, seed: [0.5], "integer positions"),
        (lambda labels, count, seed: [9], "run from 0 to 5"),
        (lambda labels, count, seed: [1, 1], "without replacement"),
        (lambda labels, count, seed: np.random.default_rng().permutation(6)[:4], "other images the second time"),
        (lambda labels, count, seed: [0, 1, 3, 4], "the seed is not used"),
        (lambda labels, count, seed: np.random.default_rng(seed).permutation(6)[:count], "sampled in all"),
    ],
)
def test_a_sample_of_positions_has_its_properties(function, message):
    with pytest.raises(AssertionError, match=message):
        sampling_checks.class_counts(function)(np.array([7, 7, 7, 8, 8, 8]), 2, 0)


@pytest.mark.parametrize("value", [{"b", "a"}, [Movement("norm", True, 0.5, None)], values.Raised("ValueError")])
def test_sets_named_tuples_and_errors_can_be_stored(value):
    back = values.decoded(values.encoded(value))
    assert back == value
    assert type(back) is type(value)


def test_an_expected_error_must_come():
    def is_positive(number):
        if number < 0:
            raise ValueError(number)
        return number / number

    expected = values.Raised("ValueError")
    checks.returns(is_positive, (-1,), expected)
    with pytest.raises(AssertionError, match=r"is_positive\(1\) should raise a ValueError, but it returns 1"):
        checks.returns(is_positive, (1,), expected)
    with pytest.raises(AssertionError, match="should raise a ValueError, but it raises ZeroDivisionError"):
        checks.returns(is_positive, (0,), expected)
    with pytest.raises(AssertionError, match=r"but it raises a ValueError\. That is what comes out when it is shy"):
        checks.returns(is_positive, (-1,), True, {"it is shy": expected})
