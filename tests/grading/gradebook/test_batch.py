"""One submission never stops the grading of a class: reading, grading and recording each have a boundary.

Nothing is run here: in place of every run a recorded result is replayed.
"""

import asyncio
import functools
import os
import shutil
import sqlite3
import sys
from pathlib import Path

import nbformat
import pytest
import scale_trial
from click.testing import CliRunner
from tiny_answers import RIGHT, UNIT

from tlcourse.commands.main import main
from tlcourse.grading.engine import grading_pool
from tlcourse.grading.gradebook import batch, hooks, indexes, removal, scratch_course, seeds
from tlcourse.grading.gradebook._nbgrader import read_configuration
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.gradebook.marks import final_marks
from tlcourse.grading.model import results
from tlcourse.grading.model.submission import Submission
from tlcourse.grading.reporting import results_table
from tlcourse.samples import demo_class

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has such names")


@pytest.fixture
def course(released_course, released, tmp_path):
    """A course where the first and the last student are honest; without the solutions no grading plan is made."""
    course = shutil.copytree(released_course, tmp_path / "course", ignore=shutil.ignore_patterns("solutions"))
    for student in ("ann", "zoe"):
        submit(course, student, demo_class.fill(released, RIGHT))
    return course


def submit(course, student, notebook, name=f"{UNIT}.ipynb"):
    file = Path(course, "submitted", student, UNIT, name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(nbformat.writes(notebook), encoding="utf-8")
    return file


def graded(course, **options):
    """Results by student; the honest ones have all points."""
    all_results = batch.grade(
        course, UNIT, unsafe=True, progress=False, run_submissions=scale_trial.replayed(), **options
    )
    by_student = {result.student: result for result in all_results}
    assert {student: by_student[student].score for student in ("ann", "zoe")} == {"ann": 4, "zoe": 4}
    marks = final_marks(course, UNIT)
    assert marks["ann"] == marks["zoe"]
    assert (marks["ann"].points, marks["ann"].max_points) == (4, 7)
    return by_student


def test_the_search_path_does_not_grow_with_each_submission(course, monkeypatch):
    """The configuration is read for each; a variable above 128 kB would keep Linux from starting a program."""
    monkeypatch.setenv("PATH", os.environ["PATH"])
    read_configuration(course)
    once = os.environ["PATH"]
    read_configuration(course)
    assert os.environ["PATH"] == once


@LINUX
@pytest.mark.parametrize("student", [" leading", "trailing ", "what?", "st*r", "plus+plus", "{brace}", "ü", "n" * 199])
def test_a_folder_may_have_an_unusual_name(course, released, student):
    submit(course, student, demo_class.fill(released, RIGHT))
    assert graded(course)[student].score == 4
    assert final_marks(course, UNIT)[student].points == 4
    assert results.read_record(course, UNIT, student).status == "graded"


@LINUX
@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("n" * 230, "its name has 230 bytes, and at most 200 are allowed"),
        (os.fsdecode(b"M\xfcller"), "it is not UTF-8"),
        ("new\nline", "nbgrader cannot find it by that name"),
        ("bell\x07", "nbgrader cannot find it by that name"),
        ("a[b]", "nbgrader cannot find it by that name"),
        (".hidden", "nbgrader cannot find it by that name"),
        ("withdrawn", "the marks of withdrawn checks are kept under that name"),
        ("<img src=x onerror=alert(1)>", "formgrader would take a part of it for HTML or a script"),
        ('";alert(1);"', "formgrader would take a part of it for HTML or a script"),
    ],
)
def test_a_folder_that_nbgrader_cannot_take_is_named_with_the_reason(course, released, student, reason):
    submit(course, student, demo_class.fill(released, RIGHT))
    result = graded(course)[student]
    assert (result.status, result.score, result.needs_attention) == ("not graded", None, True)
    assert "rename the folder" in result.flags[0]["evidence"]
    assert reason in result.flags[0]["evidence"]
    assert student not in final_marks(course, UNIT)


