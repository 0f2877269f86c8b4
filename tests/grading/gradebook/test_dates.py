"""Due dates, penalties and people of course.toml, in a gradebook that is made here: nothing is graded."""

import csv
import datetime
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

from tlcourse.grading.gradebook import exports
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_sync import format_lateness, grace_days_used, lateness, remarks, update_gradebook
from tlcourse.grading.gradebook.late_policies import days_begun
from tlcourse.grading.submissions.misplaced import NOBODY

pytestmark = pytest.mark.filterwarnings("ignore:Object of type")  # nbgrader's own, from SQLAlchemy
UNITS = ("01_tiny", "02_tiny")
DUE = datetime.datetime(2026, 12, 7, 22, 59)  # UTC: 23:59 in Berlin
HOUR = datetime.timedelta(hours=1)
COURSE = """
[course]
id = "ml2026"
timezone = "Europe/Berlin"
[units."01_tiny"]
due = "2026-12-07 23:59"
[units."02_tiny"]
due = "2026-12-14 23:59"
[late]
policy = "zero"
[roster]
file = "roster.csv"
"""
ROSTER = """id,first_name,last_name,email,canvas_id,moodle_id,status,joined
ann,Ann,Arnold,ann@school.example,101,A1,active,
bob,Bob,Brown,bob@school.example,102,A2,dropped,
eve,Eve,Early,eve@school.example,105,A5,active,2026-12-10
zoe,Zoe,Zimmer,zoe@school.example,109,A9,active,
"""


@pytest.fixture(scope="module")
def graded_course(tmp_path_factory):
    """Two units, ten points each. In the first, ann is late by a day and an hour, all others by an hour."""
    folder = tmp_path_factory.mktemp("dates") / "course"
    folder.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    with NbgraderCourse(folder).gradebook() as book:
        for number, unit in enumerate(UNITS):
            book.add_assignment(unit)
            book.add_notebook(unit, unit)
            book.add_grade_cell("test", unit, unit, max_score=10, cell_type="code")
            due = DUE + number * 7 * 24 * HOUR
            for student, late in {"ann": 25, "bob": 1, "eve": 1, "guest": 1}.items():
                book.update_or_create_student(student)
                book.add_submission(unit, student).timestamp = due + late * HOUR
                grade = book.find_grade("test", unit, unit, student)
                grade.auto_score, grade.needs_manual_grade = 8, False
        book.db.commit()
    return folder


@pytest.fixture
def course(graded_course, tmp_path):
    return shutil.copytree(graded_course, tmp_path / "course")


def write(course, text=COURSE, roster=ROSTER):
    (course / "course.toml").write_text(text, encoding="utf-8")
    (course / "roster.csv").write_text(roster, encoding="utf-8")


def penalties(course, unit=UNITS[0]):
    """Penalties in the gradebook by student, after an update."""
    update_gradebook(NbgraderCourse(course))
    with NbgraderCourse(course).gradebook() as book:
        rows = book.assignment_submissions(unit)
        return {row.student.id: row.late_submission_penalty or 0.0 for row in rows}


@pytest.mark.parametrize(
    ("policy", "of_ann", "of_bob"),
    [
        ('policy = "none"', 0, 0),
        ('policy = "zero"', 8, 8),
        ('policy = "percent per day"', 1.6, 0.8),
        ('policy = "percent per day"\npercent = 60', 8, 4.8),
        ('policy = "grace days"\ngrace_days = 2', 0, 0),
        ('policy = "grace days"\ngrace_days = 1\npercent = 25', 2, 0),
    ],
)
def test_each_policy_in_the_course_file_takes_its_points(course, policy, of_ann, of_bob):
    write(course, COURSE.replace('policy = "zero"', policy))
    points = penalties(course)
    assert (points["ann"], points["bob"]) == (pytest.approx(of_ann), pytest.approx(of_bob))


