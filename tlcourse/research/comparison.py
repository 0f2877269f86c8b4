"""The first seed of each experiment run again and compared with what is recorded: `tlcourse results --compare`."""

import time
from fnmatch import fnmatchcase
from typing import NamedTuple

import click

from tlcourse.data import results
from tlcourse.research import recording, registry, workers

ROUNDING = 1e-5  # values are recorded to five decimals
_COLUMNS = "{:<20} {:>7} {:>6} {:>19} {:>8} {:>8}  {}"


class Comparison(NamedTuple):
    """How far the values of one seed, measured again, are from the recorded ones; timings are left out."""

    record: str
    values: int
    equal: int  # to rounding
    largest: float  # absolute difference
    path: str  # where the difference is largest
    recorded_seconds: float  # mean of a seed
    seconds: float


def main(names=()):
    """Run the first seed of the named experiments and print a line for each; records nothing.

    Without names, these are all experiments that have a record.

    Raises
    ------
    ValueError
        For a name that no experiment has.
    FileNotFoundError
        For a name that has no record yet.
    """
    start = time.perf_counter()
    experiments = registry.choose(names)
    for name in experiments.keys() & set(names):
        results(name)
    experiments = {name: experiment for name, experiment in experiments.items() if recording.is_recorded(name)}
    click.echo(_COLUMNS.format("record", "values", "equal", "largest difference", "recorded", "now", "where"))
    for row in first_seeds(experiments):
        seconds = (f"{row.recorded_seconds:.1f} s", f"{row.seconds:.1f} s")
        where = "" if row.equal == row.values else row.path
        click.echo(_COLUMNS.format(row.record, row.values, row.equal, f"{row.largest:.5f}", *seconds, where))
    click.echo(f"{(time.perf_counter() - start) / 60:.0f} minutes in all")


def first_seeds(experiments):
    """Yield a `Comparison` for each of these experiments of the registry, by name, as soon as it has run."""
    jobs = [
        (name, registry.with_seconds(experiment.run), experiment.seeds[0]) for name, experiment in experiments.items()
    ]
    # In workers, as for the record: another number of threads adds up in another order.
    for name, _, run in workers.run(jobs, registry.SIDE_BY_SIDE):
        seconds = run.pop("seconds")
        yield compare(name, run, results(name), seconds)


def compare(name, run, recorded, seconds):
    """Compare the numbers of one run with the first value of each in the record.

    Parameters
    ----------
    name : str
        Of the experiment.
    run : dict
        Numbers by name, may be nested.
    recorded : dict
        As `tlcourse.data.results` returns it; values that were copied from other records are not in `run`.
    seconds : float
        That the run took.

    Raises
    ------
    KeyError
        If the record lacks a number of the run.
    """
    timings = registry.EXPERIMENTS[name].timings
    differences = {
        path: abs(value - values[0])
        for path, value, values in pairs(run, recorded)
        if not any(fnmatchcase(path, pattern) for pattern in timings)
    }
    path = max(differences, key=differences.get)
    equal = sum(difference < ROUNDING for difference in differences.values())
    made = recorded["provenance"]
    mean = made["seconds"] / len(registry.EXPERIMENTS[name].seeds)
    return Comparison(name, len(differences), equal, differences[path], path, mean, seconds)


def pairs(run, recorded, path=""):
    """Each number of a run with its path, such as "near/single/0.01", and the recorded values of all seeds there."""
    for key, value in run.items():
        if isinstance(value, dict):
            yield from pairs(value, recorded[key], f"{path}{key}/")
        else:
            yield f"{path}{key}", value, recorded[key]["values"]
