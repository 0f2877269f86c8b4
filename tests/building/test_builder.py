"""A unit's source becomes two notebooks and comes back; what is broken raises an error with the cell's name."""

import json
import os
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from conftest import ROOT

from tlcourse import notebooks
from tlcourse.building import addresses, builder, unit_sources
from tlcourse.grading.gradebook._nbgrader import read_configuration
from tlcourse.stats import OUTSIDE

UNIT = "01_tiny"


def paths(course):
    return tuple(course / folder / UNIT / f"{UNIT}.ipynb" for folder in ("solutions", "notebooks"))


def edit(course, old, new):
    source = course / "solutions" / f"{UNIT}.py"
    text = source.read_text(encoding="utf-8")
    assert old in text
    source.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def test_the_solution_is_executed_and_free_of_the_moment(built_course):
    solution, _ = paths(built_course)
    notebook = nbformat.read(solution, as_version=4)
    nbformat.validate(notebook)
    printed = [output.text for cell in notebook.cells for output in cell.get("outputs", []) if "text" in output]
    assert "3,216 parameters, 0.988 correct\n" in printed
    assert notebook.metadata == {"kernelspec": notebooks.KERNEL, "language_info": {"name": "python"}}
    assert all(set(cell.metadata) <= {"nbgrader", "tags"} for cell in notebook.cells)
    assert not [
        output for cell in notebook.cells for output in cell.get("outputs", []) if output.get("name") == "stderr"
    ]


def test_the_release_shows_no_solution_no_hidden_test_and_no_output(built_course):
    solution, release = paths(built_course)
    text = release.read_text(encoding="utf-8")
    for secret in ("return 2 * number", "hidden_number", "HIDDEN", "SOLUTION", "MARK SCHEME", "two are twice one"):
        assert secret not in text
        assert secret in solution.read_text(encoding="utf-8")
    cells = nbformat.reads(text, as_version=4).cells
    assert all(not cell.outputs and cell.execution_count is None for cell in cells if cell.cell_type == "code")
    assert cells[0].source.splitlines()[2] == addresses.colab_link(UNIT)
    assert "    raise NotImplementedError" in next(cell for cell in cells if cell.id == "double").source
    assert [cell.id for cell in cells] == [cell.id for cell in nbformat.read(solution, as_version=4).cells]


def test_ids_come_from_the_grade_id_or_the_source_and_a_rebuild_gives_the_same_bytes(built_course):
    before = [path.read_bytes() for path in paths(built_course)]
    ids = [cell.id for cell in nbformat.reads(before[0].decode(), as_version=4).cells]
    assert {"double", "test_double", "why_double"} < set(ids)
    assert len(ids) == len(set(ids))
    builder.build(UNIT, root=built_course)
    assert [path.read_bytes() for path in paths(built_course)] == before
    for path in paths(built_course):
        path.unlink()
    builder.build([UNIT], execute=False, root=built_course)
    assert paths(built_course)[1].read_bytes() == before[1]


def test_what_a_slow_cell_prints_is_stored_in_one_piece(tiny_course):
    slow = "import time\nprint('one', flush=True)\ntime.sleep(0.7)\nprint('two')\n"
    edit(tiny_course, "# %%\nprogress\n", f"# %%\n{slow}")
    built = builder.build(root=tiny_course)[0]
    outputs = notebooks.read(built.solution).cells[-1].outputs
    assert [output.text for output in outputs] == ["one\ntwo\n"]


def test_a_live_result_outside_its_range_is_reported_and_does_not_stop_the_build(tiny_course):
    live = """from tlcourse.stats import summary, with_expected_range
for value in (0.97, 0.5):
    print("live:", with_expected_range(value, summary([0.96, 0.97, 0.99], share=True)))
"""
    edit(tiny_course, "# %%\nprogress\n", f"# %%\n{live}")
    (line,) = builder.build(root=tiny_course)[0].outside
    assert line.startswith("live: 50.0% (expected ")
    assert line.endswith(f"; {OUTSIDE})")


def test_two_equal_cells_have_two_ids(tiny_course):
    edit(tiny_course, "# %%\nprogress\n", "# %%\nprogress\n\n# %%\nprogress\n")
    cells = unit_sources.read(tiny_course / "solutions" / f"{UNIT}.py").cells
    assert cells[-1].id == f"{cells[-2].id}-2"


