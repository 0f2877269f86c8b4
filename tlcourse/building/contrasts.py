"""Contrasts: sums of recorded values, computed seed by seed, and the relation to a bound that a text presumes.

A contrast is a table in data/claims.toml. `record` names a file in data/results, and `value` gives the terms of a sum:
"transfer - best_from_scratch", "5 * transfer - best_from_scratch", or "ladders_high_rates:ladder_3 - far.single.0.003",
whose first term comes from another record. Noise that two terms share in a seed cancels in their difference. With
`seeds = 5`, only the first five seeds count.
"""

import math
import re
from typing import NamedTuple

from tlcourse.data import results
from tlcourse.stats import summary

TERM = re.compile(r"(?:(?P<factor>[\d.]+) \* )?(?:(?P<record>\w+):)?(?P<path>.+)")


class Interval(NamedTuple):
    """A mean over the seeds with its 95% confidence interval; for a single number, all three values are equal."""

    low: float
    mean: float
    high: float

    def __str__(self):
        if self.low == self.high:
            return f"{self.mean:.4g}"
        return f"{self.mean:.4g} ({self.low:.4g} to {self.high:.4g})"


def exactly(value):
    """A single number as an interval of no width."""
    return Interval(value, value, value)


RELATIONS = {
    "above": lambda interval, bound: interval.low > bound,
    "below": lambda interval, bound: interval.high < bound,
    "contains": lambda interval, bound: interval.low <= bound <= interval.high,
    "mean_above": lambda interval, bound: interval.mean > bound,
    "mean_below": lambda interval, bound: interval.mean < bound,
}
IN_WORDS = {
    "above": "the interval lies above {}",
    "below": "the interval lies below {}",
    "contains": "the interval contains {}",
    "mean_above": "the mean is above {}",
    "mean_below": "the mean is below {}",
    "highest": "{} has the highest mean",
    "within": "{1} seeds lie between {0[0]:g} and {0[1]:g}",
}


class Records:
    """The recorded results of a course; each file is read only once."""

    def __init__(self, root):
        self.root = root
        self._contents = {}

    def __getitem__(self, name):
        """The content of data/results/<name>.json; raises a `ValueError` if there is no such file."""
        if name not in self._contents:
            try:
                self._contents[name] = results(name, self.root)
            except FileNotFoundError as error:
                raise ValueError(str(error)) from None
        return self._contents[name]

    def exists(self, name):
        """Whether there is a file data/results/<name>.json."""
        return (self.root / "data" / "results" / f"{name}.json").is_file()

    def entry(self, name, path):
        """The part of a record at a path such as "far.head_first.0.001"; raises a `ValueError` if there is none."""
        entry, rest = self[name], path
        while rest:
            keys = [key for key in entry if f"{rest}.".startswith(f"{key}.")] if isinstance(entry, dict) else []
            if not keys:
                raise ValueError(f"the record {name!r} has no {path!r}")
            key = max(keys, key=len)  # a key that is a rate contains a dot itself
            entry, rest = entry[key], rest[len(key) + 1 :]
        return entry


def values(records, contrast):
    """The sum of a contrast's terms for each seed that all terms have.

    Parameters
    ----------
    records : Records
    contrast : dict
        With the keys `record`, `value` and optionally `seeds`.

    Returns
    -------
    list of float
        If terms of one record have different numbers of seeds, the first seeds are those that all of them have. Terms
        from records with other seeds are paired in order. This removes no common noise, but the interval stays valid.

    Raises
    ------
    ValueError
        If a record or path does not exist, or the value at a path is neither a number nor one number per seed.
    """
    columns = []
    for factor, record, path in terms(contrast):
        recorded = _seeds(records.entry(record, path), path)
        columns.append([factor * value for value in recorded])
    sums = [sum(seed) for seed in zip(*columns, strict=False)]
    return sums[: contrast.get("seeds")]


def terms(contrast):
    """The terms of a contrast's sum, as tuples (factor, record, path)."""
    parts = re.split(r" ([+-]) ", f"0 + {contrast['value']}")[1:]
    for sign, term in zip(parts[::2], parts[1::2], strict=True):
        match = TERM.fullmatch(term)
        factor = float(match["factor"] or 1) * (-1 if sign == "-" else 1)
        yield factor, match["record"] or contrast["record"], match["path"]


def records_of(contrast):
    """The names of all records that a contrast's terms come from."""
    return {record for _, record, _ in terms(contrast)}


def _seeds(entry, path):
    if isinstance(entry, dict) and "values" in entry:
        return entry["values"]
    if isinstance(entry, (int, float)) and not isinstance(entry, bool):
        return [entry]
    raise ValueError(f"{path!r} is not the path of a recorded value")


