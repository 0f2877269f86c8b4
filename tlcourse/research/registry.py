"""The experiments that data/results holds, and how they are measured: `tlcourse results [NAME ...]`."""

import functools
import graphlib
import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import click

from tlcourse.data import results
from tlcourse.research import (
    cached_teachers,
    clusters,
    contamination,
    cut_layer,
    dataset_bias,
    distillation_factorial,
    distillation_methods,
    early_stopping,
    efficient_tuning,
    few_images,
    fine_tuning_depth,
    fine_tuning_shift,
    head_first,
    headline,
    initializations,
    instance_weights,
    layer_controls,
    old_head,
    other_labels,
    other_teachers,
    provenance,
    rate_ladders,
    real_fine_tuning,
    real_photos,
    registration,
    same_network,
    simulation,
    students,
    transfer_matrix,
    two_languages,
    two_telescopes,
    unbalanced_classes,
    unfreezing,
    unit_experiments,
    unlabeled_adaptation,
)
from tlcourse.research.fingerprint import fingerprint
from tlcourse.research.recording import is_recorded, over_seeds, record, summaries
from tlcourse.storage import write_json


class Experiment(NamedTuple):
    """What one record holds: numbers of repeated seeded runs, and values that other records have; perhaps not yet."""

    run: Callable  # from a seed to a dictionary of numbers
    seeds: Sequence  # a range, or `registration.RegisteredSeeds`
    copies: Mapping = MappingProxyType({})  # path in this record to (other record, path there)
    timings: tuple = ()  # patterns of the paths whose values depend on the machine
    shares: tuple = ()  # patterns of the paths whose values are shares between 0 and 1, such as accuracies
    upper: Mapping = MappingProxyType({})  # pattern of shares with another upper bound than 1, and this bound
    needs: tuple = ()  # names of the records that `run` reads; they are finished and recorded before it starts
    cached: tuple = ()  # names of the teachers that `run` loads from the cache folder

    def is_registered(self):
        """Whether the seeds are known: those of a pre-registered experiment follow from its registration."""
        return not isinstance(self.seeds, registration.RegisteredSeeds) or self.seeds.is_known

    def origins(self):
        """The names of the records that values are copied from."""
        return {record for record, _ in self.copies.values()}


