"""All private APIs of Keras that the course relies on; tested with Keras 3.13.2 and 3.15.1.

Keras passes an optimizer's `update_step` a variable without its path. Until `keras.optimizers.MultiOptimizer` came with
3.15, a learning rate for each variable therefore needed three private methods of the optimizer: `RateByVariable`.
tests/test_keras.py names what changed when a new version breaks one of them. Of TensorFlow no private API is used.
"""


class RateByVariable:
    """Mixed into an optimizer: the learning rate of each variable is the optimizer's, times a multiplier of its own.

    Parameters
    ----------
    multipliers : dict of str to float, optional
        By the variable's path; 1 for the others.
    options
        For the optimizer.
    """

    def __init__(self, multipliers=None, **options):
        super().__init__(**options)
        self.multipliers = dict(multipliers or {})

    def build(self, variables):
        """Look up the multiplier of each variable by its path."""
        super().build(variables)
        self._multipliers = [self.multipliers.get(variable.path, 1.0) for variable in variables]

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
