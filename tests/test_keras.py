"""Whether Keras still has the private APIs that learning rates for each variable rely on."""

import keras
import numpy as np
import pytest
from private_apis import changed

from tlcourse import _keras


@pytest.fixture
def variables():
    """Two variables, and an AdamW that knows them."""
    both = [keras.Variable(np.ones(2, "float32"), name=name) for name in ("kernel", "bias")]
    optimizer = keras.optimizers.AdamW(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    optimizer.build(both)
    return optimizer, both


def test_an_optimizer_holds_the_index_of_a_variable(variables):
    optimizer, both = variables
    what = "an optimizer's `_get_variable_index` no longer numbers variables as `build` got them (unit 04 names it too)"
    message = changed("keras", what, _keras)
    assert hasattr(optimizer, "_get_variable_index"), message
    for number, variable in enumerate(both):
        assert optimizer._get_variable_index(variable) == number, message
        assert optimizer._get_variable_index(variable.value) == number, message  # what update_step is given


def test_an_optimizer_lists_which_variables_decay(variables):
    optimizer, (kernel, bias) = variables
    message = changed("keras", "an optimizer's `_use_weight_decay` no longer says which variables decay", _keras)
    assert hasattr(optimizer, "_use_weight_decay"), message
    assert optimizer._use_weight_decay(kernel), message
    assert not optimizer._use_weight_decay(bias), message


def test_an_optimizer_applies_weight_decay_in_a_method_of_its_own():
    called = []

    class Watched(keras.optimizers.AdamW):
        def _apply_weight_decay(self, variables):
            called.append([variable.name for variable in variables])

    optimizer, variable = Watched(0.1, weight_decay=0.5), keras.Variable(np.ones(2, "float32"), name="kernel")
    optimizer.apply([np.zeros(2, "float32")], [variable])
    message = changed("keras", "an optimizer no longer calls `_apply_weight_decay` with all variables, once", _keras)
    assert called == [["kernel"]], message
    np.testing.assert_array_equal(np.array(variable), [1, 1], err_msg=message)


@pytest.mark.skipif(not _keras.has_multi_optimizer(), reason=f"Keras {keras.__version__} has no MultiOptimizer")
def test_a_multi_optimizer_maps_a_variable_to_an_optimizer(variables):
    _, (kernel, bias) = variables
    slow, default = keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.0)
    optimizer = keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(default, {kernel.path: slow}))
    message = changed("keras", "a MultiOptimizer's `_optimizer_map` no longer gives a variable's optimizer", _keras)
    assert hasattr(optimizer, "_optimizer_map"), message
    assert optimizer._optimizer_map(kernel) is slow, message
    assert optimizer._optimizer_map(bias) is optimizer._optimizer_map.default_optimizer is default, message
