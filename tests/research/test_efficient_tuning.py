"""Parameter-efficient fine-tuning: each arm trains what it says and nothing else, from the same start, equally long."""

import keras
import numpy as np
import pytest
from planned_contrasts import missing_terms

from tlcourse import finetuning, learning_rates
from tlcourse.networks import narrow_vgg16
from tlcourse.research import control_targets, efficient_tuning, equal_steps, registry
from tlcourse.research.fine_tuning_task import BATCH, CUT
from tlcourse.research.partial_training import batch_order

WITH_TEACHER = [arm for arm in efficient_tuning.RATES if arm != "untrained"]
LARGEST_SEED = 2**31 - 1
RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(9, 6, 6, 8)).astype("float32")  # what the tiny lower part gives
LABELS = np.arange(9) % 3


@pytest.fixture(scope="module")
def upper():
    """A tiny network from block 4 on; its batch norms have statistics other than the initial ones."""
    keras.utils.set_random_seed(1)
    network = narrow_vgg16(5, widths=(4, 4, 8, 8, 8), dense=16)
    base = keras.Model(network.input, network.get_layer("fc2_relu").output)
    _, later = finetuning.split(base, CUT)
    later.set_weights([weight + 0.1 for weight in later.get_weights()])
    return later


def students(upper, arms=tuple(efficient_tuning.RATES)):
    return {arm: efficient_tuning.student(arm, upper, 3, seed=0) for arm in arms}


def test_all_arms_give_the_same_outputs_at_the_start(upper):
    models = students(upper)
    kernel, bias = models["full"].get_weights()[-2:]
    expected = np.asarray(upper(FEATURES)) @ kernel + bias
    for arm, model in models.items():
        model.set_weights([*model.get_weights()[:-2], kernel, bias])
        np.testing.assert_allclose(model(FEATURES), expected, rtol=1e-4, atol=1e-5, err_msg=arm)


def learned(arm, model):
    """Train three steps; the weights that moved, by layer and name."""
    equal_steps.compiled(model, efficient_tuning.optimizer(arm, model))
    before = [weight.numpy() for weight in model.weights]
    equal_steps.fit(model, FEATURES, LABELS, batch_order(9, 3, seed=0), 1e-2)
    assert model.optimizer.iterations == 3
    return {
        tuple(weight.path.split("/")[-2:])
        for weight, old in zip(model.weights, before, strict=True)
        if not np.array_equal(weight.numpy(), old)
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arm", "names"),
    [
        ("head", set()),
        ("bias", {"bias"}),
        ("lora", {"lora_kernel_a", "lora_kernel_b"}),
        ("ladder", {"kernel"}),
        ("full", {"kernel"}),
    ],
)
def test_each_arm_trains_its_own_weights_and_the_head_and_nothing_else(upper, arm, names):
    before = upper.get_weights()
    model = efficient_tuning.student(arm, upper, 3, seed=0)
    kernels = [layer.name for layer in model.layers if hasattr(layer, "kernel") and layer.name != "head"]
    assert len(kernels) == 3 + 3 + 2
    expected = {(layer, name) for layer in kernels for name in names} | {("head", "kernel"), ("head", "bias")}
    assert learned(arm, model) == expected
    for old, now in zip(before, upper.get_weights(), strict=True):
        np.testing.assert_array_equal(now, old)


@pytest.mark.slow
def test_the_network_with_initial_weights_learns_its_batch_norms_too(upper):
    moved = learned("untrained", efficient_tuning.student("untrained", upper, 3, seed=0))
    assert {"gamma", "beta", "moving_mean", "moving_variance", "kernel", "bias"} == {name for _, name in moved}


