"""The verdicts for README.md and docs/claims.md: how many of each kind, those that are decided, and all of them."""

import collections

from tlcourse.building import claims, verdicts

BASES = ("", " registered", " exploratory (hypotheses)", " exploratory")


def _basis(entry):
    """The word for a verdict's contrast in the counts, one of `BASES`; an inconclusive verdict is not a hypothesis."""
    if entry.outcome is None:
        return ""
    if not entry.is_exploratory:
        return " registered"
    return " exploratory" if entry.verdict == "inconclusive" else " exploratory (hypotheses)"


def _of_the_lectures(root):
    return [entry for entry in claims.entries(root) if entry.name.startswith("C")]


def counts(root):
    """The number of the lectures' claims with each verdict, and the basis of these verdicts."""
    entries = _of_the_lectures(root)
    by_verdict = collections.Counter((entry.scoped_verdict, _basis(entry)) for entry in entries)
    order = [f"{verdict}{scope}" for verdict in verdicts.VERDICTS for scope in ("", " within its scope")]
    parts = {
        words: [f"{by_verdict[words, basis]}{basis}" for basis in BASES if (words, basis) in by_verdict]
        for words in order
    }
    listed = "; ".join(f"**{words}**: {', '.join(part)}" for words, part in parts.items() if part)
    by = collections.Counter(entry.decided_by for entry in entries)
    unclear = sum(entry.decided_by == "registration" and entry.verdict == "inconclusive" for entry in entries)
    apart = f"Registered with a stated power, and inconclusive: {unclear}. " if unclear else ""
    return (
        f"{listed}. Decided by a registered contrast: {by['registration'] - unclear}; by arithmetic: "
        f"{by['arithmetic']}. {apart}Exploratory: {by['exploration']}; illustrated: {by['illustration']}; "
        f"open: {by[None]}."
    )


def decided(root):
    """The lectures' claims that a registered contrast decides, with effect and tasks, as a table for docs/."""
    lines = ["| what the lectures say | verdict | effect (95% interval) | measured on |", "|---|---|---|---|"]
    for entry in _of_the_lectures(root):
        if entry.decided_by != "registration" or entry.verdict == "inconclusive":
            continue
        unit = f"[{entry.name}](../notebooks/{entry.unit}/{entry.unit}.ipynb)"
        effect = f"{entry.primary.shows}: {entry.outcome.effect}"
        cells = (f"{entry.claim} ({unit})", entry.label, effect, ", ".join(entry.primary.tasks))
        lines.append(claims.table_row(cells))
    return "\n".join(lines)


def everything(root):
    """The claims with their measurements and verdicts, as a Markdown table for a page in docs/."""
    return claims.table(root).replace("](notebooks/", "](../notebooks/")
