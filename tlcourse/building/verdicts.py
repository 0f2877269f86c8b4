"""Verdicts on measured claims: one decision rule for all primary contrasts, corrected for their number.

A primary contrast has an effect, the mean over the seeds, and a margin: the smallest effect that matters. The margin
divides the effects into three regions: above +margin, below -margin, and within. The rule is: **the verdict names the
region that contains the whole 95 % confidence interval** (Student's t), **if Holm's correction agrees.**

- Tests: one-sided t tests against the margin for the outer regions, and for the inner one the two one-sided tests of
  Schuirmann (1987, J. Pharmacokinetics and Biopharmaceutics 15, 657-680). Each is at the level 0.025, so the printed
  95 % interval decides in all three cases. For equivalence that is stricter than Schuirmann's 90 % interval. Only an
  interval that misses the true effect can lead to a wrong region, so one verdict is wrong in at most about 5 % of
  cases if the effects over seeds are roughly normal.
- Correction: the p-value of a contrast is twice the smallest one-sided p-value, the level at which its interval just
  fits into a region. Holm (1979, Scandinavian Journal of Statistics 6, 65-70) adjusts these in two families. One
  consists of all registered contrasts, measured or not. The other one, of the exploratory contrasts with data, was
  chosen with the data in view: for these the correction is a filter, and no error rate follows from it.
- That Holm's method also bounds wrong directions is proved for independent tests (Shaffer 1980, Annals of Statistics 8,
  1342-1347); contrasts of one record are not, so the tests simulate how often any verdict of a family is wrong.
"""

import math
import warnings
from typing import NamedTuple

import numpy as np
from scipy import stats

from tlcourse.building import contrasts
from tlcourse.stats import predicted

LEVEL = 0.05
VERDICTS = (
    "supported",
    "contradicted",
    "equivalent",
    "inconclusive",
    "corrected",
    "illustrated",
    "not shown yet",
)
CLAIMED = ("above", "below", "equal")
REQUIRED = ("shows", "record", "value", "claimed", "margin", "why", "n", "scope", "tasks")
OPTIONAL = ("reference", "real", "real_value", "teachers", "power", "exploratory")


class Primary(NamedTuple):
    """The one contrast that decides about a claim, as data/claims.toml states it."""

    shows: str
    record: str
    value: str  # terms as in `contrasts`; those of several tasks are weighted
    claimed: str  # one of `CLAIMED`
    margin: float  # the smallest effect that matters
    why: str  # this margin
    n: int  # seeds; never extended
    scope: str
    tasks: tuple
    reference: float = 0.0  # subtracted from the value: a chance level, say
    real: str | None = None  # which of the tasks uses real data with a public source and a license
    real_value: str | None = None  # the contrast of this task alone, with the same margin
    teachers: int = 1  # how many teachers, trained on different data, the effects average over
    power: str | None = None  # as stated before the run
    exploratory: bool = False  # chosen after its data had been seen


class MeasuredContrast(NamedTuple):
    """What a primary contrast found."""

    effect: contrasts.Interval
    one_more: tuple  # 95 % prediction interval for one more seed
    region: str  # "above", "below" or "within": where the interval comes nearest to lying
    p_value: float  # before the correction
    real_region: str | None = None  # the region that contains the 95 % interval of the real task alone, if any does


def primary_of(row, registrations):
    """The primary contrast of a claim's row, or `None` if it has none.

    Parameters
    ----------
    row : dict
        A claim in data/claims.toml.
    registrations : dict
        Record to the hash of the commit that states its contrasts. A contrast with a term of another record is
        exploratory.

    Raises
    ------
    ValueError
        If the contrast is not well formed.
    """
    if "primary" not in row:
        return None
    stated = row["primary"]
    missing, unknown = set(REQUIRED) - set(stated), set(stated) - {*REQUIRED, *OPTIONAL}
    if missing or unknown:
        raise ValueError(f"a primary contrast lacks {sorted(missing)} and has no {sorted(unknown)}")
    if problem := _problem(stated):
        raise ValueError(f"primary contrast: {problem}")
    exploratory = stated.get("exploratory", False) or not contrasts.records_of(stated) <= set(registrations)
    return Primary(**{**stated, "tasks": tuple(stated["tasks"]), "exploratory": exploratory})


