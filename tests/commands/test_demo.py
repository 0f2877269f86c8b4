"""The demo for real, once; and what it does when a file cannot be written, data are missing, or a number is off."""

import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

import pytest
from conftest import SLOWER, processor_seconds

from tlcourse import data, notebooks
from tlcourse.building import builder
from tlcourse.commands import demo, demo_steps, demo_tables, parallel_steps
from tlcourse.grading.gradebook import scratch_course
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.samples import demo_class
from tlcourse.stats import summary

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.timeout(1800)  # a busy machine takes its time
METHODS = {"transfer", "plain_scratch", "scratch", "best_from_scratch"}


@pytest.fixture(scope="module")
def real_demo(full_tier, tmp_path_factory):
    """`tlcourse demo --json FILE` as a user runs it: what it printed, the file, and the work it took."""
    file = tmp_path_factory.mktemp("demo") / "demo.json"
    gradebooks = {path: path.stat().st_mtime_ns for path in ROOT.glob("gradebook.db*")}
    command = [sys.executable, "-m", "tlcourse", "demo", "--json", str(file)]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    before = processor_seconds()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", env=environment)
    used = processor_seconds() - before
    assert done.returncode == 0, done.stderr
    assert {path: path.stat().st_mtime_ns for path in ROOT.glob("gradebook.db*")} == gradebooks
    return done.stdout, json.loads(file.read_text(encoding="utf-8")), used


def test_the_file_has_the_promised_shape(real_demo):
    _, outcome, _ = real_demo
    assert set(outcome) == {"headline", "real", "gradebook", "seconds"}
    headline = outcome["headline"]
    assert set(headline) == {"live", "head_seconds"} | METHODS
    assert set(headline["live"]) == {"transfer", "scratch", "seed"}
    for summarized in [headline[method] for method in METHODS] + [
        m for r in outcome["real"].values() for m in r.values()
    ]:
        assert set(summarized) == {"mean", "ci95", "seeds", "predicted"}
        assert isinstance(summarized["seeds"], int)
        low, high = summarized["ci95"]
        assert low <= summarized["mean"] <= high
    for methods in outcome["real"].values():
        assert set(methods) == {"transfer", "scratch"}


def test_the_live_headline_stands_beside_its_record(real_demo):
    """Whether it lies in the prediction interval is printed; far from the record it would be another experiment."""
    printed, outcome, _ = real_demo
    headline = outcome["headline"]
    assert headline["head_seconds"] > 0
    comparisons = [
        demo_tables.compare_with_record(headline["live"][method], headline[method])
        for method in ("transfer", "scratch")
    ]
    assert all(comparison in printed for comparison in comparisons)
    assert all(abs(headline["live"][method] - headline[method]["mean"]) < 0.25 for method in ("transfer", "scratch"))
    record = data.results("headline")
    assert all(headline[method]["mean"] == record[method]["mean"] for method in METHODS)


def test_real_data_were_used(real_demo):
    printed, outcome, _ = real_demo
    digits = outcome["real"]["digits"]
    assert digits["transfer"]["mean"] > 0.5
    assert digits["transfer"]["seeds"] == len(demo.REAL_SEEDS)
    assert ("cats_dogs" in outcome["real"]) != ("The demo skipped cats_dogs." in printed)


def test_each_of_the_class_gets_the_due_mark(real_demo):
    printed, outcome, _ = real_demo
    assert [row["student"] for row in outcome["gradebook"]] == list(demo_class.STUDENTS)
    assert all(set(row) == {"student", "unit", "score", "max_score"} for row in outcome["gradebook"])
    right, partly, mistaken, untouched = (row["score"] for row in outcome["gradebook"])
    assert right == outcome["gradebook"][0]["max_score"]
    assert 0 < partly < right
    assert mistaken == untouched == 0
    for student in demo_class.STUDENTS:
        page = CoursePaths(ROOT / "build" / "demo").feedback_file(student, demo_class.UNIT)
        assert str(page) in printed
        assert "BEGIN HIDDEN TESTS" not in page.read_text(encoding="utf-8")
    page = CoursePaths(ROOT / "build" / "demo").feedback_file("mistaken", demo_class.UNIT).read_text(encoding="utf-8")
    assert page.count("That is what comes out when") >= len(mistakes_of_the_class())


