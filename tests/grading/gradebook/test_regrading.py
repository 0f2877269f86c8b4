"""After a check has changed, it alone runs again for the class, and a table shows whose points differ."""

import csv
import dataclasses
import shutil
import warnings

import nbformat
import pytest
from tiny_answers import RIGHT, UNIT, sandboxed

from tlcourse import checks
from tlcourse.grading.gradebook import batch, scratch_course, seeds
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.gradebook.marks import UnitMark, final_marks
from tlcourse.grading.gradebook.regrading import Regrading
from tlcourse.grading.model import course_code, results
from tlcourse.grading.model.submission import Submission
from tlcourse.grading.reporting import changes_table
from tlcourse.samples import demo_class

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore:Object of type"),
]
OLD, NEW = "checks.returns(triple, (2,), 6) == 6", "checks.returns(triple, (0,), 0) == 0"
KEPT = ["test_double", "test_double_negative"]


@pytest.fixture
def small_class(released_course, released, tmp_path):
    """Ann is right; Bob's triple is wrong, but right for 0; Cy has done nothing."""
    course = shutil.copytree(released_course, tmp_path / "course")
    for student, answers in {"ann": RIGHT, "bob": RIGHT | {"triple": "def triple(n): return n"}, "cy": {}}.items():
        scratch_course.submit(course, student, UNIT, demo_class.fill(released, answers))
    return course


def release_with_another_check(course):
    """Change one check of the solved notebook, and release it."""
    file = CoursePaths(course).solution_file(UNIT)
    text = file.read_text(encoding="utf-8")
    assert text.count(OLD) == 1
    file.write_text(text.replace(OLD, NEW), encoding="utf-8")
    scratch_course.run_nbgrader(course, "generate_assignment", UNIT, "--force")


def decide_by_hand(course):
    """Give Ann points and a comment for her written answer."""
    with NbgraderCourse(course).gradebook() as book:
        grade = book.find_grade("why_double", UNIT, UNIT, "ann")
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        book.find_comment("why_double", UNIT, UNIT, "ann").manual_comment = "Half of it."
        book.db.commit()


@sandboxed
def test_only_a_changed_check_runs_again_and_manual_points_stay(small_class, capsys):
    batch.grade(small_class, UNIT, jobs=1, progress=False)
    decide_by_hand(small_class)
    before = {name: results.read_record(small_class, UNIT, name) for name in ("ann", "bob", "cy")}
    release_with_another_check(small_class)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        again = {row.student: row for row in batch.grade(small_class, UNIT, jobs=1, progress=False)}
    assert "In 3 submissions, only the checks that have changed run again: test_triple" in capsys.readouterr().err
    assert {name: row.score for name, row in again.items()} == {"ann": 4, "bob": 4, "cy": 0}
    assert all(row.kept == KEPT for row in again.values())
    for name, row in again.items():
        cells = {cell["grade_id"]: cell for cell in row.cells}
        assert {kept: cells[kept] for kept in KEPT} == {
            cell["grade_id"]: cell for cell in before[name].cells if cell["grade_id"] in KEPT
        }
    assert again["bob"].changes == [{"exercise": "triple", "before": 0.0, "after": 1.0}]
    assert again["ann"].changes == again["cy"].changes == []
    with NbgraderCourse(small_class).gradebook() as book:
        grade = book.find_grade("why_double", UNIT, UNIT, "ann")
        assert (grade.manual_score, grade.needs_manual_grade) == (2.5, False)
        assert book.find_comment("why_double", UNIT, UNIT, "ann").comment == "Half of it."
    marks = final_marks(small_class, UNIT)
    assert [(marks[name].points, marks[name].max_points) for name in ("ann", "bob")] == [(6.5, 7), (4, 7)]
    graded = nbformat.read(CoursePaths(small_class).autograded_file("bob", UNIT), as_version=4)
    shown = {cell.metadata.nbgrader.grade_id: cell for cell in graded.cells if "nbgrader" in cell.metadata}
    assert "the check passes" in shown["test_double"].outputs[0].text
    assert NEW in shown["test_triple"].source
    batch.grade(small_class, UNIT, jobs=1, progress=False)
    assert "run again" not in capsys.readouterr().err


