"""Points, counts and exercise numbers in a unit's text agree with the metadata that decide on marks."""

import nbformat
import pytest
from conftest import ROOT

from tlcourse.building import stated_counts, unit_minutes, unit_sources

UNIT = "01_tiny"
HEADER = "# You will be able to double a number. 1 minute."
COUNTS = "# **Time:** 30 minutes. Two exercises and one written answer, 7 points."


@pytest.mark.parametrize("unit", unit_sources.unit_names(ROOT))
def test_every_unit_states_what_its_metadata_say(unit):
    assert stated_counts.disagreements(ROOT, unit) == []


@pytest.fixture
def course(tiny_course):
    """The tiny unit with a first cell and statements that name points."""
    source = tiny_course / "solutions" / f"{UNIT}.py"
    text = source.read_text(encoding="utf-8").replace(HEADER, COUNTS)
    text = text.replace("so `double(2)` is 4.", "so `double(2)` is 4. (2 points, and 1 for negative numbers)")
    question = "# %% [markdown]\n# Why? (3 points: 1 point for a reason)\n\n# %% [markdown] nbgrader"
    source.write_text(text.replace("# %% [markdown] nbgrader", question), encoding="utf-8")
    assert stated_counts.disagreements(tiny_course, UNIT) == []
    return tiny_course


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('"test_double", "locked": true, "points": 2', '"test_double", "locked": true, "points": 4',
         "the first cell states 7 points, but the metadata give 9"),
        ("2 points, and 1", "2 points, and 2",
         "the statement of double says '2 points, and 2 for negative numbers', but its checks have 3 points"),
        ("Why? (3 points", "Why? (2 points", "the text above why_double states 2 points, but the metadata give 3"),
        ("30 minutes", "15 minutes",
         "the first cell states 15 minutes, but reading, running and solving the unit takes about 30"),
        ("Two exercises", "Three exercises", "the first cell states Three exercises, but the metadata give 2"),
        ("one written", "2 written", "the first cell states 2 written answer, but the metadata give 1"),
        ("### Exercise 1.2", "### Exercise 1.3", "the exercises are numbered 1.1, 1.3 instead of 1.1, 1.2"),
        ('"Exercise 1.2 triple"', '"Exercise 1.3 triple"',
         "`progress` calls 'triple' Exercise 1.3, but no heading has this number"),
        ('"triple": "Ex', '"fourfold": "Ex', "`progress` has a title for 'fourfold', but no exercise has this name"),
        ('progress.exercise("double")', 'progress.exercise("doubled")', "`progress` has no title for 'doubled'"),
    ],
)  # fmt: skip
def test_text_that_states_something_else_is_named(course, old, new, line):
    source = course / "solutions" / f"{UNIT}.py"
    text = source.read_text(encoding="utf-8")
    assert old in text
    source.write_text(text.replace(old, new), encoding="utf-8")
    assert f"{UNIT}: {line}" in stated_counts.disagreements(course, UNIT)


def test_an_answer_file_without_an_exercise_is_named(course):
    answers = course / "solutions" / UNIT / "answers"
    answers.mkdir(parents=True)
    for name in ("double", "dropped"):
        (answers / f"{name}.py").touch()
    assert stated_counts.disagreements(course, UNIT) == [f"{UNIT}: answers/dropped.py belongs to no exercise"]


def of_cells(*cells):
    """A notebook of cells, each a text, or code with its metadata."""
    new = nbformat.v4
    made = [new.new_markdown_cell(cell) if isinstance(cell, str) else new.new_code_cell(cell[0], metadata=cell[1])
            for cell in cells]  # fmt: skip
    return new.new_notebook(cells=made)


def test_the_minutes_follow_from_the_words_and_the_exercises():
    solution, check = {"nbgrader": {"solution": True}}, {"nbgrader": {"grade": True}}
    long = "word " * 2_000  # ten minutes
    assert unit_minutes.estimate(of_cells(long)) == 10
    assert unit_minutes.estimate(of_cells(long, (long, {}))) == 20, "code is read, too"
    assert unit_minutes.estimate(of_cells(long, (long, solution), (long, check), (long, {"tags": ["setup"]}))) == 20
    assert unit_minutes.estimate(of_cells("a")) == 1


@pytest.mark.parametrize(("minutes", "updated"), [(25, 25), (30, 30), (20, 20), (31, 25), (10, 25)])
def test_minutes_far_from_the_estimate_are_replaced(minutes, updated):
    notebook = of_cells(f"# A unit\n\n**Time:** about {minutes} minutes. " + "word " * 5_000)
    unit_minutes.update(notebook)
    assert unit_minutes.stated(notebook) == updated
