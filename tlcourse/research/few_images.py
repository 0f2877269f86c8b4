"""Accuracy against images per person, with the teacher and without (C09, C10)."""

import numpy as np

from tlcourse import teachers
from tlcourse.datasets import faces
from tlcourse.research import headline

IMAGES_EACH = (1, 2, 5, 10, 20)
EPOCHS_FROM_SCRATCH = {1: 100, 2: 100, 5: 80, 20: 40}
COPIES = {
    "10/transfer": ("headline", "transfer"),
    "10/small_cnn": ("headline", "best_from_scratch"),
    "10/pixels": ("headline", "pixels"),
}


def run(seed):
    """Accuracy by images per person and method, on the 65 people of one headline seed.

    A smaller training set is the beginning of a larger one, and the 1,300 test images stay the same. Ten images
    each are the headline itself, whose values are copied: `COPIES`. ``small_cnn`` has augmentation here, as the
    headline's ``best_from_scratch``; the headline's own ``small_cnn`` has none.
    """
    largest, test = faces.headline(seed, max(IMAGES_EACH))
    base = teachers.load("faces_vgg16", head=False)
    features, test_features = (headline.both_sides(base, part.images) for part in (largest, test))
    position = np.arange(len(largest)) % max(IMAGES_EACH)
    accuracies = {}
    for count, epochs in EPOCHS_FROM_SCRATCH.items():
        chosen = position < count
        train = largest.take(chosen)
        accuracies[str(count)] = {
            "transfer": headline.new_head(features[chosen], train.labels, test_features, test.labels, seed)[0],
            "small_cnn": headline.small_scratch(train, test, seed, augment=True, epochs=epochs),
            "pixels": headline.pixels(train, test),
        }
    return accuracies