def test_grace_days_are_used_by_the_unit_that_is_due_first(course):
    write(course, COURSE.replace('"zero"', '"grace days"\ngrace_days = 3\npercent = 50'))
    assert (penalties(course)["ann"], penalties(course, UNITS[1])["ann"]) == (0, 4)
    swapped = (course / "course.toml").read_text(encoding="utf-8").replace("2026-12-07", "2026-12-08")
    (course / "course.toml").write_text(swapped, encoding="utf-8")
    assert penalties(course, UNITS[1])["ann"] == 0, "the first unit used one day less"


def test_the_grace_days_of_each_unit_are_stated(course):
    write(course, COURSE.replace('"zero"', '"grace days"\ngrace_days = 3'))
    update_gradebook(NbgraderCourse(course))
    assert grace_days_used(NbgraderCourse(course), UNITS[0]) == {"ann": 2, "bob": 1, "guest": 1}
    assert grace_days_used(NbgraderCourse(course), UNITS[1]) == {"ann": 1, "bob": 1, "eve": 1, "guest": 1}
    assert grace_days_used(NbgraderCourse(course), "03_tiny") == {}
    exported = [row for row in export(course, exports.GradesExport, "g.csv") if row["student_id"] == "ann"]
    assert [(row["days_late"], float(row["grace_days"])) for row in exported] == [("2", 2), ("2", 1)]
    write(course)
    assert grace_days_used(NbgraderCourse(course), UNITS[0]) == {}


def test_a_changed_date_changes_the_penalties_and_an_earlier_one_brings_them_back(course):
    write(course)
    assert penalties(course)["ann"] == 8
    for day, points in (("2026-12-09", 0), ("2026-12-08", 8), ("2026-12-10", 0)):
        write(course, COURSE.replace("2026-12-07", day))
        assert penalties(course)["ann"] == points
    write(course, COURSE.replace('due = "2026-12-07 23:59"', ""))
    assert penalties(course)["ann"] == 0


def test_an_extension_for_a_student_moves_the_due_date_of_that_student_alone(course):
    """As docs/dates.md describes it; the report's own update does the rest."""
    write(course)
    assert (penalties(course)["ann"], penalties(course)["bob"]) == (8, 8)
    with NbgraderCourse(course).gradebook() as book:
        book.grant_extension(UNITS[0], "ann", hours=24)
    assert (penalties(course)["ann"], penalties(course)["bob"]) == (8, 8), "an hour is missing"
    with NbgraderCourse(course).gradebook() as book:
        book.grant_extension(UNITS[0], "ann", days=2)
    exported = export(course, exports.GradesExport, "g.csv")
    grades = {row["student_id"]: row for row in exported if row["assignment"] == UNITS[0]}
    assert [grades["ann"][name] for name in ("days_late", "late_submission_penalty", "score")] == ["0", "0.0", "8.0"]
    assert penalties(course) == {"ann": 0, "bob": 8, "eve": 0, "guest": 8}
    assert "ann" not in lateness(NbgraderCourse(course), UNITS[0])
    assert penalties(course, UNITS[1])["ann"] == 8, "the next unit is due when it was"
    write(course, COURSE.replace("2026-12-07", "2026-12-05"))
    assert penalties(course)["ann"] == 8, "the extension counts from the date in course.toml"


def test_points_for_a_written_answer_that_are_given_later_follow_the_policy(course):
    write(course)
    assert penalties(course)["ann"] == 8
    with NbgraderCourse(course).gradebook() as book:
        book.find_grade("test", UNITS[0], UNITS[0], "ann").manual_score = 10
        book.db.commit()
    assert penalties(course)["ann"] == 10


def test_a_due_date_is_kept_in_utc_and_follows_daylight_saving(course):
    for text, expected in (("2026-12-07 23:59", DUE), ("2026-07-07 23:59", datetime.datetime(2026, 7, 7, 21, 59))):
        write(course, COURSE.replace("2026-12-07 23:59", text))
        update_gradebook(NbgraderCourse(course))
        with NbgraderCourse(course).gradebook() as book:
            assert book.find_assignment(UNITS[0]).duedate == expected


