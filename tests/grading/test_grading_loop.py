"""The whole loop through stock nbgrader: release, submit, autograde, a grade by hand, feedback, export, validate."""

import csv
import json
import os
import re
import subprocess
import sys

import answers_runner
import nbformat
import pytest
from conftest import ROOT, TINY, new_tiny_course
from tiny_answers import RIGHT, UNIT

from tlcourse import notebooks
from tlcourse.building import builder, unit_sources
from tlcourse.grading.engine import grading_plan
from tlcourse.grading.engine.grading_pool import sandbox_problem
from tlcourse.grading.gradebook import scratch_course
from tlcourse.grading.gradebook.batch import grade
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.gradebook.hooks import prepare_submissions
from tlcourse.grading.model import results
from tlcourse.notebooks import write_atomically
from tlcourse.samples import accidents, demo_class, known_answers

UNGRADED = "00_start_here"
LINKS = sys.platform != "win32"  # which lets nobody but an administrator make them
GRADED = [name for name in unit_sources.unit_names(ROOT) if name != UNGRADED]


def composite(release, kind):
    """The tiny unit's release answered with the first answer of that kind for every exercise, and the points due."""
    unit, chosen, points = answers_runner.unit(TINY), {}, 0
    for exercise in unit.exercises:
        candidates = known_answers.read(TINY.parent / "answers" / f"{exercise}.py")
        answer = next(answer for answer in candidates if answer.kind == kind)
        chosen[exercise] = known_answers.as_submitted(answer)
        points += answer.due(unit.points(exercise))
    return demo_class.fill(release, chosen), points


def graded(folder, unit, submissions):
    """Submit and autograde; the gradebook's rows by student."""
    for student, notebook in submissions.items():
        scratch_course.submit(folder, student, unit, notebook)
    scratch_course.run_nbgrader(folder, "autograde", unit)
    return {row["student"]: row for row in scratch_course.gradebook_rows(folder, unit)}


def assert_shipped_plan_fits(folder, unit):
    """Whether `tlcourse build` has made a unit's grading plan since its code changed last."""
    assignment = NbgraderCourse(folder).assignment(unit)
    shipped = json.loads(CoursePaths(ROOT).shipped_plan_file(unit).read_text(encoding="utf-8"))
    fresh = grading_plan.code_digest(assignment, CoursePaths(ROOT).solution_file(unit))
    assert shipped["code_sha256"] == fresh, f"make it again: `tlcourse build {unit[:2]}`"
    assert shipped["checks"].keys() == {cell["grade_id"] for cell in assignment.autograded_cells()} | {"*"}
    assert shipped["reference_fails"] == {}
    cached_plan = CoursePaths(folder).cached_plan_file(unit)
    assert sandbox_problem() or not cached_plan.exists(), "the solutions were tried again"


@pytest.fixture(scope="module")
def graded_class(tmp_path_factory):
    """Four submissions of the tiny unit, autograded: (course folder, rows, points due by student)."""
    folder = new_tiny_course(tmp_path_factory.mktemp("loop") / "course")
    reference = notebooks.read(builder.build(execute=False, root=folder)[0].solution)
    scratch_course.run_nbgrader(folder, "generate_assignment", UNIT, "--force")
    release = notebooks.read(CoursePaths(folder).release_file(UNIT))
    full = sum(answers_runner.unit(TINY).points(name) for name in notebooks.exercises(reference))
    wrong, wrong_points = composite(release, "wrong")
    differently, _ = composite(release, "right")
    submissions = {
        "reference": demo_class.fill(release, demo_class.solved(reference)),
        "untouched": release,
        "wrong": wrong,
        "differently": differently,
    }
    due = {"reference": full, "untouched": 0, "wrong": wrong_points, "differently": full}
    return folder, graded(folder, UNIT, submissions), due


@pytest.mark.timeout(1200)
def test_each_submission_earns_its_due_mark(graded_class):
    _, rows, due = graded_class
    assert {student: row["code_score"] for student, row in rows.items()} == due
    assert {row["max_code_score"] for row in rows.values()} == {due["reference"]}
    assert rows["reference"]["max_written_score"] > 0
    assert rows["reference"]["needs_manual_grade"]
    assert rows["untouched"]["score"] == 0


