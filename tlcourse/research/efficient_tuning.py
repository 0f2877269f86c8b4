"""Parameter-efficient fine-tuning: accuracy against trained parameters and the optimizer's memory (unit 04).

As in units 03 and 04, the teacher's first three blocks stay frozen and what they make of the images is computed once.
All arms begin with the same head, trained alone for `HEAD_STEPS` steps, and then take `STEPS` steps on the same batches
of 20 images. Batch norms stay as the teacher has them. What learns in the second part:

- *head*: the head alone, once more.
- *bias*: the head, and a bias for each filter and each unit from block 4 on (BitFit, Ben Zaken et al. 2022, there for
  transformers). The teacher's convolutions and dense layers have none, because the offsets of its batch norms do the
  same. The biases stand in front of these: each moves its batch norm's offset, in other units. Scales do not learn.
- *lora*: the head, and an update of rank `RANK` for each kernel from block 4 on (LoRA, Hu et al. 2022, there for
  attention), by Keras' own ``enable_lora`` of `Dense` and `Conv2D`. The kernel itself stays frozen.
- *ladder*: all kernels from block 4 on, at unit 04's rates: each group a third of the next one's.
- *full*: all kernels from block 4 on, at one rate.
- *untrained*: as *full*, in a network with initial weights: its first three blocks stay as they are, with statistics of
  the training images in the batch norms; behind them batch norms learn, too. A control.

`develop` measures each arm at four rates on development data; `run` takes the best of them for each target and arm.
"""

import keras
import numpy as np

from tlcourse import finetuning, learning_rates, teachers
from tlcourse.data import results
from tlcourse.networks import batch_norms, refresh_batch_norm
from tlcourse.research import control_targets, equal_steps, rate_ladders
from tlcourse.research.fine_tuning_task import BATCH, CUT
from tlcourse.research.partial_training import HEAD_RATE, batch_order

HEAD_STEPS, STEPS = 100, 100  # 16 or 20 passes over the images in each part
RANK = 4
LADDER_FACTOR = 3
# Of Adam; the fewer parameters learn, the higher they are. A first development run had three rates for each arm; on
# digits the highest was best for nearly all arms, so each got one more.
RATES = {
    "head": (3e-3, 1e-2, 3e-2, 1e-1),
    "bias": (3e-3, 1e-2, 3e-2, 1e-1),
    "lora": (1e-3, 3e-3, 1e-2, 3e-2),
    "ladder": (*rate_ladders.HIGHEST, 3e-2),
    "full": (3e-4, 1e-3, 3e-3, 1e-2),
    "untrained": (3e-4, 1e-3, 3e-3, 1e-2),
}
NAMES = {"near": "faces", "far": "digits"}  # target to name in `control_targets`
DEVELOPED = 2  # development seeds


def run(seed):
    """Each arm on the targets of a seed, for the record, at the rates that development chose.

    Returns
    -------
    dict
        By target and arm: ``accuracy`` on test images, ``training`` on training images, ``parameters`` that learn, and
        ``optimizer_bytes`` that Adam keeps for them. ``rates``: those used.

    Raises
    ------
    FileNotFoundError
        If "efficient_tuning_development" is not recorded yet.
    """
    rates = chosen_rates(results("efficient_tuning_development"))
    measured = {name: {} for name in ("accuracy", "training", "parameters", "optimizer_bytes")}
    for target, parts in _targets(seed, control_targets.EVALUATION):
        arms = compare(*parts, seed, {arm: (rate,) for arm, rate in rates[target].items()})
        for name, by_arm in measured.items():
            by_arm[target] = {arm: by_rate[rates[target][arm]][name] for arm, by_rate in arms.items()}
    return {**measured, "rates": rates}


def develop(seed):
    """Accuracy on development data, by target, arm and rate, those of `RATES`."""
    return {
        target: {
            arm: {f"{rate:g}": numbers["accuracy"] for rate, numbers in by_rate.items()}
            for arm, by_rate in compare(*parts, seed, RATES).items()
        }
        for target, parts in _targets(seed, control_targets.DEVELOPMENT)
    }


def chosen_rates(recorded):
    """The rate with the highest mean accuracy, by target and arm; the lowest of equal ones.

    Parameters
    ----------
    recorded : dict
        Summaries of what `develop` returned.
    """
    return {target: {arm: _best(by_rate) for arm, by_rate in recorded[target].items()} for target in NAMES}


def _best(by_rate):
    return max(map(float, by_rate), key=lambda rate: (by_rate[f"{rate:g}"]["mean"], -rate))


def _targets(seed, stage):
    """Near: new drawn people. Far: real handwritten digits. Each as (train, test)."""
    tasks = control_targets.tasks(seed, stage, tuple(NAMES.values()))
    return [(target, tasks[name]) for target, name in NAMES.items()]


