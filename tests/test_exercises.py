"""Visible cases: what a file can hold, what is recorded, and how `checks.run` judges by them."""

import json

import numpy as np
import pytest

from tlcourse import checks
from tlcourse.building import visible_cases
from tlcourse.exercises import comparing, values


@pytest.fixture
def doubled(tmp_path, monkeypatch):
    """Cases for a function that doubles the numbers of a list."""
    monkeypatch.setenv("TLCOURSE_EXERCISES", str(tmp_path))
    monkeypatch.setenv("TLCOURSE_RECORD_CASES", "1")
    mistakes = {
        "the numbers are squared": lambda numbers: [n * n for n in numbers],
        "2 is added": lambda numbers: [n + 2 for n in numbers],
        "each is divided by the first": lambda numbers: [n / numbers[0] for n in numbers],
    }
    cases = [([2],), ([1, 3],), ([],)]
    visible_cases.record("doubled", cases, lambda numbers: [2 * n for n in numbers], mistakes)


def message(function):
    with pytest.raises(AssertionError) as caught:
        checks.run("doubled", function)
    return str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "same",
        3,
        0.5,
        float("inf"),
        [1, [2.5, "a"]],
        (1, (2, [3])),
        {"a": 1, 2: (3,)},
        np.arange(6, dtype="int32").reshape(2, 3),
        np.zeros((0, 3), "float32"),
        np.array([True, False]),
    ],
    ids=repr,
)
def test_what_is_stored_comes_back_with_its_types(value):
    back = values.decoded(values.encoded(value))
    assert type(back) is type(value)
    np.testing.assert_equal(back, value)
    assert getattr(back, "dtype", None) == getattr(value, "dtype", None)


def test_a_generator_comes_back_fresh_and_nan_stays_nan():
    assert values.decoded(values.encoded(np.random.default_rng(7))).random() == np.random.default_rng(7).random()
    assert np.isnan(values.decoded(values.encoded(float("nan"))))


def test_what_a_file_cannot_hold_raises():
    with pytest.raises(TypeError, match="a case cannot hold"):
        values.encoded(object())


def test_a_right_function_passes(doubled):
    checks.run("doubled", lambda numbers: np.array(numbers) * 2)


def test_the_misconception_that_explains_all_cases_is_named(doubled):
    assert "when 2 is added." in message(lambda numbers: [n + 2 for n in numbers])
    assert "when the numbers are squared." in message(lambda numbers: [n * n for n in numbers])


def test_a_value_that_no_misconception_gives_is_shown_without_one(doubled):
    assert message(lambda numbers: [0 for _ in numbers]) == "<lambda>([2]) should be [4], but it is [0]."


def test_a_misconception_that_other_cases_contradict_is_not_named(doubled):
    assert message(lambda numbers: [n - 1 for n in numbers]).endswith("([2]) should be [4], but it is [1].")


@pytest.fixture
def sorted_by_sign(tmp_path, monkeypatch):
    """Cases for a function that returns a dictionary of two lists."""
    monkeypatch.setenv("TLCOURSE_EXERCISES", str(tmp_path))
    monkeypatch.setenv("TLCOURSE_RECORD_CASES", "1")

    def by_sign(numbers):
        return {"low": [n for n in numbers if n < 0], "high": [n for n in numbers if n > 0]}

    mistakes = {
        "the two are swapped": lambda numbers: dict(zip(("high", "low"), by_sign(numbers).values(), strict=True)),
        "0 is taken for a high number": lambda numbers: by_sign(numbers) | {"high": [n for n in numbers if n >= 0]},
    }
    visible_cases.record("signs", [([-1, 0, 2],), ([3, -4],)], by_sign, mistakes)


def test_the_first_wrong_part_is_shown_and_its_misconception_named(sorted_by_sign):
    def signs(numbers):
        return {"low": [n for n in reversed(numbers) if n <= 0], "high": [n for n in numbers if n >= 0]}

    def high_only_wrong(numbers):
        return {"low": (n for n in numbers if n < 0), "high": [n for n in numbers if n >= 0]}

    with pytest.raises(
        AssertionError, match=r"^signs\(.*\)\['low'\] should be \[-1\], but it is \[0, -1\]\. Its shape"
    ):
        checks.run("signs", signs)
    with pytest.raises(AssertionError, match=r"\['low'\] should be \[-1\], but it is <generator"):
        checks.run("signs", high_only_wrong)
    with pytest.raises(AssertionError, match=r"\['high'\] .* but it is \[0, 2, 2\]\. Its shape"):
        checks.run("signs", lambda numbers: {"low": [n for n in numbers if n < 0], "high": [0, 2, 2]})
    with pytest.raises(AssertionError, match=r"comes out when 0 is taken for a high number"):
        checks.run("signs", lambda ns: {"low": [n for n in ns if n < 0], "high": [n for n in ns if n >= 0]})
    with pytest.raises(AssertionError, match=r"Its keys are \['low'\], not \['low', 'high'\]"):
        checks.run("signs", lambda numbers: {"low": []})


def test_a_changed_argument_fails(doubled):
    def in_place(numbers):
        numbers[:] = [2 * n for n in numbers]
        return numbers

    assert message(in_place) == (
        "in_place([2]) changes its argument: work on a copy, because the original is still needed."
    )


def test_a_wrong_value_comes_before_the_error_of_a_later_case(doubled):
    assert "but it is [1]" in message(lambda numbers: [numbers[1] if len(numbers) > 1 else 1])
    with pytest.raises(IndexError):
        checks.run("doubled", lambda numbers: [2 * n for n in numbers] if numbers else numbers[0])


def test_nothing_is_recorded_outside_of_a_build(tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_EXERCISES", str(tmp_path))
    visible_cases.record("other", [(1,)], lambda n: n)
    assert not list(tmp_path.iterdir())
    with pytest.raises(FileNotFoundError, match=r"no visible cases for 'other' .* build the unit"):
        checks.run("other", lambda n: n)


def test_bytes_can_be_stored_in_a_case_and_are_shown_by_their_number():
    content = bytes(range(256))
    assert values.decoded(json.loads(json.dumps(values.encoded([content, b""])))) == [content, b""]
    assert comparing.short(content) == "256 bytes"
    assert comparing.short(b"no image") == "b'no image'"
