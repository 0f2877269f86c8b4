"""A private course: created from this one, built outside of it, and updated without losing what was edited."""

import ast
import json
import re
import subprocess
import sys

import nbformat
import pytest
from click.testing import CliRunner
from conftest import ROOT, TINY, new_tiny_course

from tlcourse import notebooks
from tlcourse.building import course_update, private_course, stated_counts
from tlcourse.building.site import pages
from tlcourse.commands.main import main
from tlcourse.grading.gradebook.seeds import unit_seed
from tlcourse.grading.model.course_file import read_course_file, timezone_named
from tlcourse.notebooks import write_atomically

UNIT = TINY.stem
ABOUT = {"id": "ml2026", "name": 'He said "hi"', "timezone": timezone_named("Europe/Berlin")}


def create(folder, root, drop=(), points=None, **about):
    settings = private_course.settings_for(root, [UNIT], drop, points or {}, **ABOUT, **about)
    return private_course.create(folder, root, [UNIT], settings)


@pytest.fixture
def private(executed_course, tmp_path, monkeypatch):
    """A private course with the tiny unit."""
    monkeypatch.delenv("TLCOURSE_GRADING_SEED")
    return create(tmp_path / "private", executed_course, ["triple"], {"double": 6})


def tlcourse(folder, *arguments):
    command = [sys.executable, "-m", "tlcourse", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")


def test_the_folder_has_settings_sources_notebooks_an_empty_roster_and_a_seed(private):
    settings = read_course_file(private)
    assert (settings.id, settings.name, settings.timezone.key) == ("ml2026", 'He said "hi"', "Europe/Berlin")
    assert (settings.unit(UNIT).drop, settings.unit(UNIT).points) == (("triple",), {"double": 6})
    assert (private / "solutions" / f"{UNIT}.py").read_bytes() == TINY.read_bytes()
    assert (private / "roster.csv").read_text(encoding="utf-8").startswith("id,first_name,last_name,email")
    released = notebooks.read(private / "notebooks" / UNIT / f"{UNIT}.ipynb")
    assert list(notebooks.exercises(released)) == ["double"]
    solved = notebooks.read(private / "solutions" / UNIT / f"{UNIT}.ipynb")
    assert any(cell.get("outputs") for cell in solved.cells)
    assert (private / "grading_records" / UNIT / "seed.txt").is_file()
    assert unit_seed(private, UNIT).isdecimal()


def test_a_course_inside_another_one_is_not_created(executed_course):
    outside = executed_course.with_name("ml2026")
    with pytest.raises(ValueError, match=f"name a folder outside of it, such as {outside}$"):
        create(executed_course / "courses" / "ml2026", executed_course)
    assert not (executed_course / "courses").exists()


def test_git_ignores_the_seed_and_everything_about_students(private):
    for name in ("gradebook.db", "submitted/ada/x.ipynb", "feedback/ada/x.html", "report/x.csv", "archive/2026/x"):
        write_atomically(private / name, "x")
    subprocess.run(["git", "init", "-q"], cwd=private, check=True)
    shown = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard"], cwd=private, capture_output=True, encoding="utf-8"
    ).stdout.splitlines()
    assert {"course.toml", ".gitignore", "nbgrader_config.py", f"solutions/{UNIT}.py"} < set(shown)
    hidden = ("grading_records", "gradebook", "submitted", "feedback", "report", "archive", "roster")
    assert not [name for name in shown if name.startswith(hidden)]


@pytest.mark.needs_sandbox
@pytest.mark.slow
def test_a_build_outside_of_the_repository_ends_with_exit_status_0(private):
    done = tlcourse(private, "build", "01")
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr
    assert f"{UNIT}: grading_plan.json written" in done.stdout


