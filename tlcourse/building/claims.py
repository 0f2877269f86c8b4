"""The ledger of claims: what the lectures say, what was measured here, and the verdict that follows from it.

The claims and the measurements that decide about them are data/claims.toml. A verdict is worked out from the recorded
results and the units' stored outputs each time; nobody writes one down.
"""

import json
import re
import tomllib
from typing import NamedTuple

from tlcourse import notebooks
from tlcourse.stats import summary

VERDICTS = ("holds", "holds with limits", "refuted", "not shown yet")
_RELATIONS = {"above", "below", "near"}
_KEYS = {"shows", "record", "value", "output", "refutes"} | _RELATIONS


class Finding(NamedTuple):
    """What one check of a claim found."""

    shows: str
    number: str  # as it is printed; empty if the finding is no number
    agrees: bool | None  # with the claim; None: the interval does not decide


class Entry(NamedTuple):
    """A claim, where it is shown, and what was found."""

    name: str
    claim: str
    unit: str | None
    section: str | None
    findings: tuple

    @property
    def verdict(self):
        """One of `VERDICTS`, from the findings alone.

        All agree: it holds. Some do: it holds with limits. None does and one disagrees: refuted.
        """
        outcomes = [finding.agrees for finding in self.findings]
        if True in outcomes:
            return "holds" if all(outcomes) else "holds with limits"
        return "refuted" if False in outcomes else "not shown yet"


def entries(root):
    """All claims with their findings, in the order of data/claims.toml.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.

    Returns
    -------
    list of Entry

    Raises
    ------
    ValueError
        If a claim names a record, term, section or output that is not there, or a check is not well formed.
    """
    claims = tomllib.loads((root / "data" / "claims.toml").read_text(encoding="utf-8"))
    return [_entry(name, claim, root) for name, claim in claims.items()]


def _entry(name, claim, root):
    unit, section = claim.get("unit"), claim.get("section")
    checks = claim.get("checks", [])
    outputs = _outputs(root, unit, section, name) if unit else ""
    if checks and not unit:
        raise ValueError(f"{name} has checks, but names no unit that shows it")
    findings = tuple(_finding(check, name, root, outputs) for check in checks)
    return Entry(name, claim["claim"], unit, section, findings)


def _outputs(root, unit, section, name):
    """The text that all cells of a unit printed; its notebook must have the section."""
    notebook = notebooks.read(root / "solutions" / unit / f"{unit}.ipynb")
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    if not re.search(rf"^#+ {re.escape(section or '')}$", prose, re.MULTILINE):
        raise ValueError(f"{name}: unit {unit} has no section {section!r}")
    printed = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            printed.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    return "\n".join(printed)


def _finding(check, name, root, outputs):
    relation = _RELATIONS & set(check)
    needed = 0 if "refutes" in check or ("output" in check and not re.compile(check["output"]).groups) else 1
    if set(check) - _KEYS or len(relation) != needed or ("record" in check) == ("output" in check):
        raise ValueError(f"{name}: not a check: {check}")
    if "record" in check:
        low, mean, high = _recorded(check, name, root)
        shown = f"{mean:.4g} ({low:.4g} to {high:.4g})"
    else:
        found = re.search(check["output"], outputs, re.MULTILINE)
        if found is None:
            raise ValueError(f"{name}: no stored output of the unit fits {check['output']!r}")
        shown = found[1] if found.groups() else ""
        low = high = float(shown.replace(",", "")) if shown else None
    agrees = _agrees(relation.pop(), check, low, high) if relation else not check.get("refutes", False)
    return Finding(check["shows"], shown, agrees)


def _agrees(relation, check, low, high):
    bound = check[relation]
    if relation == "near":
        return low <= bound <= high
    if relation == "below":
        low, high, bound = -high, -low, -bound
    return True if low > bound else False if high < bound else None


def _recorded(check, name, root):
    """Interval and mean of a sum of terms, taken seed by seed: what the seeds have in common drops out.

    Every experiment begins at seed 0, so the seeds that all terms have are the first ones.
    """
    file = root / "data" / "results" / f"{check['record']}.json"
    if not file.is_file():
        raise ValueError(f"{name}: nothing is recorded at {file}")
    record = json.loads(file.read_text(encoding="utf-8"))
    parts = re.split(r" ([+-]) ", f"0 + {check['value']}")[1:]
    terms = zip(parts[::2], parts[1::2], strict=True)
    columns = [(-1 if sign == "-" else 1, _values(record, path, name, check["record"])) for sign, path in terms]
    seeds = zip(*(values for _, values in columns), strict=False)
    found = summary([sum(sign * value for (sign, _), value in zip(columns, seed, strict=True)) for seed in seeds])
    return found["ci95"][0], found["mean"], found["ci95"][1]


def _values(record, path, name, file):
    rest = path
    while rest:
        fits = [key for key in record if isinstance(record, dict) and f"{rest}.".startswith(f"{key}.")]
        if not fits:
            raise ValueError(f"{name}: the record {file!r} has no {path!r}")
        key = max(fits, key=len)  # a rate as a key holds a dot itself
        record, rest = record[key], rest[len(key) + 1 :]
    return record["values"]


def table(root):
    """The ledger as a Markdown table, with links to the units that show each claim."""
    lines = ["| claim | what the lectures say | measured (95 % interval) | verdict |", "|---|---|---|---|"]
    for entry in entries(root):
        measured = "; ".join(f"{finding.shows}: {finding.number}".rstrip(": ") for finding in entry.findings)
        where = f"; [{entry.section}](notebooks/{entry.unit}/{entry.unit}.ipynb)" if entry.unit else ""
        said = entry.claim.replace("|", "\\|")
        lines.append(f"| {entry.name} | {said} | {measured}{where} | {entry.verdict} |")
    return "\n".join(lines)
