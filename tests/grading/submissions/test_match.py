"""Cells of a submission are recognized by their text, and long texts of others cost little."""

import json
import time

import pytest
from conftest import in_time

from tlcourse.grading.model.assignment import Assignment
from tlcourse.grading.submissions.match import same_text
from tlcourse.grading.submissions.normalize import read_normalized


@pytest.mark.parametrize(
    ("source", "other", "same"),
    [
        ("a  b\n", " a b", True),
        ("", " \n", True),
        ("a b", "a c", False),
        ("a", "a b", False),
        ("w " * 20 + "a", "w  " * 20 + "a", True),
        ("w " * 20 + "a", "w " * 20 + "b", False),
    ],
)
def test_texts_are_compared_without_their_white_space(source, other, same):
    assert same_text(source, other) is same


def test_a_notebook_of_long_texts_without_its_checks_is_repaired_quickly():
    cells = []
    for number in range(20):
        locked = {"grade_id": f"check_{number}", "grade": True, "solution": False, "locked": True, "points": 1}
        cells += [_released(f"text {number} {part}", "markdown") for part in range(4)]
        cells.append(_released(f"assert f_{number}()", "code", locked))
    submitted = [{"cell_type": "markdown", "metadata": {}, "source": f"{number} " * 2000} for number in range(1000)]
    content = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": submitted}).encode()
    started = time.process_time()
    notebook, _ = read_normalized(content, Assignment("01_tiny", cells, []))
    in_time(time.process_time() - started, 4, "s")  # it took a minute
    assert len(notebook.cells) == 1020


def _released(source, kind, nbgrader=None):
    about = {"source": source, "full": source, "cell_type": kind, "nbgrader": nbgrader or {}, "tags": []}
    return {"grade_id": (nbgrader or {}).get("grade_id"), **about}
