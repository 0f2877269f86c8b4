"""Measure what data/results holds: `tlcourse results [NAME ...]`."""

import click

from tlcourse.experiments import (
    cut_layer,
    distillation,
    few_images,
    headline,
    old_head,
    over_seeds,
    real,
    record,
    summaries,
)

RESULTS = {
    "headline": (headline.run, range(10)),
    "few_images": (few_images.run, range(5)),
    "cut_layer": (cut_layer.run, range(5)),
    "old_head": (old_head.run, range(5)),
    "real": (real.run, range(5)),
    "distillation": (distillation.run, range(5)),
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
    for name in names or RESULTS:
        run, seeds = RESULTS[name]
        payload = summaries(over_seeds(run, seeds, name))
        click.echo(f"{record(name, payload, f'tlcourse results {name}')}: recorded over {len(seeds)} seeds")
