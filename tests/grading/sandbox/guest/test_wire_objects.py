"""Objects between checker and student: each arrives as what it was, and a function changes copies only."""

import json

import loopback
import numpy as np
import pytest

from tlcourse.finetuning import Movement
from tlcourse.grading.sandbox.guest import wire_format, wire_objects


def sent(value, from_checker):
    """What arrives of a value."""
    text = json.dumps(wire_format.encode(value, strict=from_checker))
    return wire_format.decode(json.loads(text), from_checker)


def test_a_generator_goes_on_where_it_stood():
    rng = np.random.default_rng(3)
    rng.random(5)
    assert np.array_equal(sent(rng, True).random(4), rng.random(4))


def test_a_named_tuple_keeps_its_names_on_the_way_to_the_student_only():
    row = Movement("conv", True, 0.5, None)
    assert sent([row], True)[0].weights == 0.5
    assert type(sent(row, False)) is tuple


def test_an_optimizer_arrives_with_its_settings():
    import keras

    arrived = sent(keras.optimizers.SGD(0.25, momentum=0.5), True)
    assert (type(arrived).__name__, float(arrived.learning_rate), arrived.momentum) == ("SGD", 0.25, 0.5)


def test_a_dataset_is_shuffled_at_the_other_end_too():
    import tensorflow as tf

    dataset = sent(tf.data.Dataset.range(50).shuffle(50), True)
    first, second = ([int(number) for number in dataset] for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second
    assert [int(number) for number in sent(tf.data.Dataset.range(9), True)] == list(range(9))


def test_what_passes_over_a_students_dataset_gave_is_kept():
    import tensorflow as tf

    came = sent(tf.data.Dataset.range(30).shuffle(30), False)
    first, second = list(came), list(came)
    assert sorted(first) == sorted(second)
    assert first != second
    once = sent(iter([1, 2]), False)
    assert [list(once), list(once), list(once)] == [[1, 2], [], []]


@pytest.mark.parametrize("tag", ["named", "optimizer", "generator", "anything"])
def test_a_student_may_send_nothing_that_is_made_from_a_name(tag):
    with pytest.raises(ValueError, match="a student's process may not send"):
        wire_format.decode({tag: ["os", "getpid", []]})


def test_an_unknown_object_has_its_types_name_and_equals_nothing():
    class Stays:
        """Says that it equals everything."""

        def __eq__(self, other):
            return True

        __hash__ = None

    came = sent(Stays(), False)
    assert type(came).__name__ == "Stays"
    assert isinstance(came, wire_objects.OpaqueObject)
    assert came not in (came.text, 0, None)


def graded(check, answer, **course):
    """The verdict on an answer `f`."""
    student = {}
    exec(answer, student)
    (verdict,) = loopback.verdicts([check], ["f"], course, student)
    return verdict


def test_a_function_cannot_change_the_checkers_data():
    check = "layers = [1, {'a': 2}, np.zeros(2)]\ntry:\n    f(layers)\nfinally:\n    print(layers)"
    answer = "def f(layers):\n    layers[2] = None\n    layers[1]['a'] = object()\n    layers[0] = object()"
    assert graded(check, answer, np=np)["printed"] == "[1, {'a': 2}, array([0., 0.])]\n"


@pytest.mark.parametrize("change", ["layers.pop(0)", "layers[0]['a'] = 3", "layers.append(1)", "layers[1] += 1"])
def test_a_changed_list_or_dictionary_or_array_fails_the_check(change):
    verdict = graded("f([{'a': 2}, np.zeros(2)])", f"def f(layers):\n    {change}", np=np)
    assert verdict["evalue"] == "f changes its argument: work on a copy, because the original is still needed."


def test_a_changed_array_leaves_the_checkers_alone():
    check = "ones = np.ones(2)\ntry:\n    f(ones)\nfinally:\n    print(ones)"
    verdict = graded(check, "def f(values):\n    values += 1", np=np)
    assert verdict["printed"] == "[1. 1.]\n"


def test_training_and_freezing_a_model_reach_the_checkers_own():
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3), keras.layers.Dense(1)])
    answer = "def f(model):\n    model.layers[0].trainable = False\n    model.layers[1].bias.assign([7.0])"
    check = "f(model)\nassert len(model.trainable_weights) == 2 and model.get_weights()[3] == [7]"
    assert graded(check, answer, model=model)["ename"] is None


def test_a_model_whose_layers_were_replaced_fails_with_a_message():
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3), keras.layers.Dense(1)])
    verdict = graded("f(model)", "def f(model):\n    model.pop()", model=model)
    assert verdict["ename"] == "AssertionError"
    assert "f changed the structure of a model that it was given" in verdict["evalue"]


def test_a_seeded_check_seeds_the_function_too():
    check = (
        "import keras\nkeras.utils.set_random_seed(4)\nfirst = f()\nkeras.utils.set_random_seed(4)\nassert f() == first"
    )
    answer = "import numpy\ndef f():\n    return float(numpy.random.random())"
    assert graded(check, answer)["ename"] is None
    assert graded("assert f() != f()", answer)["ename"] is None
