"""Differential learning rates: one optimizer with a rate for each group of layers.

Keras has `MultiOptimizer` from 3.15 on; for what is older, Colab's 3.13 among it, a subclass does the same. Scaling the
gradients would not: Adam divides a gradient by its own size, and the factor with it.
"""

import re

import keras

from tlcourse._keras import RateByVariable


def ladder(highest, groups, factor):
    """Rates for groups from the input to the output, each `factor` times the one before; the last is `highest`.

    Howard & Ruder 2018 (Universal Language Model Fine-tuning, section 3.2) take 2.6; the lecture, 3 to 10.

    Raises
    ------
    ValueError
        For a factor below 1, no groups, or a rate that is not positive.
    """
    if highest <= 0 or groups < 1 or factor < 1:
        raise ValueError(f"a ladder needs highest > 0, groups >= 1, factor >= 1, got {highest}, {groups}, {factor}")
    return [highest / factor**steps for steps in reversed(range(groups))]


@keras.saving.register_keras_serializable("tlcourse")
class GroupedAdam(RateByVariable, keras.optimizers.Adam):
    """Adam with a rate for each variable."""


@keras.saving.register_keras_serializable("tlcourse")
class GroupedAdamW(RateByVariable, keras.optimizers.AdamW):
    """AdamW with a rate for each variable; its decay follows that rate."""


@keras.saving.register_keras_serializable("tlcourse")
class GroupedSGD(RateByVariable, keras.optimizers.SGD):
    """Gradient descent, with or without momentum, with a rate for each variable."""


_SUBCLASSES = {"Adam": GroupedAdam, "AdamW": GroupedAdamW, "SGD": GroupedSGD}


def has_multi_optimizer():
    """Whether this Keras has `MultiOptimizer` (3.15 and later)."""
    return hasattr(keras.optimizers, "MultiOptimizer")


def grouped_optimizer(groups, rates, name="Adam", schedule=None, multi=None, **options):
    """An optimizer with a learning rate for each group of layers.

    Parameters
    ----------
    groups : list of list of keras.layers.Layer
        As `finetuning.layer_groups` gives them. All that shall learn must be in one of them; freeze before.
    rates : sequence of float
        A learning rate for each group, at the peak of the schedule.
    name : {"Adam", "AdamW", "SGD"}
    schedule : callable, optional
        From a peak rate to a `keras.optimizers.schedules.LearningRateSchedule`; constant rates if left out.
    multi : bool, optional
        Whether to build on Keras' MultiOptimizer; by default where it exists.
    options
        For the optimizer, such as ``weight_decay``.

    Returns
    -------
    keras.optimizers.Optimizer
        For ``model.compile``; saved and loaded with the model.

    Raises
    ------
    ValueError
        For an unknown optimizer, a rate too many or too few or not positive, a group in which nothing is
        trainable, or a variable in two groups.
    """
    if name not in _SUBCLASSES:
        raise ValueError(f"name must be one of {', '.join(_SUBCLASSES)}, got {name!r}")
    paths = _checked_paths(groups, rates)
    schedule = schedule or float
    if has_multi_optimizer() if multi is None else multi:
        return _multi(paths, rates, getattr(keras.optimizers, name), schedule, options)
    top = max(rates)
    multipliers = {path: rate / top for group, rate in zip(paths, rates, strict=True) for path in group}
    return _SUBCLASSES[name](multipliers=multipliers, learning_rate=schedule(top), **options)


def _checked_paths(groups, rates):
    """The paths of each group's trainable variables."""
    if len(groups) != len(rates) or not all(rate > 0 for rate in rates):
        raise ValueError(f"{len(groups)} groups need as many rates above 0, got {list(rates)}")
    paths = [[weight.path for layer in group for weight in layer.trainable_weights] for group in groups]
    for number, group in enumerate(paths):
        if not group:
            raise ValueError(f"group {number} has nothing trainable: leave it out, or unfreeze its layers before")
    every = [path for group in paths for path in group]
    twice = sorted({path for path in every if every.count(path) > 1})
    if twice:
        raise ValueError(f"{twice[0]!r} is the path of two variables, so their rates cannot be told apart")
    return paths


def _multi(paths, rates, optimizer, schedule, options):
    """Keras' MultiOptimizer with one optimizer, under one pattern, for each group.

    A pattern that names every path in full cannot match too little or too much; and one optimizer for each pattern
    stays one when the model is saved and loaded. What is in no group would go to the default, which does not move.
    """
    patterns = {
        "|".join(map(re.escape, group)): optimizer(schedule(rate), **options)
        for group, rate in zip(paths, rates, strict=True)
    }
    default = keras.optimizers.SGD(0.0)
    return keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(default, patterns))


def rates_by_variable(optimizer, model):
    """The learning rate that each trainable variable of a model is moved with now: path to rate.

    Raises
    ------
    ValueError
        If a trainable variable is in none of the optimizer's groups.
    """
    rate_of = _rates_by_path(optimizer)
    rates = {}
    for variable in model.trainable_variables:
        rate = rate_of(variable.path)
        if not rate:
            raise ValueError(
                f"{variable.path} is trainable and in no group: it would not learn, or not at a rate of its own"
            )
        rates[variable.path] = rate
    return rates


def _rates_by_path(optimizer):
    """A function from a variable's path to the learning rate that an optimizer moves it with now."""
    if isinstance(optimizer, RateByVariable):
        return lambda path: float(optimizer.learning_rate) * optimizer.multipliers.get(path, 0.0)
    if not hasattr(optimizer, "optimizers"):
        return lambda path: float(optimizer.learning_rate)
    patterns = list(optimizer.get_config()["optimizer_map"]["config"]["optimizer_map"])

    def rate(path):
        place = next((place for place, pattern in enumerate(patterns) if re.fullmatch(pattern, path)), -1)
        return float(optimizer.optimizers[place].learning_rate)  # the default comes last

    return rate
