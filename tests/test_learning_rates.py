"""One rate for each group: two implementations agree, counts are right, models save and load."""

import keras
import numpy as np
import pytest

from tlcourse import finetuning, learning_rates, schedules

RATES = (1e-4, 1e-3, 1e-2)
needs_multi = pytest.mark.skipif(
    not learning_rates.has_multi_optimizer(), reason=f"Keras {keras.__version__} has no MultiOptimizer"
)
BOTH = [pytest.param(True, marks=needs_multi, id="MultiOptimizer"), pytest.param(False, id="subclass")]


def network(nested=False):
    """Three groups of one layer each and a batch norm; with `nested`, the first two in a model of their own."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((6,))
    hidden = keras.layers.Dense(8, "tanh", name="low")(inputs)
    hidden = keras.layers.Dense(8, "tanh", name="middle")(keras.layers.BatchNormalization(name="norm")(hidden))
    if nested:
        hidden = keras.Model(inputs, hidden, name="base")(inputs)
    return keras.Model(inputs, keras.layers.Dense(3, name="head")(hidden))


def compiled(multi, name="Adam", nested=False, rates=RATES, **options):
    """The network with a rate for each group, ready to fit."""
    model = network(nested)
    finetuning.unfreeze_from(model, "low")
    groups = finetuning.layer_groups(model, ["middle", "head"])
    optimizer = learning_rates.grouped_optimizer(groups, rates, name, multi=multi, **options)
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def data():
    rng = np.random.default_rng(0)
    return rng.normal(size=(24, 6)).astype("float32"), rng.integers(0, 3, 24)


def movement(model, steps=1):
    """How far each variable moves in some steps on the same batch: path to array."""
    before = {weight.path: np.array(weight) for weight in model.trainable_weights}
    x, y = data()
    model.fit(x, y, batch_size=24, epochs=steps, shuffle=False, verbose=0)
    return {weight.path: np.array(weight) - before[weight.path] for weight in model.trainable_weights}


def test_a_ladder_by_hand():
    np.testing.assert_allclose(learning_rates.ladder(0.01, 3, 10), [1e-4, 1e-3, 1e-2])
    np.testing.assert_allclose(learning_rates.ladder(0.9, 3, 3), [0.1, 0.3, 0.9])
    assert learning_rates.ladder(0.01, 2, 1) == [0.01, 0.01]


@pytest.mark.slow
@needs_multi
@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize(
    ("name", "options"), [("Adam", {}), ("AdamW", {"weight_decay": 0.3}), ("SGD", {"momentum": 0.9})]
)
def test_both_implementations_move_every_weight_alike(name, options, nested):
    first, second = (movement(compiled(multi, name, nested, **options), steps=12) for multi in (True, False))
    assert first.keys() == second.keys()
    for path in first:
        difference = np.linalg.norm(first[path] - second[path]) / np.linalg.norm(first[path])
        assert difference < 0.01, f"{path}: {difference:.4f}"


@pytest.mark.parametrize("multi", BOTH)
def test_the_first_step_of_adam_is_as_long_as_each_groups_rate(multi):
    """Adam's first step moves each weight by the rate itself, whatever its gradient: a reference without Keras."""
    moved = movement(compiled(multi))
    for layer, rate in zip(("low", "middle", "head"), RATES, strict=True):
        np.testing.assert_allclose(np.abs(moved[f"{layer}/kernel"]).max(), rate, rtol=0.01)


@pytest.mark.parametrize("multi", BOTH)
def test_adamws_decay_follows_the_groups_own_rate(multi):
    model = compiled(multi, "AdamW", weight_decay=0.5)
    before = {weight.path: np.array(weight) for weight in model.trainable_weights}
    gradients = [np.zeros(weight.shape, "float32") for weight in model.trainable_weights]
    model.optimizer.apply(gradients, model.trainable_weights)
    for layer, rate in zip(("low", "middle", "head"), RATES, strict=True):
        after = np.array(model.get_layer(layer).kernel)
        np.testing.assert_allclose(after, before[f"{layer}/kernel"] * (1 - 0.5 * rate), rtol=1e-4)


@pytest.mark.parametrize("multi", BOTH)
@pytest.mark.parametrize("nested", [False, True])
def test_every_variable_has_the_rate_of_its_group_and_none_is_left(multi, nested):
    model = compiled(multi, nested=nested)
    movement(model)
    rates = learning_rates.rates_by_variable(model.optimizer, model)
    assert len(rates) == len(model.trainable_weights) == 6
    counts = [sum(bool(np.isclose(rate, wanted)) for rate in rates.values()) for wanted in RATES]
    assert counts == [2, 2, 2]


