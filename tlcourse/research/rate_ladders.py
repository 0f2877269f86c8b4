"""A rate for each group of layers against one rate for all, near and far (C23, and what it saves at a high rate, C20).

The student is unit 03's: cut after block 3, the head trained first. Groups: block 4, block 5, dense layers, head.

`develop` measures one rate and ladders, each at several highest rates, on people and digits that are in no test: there
the rates are chosen. `run` measures the same rates on the test images, so a reader can compare the chosen rate with the
others.
"""

import keras
import numpy as np

from tlcourse import finetuning, learning_rates, networks
from tlcourse.datasets import digits, faces
from tlcourse.research.fine_tuning_task import EPOCHS, FIRST, STAGE_EPOCHS, FineTuningTask, renew
from tlcourse.research.head_first import NEAR_PEOPLE, held_out_sets, tasks, worth

STARTS = ("block5_conv1", "fc1", "head")
GROUPS = len(STARTS) + 1
HIGHEST = (1e-3, 3e-3, 1e-2)
SHORT = 5  # epochs, from a random head: no time to train the head first
HIGHEST_SHORT_BUDGET = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
HEAD_RATE = 1e-2  # as `FineTuningTask.train_head` takes it
IN_UNIT_03 = (1e-3, 1e-2)  # rates at which its record has the same network, from the same head on
BEYOND = 3e-2  # on the far target the ladders' accuracy still rises at the last of these: it is asked for once more
COPIES = {
    f"{target}/{path}": ("fine_tuning", f"{target}/{place}")
    for target in ("near", "far")
    for path, place in {
        **{f"single/{rate:g}": f"head_first/{rate:g}" for rate in IN_UNIT_03},
        "held_out_people/single": f"held_out_people/head_first/{HIGHEST[-1]:g}",
    }.items()
}
FACTORS = {"single": 1, "ladder_3": 3, "ladder_10": 10}
TESTED = 800  # digits; `head_first.tasks` tests on images before number 900, development uses those after it
FIRST_OF_DEVELOPMENT = 900
DEVELOPED = 2  # seeds on which rates are chosen


def development_tasks(seed, images_each=10):
    """The same two targets with people and digits that are in no test: on these a rate may be chosen."""
    people = faces.DEVELOPMENT_PEOPLE[65 * seed : 65 * seed + NEAR_PEOPLE]
    near = faces.portraits(people, 5, seed=2 * seed), faces.portraits(people, 20, seed=2 * seed + 1)
    data = digits.load()
    data = data.take(slice(FIRST_OF_DEVELOPMENT, len(data.labels)))
    rng = np.random.default_rng(seed)
    each = [rng.choice(np.flatnonzero(data.labels == label), images_each, replace=False) for label in range(10)]
    train = rng.permutation(np.concatenate(each))
    rest = np.setdiff1d(np.arange(len(data.labels)), train)
    return {"near": near, "far": (data.take(train), data.take(rest[:TESTED]))}


def develop(seed):
    """By target, method and highest rate: accuracy on the development images."""
    accuracies = {}
    for target, parts in development_tasks(seed).items():
        task = _ready(parts, seed)
        accuracies[target] = {name: _by_rate(task, factor) for name, factor in FACTORS.items()}
    return accuracies


def run(seed):
    """By target: test accuracy of one rate and of ladders, upside down too; and what their features are worth.

    One rate for all that unit 03's record has already is not trained again: `COPIES`.
    """
    held_out_people = held_out_sets(seed)
    return {target: _one_target(_ready(parts, seed), held_out_people) for target, parts in tasks(seed).items()}


def beyond(seed):
    """Test accuracy on the far target of ladders that reach a higher rate still."""
    task = _ready(tasks(seed)["far"], seed)
    return {name: tune(task, task.with_head, ladder(BEYOND, FACTORS[name])) for name in ("ladder_3", "ladder_10")}


