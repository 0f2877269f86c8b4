"""Feedback goes back as zip files, as messages, and through nbgrader's exchange."""

import email
import email.policy
import re
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest
import scale_trial
from click.testing import CliRunner
from nbgrader.utils import notebook_hash
from tiny_answers import RIGHT, UNIT

from tlcourse.commands.main import main
from tlcourse.grading.gradebook import batch, feedback, page_writer
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.samples import demo_class

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
ROSTER = "id,first_name,last_name,email\nann,Ann,Ärnold,ann@school.example\nbob,Bob,Brown,\n"
COURSE = """
[course]
id = "ml2026"
timezone = "Europe/Berlin"
[units."01_tiny"]
due = "2026-12-07 23:59"
[late]
policy = "percent per day"
percent = 25
[roster]
file = "roster.csv"
"""
SECRET = "0123456789abcdef"


@pytest.fixture(scope="module")
def graded_course(released_course, released, tmp_path_factory):
    """ann submitted through the exchange and an hour late; the time of bob's and of a guest's submission is unknown."""
    folder = tmp_path_factory.mktemp("feedback") / "course"
    shutil.copytree(released_course, folder, ignore=shutil.ignore_patterns("solutions"))
    (folder / "course.toml").write_text(COURSE, encoding="utf-8")
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    answers = RIGHT | {"why_double": "Two are twice one."}
    for student in ("ann", "bob", "guest"):
        file = folder / "submitted" / student / UNIT / f"{UNIT}.ipynb"
        file.parent.mkdir(parents=True)
        file.write_text(nbformat.writes(demo_class.fill(released, answers)), encoding="utf-8")
    ann = folder / "submitted" / "ann" / UNIT
    (ann / "timestamp.txt").write_text("2026-12-08 00:59:00 Europe/Berlin", encoding="utf-8")
    (ann / "submission_secret.txt").write_text(SECRET, encoding="utf-8")
    batch.grade(folder, UNIT, unsafe=True, progress=False, run_submissions=scale_trial.replayed())
    page_writer.generate(NbgraderCourse(folder), UNIT)
    return folder


def test_what_takes_too_long_is_stopped_even_if_it_catches_errors():
    def endless():
        while True:
            try:
                while True:
                    re.search("(a+)+b", "a" * 40)
            except Exception:
                continue

    with pytest.raises(page_writer.PageTakesTooLong, match=r"more than 0\.2 s"), page_writer.time_limit(0.2):
        endless()
    with page_writer.time_limit(0.2):
        pass
    sum(range(20_000_000))  # longer than the limit, which is over


def test_each_enrolled_student_gets_a_zip_file(graded_course):
    returned = feedback.write_zips(NbgraderCourse(graded_course), UNIT)
    assert [file.name for file in returned.files] == ["ann.zip", "bob.zip"]
    assert returned.problems == {"guest": "Not enrolled: roster.csv has no such id"}
    with zipfile.ZipFile(returned.files[0]) as archive:
        assert archive.namelist() == [f"{UNIT}.html"]
        page = archive.read(f"{UNIT}.html").decode()
    assert "Two are twice one." in page
    assert "HIDDEN" not in page


def test_messages_have_the_mark_the_penalty_and_the_page(graded_course):
    returned = feedback.write_messages(NbgraderCourse(graded_course), UNIT, "teacher@school.example")
    assert [file.name for file in returned.files] == ["ann.eml"]
    assert "no e-mail address" in returned.problems["bob"]
    message = email.message_from_bytes(returned.files[0].read_bytes(), policy=email.policy.default)
    assert message["From"] == "teacher@school.example"
    assert message["To"].addresses[0].addr_spec == "ann@school.example"
    assert message["To"].addresses[0].display_name == "Ann Ärnold"
    assert message["Subject"] == f"[ml2026] Feedback on {UNIT}"
    text = message.get_body().get_content()
    assert "Your points: 3 of 7 so far. A written answer is not marked yet." in text
    assert "Late by 1 day (1 h): 1 points were taken off." in text
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == f"{UNIT}.html"
    assert "Two are twice one." in attachment.get_content()


def damage_one_page(course):
    """Let the graded notebook of bob be none, and the page of before be there."""
    notebook = course / "autograded" / "bob" / UNIT / f"{UNIT}.ipynb"
    notebook.unlink()  # nbgrader makes it read-only
    notebook.write_text("{", encoding="utf-8")
    assert (course / "feedback" / "bob" / UNIT / f"{UNIT}.html").is_file()


def test_a_page_that_cannot_be_written_costs_no_other_student_theirs(graded_course, tmp_path):
    folder = shutil.copytree(graded_course, tmp_path / "course")
    damage_one_page(folder)
    shutil.rmtree(folder / "autograded" / "guest" / UNIT)
    (folder / "autograded" / "guest" / UNIT).mkdir()
    course = NbgraderCourse(folder)
    failures = page_writer.generate(course, UNIT)
    assert list(failures) == ["bob", "guest"]
    assert "NotJSONError" in failures["bob"]
    assert "`tlcourse grade 01_tiny --students bob --again`" in failures["bob"]
    assert "FileNotFoundError" in failures["guest"]
    assert [page.parts[-3] for page in folder.glob("feedback/*/*/*.html")] == ["ann"], "no page of before"
    returned = feedback.write_zips(course, UNIT, failures)
    assert [file.name for file in returned.files] == ["ann.zip"]
    assert (list(returned.failures), list(returned.problems)) == (["bob"], ["guest"])


