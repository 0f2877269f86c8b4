"""The tlcourse command: what it lists, how it fails, and that `tlcourse lab` brings nbgrader's tools."""

import itertools
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

import lab_server
import pytest
from click.testing import CliRunner
from conftest import ROOT, in_time

from tlcourse.building import builder
from tlcourse.commands import lab
from tlcourse.commands.main import main
from tlcourse.grading.gradebook.marks import UnitMark
from tlcourse.grading.model.results import Result

COMMANDS = {
    *("bad-submissions", "bench", "build", "check", "demo", "grade", "lab", "photos", "repair", "report", "results"),
    *("claims", "remove-mark", "sample-class", "screenshots", "site", "source", "teachers", "test"),
    *(
        "new-course",
        "update-course",
        "release",
        "handout",
        "archive",
        "compare-years",
        "collect",
        "compare",
        "feedback",
    ),
}


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


def test_without_a_command_the_commands_are_listed():
    outcome = run()
    assert set(main.commands) == COMMANDS
    for command in main.commands.values():
        assert re.search(rf"^  {command.name} +\w", outcome.output, flags=re.MULTILINE)
        assert run(command.name, "--help").exit_code == 0


def test_the_commands_are_listed_by_audience():
    output = run("--help").output
    sections = re.split(r"^(Students|Instructors|Authors):\n", output, flags=re.MULTILINE)
    assert sections[1::2] == ["Students", "Instructors", "Authors"]
    listed = [re.findall(r"^  ([a-z-]+)  +\w", section, flags=re.MULTILINE) for section in sections[2::2]]
    for commands, expected in zip(listed, ("check", "grade", "build"), strict=True):
        assert expected in commands
    assert sorted(itertools.chain(*listed)) == sorted(COMMANDS), "each command is in one section"


@pytest.mark.speed
@pytest.mark.parametrize(
    "arguments",
    [
        *(["check", "none.ipynb"], ["repair", "none.ipynb"], ["source", "none.ipynb"], ["photos", "none"]),
        *(["build", "77"], ["grade", "77"], ["release", "77"], ["report", "77"]),
    ],
)
def test_an_error_comes_within_a_second(arguments):
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "tlcourse", *arguments], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    seconds = time.perf_counter() - started
    assert done.returncode == 1
    assert re.match(r"Error: no (notebook|folder|unit) ", done.stderr)
    in_time(seconds, 1, "s")


def test_the_command_line_is_light():
    heavy = "{'tensorflow', 'keras', 'nbgrader', 'matplotlib', 'sklearn'}"
    modules = "tlcourse.commands.main, tlcourse.commands.demo, tlcourse.grading.gradebook.scratch_course"
    code = f"import sys, {modules}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"


def test_an_error_of_the_courses_own_is_one_line(tiny_course, monkeypatch):
    monkeypatch.chdir(tiny_course)
    for arguments, message in (
        (["check", "none.ipynb"], "none.ipynb"),
        (["build", "07"], "no unit '07'"),
        (["source", "none.ipynb"], "none.ipynb"),
    ):
        outcome = run(*arguments)
        assert outcome.exit_code == 1
        assert outcome.output.startswith("Error: ")
        assert message in outcome.output
        assert "Traceback" not in outcome.output


@pytest.mark.parametrize(("debug", "shown"), [("1", True), ("0", False), ("", False)])
def test_a_variable_shows_the_traceback_of_the_courses_own_errors(tiny_course, monkeypatch, debug, shown):
    monkeypatch.chdir(tiny_course)
    monkeypatch.setenv("TLCOURSE_DEBUG", debug)
    for arguments, kind in ((["check", "none.ipynb"], FileNotFoundError), (["build", "07"], ValueError)):
        assert isinstance(run(*arguments).exception, kind if shown else SystemExit)


@pytest.mark.parametrize("arguments", [["build", "01"], ["results", "headline"], ["teachers"], ["bench", "--keep"]])
def test_raises_if_the_working_directory_is_in_another_clone(tiny_course, monkeypatch, arguments):
    (tiny_course / "tlcourse").mkdir()
    (tiny_course / "tlcourse" / "__init__.py").touch()
    monkeypatch.chdir(tiny_course / "solutions")
    outcome = run(*arguments)
    assert outcome.exit_code == 1
    assert f"the working directory is in the clone {tiny_course}" in outcome.output


def test_an_error_that_nobody_foresaw_keeps_its_traceback(monkeypatch):
    monkeypatch.setattr(lab, "open_lab", lambda options: int("not a number"))
    assert isinstance(run("lab").exception, ValueError)


def test_screenshots_without_a_browser_end_with_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(subprocess, "run", lambda *arguments, **options: pytest.fail("the tests began"))
    outcome = run("screenshots")
    assert outcome.exit_code == 1
    (line,) = outcome.output.splitlines()
    assert "Chromium is not installed" in line
    assert "apt install chromium" in line


