"""data/claims.toml is sound whatever was measured; verdicts, and the report on sentences, follow the records."""

import contextlib
import io
import json
import shutil
import tomllib

import nbformat
import numpy as np
import prose
import pytest
from click.testing import CliRunner
from conftest import ROOT

from tlcourse import notebooks
from tlcourse.building import claim_tables, claims, contrasts, verdicts
from tlcourse.commands.main import main
from tlcourse.stats import paired_difference, summary

TEXT = "## Count\n\nWith all of it the\nnetwork gains 39.0 points."
SUMMARY = {"mean": 0.9, "ci95": [0.88, 0.92], "seeds": 3, "values": [0.9, 0.89, 0.91]}
WORSE = {**SUMMARY, "values": [0.5, 0.52, 0.51]}
SAME = {**SUMMARY, "values": [0.91, 0.88, 0.91]}


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with one unit that prints 3,216, and one record; at most two contrasts can be registered."""
    monkeypatch.setattr(verdicts, "REGISTERED", 2)
    unit = tmp_path / "solutions" / "01_tiny" / "01_tiny.ipynb"
    unit.parent.mkdir(parents=True)
    cell = nbformat.v4.new_code_cell("print()", outputs=[nbformat.v4.new_output("stream", text="in all 3,216\n")])
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(TEXT), cell]), unit)
    (tmp_path / "data" / "results").mkdir(parents=True)
    record = {"with": SUMMARY, "deep": {"without": WORSE}, "same": SAME, "short": {**SUMMARY, "values": [1, 2]}}
    record["choice"] = {"a": SUMMARY, "b": {**SUMMARY, "mean": 0.95}}
    (tmp_path / "data" / "results" / "tiny.json").write_text(json.dumps(record))
    return tmp_path


HEAD = 'unit = "01_tiny"\nsection = "Count"'
PRIMARY = """[C01.primary]
shows = "gain"
record = "tiny"
value = "with - deep.without"
claimed = "above"
margin = 0.1
why = "x"
n = 3
scope = "one task"
tasks = ["a", "b"]
"""


def entry(course, *checks, head=HEAD, primary=""):
    """The only entry of a table of claims with these checks."""
    rows = ", ".join("{ shows = 'x', " + check + " }" for check in checks)
    text = f'[C01]\nclaim = "a | b"\n{head}\nchecks = [{rows}]\n{primary}'
    (course / "data" / "claims.toml").write_text(text)
    (only,) = claims.entries(course)
    return only


def stated(course, registered=False, **changes):
    """The entry of a claim with a primary contrast; a change to None leaves the line out."""
    changed = {**tomllib.loads(PRIMARY)["C01"]["primary"], **changes}
    lines = [f"{key} = {json.dumps(part)}" for key, part in changed.items() if part is not None]
    registrations = f'[registrations]\ntiny = "{"0" * 40}"\n' if registered else ""
    return entry(course, primary="\n".join(["[C01.primary]", *lines, registrations]))


ARITHMETIC = f'kind = "arithmetic"\n{HEAD}'
DESCRIBES = "record = 'tiny', value = 'with - deep.without'"
AGREES = f"{DESCRIBES}, above = 0"
DISAGREES = "record = 'tiny', value = 'deep.without - with', above = 0"
UNDECIDED = "record = 'tiny', value = 'with - same', above = 0"


def test_all_55_claims_are_there_once_and_in_order():
    entries = claims.entries(ROOT)
    names = [f"C{number:02}" for number in range(1, 56)]
    others = [entry.name for entry in entries[55:]]
    assert [entry.name for entry in entries] == [*names, *sorted(others)]
    assert all(name.startswith("X") for name in others), "the field's statements follow the lectures' claims"
    assert all(entry.note.startswith("Not from the lectures: ") for entry in entries[55:])
    assert {entry.verdict for entry in entries} <= set(verdicts.VERDICTS)
    for entry in entries:
        assert bool(entry.findings or entry.primary) == (entry.unit is not None), (
            f"{entry.name}: a unit shows it, or nothing"
        )


@pytest.mark.parametrize(
    ("checks", "verdict"),
    [
        ([AGREES], "supported"),
        ([AGREES, AGREES], "supported"),
        ([AGREES, DISAGREES], "corrected"),
        ([AGREES, UNDECIDED], "corrected"),
        ([DISAGREES], "corrected"),
        ([], "not shown yet"),
        (["record = 'tiny', value = 'with', near = 0.9"], "supported"),
        (["record = 'tiny', value = 'with', near = 0.95"], "corrected"),
        (["record = 'tiny', value = 'with', below = 0.95"], "supported"),
        (["output = 'in all ([0-9,]+)', near = 3216"], "supported"),
        (["output = 'in all ([0-9,]+)', near = 3217"], "corrected"),
        (["output = 'in all'"], "supported"),
        (["output = 'in all', refutes = true"], "corrected"),
        (["output = 'in all ([0-9,]+)', refutes = true", AGREES], "corrected"),
    ],
)
def test_checks_decide_about_arithmetic(course, checks, verdict):
    claim = entry(course, *checks, head=ARITHMETIC)
    assert (claim.verdict, claim.label) == (verdict, verdict)
    assert claim.is_decided == (verdict != "not shown yet")


@pytest.mark.parametrize("kind", ["definition", "question"])
def test_definitions_and_questions_are_illustrated(course, kind):
    assert entry(course, DESCRIBES, "output = 'in all'", head=f'kind = "{kind}"\n{HEAD}').verdict == "illustrated"
    illustrated = entry(course, DESCRIBES, head=f'kind = "{kind}"\n{HEAD}')
    assert (illustrated.decided_by, illustrated.is_decided) == ("illustration", False)
    assert entry(course, head=f'kind = "{kind}"\n{HEAD}').verdict == "not shown yet"


def test_checks_of_a_measured_claim_decide_nothing(course):
    claim = entry(course, DESCRIBES)
    assert (claim.verdict, claim.is_decided, claim.effect, claim.scope) == ("not shown yet", False, "", "")
    assert [finding.agrees for finding in claim.findings] == [None]


GENERAL = {"registered": True, "real": "b", "real_value": "with - deep.without", "teachers": 2}
REGISTERED = {"registered": True, "margin": 0.39}


@pytest.mark.parametrize(
    ("changes", "label", "basis"),
    [  # with - deep.without is .39 (.347 to .433), and with - same is 0 (-.043 to .043)
        ({}, "supported within its scope, exploratory", "exploration"),
        ({"registered": True}, "supported within its scope", "registration"),
        ({"registered": True, "real": "b"}, "supported within its scope", "registration"),
        (GENERAL, "supported", "registration"),
        (GENERAL | {"teachers": 1}, "supported within its scope", "registration"),
        (GENERAL | {"tasks": ["b"]}, "supported within its scope", "registration"),
        (GENERAL | {"exploratory": True}, "supported, exploratory", "exploration"),
        (GENERAL | {"claimed": "below"}, "contradicted", "registration"),
        ({"registered": True, "claimed": "equal"}, "contradicted within its scope", "registration"),
        (GENERAL | {"value": "with - same"}, "equivalent within its scope", "registration"),
        (GENERAL | {"value": "with - same", "real_value": "same - with"}, "equivalent", "registration"),
        (REGISTERED, "inconclusive, power not stated", None),
        (REGISTERED | {"power": "0.1 in 9 of 10 cases"}, "inconclusive", "registration"),
        ({"margin": 0.39, "power": "0.1 in 9 of 10 cases"}, "inconclusive, exploratory", None),
        ({"registered": True, "record": "later"}, "not shown yet", None),
    ],
)
def test_the_primary_contrast_decides_about_a_measured_claim(course, changes, label, basis):
    claim = stated(course, **changes)
    assert (claim.label, claim.decided_by, claim.is_decided) == (label, basis, basis == "registration")
    assert claim.verdict == label.split(" within")[0].split(",")[0]
    assert claim.scope.startswith("one task; ")


@pytest.mark.parametrize(
    ("changes", "counted"),
    [
        ({}, "**supported within its scope**: 1 exploratory (hypotheses). "),
        ({"registered": True}, "**supported within its scope**: 1 registered. Decided by a registered contrast: 1; "),
        ({"margin": 0.39}, "**inconclusive**: 1 exploratory. "),
        ({"record": "later"}, "**not shown yet**: 1. "),
    ],
)
def test_the_counts_split_measured_verdicts_by_their_contrast(course, changes, counted):
    stated(course, **changes)
    assert claim_tables.counts(course).startswith(counted)


@pytest.mark.parametrize("registered", [True, False])
def test_a_check_of_a_planned_record_is_not_measured_yet(course, registered):
    """Registered, or named by a primary contrast; a misspelled record stays an error."""
    planned = f"[registrations]\nlater = '{'0' * 40}'\n" if registered else PRIMARY.replace('"tiny"', '"later"')
    claim = entry(course, "record = 'later', value = 'a - tiny:with'", primary=planned)
    assert (claim.label, str(claim.findings[0])) == ("not shown yet", "x: not measured yet")
    assert "x: not measured yet" in claims.table(course)
    with pytest.raises(ValueError, match=r"C01.*no recorded results at .*latter"):
        entry(course, "record = 'latter', value = 'a'", primary=planned)
    with pytest.raises(ValueError, match=r"C01.*no recorded results at .*later"):
        entry(course, "record = 'later', value = 'a', above = 0", head=ARITHMETIC, primary=planned * registered)


def test_the_effect_is_shown_with_both_intervals_and_its_margin(course):
    effect = stated(course, claimed="equal").effect  # t(.975, 2) s sqrt(1 + 1/3) = .0861
    assert effect == "gain: 0.39 (0.347 to 0.433); one more seed 0.3039 to 0.4761; claimed within ±0.1"


def test_holms_correction_counts_all_exploratory_contrasts_with_data(course):
    """The same contrast ten times over: its p-value is that of one, and the correction takes it back."""
    text = f'[C01]\nclaim = "x"\n{HEAD}\n{PRIMARY}'.replace("margin = 0.1", "margin = 0.3")
    file = course / "data" / "claims.toml"
    file.write_text(text)
    (alone,) = claims.entries(course)
    assert (alone.verdict, alone.adjusted) == ("supported", alone.outcome.p_value)
    without_data = text.replace("C01", "C99").replace('record = "tiny"', 'record = "later"')
    file.write_text("".join(text.replace("C01", f"C{number}") for number in range(10, 20)) + without_data)
    *entries, last = claims.entries(course)
    assert [entry.adjusted for entry in entries] == pytest.approx([10 * alone.adjusted] * 10)
    assert {entry.label for entry in entries} == {"inconclusive after correction, power not stated, exploratory"}
    assert (last.verdict, last.adjusted) == ("not shown yet", 1.0)


def test_registered_contrasts_are_corrected_apart_for_a_fixed_number(course, monkeypatch):
    text = f'[C01]\nclaim = "x"\n{HEAD}\n{PRIMARY}'.replace("margin = 0.1", "margin = 0.3")
    later = text.replace("C01", "C02").replace('record = "tiny"', 'record = "later"')
    explored = [text.replace("C01", f"C{number}") + "exploratory = true\n" for number in (10, 11, 12)]
    registrations = f'[registrations]\ntiny = "{"0" * 40}"\nlater = "{"1" * 40}"\n'
    (course / "data" / "claims.toml").write_text("".join([text, later, *explored, registrations]))
    registered, unmeasured, *others = claims.entries(course)
    assert registered.adjusted == pytest.approx(2 * registered.outcome.p_value)
    monkeypatch.setattr(verdicts, "REGISTERED", 5)
    assert claims.entries(course)[0].adjusted == pytest.approx(5 * registered.outcome.p_value), "the size is fixed"
    monkeypatch.setattr(verdicts, "REGISTERED", 1)
    with pytest.raises(ValueError, match="2 contrasts are registered; the correction allows 1"):
        claims.entries(course)
    assert (unmeasured.verdict, unmeasured.adjusted) == ("not shown yet", 1.0)
    assert [entry.adjusted for entry in others] == pytest.approx([3 * registered.outcome.p_value] * 3)


def test_differences_are_taken_seed_by_seed(course):
    (finding,) = entry(course, DESCRIBES).findings
    assert finding.number == "0.39 (0.347 to 0.433)"  # of .40, .37, .40: mean .39, t(.975, 2) = 4.303, s = .0173


def test_a_difference_is_taken_over_the_seeds_that_both_have(course):
    (finding,) = entry(course, "record = 'tiny', value = 'with - short'").findings
    first, second = (value - other for value, other in zip(SUMMARY["values"], (1, 2), strict=False))
    assert finding.number.startswith(f"{(first + second) / 2:.4g} (")


def test_a_share_stays_in_range(course):
    values = [0.98, 1.0, 1.0, 0.99, 1.0]
    record = {"share": summary(values, share=True), "plain": summary(values)}
    (course / "data" / "results" / "tiny.json").write_text(json.dumps(record))
    shown = entry(
        course, *(f"record = 'tiny', value = '{value}'" for value in ("share", "plain", "plain - share + plain"))
    )
    share, plain, several = (finding.number for finding in shown.findings)
    low, high = summary(values, share=True)["ci95"]
    assert share == f"0.994 ({low:.4g} to {high:.4g})"
    assert high < 1
    assert plain == several == "0.994 (0.9829 to 1.005)"


def test_a_check_lists_the_values_of_the_seeds_if_asked(course):
    (finding,) = entry(course, f"{DESCRIBES}, each = true").findings
    assert finding.number == "0.4, 0.37, 0.4"


def test_a_row_shows_verdict_effect_and_scope_and_links_to_the_section(course):
    entry(course, "output = 'in all ([0-9,]+)', near = 3216", head=ARITHMETIC)
    row = claims.table(course).splitlines()[-1]
    assert row == "| C01 | a \\| b | supported |  |  | x: 3,216; [Count](notebooks/01_tiny/01_tiny.ipynb) |"
    shown = entry(course, head=f'{HEAD}\nnote = "One | two"', primary=PRIMARY)
    cells = claims.table(course).splitlines()[-1].split(" | ")
    assert cells[2:5] == [shown.label, shown.effect, "one task; n = 3. One \\| two"]


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("record = 'none', value = 'with'", "no recorded results"),
        ("record = 'tiny', value = 'with.without'", "has no 'with.without'"),
        ("record = 'tiny', value = 'with', above = 0", "this check does not fit a claim of kind 'measured'"),
        ("record = 'tiny', value = 'with', verdict = 'holds'", "check does not fit"),
        ("record = 'tiny', value = 'with', interval = 'wide'", "check does not fit"),
        ("output = 'nowhere'", "no stored output"),
        ("output = 'in all', refutes = true", "check does not fit"),
    ],
)
def test_what_is_not_there_is_named(course, check, words):
    with pytest.raises(ValueError, match=f"C01.*{words}"):
        entry(course, check)


@pytest.mark.parametrize("check", ["record = 'tiny', value = 'with'", "output = 'in all ([0-9,]+)'"])
def test_a_check_of_arithmetic_needs_a_relation(course, check):
    with pytest.raises(ValueError, match="this check does not fit a claim of kind 'arithmetic'"):
        entry(course, check, head=ARITHMETIC)


def test_what_does_not_fit_the_kind_of_claim_is_named(course):
    with pytest.raises(ValueError, match="kind = 'guess' is not one of"):
        entry(course, head='kind = "guess"')
    with pytest.raises(ValueError, match="only a measured claim can have a primary contrast"):
        entry(course, head=ARITHMETIC, primary=PRIMARY)
    with pytest.raises(ValueError, match=r"C01 has unknown keys \['verdict'\]"):
        entry(course, head='verdict = "supported"')
    with pytest.raises(ValueError, match="C01: the primary contrast states n = 4, but its records have 3 seeds"):
        stated(course, n=4)
    with pytest.raises(ValueError, match="C01: primary contrast: claimed = 'more'"):
        stated(course, claimed="more")


def test_a_section_that_is_not_there_is_named(course):
    with pytest.raises(ValueError, match="no section 'Nowhere'"):
        entry(course, DESCRIBES, head='unit = "01_tiny"\nsection = "Nowhere"')
    for parts in ({"primary": PRIMARY}, {}):
        with pytest.raises(ValueError, match="names no unit"):
            entry(course, *([] if parts else [DESCRIBES]), head="", **parts)


def presumed(course, *statements, head="[statements]\n01_tiny"):
    """What the report says of these statements, and what is wrong with them."""
    rows = ", ".join("{ " + statement + " }" for statement in statements)
    (course / "data" / "claims.toml").write_text(f"{head} = [{rows}]", encoding="utf-8")
    sound = [line for line in claims.problems(course) if not line.startswith("tiny")]  # the record is short
    return claims.contradictions(course) if not sound else [], sound


STATEMENT = "says = 'the network gains … points', record = 'tiny', "


@pytest.mark.parametrize(
    ("contrast", "difference"),
    [
        ("value = 'with - deep.without', above = 0", None),
        ("value = 'deep.without - with', below = 0", None),
        ("value = 'with - same', contains = 0", None),
        ("value = 'with - same', mean_below = 0.1", None),
        ("value = '2 * with - tiny:with - deep.without', above = 0", None),
        ("value = 'with', within = [0.9, 0.91], count = 2", None),
        ("value = 'choice', highest = 'b'", None),
        ("value = 'deep.without - with', above = 0", "the interval lies above 0; recorded: -0.39 (-0.433 to -0.347)"),
        ("value = 'with - deep.without', below = 0", "the interval lies below 0; recorded: 0.39"),
        ("value = 'with - deep.without', contains = 0", "the interval contains 0; recorded: 0.39"),
        ("value = 'with - same', above = 0", "the interval lies above 0; recorded: 0 ("),
        ("value = 'with', mean_above = 0.91", "the mean is above 0.91; recorded: 0.9"),
        ("value = 'with', within = [0.9, 0.91], count = 3", "3 seeds lie between 0.9 and 0.91; recorded: 2"),
        ("value = 'choice', highest = 'a'", "a has the highest mean; recorded: 'b' has the highest mean"),
        ("value = 'with', seeds = 2, above = 0.89", "the interval lies above 0.89; recorded: 0.895 ("),
    ],
)
def test_a_sentence_that_the_record_contradicts_is_reported(course, contrast, difference):
    lines, wrong = presumed(course, STATEMENT + contrast)
    assert wrong == []
    assert len(lines) == (difference is not None)
    if difference:
        assert lines[0].startswith("01_tiny says 'the network gains … points' (tiny: ")
        assert difference in lines[0]


def test_each_of_several_contrasts_must_agree(course):
    lines, _ = presumed(course, STATEMENT + "value = ['with - deep.without', 'deep.without - with'], above = 0")
    assert len(lines) == 1
    assert "deep.without - with" in lines[0]


def test_a_disappointed_expectation_is_reported(course):
    row = "shows = 'the aim', value = 'with', mean_above = 0.95"
    lines, wrong = presumed(course, row, head="[expectations]\ntiny")
    assert wrong == []
    assert lines == [
        "expected: the aim (tiny: with; presumed: the mean is above 0.95; recorded: 0.9 (0.8752 to 0.9248))"
    ]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("says = 'it loses', record = 'tiny', value = 'with', above = 0", "01_tiny does not contain 'it loses'"),
        ("record = 'tiny', value = 'with', above = 0", "there is no 'says'"),
        (STATEMENT + "value = 'nowhere', above = 0", "the record 'tiny' has no 'nowhere'"),
        (STATEMENT + "value = 'deep', above = 0", "'deep' is not the path of a recorded value"),
        (STATEMENT + "value = 'none:with', above = 0", "no recorded results"),
        (STATEMENT + "value = 'choice', highest = 'c'", "has no choice.c"),
        (STATEMENT + "value = 'with', above = 'zero'", "above = 'zero' is not a bound"),
        (STATEMENT + "value = 'with', above = nan", "is not a bound"),
        (STATEMENT + "value = 'with', within = [0, 1]", "is not a bound"),
        (STATEMENT + "value = 'with', above = 0, below = 1", "one of above, below"),
        (STATEMENT + "value = 'with'", "one of above, below"),
        (STATEMENT + "above = 0", "value is missing"),
        (STATEMENT + "value = 'with', above = 0, verdict = 'yes'", "unknown keys ['verdict']"),
    ],
)
def test_an_unsound_statement_is_named(course, statement, words):
    _, wrong = presumed(course, statement)
    assert len(wrong) == 1
    assert words in wrong[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ci95": [0.95, 0.85]}, "tiny.with: the mean and the interval do not follow from the values"),
        ({"mean": 0.8}, "tiny.with: the mean and the interval do not follow from the values"),
        ({"seeds": 7}, "tiny.with: 7 seeds, but 5 values"),
        ({"values": [0.9, 0.9]}, "tiny.with: 5 seeds, but 2 values"),
    ],
)
def test_a_malformed_record_is_named(course, change, words):
    sound = {"with": summary([0.9, 0.89, 0.91, 0.9, 0.88]), "provenance": {"command": "tlcourse results tiny"}}
    (course / "data" / "claims.toml").write_text("[statements]")
    file = course / "data" / "results" / "tiny.json"
    file.write_text(json.dumps(sound))
    assert claims.problems(course) == []
    file.write_text(json.dumps({"with": sound["with"] | change}))
    assert words in claims.problems(course)
    assert "tiny.json does not state the command that recorded it" in claims.problems(course)


@pytest.mark.parametrize(
    ("path", "seeds", "is_sound"),
    [
        ("tiny", 5, True),
        ("tiny", 4, False),
        ("tiny_development", 2, True),
        ("tiny_development_plateau", 2, True),
        ("tiny.development.near", 2, True),
        ("tiny.near.development", 2, False),
        ("tiny.near_development", 2, False),
    ],
)
def test_only_what_chooses_settings_may_have_two_seeds(path, seeds, is_sound):
    part = summary([0.9, 0.8, 0.7, 0.6, 0.5][:seeds])
    assert (contrasts.malformed(part, path) == []) == is_sound


def test_the_file_of_claims_and_all_records_are_sound():
    assert claims.problems(ROOT) == []


@pytest.fixture
def measured_again(tmp_path):
    """A copy of what the checks of structure read: claims, records, and solved units."""
    patterns = ("*.md", "docs/*.md", "data/claims.toml", "data/results/*.json", "solutions/*/*.ipynb")
    for file in [file for pattern in patterns for file in ROOT.glob(pattern)]:
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    return tmp_path


def _at_random(content, rng):
    """A record with other values for all seeds."""
    if not isinstance(content, dict):
        return content
    if "ci95" in content:
        return summary(rng.random(content["seeds"]), content.get("share", False))
    return {key: part if key == "provenance" else _at_random(part, rng) for key, part in content.items()}


def test_the_checks_of_structure_pass_whatever_was_measured(measured_again):
    """All records drawn at random: verdicts change and sentences are reported, and nothing is wrong."""
    rng = np.random.default_rng(0)
    for file in (measured_again / "data" / "results").glob("*.json"):
        file.write_text(json.dumps(_at_random(json.loads(file.read_text(encoding="utf-8")), rng)))
    assert claims.problems(measured_again) == []
    before, after = ([entry.verdict for entry in claims.entries(root)] for root in (ROOT, measured_again))
    assert set(after) <= set(verdicts.VERDICTS)
    assert after != before
    assert len(claims.contradictions(measured_again)) > 50


def test_a_flipped_sign_is_reported_and_breaks_nothing_once_the_numbers_are_replaced(measured_again):
    """The experiment on instances is measured again with the opposite outcome; its unit prints and quotes that."""
    unit = "05_domain_scenarios"
    before = set(claims.contradictions(measured_again))
    file = measured_again / "data" / "results" / "instances.json"
    record = json.loads(file.read_text(encoding="utf-8"))
    plain, weighted = (np.array(record[name]["values"]) for name in ("plain", "weighted"))
    old, record["weighted"] = record["weighted"], summary(2 * plain - weighted)
    file.write_text(json.dumps(record))

    solution = measured_again / "solutions" / unit / f"{unit}.ipynb"
    notebook = notebooks.read(solution)
    (printing,) = (cell for cell in notebook.cells if 'results("instances")' in cell.source)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(printing.source, {"results": lambda name: record, "paired_difference": paired_difference})
    printing.outputs[0].text = printed.getvalue()
    sources = prose.claimed_numbers(measured_again / "data" / "claims.toml")
    wrong = prose.unsupported(notebook, sources)
    assert {missing.number for missing in wrong} == {f"{old['mean']:.2f}"}, "the text quotes the old number"
    for missing in wrong:
        cell = notebook.cells[missing.cell]
        cell.source = cell.source.replace(missing.number, f"{record['weighted']['mean']:.2f}")
    nbformat.write(notebook, solution)

    assert claims.problems(measured_again) == []
    assert prose.unsupported(notebook, sources) == []
    changed = before ^ set(claims.contradictions(measured_again))
    assert changed
    assert all(line.startswith(f"{unit} says") and "(instances: plain - weighted;" in line for line in changed)


def test_the_command_prints_verdicts_and_contradictions(course, monkeypatch):
    monkeypatch.setattr("tlcourse.building.course_folder.course_folder", lambda root=None: course)
    stated(course)
    with (course / "data" / "claims.toml").open("a", encoding="utf-8") as file:
        file.write("\n[expectations]\ntiny = [{ shows = 'the aim', value = 'with', above = 0.95 }]")
    assert CliRunner().invoke(main, ["claims"]).output.splitlines() == [
        "C01 supported within its scope, exploratory: a | b",
        "    gain: 0.39 (0.347 to 0.433); one more seed 0.3039 to 0.4761; claimed above 0.1",
        "    one task; n = 3",
        "",
        "Sentences and expectations that the records contradict: 1",
        "expected: the aim (tiny: with; presumed: the interval lies above 0.95; recorded: 0.9 (0.8752 to 0.9248))",
    ]
