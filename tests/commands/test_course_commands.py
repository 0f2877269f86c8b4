"""The commands for a private course, as a lecturer types them."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from tlcourse.commands.main import main
from tlcourse.grading.gradebook.released_cells import CellChanges


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def clone(executed_course, monkeypatch):
    """The working directory is a clone with the tiny unit."""
    monkeypatch.chdir(executed_course)
    return executed_course


def test_a_course_is_created_from_the_units_here_and_has_no_newer_ones(clone, tmp_path, monkeypatch):
    folder = tmp_path / "ml2026"
    options = ["--units", "1", "--id", "ml2026", "--drop", "triple", "--points", "double=6,why_double=2.5"]
    outcome = run("new-course", str(folder), *options)
    assert outcome.exit_code == 0, outcome.output
    assert f"Next: cd {folder} && tlcourse release 01" in outcome.output
    settings = (folder / "course.toml").read_text(encoding="utf-8")
    assert 'drop = ["triple"]' in settings
    assert "double = 6\nwhy_double = 2.5\n" in settings
    monkeypatch.chdir(folder)
    outcome = run("update-course", "--source", str(clone))
    assert (outcome.exit_code, outcome.output) == (0, "Nothing is newer.\n")
    outcome = run("handout", str(tmp_path / "handout"))
    assert outcome.output == "Error: no unit is released: run `tlcourse release UNIT` first\n"
    assert not (folder / "gradebook.db").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--units", "07"], "no unit '07': the course has 01_tiny"),
        (["--units", "01", "--points", "double=many"], "write EXERCISE=POINTS, such as conv_parameters=4"),
        (["--units", "01", "--drop", "halve"], "no exercise 'halve': 01_tiny has double"),
        (["--units", "01", "--timezone", "Berlin"], "write a name such as Europe/Berlin"),
        (["--units", "01", "--source", "/nowhere"], "no course at /nowhere"),
    ],
)
def test_a_wrong_option_is_named_and_nothing_is_created(clone, tmp_path, options, message):
    outcome = run("new-course", str(tmp_path / "ml2026"), "--id", "ml2026", *options)
    assert outcome.exit_code != 0
    assert message in outcome.output
    assert not list(tmp_path.glob("ml2026*"))


@pytest.mark.parametrize("stated", ["Two exercises and one written answer, 7 points.", "Seven exercises, 21 points."])
def test_a_release_names_text_that_states_other_numbers(tiny_course, monkeypatch, stated):
    source = tiny_course / "solutions" / "01_tiny.py"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("a number. 1 minute.", f"a number. **Time:** 30 minutes. {stated}"), "utf-8")
    changes = CellChanges({}, {}, {}, [], 0)
    monkeypatch.setattr("tlcourse.building.unit_release.release", lambda *_: (changes, True, None))
    monkeypatch.chdir(tiny_course)
    outcome = run("release", "01")
    assert outcome.exit_code == 0, "a wrong hidden test can be fixed before the text is"
    assert "Released 01_tiny." in outcome.output
    lines = [f"warning: 01_tiny: the first cell states {words}" for words in ("Seven exercises", "21 points")]
    lines.append("Correct solutions/01_tiny.py, and release 01_tiny again before you hand it out.")
    assert [line in outcome.output for line in lines] == [stated.startswith("Seven")] * 3
    assert ("hand it out.\n" in outcome.stdout) == stated.startswith("Two")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("drop =", "dropped =", "unknown key dropped in [units"),
        ("01_tiny", "01_tinny", 'the course has no unit "01_tinny". Did you mean "01_tiny"?'),
        ("drop = []", 'drop = ["tripel"]', 'the unit has no "tripel". Did you mean "triple"?'),
    ],
)
def test_a_wrong_setting_stops_every_command_with_one_line(clone, tmp_path, monkeypatch, old, new, message):
    folder = tmp_path / "ml2026"
    run("new-course", str(folder), "--units", "01", "--id", "ml2026")
    settings = folder / "course.toml"
    text = settings.read_text(encoding="utf-8")
    assert old in text
    settings.write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.chdir(folder)
    commands = ["grade 01", "release 01", "report 01", "build 01", "collect 01", "feedback 01", "compare 01"]
    for command in [*commands, "handout handout", "archive 2026"]:
        outcome = run(*command.split())
        assert (outcome.exit_code, outcome.output.count("\n")) == (1, 1), (command, outcome.output)
        assert message in outcome.output
    assert not (folder / "archive").exists()


def test_nbgraders_own_commands_stop_at_a_wrong_setting(clone, tmp_path):
    """Jupyter would go on with nbgrader's defaults, and export the marks without penalties."""
    folder = tmp_path / "ml2026"
    run("new-course", str(folder), "--units", "01", "--id", "ml2026")
    settings = folder / "course.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("01_tiny", "01_tinny"), encoding="utf-8")
    command = [sys.executable, "-m", "nbgrader", "export", "--to", "marks.csv"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith('Did you mean "01_tiny"?')
    assert "Traceback" not in done.stderr
    assert not (folder / "marks.csv").exists()
