"""The checks: what passes, what fails and with which words, and that nobody's trick passes."""

import collections
import json
import re
import subprocess
import sys
import warnings
from fractions import Fraction

import keras
import numpy as np
import pytest
import tensorflow

from tlcourse import checks


def message(call, *arguments, **options):
    """What a student reads when a check fails."""
    with pytest.raises(AssertionError) as caught:
        call(*arguments, **options)
    return str(caught.value)


SAME = [
    (4, 4),
    (4.0, 4),
    (np.int64(4), 4),
    (np.float32(0.1), 0.1),
    (np.array(4), 4),
    ([1, 2], (1, 2)),
    (np.array([1.0, 2.0]), [1, 2]),
    ([np.float64(1), 2], np.array([1, 2])),
    ([[1, 2], [3, 4]], np.array([[1, 2], [3, 4]])),
    ([], ()),
    (tensorflow.constant([1.0, 2.0]), [1, 2]),
    (tensorflow.constant(3), 3),
    (keras.Variable([1.0, 2.0]), [1, 2]),
    (keras.ops.convert_to_tensor(np.eye(2)), np.eye(2)),
    (1_000_000.4, 1_000_000),
    ("same", "same"),
    (True, True),
    (np.bool_(True), True),
    (None, None),
    (["conv1", "conv2"], ["conv1", "conv2"]),
    ([True, False], (True, False)),
    ([("conv1", 3), ("fc", 4.0)], [("conv1", 3), ("fc", 4)]),
    ([[1, 2], [3]], [[1, 2], [3]]),
    ({"b": [1.0, 2.0], "a": "conv"}, {"a": "conv", "b": (1, 2)}),
    (collections.Counter("aab"), {"a": 2, "b": 1}),
    ([{1: {"rate": 0.1}}], [{1: {"rate": np.float32(0.1)}}]),
    ({}, {}),
    (Fraction(1, 2), 0.5),
    ([Fraction(1, 4), 2], [0.25, 2]),
    (np.str_("same"), "same"),
    (np.array(["conv1", "conv2"]), ["conv1", "conv2"]),
    (np.array([True, False]), [True, False]),
    ({np.str_("a"): np.array(["conv"])}, {"a": ["conv"]}),
]


@pytest.mark.parametrize(("actual", "expected"), SAME, ids=repr)
def test_the_same_in_another_form_passes(actual, expected):
    checks.equal("it", actual, expected)


class EqualToEverything:
    """Says yes to whatever it is compared with."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __array__(self, dtype=None, copy=None):
        return np.array([1, 2])


class Greedy(np.ndarray):
    """An array that claims to be equal to everything."""

    def __eq__(self, other):
        return np.True_


class Flattering(int):
    """A number that claims to be equal to everything."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


