"""Stands for a model with code of a student's own: a check may ask for its outputs, and for nothing else.

The grader does not run a student's layers. It sends inputs to the student's process, and outputs come back. A check in
a notebook gets the same stand-in, so that it cannot ask for more there.
"""

import numpy as np

REMEDY = "Make the model with keras.Model(inputs, outputs) or keras.Sequential, from Keras' own layers"


class ModelOutputs:
    """A model that can only be called.

    Parameters
    ----------
    run : callable
        Of a method's name ("__call__" or "predict"), the inputs and a dictionary of options; returns the outputs.
    kind : str
        The name of the model's class.
    reason : str
        Why it has nothing but outputs.
    input_shape : list or None
        What it has been called with, None for the number of inputs; None if that is not clear.
    is_model : bool
        Whether it is a keras.Model; else it is a layer.
    """

    def __init__(self, run, kind, reason, input_shape=None, is_model=True):
        vars(self).update(_run=run, _input_shape=input_shape, kind=kind, not_portable=reason, is_model=is_model)

    def __call__(self, inputs, **options):
        """The outputs for inputs, as the model gives them."""
        return self._outputs("__call__", inputs, options)

    def predict(self, inputs, **options):
        """The outputs for inputs, in batches."""
        return self._outputs("predict", inputs, options)

    @property
    def output_shape(self):
        """The shape of its outputs, None for their number; the model is called to see it."""
        if self._input_shape is None:
            raise AssertionError(
                f"The model of the class {self.kind} does not have an output shape yet: call it once with inputs "
                "before you return it."
            )
        outputs = self(np.zeros([1, *self._input_shape[1:]], "float32"))
        return (None, *np.shape(outputs)[1:])

    def _outputs(self, method, inputs, options):
        if not _are_numbers(inputs):
            raise self._needs_layers("its graph")
        return self._run(method, inputs, options)

    def _needs_layers(self, what):
        reason = f"of this model only outputs count: {self.not_portable}"
        return AssertionError(f"This check needs {what}, but {reason}. {REMEDY}.")

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise self._needs_layers(f"the model's `{name}`")

    def __setattr__(self, name, value):
        raise self._needs_layers(f"to set the model's `{name}`")

    def __repr__(self):
        return f"<a model of the class {self.kind}>"


def outputs_of(model, reason):
    """The `ModelOutputs` of a model in this process."""

    def run(method, inputs, options):
        return getattr(model, method)(inputs, **options)

    return ModelOutputs(run, type(model).__name__, str(reason), input_shape(model))


def input_shape(model):
    """The shape with which a model was built, as a list with None for the number of inputs; None if it has several."""
    shape = getattr(model, "input_shape", None) or (model.get_build_config() or {}).get("input_shape")
    if not isinstance(shape, (list, tuple)) or not all(isinstance(size, int) for size in shape[1:]):
        return None
    return [None, *map(int, shape[1:])]


def _are_numbers(inputs):
    if isinstance(inputs, (list, tuple)):
        return all(map(_are_numbers, inputs))
    if isinstance(inputs, dict):
        return all(map(_are_numbers, inputs.values()))
    return isinstance(inputs, (int, float, np.ndarray, np.generic)) or hasattr(inputs, "numpy")
