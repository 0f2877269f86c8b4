"""What the text of a cell says as Python."""

import pytest

from tlcourse.grading.model.cell_code import defined_functions


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def double(n):\n    return 2 * n\n\nasync def triple(n):\n    return 3 * n", ["double", "triple"]),
        ("def outer():\n    def inner():\n        pass", ["outer"]),
        ("%matplotlib inline\ndef double (n): return 2 * n", ["double"]),
        ("'''\ndef quoted(n)\n'''", []),
        ("def double(n):\n    return 2 *\n\nasync def triple(n):", ["double", "triple"]),
        ("", []),
    ],
    ids=["both kinds", "nested", "behind a magic", "in a text", "no Python", "empty"],
)
def test_functions_at_the_top_level_of_a_cell(source, names):
    assert defined_functions(source) == names