class Text(str):
    """A string that claims to be equal to everything."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


DIFFERENT = [
    (5, 4),
    (4.001, 4),
    (True, 1),
    (1, True),
    (np.bool_(True), 1),
    (False, 0),
    (0, False),
    (None, 0),
    ("4", 4),
    (4, "4"),
    ("Same", "same"),
    ([1, 2, 3], [1, 2]),
    ([[1, 2]], [1, 2]),
    ([1], 1),
    (1, [1]),
    ([True, 2], [1, 2]),
    ([1, [2]], [1, 2]),
    ({1, 2}, [1, 2]),
    ({0: 1}, [1]),
    (np.array([True, True]), [1, 1]),
    (np.array(["1"]), [1]),
    (float("nan"), 0),
    (float("inf"), 1e308),
    (1 + 0j, 1),
    (["conv1"], ["conv1", "conv2"]),
    ("ab", ["a", "b"]),
    ([1, 0], [True, False]),
    (EqualToEverything(), 1),
    (EqualToEverything(), [1, 2]),
    (EqualToEverything(), "same"),
    (EqualToEverything(), True),
    (EqualToEverything(), None),
    ([EqualToEverything(), 2], [1, 2]),
    ([EqualToEverything(), "b"], ["a", "b"]),
    (np.array([5, 6]).view(Greedy), [1, 2]),
    (Flattering(7), 1),
    (Text("other"), "same"),
    ([], {}),
    ({}, {"a": 1}),
    ({"a": 2}, {"a": 1}),
    ({"a": 1, "b": 2}, {"a": 1}),
    ({True: 2}, {1: 2}),
    ({EqualToEverything(): 1}, {0: 1}),
    ({"a": EqualToEverything()}, {"a": 1}),
    (EqualToEverything(), {"a": 1}),
]


@pytest.mark.parametrize(("actual", "expected"), DIFFERENT, ids=lambda value: repr(value)[:30])
def test_something_else_fails(actual, expected):
    assert re.match(r"it(\[.+\])? should be", message(checks.equal, "it", actual, expected))


@pytest.mark.parametrize(
    "wrong", [None, 0, "no", [1], np.array([True]), EqualToEverything()], ids=lambda value: type(value).__name__
)
def test_require_takes_only_true(wrong):
    assert message(checks.require, wrong, "should hold") == "should hold"


@pytest.mark.parametrize("value", [True, np.True_, np.bool_(1)])
def test_require_takes_true(value):
    checks.require(value, "should hold")


def test_a_tolerance_is_relative_and_near_zero_absolute():
    checks.equal("it", 1009.0, 1000, tolerance=0.01)
    checks.equal("it", 0.009, 0, tolerance=0.01)
    message(checks.equal, "it", 1011.0, 1000, tolerance=0.01)
    message(checks.equal, "it", 0.011, 0, tolerance=0.01)


def test_a_forgotten_return_is_named():
    assert "but it is None. Is a `return` missing?" in message(checks.equal, "size", None, 4)


def test_the_call_and_both_values_are_shown():
    def double(number):
        return number + 2

    text = message(checks.returns, double, (1072,), 2144)
    assert text.startswith("double(1,072) should be 2,144, but it is 1,074.")


def test_long_values_are_shown_by_their_shape_and_long_texts_are_cut():
    stated = message(checks.equal, "it", np.zeros((5, 5)), np.ones((5, 5)))
    assert stated == "it should be an array of shape (5, 5) with other values: they differ by up to 1."
    assert len(message(checks.equal, "it", "x" * 1000, "y")) < 300


def test_another_shape_or_kind_is_named():
    assert "Its shape is (2, 3), not (3,)." in message(checks.equal, "it", np.zeros((2, 3)), np.zeros(3))
    assert "A number was expected, and str came." in message(checks.equal, "it", "4", 4)
    assert "shape (2,) was expected, and dict came." in message(checks.equal, "it", {}, [1, 2])
    assert "Its type is list." in message(checks.equal, "it", [1], "same")


MISTAKES = {"the padding is left out": 30, "the stride is ignored": lambda size, stride: size}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda size, stride: 30, "That is what comes out when the padding is left out."),
        (lambda size, stride: 32, "That is what comes out when the stride is ignored."),
        (lambda size, stride: 31, "but it is 31."),
    ],
)
def test_a_known_misconception_is_named_and_an_unknown_one_is_not(answer, words):
    assert message(checks.returns, answer, (32, 2), 16, mistakes=MISTAKES).endswith(words)


def test_a_misconception_that_gives_the_right_value_is_not_held_against_anyone():
    checks.returns(lambda size, stride: 32, (32, 1), 32, mistakes=MISTAKES)
    text = message(checks.returns, lambda size, stride: 31, (32, 1), 32, mistakes={"x is done": 32})
    assert "x is done" not in text


def test_all_misconceptions_that_give_the_same_value_are_named():
    mistakes = MISTAKES | {"the filter is forgotten": 30, "the size is doubled": 64}
    text = message(checks.returns, lambda size, stride: 30, (32, 2), 16, mistakes=mistakes)
    assert text.endswith("That is what comes out when the padding is left out or when the filter is forgotten.")
    parts = {"a": 1, "b": [2, 3]}
    mistakes = {"a and b are mixed up": {"a": 9, "b": [2, 3]}, "b is reversed": {"a": 1, "b": [3, 2]}}
    mistakes |= {"b is sorted downward": {"a": 0, "b": [3, 2]}}
    text = message(checks.equal, "it", {"a": 1, "b": [3, 2]}, parts, mistakes)
    assert text.endswith("when b is reversed."), "the whole value fits one only"


def test_returns_hands_back_what_came():
    assert checks.returns(lambda x: x, ([1, 2],), (1, 2)) == [1, 2]


def test_an_expected_value_that_cannot_be_compared_is_the_authors_error():
    with pytest.raises(TypeError, match="set"):
        checks.equal("it", 1, {1})
    with pytest.raises(TypeError, match="set"):
        checks.equal("it", {"a": 1}, {"a": {1}})


def test_an_error_in_the_answer_reaches_the_student():
    with pytest.raises(ZeroDivisionError):
        checks.returns(lambda x: x / 0, (1,), 1)


@pytest.fixture
def progress():
    return checks.Progress({"first": "Exercise 1.1 first", "second": "Exercise 1.2 <second>", "third": "Exercise 1.3"})


def fail(progress, name, error):
    with pytest.raises(type(error)) as caught, progress.exercise(name):
        raise error
    return str(caught.value)


def test_progress_remembers_what_passes(progress, capsys):
    with progress.exercise("first"):
        pass
    assert capsys.readouterr().out == "Exercise 1.1 first: the check passes.\n"
    assert fail(progress, "second", AssertionError("no")) == "no"
    assert repr(progress).splitlines() == [
        "✔ Exercise 1.1 first: passes",
        "✘ Exercise 1.2 <second>: not yet",
        "· Exercise 1.3: check not run",
        "1 of 3 exercises pass their visible checks.",
    ]
    table = progress._repr_html_()
    assert table.count("<tr>") == 3
    assert "&lt;second&gt;" in table
    assert "1 of 3" in table


def test_progress_forgets_a_pass_when_the_check_fails_later(progress):
    with progress.exercise("first"):
        pass
    fail(progress, "first", ValueError("now broken"))
    assert "0 of 3" in repr(progress)


def test_an_unsolved_stub_gives_one_line_without_a_long_traceback(progress):
    def stub():
        raise NotImplementedError

    with (
        pytest.raises(AssertionError, match=r"^Exercise 1\.1 first: not solved yet\.$") as caught,
        progress.exercise("first"),
    ):
        stub()
    assert caught.value.__suppress_context__
    assert "0 of 3" in repr(progress)


def test_a_skipped_exercise_shows_the_recorded_results_and_earns_nothing(progress, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_EXERCISES", str(tmp_path))
    cell = {"needs": ["1.1"], "heading": "Later", "code": "print(first())", "outputs": [{"text": "it is 7"}]}
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs" / "01_tiny.json").write_text(json.dumps([cell, cell | {"needs": ["1.2"]}]))
    assert progress.skip("1.1") is None
    printed = capsys.readouterr().out
    assert "Exercise 1.1 is skipped: it earns no marks until you solve it." in printed
    assert printed.count("it is 7") == 1
    assert "Exercise 1.1 first: skipped, no marks" in repr(progress)
    assert "0 of 3" in repr(progress)
    with progress.exercise("first"):
        pass
    assert "Exercise 1.1 first: passes" in repr(progress)


def test_skipping_names_an_exercise_that_nothing_needs_or_that_does_not_exist(progress, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_EXERCISES", str(tmp_path))
    progress.skip("1.1")
    assert "No later cell shows a result that needs it" in capsys.readouterr().out
    with pytest.raises(ValueError, match=r"no exercise '9\.9'.*Exercise 1\.1 first"):
        progress.skip("9.9")


def test_a_notebook_shows_the_sentence_alone_unless_the_answer_itself_fails(progress, capsys):
    from IPython.core.interactiveshell import InteractiveShell

    def shown(action):
        with pytest.raises(Exception) as caught, progress.exercise("first"):  # noqa: PT011
            action()
        InteractiveShell.instance().showtraceback((caught.type, caught.value, caught.tb))
        return capsys.readouterr().out.strip().splitlines()

    def stub():
        raise NotImplementedError

    def own_assert():
        assert 1 == 2, "mine"

    assert shown(lambda: checks.equal("it", 1, 2)) == ["Exercise 1.1 first: it should be 2, but it is 1."]
    assert shown(stub) == ["Exercise 1.1 first: not solved yet."]
    assert len(shown(own_assert)) > 3
    assert len(shown(lambda: 1 / 0)) > 3


def test_an_unknown_exercise_is_the_authors_error(progress):
    with (
        pytest.raises(KeyError, match="`progress` has no 'fourth': add it in the setup cell"),
        progress.exercise("fourth"),
    ):
        pass


def test_warnings_in_a_check_stay_silent_and_come_back_after_it(progress, capsys):
    with progress.exercise("first"):
        warnings.warn("as Keras gives them", UserWarning, stacklevel=1)
        np.array([1.0]) / np.array([0.0])
        keras.layers.Dense(1, input_shape=(2,))
    assert capsys.readouterr().err == ""
    with pytest.warns(UserWarning, match="outside"):
        warnings.warn("outside", UserWarning, stacklevel=1)


def test_hidden_inputs_are_the_same_for_all_and_differ_between_exercises_and_seeds(monkeypatch):
    def draw(name):
        return checks.grading_rng(name).integers(0, 2**60, 4).tolist()

    monkeypatch.delenv("TLCOURSE_GRADING_SEED", raising=False)
    first = draw("output_size")
    assert draw("output_size") == first
    assert draw("conv_parameters") != first
    monkeypatch.setenv("TLCOURSE_GRADING_SEED", "0")
    assert draw("output_size") == first
    monkeypatch.setenv("TLCOURSE_GRADING_SEED", "1")
    assert draw("output_size") != first


def test_hidden_inputs_do_not_depend_on_the_process(monkeypatch):
    """Python's own hash of a string changes from process to process; these numbers must not."""
    monkeypatch.delenv("TLCOURSE_GRADING_SEED", raising=False)
    independent = np.random.default_rng([0, 0xCBF43926])  # CRC-32 of "123456789", the check value in every table
    assert checks.grading_rng("123456789").integers(0, 100, 4).tolist() == independent.integers(0, 100, 4).tolist()


