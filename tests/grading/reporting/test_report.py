"""The instructor's page and the tables for learning platforms, from a gradebook and records made here."""

import csv
import html.parser
import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT, TINY
from scipy import stats

from tlcourse.building import builder
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.model.results import WITHDRAWN
from tlcourse.grading.reporting import class_records, item_analysis, report_page

UNIT = "01_tiny"
pytestmark = pytest.mark.filterwarnings("ignore:Object of type")  # nbgrader's own, from SQLAlchemy
CELLS = {"test_double": 2, "test_double_negative": 1, "test_triple": 1}
HOSTILE = "</pre><script>alert(1)</script><img src=x onerror=alert(1)> \u202e\x00\ud800 & '\""
ADDED = "double(2) should be 4, but it is 3. That is what comes out when one is added."


def record(status="graded", message="", **others):
    cells = [{"grade_id": "test_double", "message": message}] if message else []
    return {"status": status, "notes": [], "flags": [], "cells": cells, **others}


def grade(folder, marks, written=None, records=None):
    """Put marks (by student: points of the three checks) and records into a course."""
    with NbgraderCourse(folder).gradebook() as book:
        book.add_assignment(UNIT)
        book.add_notebook(UNIT, UNIT)
        for name, points in CELLS.items():
            book.add_grade_cell(name, UNIT, UNIT, max_score=points, cell_type="code")
        book.add_grade_cell("why_double", UNIT, UNIT, max_score=3, cell_type="markdown")
        for student, points in marks.items():
            book.add_student(student, first_name="Zoë", last_name="=SUM(A1)", email=f"{student}@school.example")
            book.add_submission(UNIT, student)
            for name, mark in zip(CELLS, points, strict=True):
                cell_grade = book.find_grade(name, UNIT, UNIT, student)
                cell_grade.auto_score, cell_grade.needs_manual_grade = mark, False
            cell_grade = book.find_grade("why_double", UNIT, UNIT, student)
            cell_grade.manual_score, cell_grade.needs_manual_grade = written, written is None
        book.add_student("absent", lms_user_id="77")
        book.db.commit()
    for student, content in (records or {}).items():
        file = folder / "grading_records" / UNIT / f"{student}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    (folder / "solutions").mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copy(TINY, folder / "solutions")
    builder.build(execute=False, root=folder)
    return folder


@pytest.fixture(scope="module")
def graded_once(built, tmp_path_factory):
    course = shutil.copytree(built, tmp_path_factory.mktemp("graded") / "course")
    marks = {"ann": (2, 1, 1), "ben": (0, 1, 1), "cleo": (0, 0, 0), "eve": (0, 0, 0)}
    flags = [{"grade_id": "test_double", "kind": HOSTILE, "evidence": HOSTILE + "x" * 5000}]
    records = {
        "ann": record("repaired", notes=["a check was restored"]),
        "ben": record(message=ADDED),
        "cleo": record("timed out", message=ADDED + "\nand more"),
        "eve": record("tampered", message=f"That is what comes out when {HOSTILE}.", flags=flags, notes=[HOSTILE]),
        "fay": record("unreadable"),
    }
    grade(course, marks, records=records)
    return course


@pytest.fixture
def course(built, tmp_path):
    return shutil.copytree(built, tmp_path / "course")


@pytest.fixture
def graded(graded_once, tmp_path):
    return shutil.copytree(graded_once, tmp_path / "graded")


