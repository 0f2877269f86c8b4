"""A student's notebook is run and its exercises reported, without nbgrader."""

import nbformat
import pytest

from tlcourse.building import builder
from tlcourse.commands.check_notebook import check
from tlcourse.samples import accidents


@pytest.fixture
def release(tiny_course):
    return builder.build(execute=False, root=tiny_course)[0].release


def answered(release, answers, name="mine.ipynb"):
    notebook = nbformat.read(release, as_version=4)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(grade_id, cell.source)
    nbformat.write(notebook, release.parent / name)
    return release.parent / name


def test_right_wrong_and_unsolved_exercises(release):
    report = check(answered(release, {"double": "def double(number):\n    return number + 1"}))
    assert [(outcome.name, outcome.passed) for outcome in report.outcomes] == [("double", False), ("triple", False)]
    text = str(report)
    assert "✘ Exercise 1.1: double a number  not yet: double(2) should be 4, but it is 3" in text
    assert "That is what comes out when one is added" in text
    assert "✘ Exercise 1.2: triple a number  not yet: not solved" in text
    assert not report.passed


def test_all_right(release):
    solved = {"double": "def double(n): return n + n", "triple": "triple = lambda n: 3 * n"}
    report = check(answered(release, solved))
    assert report.passed
    assert str(report).endswith("2 of 2 exercises pass their visible checks.")


@pytest.mark.slow
def test_a_cell_that_hangs_is_stopped_and_one_that_raises_is_named(release):
    slow = "import time\ndef double(n):\n    time.sleep(60)"
    report = check(answered(release, {"double": slow, "triple": "def triple(n): return 3 * n\nnonsense"}), seconds=3)
    assert [outcome.passed for outcome in report.outcomes] == [False, True]
    assert "stopped after 3 s" in str(report) or "KeyboardInterrupt" in str(report)
    assert report.errors == ["cell triple: NameError: name 'nonsense' is not defined"]


def test_a_deleted_check_is_not_a_pass(release):
    notebook = nbformat.read(release, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "test_triple"]
    nbformat.write(notebook, release)
    assert "its check is missing" in str(check(release))


def test_a_colab_copy_is_read(release):
    notebook = nbformat.read(release, as_version=4)
    notebook.nbformat_minor = 0
    for cell in notebook.cells:
        cell.metadata["id"] = cell.pop("id")
        cell.metadata["outputId"] = "x"
    nbformat.write(notebook, release)
    assert len(check(release).outcomes) == 2


def test_what_is_no_notebook_or_has_no_exercise_is_reported(tmp_path):
    with pytest.raises(FileNotFoundError, match="no notebook at"):
        check(tmp_path / "missing.ipynb")
    (tmp_path / "text.ipynb").write_text("hello")
    (tmp_path / "list.ipynb").write_text("[1, 2]")
    (tmp_path / "bytes.ipynb").write_bytes(b"\x89PNG\r\n")
    for name in ("text", "list", "bytes"):
        with pytest.raises(ValueError, match=rf"{name}\.ipynb is not a Jupyter notebook"):
            check(tmp_path / f"{name}.ipynb")
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), tmp_path / "none.ipynb")
    with pytest.raises(ValueError, match=r"has no exercises to check.*`tlcourse repair \S*none\.ipynb`"):
        check(tmp_path / "none.ipynb")


def test_a_notebook_without_metadata_is_reported_with_the_repair(release):
    notebook = nbformat.read(release, as_version=4)
    next(cell for cell in notebook.cells if cell.id == "triple").metadata = {}
    nbformat.write(notebook, release)
    with pytest.raises(ValueError, match=r"cell test_triple tests no exercise: .*`tlcourse repair \S*01_tiny\.ipynb`"):
        check(release)
    nbformat.write(accidents.stripped_metadata(notebook, release), release)
    with pytest.raises(ValueError, match=r"has no exercises to check.*`tlcourse repair \S*01_tiny\.ipynb`"):
        check(release)