def test_without_execution_unchanged_cells_keep_their_outputs_and_changed_ones_lose_them(built_course):
    edit(built_course, "# %%\nprogress\n", "# %%\nrepr(progress)\n")
    builder.build(execute=False, root=built_course)
    cells = nbformat.read(paths(built_course)[0], as_version=4).cells
    assert [bool(cell.outputs) for cell in cells if "3 * 1072" in cell.source] == [True]
    assert cells[-1].source == "repr(progress)"
    assert cells[-1].outputs == []


def test_a_source_becomes_a_notebook_and_the_same_bytes_again(built_course):
    source = built_course / "solutions" / f"{UNIT}.py"
    before, cells = source.read_bytes(), unit_sources.read(source)
    assert builder.to_source(paths(built_course)[0], root=built_course) == source
    assert source.read_bytes() == before
    source.unlink()  # without the old source only the number of blank lines between cells may differ
    builder.to_source(paths(built_course)[0], root=built_course)
    assert unit_sources.read(source) == cells


def test_an_edit_in_jupyterlab_comes_back_without_what_jupyterlab_adds(built_course):
    source, solution = built_course / "solutions" / f"{UNIT}.py", paths(built_course)[0]
    before = source.read_text(encoding="utf-8")
    notebook = nbformat.read(solution, as_version=4)
    notebook.metadata["language_info"] = {"name": "python", "version": "3.12.1"}
    for number, cell in enumerate(notebook.cells):
        cell.id = f"random{number}"
        cell.metadata["jp-MarkdownHeadingCollapsed"] = True
        cell.metadata["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00Z"}
        cell.metadata.get("nbgrader", {}).update(task=False)
        cell.source = cell.source.replace("Twice the number.", "The number, doubled.")
    nbformat.write(notebook, solution)
    builder.to_source(solution, root=built_course)
    assert source.read_text(encoding="utf-8") == before.replace("Twice the number.", "The number, doubled.")


def test_a_students_copy_never_overwrites_the_source(built_course):
    source = built_course / "solutions" / f"{UNIT}.py"
    before = source.read_bytes()
    with pytest.raises(ValueError, match=r"01_tiny.ipynb, cell double: a solution cell needs '### BEGIN SOLUTION'"):
        builder.to_source(paths(built_course)[1], root=built_course)
    assert source.read_bytes() == before


def test_an_unknown_unit_is_named_with_those_that_exist(tiny_course):
    with pytest.raises(ValueError, match="no unit '07_missing': the course has 01_tiny"):
        builder.build(["07_missing"], root=tiny_course)
    with pytest.raises(FileNotFoundError, match=r"nbgrader_config\.py"):
        builder.build(root=tiny_course / "solutions")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"grade_id": "triple"', '"grade_id": "double"', "cell double: another cell already has the grade_id 'double'"),
        ('"grade_id": "test_triple", "locked": true, "points": 1, "schema_version": 3',
         '"grade_id": "test_triple", "locked": true, "points": 1', "cell test_triple: .*schema_version"),
        (' "points": 2,', "", "cell test_double: a graded cell needs points"),
        ("    ### BEGIN SOLUTION\n    return 3 * number\n    ### END SOLUTION\n", "    return 3 * number\n",
         "cell triple: a solution cell needs '### BEGIN SOLUTION'"),
        ("    ### END HIDDEN TESTS\n", "", "cell test_double: '### BEGIN HIDDEN TESTS'.*must come in pairs"),
        ("# %%\nprogress\n", "# %%\n### BEGIN SOLUTION\nprogress\n### END SOLUTION\n", "needs solution: true"),
        ("assert checks.returns(triple, (2,), 6) == 6", "checks.returns(triple, (2,), 6)", "ends in an expression"),
        ('"grade_id": "test_triple"', '"grade_id": "test_quadruple"', "tests no exercise: there are double, triple; "),
        ('"grade_id": "test_triple"', '"grade_id": "triple_test"', "triple_test tests no exercise"),
        ('"grade_id": "triple", "locked": false, ', '"grade_id": "triple", ', "cell triple: .*need locked"),
        ('# %% tags=["setup"]', '# %% tags=["setup"', "cannot read .* in the cell marker"),
        ("# %% [markdown]\n# # Tiny", "# ---\n# jupyter: {}\n# ---\n# %% [markdown]\n# # Tiny", "jupytext header"),
    ],
)  # fmt: skip
def test_a_broken_source_raises_with_the_cells_name(tiny_course, old, new, message):
    edit(tiny_course, old, new)
    with pytest.raises(ValueError, match=rf"01_tiny\.py.*{message}"):
        builder.build(root=tiny_course)
    assert not any(path.exists() for path in paths(tiny_course))