@pytest.mark.slow
@sandboxed
def test_after_a_change_of_the_courses_code_what_it_decides_runs_again(
    small_class, released, capsys, monkeypatch, tmp_path
):
    """Bob's answer alone calls a function of the course's."""
    answer = "from tlcourse import stats\n\n\ndef triple(n):\n    return n if stats.summary else 0"
    scratch_course.submit(small_class, "bob", UNIT, demo_class.fill(released, RIGHT | {"triple": answer}))
    batch.grade(small_class, UNIT, jobs=1, progress=False)
    capsys.readouterr()
    files, edited = course_code.deciding_files(), tmp_path / "edited.py"

    def graded_after(name, old, new):
        text = files[name].read_text(encoding="utf-8")
        assert old in text
        edited.write_text(text.replace(old, new, 1), encoding="utf-8")
        monkeypatch.setattr(course_code, "deciding_files", lambda: files | {name: edited})
        rows = batch.grade(small_class, UNIT, jobs=1, progress=False)
        return [(row.score, row.kept) for row in rows], capsys.readouterr().err

    rows, shown = graded_after("stats.py", "def summary(", "def summary(_=0, *")
    assert "In 3 submissions, only the checks that have changed run again: test_triple" in shown
    assert rows == [(4, [*KEPT, "test_triple"]), (3, KEPT), (0, [*KEPT, "test_triple"])]
    rows, shown = graded_after("checks.py", "tolerance=1e-6", "tolerance=1e-5")
    assert "What decides on all checks has changed: in 3 submissions, all run again" in shown
    assert rows == [(4, []), (3, []), (0, [])]


@pytest.mark.slow
@sandboxed
def test_with_another_seed_every_check_runs_again_and_only_luck_changes_a_mark(small_class, released, monkeypatch):
    """Bob's double is right for the hidden number of the first seed alone; his triple is wrong for every number."""
    monkeypatch.delenv("TLCOURSE_GRADING_SEED")
    first = second = seeds.unit_seed(small_class, UNIT)
    answer = f"def double(n):\n    return 2 * n if n in (2, -3, {hidden_number(first)}) else 0"
    answers = RIGHT | {"double": answer, "triple": "def triple(n): return n"}
    scratch_course.submit(small_class, "bob", UNIT, demo_class.fill(released, answers))
    before = batch.grade(small_class, UNIT, jobs=1, progress=False)
    assert [(row.score, row.seed) for row in before] == [(4, first), (3, first), (0, first)]
    while hidden_number(second) == hidden_number(first):
        after = batch.grade(small_class, UNIT, jobs=1, progress=False, new_seed=True)
        second = seeds.unit_seed(small_class, UNIT)
    assert [(row.score, row.seed, row.kept) for row in after] == [(4, second, []), (1, second, []), (0, second, [])]
    assert [row.changes for row in after] == [[], [{"exercise": "double", "before": 3.0, "after": 1.0}], []]
    assert {results.read_record(small_class, UNIT, name).seed for name in ("ann", "bob", "cy")} == {second}
    marks = final_marks(small_class, UNIT)
    assert [marks[name].points for name in ("ann", "bob", "cy")] == [4, 1, 0]


