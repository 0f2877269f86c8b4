"""Fine-tuning on photos: few and most blocks of MobileNetV2 at three rates, batch norms frozen and free (C20).

What comes before block 3 stays frozen and is computed once: three of the 17 blocks, and the most expensive ones. The
recipe was settled on the validation photos, with seed 100: cuts before blocks 3, 6 and 13, six and ten epochs. The test
photos are for the record.
"""

import keras
import numpy as np

from tlcourse import finetuning, teachers
from tlcourse.datasets import photos
from tlcourse.research.fine_tuning_task import FineTuningTask

TEACHER, CUT = "MobileNetV2", "block_2_add"
WAYS = {  # the first layer that learns, and whether batch norms from there on are free
    "last_four": ("block_13_expand", False),
    "most": ("block_3_expand", False),
    "most_norms_free": ("block_3_expand", True),
}
RATES = (1e-5, 1e-4, 1e-3)
PIXELS, EACH, EPOCHS = 96, 50, 6


class PhotoTask(FineTuningTask):
    """As `FineTuningTask`, with photos and MobileNetV2."""

    def halves(self):
        """All up to block 2, and what comes after it."""
        return finetuning.split(teachers.load(TEACHER, head=False, input_size=PIXELS), CUT)

    def features(self, images):
        """What the frozen lower part makes of photos, scaled down and prepared."""
        small = keras.ops.image.resize(images.astype("float32"), (PIXELS, PIXELS), antialias=True)
        return super().features(teachers.preprocess(TEACHER, np.asarray(small).clip(0, 255)))


def run(seed, part="test"):
    """Accuracy with the frozen base, and after fine-tuning by what learns and by rate.

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
    for name, (first, norms_free) in WAYS.items():
        finetuning.unfreeze_from(task.model, first, batch_norm=norms_free)
        finetuning.recompile(task.model, RATES[0])
        measured[name] = {f"{rate:g}": task.fine_tune(task.with_head, rate, EPOCHS) for rate in RATES}
    return measured
