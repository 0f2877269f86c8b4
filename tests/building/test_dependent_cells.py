"""The recorded outputs of the cells that need an exercise: which cells, and nothing but text and figures."""

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest

from tlcourse import exercises, notebooks
from tlcourse.building import dependent_cells
from tlcourse.exercises import recorded_outputs

ROOT = Path(__file__).resolve().parents[2]
SOLVED = {file.stem: file for file in sorted((ROOT / "solutions").glob("*/*.ipynb"))}


def unit(*cells):
    """A solved notebook: each cell is a text, or the code, its printed text, and its part in the grading."""
    notebook = nbformat.v4.new_notebook()
    for cell in cells:
        if isinstance(cell, str):
            notebook.cells.append(nbformat.v4.new_markdown_cell(cell))
            continue
        code, printed, *part = cell
        outputs = [nbformat.v4.new_output("stream", name="stdout", text=printed)] if printed else []
        metadata = {"nbgrader": {"grade": "grade" in part, "solution": "solution" in part}} if part else {}
        notebook.cells.append(nbformat.v4.new_code_cell(code, outputs=outputs, metadata=metadata))
    return notebook


def recorded(*cells):
    """Which exercises the recorded cells need, by what they printed."""
    return {cell["outputs"][0]["text"]: cell["needs"] for cell in dependent_cells.stored_cells(unit(*cells))}


DOUBLE = ("### Exercise 1.1: Double", ("def double(x):\n    return 2 * x", "", "solution"))
TRIPLE = ("### Exercise 1.2: Triple", ("def triple(x):\n    return 3 * x", "", "solution"))


def test_a_cell_needs_what_it_calls_and_what_its_variables_were_made_with():
    cells = [("four = double(2)", ""), ("twelve = triple(four)\nprint(twelve)", "12"), ("print(four)", "4")]
    assert recorded(*DOUBLE, *TRIPLE, *cells) == {"12": ["1.1", "1.2"], "4": ["1.1"]}


def test_a_function_of_the_page_that_calls_an_answer_needs_it_too():
    cells = [("def again(x):\n    return double(double(x))", ""), ("print(again(1))", "4")]
    assert recorded(*DOUBLE, *cells) == {"4": ["1.1"]}


def test_a_name_that_is_assigned_anew_no_longer_needs_the_exercise():
    cells = [("x = double(2)", ""), ("x = 5\nprint(x)", "5"), ("print([double for double in (1, 2)], x)", "[1, 2] 5")]
    assert recorded(*DOUBLE, *cells) == {}


def test_checks_are_not_recorded_and_a_cell_without_output_neither():
    assert recorded(*DOUBLE, ("print(double(2))", "4", "grade"), ("double(2)", "")) == {}


def test_nothing_is_stored_for_a_course_in_another_folder(tmp_path):
    before = sorted(exercises.folder().rglob("*.json"))
    dependent_cells.write(tmp_path, "90_other", unit(*DOUBLE, ("print(double(2))", "4")))
    assert sorted(exercises.folder().rglob("*.json")) == before
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", SOLVED)
def test_the_stored_outputs_are_those_of_the_solved_notebook(name):
    stored = json.loads(recorded_outputs.file(name).read_text(encoding="utf-8"))
    assert stored == dependent_cells.stored_cells(notebooks.read(SOLVED[name]))


def test_the_stored_outputs_hold_no_code_of_a_solution():
    """Only the first line of a cell that students have anyway, printed text, and figures."""
    for name, file in SOLVED.items():
        released = notebooks.read(ROOT / "notebooks" / name / f"{name}.ipynb")
        visible = {cell.source.splitlines()[0] for cell in released.cells if cell.source}
        for cell in json.loads(recorded_outputs.file(name).read_text(encoding="utf-8")):
            assert cell["code"] in visible, file
            assert set(cell) == {"needs", "heading", "code", "outputs"}
            for output in cell["outputs"]:
                assert set(output) in ({"text"}, {"png"})
                assert not re.search(r"^\s*(?:def|return) ", output.get("text", ""), re.MULTILINE)


def test_a_student_without_exercise_2_2_finds_every_result_that_needs_it():
    """The features that come from the base are used far below, in other sections."""
    cells = recorded_outputs.cells_that_need("2.2")
    assert len({cell["heading"] for cell in cells}) > 2
    assert any("with the teacher" in output.get("text", "") for cell in cells for output in cell["outputs"])
    tree = ast.parse(Path(recorded_outputs.__file__).read_text(encoding="utf-8"))
    assert {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)} == {
        "file",
        "cells_that_need",
        "show",
    }
