"""Fine-tuning on photos: the last four blocks of MobileNetV2 at four rates, batch norms frozen and free (C20).

Everything before them stays frozen, so what comes out of it is computed once. The recipe was settled on the validation
photos; the test photos are for the record.
"""

import keras
import numpy as np

from tlcourse import finetuning, teachers
from tlcourse.datasets import photos
from tlcourse.experiments.fine_tuning import Task

TEACHER, CUT, FIRST = "MobileNetV2", "block_12_add", "block_13_expand"
RATES = (1e-5, 1e-4, 1e-3, 1e-2)
PIXELS, EACH, EPOCHS = 96, 50, 10


class PhotoTask(Task):
    """As `Task`, with photos and MobileNetV2, which is cut before its last four blocks."""

    def halves(self):
        """All up to block 12, and what comes after it."""
        return finetuning.split(teachers.load(TEACHER, head=False, input_size=PIXELS), CUT)

    def features(self, images):
        """What the frozen lower part makes of photos, scaled down and prepared."""
        small = keras.ops.image.resize(images.astype("float32"), (PIXELS, PIXELS), antialias=True)
        return super().features(teachers.preprocess(TEACHER, np.asarray(small).clip(0, 255)))

    def accuracy_in_training_mode(self):
        """Test accuracy with statistics of the test photos instead of the stored ones; it changes those a little."""
        logits = np.asarray(self.model(self.test_features, training=True))
        return float((logits.argmax(axis=1) == self.test_labels).mean())


def run(seed, part="test"):
    """Accuracy with the frozen base, and after fine-tuning by batch norms and by rate.

    Parameters
    ----------
    seed : int
    part : str
        The photos to measure on; "val" while the recipe is being settled.

    Raises
    ------
    photos.PhotosUnavailable, teachers.TeacherUnavailable
        When photos or weights are neither on a mirror nor to be downloaded.
    """
    parts = photos.cats_dogs()
    task = PhotoTask(parts["train"].per_class(EACH, seed), parts[part], seed)
    task.train_head()
    task.model.set_weights(task.with_head)
    measured = {"frozen": task.accuracy()}
    for name, free in {"norms_frozen": False, "norms_free": True}.items():
        finetuning.unfreeze_from(task.model, FIRST, batch_norm=free)
        finetuning.recompile(task.model, RATES[0])
        measured[name], in_training_mode = {}, {}
        for rate in RATES:
            measured[name][f"{rate:g}"] = task.fine_tune(task.with_head, rate, EPOCHS)
            in_training_mode[f"{rate:g}"] = task.accuracy_in_training_mode()
    return {**measured, "norms_free_in_training_mode": in_training_mode}  # frozen norms have no such mode