def short_budget(seed):
    """Five epochs from a random head: by part and target, accuracy of the head alone, of one rate and of ladders.

    The part "development" is for choosing each method's rate, as in `develop` with the first two seeds; "test" is for
    judging it.
    """
    parts = {"development": development_tasks(seed)} if seed < DEVELOPED else {}
    parts["test"] = tasks(seed)
    measured = {part: {} for part in parts}
    for target in parts["test"]:
        task = FineTuningTask(*parts["test"][target], seed)
        for train_stage in (_all_short_budget, _head_short_budget):  # each is traced once, for both parts
            for part, targets in parts.items():
                task.take(*targets[target])
                measured[part].setdefault(target, {}).update(train_stage(task))
    return measured


def _all_short_budget(task):
    return {
        name: {
            f"{highest:g}": tune(task, task.start, ladder(highest, factor), SHORT) for highest in HIGHEST_SHORT_BUDGET
        }
        for name, factor in FACTORS.items()
    }


def _head_short_budget(task):
    task.model.set_weights(task.start)
    _stage(task, "head", ladder(HEAD_RATE, 1), SHORT)
    return {"head_only": {f"{HEAD_RATE:g}": task.accuracy()}}


def _one_target(task, held_out_people):
    held_out_people = [(task.features(part.images), part.labels) for part in held_out_people]
    by_stages = {"0.001": gradual_ladder(task, ladder(1e-3, 3))}  # its last stage is all the others' only one
    measured, kept = {}, {}
    for name, factor in FACTORS.items():
        rates = [rate for rate in HIGHEST if factor > 1 or rate not in IN_UNIT_03]
        measured[name] = _by_rate(task, factor, rates)  # ladders end with the highest, whose features are looked at
        if factor > 1:
            kept[name] = worth(task, held_out_people)
    measured["held_out_people"] = kept
    measured["upside_down"] = {"0.001": tune(task, task.with_head, ladder(1e-3, 3)[::-1])}
    measured["at_once"] = {"0.01": tune(task, task.start, ladder(1e-2, 10))}  # without training the head first
    return {**measured, "gradual": by_stages}


def ladder(highest, factor):
    """A rate for each of the four groups."""
    return learning_rates.ladder(highest, GROUPS, factor)


def _ready(parts, seed):
    task = FineTuningTask(*parts, seed)
    task.train_head()
    return task


def _by_rate(task, factor, rates=HIGHEST):
    return {f"{highest:g}": tune(task, task.with_head, ladder(highest, factor)) for highest in rates}


def tune(task, weights, rates, epochs=None):
    """Train block 4 onwards from `weights` on, each group at its own rate; test accuracy."""
    task.model.set_weights(weights)
    _stage(task, FIRST, rates, epochs or EPOCHS)
    return task.accuracy()


def gradual_ladder(task, rates):
    """As `FineTuningTask.gradual`, but each group of layers learns at its own rate; test accuracy."""
    (accuracy,) = task.by_stages([tuple(rates)], lambda first, rates: _stage(task, first, rates, STAGE_EPOCHS)).values()
    return accuracy


def _stage(task, first, rates, epochs):
    """Train the groups from `first` on, each at its own rate, with a new optimizer."""
    if not _same_stage(task, first, rates):
        finetuning.unfreeze_from(task.model, first)
        groups = finetuning.layer_groups(task.model, STARTS)
        learning = [number for number, group in enumerate(groups) if any(layer.trainable for layer in group)]
        groups, rates = [groups[number] for number in learning], [rates[number] for number in learning]
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        networks.compile_and_build(task.model, learning_rates.grouped_optimizer(groups, rates), loss)
        learning_rates.rates_by_variable(task.model.optimizer, task.model)  # or it says who is in no group
        task.stage = first
    task.fit(task.model, task.train_features, epochs)


def _same_stage(task, first, rates):
    """Make the optimizer new in place if the stage is the last one's: that saves tracing the training step again."""
    if getattr(task, "stage", None) != first or first != FIRST or not learning_rates.has_multi_optimizer():
        return False
    for own, rate in zip(task.model.optimizer.optimizers, (*rates, 0.0), strict=True):  # the last one is the default
        renew(own, rate)
    return True