ALL = ("*",)
FEATURES = ("*/teacher/*", "*/untrained/*", "*/pixels")
EXPERIMENTS = {
    "headline": Experiment(
        headline.run,
        range(10),
        timings=("head_seconds",),
        shares=("transfer", "pixels", "small_cnn", "scratch", "plain_scratch", "best_from_scratch"),
    ),
    "few_images": Experiment(few_images.run, range(5), few_images.COPIES, shares=ALL),
    "cut_layer": Experiment(cut_layer.run, range(5), shares=ALL),
    "old_head": Experiment(old_head.run, range(5), shares=ALL),
    "real": Experiment(real_photos.run, range(5), shares=ALL),
    "two_languages": Experiment(two_languages.run, range(10), shares=ALL),
    "two_telescopes": Experiment(
        two_telescopes.run,
        range(5),
        shares=("sharp", "blurred", "batch_norm", "*/plain", "*/coral", "*/importance", "*/with_labels", "*_share"),
        upper=MappingProxyType({"features*/a_distance": 2.0}),
    ),
    "other_labels": Experiment(other_labels.run, range(5), shares=ALL),
    "clusters": Experiment(clusters.run, range(5)),  # the adjusted Rand index may be negative
    "label_shift": Experiment(unbalanced_classes.run, range(10), shares=("no_shift", "moved/*", "balanced/*")),
    "instances": Experiment(instance_weights.run, range(20)),
    "dataset_bias": Experiment(dataset_bias.run, range(5), shares=ALL),
    "simulation": Experiment(simulation.run, range(5), shares=ALL),
    "transfer_matrix": Experiment(
        transfer_matrix.run,
        range(5),
        shares=("*/accuracy", "*/none/*", "*/chosen/*", "*/best"),
        upper=MappingProxyType({f"*/{teacher}/a_distance": 2.0 for teacher in ("faces", "letters", "galaxies")}),
    ),
    "fine_tuning": Experiment(head_first.run, range(5), shares=head_first.SHARES),
    "depth": Experiment(fine_tuning_depth.run, range(5), shares=ALL),
    "stopping": Experiment(early_stopping.run, range(5), shares=("*/last", "*/best")),
    "real_fine_tuning": Experiment(real_fine_tuning.run, range(5), shares=ALL),
    "ladders_development": Experiment(rate_ladders.develop, range(rate_ladders.DEVELOPED), shares=ALL),
    "ladders": Experiment(rate_ladders.run, range(5), rate_ladders.COPIES, shares=ALL),
    "ladders_high_rates": Experiment(rate_ladders.beyond, range(5), shares=ALL),
    "ladders_short_budget": Experiment(rate_ladders.short_budget, range(5), shares=ALL),
    "distillation": Experiment(
        distillation_methods.run,
        range(10),
        timings=("device/*_ms", "device/speedup", "compute/*"),
        shares=("accuracy/*", "glasses/*", "wrong/*", "changed/*", "device/*_agreement"),
    ),
    "layer_controls_development": Experiment(layer_controls.develop, range(layer_controls.DEVELOPED), shares=FEATURES),
    "layer_controls": Experiment(layer_controls.run, registration.RegisteredSeeds("layer_controls"), shares=FEATURES),
    "initializations_development": Experiment(initializations.develop, range(initializations.DEVELOPED), shares=ALL),
    "initializations": Experiment(
        initializations.run,
        registration.RegisteredSeeds("initializations"),
        timings=("fit_seconds/*",),
        shares=("accuracy/*", "training/*"),
        needs=("initializations_development",),
    ),
    "same_network_development": Experiment(same_network.develop, range(same_network.DEVELOPED), shares=ALL),
    "same_network": Experiment(
        same_network.run,
        registration.RegisteredSeeds("same_network"),
        timings=("teacher_seconds",),
        shares=("teacher", "same_network", "small_cnn", "untrained"),
        needs=("same_network_development",),
    ),
    "unfreezing_development": Experiment(unfreezing.develop, range(unfreezing.DEVELOPED), shares=ALL),
    "unfreezing": Experiment(
        unfreezing.run,
        registration.RegisteredSeeds("unfreezing"),
        shares=ALL,
        needs=("unfreezing_development",),
    ),
    "distillation_development": Experiment(
        distillation_factorial.develop, range(distillation_factorial.DEVELOPED), shares=ALL
    ),
    "distillation_factorial": Experiment(
        distillation_factorial.run,
        registration.RegisteredSeeds("distillation_factorial"),
        shares=ALL,
        needs=("distillation_development",),
    ),
    "distillation_other_cells": Experiment(
        distillation_factorial.describe,
        registration.RegisteredSeeds("distillation_factorial", distillation_factorial.DESCRIBED),
        shares=ALL,
        needs=("distillation_development",),
    ),
    "other_teachers": Experiment(other_teachers.run, range(5), shares=ALL, cached=cached_teachers.NAMES),
    "fine_tuning_shift_development": Experiment(
        fine_tuning_shift.develop, range(fine_tuning_shift.DEVELOPED), shares=ALL
    ),
    "fine_tuning_shift": Experiment(
        fine_tuning_shift.run,
        registration.RegisteredSeeds("fine_tuning_shift"),
        shares=("accuracy/*", "calibration/*", "training/*"),
        needs=("fine_tuning_shift_development",),
    ),
    "efficient_tuning_development": Experiment(efficient_tuning.develop, range(efficient_tuning.DEVELOPED), shares=ALL),
    "efficient_tuning": Experiment(
        efficient_tuning.run,
        registration.RegisteredSeeds("efficient_tuning"),
        shares=("accuracy/*", "training/*"),
        needs=("efficient_tuning_development",),
    ),
    "test_time_adaptation_development": Experiment(
        unlabeled_adaptation.develop, range(unlabeled_adaptation.DEVELOPED), shares=ALL
    ),
    "test_time_adaptation": Experiment(
        unlabeled_adaptation.run, registration.RegisteredSeeds("test_time_adaptation"), shares=ALL
    ),
    "contamination_development": Experiment(contamination.develop, range(contamination.DEVELOPED), shares=ALL),
    "contamination": Experiment(
        contamination.run,
        registration.RegisteredSeeds("contamination"),
        shares=ALL,
        needs=("contamination_development",),
    ),
    **{name: Experiment(**each) for name, each in unit_experiments.SETTINGS.items()},
    "students": Experiment(students.run, range(5), timings=("networks/*/ms", "processor_seconds/*")),
}
SIDE_BY_SIDE = 2  # seeds at a time, each on processors of its own