@pytest.mark.parametrize("way", ["zips", "exchange"])
def test_the_command_names_the_student_whose_page_failed(graded_course, tmp_path, monkeypatch, way):
    folder = shutil.copytree(graded_course, tmp_path / "course")
    damage_one_page(folder)
    monkeypatch.chdir(folder)
    released = []
    done = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr("tlcourse.commands.instructor.subprocess.run", lambda *_, **__: released.append(1) or done)
    outcome = CliRunner().invoke(main, ["feedback", "01", "--to", way])
    assert outcome.exit_code == 1
    assert isinstance(outcome.exception, SystemExit), "no traceback"
    assert "no feedback for these students\nbob: the page could not be written (NotJSONError" in outcome.output
    assert ("1 files in" in outcome.output, released) == ((True, []) if way == "zips" else (False, [1]))


def with_addresses(graded_course, folder, ann, bob):
    """A copy of the course in which the roster has these two addresses."""
    shutil.copytree(graded_course, folder)
    roster = f"id,first_name,last_name,email\nann,Ann,Ärnold,{ann}\nbob,Bob,Brown,{bob}\n"
    (folder / "roster.csv").write_text(roster, encoding="utf-8")
    return NbgraderCourse(folder)


@pytest.mark.parametrize("address", ["änn@school.example", "ann@straße.example", f"ann@{'ü' * 70}.example"])
def test_an_address_that_cannot_be_written_costs_no_other_student_the_message(graded_course, tmp_path, address):
    course = with_addresses(graded_course, tmp_path / "course", address, "bob@schüle.example")
    returned = feedback.write_messages(course, UNIT, "Frau Müller <teacher@schüle.example>")
    assert [file.name for file in returned.files] == ["bob.eml"]
    assert f"no message can be written to {address}" in returned.failures["ann"]
    message = email.message_from_bytes(returned.files[0].read_bytes(), policy=email.policy.default)
    assert message["To"].addresses[0].addr_spec == "bob@xn--schle-mva.example"
    assert message["From"].addresses[0].addr_spec == "teacher@xn--schle-mva.example"
    assert message["From"].addresses[0].display_name == "Frau Müller"


def test_messages_of_before_stay_until_the_new_ones_are_complete(graded_course, tmp_path, monkeypatch):
    course = with_addresses(graded_course, tmp_path / "course", "ann@school.example", "bob@school.example")
    before = feedback.write_messages(course, UNIT, "teacher@school.example").files
    monkeypatch.setattr(feedback, "lateness", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        feedback.write_messages(course, UNIT, "teacher@school.example")
    assert all(file.is_file() for file in before)


def test_ungraded_units_have_no_feedback(released_course):
    with pytest.raises(ValueError, match="run `tlcourse grade 01_tiny` first"):
        page_writer.generate(NbgraderCourse(released_course), UNIT)


@pytest.mark.parametrize("sender", ["teacher", "a@b\nBcc: all@school.example"])
def test_a_sender_without_an_address_is_named(graded_course, sender):
    with pytest.raises(ValueError, match="is not an e-mail address: enter yours"):
        feedback.write_messages(NbgraderCourse(graded_course), UNIT, sender)


def test_a_missing_sender_is_asked_for(graded_course):
    with pytest.raises(ValueError, match="--sender is missing: enter your address"):
        feedback.write_messages(NbgraderCourse(graded_course), UNIT, "")


def test_pages_are_written_without_warnings(graded_course, caplog):
    assert page_writer.generate(NbgraderCourse(graded_course), UNIT) == {}
    assert page_writer.generate(NbgraderCourse(graded_course), UNIT) == {}  # over those of before
    assert [record.getMessage() for record in caplog.records] == []


def test_a_sender_who_cannot_be_written_is_named(graded_course):
    with pytest.raises(ValueError, match="letters outside of ASCII before the @"):
        feedback.write_messages(NbgraderCourse(graded_course), UNIT, "müller@school.example")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="nbgrader's exchange needs Unix permissions")
def test_the_exchange_gets_the_pages_of_submissions_that_came_through_it(graded_course, tmp_path):
    course = shutil.copytree(graded_course, tmp_path / "course")
    (tmp_path / "exchange").mkdir()
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"\nc.Exchange.root = {str(tmp_path / 'exchange')!r}\n")
    for timestamp in ("there", "missing"):
        if timestamp == "missing":
            (course / "feedback" / "ann" / UNIT / "timestamp.txt").unlink()
        command = [sys.executable, "-m", "nbgrader", "release_feedback", UNIT]
        done = subprocess.run(command, cwd=course, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        assert "did not come through it: bob, guest." in done.stderr
        assert "`tlcourse feedback UNIT --to zips`" in done.stderr
        pages = list((tmp_path / "exchange" / "ml2026" / "feedback").iterdir())
        assert [page.name for page in pages] == [f"{notebook_hash(secret=SECRET, notebook_id=UNIT)}.html"]
        pages[0].unlink()
    shutil.rmtree(course / "feedback")
    done = subprocess.run(command, cwd=course, capture_output=True, encoding="utf-8")
    assert done.returncode
    assert "run `nbgrader generate_feedback 01_tiny --force`" in done.stderr
