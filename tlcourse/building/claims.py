"""The ledger of claims: what the lectures say, what we measured, and the verdict that follows.

data/claims.toml contains everything that the course presumes about results: the primary contrast and the checks of each
claim, the sentences of the units whose wording depends on a result (`statements`), and what the course expects of its
records (`expectations`). Nobody writes a verdict down: each run computes the verdicts from the recorded results and the
units' stored outputs, with the rule in `tlcourse.building.verdicts`. A new measurement may change a verdict or
contradict a sentence. `contradictions` lists such sentences for the author; they are not errors. `problems` lists the
errors, such as a path that is not in its record.
"""

import functools
import re
import tomllib

from tlcourse import notebooks
from tlcourse.building import contrasts, verdicts
from tlcourse.building.ledger import Entry, Finding

KINDS = ("measured", "arithmetic", "definition", "question")
CLAIM = re.compile(r"[CX]\d\d")  # C: of the lectures; X: of the field
ROW_KEYS = {"claim", "kind", "unit", "section", "checks", "primary", "note"}
CHECK_RELATIONS = {"above", "below", "near"}
CHECK_KEYS = {"shows", "record", "value", "each", "output", "refutes"} | CHECK_RELATIONS
CONTRAST_KEYS = {"record", "value", "seeds", "count", *contrasts.IN_WORDS}
ANY_NUMBER = r"[-+−]?\d[\d,.]*"


class Course:
    """The input of the verdicts: data/claims.toml, the records, and the units with their stored outputs."""

    def __init__(self, root):
        self.root, self.records = root, contrasts.Records(root)
        self.document = tomllib.loads((root / "data" / "claims.toml").read_text(encoding="utf-8"))
        self._notebooks = {}

    @property
    def claims(self):
        """The row of each claim by its name, in the order of the file."""
        return {name: row for name, row in self.document.items() if CLAIM.fullmatch(name)}

    @functools.cached_property
    def planned(self):
        """The names of the records that are registered or named in a primary contrast, measured or not."""
        primaries = [
            row["primary"] for row in self.claims.values() if {"record", "value"} <= set(row.get("primary", ()))
        ]
        return set(self.document.get("registrations", {})).union(*map(contrasts.records_of, primaries))

    def is_unmeasured(self, check):
        """Whether a check needs records without a file, all of which are planned; other missing records are errors."""
        missing = {record for record in contrasts.records_of(check) if not self.records.exists(record)}
        return bool(missing) and missing <= self.planned

    def cells(self, unit):
        """The cells of a solved unit."""
        if unit not in self._notebooks:
            self._notebooks[unit] = notebooks.read(self.root / "solutions" / unit / f"{unit}.ipynb").cells
        return self._notebooks[unit]

    def prose(self, place):
        """The text of a unit, or of a Markdown file such as docs/speed.md."""
        if place.endswith(".md"):
            return (self.root / place).read_text(encoding="utf-8")
        return "\n\n".join(cell.source for cell in self.cells(place) if cell.cell_type == "markdown")

    def printed(self, unit):
        """The text that the cells of a unit printed."""
        outputs = [output for cell in self.cells(unit) for output in cell.get("outputs", [])]
        return "\n".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs)


def entries(root):
    """All claims with their findings, in the order of data/claims.toml: the lectures' (Cnn), then others (Xnn).

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
        If a claim names a record, term, section or output that does not exist, or a check is not well formed. A check
        that only describes a claim may name a planned record that is not measured yet.
    """
    course = Course(root)
    measured = [_entry(name, row, course) for name, row in course.claims.items()]
    corrected = {}
    for family, size in _families(measured):
        p_values = [entry.outcome.p_value if entry.outcome else 1.0 for entry in family]
        others = [1.0] * (size - len(family))
        corrected |= zip((entry.name for entry in family), verdicts.holm(p_values + others), strict=False)
    return [entry._replace(adjusted=corrected.get(entry.name, 1.0)) for entry in measured]


