"""A call reports whether the function changed an array that it was given."""

import numpy as np
import pytest

from tlcourse.grading.sandbox.guest import function_server, wire_format


def call(function, *arguments, stream=False):
    sent = {"function": "f", "arguments": wire_format.encode(list(arguments)), "keywords": wire_format.encode({})}
    return function_server._call(
        {"f": function}, {**sent, "model": None, "gradient": None, "stream": stream, "seed": 0}
    )


def add_one(values):
    values += 1
    return values


@pytest.mark.parametrize(
    ("function", "argument", "changed"),
    [
        (add_one, np.zeros(2), True),
        (lambda parts: [add_one(part) for part in parts["all"]], {"all": [np.zeros(2), np.ones(1)]}, True),
        (lambda values: values + 1, np.zeros(2), False),
        (lambda values: values.sum(), np.array([np.nan]), False),
    ],
)
def test_a_changed_array_is_reported(function, argument, changed):
    assert call(function, argument)["changed"] is changed


def test_bytes_pass_both_ways():
    assert wire_format.decode(call(lambda content: content[::-1], b"\x00\xffa")["value"]) == b"a\xff\x00"


def test_a_generator_is_logged_step_by_step():
    def embed(batches, load):
        teacher = load()
        for batch in batches:
            yield teacher(batch)

    batches = [np.ones((2, 3)), np.ones((1, 3))]
    events = wire_format.decode(call(embed, batches, np.eye(3), stream=True)["value"])
    assert [kind for kind, _ in events] == ["load", "take", "call", "give", "take", "call", "give", "end"]


def test_a_list_is_no_stream():
    reply = call(lambda batches, load: list(batches), [np.ones((2, 3))], np.eye(3), stream=True)
    assert reply["raised"][0] == "AssertionError"
    assert "returns a list and not an iterator" in reply["message"]
