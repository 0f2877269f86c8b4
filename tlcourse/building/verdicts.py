"""Verdicts on measured claims: one decision rule for all primary contrasts, corrected for their number.

A primary contrast has an effect, which is a mean over the seeds, and a margin, which is the smallest effect that
matters. The margin divides the effects into three regions: above +margin, below -margin, and within. The rule is:
**the verdict names the region that contains the whole 95% confidence interval** (Student's t), **if Holm's correction
agrees.**

- Tests: one-sided t tests against the margin for the outer regions, and for the inner region the two one-sided tests of
  Schuirmann (1987, J. Pharmacokinetics and Biopharmaceutics 15, 657-680). Each test is at the level 0.025, so the
  printed 95% interval decides in all three cases. For equivalence, this is stricter than Schuirmann's 90% interval.
  Only an interval that misses the true effect can lead to a wrong region. Therefore, a single verdict is wrong in at
  most about 5% of cases if the effects over seeds are roughly normal.
- Correction: the p-value of a contrast is twice its smallest one-sided p-value. This is the level at which its interval
  barely fits into a region. The method of Holm (1979, Scandinavian Journal of Statistics 6, 65-70) adjusts these
  p-values in two families. One consists of all registered contrasts. Its size is fixed, so that neither a later record
  nor a later registration changes a verdict. The other consists of the exploratory contrasts with data. We chose those
  with the data in view, so for them the correction is only a filter, and no error rate follows from it.
- Holm's method also bounds wrong directions if the tests are independent (Shaffer 1980, Annals of Statistics 8,
  1342-1347). Contrasts of one record are not, so our tests simulate how often any verdict of a family is wrong.
"""

import math
import warnings
from typing import NamedTuple

import numpy as np
from scipy import stats

from tlcourse.building import contrasts
from tlcourse.stats import predicted

LEVEL = 0.05
# Contrasts in the family of all registered ones, now and later; the stated powers assume it.
REGISTERED = 45
POWER = 0.8  # with which a new experiment should decide
MOST_SEEDS = 1000
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
    """The one contrast that decides a claim, as data/claims.toml states it."""

    shows: str
    record: str
    value: str  # terms as in `contrasts`; those of several tasks are weighted
    claimed: str  # one of `CLAIMED`
    margin: float  # the smallest effect that matters
    why: str  # the reason for this margin
    n: int  # seeds; never extended
    scope: str
    tasks: tuple
    reference: float = 0.0  # subtracted from the value, for example a chance level
    real: str | None = None  # which of the tasks uses real data with a public source and a license
    real_value: str | None = None  # the contrast of this task alone, with the same margin
    teachers: int = 1  # how many teachers, trained on different data, the effects average over
    power: str | None = None  # as stated before the run
    exploratory: bool = False  # chosen after we had seen its data


class MeasuredContrast(NamedTuple):
    """The result of a primary contrast."""

    effect: contrasts.Interval
    one_more: tuple  # 95% prediction interval for one more seed
    deviation: float  # standard deviation over the seeds
    region: str  # "above", "below" or "within": the region that fits the interval best
    p_value: float  # before the correction
    real_region: str | None = None  # the region that contains the 95% interval of the real task alone, if any


def primary_of(row, registrations):
    """The primary contrast of a claim's row, or `None` if it has none.

    Parameters
    ----------
    row : dict
        A claim in data/claims.toml.
    registrations : dict
        The name of each registered record, and the hash of the commit that states its contrasts. A contrast with a
        term from any other record is exploratory.

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
        errors = {"lacks": missing, "has unknown keys": unknown}
        listed = [f"{error} {sorted(keys)}" for error, keys in errors.items() if keys]
        raise ValueError(f"a primary contrast {' and '.join(listed)}")
    if problem := _problem(stated):
        raise ValueError(f"primary contrast: {problem}")
    exploratory = stated.get("exploratory", False) or not contrasts.records_of(stated) <= set(registrations)
    return Primary(**{**stated, "tasks": tuple(stated["tasks"]), "exploratory": exploratory})


def _problem(stated):
    """The error in a contrast's values, in words, or `None`."""
    if stated["claimed"] not in CLAIMED:
        return f"claimed = {stated['claimed']!r} is not one of {', '.join(CLAIMED)}"
    if not (contrasts.is_number(stated["margin"]) and stated["margin"] > 0):
        return f"margin = {stated['margin']!r} is not a positive number"
    if not (isinstance(stated["n"], int) and stated["n"] >= 2):
        return f"n = {stated['n']!r} is not a number of seeds: use 2 or more"
    if not stated["tasks"] or not stated["scope"] or not stated["why"]:
        return "tasks, scope and why must not be empty"
    if stated.get("real") is not None and stated["real"] not in stated["tasks"]:
        return f"real = {stated['real']!r} is not one of its tasks"
    if "real_value" in stated and stated.get("real") is None:
        return "real_value needs real, the task that it belongs to"
    teachers = stated.get("teachers", 1)
    if isinstance(teachers, int) and teachers >= 1:
        return None
    return f"teachers = {teachers!r} is not a number of teachers: use 1 or more"