def _families(measured):
    """The families of Holm's correction, each with its size: registered contrasts, and exploratory ones with data.

    The size of the first is fixed, and a contrast without a record counts with a p-value of 1. Therefore, neither a
    record nor a registration that arrives later can revoke the verdict on another registered contrast. A record with a
    small p-value can grant one, because Holm's method then divides the others by less.

    Raises
    ------
    ValueError
        If more contrasts are registered than the fixed size.
    """
    stated = [entry for entry in measured if entry.primary is not None]
    registered = [entry for entry in stated if not entry.primary.exploratory]
    if len(registered) > verdicts.REGISTERED:
        raise ValueError(f"{len(registered)} contrasts are registered; the correction allows {verdicts.REGISTERED}")
    explored = [entry for entry in stated if entry.primary.exploratory and entry.outcome is not None]
    return (registered, verdicts.REGISTERED), (explored, len(explored))


def _entry(name, row, course):
    """A claim before the correction for the number of claims."""
    kind, unit, section, checks = (
        row.get("kind", "measured"),
        row.get("unit"),
        row.get("section"),
        row.get("checks", []),
    )
    if unknown := set(row) - ROW_KEYS:
        raise ValueError(f"{name} has unknown keys {sorted(unknown)}: use some of {', '.join(sorted(ROW_KEYS))}")
    if kind not in KINDS:
        raise ValueError(f"{name}: kind = {kind!r} is not one of {', '.join(KINDS)}")
    if "primary" in row and kind != "measured":
        raise ValueError(f"{name}: only a measured claim can have a primary contrast, but kind = {kind!r}")
    if (checks or "primary" in row) and not unit:
        raise ValueError(f"{name} is measured, but names no unit that shows it: add unit and section")
    if unit and not re.search(rf"^#+ {re.escape(section or '')}$", course.prose(unit), re.MULTILINE):
        raise ValueError(f"{name}: unit {unit} has no section {section!r}")
    try:
        findings = tuple(_finding(check, course, unit, kind) for check in checks)
        primary = verdicts.primary_of(row, course.document.get("registrations", {}))
        outcome = verdicts.outcome(course.records, primary) if primary else None
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    return Entry(name, row["claim"], kind, unit, section, findings, primary, outcome, row.get("note", ""))


def _finding(check, course, unit, kind):
    relation = CHECK_RELATIONS & set(check)
    if set(check) - CHECK_KEYS or ("record" in check) == ("output" in check) or not _decides(check, relation, kind):
        raise ValueError(f"this check does not fit a claim of kind {kind!r}: {check}")
    if "record" in check and kind != "arithmetic" and course.is_unmeasured(check):
        return Finding(check["shows"], "not measured yet", None)
    if "record" in check:
        interval = contrasts.interval(course.records, check)
        shown = contrasts.listed(course.records, check) if check.get("each") else str(interval)
    else:
        match = re.search(check["output"], course.printed(unit), re.MULTILINE)
        if match is None:
            raise ValueError(f"no stored output of the unit matches {check['output']!r}")
        shown = match[1] if match.groups() else ""
        interval = contrasts.exactly(float(shown.replace(",", ""))) if shown else None
    if kind != "arithmetic":
        return Finding(check["shows"], shown, None)
    agrees = _agrees(relation.pop(), check, interval) if relation else not check.get("refutes", False)
    return Finding(check["shows"], shown, agrees)


def _decides(check, relation, kind):
    """Whether a check has the number of relations that its kind of claim needs: one for arithmetic, else none."""
    if kind != "arithmetic":
        return not relation and "refutes" not in check
    without = "refutes" in check or ("output" in check and not re.compile(check["output"]).groups)
    return len(relation) == (0 if without else 1)


def _agrees(relation, check, interval):
    low, bound, high = interval.low, check[relation], interval.high
    if relation == "near":
        return low <= bound <= high
    if relation == "below":
        low, high, bound = -high, -low, -bound
    return True if low > bound else False if high < bound else None