class Tags(html.parser.HTMLParser):
    """Opening tags without their closing ones, and what would be loaded from elsewhere."""

    def __init__(self, page):
        super().__init__()
        self.open, self.seen, self.loads = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        self.loads += [value for name, value in attributes if name in ("src", "href", "onerror", "onload")]
        if tag not in ("meta", "br", "rect", "line"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in ("rect", "line"):
            assert self.open.pop() == tag


def test_the_gradings_own_files_beside_the_records_are_no_students(graded):
    before = class_records.read(graded, UNIT)
    folder = graded / "grading_records" / UNIT
    (folder / ".plan.json").write_text('{"checks": {}}', encoding="utf-8")
    (folder / WITHDRAWN).write_text("[]", encoding="utf-8")
    after = class_records.read(graded, UNIT)
    assert [row.student for row in after.students] == [row.student for row in before.students]
    assert after.statuses == before.statuses


def test_the_page_shows_how_each_exercise_went(graded):
    report = class_records.read(graded, UNIT)
    assert report.statuses == {
        "repaired": 1, "graded": 1, "timed out": 1, "tampered": 1, "unreadable": 1, "missing": 1
    }  # fmt: skip
    exercises = {exercise.name: exercise for exercise in report.exercises}
    assert list(exercises) == ["double", "triple", "why_double"]
    double = exercises["double"]
    assert (double.max_score, double.attempts) == (3, 3)  # who tampered is left out
    shares = np.array([3, 1, 0]) / 3
    low, high = stats.t.interval(0.95, 2, shares.mean(), stats.sem(shares))
    assert double.share == pytest.approx(shares.mean())
    assert double.share_interval == pytest.approx((max(0, low), min(1, high)))
    assert double.verdict.startswith("fewer than 10")
    assert (exercises["why_double"].attempts, exercises["why_double"].share) == (0, None)
    assert report.max_score == 7
    assert sum(number for _, _, number in report.histogram()) == 3


def test_common_misconceptions_are_counted_by_student(graded):
    first, second = class_records.read(graded, UNIT).misconceptions
    assert first == ("double", "one is added", ["ben", "cleo"])
    assert second[2] == ["eve"]


def test_the_messages_of_failed_checks_are_folded_into_a_students_row(graded):
    page = report_page.page(class_records.read(graded, UNIT))
    rows_by_student = {name: page.partition(f"<tr><td>{name}<br>")[2].partition("</tr>")[0] for name in ("ann", "ben")}
    assert "<details>" not in rows_by_student["ann"]
    folded = rows_by_student["ben"].partition("<details>")[2].partition("</details>")[0]
    assert ">1 failed check<" in folded
    assert '<strong>Exercise 1.1: double a number</strong> <span class="muted">(test_double)</span>' in folded
    assert f"<pre>{ADDED}</pre>" in folded


def test_the_page_is_one_file_and_shows_what_students_wrote_as_text(graded):
    page = report_page.page(class_records.read(graded, UNIT))
    tags = Tags(page)
    assert tags.open == []
    assert tags.loads == []
    assert not {"script", "img", "link", "iframe"} & set(tags.seen)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert not {"\u202e", "\x00", "\ud800"} & set(page)
    assert "x" * 5000 not in page
    assert "(5,0" in page  # how long the evidence is
    for words in (
        "Content-Security-Policy",
        "width=device-width",
        "prefers-color-scheme: dark",
        "a check was restored",
    ):
        assert words in page
    for status, symbol in report_page.SYMBOLS.items():
        assert (f"{symbol}&nbsp;{status}" in page) == (status != "crashed")  # never by color alone
    assert "The points of 4 students are provisional" in re.sub(r"\s+", " ", page)


def test_a_class_without_flags_and_misconceptions_has_a_page(course):
    grade(course, {"ann": (2, 1, 1)}, written=3)
    page = report_page.page(class_records.read(course, UNIT))
    assert "No submission was flagged" in page
    assert "recognized no misconception" in page
    assert "provisional" not in page


def test_nothing_graded_is_reported_in_one_line(course):
    with pytest.raises(ValueError, match="tlcourse grade 01_tiny"):
        class_records.read(course, UNIT)
    with pytest.raises(FileNotFoundError, match="01_none"):
        class_records.read(course, "01_none")


def test_a_damaged_result_is_shown_as_damaged(graded):
    (graded / "grading_records" / UNIT / "ann.json").write_text("{", encoding="utf-8")
    (student,) = [row for row in class_records.read(graded, UNIT).students if row.student == "ann"]
    assert student.status == "unreadable"
    assert "ann.json" in student.notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "3",
        '{"status": "fine"}',
        '{"status": "graded", "cells": null}',
        '{"status": "graded", "flags": [1]}',
        "[" * 9999,
    ],
)
def test_a_record_of_another_shape_costs_no_other_student_the_report(graded, text):
    file = sorted((graded / "grading_records" / UNIT).glob("*.json"))[0]
    file.write_text(text, encoding="utf-8")
    report = class_records.read(graded, UNIT)
    shown = {student.student: student for student in report.students}
    assert (shown[file.stem].status, shown[file.stem].notes) == (
        "unreadable",
        [f"{file.name} could not be read"],
    )
    assert report_page.page(report)


def test_discrimination_is_the_correlation_with_all_other_exercises():
    draw = np.random.default_rng(0)
    ability, noise, chance = draw.normal(size=(3, 40))
    columns = {"good": ability > 0, "other": ability + noise / 2 > 0, "chance": chance > 0, "same": ability == ability}
    marks = [{name: float(column[place]) for name, column in columns.items()} for place in range(40)]
    items = {name: item_analysis.analyze(name, 1, marks) for name in columns}
    rest = [row["other"] + row["chance"] + row["same"] for row in marks]
    assert items["good"].discrimination == pytest.approx(stats.pointbiserialr(columns["good"], rest).statistic)
    low, high = items["good"].discrimination_interval
    z = np.arctanh(items["good"].discrimination) + np.array([-1.96, 1.96]) / np.sqrt(37)  # Fisher
    assert (low, high) == pytest.approx(np.tanh(z), abs=1e-4)
    assert items["good"].verdict == "fine"
    assert items["chance"].verdict.startswith("poor: ")
    assert items["same"].verdict.startswith("no spread")
    against = [{**row, "against": 1 - row["good"]} for row in marks]
    assert item_analysis.analyze("against", 1, against).verdict == "poor: stronger students do worse here"
    assert item_analysis.analyze("chance", 1, marks[:9]).verdict.startswith("fewer")