def compare(train, test, seed, rates):
    """Train each arm at each of its rates.

    Parameters
    ----------
    train, test : LabeledImages
    seed : int
        Of initial weights and of the order of the images.
    rates : dict of str to sequence of float
        By arm, a key of `RATES`; or for some of the arms.

    Returns
    -------
    dict of str to dict of float to dict
        By arm and rate: ``accuracy``, ``training``, ``parameters`` and ``optimizer_bytes``.
    """
    measured, upper_parts = {}, {}
    for arm, tried in rates.items():
        trained = arm != "untrained"
        if trained not in upper_parts:
            upper_parts[trained] = _parts(train, test, seed, trained)
        upper, features, tested = upper_parts[trained]
        model = student(arm, upper, len(train.class_names), seed)
        start = _with_trained_head(model, features, train.labels, seed)
        order = batch_order(len(train), HEAD_STEPS + STEPS, seed)[HEAD_STEPS * BATCH :]
        equal_steps.compiled(model, optimizer(arm, model))
        measured[arm] = by_rate = {}
        for rate in tried:
            model.set_weights(start)
            equal_steps.fit(model, features, train.labels, order, rate)
            if not trained:
                refresh_batch_norm(model, features)
            by_rate[rate] = {
                "accuracy": _accuracy(model, tested, test.labels),
                "training": _accuracy(model, features, train.labels),
                "parameters": float(finetuning.trainable_count(model)),
                "optimizer_bytes": float(optimizer_bytes(model.optimizer)),
            }
    return measured


def _parts(train, test, seed, trained):
    """The part of the network that may learn, and the features of the images before it."""
    base = teachers.load("faces_vgg16", head=False)
    if not trained:
        keras.utils.set_random_seed(seed)
        base = keras.models.clone_model(base)
        refresh_batch_norm(base, train.images)
    lower, upper = finetuning.split(base, CUT)
    return upper, *(lower.predict(part.images, batch_size=250, verbose=0) for part in (train, test))


def student(arm, upper, classes, seed):
    """A copy of the upper part with a new head, in which what belongs to an arm may learn.

    Parameters
    ----------
    arm : str
        A key of `RATES`.
    upper : keras.Model
        Stays as it is.
    classes : int
    seed : int
        Of the head and of the first factor of *lora*.

    Returns
    -------
    keras.Model
        Not compiled. With the head's initial weights, all arms give the same outputs as `upper` with this head.
    """
    copied = keras.models.clone_model(upper, clone_function=_with_bias if arm == "bias" else None)
    for layer, mine in zip(upper.layers, copied.layers, strict=True):
        added = mine.get_weights()[len(layer.get_weights()) :]  # new biases, all 0
        mine.set_weights([*layer.get_weights(), *added])
    model = equal_steps.with_new_head(copied, classes, seed)
    kernels = [layer for layer in copied.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    for layer in kernels:
        if arm == "head":
            layer.trainable = False
        elif arm == "bias":
            layer.kernel.trainable = False
        elif arm == "lora":
            layer.enable_lora(RANK)
    for norm in batch_norms(model):
        norm.trainable = arm == "untrained"
    return model


def _with_bias(layer):
    config = layer.get_config()
    if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense)):
        config["use_bias"] = True
    return layer.__class__.from_config(config)


def optimizer(arm, model):
    """Adam; for *ladder* with a rate for each of unit 04's groups, the highest of which is the one that `fit` sets."""
    if arm != "ladder":
        return keras.optimizers.Adam()
    groups = finetuning.layer_groups(model, rate_ladders.STARTS)
    return learning_rates.grouped_optimizer(groups, rate_ladders.ladder(1e-3, LADDER_FACTOR), multi=False)


def optimizer_bytes(built):
    """Bytes of an optimizer's arrays: Adam has two numbers for each parameter that learns."""
    return sum(int(np.prod(each.shape)) * np.dtype(each.dtype).itemsize for each in built.variables if len(each.shape))


def _with_trained_head(model, features, labels, seed):
    """The weights of a model after its head has been trained alone."""
    *_, kernel, bias = start = model.get_weights()
    vectors = keras.Model(model.input, model.layers[-1].input).predict(features, batch_size=250, verbose=0)
    order = batch_order(len(labels), HEAD_STEPS, seed)
    return [*start[:-2], *equal_steps.trained_head(vectors, labels, [kernel, bias], order, HEAD_RATE)]


def _accuracy(model, features, labels):
    predicted = model.predict(features, batch_size=250, verbose=0).argmax(axis=1)
    return float((predicted == labels).mean())
