"""JSON of student code costs no more than it may, however it is written."""

import json

import pytest

from tlcourse.grading import bounded_json

DEEP = b"[" * 301 + b"]" * 301


@pytest.mark.parametrize("value", [None, True, 1.5, "a, [b] {c: d}", [[]] * 1000, {"a": [{"b": "\u00e4"}]}])
def test_values_come_back(value):
    assert bounded_json.loads(json.dumps(value)) == bounded_json.unpack(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"[" + b"[]," * 1_500_000 + b"1]", "more than 4,000,000 values"),
        (b'{"a":' * 150_000, "levels deep"),
        (DEEP, "nested more than 300 levels deep"),
        (DEEP.decode(), "nested more than 300 levels deep"),
        (b" " * (bounded_json.MOST_BYTES + 1), "more than 64 MB"),
    ],
)
def test_a_text_that_costs_too_much_is_not_parsed(text, message, monkeypatch):
    monkeypatch.setattr(json, "loads", lambda *_: pytest.fail("it was parsed"))
    with pytest.raises(bounded_json.TooLarge, match=message):
        bounded_json.loads(text)


@pytest.mark.parametrize("part", ["[31m", '"[', "\\[", '\\"{', "[[,,::"])
def test_what_stands_in_strings_does_not_count(part):
    value = {"traceback": [part * 1000] * 2, part * 400: "]"}
    assert bounded_json.loads(json.dumps(value)) == value
    with pytest.raises(bounded_json.TooLarge, match="more than 10 values"):
        bounded_json.loads(json.dumps([value] * 10), 10)


@pytest.mark.parametrize("text", [b'"' + b'\\"' * 2_000_000, b'"\\' * 2_000_001, b'["' * 200 + b"\\"])
def test_a_string_without_an_end_takes_no_longer(text):
    with pytest.raises(ValueError):  # noqa: PT011  (whether it is too large or no JSON)
        bounded_json.loads(text)


def test_what_is_no_json_raises():
    with pytest.raises(ValueError, match="Expecting value"):
        bounded_json.loads(b"nothing")
    with pytest.raises(TypeError, match="JSON is a text, not int"):
        bounded_json.loads(10**9)


def test_a_message_has_no_halves_of_characters():
    message = rb'{"\udc00a": ["\ud83d\ude00", "\uD800", "\\ud800", "\u00e4"]}'
    assert bounded_json.loads(message)["\udc00a"][1] == "\ud800"
    assert bounded_json.unpack(message) == {"?a": ["\U0001f600", "?", r"\ud800", "ä"]}
    assert json.dumps(bounded_json.unpack(message), ensure_ascii=False).encode("utf-8")