def main(names=()):
    """Run the named experiments over their seeds (without names, those of `choose`), and record what they found.

    An interrupted run goes on from its last finished seed, unless the experiment has changed since.

    Raises
    ------
    ValueError
        For a name that no experiment has.
    FileNotFoundError
        If an experiment takes values of one that has no record and is not to be run, or loads a teacher that has not
        been trained here.
    """
    start = time.perf_counter()
    chosen = choose(names)
    for experiment in chosen.values():
        for other in {*experiment.origins(), *experiment.needs} - chosen.keys():
            results(other)
    for stage in _stages(chosen):
        timed = {name: (with_seconds(experiment.run), experiment.seeds) for name, experiment in stage.items()}
        made_with = {name: fingerprint(each.run, each.needs, each.cached) for name, each in stage.items()}
        for name, runs in over_seeds(timed, side_by_side=SIDE_BY_SIDE, made_with=made_with):
            _record(name, runs)
    click.echo(f"{(time.perf_counter() - start) / 60:.0f} minutes in all")


def _stages(chosen):
    """Experiments that can run at the same time, then those that read their records, and so on."""
    graph = {name: set(experiment.needs) & chosen.keys() for name, experiment in chosen.items()}
    sorter = graphlib.TopologicalSorter(graph)
    sorter.prepare()
    while sorter.is_active():
        ready = sorter.get_ready()
        yield {name: experiment for name, experiment in chosen.items() if name in ready}
        sorter.done(*ready)


def choose(names):
    """The experiments of these names, in the order of `EXPERIMENTS`.

    Without names, these are the experiments that have a record, or, if none has one, all whose seeds are known. Those
    whose teachers have not been trained here are left out. The others are named in one line.

    Raises
    ------
    ValueError
        For a name that no experiment has, or one that is not registered although its seeds need it.
    TeacherUnavailable
        For a name of an experiment whose teachers have not been trained here, with the command that trains them.
    """
    if unknown := sorted(set(names) - set(EXPERIMENTS)):
        raise ValueError(f"no experiment is called {unknown[0]!r}; there are {', '.join(EXPERIMENTS)}")
    for experiment in (EXPERIMENTS[name] for name in names):
        if not experiment.is_registered():
            registration.registered_hash(experiment.seeds.record)
        cached_teachers.require(experiment.cached)
    chosen = names or _repeated()
    if left_out := [name for name in EXPERIMENTS if not names and name not in chosen]:
        click.echo(f"left out, because they have no record, no teacher or no registration: {', '.join(left_out)}")
    return {name: experiment for name, experiment in EXPERIMENTS.items() if name in chosen}


def _repeated():
    """The names of the experiments that run without names: a first measurement is started by its name."""
    registered = {name for name, experiment in EXPERIMENTS.items() if experiment.is_registered()}
    recorded = {name for name in EXPERIMENTS if is_recorded(name)}
    ready = {name for name in registered if not cached_teachers.missing(EXPERIMENTS[name].cached)}
    return ready & recorded if recorded else ready


def with_seconds(run):
    """The same experiment, with the seconds that a seed took among its numbers."""

    @functools.wraps(run)
    def timed(seed):
        start = time.perf_counter()
        return {**run(seed), "seconds": time.perf_counter() - start}

    return timed


def _record(name, runs):
    """Record an experiment, and bring the records up to date that copy values of it."""
    seconds = round(sum(run.pop("seconds") for run in runs))
    payload = summaries(runs, EXPERIMENTS[name].shares, upper=EXPERIMENTS[name].upper)
    took = {"seconds": seconds, "side_by_side": SIDE_BY_SIDE, "seeds": provenance.seed_counts(payload)}
    if isinstance(seeds := EXPERIMENTS[name].seeds, registration.RegisteredSeeds):
        took["registration"] = seeds.commit
    if cards := cached_teachers.cards(EXPERIMENTS[name].cached):
        took["teachers"] = {
            teacher: {key: card[key] for key in ("sha256", "measured")} for teacher, card in cards.items()
        }
    content = {**payload, "provenance": provenance.now(f"tlcourse results {name}", **took)}
    file = record(name, _with_copies(name, content))
    click.echo(f"{file}: recorded, {len(runs)} seeds of {seconds / len(runs):.0f} s")
    for other, experiment in EXPERIMENTS.items():
        if name in experiment.origins() and (file.parent / f"{other}.json").is_file():
            write_json(file.parent / f"{other}.json", _with_copies(other, results(other)))


def _with_copies(name, content):
    experiment = EXPERIMENTS[name]
    return provenance.with_copies(content, experiment.copies, len(experiment.seeds))
