"""How much of an encoder of text should learn: head, last layer, LoRA or everything (unit 13; images in unit 04).

All arms start from the teacher `texts_bert` with the same head of zeros on the mean of the states, and take the same
steps on the same batches of films. *lora* adds an update of rank `RANK` to the dense kernels of every layer (Hu et al.
2022, there for attention), by Keras' own ``enable_lora``. `develop` measures each arm at four rates, a factor of three
apart. With 60 steps, every arm was best at its highest rate; so the ladders go on and each arm takes 240 steps.
"""

import functools
import time

import keras
import numpy as np

from tlcourse import finetuning, teachers
from tlcourse.data import results
from tlcourse.datasets import texts
from tlcourse.research import text_arms
from tlcourse.research.efficient_tuning import optimizer_bytes
from tlcourse.research.language_models import DEVELOPMENT, chosen
from tlcourse.research.text_labels import chosen_places

LABELS_EACH, TEST, STEPS, BATCH, LENGTH = 100, 400, 240, 20, 24
RANK = 4
RATES = {
    "head": (3e-2, 1e-1, 3e-1, 1.0),
    "last": (3e-3, 1e-2, 3e-2, 1e-1),
    "lora": (3e-3, 1e-2, 3e-2, 1e-1),
    "full": (1e-3, 3e-3, 1e-2, 3e-2),
}
DEVELOPED = 2


def student(arm):
    """The teacher with a head of two classes, in which what belongs to an arm may learn.

    Parameters
    ----------
    arm : str
        A key of `RATES`.
    """
    encoder = teachers.load("texts_bert", head=False)
    for layer in encoder.layers:
        layer.trainable = arm == "full" or (arm == "last" and layer.name.endswith("_4"))
        if arm == "lora" and layer.name.startswith(("wide_", "narrow_")):
            layer.trainable = True
            layer.enable_lora(RANK)
            layer.bias.trainable = False
    ids = encoder.inputs[0]
    real = keras.ops.cast(keras.ops.not_equal(ids, 0), "float32")[..., None]
    mean = keras.ops.sum(encoder.outputs[0] * real, axis=1) / keras.ops.sum(real, axis=1)
    return keras.Model(ids, keras.layers.Dense(2, kernel_initializer="zeros", name="classes")(mean))


@functools.cache
def compiled(arm):
    """A student, traced once in a process, and its initial weights."""
    model = student(arm)
    start = model.get_weights()
    model.compile(keras.optimizers.Adam(), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.optimizer.build(model.trainable_variables)
    model.train_on_batch(np.ones((BATCH, LENGTH), np.int32), np.zeros(BATCH, int))
    return model, start


def films(seed):
    """Films for a seed: some with labels, and others for the test, with their ids."""
    pool = texts.generate("films", 600, 40_000 + 2 * seed)
    parts = pool.take(chosen_places(pool.labels, LABELS_EACH, seed)), texts.generate("films", TEST, 40_001 + 2 * seed)
    encoded = [teachers.tokenizer("texts_bert").encode(part.texts, LENGTH) for part in parts]
    return parts, [np.pad(ids, ((0, 0), (0, LENGTH - ids.shape[1]))) for ids in encoded]


def measure(arm, seed, rates):
    """By rate: ``accuracy``, ``parameters`` that learn, ``optimizer_bytes`` of Adam and processor ``seconds``."""
    (train, test), (ids, tested) = films(seed)
    model, start = compiled(arm)
    measured = {}
    for rate in rates:
        model.set_weights(start)
        for variable in model.optimizer.variables:
            variable.assign(keras.ops.zeros_like(variable))
        rng, began = np.random.default_rng(seed), time.process_time()
        for number in range(STEPS):
            model.optimizer.learning_rate.assign(rate * (1 - number / STEPS))
            places = rng.choice(len(ids), BATCH, replace=False)
            model.train_on_batch(ids[places], train.labels[places])
        seconds = time.process_time() - began
        guessed = model.predict(tested, batch_size=200, verbose=0).argmax(axis=1)
        measured[rate] = {
            "accuracy": text_arms.accuracy(test.labels, guessed),
            "parameters": float(finetuning.trainable_count(model)),
            "optimizer_bytes": float(optimizer_bytes(model.optimizer)),
            "processor_seconds": seconds,
        }
    return measured


def develop(seed):
    """Accuracy on development films, by arm and rate."""
    seed += DEVELOPMENT
    by_arm = {arm: measure(arm, seed, rates) for arm, rates in RATES.items()}
    return {"accuracy": {arm: {f"{rate:g}": each["accuracy"] for rate, each in by_rate.items()}
                         for arm, by_rate in by_arm.items()}}  # fmt: skip


def run(seed):
    """What `measure` gives, by quantity and arm, at the rates that development chose; and accuracy of TF-IDF.

    Raises
    ------
    FileNotFoundError
        If "text_tuning_development" is not recorded yet.
    """
    recorded = results("text_tuning_development")
    result = {name: {} for name in ("accuracy", "parameters", "optimizer_bytes", "processor_seconds")}
    for arm in RATES:
        rate = chosen(recorded, "accuracy", arm)
        for name, value in measure(arm, seed, (rate,))[rate].items():
            result[name][arm] = value
    (train, test), _ = films(seed)
    guessed = text_arms.tf_idf(train.texts, train.labels, test.texts)
    result["accuracy"]["tfidf"] = text_arms.accuracy(test.labels, guessed)
    return result