def rows(file):
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.reader(opened))


def mark_written_answers(folder, points):
    """Enter points by hand, as formgrader does."""
    with NbgraderCourse(folder).gradebook() as book:
        for submission in book.assignment_submissions(UNIT):
            grade = book.find_grade("why_double", UNIT, UNIT, submission.student.id)
            grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()


def test_the_tables_for_moodle_and_canvas(graded):
    mark_written_answers(graded, 3)
    page, grades, moodle, canvas = report_page.write(graded, UNIT)
    assert page == graded / "report" / UNIT / "report.html"
    assert rows(grades)[0][:4] == ["assignment", "duedate", "timestamp", "student_id"]  # nbgrader's own
    head, *lines = rows(moodle)
    assert head == ["First name", "Last name", "Username", "ID number", "Email address", "Assignment: 01_tiny (Real)"]
    assert ["Zoë", "'=SUM(A1)", "ben", "", "ben@school.example", "5"] in lines
    assert ["", "", "absent", "77", "", ""] in lines  # no submission is not a zero
    head, points, *lines = rows(canvas)
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", UNIT]
    assert points == ["    Points Possible", "", "", "", "", "7"]
    assert ["'=SUM(A1), Zoë", "", "", "ann", "", "7"] in lines
    assert ["absent", "77", "", "absent", "", ""] in lines


def test_provisional_points_are_no_mark_in_the_exports_until_the_written_answers_are_marked(graded):
    exported = []
    for points in (None, 0):
        if points is not None:
            mark_written_answers(graded, points)
        _, grades, moodle, canvas = report_page.write(graded, UNIT)
        own = {row["student_id"]: row for row in csv.DictReader(grades.open(encoding="utf-8"))}
        assert (own["absent"]["score"], own["absent"]["unmarked_answers"]) == ("", "")
        platforms = {row[2]: row[5] for row in rows(moodle)}["ann"], {row[3]: row[5] for row in rows(canvas)}["ann"]
        exported.append((own["ann"]["score"], own["ann"]["unmarked_answers"], *platforms))
    assert exported == [("4.0", "1", "", ""), ("4.0", "0", "4", "4")]


def test_a_mark_without_a_submission_is_kept_and_noted(graded):
    (graded / "submitted" / "ben" / UNIT).mkdir(parents=True)
    record_of_ann = graded / "grading_records" / UNIT / "ann.json"
    record_of_ann.write_text(json.dumps(record(recorded_at="2027-01-31T10:00:00+00:00")), encoding="utf-8")
    noted = {row.student: (row.score, " ".join(row.notes)) for row in class_records.read(graded, UNIT).students}
    assert noted["ann"][0] == 4
    assert "there is no folder submitted/ann/01_tiny. The mark of 2027-01-31 stays in the gradebook" in noted["ann"][1]
    assert "`tlcourse remove-mark 01_tiny ann`" in noted["ann"][1]
    assert noted["ben"] == (2, "")
    assert noted["absent"] == (None, "")


def test_a_penalty_for_being_late_counts_as_in_nbgraders_own_export(graded):
    mark_written_answers(graded, 0)
    with NbgraderCourse(graded).gradebook() as book:
        submission = book.find_submission(UNIT, "ann")
        submission.notebooks[0].late_submission_penalty = 1.5
        book.db.commit()
        own = submission.score - submission.late_submission_penalty
    _, grades, moodle, _ = report_page.write(graded, UNIT)
    exported = {row["student_id"]: row["score"] for row in csv.DictReader(grades.open(encoding="utf-8"))}
    assert own == 2.5
    assert exported["ann"] == "2.5"
    assert {row[2]: row[5] for row in rows(moodle)}["ann"] == "2.5"
    assert {student.student: student.score for student in class_records.read(graded, UNIT).students}["ann"] == 2.5


def test_a_report_reads_the_folders_that_are_configured(graded):
    (graded / "solutions").rename(graded / "source")
    with (graded / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write('c.CourseDirectory.source_directory = "source"\n')
    assert len(class_records.read(graded, UNIT).students) == 6


@pytest.mark.slow
def test_the_command_and_nbgraders_own_export(graded):
    done = subprocess.run(
        [sys.executable, "-m", "tlcourse", "report", UNIT], cwd=graded, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert "report.html" in done.stdout
    plugin = "tlcourse.grading.gradebook.exports.CanvasExport"
    command = [sys.executable, "-m", "nbgrader", "export", "--exporter", plugin, "--to", "canvas.csv"]
    done = subprocess.run(command, cwd=graded, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert rows(graded / "canvas.csv") == rows(graded / "report" / UNIT / "canvas.csv")
