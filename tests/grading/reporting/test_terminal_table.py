"""Tables for the terminal: a narrow one loses no path and no remedy."""

import pytest
from rich.console import Console

from tlcourse.grading.reporting.terminal_table import print_with_notes

PATH = "submitted/01_cnn_parameters/a_student_with_a_long_name/01_cnn_parameters.ipynb"
ROWS = [
    (("alice", "graded", "16 of 16", "9.6 of 19, provisional", "3 d 13 h"), ["Late penalty: 6.4.", "Provisional."]),
    (("(no student)", "not graded", "", "", ""), [f"[misplaced] {PATH} is not graded there: move it."]),
    (("bob", "graded", "1 of 16", "1 of 19", ""), []),
]


def printed(width, capsys):
    print_with_notes(Console(width=width), ("student", "status", "checks", "mark", "late"), ROWS)
    return capsys.readouterr().out


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_narrow_terminal_gets_the_notes_below_the_table_and_whole(capsys, width):
    shown = printed(width, capsys)
    lines = shown.splitlines()
    assert f"(no student): [misplaced] {PATH} is not graded there: move it." in lines
    assert "alice: Late penalty: 6.4. Provisional." in lines
    assert not [line for line in lines if line.startswith("bob:")]
    assert "…" not in shown


@pytest.mark.parametrize("width", [110, 140])
def test_a_wide_terminal_has_a_column_of_notes_that_folds_long_words(capsys, width):
    shown = printed(width, capsys)
    first = shown.splitlines()[0].index("notes")
    assert PATH in "".join(line[first:].rstrip() for line in shown.splitlines()[1:])
    assert "9.6 of 19, provisional" in shown
    assert "…" not in shown
