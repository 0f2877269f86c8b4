"""Contrasts of experiments that are not yet measured are sound, so that they can be registered as they stand."""

import copy

import pytest
from conftest import ROOT
from planned_contrasts import described, missing_terms, planned, stated

from tlcourse.building import contrasts, verdicts
from tlcourse.research import registration, registry

MEASURED = {file.stem for file in (ROOT / "data" / "results").glob("*.json")}
UNMEASURED = set(registry.EXPERIMENTS) - MEASURED
ROW = {
    "primary": {"record": "new", "value": "0.5 * digits.frozen - 0.5 * digits.teacher"},
    "checks": [{"record": "new", "value": "greek.frozen"}, {"record": "old", "value": "gain"}, {"output": "3"}],
}


def unsound(rows, claims):
    """What is wrong with planned rows, beside the claims that they belong to: a list of sentences."""
    lines = []
    for claim, row in rows.items():
        primary = verdicts.primary_of(row, {})
        if claims[claim].get("kind", "measured") != "measured":
            lines.append(f"{claim}: the claim is not measured")
        if contrasts.records_of(row["primary"]) != {primary.record} or primary.record not in UNMEASURED:
            lines.append(f"{claim}: the contrast needs one experiment that is ready and not measured")
        if not primary.power:
            lines.append(f"{claim}: state the power before the run")
        for check in row.get("checks", ()):
            if set(check) != {"shows", "record", "value"} or contrasts.records_of(check) != {primary.record}:
                lines.append(f"{claim}: not a check of this record: {check}")
    return lines


def without_contrast(rows, claims, unmeasured=None):
    """The unmeasured experiments that wait for a registration, although no contrast is planned or stated for them.

    Other experiments need no contrast: they choose settings or describe.
    """
    primaries = [row["primary"] for row in (*rows.values(), *claims.values()) if "primary" in row]
    decide = set().union(*map(contrasts.records_of, primaries))
    unmeasured = {name: registry.EXPERIMENTS[name] for name in UNMEASURED} if unmeasured is None else unmeasured
    waiting = [name for name, each in unmeasured.items() if isinstance(each.seeds, registration.RegisteredSeeds)]
    return sorted(name for name in waiting if unmeasured[name].seeds.record not in decide)


def test_the_planned_contrasts_are_well_formed_and_their_experiments_are_ready():
    assert unsound(planned(), stated()) == []


def test_planned_checks_that_only_describe_are_of_experiments_that_are_ready_and_register_nothing():
    claims = stated()
    for claim, row in described().items():
        assert claims[claim].get("kind", "measured") == "measured", claim
        assert set(row) == {"checks"}
        for check in row["checks"]:
            assert set(check) == {"shows", "record", "value"}, check
            assert contrasts.records_of(check) == {check["record"]}
            assert check["record"] in UNMEASURED, f"move {check} to data/claims.toml"
            assert not isinstance(registry.EXPERIMENTS[check["record"]].seeds, registration.RegisteredSeeds)


def test_every_experiment_that_waits_for_a_registration_has_a_contrast():
    assert without_contrast(planned(), stated()) == []


def test_the_checks_hold_while_the_planned_contrasts_move_to_the_claims():
    rows, claims = planned(), copy.deepcopy(stated())
    records = {row["primary"]["record"] for row in rows.values()}
    before = {record: missing_terms(record, {}) for record in records}
    for claim in list(rows):
        row = rows.pop(claim)
        claims[claim]["primary"] = row["primary"]
        claims[claim]["checks"] = claims[claim].get("checks", []) + row.get("checks", [])
        assert verdicts.primary_of(claims[claim], {}).exploratory, "not yet registered"
        assert unsound(rows, claims) == []
        assert without_contrast(rows, claims) == []
        assert {record: missing_terms(record, {}, (rows, claims)) for record in records} == before
    assert not rows


def test_an_experiment_that_waits_for_a_registration_without_a_contrast_is_named():
    seeds = {"described": range(5), "new": registration.RegisteredSeeds("new")}
    unmeasured = {name: registry.Experiment(dict, each) for name, each in seeds.items()}
    assert without_contrast({}, {"C01": {}}, unmeasured) == ["new"]
    assert without_contrast({"C01": ROW}, {}, unmeasured) == without_contrast({}, {"C01": ROW}, unmeasured) == []


def test_missing_terms_are_those_that_an_experiment_does_not_measure():
    measured = {"digits": {"frozen": 0.5, "teacher": {"0.001": 0.5}}}
    for documents in [({"C01": ROW}, {}), ({}, {"registrations": {}, "C01": ROW})]:
        missing = missing_terms("new", measured, documents)
        assert missing == ["digits.teacher", "greek.frozen"], "a term must lead to a number"
    with pytest.raises(ValueError, match="has a contrast in 'nothing'"):
        missing_terms("nothing", {})
