"""Contrasts: sums of recorded values, taken seed by seed, and the relation to a bound that a text presumes.

A contrast is a table of data/claims.toml. `record` names a file of data/results, and `value` the terms of a sum:
"transfer - best_from_scratch", "5 * transfer - best_from_scratch", or "ladders_high_rates:ladder_3 - far.single.0.003",
whose first term comes from another record. What the seeds have in common drops out of a difference. `seeds = 5` takes
the first five seeds only.
"""

import math
import re
from typing import NamedTuple

from tlcourse.data import results
from tlcourse.stats import summary

TERM = re.compile(r"(?:(?P<factor>[\d.]+) \* )?(?:(?P<record>\w+):)?(?P<path>.+)")


class Interval(NamedTuple):
    """A mean over the seeds with its 95 % confidence interval; all three are equal for a single number."""

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
    "within": "{1} seeds lie within {0[0]:g} and {0[1]:g}",
}


class Records:
    """The recorded results of a course; each file is read once."""

    def __init__(self, root):
        self.root = root
        self._contents = {}

    def __getitem__(self, name):
        """The content of data/results/<name>.json; a `ValueError` if there is no such file."""
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
        """What a record has at a path such as "far.head_first.0.001"; a `ValueError` if there is nothing."""
        entry, rest = self[name], path
        while rest:
            keys = [key for key in entry if f"{rest}.".startswith(f"{key}.")] if isinstance(entry, dict) else []
            if not keys:
                raise ValueError(f"the record {name!r} has no {path!r}")
            key = max(keys, key=len)  # a rate as a key contains a dot itself
            entry, rest = entry[key], rest[len(key) + 1 :]
        return entry


def values(records, contrast):
    """The sum of a contrast's terms for each seed that all terms have.

    Parameters
    ----------
    records : Records
    contrast : dict
        With `record`, `value` and perhaps `seeds`.

    Returns
    -------
    list of float
        The seeds that all terms of a record have are the first ones. Terms of records with other seeds are paired in
        order; that removes no common noise, and the interval remains valid.

    Raises
    ------
    ValueError
        If a record or path is not there, or a path leads to neither seeds nor a number.
    """
    columns = []
    for factor, record, path in terms(contrast):
        recorded = _seeds(records.entry(record, path), path)
        columns.append([factor * value for value in recorded])
    sums = [sum(seed) for seed in zip(*columns, strict=False)]
    return sums[: contrast.get("seeds")]


def terms(contrast):
    """The terms of a contrast's sum, as tuples of factor, record and path."""
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
    raise ValueError(f"{path!r} leads to no recorded value")


def interval(records, contrast):
    """The mean of a contrast with its confidence interval, an `Interval`.

    A share that the record marks as such has its interval on the logit scale; sums and differences have Student's.
    """
    sums = values(records, contrast)
    if len(sums) == 1:
        return exactly(sums[0])
    (factor, record, path), *others = terms(contrast)
    entry = records.entry(record, path)
    share = not others and factor == 1 and isinstance(entry, dict) and entry.get("share", False)
    return interval_of(sums, share, entry.get("upper", 1.0) if share else 1.0)


def interval_of(sums, share=False, upper=1.0):
    """The mean of values with its 95 % confidence interval, an `Interval`.

    Parameters
    ----------
    sums : sequence of float
        One a seed; two or more.
    share, upper : bool, float
        As in `tlcourse.stats.summary`.
    """
    over_seeds = summary(sums, share, upper)
    low, high = over_seeds["ci95"]
    return Interval(low, over_seeds["mean"], high)


def listed(records, contrast):
    """The values of a contrast, one a seed, in words: for a few values in clusters, where no interval is reliable."""
    return ", ".join(f"{value:.4g}" for value in values(records, contrast))


def relation_of(contrast):
    """The name of the relation that a contrast presumes, a key of `IN_WORDS`.

    Raises
    ------
    ValueError
        If it names none or several, or its bound is not of the kind that the relation needs.
    """
    names = set(contrast) & set(IN_WORDS)
    if missing := {"record", "value"} - set(contrast):
        raise ValueError(f"{' and '.join(sorted(missing))} is missing: {contrast}")
    if len(names) != 1:
        raise ValueError(f"one of {', '.join(IN_WORDS)} is needed: {contrast}")
    (name,) = names
    bound = contrast[name]
    if name == "highest":
        well_formed = isinstance(bound, str)
    elif name == "within":
        well_formed = all(map(is_number, bound)) and len(bound) == 2 and isinstance(contrast.get("count"), int)
    else:
        well_formed = is_number(bound)
    if not well_formed:
        raise ValueError(f"{name} = {bound!r} is no bound: {contrast}")
    return name


def is_number(value):
    """Whether a value of the file is a finite number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def mismatch(records, contrast):
    """How a record contradicts what a contrast presumes, in words; `None` if it agrees.

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
        return None if highest == bound else f"presumed: {expected}; recorded: {highest!r} has it"
    if relation == "within":
        count = sum(bound[0] <= value <= bound[1] for value in values(records, contrast))
        return None if count == contrast["count"] else f"presumed: {expected}; recorded: {count}"
    recorded = interval(records, contrast)
    return None if RELATIONS[relation](recorded, bound) else f"presumed: {expected}; recorded: {recorded}"


def malformed(content, path):
    """What is wrong with the summaries of a record: a list of sentences.

    Each mean and interval must be those of the values beside them. A result needs five seeds. What only chooses
    settings needs two: a record whose name contains "development", or the part "development" of another record.

    Parameters
    ----------
    content : dict
        A record or a part of it.
    path : str
        Where it stands, to name it.
    """
    if not isinstance(content, dict):
        return []
    if "ci95" not in content:
        return [line for key, part in content.items() for line in malformed(part, f"{path}.{key}")]
    again = summary(content["values"], content.get("share", False), content.get("upper", 1.0))
    differences = [abs(computed - kept) for computed, kept in zip(again["ci95"], content["ci95"], strict=True)]
    problems = []
    if max(*differences, abs(again["mean"] - content["mean"])) > 1e-4:  # values are rounded to five digits
        problems.append(f"{path}: mean and interval are not those of the values")
    record, *parts = path.split(".")
    chooses = "development" in record or parts[:1] == ["development"]
    if not content["seeds"] == again["seeds"] >= (2 if chooses else 5):
        problems.append(f"{path}: {content['seeds']} seeds, and {again['seeds']} values")
    return problems
