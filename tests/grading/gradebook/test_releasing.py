"""A unit is released again after submissions exist: nothing is lost, and the gradebook follows."""

import json
import shutil

import pytest
from tiny_answers import UNIT

from tlcourse.building import builder, unit_release
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.releasing import ReleaseError, release

pytestmark = pytest.mark.filterwarnings("ignore:Object of type")  # nbgrader's own, from SQLAlchemy

TRIPLE_START, TRIPLE_END = "# %% [markdown]\n# ### Exercise 1.2", "# %% [markdown] nbgrader"
NEW = '''# %% [markdown]
# ### Exercise 1.2: halve a number


# %% nbgrader={"grade": false, "grade_id": "halve", "locked": false, "schema_version": 3, "solution": true}
def halve(number):
    """Half the number."""
    ### BEGIN SOLUTION
    return number / 2
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_halve", "locked": true, "points": 5, "solution": false, SCHEMA}
assert checks.returns(halve, (2,), 1) == 1

'''.replace("SCHEMA", '"schema_version": 3')


@pytest.fixture
def course(released_course, tmp_path):
    """A course in which ann's submission is in the gradebook, and a person gave her points and wrote a comment."""
    folder = shutil.copytree(released_course, tmp_path / "course")
    course = NbgraderCourse(folder)
    with course.gradebook() as book:
        book.add_student("ann")
        book.add_submission(UNIT, "ann")
        for check, points in {"why_double": 2.5, "test_triple": 1.0}.items():
            book.find_grade(check, UNIT, UNIT, "ann").manual_score = points
        book.find_comment("triple", UNIT, UNIT, "ann").manual_comment = "Neat."
        book.db.commit()
    return course


def edit(course, change):
    """Change the source, build it without running it, and release it."""
    source = course.folder / "solutions" / f"{UNIT}.py"
    text = source.read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text
    source.write_text(changed, encoding="utf-8", newline="\n")
    builder.build(UNIT, execute=False, root=course.folder)
    return release(course, UNIT)


def marks(course):
    with course.gradebook() as book:
        submission = book.find_submission(UNIT, "ann")
        return {grade.name: grade.manual_score for grade in submission.notebooks[0].grades}


def without_triple(text):
    start, end = text.index(TRIPLE_START), text.index(TRIPLE_END)
    return text[:start] + text[end:]


def test_an_exercise_is_added_and_one_withdrawn_while_submissions_and_marks_stay(course):
    changes = edit(course, lambda text: without_triple(text).replace(TRIPLE_END, NEW + TRIPLE_END))
    assert (changes.added, changes.removed, changes.submissions) == ({"test_halve": 5.0}, {"test_triple": 1.0}, 1)
    assert marks(course) == {"test_double": None, "test_double_negative": None, "why_double": 2.5, "test_halve": None}
    kept = json.loads((course.folder / "grading_records" / UNIT / "withdrawn.json").read_text(encoding="utf-8"))
    assert [(row["student"], row.get("manual_score"), row.get("manual_comment")) for row in kept] == [
        ("ann", 1.0, None),
        ("ann", None, "Neat."),
    ]
    assert [cell["grade_id"] for cell in course.assignment(UNIT).autograded_cells()][-1] == "test_halve"
    with course.gradebook() as book:
        assert book.find_submission(UNIT, "ann").max_score == 2 + 1 + 3 + 5
        assert book.find_comment("halve", UNIT, UNIT, "ann")


def test_an_exercise_that_comes_back_has_the_marks_that_a_person_gave(course):
    source = course.folder / "solutions" / f"{UNIT}.py"
    before = source.read_text(encoding="utf-8")
    edit(course, without_triple)
    assert "test_triple" not in marks(course)
    edit(course, lambda text: before)
    assert marks(course)["test_triple"] == 1.0
    with course.gradebook() as book:
        assert book.find_comment("triple", UNIT, UNIT, "ann").manual_comment == "Neat."


def test_points_checks_and_text_change_without_losing_marks(course):
    changes = edit(
        course,
        lambda text: text.replace(
            '"test_double", "locked": true, "points": 2', '"test_double", "locked": true, "points": 4'
        ),
    )
    assert changes.points == {"test_double": (2.0, 4.0)}
    changes = edit(course, lambda text: text.replace("integers(10, 100)", "integers(10, 200)"))
    assert (changes.checks, changes.points) == (["test_double"], {})
    assert "integers(10, 200)" in next(
        cell["full"] for cell in course.assignment(UNIT).cells if cell["grade_id"] == "test_double"
    )
    changes = edit(course, lambda text: text.replace("twice the number, so", "two times the number, so"))
    assert not any(changes[:4])
    assert "two times the number" in course.paths.release_file(UNIT).read_text(encoding="utf-8")
    assert marks(course)["why_double"] == 2.5


def test_a_release_that_fails_leaves_release_and_gradebook_as_they_were(course):
    solved = course.paths.solution_file(UNIT)
    text = solved.read_text(encoding="utf-8")
    before = course.paths.release_file(UNIT).read_bytes()
    solved.write_text(text.replace('"grade_id": "test_triple"', '"grade_id": "triple"'), encoding="utf-8")
    with pytest.raises(ReleaseError, match="01_tiny: nbgrader generate_assignment failed"):
        release(course, UNIT)
    assert course.paths.release_file(UNIT).read_bytes() == before
    assert marks(course)["test_triple"] == 1.0
    solved.write_text(text, encoding="utf-8")
    assert not any(release(course, UNIT)[:4])
    assert sorted(path.name for path in (course.folder / "grading_records").glob(".r*")) == []


def test_a_change_that_was_not_released_is_named(course):
    source = course.folder / "solutions" / f"{UNIT}.py"
    assert unit_release.differences(course.folder, UNIT) == []
    release_file = course.paths.release_file(UNIT)
    released = release_file.read_text(encoding="utf-8")
    release_file.write_text(released.replace("triple a number", "treble a number"), encoding="utf-8")
    assert "is not what the solved notebook of 01_tiny gives" in unit_release.differences(course.folder, UNIT)[0]
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("integers(10, 100)", "integers(10, 200)"), encoding="utf-8")
    assert (
        "has changed since it was built (cell test_double): run `tlcourse release"
        in (unit_release.differences(course.folder, UNIT)[0])
    )
    source.write_text(text.replace('"points": 2', '"points": -2'), encoding="utf-8")
    assert "cannot be built: 01_tiny.py, cell test_double" in unit_release.differences(course.folder, UNIT)[0]
