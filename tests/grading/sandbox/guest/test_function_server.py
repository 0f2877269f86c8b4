"""A call reports whether the function changed an array that it was given."""

import numpy as np
import pytest

from tlcourse.grading.sandbox.guest import function_server, wire_format


def call(function, *arguments):
    sent = {"function": "f", "arguments": wire_format.encode(list(arguments)), "keywords": wire_format.encode({})}
    return function_server._call({"f": function}, {**sent, "model": None, "gradient": None, "seed": 0})


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