def test_a_failing_cell_is_named_and_the_old_notebooks_stay_whole(built_course):
    before = [path.read_bytes() for path in paths(built_course)]
    edit(built_course, "# %%\nprogress\n", "# %%\n1 / 0\n")
    with pytest.raises(builder.BuildError, match="01_tiny, the code cell '1 / 0': ZeroDivisionError: division by zero"):
        builder.build(root=built_course)
    assert [path.read_bytes() for path in paths(built_course)] == before
    assert [path.name for path in paths(built_course)[0].parent.iterdir()] == [f"{UNIT}.ipynb"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("how", ["SIGINT", pytest.param("SIGKILL", marks=pytest.mark.slow)])
def test_an_interrupted_build_leaves_the_old_notebooks_whole(built_course, how):
    before = [path.read_bytes() for path in paths(built_course)]
    edit(
        built_course,
        "# %%\nprogress\n",
        "# %%\nimport time, pathlib\npathlib.Path('../../here').touch()\ntime.sleep(60)\n",
    )
    code = "from tlcourse.building import builder; builder.build()"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=built_course, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (built_course / "here").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, getattr(signal, how))
    assert process.wait(timeout=60) != 0
    assert [path.read_bytes() for path in paths(built_course)] == before


def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    file = tmp_path / "a.txt"
    notebooks.write_atomically(file, "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        notebooks.write_atomically(file, "new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.txt", "old")]


def test_the_stored_notebooks_name_no_folder_of_the_builder(executed_course):
    for path in paths(executed_course):
        assert str(executed_course) not in path.read_text(encoding="utf-8")
        assert json.loads(path.read_text(encoding="utf-8"))["nbformat_minor"] == 5


def test_a_cell_may_run_as_long_in_a_build_as_in_nbgrader_validate():
    assert read_configuration(ROOT).Execute.timeout == builder.CELL_SECONDS


def test_reading_the_tools_brings_neither_tensorflow_nor_nbgrader():
    code = "import sys, tlcourse.building.builder, tlcourse.commands.check_notebook; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert "nbclient" in loaded
    assert not {"tensorflow", "keras", "nbgrader"} & set(loaded)


def test_images_raw_cells_and_metadata_survive_the_way_to_the_source_and_back(tiny_course):
    """A pasted image stands in the marker of its cell: a script has no other place for it."""
    (built,) = builder.build(execute=False, root=tiny_course)
    notebook = notebooks.read(built.solution)
    image = {"sketch.png": {"image/png": "iVBORw0KGgo="}}
    cells = [
        nbformat.v4.new_markdown_cell("![sketch](attachment:sketch.png)", attachments=image),
        nbformat.v4.new_raw_cell("<b>raw</b>", metadata={"format": "text/html"}),
        nbformat.v4.new_markdown_cell("a slide", metadata={"slideshow": {"slide_type": "slide"}, "editable": False}),
    ]
    notebook.cells += cells
    built.solution.write_text(nbformat.writes(notebook), encoding="utf-8")
    builder.to_source(built.solution, root=tiny_course)
    (again,) = builder.build(execute=False, root=tiny_course)
    for file in (again.solution, again.release):
        read_back = notebooks.read(file).cells[-3:]
        facts = [(cell.cell_type, cell.source, cell.metadata, cell.get("attachments")) for cell in read_back]
        assert facts == [(cell.cell_type, cell.source, cell.metadata, cell.get("attachments")) for cell in cells]


def test_a_mark_scheme_whose_end_is_not_on_a_line_of_its_own_is_an_error():
    source = "Three reasons.\n\n=== BEGIN MARK SCHEME ===\n1 point for each. === END MARK SCHEME ==="
    cell = nbformat.v4.new_markdown_cell(source)
    with pytest.raises(ValueError, match="must come once, each on a line of its own"):
        unit_sources.validate([cell], "01_tiny.py")
