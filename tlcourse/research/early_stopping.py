"""Train until it overfits and step back (C24), plainly and regularized (C25): handwriting, with validation images."""

import keras
import numpy as np

from tlcourse import finetuning
from tlcourse.datasets import digits
from tlcourse.research.fine_tuning_task import BATCH, FIRST, FineTuningTask

EPOCHS, RATE, COPIES, EACH = 30, 1e-3, 8, 10
VARIANTS = {
    "plain": {},
    "weight_decay": {"weight_decay": 0.1},
    "dropout": {"dropout": 0.5},
    "augmented": {"augment": True},
}


def parts(seed):
    """Ten digits of each class to learn from, ten others to validate on, and 800 for the test; none in two parts."""
    both, rest = digits.split(seed, 2 * EACH)
    learned = np.zeros(len(both), bool)
    for label in range(10):
        learned[np.flatnonzero(both.labels == label)[:EACH]] = True
    return both.take(learned), both.take(~learned), rest.take(slice(0, 800))


def varied(images, seed):
    """Images shifted, turned and enlarged at random; not mirrored, since a mirrored digit is none."""
    keras.utils.set_random_seed(seed)
    layers = [
        keras.layers.RandomTranslation(0.1, 0.1),
        keras.layers.RandomRotation(0.04),
        keras.layers.RandomZoom(0.12),
    ]
    x = images.astype("float32")
    for layer in layers:
        x = layer(x, training=True)
    return np.asarray(x).round().clip(0, 255).astype(np.uint8)


def run(seed, variants=tuple(VARIANTS)):
    """By variant: test accuracy and test loss of the last epoch and of the best on validation, and the curves."""
    train, validation, test = parts(seed)
    dropouts = {VARIANTS[name].get("dropout", 0.0) for name in variants}
    tasks = {dropout: FineTuningTask(train, test, seed, dropout) for dropout in sorted(dropouts)}
    for task in tasks.values():
        task.train_head()
    return {name: _one(tasks, train, validation, **VARIANTS[name]) for name in variants}


def _one(tasks, train, validation, weight_decay=None, dropout=0.0, augment=False):
    task = tasks[dropout]
    task.model.set_weights(task.with_head)
    finetuning.unfreeze_from(task.model, FIRST)
    finetuning.recompile(task.model, RATE, keras.optimizers.AdamW, weight_decay=weight_decay or 0.0)
    copies = [task.train_features]
    if augment:
        copies = [task.features(varied(train.images, COPIES * task.seed + copy)) for copy in range(COPIES)]
    return _train(task, copies, task.features(validation.images), validation.labels)


def _train(task, copies, validation_features, validation_labels):
    """Epoch by epoch, each on the next of the copies; the best weights are kept."""
    curves, best = {"training_loss": [], "validation_loss": []}, None
    keras.utils.set_random_seed(task.seed)
    for epoch in range(EPOCHS):
        features = copies[epoch % len(copies)]
        history = task.model.fit(features, task.train_labels, batch_size=BATCH, verbose=0).history
        curves["training_loss"].append(history["loss"][0])
        curves["validation_loss"].append(_loss(task.model, validation_features, validation_labels))
        if curves["validation_loss"][-1] == min(curves["validation_loss"]):
            best = task.model.get_weights()
    measured = {"best_epoch": int(np.argmin(curves["validation_loss"])) + 1, **curves}
    for name, weights in {"last": task.model.get_weights(), "best": best}.items():
        task.model.set_weights(weights)
        measured[name] = task.accuracy()
        measured[f"{name}_loss"] = _loss(task.model, task.test_features, task.test_labels)
    measured["training_loss"], measured["validation_loss"] = (
        {str(epoch): value for epoch, value in enumerate(curves[name], start=1)} for name in curves
    )
    return measured


def _loss(model, features, labels):
    logits = model(features, training=False)  # called and not evaluated, which takes longer than a pass of training
    return float(keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, logits))
