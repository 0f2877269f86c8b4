"""What the text of a cell says as Python."""

import ast
import time

import pytest
from conftest import in_time

from tlcourse.grading.engine.cell_selection import assigned_and_read_names
from tlcourse.grading.model.cell_code import defined_functions, parsed


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def double(n):\n    return 2 * n\n\nasync def triple(n):\n    return 3 * n", ["double", "triple"]),
        ("def outer():\n    def inner():\n        pass", ["outer"]),
        ("%matplotlib inline\ndef double (n): return 2 * n", ["double"]),
        ("'''\ndef quoted(n)\n'''", []),
        ("def double(n):\n    return 2 *\n\nasync def triple(n):", ["double", "triple"]),
        ("%%time\ndef double(n):\n    return 2 * n", ["double"]),
        ("first?\n!pwd\ndef double(n):\n    return 2 * n", ["double"]),
        ("", []),
    ],
    ids=["both kinds", "nested", "behind a magic", "in a text", "no Python", "in a magic", "behind help", "empty"],
)
def test_functions_at_the_top_level_of_a_cell(source, names):
    assert defined_functions(source) == names


@pytest.mark.parametrize(
    ("source", "python"),
    [
        ("first?", "first"),
        ("?first", "first"),
        ("!pwd\nx = y", "pass\nx = y"),
        ("%time x = f(y)", "x = f(y)"),
        ("x = %time f(y)", "x = f(y)"),
        ("%timeit -n1 -r 1 f(y)", "f(y)"),
        ("%%timeit -q\nx = f(y)", "x = f(y)"),
        ("%%javascript\nvar x = 1;", "pass"),
        ("x = '''\n%time y\n'''\nz?", "x = '\\n%time y\\n'\nz"),
        ("def f(a, a):\n    pass", "def f(a, a):\n    pass"),
        ("x = (", ""),
        ("x = " + "-" * 9000 + "1", ""),
    ],
)
def test_the_code_in_magics_is_part_of_a_cell(source, python):
    """Otherwise the cells that it needs would be left out."""
    assert ast.unparse(parsed(source)) == python


SLOW = {
    "shell": "\n".join(["!ls"] * 2_000) + "\nx = y",
    "help": "\n".join(["z?"] * 2_000) + "\nx = y",
    "assigned": "\n".join(["z = !ls"] * 2_000) + "\nx = y",
    "in one another": "x = y\n" + "%time " * 500 + "z",
    "comments": "!ls\n" + "# z\n" * 20_000 + "x = y",
    "spaces": "!ls\nx = (\n" + " " * 90_000 + "y)",
    "parts": "x = f'" + "{y}" * 30_000 + "'",
}


@pytest.mark.parametrize("source", SLOW.values(), ids=SLOW)
def test_a_cell_that_takes_ipython_hours_is_read_in_time(source):
    """No sandbox limits what reading costs the grader."""
    started = time.process_time()
    tree = parsed(source)
    in_time(time.process_time() - started, 6, "s")
    assert {"x", "y"} <= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_a_cell_that_is_too_long_to_be_parsed_uses_all_its_words():
    source = "double = 3\n" * 20_000
    assert parsed(source).body == []
    assert defined_functions("def double(n):\n    return n\n" + source) == ["double"]
    assert assigned_and_read_names(source) == ({"double"}, {"double"})
