"""The claims as cards: the verdict first, then the effect with a plot, its scope, and links to unit and records.

The cards show the entries from which the table in docs/claims.md is made. `claims.js` adds the filters; without
JavaScript, all cards are shown.
"""

import collections
import html

from mdit_py_plugins.anchors.index import slugify

from tlcourse.building import addresses, claims, contrasts, tables, verdicts
from tlcourse.building.ledger import CLAIMED
from tlcourse.building.site import interval_plot

SYMBOLS = dict(zip(verdicts.VERDICTS, "✓✗≈?≠◆○", strict=True))
LEGEND = (
    "The cards are ordered by verdict. In each plot, the dot is the measured effect, and the thick line is its 95% "
    "interval. One more seed would fall on the thin line 19 times out of 20. The dashed lines mark the smallest effect "
    "that matters, and the shaded region is where the claim says that the effect lies. The card of an inconclusive "
    "claim also says how many seeds would decide: with the mean and the spread that we recorded, a new registered "
    f"experiment of that size would reach a verdict with a probability of {verdicts.POWER:.0%}, even at the strictest "
    "level of the correction."
)
MORE = (
    'Below the cards stand <a href="#what-the-verdicts-mean">what the verdicts mean</a> and '
    '<a href="#how-to-read-an-effect">how to read an effect</a>.'
)
FOLDED = {"measured": "What we know so far", "definition": "Examples", "question": "Examples"}
NO_UNIT = "none"  # the filter's value for claims that no unit shows


def write(root):
    """The filters and a card for each claim, as HTML without empty lines.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If a claim is not well formed: see `tlcourse.building.claims.entries`.
    """
    course = claims.Course(root)
    entries = sorted(claims.entries(root), key=lambda entry: verdicts.VERDICTS.index(entry.verdict))
    titles = {entry.unit: tables.read_unit(entry.unit, root).title for entry in entries if entry.unit}
    lines = [
        '<link rel="stylesheet" href="_static/claims.css">',
        '<script defer src="_static/claims.js"></script>',
        *_filters(entries, titles),
        f'<details class="claim-legend"><summary>How to read a card</summary><p>{LEGEND} {MORE}</p></details>',
        '<ul class="claim-cards">',
        *(card(entry, records(course, entry.name)) for entry in entries),
        "</ul>",
    ]
    return "\n".join(lines)


def records(course, name):
    """The names of the records with the results about a claim, without those that are not measured yet."""
    row = course.claims[name]
    stated = [each for each in (row.get("primary", {}), *row.get("checks", [])) if "record" in each]
    named = [record for contrast in stated for record in sorted(contrasts.records_of(contrast))]
    return [record for record in dict.fromkeys(named) if course.records.exists(record)]


def _filters(entries, titles):
    """A form with a box for each verdict and a list of the units, which the script shows."""
    counts = collections.Counter(entry.verdict for entry in entries)
    yield '<form class="claim-filters" aria-label="Filter the claims" hidden><fieldset><legend>Verdict</legend>'
    for verdict in filter(counts.get, verdicts.VERDICTS):
        box = f'<input type="checkbox" name="verdict" value="{verdict}">'
        yield f"<label>{box} {_badge(verdict)} {counts[verdict]}</label>"
    yield '</fieldset><label>Unit <select name="unit"><option value="">all units</option>'
    for unit in sorted(titles):
        yield f'<option value="{unit}">{html.escape(titles[unit])}</option>'
    yield f'<option value="{NO_UNIT}">in no unit</option></select></label>'
    yield '<button type="reset">Show all</button> <span role="status"></span></form>'


def _badge(verdict):
    name = verdict.replace(" ", "-")
    symbol = f'<span aria-hidden="true">{SYMBOLS[verdict]}</span>'
    return f'<span class="badge" data-verdict="{name}">{symbol} {verdict}</span>'


def card(entry, recorded):
    """The card of a claim, a list item.

    Parameters
    ----------
    entry : tlcourse.building.ledger.Entry
    recorded : list of str
        The names of the records with the results.
    """
    name = entry.verdict.replace(" ", "-")
    reserved = html.escape(entry.label.removeprefix(entry.verdict).lstrip(" ,"))
    parts = [
        f'<li id="{entry.name}" data-verdict="{name}" data-unit="{entry.unit or NO_UNIT}">',
        f"<h3>{_badge(entry.verdict)} <small>{reserved}</small>",
        f'<span class="claim">{html.escape(entry.claim)} (<a href="#{entry.name}">{entry.name}</a>)</span></h3>',
        *(_effect(entry) if entry.outcome else ()),
        *_described(entry),
        _links(entry, recorded),
        "</li>",
    ]
    return "\n".join(part for part in parts if part)


def _effect(entry):
    """The effect with its interval, the plot, and how many seeds an open question needs."""
    yield f'<p class="effect"><strong>{entry.outcome.effect}</strong> {html.escape(entry.primary.shows)}</p>'
    yield interval_plot.svg(entry)
    if entry.verdict == "inconclusive":
        seeds = verdicts.seeds_to_decide(entry.outcome, entry.primary.margin)
        number = f"About {seeds}" if seeds else f"More than {verdicts.MOST_SEEDS:,}"
        yield (
            f"<p><strong>How many seeds until it decides?</strong> {number} in a new experiment; this one had "
            f"{entry.primary.n}.</p>"
        )


def _described(entry):
    """All else about a claim, folded; the fold shows two lines of the scope. What decides arithmetic is not folded."""
    findings = "".join(f"<li>{html.escape(str(finding))}</li>" for finding in entry.findings)
    content = [_one_more(entry)] if entry.outcome else []
    content += [f"<p><strong>Note:</strong> {html.escape(entry.note)}</p>"] if entry.note else []
    content += ["<p><strong>Also measured:</strong></p>"] if findings and entry.kind == "measured" else []
    content += [f"<ul>{findings}</ul>"] if findings else []
    if entry.kind == "arithmetic" or not (content or entry.scope):
        return content
    summary = f"<strong>Scope:</strong> {html.escape(entry.scope)}" if entry.scope else FOLDED[entry.kind]
    return [f"<details><summary><span>{summary}</span></summary>", *content, "</details>"]


def _one_more(entry):
    low, high = entry.outcome.one_more
    claimed = CLAIMED[entry.primary.claimed].format(f"{entry.primary.margin:g}")
    return f"<p><strong>One more seed:</strong> {low:.4g} to {high:.4g}. <strong>Claimed:</strong> {claimed}.</p>"


def _links(entry, recorded):
    """The links to the section that shows the claim and to the records on GitHub; empty without either."""
    links = []
    if entry.unit:
        section = f"units/{entry.unit}.html#{slugify(entry.section)}"
        links.append(f'<a href="{section}">Unit {entry.unit[:2]}: {html.escape(entry.section)}</a>')
    if recorded:
        folder = f"{addresses.REPOSITORY}/blob/main/data/results"
        files = [f'<a href="{folder}/{record}.json">{record.replace("_", " ")}</a>' for record in recorded]
        links.append(f"Recorded: {', '.join(files)}")
    return f'<p class="links">{"<br>".join(links)}</p>' if links else ""
