"""Contrasts of experiments that are not yet measured are sound, so that they can be registered as they stand."""

import tomllib

import pytest
from conftest import ROOT
from planned_contrasts import missing_terms, planned

from tlcourse.building import contrasts, verdicts
from tlcourse.research import registry

MEASURED = {file.stem for file in (ROOT / "data" / "results").glob("*.json")}
UNMEASURED = set(registry.EXPERIMENTS) - MEASURED
CLAIMS = tomllib.loads((ROOT / "data" / "claims.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("claim", planned())
def test_a_planned_contrast_is_well_formed_and_its_experiment_is_ready(claim):
    row = planned()[claim]
    primary = verdicts.primary_of(row, {})
    assert CLAIMS[claim].get("kind", "measured") == "measured"
    assert contrasts.records_of(row["primary"]) == {primary.record}
    assert primary.record in UNMEASURED
    assert primary.power, "state the power before the run"
    for check in row.get("checks", ()):
        assert set(check) == {"shows", "record", "value"}
        assert contrasts.records_of(check) == {primary.record}


def test_every_planned_experiment_decides_a_claim_or_prepares_or_describes_one():
    decide = {row["primary"]["record"] for row in planned().values()}
    others = {name for name in UNMEASURED if name not in decide}
    assert all("development" in name or name == "distillation_other_cells" for name in others)


def test_missing_terms_are_those_that_an_experiment_does_not_measure():
    missing = missing_terms("initializations", {"accuracy": {"digits": {"frozen": 0.5, "teacher": {"0.001": 0.5}}}})
    assert "accuracy.digits.teacher" in missing, "a term must lead to a number"
    assert "accuracy.omniglot.frozen" in missing
    assert "accuracy.digits.frozen" not in missing
    with pytest.raises(ValueError, match="no contrast in 'headline'"):
        missing_terms("headline", {})