def test_a_written_answer_is_graded_by_hand_and_reaches_feedback_and_export(graded_class):
    folder, rows, due = graded_class
    from nbgrader.api import Gradebook

    written = next(
        cell.metadata.nbgrader
        for cell in notebooks.read(CoursePaths(folder).release_file(UNIT)).cells
        if cell.cell_type == "markdown" and "nbgrader" in cell.metadata
    )
    with Gradebook(f"sqlite:///{(folder / 'gradebook.db').as_posix()}") as book:
        grade = book.find_grade(written.grade_id, UNIT, UNIT, "reference")
        assert (grade.auto_score, grade.needs_manual_grade) == (None, True)
        grade.manual_score, grade.needs_manual_grade = written.points - 1, False
        book.find_comment(written.grade_id, UNIT, UNIT, "reference").manual_comment = "Well argued."
        book.db.commit()
    scratch_course.run_nbgrader(folder, "generate_feedback", UNIT)
    scratch_course.run_nbgrader(folder, "export", "--to", "grades.csv")
    with (folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == due | {"reference": due["reference"] + written.points - 1}
    assert "Well argued." in CoursePaths(folder).feedback_file("reference", UNIT).read_text(encoding="utf-8")
    _feedback_explains_and_hides(folder, rows)


def _feedback_explains_and_hides(folder, rows):
    source = TINY.read_text(encoding="utf-8")
    hidden = re.findall(r"BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN", source, flags=re.DOTALL)
    assert hidden
    for student in rows:
        page = CoursePaths(folder).feedback_file(student, UNIT).read_text(encoding="utf-8")
        assert "HIDDEN TESTS" not in page
        assert "grading_rng" not in page
        assert ("not solved yet" in page) == (student == "untouched")
    assert "AssertionError: " in CoursePaths(folder).feedback_file("wrong", UNIT).read_text(encoding="utf-8")


def test_validate_passes_the_reference_and_names_the_mistake_of_a_wrong_answer(graded_class):
    folder = graded_class[0]
    wrong, reference = (folder / "submitted" / name / UNIT / f"{UNIT}.ipynb" for name in ("wrong", "reference"))
    right = notebooks.read(reference)
    right.cells = [cell for cell in right.cells if cell.id != "test_triple"]  # it warns, and validate minds
    write_atomically(folder / "right.ipynb", nbformat.writes(right))
    for file, words in {
        wrong: "Exercise 1.1 double: double(2) should be 4, but it is 3. That is what comes out",
        folder / "right.ipynb": "Success! Your notebook passes",
    }.items():
        scratch_course.run_nbgrader(folder, "validate", str(file))
        assert words in (folder / "nbgrader.log").read_text(encoding="utf-8").rpartition("$ nbgrader validate")[2]


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("unit", GRADED)
def test_the_reference_earns_all_in_the_release_that_nbgrader_makes(unit, tmp_path):
    """What a stub earns is tested in tests/building/test_answers.py for every exercise, and above through nbgrader."""
    folder = tmp_path / "course"
    scratch_course.new_course(folder, ROOT, [unit])
    scratch_course.run_nbgrader(folder, "generate_assignment", unit)
    assert CoursePaths(folder).release_file(unit).read_bytes() == CoursePaths(ROOT).release_file(unit).read_bytes()
    release = notebooks.read(CoursePaths(folder).release_file(unit))
    reference = notebooks.read(CoursePaths(folder).solution_file(unit))
    scratch_course.submit(folder, "ann", unit, demo_class.fill(release, demo_class.solved(reference)))
    (result,) = grade(folder, unit, jobs=1, progress=False)  # in this process: nbgrader's own costs TensorFlow anew
    (row,) = scratch_course.gradebook_rows(folder, unit)
    assert result.score == row["code_score"] == row["max_code_score"] > 0
    assert_shipped_plan_fits(folder, unit)


@pytest.mark.slow
def test_the_start_page_is_not_graded(tmp_path):
    scratch_course.new_course(tmp_path / "course", ROOT, [UNGRADED])
    scratch_course.run_nbgrader(tmp_path / "course", "generate_assignment", UNGRADED)
    assert_shipped_plan_fits(tmp_path / "course", UNGRADED)


NOISY = "import sys\ndef double(n):\n    print('UserWarning: input_shape', file=sys.stderr)\n    return 2 * n"


@pytest.fixture(scope="module")
def tiny_class(full_tier, tmp_path_factory):
    """Odd submissions of the tiny unit, graded by nbgrader in an environment that is not activated."""
    folder = new_tiny_course(tmp_path_factory.mktemp("tiny") / "course")
    release = notebooks.read(builder.build(root=folder)[0].release)
    environment = os.environ | {"PATH": "" if sys.platform == "win32" else "/usr/bin:/bin"}
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "01_tiny", "--force"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    deleted = demo_class.fill(release, RIGHT)
    deleted.cells = [cell for cell in deleted.cells if cell.id != "test_triple"]
    emptied = demo_class.fill(release, RIGHT)
    emptied.cells = [cell for cell in emptied.cells if cell.id not in ("double", "test_double", "test_double_negative")]
    submissions = {
        "noisy": demo_class.fill(release, RIGHT | {"double": NOISY}),
        "wrong": demo_class.fill(release, RIGHT | {"triple": "def triple(n):\n    return n"}),
        "colab": accidents.through_colab(demo_class.fill(release, RIGHT), None),
        "deleted": deleted,
        "emptied": emptied,
    }
    _irregular_submissions(folder / "submitted", demo_class.fill(release, RIGHT))
    return folder, {name: row["code_score"] for name, row in graded(folder, "01_tiny", submissions).items()}


def _irregular_submissions(submitted, right):
    """What stock nbgrader passes over, or grades as if it were the student's own."""
    files = {"renamed": "01_tiny (1).ipynb", "unpacked": "01_tiny/01_tiny.ipynb", "nothing": "answers.txt"}
    for student, name in files.items():
        content = "I have no notebook." if student == "nothing" else nbformat.writes(right)
        write_atomically(submitted / student / "01_tiny" / name, content)
    if LINKS:
        (submitted / "linked").mkdir()
        (submitted / "linked" / "01_tiny").symlink_to(submitted / "noisy" / "01_tiny", target_is_directory=True)


def test_a_warning_on_stderr_costs_no_marks_but_a_failure_does(tiny_class):
    assert (tiny_class[1]["noisy"], tiny_class[1]["wrong"]) == (4, 3)


def test_a_copy_from_colab_and_one_with_a_deleted_check_are_graded_in_full(tiny_class):
    assert (tiny_class[1]["colab"], tiny_class[1]["deleted"]) == (4, 4)


def test_an_exercise_deleted_with_its_checks_costs_its_own_points_only(tiny_class):
    assert tiny_class[1]["emptied"] == 1


def test_nbgrader_grades_under_another_name_and_one_folder_too_deep(tiny_class):
    assert (tiny_class[1]["renamed"], tiny_class[1]["unpacked"]) == (4, 4)


@pytest.mark.parametrize(
    ("student", "status", "reason"),
    [
        ("nothing", "missing", "No notebook 01_tiny.ipynb was submitted."),
        pytest.param("linked", "missing", "01_tiny is a link", marks=pytest.mark.skipif(not LINKS, reason="Windows")),
    ],
)
def test_nbgrader_reports_why_what_it_cannot_grade_earns_nothing(student, status, reason, tiny_class):
    folder, scores = tiny_class
    record = results.read_record(folder, "01_tiny", student)
    assert (scores[student], record.status) == (0, status)
    assert reason in " ".join(record.notes)


@pytest.mark.skipif(not LINKS, reason="Windows")
def test_what_a_linked_folder_holds_is_not_renamed(tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "other.ipynb").touch()
    (tmp_path / "eve").mkdir()
    (tmp_path / "eve" / "01_tiny").symlink_to(tmp_path / "theirs", target_is_directory=True)
    seen = [str(tmp_path / "eve" / "01_tiny" / "other.ipynb")]
    prepare_submissions("01_tiny", "eve", seen)
    assert [file.name for file in (tmp_path / "theirs").iterdir()] == ["other.ipynb"]
    prepare_submissions("01_tiny", "eve", [str(tmp_path / "theirs" / "other.ipynb")])
    assert [file.name for file in (tmp_path / "theirs").iterdir()] == ["01_tiny.ipynb"]


@pytest.mark.parametrize("place", ["home", "01_tiny.ipynb"])
def test_what_lies_beside_a_deeper_notebook_is_moved_with_it(tmp_path, place):
    folder = tmp_path / "eve" / "01_tiny"
    for name in ("01_tiny.ipynb", "helper.py", "data/a.csv", "readme.txt", "timestamp.txt"):
        (folder / place / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / place / name).write_text(name)
    (folder / "readme.txt").write_text("outer")
    seen = [str(folder / "01_tiny.ipynb")]
    prepare_submissions("01_tiny", "eve", seen)
    assert seen == [str(folder / "01_tiny.ipynb")]
    for name in ("01_tiny.ipynb", "helper.py", "data/a.csv"):
        assert (folder / name).read_text() == name
    assert (folder / "readme.txt").read_text() == "outer"
    assert not (folder / "timestamp.txt").exists()


def test_formgrader_sees_the_units_and_no_source_file(tiny_class):
    code = (
        "from nbgrader.apps import NbGrader; from nbgrader.apps.api import NbGraderAPI\n"
        "app = NbGrader(); app.initialize([])\n"
        "api = NbGraderAPI(app.coursedir, parent=app)\n"
        "print([(one['name'], one['max_score'], one['num_submissions']) for one in api.get_assignments()])"
    )
    seen = subprocess.run([sys.executable, "-c", code], cwd=tiny_class[0], capture_output=True, text=True)
    assert seen.stdout == f"[('01_tiny', 7.0, {8 + LINKS})]\n", seen.stderr


def test_formgrader_autogrades_from_within_its_event_loop(tiny_class):
    code = (
        "import asyncio; from nbgrader.apps import NbGrader; from nbgrader.apps.api import NbGraderAPI\n"
        "app = NbGrader(); app.initialize([])\n"
        "async def press(): return NbGraderAPI(app.coursedir, parent=app).autograde('01_tiny', 'wrong')\n"
        "print(asyncio.run(press())['success'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tiny_class[0], capture_output=True, text=True)
    assert done.stdout == "True\n", done.stderr
    scores = {row["student"]: row["code_score"] for row in scratch_course.gradebook_rows(tiny_class[0], "01_tiny")}
    assert scores["wrong"] == tiny_class[1]["wrong"]
