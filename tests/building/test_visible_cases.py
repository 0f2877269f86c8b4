"""The visible checks: short in the student's copy, without formulas, and in step with the author's references."""

import ast
import json

import answers_runner
import hidden_names
import pytest
from answers_runner import ROOT

from tlcourse import exercises, notebooks
from tlcourse.building import unit_sources
from tlcourse.exercises.comparing import same

SOURCES = {file.stem: file for file in sorted((ROOT / "solutions").glob("[0-9]*.py"))}
LONGEST = 4  # lines of a check cell in the student's copy


def check_cells():
    """All (unit, check cell of the student's copy) of the course."""
    for unit in SOURCES:
        for cell in notebooks.read(ROOT / "notebooks" / unit / f"{unit}.ipynb").cells:
            nbgrader = cell.metadata.get("nbgrader", {})
            if cell.cell_type == "code" and nbgrader.get("grade"):
                yield pytest.param(unit, cell, id=f"{unit}-{cell.id}")


def slow_if_trained(unit):
    """The marker of a unit whose cases come from trained networks, which takes many seconds."""
    return [pytest.mark.slow] if unit[:2] in {"02", "03", "07", "09"} else []


@pytest.mark.parametrize(("unit", "cell"), check_cells())
def test_a_check_cell_is_short_and_defines_nothing(unit, cell):
    lines = [line for line in cell.source.splitlines() if line.strip()]
    kinds = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.Import, ast.ImportFrom)
    defined = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, kinds)]
    assert len(lines) <= LONGEST, cell.source
    assert not defined, f"what a check cell defines could be the solution:\n{cell.source}"


@pytest.mark.parametrize("unit", [pytest.param(unit, marks=slow_if_trained(unit)) for unit in SOURCES])
def test_the_cases_are_what_a_build_records(unit, tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_EXERCISES", str(tmp_path))
    monkeypatch.setenv("TLCOURSE_RECORD_CASES", "1")
    runner = answers_runner.unit(SOURCES[unit])
    for name, (solution, _) in runner.exercises.items():
        assert runner.grade(name, solution.source) == (runner.points(name), "")
    monkeypatch.delenv("TLCOURSE_EXERCISES")
    for file in tmp_path.iterdir():
        stored = json.loads((exercises.folder() / file.name).read_text(encoding="utf-8"))
        assert close(stored, json.loads(file.read_text(encoding="utf-8"))), f"`tlcourse build {unit}`: {file.name}"


def close(stored, made):
    """Whether two files say the same, apart from rounding."""
    if isinstance(stored, dict) and isinstance(made, dict):
        return stored.keys() == made.keys() and all(close(stored[key], made[key]) for key in stored)
    if isinstance(stored, list) and isinstance(made, list):
        return len(stored) == len(made) and all(map(close, stored, made))
    if type(stored) is type(made) is float:
        return stored == pytest.approx(made, rel=1e-4, abs=1e-6)
    return type(stored) is type(made) and stored == made


def test_every_stored_case_belongs_to_a_check():
    called = {
        node.args[0].value
        for source in SOURCES.values()
        for cell in unit_sources.read(source).cells
        if cell.metadata.get("nbgrader", {}).get("grade")
        for node in ast.walk(ast.parse(cell.source) if cell.cell_type == "code" else ast.Module([], []))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("visible_cases.record", "record")
    }
    assert {file.stem for file in exercises.folder().glob("*.json")} == called


def test_a_known_mistake_never_gives_the_right_value():
    for file in exercises.folder().glob("*.json"):
        for case in exercises.cases(file.stem):
            for description, value in case.mistakes.items():
                assert not same(value, case.expected, case.tolerance), f"{file.name}: {description}"


@pytest.mark.parametrize("unit", SOURCES)
def test_what_hidden_tests_define_is_not_read_later(unit):
    cells = [cell for cell in unit_sources.read(SOURCES[unit]).cells if cell.cell_type == "code"]
    assert hidden_names.leaks([(cell.id, cell.source) for cell in cells]) == []


def test_a_name_of_hidden_tests_that_a_later_cell_reads_is_reported():
    check = "run()\n### BEGIN HIDDEN TESTS\nteacher = 3\nother = 4\n### END HIDDEN TESTS\n"
    later = "def weights():\n    return teacher.weights\n\n\nother = 5\nprint(other)"
    assert hidden_names.leaks([("setup", "teacher = 1"), ("test_run", check), ("later", later)]) == [
        "teacher of test_run is read in the cell def weights():"
    ]
