"""The ledger of claims: complete, and its verdicts follow the records and the stored outputs."""

import json

import nbformat
import pytest
from conftest import ROOT

from tlcourse.building import claims

SUMMARY = {"mean": 0.9, "ci95": [0.88, 0.92], "seeds": 3, "values": [0.9, 0.89, 0.91]}
WORSE = {**SUMMARY, "values": [0.5, 0.52, 0.51]}
SAME = {**SUMMARY, "values": [0.91, 0.88, 0.91]}


@pytest.fixture
def course(tmp_path):
    """A course with one unit that prints 3,216, and one record."""
    unit = tmp_path / "solutions" / "01_tiny" / "01_tiny.ipynb"
    unit.parent.mkdir(parents=True)
    cell = nbformat.v4.new_code_cell("print()", outputs=[nbformat.v4.new_output("stream", text="in all 3,216\n")])
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("## Count"), cell]), unit)
    (tmp_path / "data" / "results").mkdir(parents=True)
    record = {"with": SUMMARY, "deep": {"without": WORSE}, "same": SAME, "short": {**SUMMARY, "values": [1, 2]}}
    (tmp_path / "data" / "results" / "tiny.json").write_text(json.dumps(record))
    return tmp_path


def entry(course, *checks, head='unit = "01_tiny"\nsection = "Count"'):
    """The only entry of a ledger with these checks."""
    rows = ", ".join("{ shows = 'x', " + check + " }" for check in checks)
    text = f'[C01]\nclaim = "a | b"\n{head}\nchecks = [{rows}]'
    (course / "data" / "claims.toml").write_text(text)
    (only,) = claims.entries(course)
    return only


AGREES = "record = 'tiny', value = 'with - deep.without', above = 0"
DISAGREES = "record = 'tiny', value = 'deep.without - with', above = 0"
UNDECIDED = "record = 'tiny', value = 'with - same', above = 0"


def test_all_48_claims_are_there_once_and_in_order():
    entries = claims.entries(ROOT)
    assert [one.name for one in entries] == [f"C{number:02}" for number in range(1, 49)]
    assert {one.verdict for one in entries} <= set(claims.VERDICTS)
    for one in entries:
        assert bool(one.findings) == (one.unit is not None), f"{one.name}: a unit shows it, or nothing is measured"


@pytest.mark.parametrize(
    ("checks", "verdict"),
    [
        ([AGREES], "holds"),
        ([AGREES, AGREES], "holds"),
        ([AGREES, DISAGREES], "holds with limits"),
        ([AGREES, UNDECIDED], "holds with limits"),
        ([DISAGREES], "refuted"),
        ([DISAGREES, UNDECIDED], "refuted"),
        ([UNDECIDED], "not shown yet"),
        ([], "not shown yet"),
        (["record = 'tiny', value = 'with', near = 0.9"], "holds"),
        (["record = 'tiny', value = 'with', near = 0.95"], "refuted"),
        (["record = 'tiny', value = 'with', below = 0.95"], "holds"),
        (["record = 'tiny', value = 'with', below = 0.8"], "refuted"),
        (["output = 'in all ([0-9,]+)', near = 3216"], "holds"),
        (["output = 'in all ([0-9,]+)', near = 3217"], "refuted"),
        (["output = 'in all'"], "holds"),
        (["output = 'in all', refutes = true"], "refuted"),
        (["output = 'in all ([0-9,]+)', refutes = true", AGREES], "holds with limits"),
    ],
)
def test_a_verdict_follows_from_the_numbers(course, checks, verdict):
    assert entry(course, *checks).verdict == verdict


def test_differences_are_taken_seed_by_seed(course):
    (finding,) = entry(course, AGREES).findings
    assert finding.number == "0.39 (0.347 to 0.433)"  # of .40, .37, .40: mean .39, t(.975, 2) = 4.303, s = .0173


def test_a_difference_is_taken_over_the_seeds_that_both_have(course):
    (finding,) = entry(course, "record = 'tiny', value = 'with - short', below = 0").findings
    first, second = (value - other for value, other in zip(SUMMARY["values"], (1, 2), strict=False))
    assert finding.number.startswith(f"{(first + second) / 2:.4g} (")


def test_a_row_links_to_the_section_and_shows_the_number(course):
    entry(course, "output = 'in all ([0-9,]+)', near = 3216")
    row = claims.table(course).splitlines()[-1]
    assert row == "| C01 | a \\| b | x: 3,216; [Count](notebooks/01_tiny/01_tiny.ipynb) | holds |"


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("record = 'none', value = 'with', above = 0", "nothing is recorded"),
        ("record = 'tiny', value = 'with.without', above = 0", "has no 'with.without'"),
        ("record = 'tiny', value = 'with'", "not a check"),
        ("record = 'tiny', value = 'with', above = 0, verdict = 'holds'", "not a check"),
        ("output = 'nowhere'", "no stored output"),
        ("output = 'in all ([0-9,]+)'", "not a check"),
    ],
)
def test_what_is_not_there_is_named(course, check, words):
    with pytest.raises(ValueError, match=f"C01.*{words}"):
        entry(course, check)


def test_a_section_that_is_not_there_is_named(course):
    with pytest.raises(ValueError, match="no section 'Nowhere'"):
        entry(course, AGREES, head='unit = "01_tiny"\nsection = "Nowhere"')
    with pytest.raises(ValueError, match="names no unit"):
        entry(course, AGREES, head="")
