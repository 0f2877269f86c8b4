"""The contrasts of data/planned_contrasts.toml, and whether an experiment measures what they and the claims name."""

import tomllib
from pathlib import Path

from tlcourse.building import contrasts

DATA = Path(__file__).resolve().parents[2] / "data"


def planned():
    """Claim to its row: ``primary``, and perhaps ``checks``, both as in data/claims.toml; perhaps empty."""
    return _read("planned_contrasts.toml").get("planned", {})


def described():
    """Claim to a row with ``checks`` only, of experiments that decide nothing; perhaps empty."""
    return _read("planned_contrasts.toml").get("described", {})


def stated():
    """The content of data/claims.toml, to which a planned contrast moves before it is registered."""
    return _read("claims.toml")


def contrasts_of(document):
    """The primary contrasts and the checks of recorded values among rows of claims."""
    rows = [row for row in document.values() if isinstance(row, dict)]
    each = [contrast for row in rows for contrast in (row.get("primary", {}), *row.get("checks", ()))]
    return [contrast for contrast in each if "record" in contrast]


def missing_terms(record, measured, documents=None):
    """The terms of contrasts and checks in a record that lead to no number in what its experiment returns.

    Parameters
    ----------
    record : str
    measured : dict
        What ``run`` of the experiment returned.
    documents : sequence of dict, optional
        Rows by claim, if they are not those of data/planned_contrasts.toml and data/claims.toml.

    Raises
    ------
    ValueError
        If no row names this record.
    """
    documents = (planned(), described(), stated()) if documents is None else documents
    rows = [contrast for document in documents for contrast in contrasts_of(document)]
    paths = {path for row in rows for _, name, path in contrasts.terms(row) if name == record}
    if not paths:
        raise ValueError(f"neither data/planned_contrasts.toml nor data/claims.toml has a contrast in {record!r}")
    return sorted(path for path in paths if not isinstance(_value(measured, path), float))


def _read(name):
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def _value(measured, path):
    for key in path.split("."):
        measured = measured.get(key) if isinstance(measured, dict) else None
    return measured
