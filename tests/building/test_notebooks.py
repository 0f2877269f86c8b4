"""The built notebooks: they run in time, print what is stored, and are what their sources say.

A unit may take 90 seconds; where other work keeps the machine busy, that many of the processors' own seconds.
TLCOURSE_SLOWER multiplies them, for machines that are slower than two idle cores.
"""

import ast
import re
import subprocess
import sys
import time

import nbformat
import pytest
from conftest import ROOT, SLOWER, processor_seconds

from tlcourse import notebooks
from tlcourse.building import addresses, builder, unit_sources
from tlcourse.grading.gradebook.course_paths import SHIPPED_PLAN

SECONDS = 90 * SLOWER
UNITS = unit_sources.unit_names(ROOT)
IN_FAST_TIER = "01_cnn_parameters"  # the unit that `make test` executes
EXECUTED = [unit if unit == IN_FAST_TIER else pytest.param(unit, marks=pytest.mark.slow) for unit in UNITS]


def solution(unit):
    return ROOT / "solutions" / unit / f"{unit}.ipynb"


def release(unit):
    return ROOT / "notebooks" / unit / f"{unit}.ipynb"


def nbval(cache, *files):
    """Run notebooks under nbval: every cell must run, and print what is stored where it says so."""
    command = [sys.executable, "-m", "pytest", "-q", "--nbval-lax", "--nbval-cell-timeout=600"]
    environment = notebooks.kernel_environment() | {"TLCOURSE_CACHE": str(cache)}
    return subprocess.run(
        [*command, "-p", "no:cacheprovider", "--tb=short", *map(str, files)],
        env=environment, capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=1800,
    )  # fmt: skip


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("unit", EXECUTED)
def test_a_unit_runs_in_time_and_prints_what_is_stored(unit, tmp_path, capsys):
    started, used = time.perf_counter(), processor_seconds()
    run = nbval(tmp_path / "cache", solution(unit))
    seconds, work = time.perf_counter() - started, processor_seconds() - used
    with capsys.disabled():
        print(f"\n{unit}: {seconds:.0f} s from a fresh kernel, caches cold; {work:.0f} s of the processors")
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    took = seconds if sys.platform == "win32" else min(seconds, work)
    assert took < SECONDS, f"{unit} takes {seconds:.0f} s, {work:.0f} s of the processors; {SECONDS:.0f} s are allowed"


def test_nbval_catches_a_wrong_stored_output_and_a_cell_that_raises(tmp_path):
    def tiny(name, source, stored):
        cell = nbformat.v4.new_code_cell(source, metadata={"tags": ["nbval-check-output"]}, execution_count=1)
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=stored)]
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / f"{name}.ipynb")
        return tmp_path / f"{name}.ipynb"

    right = tiny("right", "print(3 * 1072)", "3216\n")
    wrong = tiny("wrong", "print(3 * 1072)", "3217\n")
    raising = tiny("raising", "print(3216)\nassert 1 == 2", "3216\n")
    run = nbval(tmp_path, right, wrong, raising)
    assert "2 failed, 1 passed" in run.stdout
    assert all(text in run.stdout for text in ("3217", "AssertionError"))


@pytest.mark.parametrize("unit", UNITS)
def test_the_notebooks_are_what_a_rebuild_makes(unit, tmp_path):
    """Sources, ids and metadata; stored outputs of the solution are taken over, and stale cells have none."""
    source = ROOT / "solutions" / f"{unit}.py"
    course = tmp_path / "course"
    for file in (source, solution(unit), ROOT / "nbgrader_config.py"):
        copy = course / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    built = builder.build([unit], execute=False, root=course)[0]
    assert built.solution.read_bytes() == solution(unit).read_bytes(), f"`make build` {unit}: its source has changed"
    assert built.release.read_bytes() == release(unit).read_bytes(), f"`make build` {unit}: its source has changed"
    assert builder.to_source(built.solution, root=course).read_bytes() == source.read_bytes()