def hidden_number(seed):
    """What the tiny unit's hidden test draws."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TLCOURSE_GRADING_SEED", seed)
        return int(checks.grading_rng("double").integers(10, 100))


@pytest.fixture
def course(small_class):
    """The class without solutions, so that no plan is made, and its assignment."""
    shutil.rmtree(small_class / "solutions")
    return NbgraderCourse(small_class)


def recorded(course, **changes):
    """A record of Ann's with all points, as `changes` say."""
    assignment = course.assignment(UNIT)
    digests = Regrading(course.paths, assignment).digests(SUBMISSION)
    cells = [
        {"grade_id": name, "score": 1.0, "max_score": 1.0, "outcome": "passed", "message": "", "seconds": 1.0}
        | {"check_sha256": sha256}
        for name, sha256 in digests.items()
    ]
    result = results.Result("ann", UNIT, "graded", 3.0, 3.0, cells=cells, submission_sha256="same")
    result = dataclasses.replace(result, **changes)
    results.write_record(course.folder, result)
    file = course.paths.autograded_file("ann", UNIT)
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")]), file)
    return assignment


SUBMISSION = Submission("ann", UNIT, b"{}", "same", {})


def test_nothing_runs_again_where_only_texts_have_changed(course):
    assignment = recorded(course)
    kept = Regrading(course.paths, assignment).with_kept_checks(SUBMISSION).kept
    assert sorted(kept.verdicts) == [*KEPT, "test_triple"]
    assert kept.outputs["1 + 1"] == {"outputs": [], "execution_count": None}


@pytest.mark.parametrize(
    "changes", [{"submission_sha256": "other"}, {"status": "timed out"}, {"status": "crashed"}, {"status": "tampered"}]
)
def test_everything_runs_again_after_an_incomplete_grading(course, changes):
    assignment = recorded(course, **changes)
    assert Regrading(course.paths, assignment).with_kept_checks(SUBMISSION).kept is None


def test_everything_runs_again_on_demand_after_a_new_seed_and_without_the_graded_notebook(course):
    assignment = recorded(course)
    assert Regrading(course.paths, assignment, everything=True).with_kept_checks(SUBMISSION).kept is None
    reseeded = dataclasses.replace(assignment, seed="7")
    assert Regrading(course.paths, reseeded).with_kept_checks(SUBMISSION).kept is None
    course.paths.autograded_file("ann", UNIT).write_text("{", encoding="utf-8")
    assert Regrading(course.paths, assignment).with_kept_checks(SUBMISSION).kept is None


def test_changes_are_those_of_the_same_submission(course):
    assignment = recorded(course)
    regrading = Regrading(course.paths, assignment)
    cells = [{"grade_id": "test_double", "score": 0.0}, {"grade_id": "test_double_negative", "score": 0.5}]
    cells.append({"grade_id": "test_triple", "score": 1.0})
    result = results.Result("ann", UNIT, "graded", 1.5, 3.0, cells=cells)
    changes = [{"exercise": "double", "before": 2.0, "after": 0.5}]
    assert regrading.with_changes(SUBMISSION, result).changes == changes
    other = dataclasses.replace(SUBMISSION, sha256="other")
    assert regrading.with_changes(other, result).changes == []


def test_the_table_and_its_file_show_who_and_by_how_much(tmp_path, capsys):
    evil = "=cmd|'\x1b[2J"
    rows = [
        results.Result(evil, UNIT, "graded", changes=[{"exercise": "triple", "before": 0.0, "after": 1.0}]),
        results.Result("bob", UNIT, "graded", changes=[{"exercise": "double", "before": None, "after": 0.5}]),
        results.Result("cy", UNIT, "graded"),
    ]
    results.records_folder(tmp_path, UNIT).mkdir(parents=True)
    changed = changes_table.changed_points(rows, {"bob": UnitMark(3.25, 0.0, 7.0)})
    file = changes_table.write_changes(tmp_path, UNIT, changed)
    changes_table.print_changes(changed, file)
    with file.open(encoding="utf-8", newline="") as opened:
        assert list(csv.reader(opened)) == [
            ["student", "exercise", "before", "after", "mark"],
            ["'=cmd|'\ufffd[2J", "triple", "0", "1", ""],
            ["bob", "double", "", "0.5", "3.25"],
        ]
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "2 changes, of 2 students" in shown
