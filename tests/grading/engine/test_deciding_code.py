"""Which code of the course decides on which check: an edit of it changes the digests of exactly these."""

import pytest
from conftest import ROOT

from tlcourse import notebooks
from tlcourse.commands.release_lookup import from_notebook
from tlcourse.grading.engine import changed_checks, deciding_code
from tlcourse.grading.model import course_code
from tlcourse.grading.submissions import normalize, reading

FINE_TUNING, DISTILLATION = "03_fine_tuning", "07_distillation"


@pytest.fixture(scope="module")
def solved():
    """Of a unit's name: its solved notebook, as an assignment and normalized."""

    def read(unit):
        file = ROOT / "solutions" / unit / f"{unit}.ipynb"
        assignment = from_notebook(notebooks.read(file), unit)
        return normalize.normalize(reading.read(file.read_bytes()), assignment)[0], assignment

    return {unit: read(unit) for unit in (FINE_TUNING, DISTILLATION)}


def changed(notebook, assignment, monkeypatch, tmp_path, file, old, new):
    """The checks of a submission that count as changed after an edit of one of the course's files."""
    before = deciding_code.code_digests(notebook, assignment)
    files = course_code.deciding_files()
    text = files[file].read_text(encoding="utf-8")
    assert old in text, f"{file} has no {old!r}: give this test another edit"
    edited = tmp_path / "edited"
    edited.write_text(text.replace(old, new, 1), encoding="utf-8")
    code = deciding_code.CourseCode(files | {file: edited})
    monkeypatch.setattr(deciding_code, "course_code_of", lambda sha256: code)
    after = deciding_code.code_digests(notebook, assignment)
    return {name for name in before if before[name] != after[name]}


RECIPE = {"test_repaired_recipe", "test_repaired_recipe_statistics", "test_repaired_recipe_choice"}
EDITS = {
    "a view of three checks": (FINE_TUNING, "training_checks.py", "loss < 0.95 *", "loss < 0.9 *", RECIPE),
    "what a view calls": (FINE_TUNING, "finetuning.py", "def audit(", "def audit(_=0, *", RECIPE),
    "a docstring": (FINE_TUNING, "training_checks.py", "Run a recipe, once", "Run the recipe, once", set()),
    "a comment": (FINE_TUNING, "training_checks.py", "SAMPLES = 48", "SAMPLES = 48  # many: ", set()),
    "a module of other units": (FINE_TUNING, "balance_checks.py", "def ", "def _", set()),
    "an unused view": (DISTILLATION, "training_checks.py", "loss < 0.95 *", "loss < 0.9 *", set()),
    "visible cases": (DISTILLATION, "exercises/soften.json", "0", "1", {"test_soften"}),
    "a command": (DISTILLATION, "plots/__init__.py", "import", "import os, ", set()),
}


@pytest.mark.parametrize(("unit", "file", "old", "new", "checks"), EDITS.values(), ids=EDITS)
def test_an_edit_changes_the_checks_that_reach_it_and_no_others(
    unit, file, old, new, checks, solved, monkeypatch, tmp_path
):
    assert changed(*solved[unit], monkeypatch, tmp_path, file, old, new) == checks


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("grading/engine/check_grader.py", '"passed"', '"failed"'),
        ("grading/sandbox/guest/wire_format.py", "depth > 50", "depth > 60"),
        ("grading/submissions/normalize.py", ".match(cell.source)", ".search(cell.source)"),
        (
            "model_description.py",
            "MOST_ENTRIES, DEEPEST = 1 << 20, 300, 50_000",
            "MOST_ENTRIES, DEEPEST = 1, 300, 50_000",
        ),
        ("exercises/comparing.py", "def same(", "def same(_=0, *"),
    ],
)
def test_what_decides_on_every_check_changes_all(file, old, new, solved, monkeypatch, tmp_path):
    notebook, assignment = solved[DISTILLATION]
    names = {cell["grade_id"] for cell in assignment.autograded_cells()}
    assert changed(notebook, assignment, monkeypatch, tmp_path, file, old, new) == names


def with_cell(solved, source):
    """The submission of unit 07 with another answer to `soften`."""
    notebook, assignment = solved[DISTILLATION]
    notebook = notebooks.nbformat.from_dict(notebook)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "soften":
            cell.source = source
    return notebook, assignment


HELPER = "from tlcourse import {}\n\n\ndef soften(logits, temperature):\n    return {}(logits, temperature)"


@pytest.mark.parametrize(
    ("source", "checks"),
    [
        (HELPER.format("counting", "counting.measure"), True),
        (HELPER.format("counting as c", "(lambda x, y: c)"), True),
        (HELPER.format("stats", "stats.summary"), False),
        ("def soften(logits, temperature):\n    return eval('tlcourse')", True),
    ],
    ids=["a function", "the module", "another module", "who knows"],
)
def test_what_a_students_answer_calls_decides_on_its_check_too(source, checks, solved, monkeypatch, tmp_path):
    edit = "counting.py", "def measure(", "def measure(_=0, *"
    reached = changed(*with_cell(solved, source), monkeypatch, tmp_path, *edit)
    assert ("test_soften" in reached) == checks
    assert "test_attention_map" not in reached


def test_the_digest_of_the_installed_code_depends_on_every_file(monkeypatch, tmp_path):
    files = course_code.deciding_files()
    assert {"checks.py", "grading/engine/check_grader.py", "exercises/soften.json"} <= files.keys()
    assert any(name.startswith("data/teachers/") for name in files)
    assert not any("gradebook" in name or name.endswith(".pyc") for name in files)
    before = course_code.deciding_sha256()
    (tmp_path / "checks.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(course_code, "deciding_files", lambda: files | {"checks.py": tmp_path / "checks.py"})
    assert course_code.deciding_sha256() != before


def test_unit_and_code_both_decide(solved, monkeypatch):
    notebook, assignment = solved[DISTILLATION]
    before = changed_checks.submission_digests(assignment, notebook)
    digests = dict.fromkeys(before, "0")
    monkeypatch.setattr(changed_checks, "code_digests", lambda *_: digests | {"test_soften": "1"})
    edited = changed_checks.submission_digests(assignment, notebook)
    monkeypatch.setattr(changed_checks, "code_digests", lambda *_: digests)
    other = changed_checks.submission_digests(assignment, notebook)
    assert {name for name in edited if edited[name] != other[name]} == {"test_soften"}
