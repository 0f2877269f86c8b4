"""A check that cannot say what is wrong gets the error of the answer, and a remedy."""

from types import SimpleNamespace

import pytest

from tlcourse.grading.engine.answer_errors import cell_remedy, explained
from tlcourse.grading.engine.notebook_run import Run, error_output
from tlcourse.samples import demo_class

FAILED = {"outcome": "failed", "outputs": [{"output_type": "stream", "name": "stdout", "text": "shown"}]}


def message(assignment, released, answer, error, stopped=None, scratch=None):
    """What a student reads of a failed check of `double`."""
    notebook = demo_class.fill(released, {"double": answer})
    if scratch:
        cell = next(cell for cell in notebook.cells if cell.source.startswith("print("))
        cell.source += f"\n{scratch}"
    place = next(n for n, cell in enumerate(notebook.cells) if cell.source == answer)
    run = Run(outputs={str(place): {"outputs": [error_output(*stopped)]}} if stopped else {})
    runner = SimpleNamespace(notebook=notebook, run=run)
    verdict = explained({**FAILED, "message": error}, runner, assignment, "test_double")
    assert verdict["outcome"] == "failed"
    assert verdict["outputs"][0]["text"] == "shown"
    return verdict["message"]


SUM = "def double(n):\n    return helper(n)\n\ndef helper(n):\n    return sum([n, n])"


@pytest.mark.parametrize(
    ("scratch", "error", "named"),
    [
        ("sum = 0", "TypeError: 'int' object is not callable", "the line `sum = 0`"),
        ("sum = lambda values: 0", "double(2) should be 4, but it is 0.", "the line `sum = lambda values: 0`"),
        ("sum = 0", "double(2) should be 4, but it is 0.", "the line `sum = 0`"),
        ("warnings = []", "TypeError: 'int' object is not callable", None),
        ("max = 0", "TypeError: 'int' object is not callable", None),
    ],
)
def test_a_name_that_the_notebook_replaces_is_named(assignment, released, scratch, error, named):
    text = message(assignment, released, SUM, error, scratch=scratch)
    if named is None:
        assert text == error
    else:
        assert text.startswith(error)
        assert named in text
        assert text.endswith("restart the kernel, and run all cells.")


def test_a_replaced_import_is_named_where_it_stops_the_answer(assignment, released):
    answer = "def double(n):\n    warnings.warn('x')\n    return n + n"
    error = "AttributeError: 'list' object has no attribute 'warn'"
    assert "the line `warnings = []`" in message(assignment, released, answer, error, scratch="warnings = []")
    wrong = "double(2) should be 4, but it is 3."
    assert message(assignment, released, answer, wrong, scratch="warnings = []") == wrong


@pytest.mark.parametrize(
    ("answer", "stopped", "remedy"),
    [
        ("def double(n):\n    return “2”", ("SyntaxError", "invalid character '“' (U+201C)"), "curly quotes"),
        ("def double(n):\n\u00a0   return 2", ("SyntaxError", "invalid non-printable character U+00A0"), "no-break"),
        ("def double(n):\nreturn 2", ("IndentationError", "expected an indented block"), "four spaces"),
        ("def double(n): ...\nnp.pi", ("NameError", "name 'np' is not defined"), "Add `import numpy as np`"),
        ("def double(n): ...\nmath.pi", ("NameError", "name 'math' is not defined"), "Add `import math` to"),
        (
            "def double(n): ...\nfactor",
            ("NameError", "name 'factor' is not defined"),
            "No earlier cell defines `factor`",
        ),
        ("import torch", ("ModuleNotFoundError", "No module named 'torch'"), "The package torch is not available"),
        ("def double(n): ...\n1 / 0", ("ZeroDivisionError", "division by zero"), "Restart the kernel"),
    ],
)
def test_the_error_of_the_answers_cell_comes_with_a_remedy(assignment, released, answer, stopped, remedy):
    for error in ("KeyError: 'double'", "NameError: name 'double' is not defined"):
        text = message(assignment, released, answer, error, stopped)
        assert text.startswith(f"The answer cell of double stopped with {stopped[0]}: {stopped[1]}. ")
        assert remedy in text


def test_an_import_that_is_missing_inside_the_function_is_named(assignment, released):
    error = "NameError: name 'np' is not defined"
    text = message(assignment, released, "def double(n):\n    return np.add(n, n)", error)
    assert text == f"{error}. Add `import numpy as np` to the cell."


def test_an_ordinary_message_stays(assignment, released):
    error = "double(2) should be 4, but it is 3."
    assert message(assignment, released, "def double(n):\n    return 3", error) == error
    assert (
        cell_remedy("ValueError: no", "")
        == "Restart the kernel and run all cells. Correct the error, and save the notebook."
    )
    withheld = "ImportError: a graded answer cannot import tlcourse.research, which contains solutions"
    assert cell_remedy(withheld, "") == "Write the answer yourself."
