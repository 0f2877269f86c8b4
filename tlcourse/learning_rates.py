"""Differential learning rates: one optimizer with a rate for each group of layers.

From version 3.15 on, Keras has `MultiOptimizer` for this. For older versions, such as 3.13 on Colab, a subclass of the
optimizer does the same; `_keras.py` holds both ways. It would not do to scale the gradients: Adam divides a gradient by
its own size, and the factor cancels.
"""

import keras

from tlcourse._keras import RateByVariable, current_rate, has_multi_optimizer, multi_optimizer, serializable


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


@serializable
class GroupedAdam(RateByVariable, keras.optimizers.Adam):
    """Adam with a rate for each variable."""


@serializable
class GroupedAdamW(RateByVariable, keras.optimizers.AdamW):
    """AdamW with a rate for each variable; its decay follows that rate."""


@serializable
class GroupedSGD(RateByVariable, keras.optimizers.SGD):
    """Gradient descent, with or without momentum, with a rate for each variable."""


_SUBCLASSES = {"Adam": GroupedAdam, "AdamW": GroupedAdamW, "SGD": GroupedSGD}


def grouped_optimizer(groups, rates, name="Adam", schedule=None, multi=None, **options):
    """An optimizer with a learning rate for each group of layers.

    Parameters
    ----------
    groups : list of list of keras.layers.Layer
        As `finetuning.layer_groups` gives them. Each trainable layer must be in one of them; freeze the others first.
    rates : sequence of float
        A learning rate for each group, at the peak of the schedule.
    name : {"Adam", "AdamW", "SGD"}
    schedule : callable, optional
        From a group's peak rate to its `keras.optimizers.schedules.LearningRateSchedule`, with the number of steps
        filled in: ``lambda peak: schedules.warm_up(peak, steps=100)``. Constant rates if left out.
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

    def learning_rate(peak):
        return float(peak) if schedule is None else schedule(peak)

    if has_multi_optimizer() if multi is None else multi:
        plain = getattr(keras.optimizers, name)
        return multi_optimizer(paths, [plain(learning_rate(rate), **options) for rate in rates])
    highest = max(rates)
    multipliers = {path: rate / highest for group, rate in zip(paths, rates, strict=True) for path in group}
    return _SUBCLASSES[name](multipliers, learning_rate=learning_rate(highest), **options)


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
        raise ValueError(f"{twice[0]!r} is the path of two variables, so their rates cannot be distinguished")
    return paths


def rates_by_variable(optimizer, model):
    """The learning rate that each trainable variable of a model is moved with now: path to rate.

    Raises
    ------
    ValueError
        If a trainable variable is in none of the optimizer's groups.
    """
    rates = {variable.path: current_rate(optimizer, variable) for variable in model.trainable_variables}
    for path, rate in rates.items():
        if rate is None:
            raise ValueError(f"{path} is trainable and in no group: it would not learn")
    return rates
