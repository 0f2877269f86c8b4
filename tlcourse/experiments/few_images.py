"""Accuracy against pictures per person, with the teacher and without (C09, C10)."""

from tlcourse.datasets import faces
from tlcourse.experiments import headline

IMAGES_EACH = (1, 2, 5, 10, 20, 100)
EPOCHS_FROM_SCRATCH = {1: 200, 2: 200, 5: 200, 10: 200, 20: 100, 100: 25}  # about as many steps from 10 on


def run(seed):
    """Accuracy by pictures per person and method, on the 65 people of one headline seed.

    Smaller training sets are parts of larger ones, and the 1,300 test pictures stay the same.
    """
    largest, test = faces.headline(seed, max(IMAGES_EACH))
    accuracies = {}
    for count in IMAGES_EACH:
        train = largest.per_class(count, seed)
        accuracies[str(count)] = {
            "transfer": headline.transfer(train, test, seed)[0],
            "small_cnn": headline.small_scratch(train, test, seed, epochs=EPOCHS_FROM_SCRATCH[count]),
            "pixels": headline.pixels(train, test),
        }
    return accuracies
