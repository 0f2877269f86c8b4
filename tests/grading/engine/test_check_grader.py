"""The verdict on a check can be stored, whatever student code raised."""

import json

from tlcourse.grading.engine.check_grader import LONGEST_MESSAGE, MOST_LINES, verdict_of


def test_an_error_with_half_a_character_can_be_written_to_a_file():
    verdict = verdict_of({"ename": "\ud800Error", "evalue": "\ud800", "traceback": ["\ud800"]}, [])
    assert json.dumps(verdict, ensure_ascii=False).encode("utf-8")
    assert (verdict["outcome"], verdict["message"]) == ("failed", "?Error: ?")


def test_an_error_of_megabytes_is_cut():
    long = "x" * 5_000_000
    verdict = verdict_of({"ename": long, "evalue": long, "traceback": [long] * 500}, [])
    assert len(verdict["message"]) <= LONGEST_MESSAGE
    assert len(json.dumps(verdict)) < 2 * LONGEST_MESSAGE * MOST_LINES


def test_distinguishes_an_unsolved_stub_from_a_mistake():
    assert verdict_of({"ename": "NotImplementedError", "evalue": ""}, [])["outcome"] == "not solved"
    assert verdict_of({"ename": "AssertionError", "evalue": "too high"}, [])["message"] == "too high"
    assert verdict_of({"status": "ok"}, [])["outcome"] == "passed"