def test_it_takes_less_than_five_minutes_on_two_cores(real_demo):
    """By the clock; or, where other work keeps the machine busy, by what it asks of two cores."""
    _, outcome, used = real_demo
    assert outcome["seconds"] < 300 * SLOWER or 0 < used < 2 * 300 * SLOWER


def mistakes_of_the_class():
    paths = CoursePaths(ROOT)
    reference = notebooks.read(paths.solution_file(demo_class.UNIT))
    return demo_class.mistaken_answers(paths.answers_folder(demo_class.UNIT), notebooks.exercises(reference))


def test_the_mistaken_student_has_an_answer_for_each_exercise(tmp_path):
    reference = notebooks.read(CoursePaths(ROOT).solution_file(demo_class.UNIT))
    assert list(mistakes_of_the_class()) == list(notebooks.exercises(reference))
    with pytest.raises(ValueError, match=r"output_size\.py has no wrong answer"):
        demo_class.mistaken_answers(tmp_path, ["output_size"])


def test_what_the_class_submits(tiny_course):
    (built,) = builder.build(execute=False, root=tiny_course)
    reference, release = notebooks.read(built.solution), notebooks.read(built.release)
    mistakes = {"double": "double = None", "triple": "triple = None"}
    submitted = demo_class.submissions(reference, release, mistakes)
    assert tuple(submitted) == demo_class.STUDENTS
    sources = {student: {cell.id: cell.source for cell in notebook.cells} for student, notebook in submitted.items()}
    assert sources["right"]["double"] == 'def double(number):\n    """Twice the number."""\n    return 2 * number'
    assert sources["right"]["why_double"] == "Because two are twice one."
    assert "return 2" in sources["partly_right"]["double"]
    assert "NotImplementedError" in sources["partly_right"]["triple"]
    assert sources["mistaken"]["triple"] == "triple = None"
    assert submitted["untouched"] == release
    with pytest.raises(ValueError, match="triple"):
        demo_class.submissions(reference, release, {"double": ""})


def test_nbgraders_failure_is_reported_with_its_last_lines(tiny_course, tmp_path):
    builder.build(execute=False, root=tiny_course)
    folder = tmp_path / "demo"
    scratch_course.new_course(folder, tiny_course, ["01_tiny"])
    with pytest.raises(
        scratch_course.GradingError, match=r"(?s)autograde 01_none failed.*nbgrader\.log\n.*No notebooks|01_none"
    ):
        scratch_course.run_nbgrader(folder, "autograde", "01_none")
    with pytest.raises(FileNotFoundError, match="make build"):
        scratch_course.new_course(folder, tiny_course, ["02_none"])


def test_a_file_that_cannot_be_written_raises_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setattr(demo.parallel_steps, "run_parallel", lambda *arguments: pytest.fail("the work began"))
    for file in (tmp_path, tmp_path / "none" / "demo.json"):
        with pytest.raises(OSError, match="cannot write"):
            demo.run(file, root=ROOT)


@pytest.mark.parametrize("order", [1, -1])
def test_a_failure_in_one_sequence_of_steps_stops_the_other(order):
    done = []
    slow = [(str(step), lambda results: (time.sleep(0.3), done.append("slow"))) for step in range(20)]
    sequences = [slow, [("breaks", lambda results: int("the other one"))]][::order]
    with parallel_steps.progress(21) as bar, pytest.raises(ValueError, match="the other one"):
        parallel_steps.run_parallel(bar, {}, *sequences)
    assert len(done) < 5


