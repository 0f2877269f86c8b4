"""The instructor's page and the tables for learning platforms, from a gradebook and records made here."""

import csv
import dataclasses
import datetime
import html.parser
import json
import re
import shutil
import subprocess
import sys
from urllib.parse import unquote

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import ROOT, TINY, in_time
from live_page import medians
from scipy import stats

from tlcourse.building import builder
from tlcourse.commands.main import main
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.model.results import WITHDRAWN, Result, write_record
from tlcourse.grading.reporting import class_records, class_report, item_analysis, report_figures, report_page

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
        if tag not in ("meta", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
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
    assert report.students_by_points() == [["cleo"], [], ["ben"], [], ["ann"], [], [], []]
    assert report.students_by_points("double") == [["cleo"], ["ben"], [], ["ann"]]
    assert report.students_by_points("why_double") == [[], [], [], []]


def test_common_misconceptions_are_counted_by_student(graded):
    first, second = class_records.read(graded, UNIT).misconceptions
    assert first == ("double", "one is added", ["ben", "cleo"])
    assert second[2] == ["eve"]


def test_the_messages_of_failed_checks_are_folded_into_a_students_row(graded):
    page = report_page.page(class_records.read(graded, UNIT))
    table = page.partition('id="students"')[2]
    rows_by_student = {name: table.partition(f"({name})")[2].partition("</tr>")[0] for name in ("ann", "ben")}
    assert "<details>" not in rows_by_student["ann"]
    folded = rows_by_student["ben"].partition("<details>")[2].partition("</details>")[0]
    assert ">1 failed check<" in folded
    assert "a check was restored" in rows_by_student["ann"].partition("</th>")[0], "notes stand below the name"
    assert '<strong>Exercise 1.1: double a number</strong> <span class="muted">(test_double)</span>' in folded
    assert f"<pre>{ADDED}</pre>" in folded


def test_the_page_is_one_file_and_shows_what_students_wrote_as_text(graded):
    page = report_page.page(class_records.read(graded, UNIT))
    tags = Tags(page)
    assert tags.open == []
    assert all(address.startswith(("#", "../", "data:image/png;base64,")) for address in tags.loads)
    assert not {"link", "iframe", "form", "object"} & set(tags.seen)
    assert tags.seen.count("script") == tags.seen.count("img") == 2, "those of the two live figures"
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
        sign = f'<span aria-hidden="true">{symbol}</span>&nbsp;{status}'
        assert (sign in page) == (status != "crashed")  # never by color alone
    assert "The points of 4 students are provisional" in re.sub(r"\s+", " ", page)
    assert page.index('class="flag"') < page.index('data-live="class_points') < page.index('data-live="class_exercises')


def test_a_class_without_flags_and_misconceptions_has_a_page(course):
    grade(course, {"ann": (2, 1, 1)}, written=3)
    page = report_page.page(class_records.read(course, UNIT))
    assert "No submission was flagged" in page
    assert "recognized no known mistake" in page
    assert "provisional" not in page


def test_a_student_has_links_to_the_submission_and_to_the_feedback_that_are_there(graded):
    student = "fay#1 50% & Söhne"
    grade_id_of = {"ann": f"{UNIT}.ipynb", student: "mine.txt"}
    for name, file in grade_id_of.items():
        (graded / "submitted" / name / UNIT).mkdir(parents=True)
        (graded / "submitted" / name / UNIT / file).write_text("{}", encoding="utf-8")
    (graded / "grading_records" / UNIT / f"{student}.json").write_text(json.dumps(record("unreadable")))
    (graded / "feedback" / "ann" / UNIT).mkdir(parents=True)
    (graded / "feedback" / "ann" / UNIT / f"{UNIT}.html").write_text("x", encoding="utf-8")
    links = {row.student: row.links for row in class_records.read(graded, UNIT).students}
    report = graded / "report" / UNIT
    report.mkdir(parents=True)
    assert list(links["ann"]) == ["submission", "feedback"]
    assert list(links[student]) == ["submission"]
    assert links["ben"] == {}
    for name in grade_id_of:
        for address in links[name].values():
            assert (report / unquote(address)).exists(), address
            assert not set(address) & set("#% &") - {"%"}


def test_written_answers_have_distinct_short_titles():
    titles = {"a": "Exercise 1.1: Add", "b": "Written answer: why?", "c": "Written answer: when?"}
    items = [item_analysis.analyze(name, 1, []) for name in titles]
    report = class_report.ClassReport(UNIT, [], items, [], titles)
    assert [report.short_title(name) for name in titles] == ["1.1", "Written answer 1", "Written answer 2"]


def test_points_with_a_fraction_or_above_the_maximum_have_a_bar():
    marks = {"ann": 3.5, "ben": 9.0, "cleo": 0.0, "dan": None}
    rows = [class_report.StudentRow(name, "", "graded", points, {}) for name, points in marks.items()]
    report = class_report.ClassReport(UNIT, rows, [item_analysis.analyze("a", 7, [])], [])
    assert report.students_by_points() == [["cleo"], [], [], ["ann"], [], [], [], [], [], ["ben"]]


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


def test_no_cell_of_the_table_for_other_programs_is_a_formula(graded):
    with NbgraderCourse(graded).gradebook() as book:
        book.find_student("ben").email = "+1+cmd|' /C calc'!A0"
        book.add_student("@SUM(1)", first_name="-2+3")
        book.db.commit()
    grades = report_page.write(graded, UNIT)[1]
    by_student = {row["student_id"]: row for row in csv.DictReader(grades.open(encoding="utf-8"))}
    assert (by_student["ann"]["last_name"], by_student["ben"]["email"]) == ("'=SUM(A1)", "'+1+cmd|' /C calc'!A0")
    assert by_student["'@SUM(1)"]["first_name"] == "'-2+3"
    assert by_student["ben"]["raw_score"] == "2.0", "numbers stay numbers"
    assert not [value for row in by_student.values() for value in row.values() if value.startswith(tuple("=+-@"))]


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


ARCHIVE = "work.zip may contain the notebook: unpack it in this folder"


def with_an_archive(folder, points=0):
    """Let nobody have unpacked what cleo submitted; `points` for the written answer are given by hand."""
    mark_written_answers(folder, points)
    flags = [{"grade_id": None, "kind": "misplaced", "evidence": ARCHIVE}]
    result = Result("cleo", UNIT, "missing", 0, 4, flags=flags)
    write_record(folder, result)


def test_an_archive_that_is_not_unpacked_is_no_mark_in_the_exports(graded, monkeypatch):
    with_an_archive(graded)
    monkeypatch.chdir(graded)
    outcome = CliRunner().invoke(main, ["report", UNIT])
    assert outcome.exit_code == 0, outcome.output
    assert f"no mark for Moodle and Canvas: cleo ({ARCHIVE})" in outcome.output
    report = graded / "report" / UNIT
    moodle = {row[2]: row[5] for row in rows(report / "moodle.csv")}
    canvas = {row[3]: row[5] for row in rows(report / "canvas.csv")}
    assert (moodle["cleo"], canvas["cleo"]) == ("", "")
    assert (moodle["eve"], canvas["eve"]) == ("0", "0"), "0 points for a notebook are a mark"
    own = {row["student_id"]: row for row in csv.DictReader((report / "grades.csv").open(encoding="utf-8"))}
    assert (own["cleo"]["score"], own["cleo"]["misplaced"]) == ("0.0", ARCHIVE)
    assert own["eve"]["misplaced"] == ""
    page = (report / "report.html").read_text(encoding="utf-8")
    assert "The points of 1 student are provisional." in page
    assert "provisional: the submission is in the wrong place, or not unpacked" in page


def test_points_by_hand_are_a_mark_although_an_archive_is_not_unpacked(graded):
    with_an_archive(graded, points=2)
    _, _, moodle, _ = report_page.write(graded, UNIT)
    assert {row[2]: row[5] for row in rows(moodle)}["cleo"] == "2"


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


def test_the_report_shows_how_late_a_submission_is_and_what_that_costs(graded):
    assert ">late<" not in report_page.page(class_records.read(graded, UNIT)), "a column that would be empty"
    due = datetime.datetime(2027, 1, 31, 10)
    with NbgraderCourse(graded).gradebook() as book:
        book.find_assignment(UNIT).duedate = due
        for student, penalty in {"ann": 1.5, "ben": 0.0}.items():
            submission = book.find_submission(UNIT, student)
            submission.timestamp = due + datetime.timedelta(hours=2 if penalty else -1)
            submission.notebooks[0].late_submission_penalty = penalty
        book.db.commit()
    page = report_page.page(class_records.read(graded, UNIT))
    assert '<th scope="col">late</th>' in page
    shown = {name: page.partition(f"({name})")[2].partition("</tr>")[0] for name in ("ann", "ben")}
    assert '<td>1 day (2 h)<br><span class="muted">1.5 off</span></td>' in shown["ann"]
    assert "<td></td>" in shown["ben"]


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


# ------------------------------------------------------------------------------------------------------ in a browser


@pytest.fixture(params=["light", "dark"])
def window(request, browser):
    """A window in one of the two themes; what it asks of others and the dialogs that it opens are lists of it."""
    page = browser.new_page(color_scheme=request.param, viewport={"width": 1280, "height": 900})
    page.asked, page.errors = [], []
    page.on("request", lambda asked: asked.url.startswith(("file:", "data:")) or page.asked.append(asked.url))
    page.on("dialog", lambda dialog: (page.errors.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: message.type == "error" and page.errors.append(message.text))
    yield page
    page.close()


@pytest.fixture(scope="module")
def hostile_class(graded_once, tmp_path_factory):
    """A class of 15 whose ids, names, messages and flags hold scripts."""
    graded = shutil.copytree(graded_once, tmp_path_factory.mktemp("hostile") / "course")
    names = [f"s{number:02}" for number in range(14)]
    ability = {name: (2, 1, 1) if number % 3 else (0, number % 2, 0) for number, name in enumerate(names)}
    records = {name: record(message=f"That is what comes out when {HOSTILE.replace('.', '')}.") for name in names[::3]}
    grade_more(graded, ability, records)
    evil = "<!--<script><img src=x onerror=alert(1)>"
    (graded / "grading_records" / UNIT / f"{evil}.json").write_text(json.dumps(record(message=ADDED)))
    page, *_ = report_page.write(graded, UNIT)
    return page, evil


def grade_more(folder, marks, records):
    """More students in a gradebook that knows the unit."""
    with NbgraderCourse(folder).gradebook() as book:
        for student, points in marks.items():
            book.add_student(student, first_name="<script>alert(1)</script>", last_name=HOSTILE[:30])
            book.add_submission(UNIT, student)
            for name, mark in zip(CELLS, points, strict=True):
                cell_grade = book.find_grade(name, UNIT, UNIT, student)
                cell_grade.auto_score, cell_grade.needs_manual_grade = mark, False
        book.db.commit()
    for student, content in records.items():
        (folder / "grading_records" / UNIT / f"{student}.json").write_text(json.dumps(content), encoding="utf-8")


def test_in_a_browser_only_the_pages_own_scripts_run(window, hostile_class):
    page, evil = hostile_class
    window.goto(page.as_uri())
    assert window.locator(".tlcourse-live svg[role=img]").count() == 2
    assert evil in window.locator("table.class").nth(1).inner_text()
    assert window.asked == window.errors == []
    window.evaluate("document.body.insertAdjacentHTML('beforeend', '<button onclick=\"window.hacked = 1\">x</button>')")
    window.get_by_role("button", name="x", exact=True).click()
    assert window.evaluate("window.hacked") is None, "the policy of the page stops a script that gets in"


@pytest.mark.parametrize("window", ["light"], indirect=True)
def test_the_figures_of_the_report_show_the_class(window, hostile_class):
    page, _ = hostile_class
    report = class_records.read(page.parents[2], UNIT)
    window.goto(page.as_uri())
    figure, exercises = (window.locator(".tlcourse-live").nth(place) for place in (0, 1))
    groups = report.students_by_points()
    points = figure.get_by_role("slider", name="points")
    for count, students in enumerate(groups):
        sentence = figure.locator("p[aria-live]").inner_text()
        assert sentence.startswith(f"{len(students)} student"), sentence
        assert f"{count} of 7 points" in sentence
        assert all(student in sentence for student in students)
        points.press("ArrowRight")
    heights = figure.locator("svg rect[data-points]").evaluate_all("all => all.map(bar => +bar.getAttribute('height'))")
    sizes = np.array([len(students) for students in groups])
    assert np.allclose(np.array(heights) / max(heights), sizes / sizes.max(), atol=0.01)
    figure.get_by_role("combobox", name="points in").select_option(label="Exercise 1.1: double a number")
    assert "of 3 points in Exercise 1.1" in figure.locator("p[aria-live]").inner_text()
    items = {item.name: item for item in report.exercises}
    sentence = exercises.locator("p[aria-live]").inner_text()
    assert f"mean share {100 * items['double'].share:.0f}%" in sentence
    assert f"discrimination {items['double'].discrimination:.2f}" in sentence
    assert "one is added (3)" in sentence
    first = exercises.locator("svg text").filter(has_text=re.compile(r"^(1\.\d|written)$"))
    easiest_last = sorted((item for item in report.exercises if item.share is not None), key=lambda item: item.share)
    exercises.get_by_role("combobox", name="order").select_option(index=1)
    assert first.first.text_content() == report.short_title(easiest_last[0].name)


@pytest.mark.speed
def test_a_move_in_a_class_of_300_is_drawn_within_50_ms(live):
    rng, names = np.random.default_rng(0), [f"exercise_{number}" for number in range(12)]
    students = []
    for number in range(300):
        marks = dict(zip(names, rng.integers(0, 5, len(names)).tolist(), strict=True))
        students.append(class_report.StudentRow(f"s{number:03}", "", "graded", sum(marks.values()), marks))
    marks = [student.marks for student in students]
    report = class_report.ClassReport(UNIT, students, [item_analysis.analyze(name, 4, marks) for name in names], [])
    for make in (report_figures.points_figure, report_figures.exercises_figure):
        in_time(max(medians(live(make(report, str)).figure).values()), 50, "ms")


def test_the_report_is_accessible_and_fits_a_phone(window, hostile_class, axe_engine):
    report = class_records.read(hostile_class[0].parents[2], UNIT)
    long = {name: f"{title}, and then write down what a convolution costs" for name, title in report.titles.items()}
    policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')  # it would stop the engine, too
    text, policies = policy.subn("", report_page.page(dataclasses.replace(report, titles=long)))
    assert policies == 1
    page = hostile_class[0].with_name("without_policy.html")
    page.write_text(text, encoding="utf-8")
    window.goto(page.as_uri())
    for width in (1440, 768, 390):
        window.set_viewport_size({"width": width, "height": 900})
        assert window.evaluate("document.documentElement.scrollWidth") <= width
    window.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    window.evaluate(axe_engine)
    violations = window.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert not [(broken["id"], broken["nodes"][0]["html"][:200]) for broken in violations]
