"""No unit states a verdict on a claim that the ledger does not state."""

import re

import prose
import pytest
from conftest import ROOT

from tlcourse.building import claims, unit_sources

# Words that decide, and the verdict that each needs. Units only describe numbers, and leave verdicts to the ledger.
DECIDES = {
    r"\brefuted?s?\b": "contradicted",
    r"\bcontradict(?:s|ed)\b": "contradicted",
    r"\bfails\b": "contradicted",
    r"\bholds\b": "supported",
    r"\bis (?:true|confirmed)\b": "supported",
    r"\bharms?\b": "supported",
}


def verdicts_in(text):
    """(claim, verdict, sentence) of each sentence that names a claim and a word that decides."""
    for sentence in prose.SENTENCE_END.split(" ".join(text.split())):
        needed = {verdict for word, verdict in DECIDES.items() if re.search(word, sentence)}
        for name in prose.CLAIM.findall(sentence):
            yield from ((name, verdict, sentence) for verdict in needed)


@pytest.mark.parametrize("unit", unit_sources.unit_names(ROOT))
def test_a_unit_states_only_verdicts_of_the_ledger(unit):
    cells = unit_sources.read(ROOT / "solutions" / f"{unit}.py").cells
    decisive = [each for cell in cells if cell.cell_type == "markdown" for each in verdicts_in(cell.source)]
    if decisive:  # else no record has to be there
        computed = {entry.name: entry.verdict for entry in claims.entries(ROOT)}
        assert [(name, sentence) for name, verdict, sentence in decisive if computed[name] != verdict] == []


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        ("It **harms** (C11).", [("C11", "supported")]),
        ("That refutes (C21, C22).\nIt gains.", [("C21", "contradicted"), ("C22", "contradicted")]),
        ("The teacher is 3 points better (C11). Nothing holds.", []),
        ("Is that a teacher that hurts (C11)? Not decided.", []),
    ],
)
def test_sentences_that_decide_are_found(text, verdicts):
    assert [(name, verdict) for name, verdict, _ in verdicts_in(text)] == verdicts
