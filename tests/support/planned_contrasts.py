"""The contrasts of data/planned_contrasts.toml, and whether an experiment measures what they name."""

import tomllib
from pathlib import Path

from tlcourse.building import contrasts

FILE = Path(__file__).resolve().parents[2] / "data" / "planned_contrasts.toml"


def planned():
    """Claim to its row: ``primary``, and perhaps ``checks``, both as in data/claims.toml."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))["planned"]


def missing_terms(record, measured):
    """The terms of planned contrasts in a record and checks that lead to no number in what its experiment returns.

    Parameters
    ----------
    record : str
    measured : dict
        What ``run`` of the experiment returned.

    Raises
    ------
    ValueError
        If no contrast is planned in this record.
    """
    rows = [row for claim in planned().values() for row in (claim["primary"], *claim.get("checks", ()))]
    paths = {path for row in rows for _, name, path in contrasts.terms(row) if name == record}
    if not paths:
        raise ValueError(f"data/planned_contrasts.toml has no contrast in {record!r}")
    return sorted(path for path in paths if not isinstance(_value(measured, path), float))


def _value(measured, path):
    for key in path.split("."):
        measured = measured.get(key) if isinstance(measured, dict) else None
    return measured