def table(root):
    """The claims as a Markdown table, with links to the units that show each claim."""
    lines = [
        "| claim | what the lectures say | verdict | effect (95% interval) | scope | also measured (descriptive) |",
        "|---|---|---|---|---|---|",
    ]
    for entry in entries(root):
        where = f"[{entry.section}](notebooks/{entry.unit}/{entry.unit}.ipynb)" if entry.unit else ""
        described = "; ".join(filter(None, [*map(str, entry.findings), where]))
        scope = ". ".join(filter(None, [entry.scope, entry.note]))
        cells = (entry.name, entry.claim, entry.label, entry.effect, scope, described)
        lines.append(table_row(cells))
    return "\n".join(lines)


def table_row(cells):
    """Texts as a row of a Markdown table."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def contradictions(root):
    """The sentences and expectations that the records contradict.

    Returns
    -------
    list of str
        A line for each contrast whose recorded value contradicts a sentence; empty if all agree.

    Raises
    ------
    ValueError
        If a contrast is not well formed, or a path is not in its record.
    """
    course = Course(root)
    lines = []
    for source, contrast in _presumed(course.document):
        if difference := contrasts.mismatch(course.records, contrast):
            lines.append(f"{source} ({contrast['record']}: {contrast['value']}; {difference})")
    return lines


def _presumed(document):
    """All presumptions about records, as pairs: the source of the presumption in words, and one contrast."""
    for place, statements in document.get("statements", {}).items():
        for statement in statements:
            yield from _each(statement, f"{place} says {statement.get('says')!r}")
    for record, expectations in document.get("expectations", {}).items():
        for expectation in expectations:
            yield from _each({"record": record, **expectation}, f"expected: {expectation.get('shows')}")


def _each(presumption, source):
    """The contrasts of a presumption, one for each of its values."""
    contrast = {key: part for key, part in presumption.items() if key not in ("says", "shows")}
    if not isinstance(contrast.get("value"), list):
        yield source, contrast
        return
    for value in contrast["value"]:
        yield source, contrast | {"value": value}


def problems(root):
    """The errors in data/claims.toml and the records, which do not depend on the measured values: a list of sentences.

    Each claim must have a verdict, each sentence must be in its unit, and each path must be in its record. Each bound
    must be a number, and each recorded interval must follow from its values.
    """
    course = Course(root)
    lines = [_error(_entry, name, row, course) for name, row in course.claims.items()]
    for source, contrast in _presumed(course.document):
        unknown = set(contrast) - CONTRAST_KEYS
        error = f"unknown keys {sorted(unknown)}" if unknown else _error(contrasts.mismatch, course.records, contrast)
        lines.append(error and f"{source}: {error}")
    for place, statements in course.document.get("statements", {}).items():
        lines += [_error(_find, statement, place, course) for statement in statements]
    for file in sorted((course.root / "data" / "results").glob("*.json")):
        record = course.records[file.stem]
        if not record.get("provenance", {}).get("command", "").startswith(("tlcourse ", "python tests/")):
            lines.append(f"{file.name} does not state the command that recorded it")
        lines += contrasts.malformed(record, file.stem)
    return [line for line in lines if line]


def _error(function, *arguments):
    """The message of the error that a call raises, or `None` if it raises none."""
    try:
        function(*arguments)
    except KeyError as error:
        return f"there is no {error}"
    except (ValueError, FileNotFoundError) as error:
        return str(error)
    return None


def _find(statement, place, course):
    if not phrase(statement["says"]).search(" ".join(course.prose(place).split())):
        raise ValueError(f"{place} does not contain {statement['says']!r}")


def phrase(sentence):
    """A regular expression for a phrase in prose that is joined to one line; "…" matches any number."""
    return re.compile(re.escape(sentence).replace("…", ANY_NUMBER))