def test_nothing_is_overwritten_and_a_failure_leaves_nothing(executed_course, private, tmp_path):
    with pytest.raises(FileExistsError, match="private already exists: name a new folder"):
        create(private, executed_course)
    with pytest.raises(ValueError, match="no exercise 'halve': 01_tiny has double, triple, why_double, test_double"):
        create(tmp_path / "other", executed_course, ["halve"])
    settings = private_course.settings_for(executed_course, [UNIT], (), {}, **{**ABOUT, "id": "a b"})
    with pytest.raises(ValueError, match="may have letters"):
        private_course.create(tmp_path / "other", executed_course, [UNIT], settings)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["private"]


REAL = "01_cnn_parameters"


@pytest.fixture(scope="module")
def real_private(tmp_path_factory):
    """A private course with a real unit: one exercise and the written answer less, and other points for two."""
    folder = tmp_path_factory.mktemp("real") / "ml2026"
    changes = ["--drop", "separable_parameters,why_off_by_one", "--points", "conv_parameters=6,multiply_adds=1.5"]
    options = ["--units", "01", "--id", "ml2026", "--source", str(ROOT), *changes]
    outcome = CliRunner().invoke(main, ["new-course", str(folder), *options])
    assert outcome.exit_code == 0, outcome.output
    return folder


def graded_cells(notebook):
    """Points of the checks and written answers, by their names."""
    abouts = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    return {about["grade_id"]: about["points"] for about in abouts if about.get("grade")}


@pytest.mark.parametrize("folder", ["solutions", "notebooks"])
def test_a_real_unit_states_what_the_course_leaves_of_it(real_private, folder):
    public = notebooks.read(ROOT / "solutions" / REAL / f"{REAL}.ipynb")
    notebook = notebooks.read(real_private / folder / REAL / f"{REAL}.ipynb")
    points = graded_cells(public)
    for name in ("test_separable_parameters", "why_off_by_one"):
        del points[name]
    points |= {"test_conv_parameters": 4, "test_conv_parameters_bias": 2}
    points |= {"test_multiply_adds": 1, "test_multiply_adds_others": 0.5}
    assert graded_cells(notebook) == points
    kept = [name for name in notebooks.exercises(public) if name != "separable_parameters"]
    assert list(notebooks.exercises(notebook)) == kept
    assert stated_counts.disagreements(real_private, REAL, notebook) == []
    total = f"{sum(points.values()):g}"
    assert f"Six exercises and no written answers, {total} points." in notebook.cells[0].source
    headings = [cell.source.partition("\n")[0] for cell in notebook.cells if cell.source.startswith("### Exercise")]
    assert [line.split(":")[0] for line in headings] == [f"### Exercise 1.{number}" for number in range(1, 7)]
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "6 points" in text
    assert "1.5 points" in text


def test_the_progress_list_and_the_plan_of_a_real_unit_have_the_exercises_that_are_left(real_private):
    notebook = notebooks.read(real_private / "notebooks" / REAL / f"{REAL}.ipynb")
    (call,) = [
        node
        for cell in notebook.cells
        if "checks.Progress(" in cell.source
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "checks.Progress"
    ]
    listed, titles = ast.literal_eval(call.args[0]), notebooks.exercise_titles(notebook)
    checks = [name for name in graded_cells(notebook) if name.startswith("test_")]
    assert [f"test_{name}" for name in listed] == checks
    for name, shown in listed.items():
        title = titles[notebooks.tested_exercise(f"test_{name}", titles)]
        assert shown.split()[:2] == title.split(":")[0].split()
    plan = json.loads((real_private / "solutions" / REAL / "grading_plan.json").read_text(encoding="utf-8"))
    assert set(checks) <= set(plan["checks"])
    assert all(plan["checks"][name]["outside"] for name in checks)


