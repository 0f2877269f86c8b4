"""`tlcourse repair`: notebooks that came back from Colab, VS Code or a tool that strips them can be graded again."""

import copy
import json

import nbformat
import pytest
from click.testing import CliRunner
from conftest import ROOT

from tlcourse import notebooks
from tlcourse.building import builder, unit_sources
from tlcourse.commands import repair_notebook
from tlcourse.commands.main import main
from tlcourse.samples import accidents, demo_class

UNIT = "01_tiny"
ANSWERS = {"double": "def double(n):\n    return n + n", "triple": "def triple(n):\n    return n * 3"}


def copied_by_hand(notebook, file):
    """No metadata, and ids of the program's own: nothing but the text is left."""
    accidents.stripped_metadata(notebook, file)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"new-{number}"
    return notebook


def through_colab_in_an_earlier_format(notebook, file):
    """As Colab writes a notebook of format 4.4 or earlier: as 4.0, and ids of its own are in the metadata alone."""
    accidents.through_colab(notebook, file)
    notebook.nbformat_minor = 0
    for number, cell in enumerate(notebook.cells):
        cell.pop("id", None)
        cell.metadata["id"] = f"FSYRShGJu{number:03}"
    return notebook


ALTERATIONS = (
    accidents.through_colab,
    through_colab_in_an_earlier_format,
    accidents.through_vscode,
    accidents.stripped_metadata,
    copied_by_hand,
)


@pytest.fixture
def course(tiny_course, monkeypatch):
    """The tiny unit, built."""
    builder.build(execute=False, root=tiny_course)
    monkeypatch.chdir(tiny_course)
    return tiny_course


@pytest.fixture
def released(course):
    return notebooks.read(course / "notebooks" / UNIT / f"{UNIT}.ipynb")


@pytest.fixture
def answered(released):
    """The student's notebook with right answers, and a written one."""
    student = demo_class.fill(copy.deepcopy(released), ANSWERS)
    written = next(cell for cell in student.cells if cell.cell_type == "markdown" and "nbgrader" in cell.metadata)
    written.source = "Because twice is more than once."
    return student


def save(notebook, file):
    """As the student's program writes it, valid or not by the newest format."""
    file.write_text(nbformat.v4.writes(notebook), encoding="utf-8")
    return file


def marks(notebook):
    """What nbgrader goes by: the cells that it knows, in their order, and how it treats them."""
    marked = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    return [(cell.cell_type, dict(cell.metadata.nbgrader)) for cell in marked]


@pytest.mark.parametrize("alter", ALTERATIONS, ids=lambda alter: alter.__name__)
def test_what_came_back_has_its_metadata_and_its_answers(course, released, answered, alter, tmp_path):
    file = save(alter(answered, None), tmp_path / f"Copy of {UNIT}.ipynb")
    before = file.read_bytes()
    repaired = notebooks.read(repair_notebook.repair(file).file)
    assert file.read_bytes() == before
    assert marks(repaired) == marks(released)
    sources = {cell.metadata.nbgrader.grade_id: cell.source for cell in repaired.cells if "nbgrader" in cell.metadata}
    assert {name: sources[name] for name in ANSWERS} == ANSWERS
    assert "Because twice is more than once." in sources.values()
    tags = [cell.metadata.get("tags") for cell in repaired.cells if cell.metadata.get("tags")]
    assert tags == [cell.metadata["tags"] for cell in released.cells if cell.metadata.get("tags")]
    assert repaired.metadata.kernelspec.name == "python3"


def test_a_repaired_notebook_earns_what_the_answers_are_worth(course, answered, tmp_path):
    file = save(copied_by_hand(answered, None), tmp_path / f"{UNIT}.ipynb")
    repaired = notebooks.read(repair_notebook.repair(file).file)
    notebooks.run(repaired, tmp_path, "repaired")
    printed = "".join(output.get("text", "") for cell in repaired.cells for output in cell.get("outputs", []))
    assert printed.count("the check passes") == 2  # the third one says nothing


def test_a_changed_check_is_put_right_and_what_stood_there_is_kept(course, released, answered, tmp_path):
    check = next(cell for cell in answered.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "test_double")
    check.source = "def double(n):\n    return 2 * n  # my answer, in the wrong cell"
    done = repair_notebook.repair(save(answered, tmp_path / f"{UNIT}.ipynb"))
    repaired = notebooks.read(done.file)
    assert marks(repaired) == marks(released)
    assert "The check test_double was changed; the original check was used." in done.notes
    kept = [cell for cell in repaired.cells if cell.cell_type == "raw"]
    assert [cell.source for cell in kept] == [check.source]


def test_an_answer_that_is_not_found_is_named_and_stays_in_the_notebook(course, answered, tmp_path):
    copied_by_hand(answered, None)
    answer = next(cell for cell in answered.cells if cell.source == ANSWERS["triple"])
    answer.source = answer.source.replace("triple", "threefold")
    file = save(answered, tmp_path / f"{UNIT}.ipynb")
    outcome = CliRunner().invoke(main, ["repair", str(file)])
    assert outcome.exit_code == 1
    assert "Could not find your answer to: triple." in outcome.output
    text = (tmp_path / f"{UNIT}.repaired.ipynb").read_text(encoding="utf-8")
    assert "def threefold" in text
    assert "raise NotImplementedError" in text


