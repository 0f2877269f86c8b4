"""What an instructor reads before a grading without a sandbox."""

from tlcourse.grading.engine import grading_pool


def test_the_first_line_without_a_sandbox_warns_that_there_is_no_checker(capsys, monkeypatch):
    monkeypatch.setattr(grading_pool, "_sandboxes", {})
    assert not grading_pool.open_sandbox([], unsafe=True).supports_checkers
    line = capsys.readouterr().err
    assert "student code runs without a sandbox" in line
    assert "There is no checker process either" in line
    grading_pool.open_sandbox([], unsafe=True)
    assert capsys.readouterr().err == ""