def test_a_real_unit_uses_no_name_that_the_course_has_dropped(real_private):
    solved = notebooks.read(real_private / "solutions" / REAL / f"{REAL}.ipynb")
    code = "\n".join(re.sub("^( *)%.*", r"\1pass", cell.source, flags=re.MULTILINE) for cell in code_cells(solved))
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821", "-"]
    done = subprocess.run(command, input=code, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout
    provided = [cell for cell in code_cells(solved) if "def separable_parameters" in cell.source]
    assert not [cell for cell in provided if "nbgrader" in cell.metadata or "SOLUTION" in cell.source]


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


@pytest.fixture
def newer(tmp_path):
    """A newer tlcourse: the tiny unit with another sentence, and an answer file."""
    course = new_tiny_course(tmp_path / "newer")
    edit(course / "solutions" / f"{UNIT}.py", "Twice the number.", "The number, doubled.")
    write_atomically(course / "solutions" / UNIT / "answers" / "double.py", "# %% right: a product\n")
    return course


def test_an_update_replaces_what_was_not_edited(private, newer):
    update = course_update.compare(private, newer)
    assert update.newer == [f"solutions/{UNIT}.py", f"solutions/{UNIT}/answers/double.py"]
    assert '-    """Twice the number."""\n+    """The number, doubled."""\n' in update.diff
    assert "The number, doubled." not in (private / "solutions" / f"{UNIT}.py").read_text(encoding="utf-8")
    course_update.apply(private, newer, update)
    assert "The number, doubled." in (private / "solutions" / f"{UNIT}.py").read_text(encoding="utf-8")
    assert course_update.compare(private, newer) == course_update.Update([], [], [], "")


def test_an_update_shows_what_was_edited_here_and_leaves_it(private, newer):
    source = private / "solutions" / f"{UNIT}.py"
    edit(source, "Three times the number.", "Thrice.")
    before = source.read_bytes()
    update = course_update.compare(private, newer)
    assert (update.newer, update.edited) == ([f"solutions/{UNIT}/answers/double.py"], [f"solutions/{UNIT}.py"])
    assert "Thrice" in update.diff
    course_update.apply(private, newer, update)
    assert source.read_bytes() == before
    assert course_update.compare(private, newer).edited == [f"solutions/{UNIT}.py"]


def test_a_file_that_was_deleted_or_edited_here_alone_is_no_news(private, executed_course):
    edit(private / "solutions" / f"{UNIT}.py", "Three times the number.", "Thrice.")
    (private / "nbgrader_config.py").unlink()
    assert course_update.compare(private, executed_course) == course_update.Update([], [], [], "")


def test_a_unit_that_tlcourse_no_longer_has_stays(private, newer):
    (newer / "solutions" / f"{UNIT}.py").unlink()
    update = course_update.compare(private, newer)
    assert update.missing == [f"solutions/{UNIT}.py"]
    course_update.apply(private, newer, update)
    assert (private / "solutions" / f"{UNIT}.py").is_file()


def test_only_a_private_course_can_be_updated(executed_course):
    with pytest.raises(FileNotFoundError, match=r"\.tlcourse\.json: `tlcourse new-course` makes a private course"):
        course_update.compare(executed_course, executed_course)


def test_the_site_asks_for_the_release_of_a_new_exercise(private, tmp_path):
    file = private / "notebooks" / UNIT / f"{UNIT}.ipynb"
    released = notebooks.read(file)
    released.cells = [cell for cell in released.cells if cell.metadata.get("nbgrader", {}).get("grade_id") != "double"]
    file.write_text(nbformat.writes(released), encoding="utf-8")
    with pytest.raises(ValueError, match=f"has no double: run `tlcourse release {UNIT}` first"):
        pages.write(private, tmp_path / "site")


def test_the_site_has_the_units_without_any_solution(private, tmp_path):
    pages.write(private, tmp_path / "site")
    assert (tmp_path / "site" / "index.md").read_text(encoding="utf-8").startswith('# He said "hi"\n')
    text = (tmp_path / "site" / "units" / f"{UNIT}.ipynb").read_text(encoding="utf-8")
    assert "3,216 parameters" in text
    assert "raise NotImplementedError" in text
    for secret in ("return 2 * number", "hidden_number", "two are twice one", "colab"):
        assert secret not in text