def outcome(records, primary):
    """Evaluate a primary contrast; returns `None` if one of its records has not been measured yet.

    Raises
    ------
    ValueError
        If a path is not in its record, or the record has fewer than n seeds. If it has more, only the first n count.
    """
    stated = [value for value in (primary.value, primary.real_value) if value]
    sums = [{"record": primary.record, "value": value, "seeds": primary.n} for value in stated]
    if not all(records.exists(name) for contrast in sums for name in contrasts.records_of(contrast)):
        return None
    effects, *real = (np.array(contrasts.values(records, contrast)) - primary.reference for contrast in sums)
    for seeds in (effects, *real):
        if len(seeds) != primary.n:
            raise ValueError(f"the primary contrast states n = {primary.n}, but its records have {len(seeds)} seeds")
    real_region, real_p_value = decide(real[0], primary.margin) if real else (None, 1.0)
    return MeasuredContrast(
        contrasts.interval_of(effects),
        predicted(effects),
        float(effects.std(ddof=1)),
        *decide(effects, primary.margin),
        real_region if real_p_value <= LEVEL else None,
    )


def decide(effects, margin):
    """Find the region in which a mean effect most likely lies, and the p-value of this decision.

    Parameters
    ----------
    effects : sequence of float
        One for each seed.
    margin : float

    Returns
    -------
    tuple
        ("above", "below" or "within"; p-value). If the p-value is at most 0.05, the region contains the 95% interval.
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


def seeds_to_decide(measured, margin):
    """How many seeds a new registered experiment needs to decide if mean and deviation stay as they were measured.

    Parameters
    ----------
    measured : MeasuredContrast
    margin : float

    Returns
    -------
    int or None
        The smallest number with which the experiment decides with a probability of `POWER` at Holm's strictest level
        in the family of registered contrasts, from the noncentral t distribution. `None` if that takes more than
        `MOST_SEEDS` seeds, or if no number is enough because the mean is on the margin. For the inner region the number
        may be slightly too high: we bound the power from below by the powers of its two tests.
    """
    if measured.deviation == 0:
        return None
    seeds, mean = np.arange(2, MOST_SEEDS + 1), measured.effect.mean
    critical = stats.t.isf(LEVEL / REGISTERED / 2, seeds - 1)

    def power(distance):
        return stats.nct.sf(critical, seeds - 1, distance / measured.deviation * np.sqrt(seeds))

    powers = {"above": lambda: power(mean - margin), "below": lambda: power(-margin - mean)}
    powers["within"] = lambda: power(margin - mean) + power(margin + mean) - 1
    enough = seeds[powers[measured.region]() >= POWER]
    return int(enough[0]) if len(enough) else None


def holm(p_values):
    """Holm's adjusted p-values: the i-th smallest of m p-values is multiplied by m - i + 1.

    An adjusted p-value is at most 1, and never smaller than that of a smaller p-value. scipy has no such function: its
    `false_discovery_control` limits the share of false discoveries instead. statsmodels has one, but needs 90 MB with
    pandas.
    """
    p_values = np.asarray(p_values, dtype=float)
    order = np.argsort(p_values)
    adjusted = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    result = np.empty_like(p_values)
    result[order] = np.minimum(1, adjusted)
    return result.tolist()


def verdict(primary, region):
    """The verdict on a contrast whose effect lies in `region`: one of `VERDICTS`."""
    if primary.claimed == "equal":
        return "supported" if region == "within" else "contradicted"
    if region == "within":
        return "equivalent"
    return "supported" if region == primary.claimed else "contradicted"


def is_general(primary, measured):
    """Whether a verdict extends beyond its scope.

    It needs at least two tasks and two teachers. One task must use real data with a license, and the 95% interval of
    this task alone must lie in the same region as that of all tasks. A mean over tasks could hide that the real task
    differs.
    """
    several = len(primary.tasks) >= 2 and primary.teachers >= 2
    return several and measured.real_region == measured.region
