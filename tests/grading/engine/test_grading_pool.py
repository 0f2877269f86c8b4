"""What an instructor reads before a grading without a sandbox."""

from types import SimpleNamespace

import pytest

from tlcourse.grading.engine import grading_pool
from tlcourse.grading.model.results import Result


def test_the_first_line_without_a_sandbox_warns_that_there_is_no_checker(capsys, monkeypatch):
    monkeypatch.setattr(grading_pool, "_sandboxes", {})
    assert not grading_pool.open_sandbox([], unsafe=True).supports_checkers
    line = capsys.readouterr().err
    assert "student code runs without a sandbox" in line
    assert "There is no checker process either" in line
    grading_pool.open_sandbox([], unsafe=True)
    assert capsys.readouterr().err == ""


@pytest.fixture
def attempts(monkeypatch):
    """The names of the submissions that were tried, in their order; the first tries of those in `failing` fail."""
    tried, failing = [], {}

    def grade(assignment, submission, unsafe=False):
        tried.append(submission.student)
        failing[submission.student] = failing.get(submission.student, 0) - 1
        return Result(submission.student, "unit", "not graded" if failing[submission.student] >= 0 else "graded", 1.0)

    monkeypatch.setattr(grading_pool, "grade_with_retries", grade)
    return SimpleNamespace(tried=tried, failing=failing)


def statuses(names):
    submissions = [SimpleNamespace(student=name) for name in names]
    graded = grading_pool.grade_in_parallel(None, submissions, jobs=2)
    return {submission.student: result.status for submission, result in graded}


def test_what_the_grader_failed_on_is_tried_again_after_all_others(attempts):
    attempts.failing.update(b=1)
    assert statuses("abcd") == dict.fromkeys("abcd", "graded")
    assert attempts.tried[-1] == "b"
    assert sorted(attempts.tried) == ["a", "b", "b", "c", "d"]


def test_a_grader_that_always_fails_gives_up(attempts):
    attempts.failing.update(dict.fromkeys("abcde", 99))
    assert statuses("abcdef") == dict.fromkeys("abcde", "not graded") | {"f": "graded"}
    assert len(attempts.tried) == 6 + grading_pool.FAILURES
