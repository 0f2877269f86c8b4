"""A number in a unit's prose stands in an output above it, in recorded results, in arithmetic, or beside its source."""

import json

import nbformat
import prose
import pytest
from conftest import ROOT

from tlcourse import notebooks, units

RESULTS = ROOT / "data" / "results"


@pytest.mark.parametrize("unit", units.names(ROOT))
def test_the_prose_of_a_unit_says_what_was_measured(unit):
    notebook = notebooks.read(ROOT / "solutions" / unit / f"{unit}.ipynb")
    missing = prose.unsupported(notebook, RESULTS)
    lines = [
        f"{unit}, {notebooks.describe(notebook.cells[cell])}: {number} in '{line}'" for cell, number, line in missing
    ]
    assert not lines, "numbers without evidence:\n" + "\n".join(lines)


@pytest.fixture
def claims(tmp_path):
    """What of a text is unsupported, in a unit that prints some numbers and names one file of results."""
    (tmp_path / "named.json").write_text(json.dumps({"transfer": {"mean": 0.98123, "ci95": [0.975, 0.987]}}))
    (tmp_path / "other.json").write_text(json.dumps({"secret": 0.5555}))

    def unsupported(text):
        printed = nbformat.v4.new_code_cell("print(n)", metadata={"tags": ["nbval-check-output"]})
        printed.outputs = [
            nbformat.v4.new_output("stream", text="3,216 parameters\naccuracy 0.98765, of them 12.5 %\n")
        ]
        timed = nbformat.v4.new_code_cell("print(seconds)  # data.results('named')")
        timed.outputs = [nbformat.v4.new_output("stream", text="took 7.25 s\n")]
        cells = [printed, timed, nbformat.v4.new_markdown_cell(text), nbformat.v4.new_code_cell("rate = 0.001")]
        return [number for _, number, _ in prose.unsupported(nbformat.v4.new_notebook(cells=cells), tmp_path)]

    return unsupported


@pytest.mark.parametrize(
    "text",
    [
        "It has 3,216 parameters, or 3.2 thousand; 98.8 % are right (0.9877), which is .988.",
        "An accuracy of 98.1 %, from 97.5 % to 98.7 %, and 12.5 % of them.",
        "The rate is 0.001.",
        "The lecture (C01) reports 93.47 % and 2,622 people.",
        "As He et al. report, 3.57 % are wrong.",
        "### Exercise 1.2: in Keras 3.15 of 2026, see section 2.1 and [here](https://example.org/1.5/2345)",
        "5 x 5 x 8 x 16 + 16 = 3,216, and 8 × 8 × 16 × 512 + 512 = 524,800, and $2 \\times 1{,}0 = 2$",
        "15 of 16 layers, 65 people, 3x3, VGG16, 48x48.",
    ],
)
def test_what_has_evidence_passes(claims, text):
    assert claims(text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("It has 3,217 parameters.", "3,217"),
        ("98.4 % are right.", "98.4 %"),
        ("An accuracy of 0.986.", "0.986"),
        ("It took 7.25 s, which another machine would not print.", "7.25"),
        ("The other file says 0.5555.", "0.5555"),
        ("5 x 5 x 8 x 16 + 16 = 3,217.", "3,217"),
        ("The lecture (C01) says 93.47 %.\n\nWe reach 99.9 %.", "99.9 %"),
        ("A third, 33 %.", "33 %"),
        ("It has 4.5 million.", "4.5 million"),
    ],
)
def test_a_planted_wrong_number_is_found(claims, text, number):
    assert claims(text) == [number]


def test_what_is_printed_below_is_no_evidence(tmp_path):
    below = nbformat.v4.new_code_cell("print(n)", metadata={"tags": ["nbval-check-output"]})
    below.outputs = [nbformat.v4.new_output("stream", text="3,216\n")]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("It has 3,216."), below])
    assert prose.unsupported(notebook, tmp_path) == [(0, "3,216", "It has 3,216.")]