def test_who_joined_after_the_due_date_is_not_late_and_uses_no_grace_days(course):
    write(course)
    points, late = penalties(course), lateness(NbgraderCourse(course), UNITS[0])
    assert (points["eve"], points["bob"]) == (0, 8)
    assert late == {"ann": 25 * 3600, "bob": 3600, "guest": 3600}
    assert "eve" in lateness(NbgraderCourse(course), UNITS[1])
    write(course, COURSE.replace('"zero"', '"grace days"\ngrace_days = 1'))
    assert penalties(course, UNITS[1])["eve"] == 0
    assert penalties(course, UNITS[1])["bob"] == pytest.approx(0.8)


def test_without_a_course_file_penalties_follow_the_dates_of_the_gradebook(course):
    """nbgrader's own plug-in decides, and a penalty without a due date stays as someone entered it."""
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    with NbgraderCourse(course).gradebook() as book:
        book.find_submission(UNITS[0], "bob").notebooks[0].late_submission_penalty = 1.5
        book.db.commit()
    assert penalties(course) == {"ann": 0, "bob": 1.5, "eve": 0, "guest": 0}
    with NbgraderCourse(course).gradebook() as book:
        book.find_assignment(UNITS[0]).duedate = DUE + 2 * HOUR
        book.db.commit()
    assert penalties(course) == {"ann": 8, "bob": 0, "eve": 0, "guest": 0}


def test_a_plug_in_in_the_course_folder_is_used_and_a_missing_one_is_named(course, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    write(course)
    (course / "our_penalty.py").write_text(
        "from nbgrader.plugins import LateSubmissionPlugin\n"
        "class Ours(LateSubmissionPlugin):\n"
        "    def late_submission_penalty(self, student_id, score, total_seconds_late):\n"
        "        return total_seconds_late / 3600\n",
        encoding="utf-8",
    )
    config = course / "nbgrader_config.py"
    usual = config.read_text(encoding="utf-8")
    config.write_text(usual + '\nc.AssignLatePenalties.plugin_class = "our_penalty.Ours"\n', encoding="utf-8")
    assert penalties(course)["bob"] == 1
    assert penalties(course)["ann"] == 8, "no more than there are"
    config.write_text(usual + '\nc.AssignLatePenalties.plugin_class = "no_penalty.Ours"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"no_penalty\.Ours.* cannot be imported.*in the folder of the course"):
        penalties(course)


@pytest.mark.parametrize(("seconds", "days"), [(0, 0), (-5, 0), (1, 1), (86_400, 1), (86_401, 2)])
def test_a_day_begins_with_its_first_second(seconds, days):
    assert days_begun(seconds) == days


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, ""),
        (None, ""),
        (5, "1 day (1 min)"),
        (3600, "1 day (1 h)"),
        (3660, "1 day (1 h 1 min)"),
        (86_400, "1 day (1 d)"),
        (86_460, "2 days (1 d 1 min)"),
        (90_061, "2 days (1 d 1 h)"),
    ],
)
def test_lateness_is_written_in_two_units(seconds, text):
    assert format_lateness(seconds) == text


def rows(file):
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def export(course, plugin, name):
    opened = NbgraderCourse(course)
    with opened.gradebook() as book:
        plugin(config=opened.config, to=str(course / name)).export(book)
    return rows(course / name)


def test_exports_have_the_active_students_with_the_ids_of_their_platform(course):
    write(course)
    moodle, canvas = export(course, exports.MoodleExport, "m.csv"), export(course, exports.CanvasExport, "c.csv")
    assert [(row["Username"], row["ID number"]) for row in moodle] == [("ann", "A1"), ("eve", "A5"), ("zoe", "A9")]
    assert [(row["Student"], row["ID"]) for row in canvas[1:]] == [
        ("Arnold, Ann", "101"), ("Early, Eve", "105"), ("Zimmer, Zoe", "109")
    ]  # fmt: skip
    assert [row["Assignment: 01_tiny (Real)"] for row in moodle] == ["0", "8", ""]


