"""The names in course.toml are compared with the units and exercises of the course."""

import os

import pytest

from tlcourse.grading.model.course_file import CourseFileError, read_course_file

CONFIG = 'c.CourseDirectory.source_directory = "sources"\nc.CourseDirectory.release_directory = "releases"\n'
UNIT = """# %% nbgrader={"grade": false, "grade_id": "double", "solution": true}
def double(number): ...

# %% nbgrader={"grade": true, "grade_id": "test_double", "points": 2, "solution": false}
assert double(2) == 4

# %% [markdown] nbgrader={"grade": true, "grade_id": "why_double", "points": 3, "solution": true}
# Because.

# %% [markdown] nbgrader={"grade": false, "grade_id": "text", "locked": true, "solution": false}
# A text.
"""


@pytest.fixture
def course(tmp_path):
    """A course with a unit that has a source, and one that has a release only, in folders of other names."""
    (tmp_path / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "01_double.py").write_text(UNIT, encoding="utf-8")
    (tmp_path / "releases" / "02_triple").mkdir(parents=True)
    (tmp_path / "releases" / "02_triple" / "02_triple.ipynb").touch()
    return tmp_path


def read(course, text):
    (course / "course.toml").write_text(f'[course]\nid = "ml"\n{text}', encoding="utf-8")
    return read_course_file(course)


def test_accepts_the_names_of_the_course(course):
    text = '[units.01_double]\ndrop = ["why_double"]\npoints = {double = 1, test_double = 2}\n[units.02_triple]\n'
    assert set(read(course, text).units) == {"01_double", "02_triple"}


def test_exercises_of_a_unit_without_a_source_are_not_compared(course):
    assert read(course, '[units.02_triple]\ndrop = ["anything"]').unit("02_triple").drop == ("anything",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[units.01_dubble]", 'has no unit "01_dubble". Did you mean "01_double"?'),
        ('[units."01"]', 'has no unit "01". Did you mean "01_double"?'),
        ("[units.linear_algebra]", "It can be 01_double, 02_triple: correct the name, or delete the setting"),
        ('[units.01_double]\ndrop = ["duoble"]', 'has no "duoble". Did you mean "double"?'),
        ('[units.01_double]\ndrop = ["test_double"]', 'has no "test_double". Did you mean "double"?'),
        ("[units.01_double.points]\ntest_dobule = 1", 'has no "test_dobule". Did you mean "test_double"?'),
        ("[units.01_double.points]\ntext = 1", 'has no "text".'),
    ],
)
def test_a_name_that_the_course_does_not_have_is_an_error_of_one_line(course, text, message):
    with pytest.raises(CourseFileError) as caught:
        read(course, text)
    assert message in str(caught.value)
    assert str(course / "course.toml") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_source_that_has_changed_is_read_again(course):
    assert read(course, '[units.01_double]\ndrop = ["double"]')
    source = course / "sources" / "01_double.py"
    source.write_text(UNIT.replace('"double"', '"twice"'), encoding="utf-8")
    os.utime(source, ns=(0, source.stat().st_mtime_ns + 10**9))
    with pytest.raises(CourseFileError, match='has no "double"'):
        read_course_file(course)


@pytest.mark.parametrize("config", [None, CONFIG + "c.CourseDirectory.source_directory = folder()\n"])
def test_nothing_is_compared_where_the_configuration_computes_a_folder(course, config):
    (course / "nbgrader_config.py").unlink()
    if config:
        (course / "nbgrader_config.py").write_text(config, encoding="utf-8")
    assert set(read(course, "[units.01_dubble]").units) == {"01_dubble"}
