"""Repeated seeded runs, their summaries, and the files of data/results that hold them."""

import itertools
import json
from fnmatch import fnmatchcase

import click
from tqdm.auto import tqdm

from tlcourse.data import data_folder
from tlcourse.research import workers
from tlcourse.stats import summary
from tlcourse.storage import write_json


def summaries(runs, shares=(), path="", upper=None):
    """`summary` of each number in a list of dictionaries (which may be nested).

    What only the first runs have measured, two or more, is summarized over these.

    Parameters
    ----------
    runs : list of dict
        One a seed.
    shares : tuple of str
        Patterns of the paths whose values are shares between 0 and 1: "near/*". "*" stands for "/" too.
    path : str
        Where these runs stand in the record, such as "near/single".
    upper : mapping of str to float, optional
        Such patterns of shares that have another upper bound than 1, and this bound.

    Raises
    ------
    ValueError
        If a run lacks what a later one has: values would no longer stand at the place of their seed.
    """
    if not isinstance(runs[0], dict):
        others = [bound for pattern, bound in (upper or {}).items() if fnmatchcase(path, pattern)]
        share = bool(others) or any(fnmatchcase(path, pattern) for pattern in shares)
        return summary(runs, share, *others)
    for number, (run, following) in enumerate(itertools.pairwise(runs), start=1):
        if new := sorted(following.keys() - run.keys()):
            raise ValueError(f"run {number} has {new[0]!r}, and the one before it has not")
    return {
        key: summaries([run[key] for run in runs if key in run], shares, f"{path}/{key}" if path else key, upper)
        for key in runs[0]
    }


def over_seeds(experiments, folder=None, side_by_side=1, made_with=None):
    """Run experiments over their seeds, with one progress bar; finished seeds are kept and not run again.

    All seeds wait in one queue, so that no worker is idle while an experiment ends.

    Parameters
    ----------
    experiments : dict
        Name to (function, seeds). A function takes a seed and returns a dictionary that JSON can hold. The name is
        shown, and is the name of the file of finished seeds.
    folder : pathlib.Path, optional
        Where finished seeds are kept; default data/results/partial (not committed).
    side_by_side : int
        Seeds at a time, each in a process of its own if it is more than one.
    made_with : dict, optional
        Name to the fingerprint of what makes the numbers. Seeds that were finished with another one are discarded.

    Yields
    ------
    tuple
        (name, ``[function(seed) for seed in seeds]``), in the order of `experiments`, each as soon as it and all
        before it are finished.
    """
    folder = folder or data_folder() / "results" / "partial"
    made_with = dict.fromkeys(experiments, "") | (made_with or {})
    finished = {name: _finished(folder / f"{name}.json", made_with[name]) for name in experiments}
    queue = [
        (name, function, seed)
        for name, (function, seeds) in experiments.items()
        for seed in seeds
        if str(seed) not in finished[name]
    ]
    runs = workers.run(queue, side_by_side)
    seeds_in_all = sum(len(seeds) for _, seeds in experiments.values())
    with tqdm(total=seeds_in_all, initial=seeds_in_all - len(queue), unit="seed") as bar:
        for name, (_, seeds) in experiments.items():
            while missing := [seed for seed in seeds if str(seed) not in finished[name]]:
                bar.set_description(f"{name}, {len(missing)} to go")
                ended, seed, outcome = next(runs)
                bar.update()
                finished[ended][str(seed)] = outcome
                write_json(folder / f"{ended}.json", {"made_with": made_with[ended], "seeds": finished[ended]})
            yield name, [finished[name][str(seed)] for seed in seeds]


def _finished(file, fingerprint):
    """The finished seeds in a file; none if something else made them, because a mean would mix the two."""
    kept = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {"made_with": fingerprint, "seeds": {}}
    if kept.get("made_with") == fingerprint:
        return kept["seeds"]
    click.echo(f"{file.stem}: code, packages or teacher changed since the interruption; all seeds start again")
    return {}


def is_recorded(name):
    """Whether there is a file data/results/<name>.json."""
    return (data_folder() / "results" / f"{name}.json").is_file()


def record(name, content):
    """Write data/results/<name>.json, and clear the finished seeds that it was made from.

    Parameters
    ----------
    name : str
    content : dict
        Numbers, or summaries of them, by name (may be nested), and their "provenance": see `provenance.now`.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ValueError
        If the content has no provenance.
    """
    if "provenance" not in content:
        raise ValueError(f"{name} has no provenance: nothing is recorded without")
    file = data_folder() / "results" / f"{name}.json"
    write_json(file, content)
    (file.parent / "partial" / f"{name}.json").unlink(missing_ok=True)
    return file
