"""The page "Dates, people, collecting and feedback", executed: its files, and its commands in their order."""

import csv
import io
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import click.testing
import nbformat
import pytest
from conftest import ROOT
from tiny_answers import RIGHT, UNIT

from tlcourse.commands.main import main
from tlcourse.samples import demo_class

PAGE = (ROOT / "docs" / "dates.md").read_text(encoding="utf-8")
TIMES = "moodle_id,time\nA1,2026-12-09 00:30\nA3,2026-12-09 00:30\n"


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


COMMANDS = [line for block in blocks("bash") for line in block.splitlines()]


def submissions(notebook):
    """What Moodle gives for the three students of the page; alice and bob submitted the same."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("Alice Arnold", "Bob Brown", "Cleo Costa"):
            archive.writestr(f"{name}_77_assignsubmission_file_/{UNIT}.ipynb", nbformat.writes(notebook))
    return buffer.getvalue()


@pytest.fixture(scope="module")
def executed_page(released_course, released, tmp_path_factory):
    """A course after all commands of the page, and what each of them printed."""
    course = shutil.copytree(released_course, tmp_path_factory.mktemp("page") / "course")
    (course / "course.toml").write_text(blocks("toml")[0].replace("01_cnn_parameters", UNIT), encoding="utf-8")
    (course / "roster.csv").write_text(blocks("text")[0], encoding="utf-8")
    (course / "times.csv").write_text(TIMES, encoding="utf-8")
    (course / "submissions.zip").write_bytes(submissions(demo_class.fill(released, RIGHT)))
    printed = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(course)
        patched.setenv("COLUMNS", "200")
        for command in COMMANDS:
            printed[command] = _run(command.split(), course)
    return course, printed


def _run(words, course):
    if words[0] == "nbgrader":
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=course, capture_output=True, encoding="utf-8", errors="replace")
        assert done.returncode == 0, done.stderr
        return done.stdout
    outcome = click.testing.CliRunner().invoke(main, words[1:])
    assert outcome.exit_code == 0, (words, outcome.output, outcome.exception)
    return outcome.output


def test_every_command_of_the_page_is_known():
    commands = {words.split()[1] for words in COMMANDS if words.startswith("tlcourse ")}
    assert {"collect", "grade", "compare", "feedback", "report"} <= commands <= set(main.commands)
    assert len(blocks("toml")) == len(blocks("text")) == 1


@pytest.mark.slow
def test_the_commands_do_what_the_page_states(executed_page):
    course, printed = executed_page
    assert "3 collected" in printed["tlcourse collect 01 submissions.zip"]
    timed = printed["tlcourse collect 01 submissions.zip --times times.csv"]
    assert "3 unchanged" in timed
    assert "The time of submission was recorded: 2026-12-08 23:30:00 UTC." in timed
    assert "nothing to collect" in printed["tlcourse collect 01"]
    table = printed["tlcourse grade 01"]
    assert "2 days (1 d 31 min)" in table  # 00:30 on the second day after 23:59
    assert "Dropped the course" in table
    assert "Joined on 2026-12-10" in table
    assert "identical  alice  bob" in printed["tlcourse compare 01"]
    assert "2 files" in printed["tlcourse feedback 01 --to zips"]
    mail = course / "feedback_to_return" / UNIT / "mail"
    assert [file.name for file in sorted(mail.iterdir())] == ["alice.eml", "cleo.eml"]


@pytest.mark.slow
def test_the_exports_have_lateness_penalties_and_the_platforms_ids(executed_page):
    course, _ = executed_page
    with (course / "report" / "grades.csv").open(encoding="utf-8", newline="") as opened:
        rows = {row["student_id"]: row for row in csv.DictReader(opened)}
    assert sorted(rows) == ["alice", "cleo"]
    late = [rows["alice"][name] for name in ("days_late", "raw_score", "late_submission_penalty", "score")]
    assert late == ["2", "4.0", "0.8", "3.2"]
    assert [rows["cleo"][name] for name in ("days_late", "score")] == ["0", "4.0"]
    canvas = Path(course, "report", "canvas.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[2] for line in canvas[2:]] == ["101", "103"]
