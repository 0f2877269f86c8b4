"""A notebook that replaces a name is told which line to delete."""

import subprocess
import sys

import pytest

from tlcourse.replaced_names import REMEDY, notebook_remedy, replaced_names

SETUP = "import numpy as np\nimport keras\nfrom tlcourse import checks\ndef accuracy(head):\n    return 1\n"


@pytest.mark.parametrize(
    ("cell", "name", "line"),
    [
        ("sum = 0\nfor n in range(3):\n    sum += n", "sum", "sum += n"),
        ("list = [1, 2]", "list", "list = [1, 2]"),
        ("for max in range(3): pass", "max", "for max in range(3): pass"),
        ("with open('x') as input: pass", "input", "with open('x') as input: pass"),
        ("if True:\n    print = None", "print", "print = None"),
        ("def len(x):\n    return 0", "len", "def len(x):"),
        ("from numpy import *", "sum", "from numpy import *"),
        ("from numpy import sum", "sum", "from numpy import sum"),
        ("(a, abs), b = (1, 2), 3", "abs", "(a, abs), b = (1, 2), 3"),
        ("np = 3", "np", "np = 3"),
        ("keras = 'notes'", "keras", "keras = 'notes'"),
        ("accuracy = 0.93", "accuracy", "accuracy = 0.93"),
        ("x = (checks := 4)", "checks", "x = (checks := 4)"),
    ],
)
def test_the_line_at_fault_is_named(cell, name, line):
    assert "numpy" in sys.modules, "what `from numpy import *` means is looked up where numpy has been imported"
    (sentence,) = replaced_names([SETUP, "### not Python (", cell], {name}).values()
    assert f"`{name}`" in sentence
    assert f"the line `{line}` of the notebook replaces it" in sentence
    assert sentence.endswith(f"{REMEDY}.")


@pytest.mark.parametrize(
    "cell",
    [
        "def f(sum):\n    max = sum\n    return max",
        "class A:\n    sum = 0",
        "total = [sum for sum in range(3)]",
        "f = lambda sum: sum",
        "np.sum = 3",
        "np = 3\nimport numpy as np",
        "values['sum'] = 1",
        "teacher = 1\nteacher = 2",
        "print(sum([1]))",
    ],
)
def test_names_that_keep_their_meaning_are_not_named(cell):
    assert replaced_names([SETUP, cell], {"sum", "max", "np", "teacher", "keras"}) == {}


def test_only_names_that_the_code_reads_count():
    assert replaced_names(["sum = 0"], {"max"}) == {}


NOTEBOOK = """
from tlcourse import checks
progress = checks.Progress({"double": "Exercise 1"})
ran = ["sum = 0", "def double(n):\\n    return sum([n, n])", "len = 4", "np = 3"]
In = ["", *ran]
for source in ran:
    exec(source)
for check in ("checks.returns(double, (2,), 4)", "len([2])", "np.zeros(2)", "triple(2)", "{}['x']", "1 / 0"):
    try:
        exec(compile(f"with progress.exercise('double'):\\n    {check}", "<check>", "exec"))
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
"""


def test_a_check_in_a_notebook_names_the_line():
    done = subprocess.run([sys.executable, "-c", NOTEBOOK], capture_output=True, encoding="utf-8", check=True)
    lines = done.stdout.splitlines()
    assert lines[0].startswith(
        "AssertionError: TypeError: 'int' object is not callable. `sum` is Python's own, but the"
    )
    assert "the line `sum = 0` of the notebook replaces it" in lines[0]
    assert "the line `len = 4` of the notebook replaces it" in lines[1]
    assert lines[2].startswith("AttributeError"), "np is not imported in this notebook"
    assert lines[3].endswith(
        "Run the cell that defines or imports `triple`; if that cell shows an error, correct it first."
    )
    assert lines[4:] == ["KeyError: 'x'", "ZeroDivisionError: division by zero"]


def test_an_error_outside_a_notebook_has_no_remedy():
    with pytest.raises(TypeError) as caught:
        raise TypeError("no")
    assert notebook_remedy(caught.value) == ""
