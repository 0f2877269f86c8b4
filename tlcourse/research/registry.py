"""Measure what data/results holds: `tlcourse results [NAME ...]`."""

import os
import time

import click

from tlcourse.research import (
    clusters,
    cut_layer,
    dataset_bias,
    distillation_methods,
    early_stopping,
    few_images,
    fine_tuning_depth,
    head_first,
    headline,
    instance_weights,
    old_head,
    other_labels,
    rate_ladders,
    real_fine_tuning,
    real_photos,
    simulation,
    students,
    transfer_matrix,
    two_languages,
    two_telescopes,
    unbalanced_classes,
)
from tlcourse.research.recording import over_seeds, record, summaries

RESULTS = {
    "headline": (headline.run, range(10)),
    "few_images": (few_images.run, range(5)),
    "cut_layer": (cut_layer.run, range(5)),
    "old_head": (old_head.run, range(5)),
    "real": (real_photos.run, range(5)),
    "two_languages": (two_languages.run, range(10)),
    "two_telescopes": (two_telescopes.run, range(5)),
    "other_labels": (other_labels.run, range(5)),
    "clusters": (clusters.run, range(5)),
    "label_shift": (unbalanced_classes.run, range(10)),
    "instances": (instance_weights.run, range(20)),
    "dataset_bias": (dataset_bias.run, range(5)),
    "simulation": (simulation.run, range(5)),
    "transfer_matrix": (transfer_matrix.run, range(5)),
    "fine_tuning": (head_first.run, range(5)),
    "depth": (fine_tuning_depth.run, range(5)),
    "stopping": (early_stopping.run, range(5)),
    "real_fine_tuning": (real_fine_tuning.run, range(5)),
    "ladders_development": (rate_ladders.develop, range(rate_ladders.DEVELOPED)),
    "ladders": (rate_ladders.run, range(5)),
    "ladders_beyond": (rate_ladders.beyond, range(5)),
    "ladders_in_short": (rate_ladders.in_short, range(5)),
    "distillation": (distillation_methods.run, range(10)),
    "students": (students.run, range(5)),
}
SIDE_BY_SIDE = 2  # seeds at a time, each on processors of its own
FROM_OTHERS = {  # what a record takes from those before it
    "few_images": few_images.with_ten_each,
    "ladders": rate_ladders.with_single_rates,
}


def main(names=()):
    """Run the named experiments (all, without names) over their seeds, and record mean, interval and provenance.

    An interrupted run goes on from its last finished seed.

    Raises
    ------
    ValueError
        For a name that no experiment has.
    """
    unknown = sorted(set(names) - set(RESULTS))
    if unknown:
        raise ValueError(f"no experiment is called {unknown[0]!r}; there are {', '.join(RESULTS)}")
    start = time.perf_counter()
    chosen = {name: (_timed(run), seeds) for name, (run, seeds) in RESULTS.items() if name in (names or RESULTS)}
    for name, runs in over_seeds(chosen, side_by_side=SIDE_BY_SIDE):
        _record(name, runs)
    click.echo(f"{(time.perf_counter() - start) / 60:.0f} minutes in all")


def _record(name, runs):
    seconds = round(sum(one.pop("seconds") for one in runs))
    took = {"seconds": seconds, "side_by_side": SIDE_BY_SIDE, "processors": os.cpu_count()}
    runs = FROM_OTHERS.get(name, list)(runs)
    file = record(name, summaries(runs), f"tlcourse results {name}", **took)
    click.echo(f"{file}: recorded, {len(runs)} seeds of {seconds / len(runs):.0f} s")


def _timed(run):
    """The same experiment, which also tells the seconds that a seed took."""

    def timed(seed):
        start = time.perf_counter()
        return {**run(seed), "seconds": time.perf_counter() - start}

    return timed