def test_each_platform_gets_the_students_who_have_an_id_there(course, capsys):
    write(course, roster=ROSTER.replace("105,A5", "105,").replace("109,A9", ",A9"))
    moodle, canvas = export(course, exports.MoodleExport, "m.csv"), export(course, exports.CanvasExport, "c.csv")
    assert [row["Username"] for row in moodle] == ["ann", "zoe"]
    assert [row["SIS Login ID"] for row in canvas[1:]] == ["ann", "eve"]
    assert capsys.readouterr().err.splitlines() == [
        "m.csv leaves out 1 student without moodle_id in the roster: eve",
        "c.csv leaves out 1 student without canvas_id in the roster: zoe",
    ]
    write(course, roster=ROSTER.replace(",A1,", ",,").replace(",A5,", ",,").replace(",A9,", ",,"))
    assert [row["Username"] for row in export(course, exports.MoodleExport, "m.csv")] == ["ann", "eve", "zoe"]
    assert capsys.readouterr().err == "", "the course does not use Moodle's ids"


def test_the_table_for_other_programs_has_days_and_penalties_of_the_present_dates(course):
    write(course)
    exported = export(course, exports.GradesExport, "g.csv")
    grades = {row["student_id"]: row for row in exported if row["assignment"] == UNITS[0]}
    assert sorted(grades) == ["ann", "eve", "zoe"]
    assert [grades["ann"][name] for name in ("days_late", "late_submission_penalty", "score")] == ["2", "8.0", "0.0"]
    assert [grades["eve"][name] for name in ("days_late", "score")] == ["0", "8.0"]
    write(course, COURSE.replace("2026-12-07", "2026-12-09"))
    assert export(course, exports.GradesExport, "g.csv")[0]["score"] == "8.0"


def test_penalties_are_exported_without_a_tail_of_digits(course):
    write(course, COURSE.replace('"zero"', '"percent per day"\npercent = 0.7'))  # 8 * 2 * 0.7 / 100 is not exact
    grades = {row["student_id"]: row for row in export(course, exports.GradesExport, "g.csv")[:3]}
    assert [grades["ann"][name] for name in ("late_submission_penalty", "score")] == ["0.112", "7.888"]


def test_a_file_without_a_student_is_nobody_who_could_be_enrolled(course):
    write(course)
    assert set(remarks(NbgraderCourse(course), UNITS[0], [NOBODY, "guest"])) == {"guest"}


def test_people_who_are_not_enrolled_are_named(course):
    write(course)
    sentences = remarks(NbgraderCourse(course), UNITS[0], ["ann", "bob", "eve", "guest", "zo"])
    assert "Dropped" in sentences["bob"]
    assert "Joined on 2026-12-10, after this unit was due" in sentences["eve"]
    assert "Not enrolled" in sentences["guest"]
    assert "Did you mean zoe?" in sentences["zo"]
    assert "ann" not in sentences


def test_a_student_of_the_roster_is_in_the_gradebook_and_nobody_is_removed(course):
    write(course)
    update_gradebook(NbgraderCourse(course))
    with NbgraderCourse(course).gradebook() as book:
        people = {student.id: student.first_name for student in book.students}
    assert people == {"ann": "Ann", "bob": "Bob", "eve": "Eve", "guest": None, "zoe": "Zoe"}


@pytest.mark.slow
def test_nbgraders_own_export_follows_course_file_and_roster(course):
    write(course)
    command = [sys.executable, "-m", "nbgrader", "export", "--to", "grades.csv"]
    done = subprocess.run(command, cwd=course, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    by_student = {
        row["student_id"]: row["score"] for row in rows(course / "grades.csv") if row["assignment"] == UNITS[0]
    }
    assert by_student == {"ann": "0.0", "eve": "8.0", "zoe": ""}  # without a submission, no score
