"""The plot on a claim's card: the effect with its interval against the smallest effect that matters, as inline SVG.

`claims.css` gives it the colors of the card and the theme.
"""

import html

WIDTH, HEIGHT, AXIS = 320, 62, 30
BESIDE = 0.22  # of the range: room for the region that the claim states, beyond its bound
APART = 48  # pixels from one label to the next


def svg(entry):
    """Draw the primary contrast of a claim.

    Parameters
    ----------
    entry : tlcourse.building.ledger.Entry
        With a measured primary contrast.

    Returns
    -------
    str
        An SVG element in one line. Its label says how the interval lies to the region that the claim states.
    """
    effect, margin, claimed = entry.outcome.effect, entry.primary.margin, entry.primary.claimed
    start, end = _range(entry)

    def x(value):
        return round((value - start) / (end - start) * WIDTH, 1)

    low, high = {"above": (margin, end), "below": (start, -margin), "equal": (-margin, margin)}[claimed]
    words = min(max((x(low) + x(high)) / 2, 24), WIDTH - 24)
    parts = [
        f'<rect class="region" x="{x(low)}" y="0" width="{round(x(high) - x(low), 1)}" height="46"/>',
        f'<text x="{words:.1f}" y="12">claimed</text>',
        *(f'<path class="{name}" d="M{x(value)} 17V46"/>'
          for name, value in (("margin", -margin), ("zero", 0), ("margin", margin))),
        f'<path class="one-more" d="M{x(entry.outcome.one_more[0])} {AXIS}H{x(entry.outcome.one_more[1])}"/>',
        f'<path class="interval" d="M{x(effect.low)} {AXIS}H{x(effect.high)}"/>',
        f'<circle cx="{x(effect.mean)}" cy="{AXIS}" r="5"/>',
        *(f'<text x="{min(max(x(value), 14), WIDTH - 14)}" y="59">{label}</text>'
          for value, label in _labels(claimed, margin, x(margin) - x(0))),
    ]  # fmt: skip
    label = html.escape(f"{entry.name}: {described(entry)}")
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def described(entry):
    """What the plot shows, in words."""
    effect, margin = entry.outcome.effect, entry.primary.margin
    region = {"above": f"above {margin:g}", "below": f"below -{margin:g}", "equal": f"within ±{margin:g}"}
    inside = {
        "above": (effect.low > margin, effect.high < margin),
        "below": (effect.high < -margin, effect.low > -margin),
        "equal": (effect.low > -margin and effect.high < margin, effect.low > margin or effect.high < -margin),
    }[entry.primary.claimed]
    place = "inside" if inside[0] else "outside" if inside[1] else "partly inside"
    return f"the interval lies {place} the claimed region, {region[entry.primary.claimed]}"


def _range(entry):
    """The first and the last value on the axis: both margins, all that is drawn, and part of the claimed region."""
    margin, shown = entry.primary.margin, (*entry.outcome.one_more, entry.outcome.effect.low, entry.outcome.effect.high)
    start, end = min(-margin, *shown), max(margin, *shown)
    room = BESIDE * (end - start)
    start, end = start - room / 4, end + room / 4
    if entry.primary.claimed == "above":
        end = max(end, margin + room)
    if entry.primary.claimed == "below":
        start = min(start, -margin - room)
    return start, end


def _labels(claimed, margin, distance):
    """The labels below the axis, as pairs (value, text): those of both margins only if there is room for both."""
    bounds = {"above": margin, "below": -margin}
    if 2 * distance < APART:
        return [(bounds[claimed], f"{bounds[claimed]:g}")] if claimed in bounds else [(0, f"±{margin:g}")]
    zero = [(0, "0")] if distance >= APART else []
    return [(-margin, f"-{margin:g}"), *zero, (margin, f"{margin:g}")]
