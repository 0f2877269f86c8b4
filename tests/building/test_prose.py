"""A number in a unit's prose stands in an output above it, in its section's code, in a sum, or beside its source."""

import nbformat
import prose
import pytest
from conftest import ROOT

from tlcourse import notebooks
from tlcourse.building import unit_sources

CLAIMS = prose.claimed_numbers(ROOT / "data" / "claims.toml")
LARGEST_FALSE_PASS_RATE = 0.15  # of wrong numbers with two or more digits


def _unit(name):
    return notebooks.read(ROOT / "solutions" / name / f"{name}.ipynb")


@pytest.mark.parametrize("unit", unit_sources.unit_names(ROOT))
def test_the_prose_of_a_unit_agrees_with_the_measurements(unit):
    notebook = _unit(unit)
    lines = [
        f"{unit}, {notebooks.describe(notebook.cells[missing.cell])}: {missing.number}\n"
        f"  in: {missing.sentence}\n  looked for in: {missing.looked}"
        for missing in prose.unsupported(notebook, CLAIMS)
    ]
    assert not lines, "numbers without evidence (tests/support/prose.py says what counts as evidence):\n" + "\n".join(
        lines
    )


@pytest.mark.slow
@pytest.mark.parametrize("unit", unit_sources.unit_names(ROOT))
def test_few_wrong_numbers_would_pass(unit):
    assert prose.false_pass_rate(_unit(unit), CLAIMS, seed=0, draws=10) < LARGEST_FALSE_PASS_RATE


PRINTED = "3,216 parameters\naccuracy 0.98765, of them 12.5 %\nscratch 0.4, lost -3.8 (-7.3 to -0.3) points\n"
LATER = "the teacher: 81.5 % (79.9 % to 83.1 %)\n"


def _printing(text, tagged=True):
    cell = nbformat.v4.new_code_cell("print(n)", metadata={"tags": ["nbval-check-output"] if tagged else []})
    cell.outputs = [nbformat.v4.new_output("stream", text=text)]
    return cell


def _unit_with(text):
    """A unit of three sections, with a text in the middle of the second."""
    return nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("## Before\n\nA number that was said: it has 99.25 %, says Li (Li 2020)."),
            _printing("an earlier section: 61.7 %\n"),
            nbformat.v4.new_markdown_cell("## Now"),
            _printing(PRINTED),
            _printing("took 7.25 s\n", tagged=False),
            nbformat.v4.new_markdown_cell(text),
            nbformat.v4.new_code_cell("rate = 0.001  # not 0.035\nprint(f'{rate:.7f}')"),
            nbformat.v4.new_markdown_cell("## Later"),
            _printing(LATER),
            nbformat.v4.new_code_cell("rate = 0.002"),
        ]
    )


@pytest.fixture
def unsupported():
    """What of a text is unsupported, in a unit that prints some numbers."""
    claims = {"C01": [*prose.groups("93.47 % of 2,622 people")], "C02": []}
    return lambda text: [missing.number for missing in prose.unsupported(_unit_with(text), claims)]