def test_steps_that_wait_for_the_first_table_do_not_outlive_a_failure():
    results = {}
    waiting = parallel_steps.after(threading.Event(), results, [("grading", lambda results: pytest.fail("it began"))])
    with parallel_steps.progress(2) as bar, pytest.raises(ValueError, match="no headline"):
        parallel_steps.run_parallel(bar, results, [("breaks", lambda results: int("no headline"))], waiting)


def test_processes_that_take_real_data_from_both_ends_run_each_seed_once():
    waiting = deque((name, seed) for name in ("digits", "cats_dogs") for seed in range(3))
    results = {"real": {}, "missing": {}}

    def measured(name, seed):
        time.sleep(0.01)
        return seed

    with parallel_steps.progress(6) as bar:
        takes = (waiting.popleft, waiting.pop)
        parallel_steps.run_parallel(bar, results, *(demo_steps.real_steps(take, measured) for take in takes))
    assert {name: sorted(seeds) for name, seeds in results["real"].items()} == {
        "digits": [0, 1, 2],
        "cats_dogs": [0, 1, 2],
    }


def test_photos_that_are_not_available_are_reported_once(monkeypatch):
    from tlcourse.datasets import photos
    from tlcourse.research import real_photos

    asked = []

    def nowhere(seed):
        asked.append(seed)
        raise photos.PhotosUnavailable("no photos here")

    monkeypatch.setattr(real_photos, "cats_dogs", nowhere)
    results = {"real": {}, "missing": {}}
    for seed in range(3):
        demo_steps._measure_real_data(results, "cats_dogs", seed)
    assert asked == [0]
    assert results["missing"] == {"cats_dogs": "no photos here"}


def test_a_live_value_is_compared_with_the_prediction_for_one_more_seed():
    recorded = demo._interval(summary([0.62, 0.61, 0.65, 0.6, 0.66], share=True))
    assert demo_tables.compare_with_record(0.72, recorded).startswith("OUTSIDE")
    assert demo_tables.compare_with_record(0.6, recorded).startswith("inside")
    assert demo_tables.compare_with_record(1.0, demo._interval(summary([0.99, 1.0, 1.0], share=True))).startswith(
        "inside"
    )


@pytest.mark.parametrize(("accuracy", "lines"), [(0.5, 1), (0.9, 0)])
def test_an_accuracy_outside_is_explained_by_another_processor(capsys, accuracy, lines):
    recorded = {"mean": 0.9, "ci95": [0.89, 0.91], "seeds": 10, "predicted": [0.867, 0.933]}
    note = "Recorded on a processor with AVX-512; yours has AVX2."
    demo_tables.show_scratch(accuracy, recorded, 0, note)
    assert capsys.readouterr().out.splitlines().count(f"{note} This training depends on rounding.") == lines


def test_the_tables_mark_what_is_outside_and_what_was_not_run(capsys):
    recorded = {"mean": 0.9, "ci95": [0.89, 0.91], "seeds": 10, "predicted": [0.867, 0.933]}
    outcome = {
        "headline": {
            **dict.fromkeys(METHODS, recorded),
            "live": {"transfer": 0.5, "seed": 0},
            "head_seconds": 2.25,
        },
        "real": {},
        "gradebook": [{"student": "ann", "unit": "01_tiny", "score": 1.5, "max_score": 4.0}],
    }
    demo_tables.show_headline(outcome["headline"])
    demo_tables.show_scratch(0.9, recorded, 0)
    demo_tables.show_real_data_and_gradebook(outcome, {"cats_dogs": "No [photos] here."}, 3.0)
    printed = capsys.readouterr().out
    assert printed.count("OUTSIDE 0.867 to 0.933") == 1
    assert printed.count("inside 0.867 to 0.933") == 1
    assert "The demo skipped cats_dogs. No [photos] here." in printed
    assert "awards the other 3 points" in printed