@pytest.mark.parametrize("multi", BOTH)
def test_a_variable_in_no_group_is_named(multi):
    model = compiled(multi)
    model.get_layer("norm").trainable = True
    with pytest.raises(ValueError, match="norm/gamma is trainable and in no group"):
        learning_rates.rates_by_variable(model.optimizer, model)


@pytest.mark.parametrize("multi", BOTH)
def test_a_variable_in_no_group_stays_where_it_is(multi):
    model = compiled(multi, "AdamW", weight_decay=0.5)
    model.get_layer("norm").trainable = True
    moved = movement(model, steps=2)
    assert not moved["norm/gamma"].any()
    assert moved["low/kernel"].any()


@pytest.mark.parametrize("multi", BOTH)
def test_a_rate_that_starts_at_zero_is_a_rate(multi):
    model = compiled(multi, schedule=lambda peak: schedules.warm_up(peak, steps=20))
    assert set(learning_rates.rates_by_variable(model.optimizer, model).values()) == {0.0}


@pytest.mark.parametrize("multi", BOTH)
def test_a_model_goes_on_after_saving_and_loading_as_it_would_have(multi, tmp_path):
    model = compiled(multi)
    movement(model, steps=3)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert int(loaded.optimizer.iterations) == 3
    assert len(loaded.optimizer.variables) == len(model.optimizer.variables)
    expected, actual = movement(model, steps=2), movement(loaded, steps=2)
    for path, moved in expected.items():
        np.testing.assert_allclose(actual[path], moved, rtol=1e-3, atol=1e-7)
    assert learning_rates.rates_by_variable(loaded.optimizer, loaded) == pytest.approx(
        learning_rates.rates_by_variable(model.optimizer, model)
    )


@pytest.mark.parametrize("multi", BOTH)
def test_a_schedule_scales_every_group(multi):
    model = compiled(multi, schedule=lambda peak: schedules.SlantedTriangle(peak, steps=20))
    start = list(learning_rates.rates_by_variable(model.optimizer, model).values())
    np.testing.assert_allclose(sorted(set(np.round(start, 9))), np.array(RATES) / 32, rtol=1e-3)
    movement(model, steps=2)
    top = learning_rates.rates_by_variable(model.optimizer, model)
    np.testing.assert_allclose(sorted(set(np.round(list(top.values()), 9))), RATES, rtol=1e-3)


def test_scaling_gradients_is_no_learning_rate():
    """Why there is an optimizer for it at all: Adam undoes a factor on the gradient, plain descent does not."""
    steps = {}
    for name in ("Adam", "SGD"):
        for factor in (1.0, 0.01):
            model = network()
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            optimizer = getattr(keras.optimizers, name)(0.01)
            model.compile(optimizer, lambda y, z, factor=factor, loss=loss: factor * loss(y, z))
            steps[name, factor] = np.linalg.norm(movement(model)["head/kernel"])
    assert steps["SGD", 0.01] / steps["SGD", 1.0] == pytest.approx(0.01, rel=0.01)
    assert steps["Adam", 0.01] / steps["Adam", 1.0] > 0.9


WRONG = [
    (lambda groups: learning_rates.grouped_optimizer(groups, [1e-3]), "3 groups need as many rates"),
    (lambda groups: learning_rates.grouped_optimizer(groups, [0.0, 1.0, 1.0]), "rates above 0.*0.0"),
    (lambda groups: learning_rates.grouped_optimizer(groups, RATES, "RMSprop"), "Adam, AdamW, SGD, got 'RMSprop'"),
    (lambda groups: learning_rates.grouped_optimizer([groups[0]] * 3, RATES), r"low/.*two variables"),
    (lambda groups: learning_rates.ladder(0.01, 3, 0.5), "factor >= 1.*0.5"),
]


@pytest.mark.parametrize(("call", "message"), WRONG)
def test_bad_input_is_named(call, message):
    model = network()
    finetuning.unfreeze_from(model, "low")
    with pytest.raises(ValueError, match=message):
        call(finetuning.layer_groups(model, ["middle", "head"]))


def test_a_frozen_group_is_named():
    model = network()
    finetuning.unfreeze_from(model, "middle")
    with pytest.raises(ValueError, match="group 0 has nothing trainable"):
        learning_rates.grouped_optimizer(finetuning.layer_groups(model, ["middle", "head"]), RATES)
