"""How many layers to unfreeze with how many pictures (C22): handwriting, the head always trained first."""

import keras
import numpy as np

from tlcourse import finetuning
from tlcourse.datasets import digits
from tlcourse.experiments.fine_tuning import BATCH, Task

IMAGES_EACH = (2, 10, 50)
DEPTHS = {
    "dense layers": "fc1",
    "block 5 on": "block5_conv1",
    "block 4 on": "block4_conv1",
    "everything": "block1_conv1",
}
STEPS, RATE = 60, 1e-3


def run(seed):
    """Test accuracy by pictures of each digit and by the first layer that may learn; all with as many steps."""
    measured = {}
    _, test = digits.split(seed, max(IMAGES_EACH))
    for count in IMAGES_EACH:
        train = digits.split(seed, max(IMAGES_EACH))[0].per_class(count, seed)
        measured[str(count)] = _one_size(train, test.take(slice(0, 500)), seed)
    return measured


def _one_size(train, test, seed):
    task = Task(train, test, seed)
    task.train_head()
    task.model.set_weights(task.with_head)
    accuracies = {"head only": task.accuracy()}
    for name, first in DEPTHS.items():
        task.model.set_weights(task.with_head)
        whole = first.startswith("block1")
        model = keras.Model(task.lower.input, task.model(task.lower.output)) if whole else task.model
        finetuning.unfreeze_from(model, first)
        finetuning.recompile(model, RATE)
        _steps(model, train.images if whole else task.train_features, train.labels, seed)
        logits = model.predict(test.images if whole else task.test_features, batch_size=256, verbose=0)
        accuracies[name] = float((logits.argmax(axis=1) == test.labels).mean())
    return accuracies


def _steps(model, inputs, labels, seed):
    """STEPS batches, whatever the number of pictures."""
    keras.utils.set_random_seed(seed)
    order = np.random.default_rng(seed)
    drawn = [order.permutation(len(inputs)) for _ in range(-(-STEPS * BATCH // len(inputs)))]
    drawn = np.concatenate(drawn)[: STEPS * BATCH]
    model.fit(inputs[drawn], labels[drawn], batch_size=BATCH, shuffle=False, verbose=0)
