"""All private APIs of Keras that the course relies on; tested with Keras 3.13.2 and 3.15.1.

A learning rate for each variable has two implementations here, and `tlcourse.learning_rates` chooses between them.
`multi_optimizer` builds on `keras.optimizers.MultiOptimizer`, which came with Keras 3.15. For older versions there is
`RateByVariable`. It needs three private methods of the optimizer, because Keras passes `update_step` a variable without
its path. tests/test_keras.py names what changed when a new version breaks one of them. Of TensorFlow no private API is
used.
"""

import re

import keras


def serializable(layer_or_optimizer):
    """Class decorator: Keras finds the class when it loads a model.

    Keras' own decorator would hide the class from the reference pages, which are made without Keras.
    """
    keras.saving.register_keras_serializable("tlcourse")(layer_or_optimizer)
    return layer_or_optimizer


class RateByVariable:
    """Mixed into an optimizer: the learning rate of each variable is the optimizer's, times a multiplier of its own.

    Parameters
    ----------
    multipliers : dict of str to float
        By the variable's path; 0 for the others, which do not move.
    options
        For the optimizer.
    """

    def __init__(self, multipliers, **options):
        super().__init__(**options)
        self.multipliers = dict(multipliers)

    def build(self, variables):
        """Look up the multiplier of each variable by its path."""
        super().build(variables)
        self._multipliers = [self.multipliers.get(variable.path, 0.0) for variable in variables]

    def update_step(self, gradient, variable, learning_rate):
        """The step of the optimizer itself, at this variable's own rate."""
        return super().update_step(gradient, variable, learning_rate * self._multiplier(variable))

    def _multiplier(self, variable):
        return self._multipliers[self._get_variable_index(variable)]

    def _apply_weight_decay(self, variables):
        """Called by Keras after each step; its own method would apply one rate to all variables."""
        if self.weight_decay is None:
            return
        for variable in variables:
            if self._use_weight_decay(variable):
                rate = self.learning_rate * self._multiplier(variable)
                variable.assign_sub(variable * self.weight_decay * rate)

    def get_config(self):
        """The optimizer's own, and the multipliers."""
        return {**super().get_config(), "multipliers": self.multipliers}


def has_multi_optimizer():
    """Whether this Keras has `MultiOptimizer` (3.15 and later)."""
    return hasattr(keras.optimizers, "MultiOptimizer")


def multi_optimizer(paths, optimizers):
    """Keras' MultiOptimizer with one optimizer for each group of variables; what is in no group does not move.

    Keras maps patterns, which are regular expressions, to optimizers. Here each pattern lists the paths of its group in
    full, so it matches neither too little nor too much. One pattern for each group, not one for each path, keeps the
    group's optimizer a single one when the model is saved and loaded.

    Parameters
    ----------
    paths : list of list of str
        The paths of each group's variables.
    optimizers : list of keras.optimizers.Optimizer
        One for each group.
    """
    patterns = ["|".join(map(re.escape, group)) for group in paths]
    does_not_move = keras.optimizers.SGD(0.0)
    optimizer_map = keras.optimizers.OptimizerMap(does_not_move, dict(zip(patterns, optimizers, strict=True)))
    return keras.optimizers.MultiOptimizer(optimizer_map)


def current_rate(optimizer, variable):
    """The learning rate that an optimizer moves a variable with now, or None if the variable is in no group."""
    if isinstance(optimizer, RateByVariable):
        in_group = variable.path in optimizer.multipliers
        return float(optimizer.learning_rate) * optimizer.multipliers[variable.path] if in_group else None
    if not hasattr(optimizer, "optimizers"):  # an ordinary optimizer: one rate for all
        return float(optimizer.learning_rate)
    chosen = optimizer._optimizer_map(variable)
    rate = float(chosen.learning_rate)
    is_default = chosen is getattr(optimizer._optimizer_map, "default_optimizer", None)
    return None if is_default and rate == 0 else rate
