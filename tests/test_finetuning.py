"""What may learn is what was asked for, and the audit says what moved: against differences taken by hand."""

import keras
import numpy as np
import pytest

from tlcourse import finetuning


def network(nested=False):
    """A dense layer and a batch norm twice, and a head; with `nested`, all but the head in a model of their own."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((5,))
    x = inputs
    for number in (1, 2):
        x = keras.layers.BatchNormalization(name=f"norm{number}")(keras.layers.Dense(4, name=f"dense{number}")(x))
    base = keras.Model(inputs, x, name="base")
    hidden = base(inputs) if nested else x
    return keras.Model(inputs, keras.layers.Dense(3, name="head")(hidden))


def fit(model, epochs=1):
    rng = np.random.default_rng(0)
    model.fit(rng.normal(2, 3, (16, 5)), rng.integers(0, 3, 16), epochs=epochs, verbose=0)


@pytest.fixture(params=[False, True], ids=["flat", "nested"])
def model(request):
    return network(request.param)


def test_groups_are_consecutive_and_hold_every_layer_with_weights_once(model):
    groups = finetuning.layer_groups(model, ["dense2", "head"])
    assert [[layer.name for layer in group] for group in groups] == [["dense1", "norm1"], ["dense2", "norm2"], ["head"]]


@pytest.mark.parametrize(
    ("starts", "message"),
    [
        (["nobody"], "'nobody'.*dense1, norm1"),
        (["head", "dense2"], "order"),
        (["dense1"], "first"),
        (["head"] * 2, "diff"),
    ],
)
def test_starts_that_make_no_groups_are_named(model, starts, message):
    with pytest.raises(ValueError, match=message):
        finetuning.layer_groups(model, starts)


@pytest.mark.parametrize(
    ("first", "batch_norm", "expected"),
    [("head", False, 15), ("dense2", False, 20 + 15), ("dense2", True, 28 + 15), ("dense1", False, 24 + 20 + 15)],
)
def test_what_may_learn_is_counted_by_hand(model, first, batch_norm, expected):
    model.trainable = False
    assert finetuning.unfreeze_from(model, first, batch_norm) == expected
    assert finetuning.trainable_count(model) == expected


def test_an_unknown_first_layer_is_named(model):
    with pytest.raises(ValueError, match=r"'nobody'.*head"):
        finetuning.unfreeze_from(model, "nobody")


def test_only_what_was_unfrozen_moves_and_no_statistics_drift(model):
    finetuning.unfreeze_from(model, "dense2")
    before = finetuning.snapshot(model)
    fit(finetuning.recompile(model, 0.01), epochs=2)
    rows = {row.layer: row for row in finetuning.audit(model, before)}
    assert {name for name, row in rows.items() if row.weights} == {"dense2", "head"}
    assert [row.trainable for row in rows.values()] == [False, False, True, False, True]
    assert {name: row.statistics for name, row in rows.items() if row.statistics is not None} == {
        "norm1": 0,
        "norm2": 0,
    }


def test_the_audit_sees_batch_norms_that_were_not_frozen(model):
    finetuning.unfreeze_from(model, "dense2", batch_norm=True)
    before = finetuning.snapshot(model)
    fit(finetuning.recompile(model, 0.01))
    rows = {row.layer: row for row in finetuning.audit(model, before)}
    assert rows["norm1"].statistics == 0
    assert rows["norm2"].statistics > 0.001


def test_distances_by_hand(model):
    before = finetuning.snapshot(model)
    head = model.get_layer("head")
    kernel, bias = head.get_weights()
    head.set_weights([1.5 * kernel, bias])  # the bias is zero
    norm = next(layer for layer in finetuning.weight_layers(model) if layer.name == "norm1")
    gamma, beta, mean, variance = norm.get_weights()
    norm.set_weights([gamma, beta + 1, mean, 3 * variance])  # gamma and variance are 1, beta and mean 0
    rows = {row.layer: row for row in finetuning.audit(model, before)}
    assert rows["head"].weights == pytest.approx(0.5)
    assert (rows["norm1"].weights, rows["norm1"].statistics) == (pytest.approx(1.0), pytest.approx(2.0))
    assert (rows["dense1"].weights, rows["dense1"].statistics) == (0.0, None)


def test_a_snapshot_of_another_model_raises(model):
    with pytest.raises(ValueError, match="another model: it has 1 layers, and 5"):
        finetuning.audit(model, {"head": []})


def test_recompiling_brings_a_new_optimizer_and_what_is_trainable_now(model):
    finetuning.unfreeze_from(model, "head")
    fit(finetuning.recompile(model, 0.01))
    first = model.optimizer
    finetuning.unfreeze_from(model, "dense1")
    before = finetuning.snapshot(model)
    fit(finetuning.recompile(model, 0.02, keras.optimizers.SGD, momentum=0.9))
    assert model.optimizer is not first
    assert float(model.optimizer.learning_rate) == pytest.approx(0.02)
    assert all(row.weights for row in finetuning.audit(model, before) if row.layer.startswith("dense"))


def test_both_parts_of_a_split_model_make_the_whole_and_share_its_weights():
    whole = network()
    lower, upper = finetuning.split(whole, "norm1")
    x = np.random.default_rng(0).normal(size=(7, 5)).astype("float32")
    np.testing.assert_allclose(upper(lower(x)), whole(x), rtol=1e-5)
    assert [layer.name for layer in finetuning.weight_layers(upper)] == ["dense2", "norm2", "head"]
    whole.get_layer("dense2").kernel.assign_add(np.ones((4, 4)))
    np.testing.assert_allclose(upper(lower(x)), whole(x), rtol=1e-5)