def test_the_checks_need_neither_keras_nor_tensorflow():
    program = "import sys, tlcourse.checks; sys.exit(any(name in sys.modules for name in ('keras', 'tensorflow')))"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_a_model_must_be_keras_own():
    import keras

    inputs = keras.Input((2,))
    model = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    assert checks.require_model(model, "f should return a keras.Model") is model
    with pytest.raises(AssertionError, match=r"^f should return a keras.Model, not list\.$"):
        checks.require_model([model], "f should return a keras.Model")
    own = keras.Model(inputs, keras.layers.Lambda(lambda x: x, output_shape=(2,), name="mine")(inputs))
    with pytest.raises(AssertionError, match=r"^f should return a keras.Model of Keras' own layers, and it has .*\.$"):
        checks.require_model(own, "f should return a keras.Model")


def test_a_gradient_is_that_of_one_argument():
    import tensorflow as tf

    def loss(first, second):
        return tf.reduce_sum(first**2 * second)

    value, slope = checks.gradient(loss, (np.array([1.0, 2.0]), np.array([3.0, 4.0])))
    assert float(value) == 19
    np.testing.assert_allclose(slope, [6, 16])
    np.testing.assert_allclose(checks.gradient(loss, (np.array([1.0, 2.0]), np.array([3.0, 4.0])), 1)[1], [1, 4])
    assert checks.gradient(lambda first, second: 3.0, (np.ones(2), np.ones(2))) == (3.0, None)


def test_none_in_place_of_an_expected_error_names_the_error(tmp_path, monkeypatch):
    case = {"arguments": [1], "expected": {"named": ["tlcourse.exercises.values", "Raised"], "items": ["ValueError"]}}
    cases = [{"arguments": [2], "expected": 2, "mistakes": {}, "tolerance": 0}, case | {"mistakes": {}, "tolerance": 0}]
    (tmp_path / "even.json").write_text(json.dumps(cases))
    monkeypatch.setenv("TLCOURSE_EXERCISES", str(tmp_path))
    text = message(checks.run, "even", lambda number: number if number == 2 else None)
    assert text.endswith("should raise a ValueError, but it returns None.")