@pytest.mark.parametrize(
    "text",
    [
        "It has 3,216 parameters, or 3.2 thousand; 98.8 % are right (0.9877), which is .988.",
        "Here 12.5 % of them, and 12 % or 13 %, and 98.77\n%.",
        "It lost 3.8 points, -3.8 (-7.3 to -0.3) points; a loss of 3.8 points (0.3 to 7.3), or −3.8, −7.3 to −0.3.",
        "Its interval goes from −7.3 to −0.3; for the loss it is an interval that goes from 0.3 to 7.3.",
        "The rate is 0.001.",
        "The lecture (C01) reports 93.47 % and 2,622 people.",
        "As He et al. report, 3.57 % are wrong. It is 0.77 % elsewhere (Hinton, Vinyals & Dean 2015).",
        "### Exercise 1.2: in Keras 3.15 of 2026, see section 2.1 and [here](https://example.org/1.5/2345)",
        "### Exercise 1.2: soften\n\nFor `[0.77, 1.55]` it is 0.31.\n\nFor 1,234 photos, too.",
        "5 x 5 x 8 x 16 + 16 = 3,216, and 8 × 8 × 16 × 512 + 512 = 524,800, and $2 \\times 1{,}0 = 2$",
        "98.8 % - 12.5 % = 86.3 points, 1 / 65 = 1.5 %, and 4 · 0.4, about 1.6.",
        "15 of 16 layers, 65 people, 3x3, VGG16, 48x48.",
        "It was 99.25 % before, and 61.7 % above. The teacher below has 81.5 % (79.9 to 83.1).",
        "The whiskers are 95% confidence intervals; what does 95% CI mean?",
        "The bars are 95 % intervals over 1,234,567 x 2 = 2,469,134 runs (Doe 2019).",
    ],
)
def test_what_has_evidence_passes(unsupported, text):
    assert unsupported(text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("It has 3,217 parameters.", "3,217"),
        ("98.4 % are right.", "98.4 %"),
        ("An accuracy of 0.986.", "0.986"),
        ("A gain of +3.8 points.", "+3.8 points"),
        ("It lost 7.3 points, the bound of an interval.", "7.3 points"),
        ("It lost 3.8 (0.3 to 7.2) points.", "3.8 0.3 7.2"),
        ("The interval runs from 0.3 to 7.4.", "0.3 7.4"),
        ("It lost 12.5 points, which were printed as percents.", "12.5 points"),
        ("It lost 3.8 %, which were printed as points.", "3.8 %"),
        ("It took 7.25 s, which another machine would not print.", "7.25"),
        ("Only a comment says 0.035.", "0.035"),
        ("A gain of 0.1 points: a setting is no measurement.", "0.1 points"),
        ("A rate of 0.002, which another section sets.", "0.002"),
        ("It is 61.7 %, which another section printed.", "61.7 %"),
        ("It is 81.5 %, which a later section prints.", "81.5 %"),
        ("5 x 5 x 8 x 16 + 16 = 3,217.", "3,217"),
        ("98.8 % - 12.5 % = 86.4 points.", "86.4 points"),
        ("The lecture (C01) says 93.47 %, and we reach 99.9 % (C02).", "99.9 %"),
        ("The lecture (C01) says 93.47 %.\n\nWe reach 93.48 %.", "93.48 %"),
        ("As He et al. report, 3.57 % are wrong. Here it is 3.58 %.", "3.58 %"),
        ("### Exercise 1.2: soften\n\nIn exercises too we have measured 44.4 %.", "44.4 %"),
        ("A third, 33 %.", "33 %"),
        ("It has 4.5 million.", "4.5 million"),
        ("What was said is 99.2 %.", "99.2 %"),
    ],
)
def test_a_planted_wrong_number_is_found(unsupported, text, number):
    assert unsupported(text) == [number]


def test_a_missing_number_is_reported_with_the_places_searched():
    (missing,) = prose.unsupported(_unit_with("Nothing wrong.\nIt has 3,217 parameters (C01). Nothing else."), {})
    assert missing == (
        5,
        "3,217",
        "It has 3,217 parameters (C01).",
        "what is printed above in 'Now' (nearest: 3,216), the text before, the section's code, C01 in data/claims.toml",
    )


def test_a_written_answer_may_quote_any_cell_above():
    notebook = _unit_with("It is 61.7 %, and 81.5 %, with a rate of 0.15 and not of 0.002.")
    notebook.cells[1].source = "rate = 0.15"
    notebook.cells[5].metadata["nbgrader"] = {"solution": True}
    assert [missing.number for missing in prose.unsupported(notebook, {})] == ["81.5 %", "0.002"]


def test_the_rate_of_wrong_numbers_that_pass_is_measured():
    cells = [_printing("one " + " ".join(f"{tenth / 10} %" for tenth in range(0, 1000, 2)))]
    cells.append(nbformat.v4.new_markdown_cell("It is 40.2 %."))
    notebook = nbformat.v4.new_notebook(cells=cells)
    assert prose.unsupported(notebook, {}) == []
    assert prose.false_pass_rate(notebook, {}, seed=0, draws=1000) == pytest.approx(0.5, abs=0.05)
    notebook.cells[0] = _printing("40.2 %")
    assert prose.false_pass_rate(notebook, {}, seed=0, draws=1000) == 0
