"""The view of attention masks: any form of zeros and ones is accepted, and nothing else."""

import numpy as np
import pytest

from tlcourse import text_checks

CAUSAL = [[1, 0], [1, 1]]


@pytest.mark.parametrize(
    "mask",
    [CAUSAL, np.array(CAUSAL), np.array(CAUSAL, bool), np.array(CAUSAL, "float32"), [[True, False], [True, True]]],
    ids=["lists", "integers", "truth values", "floats", "lists of truth values"],
)
def test_each_form_of_a_mask_gives_the_same_rows(mask):
    assert text_checks.zeros_and_ones(lambda *_: mask)(2, "causal", []) == CAUSAL


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (None, "Is a `return` missing"),
        (np.ones(2), r"has shape \(2, 2\), and not \(2,\)"),
        (np.ones((3, 3)), r"has shape \(2, 2\), and not \(3, 3\)"),
        (np.array([[0.0, -np.inf], [0.0, 0.0]]), "holds 0 and 1"),
        ([[1, 2], [1, 1]], "holds 0 and 1"),
        ([["1", "0"], ["1", "1"]], "holds 0 and 1"),
        ([[1, np.nan], [1, 1]], "holds 0 and 1"),
    ],
)
def test_what_is_no_mask_fails_with_the_reason(mask, message):
    with pytest.raises(AssertionError, match=message):
        text_checks.zeros_and_ones(lambda *_: mask)(2, "causal", [])


def test_the_view_has_the_name_of_the_function_so_that_messages_show_the_call():
    def attention_mask(length, objective, order):
        return CAUSAL

    assert text_checks.zeros_and_ones(attention_mask).__name__ == "attention_mask"
