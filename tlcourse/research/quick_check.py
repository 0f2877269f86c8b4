"""One seed of each record, measured again within a time budget: `tlcourse results --quick`.

For each value it says whether it equals the recorded one of this seed, to rounding, and whether it lies in the record's
95 % prediction interval. The seed is the record's first one. Nothing is recorded.
"""

import time
from fnmatch import fnmatchcase
from typing import NamedTuple

import click

from tlcourse.data import results
from tlcourse.research import comparison, processor, recording, registry, workers
from tlcourse.stats import predicted

MINUTES = 25.0  # the default budget
_COLUMNS = "{:<32} {:>6} {:>6} {:>6} {:>7} {:>7} {:>8} {:>8}  {}"


class QuickComparison(NamedTuple):
    """How the values of one seed lie to the record; timings are left out."""

    record: str
    values: int
    equal: int  # to the recorded value of the same seed, to rounding
    inside: int  # the 95 % prediction interval for one more seed
    largest: float  # distance from the mean; 1 is the end of the prediction interval
    path: str  # where this distance is largest
    recorded_seconds: float  # mean of a seed
    seconds: float

    @property
    def outside(self):
        """Values outside their prediction intervals."""
        return self.values - self.inside


class Queue:
    """The jobs in the order of their recorded seconds; one is taken only if it should end within the budget.

    Parameters
    ----------
    experiments : dict of str to registry.Experiment
    seconds : float
        The budget, from now on.

    Attributes
    ----------
    expected : dict of str to float
        Recorded seconds of one seed by name, the shortest first.
    left_out : list of str
    """

    def __init__(self, experiments, seconds):
        recorded = {name: recorded_seconds(name) for name in experiments}
        self.experiments = experiments
        self.expected = dict(sorted(recorded.items(), key=lambda item: item[1]))
        self.left_out = []
        self._end = time.perf_counter() + seconds
        self._took, self._should_take = 0.0, 0.0

    def __iter__(self):
        for name, seconds in self.expected.items():
            if time.perf_counter() + seconds * self.slowdown > self._end:
                self.left_out.append(name)
            else:
                experiment = self.experiments[name]
                yield name, attempt(registry.with_seconds(experiment.run)), experiment.seeds[0]

    def finished(self, name, seconds):
        """Learn how much slower this machine is than that of the records."""
        self._took += seconds
        self._should_take += self.expected[name]

    @property
    def slowdown(self):
        """How many times longer than recorded the finished seeds took; at least 1."""
        return max(1.0, self._took / self._should_take) if self._should_take else 1.0


def main(names=(), minutes=MINUTES):
    """Run the first seed of the named experiments, print a line for each, and what it means; records nothing.

    Without names, these are all experiments that have a record. The shortest come first; those that would not end
    within the budget are named at the end.

    Raises
    ------
    ValueError
        For a name that no experiment has.
    FileNotFoundError
        For a name that has no record yet.
    RuntimeError
        If an experiment failed, after all others have run.
    """
    start = time.perf_counter()
    chosen = registry.choose(names)
    for name in chosen.keys() & set(names):
        results(name)
    chosen = {name: experiment for name, experiment in chosen.items() if recording.is_recorded(name)}
    queue, rows, failures = Queue(chosen, 60 * minutes), [], {}
    head = ("record", "values", "equal", "inside", "outside", "largest", "recorded", "now", "largest at")
    click.echo(_COLUMNS.format(*head))
    # In workers, as for the record: another number of threads adds up in another order.
    for name, _, outcome in workers.run(queue, registry.SIDE_BY_SIDE):
        if "failure" in outcome:
            failures[name] = outcome["failure"]
            click.echo(f"{name}: failed: {outcome['failure']}")
            continue
        rows.append(_compared(name, outcome["run"], queue))
        _print_row(rows[-1])
    _print_summary(rows, queue)
    click.echo(f"{(time.perf_counter() - start) / 60:.0f} minutes in all")
    if failures:
        raise RuntimeError(f"failed: {', '.join(failures)}")


def attempt(run):
    """The same experiment, with ``{"run": ...}`` or, if it raises an error, ``{"failure": ...}`` as its outcome."""

    def attempted(seed):
        try:
            return {"run": run(seed)}
        except Exception as error:  # whatever it is, the other experiments still run
            return {"failure": f"{type(error).__name__}: {error}"}

    return attempted


def recorded_seconds(name):
    """The mean seconds of a seed, as the record states them."""
    return results(name)["provenance"]["seconds"] / len(registry.EXPERIMENTS[name].seeds)


def _compared(name, run, queue):
    seconds = run.pop("seconds")
    queue.finished(name, seconds)
    return compare(name, run, results(name), queue.expected[name], seconds)


def compare(name, run, recorded, expected, seconds):
    """Compare the numbers of a record's first seed with all that it has recorded.

    Parameters
    ----------
    name : str
        Of the experiment.
    run : dict
        Numbers by name, may be nested.
    recorded : dict
        As `tlcourse.data.results` returns it.
    expected, seconds : float
        Seconds that a seed took when it was recorded, and now.
    """
    timings = registry.EXPERIMENTS[name].timings
    pairs = {
        path: (value, values)
        for path, value, values in comparison.pairs(run, recorded)
        if not any(fnmatchcase(path, pattern) for pattern in timings)
    }
    distances = {path: distance(*pair) for path, pair in pairs.items()}
    path = max(distances, key=distances.get)
    equal = sum(abs(value - values[0]) < comparison.ROUNDING for value, values in pairs.values())
    inside = sum(each <= 1 for each in distances.values())
    return QuickComparison(name, len(pairs), equal, inside, distances[path], path, expected, seconds)


def distance(value, values):
    """How far a value is from the mean of recorded ones; 1 is the end of their 95 % prediction interval.

    Recorded values are rounded, so the interval is that much wider. Its part beyond the range of a share needs no cut:
    no value lies there.
    """
    low, high = predicted(values)
    return float(abs(value - (low + high) / 2) / ((high - low) / 2 + comparison.ROUNDING))


def _print_row(row):
    seconds = (f"{row.recorded_seconds:.1f} s", f"{row.seconds:.1f} s")
    numbers = (row.values, row.equal, row.inside, row.outside, f"{row.largest:.2f}")
    click.echo(_COLUMNS.format(row.record, *numbers, *seconds, row.path if row.equal < row.values else ""))


def _print_summary(rows, queue):
    values, equal, outside = (sum(getattr(row, key) for row in rows) for key in ("values", "equal", "outside"))
    click.echo(
        f"\n{values} values of {len(rows)} records: {equal} equal the recorded ones to rounding, "
        f"{values - outside} lie in the 95 % prediction interval, {outside} outside."
    )
    click.echo("About 5 % of a new seed's values lie outside by chance. This seed is in the record, so expect fewer.")
    click.echo('"largest" is the largest distance from the mean; 1 is the end of the prediction interval.')
    for sentence in sorted({processor.difference(results(row.record)["provenance"]) for row in rows} - {""}):
        click.echo(f"{sentence} Small differences are expected on another processor.")
    for name in queue.left_out:
        expected = queue.expected[name] * queue.slowdown
        click.echo(f"{name}: left out, one seed takes about {expected / 60:.0f} minutes")