def _problem(stated):
    """What is wrong with a contrast's values, or `None`."""
    if stated["claimed"] not in CLAIMED:
        return f"claimed = {stated['claimed']!r} is none of {', '.join(CLAIMED)}"
    if not (contrasts.is_number(stated["margin"]) and stated["margin"] > 0):
        return f"margin = {stated['margin']!r} is no positive number"
    if not (isinstance(stated["n"], int) and stated["n"] >= 2):
        return f"n = {stated['n']!r} is no number of seeds"
    if not stated["tasks"] or not stated["scope"] or not stated["why"]:
        return "tasks, scope and why cannot be empty"
    if stated.get("real") is not None and stated["real"] not in stated["tasks"]:
        return f"real = {stated['real']!r} is none of its tasks"
    if "real_value" in stated and stated.get("real") is None:
        return "real_value needs the task that it belongs to, as real"
    teachers = stated.get("teachers", 1)
    return None if isinstance(teachers, int) and teachers >= 1 else f"teachers = {teachers!r} is no number of teachers"


def outcome(records, primary):
    """Measure a primary contrast; `None` if its record has not been measured yet.

    Raises
    ------
    ValueError
        If a path is not in its record, or the record has fewer seeds than stated. Of more, only the first n count.
    """
    stated = [value for value in (primary.value, primary.real_value) if value]
    sums = [{"record": primary.record, "value": value, "seeds": primary.n} for value in stated]
    if not all(records.exists(name) for contrast in sums for name in contrasts.records_of(contrast)):
        return None
    effects, *real = (np.array(contrasts.values(records, contrast)) - primary.reference for contrast in sums)
    for seeds in (effects, *real):
        if len(seeds) != primary.n:
            raise ValueError(f"the primary contrast states n = {primary.n}, and its records have {len(seeds)} seeds")
    real_region, real_p_value = decide(real[0], primary.margin) if real else (None, 1.0)
    return MeasuredContrast(
        contrasts.interval_of(effects),
        predicted(effects),
        *decide(effects, primary.margin),
        real_region if real_p_value <= LEVEL else None,
    )


def decide(effects, margin):
    """The region that a mean effect most likely lies in, and the p-value of saying so.

    Parameters
    ----------
    effects : sequence of float
        One a seed.
    margin : float

    Returns
    -------
    tuple
        ("above", "below" or "within"; p-value). At a p-value of 0.05 or less the 95 % interval lies within the region.
    """

    def one_sided(bound, alternative):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # equal effects: t is infinite, or undefined at the bound
            p_value = float(stats.ttest_1samp(effects, bound, alternative=alternative).pvalue)
        return 1.0 if math.isnan(p_value) else p_value

    p_values = {
        "above": one_sided(margin, "greater"),
        "below": one_sided(-margin, "less"),
        "within": max(one_sided(margin, "less"), one_sided(-margin, "greater")),
    }
    region = min(p_values, key=p_values.get)
    return region, min(1.0, 2 * p_values[region])


def holm(p_values):
    """Holm's adjusted p-values: the i-th smallest of m times (m - i + 1), never less than a smaller one's, at most 1.

    scipy has no such function (its `false_discovery_control` limits the share of false discoveries instead), and
    statsmodels, which has one, brings 90 MB with pandas.
    """
    p_values = np.asarray(p_values, dtype=float)
    order = np.argsort(p_values)
    adjusted = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    result = np.empty_like(p_values)
    result[order] = np.minimum(1, adjusted)
    return result.tolist()


def verdict(primary, region):
    """One of `VERDICTS`, for a contrast that is decided to lie in a region."""
    if primary.claimed == "equal":
        return "supported" if region == "within" else "contradicted"
    if region == "within":
        return "equivalent"
    return "supported" if region == primary.claimed else "contradicted"


def is_general(primary, measured):
    """Whether a verdict reaches beyond its scope.

    It does from two tasks and two teachers on, if one task uses real data with a license, and the 95 % interval of this
    task alone lies in the same region as that of all tasks. A mean over tasks may hide that the real one differs.
    """
    several = len(primary.tasks) >= 2 and primary.teachers >= 2
    return several and measured.real_region == measured.region