def test_web_pages_and_other_notebooks_do_not_reach_the_folder_that_formgrader_serves(course, released, monkeypatch):
    pages = ["a.html", "b.HTM", "c.svg", "d.xhtml", "pages/e.xml", "f.rss"]
    file = submit(course, "bob", demo_class.fill(released, RIGHT))
    (file.parent / "pages").mkdir()
    others = ["helpers.ipynb", "pages/first_try.ipynb"]
    for name in [*pages, *others, "notes.txt", "pages/photo.png"]:
        (file.parent / name).write_text("<script>alert(1)</script>", encoding="utf-8")
    assert graded(course)["bob"].score == 4
    kept = course / "autograded" / "bob" / UNIT
    served = {path.relative_to(kept).as_posix() for path in kept.rglob("*") if path.is_file()}
    assert served == {f"{UNIT}.ipynb", "notes.txt", "pages/photo.png"}
    assert len(list(file.parent.rglob("*.*"))) == len(pages) + 5, "what was submitted stays"
    for name in pages:  # as nbgrader does by itself
        shutil.copy(file.parent / name, kept / name)
    hook = read_configuration(course).Autograde.post_convert_hook
    assert hook == f"{hooks.__name__}.{hooks.remove_pages.__name__}"
    monkeypatch.chdir(course)
    hooks.remove_pages(UNIT, "*", [str(file)])
    assert {path.relative_to(kept).as_posix() for path in kept.rglob("*") if path.is_file()} == served


def test_what_lies_in_a_folder_does_not_stop_the_grading(course, released):
    right = demo_class.fill(released, RIGHT)
    submit(course, "folder", right, f"{UNIT}.ipynb/{UNIT}.ipynb").with_name("notes.txt").touch()
    submit(course, "empty", right, f"{UNIT}.ipynb/x").unlink()
    submit(course, "words", right).with_name("timestamp.txt").write_text("last night", encoding="utf-8")
    submit(course, "inner", right, f"home/{UNIT}.ipynb").with_name("timestamp.txt").write_text("x", encoding="utf-8")
    all_results = graded(course)
    assert {name: all_results[name].score for name in ("folder", "empty", "words", "inner")} == {
        **{"folder": 4, "empty": 0, "words": 4, "inner": 4}
    }
    assert [name for name in all_results if all_results[name].needs_attention] == ["words"]


def test_a_submission_that_cannot_be_read_is_listed_and_graded_the_next_time(course, released, monkeypatch):
    submit(course, "bob", demo_class.fill(released, RIGHT))
    read = batch.read_submission

    def fails(folder, student, unit):
        if student == "bob":
            raise PermissionError(13, "Permission denied", str(folder))
        return read(folder, student, unit)

    with monkeypatch.context() as patched:
        patched.setattr(batch, "read_submission", fails)
        result = graded(course)["bob"]
    assert (result.status, result.score) == ("not graded", None)
    assert "could not be read: PermissionError" in result.flags[0]["evidence"]
    assert graded(course)["bob"].score == 4


def test_a_result_that_cannot_be_recorded_is_listed_and_recorded_the_next_time(course, released):
    """The gradebook rejects one student; nbgrader's reason is in the table."""
    submit(course, "bob", demo_class.fill(released, RIGHT))
    with sqlite3.connect(course / "gradebook.db") as book:
        book.execute(
            "CREATE TRIGGER no BEFORE INSERT ON student WHEN NEW.id = 'bob' BEGIN SELECT RAISE(ABORT, 'not him'); END"
        )
    result = graded(course)["bob"]
    assert (result.status, result.score) == ("not graded", None)
    assert "could not be recorded: NbGraderException: " in result.flags[0]["evidence"]
    assert "not him" in result.flags[0]["evidence"]
    with sqlite3.connect(course / "gradebook.db") as book:
        book.execute("DROP TRIGGER no")
    assert graded(course)["bob"].score == 4


@pytest.mark.parametrize("error", [asyncio.CancelledError("by the student"), RecursionError("too deep")])
def test_a_submission_on_which_the_grader_fails_is_not_graded(assignment, released, monkeypatch, error):
    def fails(*_):
        raise error

    monkeypatch.setattr(grading_pool, "grade_submission", fails)
    monkeypatch.setattr(grading_pool, "open_sandbox", lambda *_: None)
    submissions = [Submission("ann", UNIT, b"", "", {})]
    ((_, result),) = grading_pool.grade_in_parallel(assignment, submissions, jobs=2)
    assert (result.status, result.needs_attention) == ("not graded", True)
    assert type(error).__name__ in result.flags[0]["evidence"]


def test_a_time_that_is_taken_back_takes_the_penalty_back(course, released):
    file = submit(course, "bob", demo_class.fill(released, RIGHT)).with_name("timestamp.txt")
    times = []
    for text in ("2027-07-01 12:00:00 CEST", ""):
        file.write_text(text, encoding="utf-8")
        graded(course)
        with batch.NbgraderCourse(course).gradebook() as book:
            times.append(book.find_submission(UNIT, "bob").timestamp)
    assert [str(when) for when in times] == ["2027-07-01 10:00:00", "None"]


