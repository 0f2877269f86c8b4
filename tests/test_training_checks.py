"""Views of functions that train, with functions that move weights by hand."""

import keras
import numpy as np
import pytest

from tlcourse import training_checks

BASE = ["input 6", "dense 4", "norm", "relu", "dense 5", "relu"]
STUDENT = [*BASE, "head 3"]
CASE = BASE, 3, "dense1", 0.5


def two_stages(base, classes, inputs, labels, first, rate):
    """Train the head's biases to 1 and then by `rate`, and the layer `first`."""
    head = keras.layers.Dense(classes)
    student = keras.Model(base.input, head(base.output))
    head.bias.assign(head.bias + 1)
    halfway = student.get_weights()
    head.bias.assign(head.bias + rate)
    kernel = base.get_layer(first).weights[0]
    kernel.assign(kernel + 1)
    return student, halfway


def test_each_stage_shows_the_layers_that_move_in_it():
    assert training_checks.moved_first(two_stages)(*CASE) == ["head"]
    assert training_checks.moved_last(two_stages)(*CASE) == ["dense1", "head"]


def test_each_stage_shows_the_biases_of_the_head():
    case = [*BASE, "blank"], *CASE[1:]
    assert np.allclose(training_checks.biases_first(two_stages)(*case), 1)
    assert np.allclose(training_checks.biases_last(two_stages)(*case), 0.5)


def test_a_batch_norm_that_moves_fails():
    with pytest.raises(AssertionError, match="norm0 moved"):
        training_checks.moved_last(two_stages)(BASE, 3, "norm0", 0.5)


def test_something_else_than_student_and_halfway_fails():
    with pytest.raises(AssertionError, match="should return a pair"):
        training_checks.moved_first(lambda *arguments: None)(*CASE)
    with pytest.raises(AssertionError, match="list of the student's 10 arrays"):
        training_checks.moved_first(lambda *arguments: (two_stages(*arguments)[0], []))(*CASE)


def recipe(student, train, validation, test):
    """Train all but the first layer for one epoch, and return the accuracy on the validation set."""
    student.layers[1].trainable = False
    student.compile(keras.optimizers.Adam(0.1), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    student.fit(*train, epochs=1, verbose=0)
    return float((np.asarray(student(validation[0])).argmax(axis=1) == validation[1]).mean())


def test_a_recipe_shows_what_moved_and_which_accuracy_it_returns():
    start = [0.0, 1.0, 0.5]
    case = [*BASE, "blank", "head 3"], start
    assert training_checks.recipe_still(recipe)(STUDENT, [0.0, 0.0, 0.0]) == ["dense0"]
    assert training_checks.recipe_accuracy(recipe)(*case) == "validation"
    steps = -(-training_checks.SAMPLES // 32)
    assert np.allclose(
        training_checks.recipe_biases(recipe)(*case) - start, 0.1 * steps * np.array([1, -1, -1]), rtol=0.05
    )


def test_batch_norms_count_only_in_a_student_whose_first_layer_moved():
    with pytest.raises(AssertionError, match="dense0 did not move"):
        training_checks.recipe_norms(lambda *arguments: 0.5)(STUDENT, [0.0, 0.0, 0.0])


def test_weights_that_were_only_shifted_are_not_a_trained_student():
    def shift(student, train, validation, test):
        for weight in student.trainable_weights:
            weight.assign(weight + 1e-3)
        return 0.5

    for view in (training_checks.recipe_still, training_checks.recipe_norms, training_checks.recipe_biases):
        with pytest.raises(AssertionError, match=r"1\.\d+ before and 1\.\d+ after: is the student trained"):
            view(shift)(STUDENT, [0.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        (lambda size: [keras.layers.Dense(size)], "biases are still 0: was it fitted"),
        (lambda size: [keras.layers.Dense(size, bias_initializer="ones")], "does the loss know that it gets logits"),
        (lambda size: [keras.layers.Dense(size, "softmax", bias_initializer="ones")], "to these labels?"),
    ],
    ids=["new", "logits", "probabilities"],
)
def test_a_head_that_confuses_its_classes_gets_the_likely_cause(outputs, message):
    def train(features, labels, classes):
        model = keras.Sequential([keras.Input(features.shape[1:]), *outputs(classes)])
        model.layers[0].kernel.assign(model.layers[0].kernel * 0)
        return model

    with pytest.raises(AssertionError, match=message.replace("?", r"\?$")):
        training_checks.probabilities(train)(np.eye(3, dtype="float32"), np.arange(3), 3)