def test_a_sound_notebook_needs_no_repair(course, answered, tmp_path):
    file = save(answered, tmp_path / f"{UNIT}.ipynb")
    outcome = CliRunner().invoke(main, ["repair", str(file), "--into", str(tmp_path / "new.ipynb")])
    assert outcome.exit_code == 0
    assert "Nothing to repair." in outcome.output
    assert (tmp_path / "new.ipynb").is_file()


def error_message(*arguments):
    outcome = CliRunner().invoke(main, ["repair", *map(str, arguments)])
    assert outcome.exit_code == 1
    assert "Traceback" not in outcome.output
    return outcome.output


def test_what_cannot_be_repaired_raises_with_the_reason(course, answered, tmp_path, monkeypatch):
    file = save(answered, tmp_path / f"{UNIT}.ipynb")
    half = tmp_path / "half.ipynb"
    half.write_bytes(file.read_bytes()[:300])
    assert "is not a notebook" in error_message(half)
    assert "no notebook at" in error_message(tmp_path / "none.ipynb")
    assert "cannot determine the unit of mine.ipynb" in error_message(save(answered, tmp_path / "mine.ipynb"))
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('another course')")])
    assert f"has no cell of {UNIT}" in error_message(save(other, tmp_path / f"other_{UNIT}.ipynb"))
    (tmp_path / f"{UNIT}.repaired.ipynb").write_text("mine", encoding="utf-8")
    assert "already exists" in error_message(file)
    assert (tmp_path / f"{UNIT}.repaired.ipynb").read_text(encoding="utf-8") == "mine"


def test_images_raw_cells_and_metadata_survive_a_repair(course, answered, tmp_path):
    image = {"sketch.png": {"image/png": "iVBORw0KGgo="}}
    written = next(cell for cell in answered.cells if cell.cell_type == "markdown" and "nbgrader" in cell.metadata)
    written["attachments"] = image
    raw = nbformat.v4.new_raw_cell("<b>raw</b>", metadata={"format": "text/html"}, id="raw")
    answered.cells.insert(2, raw)
    repaired = notebooks.read(repair_notebook.repair(save(answered, tmp_path / f"{UNIT}.ipynb")).file)
    assert [cell.attachments for cell in repaired.cells if "attachments" in cell] == [image]
    kept = [(cell.source, cell.metadata) for cell in repaired.cells if cell.cell_type == "raw"]
    assert kept == [(raw.source, raw.metadata)]


def test_the_release_is_that_of_the_course_around_the_notebook_and_is_named(
    course, released, answered, tmp_path_factory, monkeypatch
):
    other = tmp_path_factory.mktemp("other")
    monkeypatch.chdir(other)
    copied_by_hand(answered, None)
    inside = course / "submitted" / "ann"
    inside.mkdir(parents=True)
    outcome = CliRunner().invoke(main, ["repair", str(save(answered, inside / f"{UNIT}.ipynb"))])
    assert outcome.exit_code == 0, outcome.output
    assert f"Compared with the release in {course.resolve() / 'solutions' / UNIT}." in outcome.output
    assert marks(notebooks.read(inside / f"{UNIT}.repaired.ipynb")) == marks(released)
    outside = save(answered, other / "01_cnn_parameters.ipynb")  # the clone around the package has this unit
    assert "is in a course: name the released notebook with --release FILE" in error_message(outside)
    assert not list(other.glob("*.repaired.ipynb"))


def test_a_release_can_be_named(course, released, answered, tmp_path):
    copied_by_hand(answered, None)
    file = save(answered, tmp_path / "homework.ipynb")
    release = save(released, tmp_path / "downloaded.ipynb")
    assert marks(notebooks.read(repair_notebook.repair(file, release).file)) == marks(released)
    with pytest.raises(ValueError, match="no cell of the release has nbgrader's metadata"):
        repair_notebook.repair(file, file, tmp_path / "new.ipynb")


@pytest.mark.filterwarnings("error::nbformat.warnings.MissingIDFieldWarning")
def test_a_release_that_came_back_from_colab_is_read_like_any_other(course, released, answered, tmp_path):
    file = save(accidents.stripped_metadata(answered, None), tmp_path / "homework.ipynb")
    release = save(accidents.through_colab(copy.deepcopy(released), None), tmp_path / "downloaded.ipynb")
    assert "id" not in json.loads(release.read_text(encoding="utf-8"))["cells"][0]  # the badge
    assert marks(notebooks.read(repair_notebook.repair(file, release).file)) == marks(released)


@pytest.mark.parametrize("unit", unit_sources.unit_names(ROOT))
def test_every_unit_survives_the_loss_of_all_metadata(unit, tmp_path):
    reference = notebooks.read(ROOT / "solutions" / unit / f"{unit}.ipynb")
    released = notebooks.read(ROOT / "notebooks" / unit / f"{unit}.ipynb")
    answers = demo_class.solved(reference)
    student = copied_by_hand(demo_class.fill(copy.deepcopy(released), answers), None)
    release = ROOT / "notebooks" / unit / f"{unit}.ipynb"
    done = repair_notebook.repair(save(student, tmp_path / f"{unit}.ipynb"), release)
    repaired = notebooks.read(done.file)
    assert marks(repaired) == marks(released)
    assert not done.unanswered
    sources = {cell.metadata.nbgrader.grade_id: cell.source for cell in repaired.cells if "nbgrader" in cell.metadata}
    assert {name: sources[name] for name in answers} == answers
