"""How many layers to unfreeze with how many images (C22): handwriting, the head always trained first."""

import keras
import numpy as np

from tlcourse import finetuning
from tlcourse.datasets import digits
from tlcourse.research.fine_tuning_task import BATCH, FineTuningTask, renew

IMAGES_EACH = (2, 10, 50)
DEPTHS = {
    "dense layers": "fc1",
    "block 5 on": "block5_conv1",
    "block 4 on": "block4_conv1",
    "everything": "block1_conv1",
}
STEPS, RATE = 60, 1e-3


def run(seed):
    """Test accuracy by images of each digit and by the first layer that may learn; all with as many steps."""
    largest, test = digits.split(seed, max(IMAGES_EACH))
    parts = {str(count): (largest.per_class(count, seed), test.take(slice(0, 500))) for count in IMAGES_EACH}
    task, trained, measured = FineTuningTask(*parts[str(max(IMAGES_EACH))], seed), {}, {}
    lower = task.lower.get_weights()
    for count, part in parts.items():
        task.take(*part)
        task.train_head()
        task.model.set_weights(task.with_head)
        trained[count], measured[count] = (task.train_features, task.with_head), {"head only": task.accuracy()}
    for name, first in DEPTHS.items():  # the outer loop, since it is what learns that makes TensorFlow trace anew
        whole = first.startswith("block1")
        model = keras.Model(task.lower.input, task.model(task.lower.output)) if whole else task.model
        finetuning.unfreeze_from(model, first)
        finetuning.recompile(model, RATE)
        for count, (train, _) in parts.items():
            features, with_head = trained[count]
            task.lower.set_weights(lower)
            task.model.set_weights(with_head)
            renew(model.optimizer, RATE)
            _steps(model, train.images if whole else features, train.labels, seed)
            if whole:  # the frozen part was not frozen
                task.take(*parts[count])
            measured[count][name] = task.accuracy()
    return measured


def _steps(model, inputs, labels, seed):
    """STEPS batches, whatever the number of images."""
    keras.utils.set_random_seed(seed)
    order = np.random.default_rng(seed)
    order_of_batches = [order.permutation(len(inputs)) for _ in range(-(-STEPS * BATCH // len(inputs)))]
    order_of_batches = np.concatenate(order_of_batches)[: STEPS * BATCH]
    model.fit(inputs[order_of_batches], labels[order_of_batches], batch_size=BATCH, shuffle=False, verbose=0)
