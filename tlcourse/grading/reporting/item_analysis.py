"""Item analysis: how hard an exercise was, and whether it separates students who know more from those who know less."""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy import stats

MINIMUM_SUBMISSIONS = 10  # with fewer, a correlation is too uncertain
POOR_DISCRIMINATION = 0.2  # Ebel and Frisbie 1991, Essentials of Educational Measurement, 5th edition, p. 232


@dataclass(frozen=True)
class Exercise:
    """How an exercise went.

    `share` is the mean of the points over their maximum, with its 95 % interval (Student's t). `discrimination` is the
    correlation between the points in this exercise and in all others (item-rest correlation, for an exercise of one
    point the point-biserial one), with its 95 % interval (Fisher's z).
    """

    name: str
    max_score: float
    attempts: int
    share: float | None
    share_interval: tuple | None
    discrimination: float | None
    discrimination_interval: tuple | None

    @property
    def verdict(self):
        """The discrimination in words; starts with 'poor' where the exercise should be looked at."""
        if self.attempts < MINIMUM_SUBMISSIONS:
            return f"fewer than {MINIMUM_SUBMISSIONS} submissions: too few to judge"
        if self.discrimination is None:
            return "no spread: all students have the same points"
        if self.discrimination_interval[1] < 0:
            return "poor: stronger students do worse here"
        return (
            "poor: it hardly separates students who know more from those who know less"
            if self.discrimination < POOR_DISCRIMINATION
            else "fine"
        )


def analyze(name, maximum, marks):
    """An `Exercise` from the class's marks.

    Parameters
    ----------
    name : str
    maximum : float
        The most that a student can earn.
    marks : list of dict
        Points by exercise for each student who tried; None where a person still has to give them.
    """
    marked = [points for points in marks if points.get(name) is not None]
    points = np.array([row[name] for row in marked], dtype=float)
    rest = np.array([sum(mark or 0 for other, mark in row.items() if other != name) for row in marked], dtype=float)
    share, interval = _mean(points / maximum) if maximum and len(points) else (None, None)
    correlation, between = _correlation(points, rest)
    return Exercise(name, maximum, len(marked), share, interval, correlation, between)


def _mean(values):
    mean = float(values.mean())
    if len(values) < 2:
        return mean, None
    half = float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values))
    return mean, (max(0.0, mean - half), min(1.0, mean + half))


def _correlation(points, rest):
    if len(points) < MINIMUM_SUBMISSIONS or np.ptp(points) == 0 or np.ptp(rest) == 0:
        return None, None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nearly constant marks
        result = stats.pearsonr(points, rest)
    low, high = result.confidence_interval(0.95)
    return float(result.statistic), (float(low), float(high))