def interval(records, contrast):
    """The mean of a contrast with its confidence interval, an `Interval`.

    The interval of a share that the record marks as such is on the logit scale. Sums and differences have Student's.
    """
    sums = values(records, contrast)
    if len(sums) == 1:
        return exactly(sums[0])
    (factor, record, path), *others = terms(contrast)
    entry = records.entry(record, path)
    share = not others and factor == 1 and isinstance(entry, dict) and entry.get("share", False)
    return interval_of(sums, share, entry.get("upper", 1.0) if share else 1.0)


def interval_of(sums, share=False, upper=1.0):
    """The mean of values with its 95% confidence interval, an `Interval`.

    Parameters
    ----------
    sums : sequence of float
        One for each seed; two or more.
    share, upper : bool, float
        As in `tlcourse.stats.summary`.
    """
    over_seeds = summary(sums, share, upper)
    low, high = over_seeds["ci95"]
    return Interval(low, over_seeds["mean"], high)


def listed(records, contrast):
    """The values of a contrast as text, one per seed: for a few values in clusters, where no interval is reliable."""
    return ", ".join(f"{value:.4g}" for value in values(records, contrast))


def relation_of(contrast):
    """The name of the relation that a contrast presumes, a key of `IN_WORDS`.

    Raises
    ------
    ValueError
        If it names no relation or several, or its bound does not suit the relation.
    """
    names = set(contrast) & set(IN_WORDS)
    if missing := {"record", "value"} - set(contrast):
        raise ValueError(f"{' and '.join(sorted(missing))} is missing in {contrast}")
    if len(names) != 1:
        raise ValueError(f"exactly one of {', '.join(IN_WORDS)} is needed in {contrast}")
    (name,) = names
    bound = contrast[name]
    if name == "highest":
        well_formed = isinstance(bound, str)
    elif name == "within":
        well_formed = all(map(is_number, bound)) and len(bound) == 2 and isinstance(contrast.get("count"), int)
    else:
        well_formed = is_number(bound)
    if not well_formed:
        raise ValueError(f"{name} = {bound!r} is not a bound in {contrast}")
    return name


def is_number(value):
    """Whether a value from the file is a finite number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def mismatch(records, contrast):
    """How a record contradicts the presumption of a contrast, in words; `None` if it agrees.

    Raises
    ------
    ValueError
        If the contrast is not well formed, or a path is not in its record.
    """
    relation = relation_of(contrast)
    bound = contrast[relation]
    expected = IN_WORDS[relation].format(bound, contrast.get("count"))
    if relation == "highest":
        means = {key: entry["mean"] for key, entry in records.entry(contrast["record"], contrast["value"]).items()}
        if bound not in means:
            raise ValueError(f"the record {contrast['record']!r} has no {contrast['value']}.{bound}")
        highest = max(means, key=means.get)
        return None if highest == bound else f"presumed: {expected}; recorded: {highest!r} has the highest mean"
    if relation == "within":
        count = sum(bound[0] <= value <= bound[1] for value in values(records, contrast))
        return None if count == contrast["count"] else f"presumed: {expected}; recorded: {count}"
    recorded = interval(records, contrast)
    return None if RELATIONS[relation](recorded, bound) else f"presumed: {expected}; recorded: {recorded}"


def malformed(content, path):
    """The errors in the summaries of a record: a list of sentences.

    Each mean and interval must follow from the values beside them. A result needs at least five seeds. Two are enough
    if the values only choose settings: in a record whose name contains "development", or in the part "development" of
    another record.

    Parameters
    ----------
    content : dict
        A record or a part of it.
    path : str
        The place of the content, for the messages.
    """
    if not isinstance(content, dict):
        return []
    if "ci95" not in content:
        return [line for key, part in content.items() for line in malformed(part, f"{path}.{key}")]
    again = summary(content["values"], content.get("share", False), content.get("upper", 1.0))
    differences = [abs(computed - kept) for computed, kept in zip(again["ci95"], content["ci95"], strict=True)]
    problems = []
    rounding = 1e-4 if len(content["values"]) > 2 else 1e-3  # of five digits; an interval of two values magnifies it
    if max(*differences, abs(again["mean"] - content["mean"])) > rounding:
        problems.append(f"{path}: the mean and the interval do not follow from the values")
    record, *parts = path.split(".")
    chooses = "development" in record or parts[:1] == ["development"]
    if not content["seeds"] == again["seeds"] >= (2 if chooses else 5):
        problems.append(f"{path}: {content['seeds']} seeds, but {again['seeds']} values")
    return problems