def test_build_takes_a_units_number_and_brings_an_edited_notebook_back(tiny_course, monkeypatch):
    monkeypatch.chdir(tiny_course)
    monkeypatch.setattr("tlcourse.building.tables.write", lambda _: [tiny_course / "README.md"])
    (tiny_course / "data" / "results").mkdir(parents=True)
    (tiny_course / "data" / "results" / "tiny.json").write_text('{"accuracy": 0.5}')
    presumed = "[expectations]\ntiny = [{ shows = 'the aim', value = 'accuracy', above = 0.9 }]"
    (tiny_course / "data" / "claims.toml").write_text(presumed)
    answers = tiny_course / "solutions" / "01_tiny" / "answers"
    answers.mkdir(parents=True)
    (answers / "dropped.py").touch()
    monkeypatch.setattr(builder, "outside_range", lambda _: ("accuracy 50.0%",))
    outcome = run("build", "01", "--no-execute")
    assert outcome.exit_code == 0, outcome.output
    assert "warning: contradicted by the records: expected: the aim (tiny: accuracy" in outcome.output
    assert "warning: 01_tiny: accuracy 50.0%" in outcome.output
    assert "warning: 01_tiny: answers/dropped.py belongs to no exercise" in outcome.output
    assert "README.md" in outcome.output
    solution = tiny_course / "solutions" / "01_tiny" / "01_tiny.ipynb"
    solution.write_text(solution.read_text(encoding="utf-8").replace("Twice the", "Two times the"), encoding="utf-8")
    assert run("source", str(solution)).exit_code == 0
    assert "Two times the number" in (tiny_course / "solutions" / "01_tiny.py").read_text(encoding="utf-8")


MISPLACED = {"grade_id": None, "kind": "misplaced", "evidence": "submitted/bob/a.zip is not graded there"}
UNTIMED = {"grade_id": None, "kind": "timestamp", "evidence": "timestamp.txt: 'yesterday' is not a time"}


@pytest.mark.parametrize(
    ("status", "flags", "message"),
    [
        ("tampered", [], None),
        ("not graded", [], "Error: not graded: bob[x]. Run the command again"),
        ("not graded", [MISPLACED], "Error: in the wrong place, or not unpacked: bob[x]. Do what the table says"),
        ("graded", [UNTIMED], "Error: graded without the time of submission: bob[x]. Correct timestamp.txt"),
    ],
)
def test_grade_fails_if_a_submission_needs_attention(tiny_course, monkeypatch, status, flags, message):
    outcomes = [Result("ann", "01_tiny", "graded", 4, 4), Result("bob[x]", "01_tiny", status, flags=flags)]
    monkeypatch.setattr("tlcourse.grading.gradebook.batch.grade", lambda *_, **options: outcomes)
    monkeypatch.setattr(
        "tlcourse.grading.gradebook.marks.final_marks", lambda *_: {"ann": UnitMark(4.0, 1.0, 7.0, unmarked=2)}
    )
    monkeypatch.chdir(tiny_course)
    outcome = run("grade", "01")
    assert outcome.exit_code == bool(message)
    assert message is None or message in outcome.output
    shown = " ".join(outcome.output.split())
    assert "3 of 7, provisional" in shown
    assert "Late penalty: 1. Provisional: 2 written answers are not marked yet." in shown


def test_check_fails_on_an_unsolved_notebook(tiny_course):
    (built,) = builder.build(execute=False, root=tiny_course)
    outcome = run("check", str(built.release))
    assert outcome.exit_code == 1
    assert "0 of 2 exercises pass" in outcome.output
    outcome = run("check", str(built.solution))
    assert outcome.exit_code == 0
    assert "2 of 2 exercises pass" in outcome.output


@pytest.mark.parametrize(
    ("platform", "environment", "display"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
        ("win32", {}, True),
        ("darwin", {"SSH_CONNECTION": "1.2.3.4"}, False),
    ],
)
def test_whether_a_browser_can_open(platform, environment, display):
    assert lab.has_display(platform, environment) is display


def test_lab_opens_the_start_page_and_runs_as_root_only_when_it_must(tmp_path):
    assert not any("tree" in argument for argument in lab.arguments(tmp_path, True, False))
    (tmp_path / lab.START_PAGE).parent.mkdir(parents=True)
    (tmp_path / lab.START_PAGE).touch()
    shown = lab.arguments(tmp_path, True, False)
    assert f"--LabApp.default_url=/lab/tree/{lab.START_PAGE}" in shown
    assert not {"--no-browser", "--allow-root"} & set(shown)
    assert {"--no-browser", "--allow-root"} <= set(lab.arguments(tmp_path, False, True))


@pytest.mark.parametrize("file", [None, *lab.INSTRUCTORS_FILES])
def test_nbgraders_entries_for_instructors_are_hidden_where_nobody_teaches(tmp_path, file):
    if file:
        (tmp_path / file).touch()
    hidden = [folder for folder in lab.settings_folders(tmp_path) if "formgrader" in _page_config(folder)]
    assert bool(hidden) == (file is None)


def _page_config(folder):
    file = folder / "labconfig/page_config.json"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


@pytest.fixture
def server(tiny_course, tmp_path):
    """`tlcourse lab` in a built course, from a shell where the environment was not activated: address and token."""
    builder.build(execute=False, root=tiny_course)
    with lab_server.running(tiny_course, tmp_path, PATH=os.defpath) as (address, _, token):
        yield address, token


def _fetch(server, path, content=None):
    address, token = server
    request = urllib.request.Request(
        f"{address}/{path}",
        data=None if content is None else json.dumps(content).encode(),
        headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
    )
    for _ in range(50):
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {address}")


@pytest.mark.slow
def test_lab_serves_the_course_with_validate_and_formgrader(server):
    page = _fetch(server, "lab")
    assert "<title>JupyterLab</title>" in page
    assert "@jupyter/nbgrader" in page  # the extension that adds the menu and the Validate button
    release = "notebooks/01_tiny/01_tiny.ipynb"
    assert json.loads(_fetch(server, f"api/contents/{release}?content=0"))["type"] == "notebook"
    validated = json.loads(_fetch(server, "assignments/validate", {"path": release}))
    assert validated["success"] is True
    assert "not solved yet" in json.dumps(validated["value"])
    (assignment,) = json.loads(_fetch(server, "formgrader/api/assignments"))
    assert assignment["name"] == "01_tiny"