@pytest.mark.parametrize("unit", UNITS)
def test_the_first_cell_of_a_release_has_a_link_that_opens_this_very_notebook_on_colab(unit):
    title, link = notebooks.read(release(unit)).cells[0].source.split("\n\n")[:2]
    assert title.startswith("# ")
    address = f"https://colab.research.google.com/github/tlcourse/tlcourse/blob/main/notebooks/{unit}/{unit}.ipynb"
    assert link == addresses.colab_link(unit) == f"[Open in Colab]({address})"
    assert "colab.research.google.com" not in solution(unit).read_text(encoding="utf-8")


@pytest.mark.parametrize("unit", UNITS)
def test_set_up_and_checks_are_folded_for_students_and_nothing_else_is(unit):
    for cell in notebooks.read(release(unit)).cells:
        grading = cell.metadata.get("nbgrader", {})
        run_unread = "setup" in cell.metadata.get("tags", []) or (grading.get("grade") and not grading["solution"])
        folded = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        assert folded == bool(cell.cell_type == "code" and run_unread), notebooks.describe(cell)


@pytest.mark.parametrize("unit", UNITS)
def test_every_cell_of_a_solution_was_run_in_order_and_none_failed(unit):
    cells = [cell for cell in notebooks.read(solution(unit)).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
    for cell in cells:
        if "nbval-check-output" in cell.metadata.get("tags", []):
            kinds = {output.output_type for output in cell.outputs}
            assert kinds == {"stream"}, f"{notebooks.describe(cell)}: a compared cell prints text and nothing else"


@pytest.mark.parametrize("unit", UNITS)
def test_the_stored_notebooks_name_no_folder_of_the_builder(unit):
    text = solution(unit).read_text(encoding="utf-8")
    assert not re.findall(rf"{re.escape(str(ROOT))}|/home/\w+|/root/|/tmp/\w+|/Users/\w+|\w:\\\\Users", text)


@pytest.mark.parametrize("unit", UNITS)
def test_the_stored_notebooks_were_built_where_photos_were(unit):
    """A builder without them leaves out what the prose below such a cell speaks of."""
    outputs = [output for cell in notebooks.read(solution(unit)).cells for output in cell.get("outputs", [])]
    assert not [output.text for output in outputs if output.get("text", "").startswith("No photos")]


def test_no_photo_is_stored():
    """The photos of cats and dogs are not the course's to hand on: a line stands in the place of each."""
    cells = [cell for unit in UNITS for cell in notebooks.read(solution(unit)).cells]
    photos = [cell for cell in cells if "photo" in cell.metadata.get("tags", [])]
    assert [output.text for cell in photos for output in cell.outputs] == 2 * [builder.PHOTO_PLACEHOLDER]


@pytest.mark.parametrize("unit", UNITS)
def test_a_release_hides_what_a_student_should_not_see(unit):
    released = notebooks.read(release(unit))
    text = release(unit).read_text(encoding="utf-8")
    assert not re.findall(r"(?:BEGIN|END) (?:SOLUTION|HIDDEN TESTS|MARK SCHEME)", text)
    exercise = None
    for cell in released.cells:
        marks = cell.metadata.get("nbgrader", {})
        if heading := re.search(r"^### (Exercise [\d.]+):", cell.source, re.MULTILINE):
            exercise = heading[1]
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
        if marks.get("solution") and cell.cell_type == "code":
            raises = [node.exc for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Raise)]
            texts = [error.args[0].value for error in raises if error]
            number = exercise.removeprefix("Exercise ")
            advice = f"Stuck? progress.skip('{number}') shows what follows, without marks"
            assert f"{exercise} is not solved yet. {advice}" in texts, cell.source


@pytest.mark.parametrize("folder", ["solutions", "notebooks"])
def test_a_units_folder_holds_its_notebook_and_nothing_that_nbgrader_would_hand_out(folder):
    files = {file.relative_to(ROOT / folder).as_posix() for file in (ROOT / folder).glob("*/*")}
    # nbgrader copies no .py file and no grading_plan.json: nbgrader_config.py says so.
    kept_back = ("answers", SHIPPED_PLAN) if folder == "solutions" else ()
    stays = {f"{unit}/{name}" for unit in UNITS for name in kept_back}
    held = {name for name in files if ".ipynb_checkpoints" not in name} - stays
    assert held == {f"{unit}/{unit}.ipynb" for unit in UNITS}
    assert not [file for unit in UNITS for file in (ROOT / folder / unit / "answers").glob("*") if file.suffix != ".py"]