@pytest.mark.slow
def test_the_class_gets_feedback_whatever_the_folders_are_called(course, released):
    right = demo_class.fill(released, RIGHT)
    students = [" leading", "ü"] if sys.platform.startswith("linux") else ["bob"]
    for student in students:
        submit(course, student, right)
    graded(course)
    scratch_course.run_nbgrader(course, "generate_feedback", UNIT)
    for student in ("ann", *students):
        assert (course / "feedback" / student / UNIT / f"{UNIT}.html").is_file()


def test_a_class_that_does_not_fit_into_memory_is_graded_in_parts(course, monkeypatch):
    parts, replay = [], scale_trial.replayed()

    def run_submissions(assignment, submissions, **workers):
        parts.append([submission.student for submission in submissions])
        return replay(assignment, submissions, **workers)

    monkeypatch.setattr(batch, "LARGEST_PART", 1)
    all_results = batch.grade(course, UNIT, unsafe=True, progress=False, run_submissions=run_submissions)
    assert parts == [["ann"], ["zoe"]]
    assert [(result.student, result.score, result.notebook) for result in all_results] == [
        ("ann", 4, ""),
        ("zoe", 4, ""),
    ]


def test_a_submission_in_the_wrong_place_is_named_and_not_silently_missing(course, released):
    right = demo_class.fill(released, RIGHT)
    outside = Path(course, "submitted", "bob", f"{UNIT}.ipynb")
    outside.parent.mkdir()
    outside.write_text(nbformat.writes(right), encoding="utf-8")
    submit(course, "cy", right, "x").unlink()
    (course / "submitted" / "cy" / "work.zip").write_bytes(b"PK")
    all_results = graded(course)
    assert {name: all_results[name].status for name in ("bob", "cy")} == {"bob": "not graded", "cy": "missing"}
    assert all_results["bob"].needs_attention
    (flag,) = all_results["bob"].flags
    assert flag["evidence"] == (f"submitted/bob/{UNIT}.ipynb is not graded there: move it to submitted/bob/{UNIT}/")
    (flag,) = all_results["cy"].flags
    assert flag["evidence"] == f"submitted/cy/work.zip is not graded there: unpack it into submitted/cy/{UNIT}/"
    marks = final_marks(course, UNIT)
    assert marks.keys() == {"ann", "cy", "zoe"}
    assert [marks[name].misplaced for name in ("ann", "cy")] == ["", flag["evidence"]]
    assert [marks[name].provisional for name in ("ann", "cy")] == [False, True], "0 points are no final mark"
    (course / "submitted" / "cy" / "work.zip").rename(course / "submitted" / "cy" / UNIT / "work.zip")
    graded(course)
    assert final_marks(course, UNIT)["cy"].misplaced == "work.zip may contain the notebook: unpack it in this folder"
    (course / "submitted" / "cy" / UNIT / "work.zip").unlink()
    graded(course)
    assert not final_marks(course, UNIT)["cy"].provisional
    submit(course, "bob", right)
    assert graded(course)["bob"].score == 4


def test_the_mark_of_a_submission_that_is_gone_stays_until_it_is_removed(course, released):
    submit(course, "bob", demo_class.fill(released, RIGHT))
    graded(course)
    with pytest.raises(ValueError, match=r"is still there, and would be graded again: move it away first"):
        removal.remove_mark(course, UNIT, "bob")
    shutil.rmtree(course / "submitted" / "bob")
    result = graded(course)["bob"]
    assert (result.status, result.score, result.needs_attention) == ("missing", 4, False)
    recorded_on = results.read_record(course, UNIT, "bob").recorded_at[:10]
    assert f"The mark of {recorded_on} stays in the gradebook" in result.notes[0]
    assert final_marks(course, UNIT)["bob"].points == 4
    assert removal.remove_mark(course, UNIT, "bob").points == 4
    assert "bob" not in final_marks(course, UNIT)
    assert not results.record_file(course, UNIT, "bob").exists()
    assert not (course / "autograded" / "bob" / UNIT).exists()
    result = graded(course)["bob"]
    assert (result.status, result.score, result.notes) == ("missing", None, ["Nothing was submitted."])
    with pytest.raises(ValueError, match=f"the gradebook has no mark for bob in {UNIT}"):
        removal.remove_mark(course, UNIT, "bob")