def test_the_optimizer_keeps_two_numbers_for_each_parameter_that_learns(upper):
    counts = {}
    for arm, model in students(upper, WITH_TEACHER).items():
        equal_steps.compiled(model, efficient_tuning.optimizer(arm, model))
        counts[arm] = finetuning.trainable_count(model)
        assert efficient_tuning.optimizer_bytes(model.optimizer) == 2 * 4 * counts[arm]
    assert counts["head"] < counts["bias"] < counts["lora"] < counts["full"] == counts["ladder"]
    assert counts["head"] == 16 * 3 + 3
    assert counts["bias"] == counts["head"] + 6 * 8 + 2 * 16
    convolutions = 6 * (3 * 3 * 8 * 4 + 4 * 8)
    assert counts["lora"] == counts["head"] + convolutions + (9 * 8 * 4 + 4 * 16) + (16 * 4 + 4 * 16)


def test_the_ladder_has_the_rates_of_unit_04(upper):
    model = efficient_tuning.student("ladder", upper, 3, seed=0)
    built = efficient_tuning.optimizer("ladder", model)
    equal_steps.compiled(model, built)
    built.learning_rate.assign(9e-3)
    rates = learning_rates.rates_by_variable(built, model)
    for path, rate in rates.items():
        layer = path.split("/")[-2]
        steps = 3 if layer.startswith("block4") else 2 if layer.startswith("block5") else 0 if layer == "head" else 1
        assert rate == pytest.approx(9e-3 / 3**steps), path


def test_all_arms_have_as_many_rates_and_the_best_is_chosen():
    assert {len(rates) for rates in efficient_tuning.RATES.values()} == {4}
    assert efficient_tuning.STEPS % equal_steps.STEPS_PER_CALL == 0
    assert registry.EXPERIMENTS["efficient_tuning"].needs == ("efficient_tuning_development",)
    means = {rate: {"mean": share} for rate, share in {"0.01": 0.8, "0.003": 0.8, "0.001": 0.7}.items()}
    chosen = efficient_tuning.chosen_rates({target: {"lora": means} for target in efficient_tuning.NAMES})
    assert chosen == {target: {"lora": 0.003} for target in efficient_tuning.NAMES}


@pytest.fixture
def short_training(few_target_images, monkeypatch):
    monkeypatch.setattr(efficient_tuning, "HEAD_STEPS", 2)
    monkeypatch.setattr(efficient_tuning, "STEPS", 2)
    monkeypatch.setattr(efficient_tuning, "RATES", {arm: (1e-3,) for arm in efficient_tuning.RATES})


@pytest.mark.slow
def test_a_run_measures_what_the_contrasts_name_on_the_same_images_in_each_arm(short_training, monkeypatch):
    stages, orders = [], []
    load, fit = control_targets.tasks, equal_steps.fit
    monkeypatch.setattr(control_targets, "tasks", lambda *args: stages.append(args[1]) or load(*args))

    def recorded_fit(model, inputs, labels, order, rate):
        orders.append(order)
        fit(model, inputs, labels, order, rate)

    monkeypatch.setattr(equal_steps, "fit", recorded_fit)
    rates = {target: dict.fromkeys(efficient_tuning.RATES, 1e-3) for target in efficient_tuning.NAMES}
    monkeypatch.setattr(efficient_tuning, "results", {"efficient_tuning_development": rates}.__getitem__)
    monkeypatch.setattr(efficient_tuning, "chosen_rates", lambda recorded: recorded)
    measured = efficient_tuning.run(LARGEST_SEED)
    assert stages == [control_targets.EVALUATION]
    assert missing_terms("efficient_tuning", measured) == []
    for kind in ("accuracy", "training", "parameters", "optimizer_bytes"):
        assert all(set(arms) == set(efficient_tuning.RATES) for arms in measured[kind].values())
    trainings = len(efficient_tuning.RATES)
    for of_target in (orders[: 2 * trainings], orders[2 * trainings :]):
        whole = np.concatenate(of_target[:2])
        assert len(whole) == 4 * BATCH
        for head, rest in zip(of_target[::2], of_target[1::2], strict=True):
            assert np.array_equal(np.concatenate([head, rest]), whole)
