"""A course drops exercises and changes points in course.toml, and the notebook states what it then contains."""

import pytest
from conftest import TINY

from tlcourse import notebooks
from tlcourse.building import builder, course_units, own_points, stated_counts, unit_sources

UNIT = TINY.stem
HEADER = "# You will be able to double a number. 1 minute."
COUNTS = "# **Time:** 30 minutes. Two exercises and one written answer, 7 points."
TABLE = "# | **Points** | 3 points: 2 for `double(2)`, 1 for negative numbers |"


@pytest.fixture
def course(tiny_course):
    """The tiny unit with statements that name points, and a course.toml without changes."""
    source = tiny_course / "solutions" / f"{UNIT}.py"
    text = source.read_text(encoding="utf-8").replace(HEADER, COUNTS)
    text = text.replace("twice the number, so `double(2)` is 4.", f"twice the number.\n#\n{TABLE}")
    question = "# %% [markdown]\n# ### Written answer: why\n#\n# Why? (3 points)\n\n# %% [markdown] nbgrader"
    source.write_text(text.replace("# %% [markdown] nbgrader", question), encoding="utf-8")
    settings(tiny_course, "")
    return tiny_course


def settings(course, text):
    (course / "course.toml").write_text(f'[course]\nid = "here"\n{text}', encoding="utf-8")


def read(course):
    notebook = course_units.read_unit(course, UNIT)
    assert stated_counts.disagreements(course, UNIT, notebook) == []
    return notebook, "\n".join(cell.source for cell in notebook.cells)


def test_a_course_that_changes_nothing_has_the_unit_as_it_is(course):
    notebook, _ = read(course)
    source = unit_sources.read(course / "solutions" / f"{UNIT}.py")
    assert "git+https" in source.cells[1].source
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in source.cells if "google" not in cell.source]
    (course / "course.toml").unlink()
    assert course_units.read_unit(course, UNIT) == source


def test_a_dropped_exercise_leaves_no_statement_no_check_and_no_title(course):
    settings(course, f'[units."{UNIT}"]\ndrop = ["double"]')
    notebook, text = read(course)
    assert list(notebooks.exercises(notebook)) == ["triple"]
    assert "double" not in text.partition("why")[0].replace("to double a number", "")
    assert "One exercise and one written answer, 4 points." in text
    assert "### Exercise 1.1: triple a number" in text
    assert 'checks.Progress({"triple": "Exercise 1.1 triple"})' in text


def test_an_exercise_that_later_cells_call_is_given(course):
    source = course / "solutions" / f"{UNIT}.py"
    text = source.read_text(encoding="utf-8").replace("# %%\nprogress\n", "# %%\nprint(double(21))\n")
    source.write_text(text, encoding="utf-8")
    settings(course, f'[units."{UNIT}"]\ndrop = ["double"]')
    notebook, _ = read(course)
    cell = next(cell for cell in notebook.cells if "def double" in cell.source)
    assert "SOLUTION" not in cell.source
    assert "nbgrader" not in cell.metadata
    assert "test_double" not in [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]


def test_a_dropped_written_answer_takes_its_question_along(course):
    settings(course, f'[units."{UNIT}"]\ndrop = ["why_double"]')
    _, text = read(course)
    assert "Why?" not in text
    assert "Two exercises and no written answers, 4 points." in text


def test_new_points_are_in_the_metadata_and_in_the_text(course):
    settings(course, f'[units."{UNIT}".points]\ndouble = 6\nwhy_double = 1\ntest_triple = 0.5')
    notebook, text = read(course)
    points = {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert points == {"test_double": 4, "test_double_negative": 2, "test_triple": 0.5, "why_double": 1}
    assert "| **Points** | 6 points: 4 for `double(2)`, 2 for negative numbers |" in text
    assert "Why? (1 point)" in text
    assert "Two exercises and one written answer, 7.5 points." in text


@pytest.mark.parametrize(
    ("total", "old", "new"),
    [
        (4, [2, 1], [3, 1]),
        (3, [2, 2], [2, 1]),
        (2, [3, 1], [1, 1]),
        (0, [2, 1], [0, 0]),
        (1, [2, 1], [1, 0]),
        (5, [0, 0], [3, 2]),
        (1.5, [2, 1], [1, 0.5]),
        (7, [3], [7]),
    ],
)
def test_checks_share_the_points_of_an_exercise(total, old, new):
    assert own_points.shares(total, old) == new


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f'[units."{UNIT}"]\ndrop = ["halve"]', r'no "halve". It can be double, triple, why_double: correct the name'),
        (f'[units."{UNIT}"]\ndrop = ["test_double"]', r'no "test_double". Did you mean "double"'),
        (f'[units."{UNIT}".points]\nhalve = 3', r'points of \[units."01_tiny"\]: the unit has no "halve"'),
        ('[units."02_other"]\ndrop = []', r'the course has no unit "02_other". It can be 01_tiny'),
    ],
)
def test_a_name_that_the_course_does_not_have_stops_the_build(course, text, message):
    settings(course, text)
    with pytest.raises(ValueError, match=message):
        builder.build(execute=False, root=course)


def test_the_package_and_the_link_to_colab_are_those_of_the_course(course):
    settings(course, 'install = "https://example.org/t.whl"\ncolab = "https://colab.research.google.com/github/a/b/"')
    release = builder.build(execute=False, root=course)[0].release
    cells = notebooks.read(release).cells
    assert "](https://colab.research.google.com/github/a/b/notebooks/01_tiny/01_tiny.ipynb)" in cells[0].source
    assert "    %pip install -q https://example.org/t.whl\n" in cells[1].source
    settings(course, "")
    text = builder.build(execute=False, root=course)[0].release.read_text(encoding="utf-8")
    assert "colab" not in text
    assert "github.com" not in text


def test_a_changed_unit_cannot_be_converted_back_to_its_source(course):
    settings(course, f'[units."{UNIT}"]\ndrop = ["double"]')
    built = builder.build(execute=False, root=course)[0]
    with pytest.raises(ValueError, match=r"course.toml drops exercises of 01_tiny or changes points: edit"):
        builder.to_source(built.solution, root=course)