@pytest.mark.slow
def test_points_are_provisional_while_a_written_answer_is_not_marked(course, released):
    answered = demo_class.fill(released, RIGHT)
    next(cell for cell in answered.cells if cell.id == "why_double").source = "It is twice as much."
    submit(course, "bob", answered)
    graded(course)
    marks = final_marks(course, UNIT)
    assert {name: (marks[name].unmarked, marks[name].provisional) for name in ("ann", "bob")} == {
        "ann": (0, False),  # left untouched: 0 points, and nothing to mark
        "bob": (1, True),
    }
    scratch_course.run_nbgrader(course, "generate_feedback", UNIT)
    pages = {name: (course / "feedback" / name / UNIT / f"{UNIT}.html").read_text("utf-8") for name in ("ann", "bob")}
    assert "These points are provisional: 1 written answer is not marked yet" in pages["bob"]
    assert pages["bob"].count("The 0 points are not a mark") == 2, "in the summary, and at the answer"
    assert "provisional" not in pages["ann"]
    with batch.NbgraderCourse(course).gradebook() as book:
        grade = book.find_grade("why_double", UNIT, UNIT, "bob")
        grade.manual_score, grade.needs_manual_grade = 2, False
        book.db.commit()
    assert (final_marks(course, UNIT)["bob"].points, final_marks(course, UNIT)["bob"].provisional) == (6, False)
    batch.grade(course, UNIT, unsafe=True, progress=False, regrade=True, run_submissions=scale_trial.replayed())
    regraded = final_marks(course, UNIT)["bob"]
    assert (regraded.points, regraded.unmarked, regraded.unconfirmed) == (6, 0, 1)


def test_the_gradebook_gets_the_indexes_that_a_large_class_needs(course):
    graded(course)
    with sqlite3.connect(course / "gradebook.db") as book:
        names = {name for (name,) in book.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
        plan = book.execute("EXPLAIN QUERY PLAN SELECT * FROM grade WHERE notebook_id = 'x'").fetchall()
    assert {index.name for index in indexes.INDEXES} <= names
    assert "USING INDEX ix_tlcourse_grade_notebook_id" in str(plan)


@pytest.fixture
def grade_command(monkeypatch):
    """A function that runs `tlcourse grade 01` in a course, with replayed results, and returns what it prints."""
    monkeypatch.delenv("TLCOURSE_GRADING_SEED")
    monkeypatch.setattr(batch, "grade", functools.partial(batch.grade, run_submissions=scale_trial.replayed()))

    def run(course, *options):
        monkeypatch.chdir(course)
        outcome = CliRunner().invoke(main, ["grade", UNIT, "--unsafe", *options])
        assert outcome.exit_code == 0, outcome.output
        return outcome.output

    return run


def test_the_command_prints_the_seed_of_the_records_and_draws_another_only_on_demand(course, grade_command):
    drawn = []
    for options in ([], ["--again"], ["--new-seed"]):
        printed = grade_command(course, *options)
        recorded = {results.read_record(course, UNIT, student).seed for student in ("ann", "zoe")}
        assert recorded == {seeds.unit_seed(course, UNIT)}
        assert f"seed of the hidden tests: {recorded.pop()} (keep it secret)" in printed
        assert {mark.points for mark in final_marks(course, UNIT).values()} == {4}
        drawn.append(seeds.unit_seed(course, UNIT))
    assert drawn[0] == drawn[1] != drawn[2]
    with pytest.raises(AssertionError, match="--new-seed applies to the whole class: leave out --students"):
        grade_command(course, "--new-seed", "--students", "ann")
    assert seeds.unit_seed(course, UNIT) == drawn[2]


def test_the_table_shows_every_seed_that_the_results_have(capsys):
    rows = [results.Result(str(seed), UNIT, "graded", 4, 4, seed=seed) for seed in ("12", "34", "12", "")]
    results_table.print_results(rows, {})
    assert "seed of the hidden tests: 12, 34 (keep it secret)\n" in capsys.readouterr().out
    results_table.print_results(rows[3:], {})
    assert "seed" not in capsys.readouterr().out


def test_the_command_warns_if_the_source_or_the_solved_notebook_differs_from_the_release(
    released_course, grade_command, tmp_path
):
    course = shutil.copytree(released_course, tmp_path / "course")
    assert "warning" not in grade_command(course)
    source, solved = course / "solutions" / f"{UNIT}.py", CoursePaths(course).solution_file(UNIT)
    for file, old, new, warning in (
        (source, "Twice the number.", "The number, doubled.", f"the source of {UNIT} has changed since it was built"),
        (solved, "Twice the number.", "The number, doubled.", "is not what the solved notebook of 01_tiny gives"),
        (source, "def double(", "def double(((", "the source of 01_tiny"),
    ):
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
        line = grade_command(course).partition("\n")[0]
        assert line.startswith("warning: ")
        assert warning in line


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="some bad submissions have names that Windows does not take")
def test_a_class_is_graded_in_two_starts_and_nothing_is_lost(tmp_path):
    """One in twenty is bad; tests/support/scale_trial.py takes any number of students."""
    measured = scale_trial.trial(tmp_path / "course", 60)
    assert (measured["wrong"], measured["lost"], measured["not_graded"]) == ([], [], [])
