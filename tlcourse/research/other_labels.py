"""Y_s != Y_t: a teacher of four coarse classes, a student of eight fine ones, and back (C30)."""

import numpy as np
from sklearn.metrics import accuracy_score

from tlcourse import scenario_network
from tlcourse.datasets import galaxies
from tlcourse.research import headline, two_telescopes

IMAGES_EACH, TEST_EACH = 10, 50


def run(seed):
    """Accuracy on the eight kinds of galaxies, ten labeled images of each, and on the four classes.

    ``old_head``: the teacher's class, and one of its two kinds by lot. ``new_head``: on the teacher's features.
    ``summed``: the new head's probabilities, summed to the four coarse classes, beside the teacher's own answer.
    """
    _, teacher = two_telescopes.trained(seed)
    train = galaxies.observe(IMAGES_EACH, 1_003 + 10 * seed, fine=True)
    test = galaxies.observe(TEST_EACH, 1_004 + 10 * seed, fine=True)
    coarse_truth = galaxies.COARSE[test.labels]
    coarse = teacher.predict(test.images, batch_size=256, verbose=0).argmax(axis=1)
    guess = 2 * coarse + np.random.default_rng(seed).integers(0, 2, len(test))
    train_vectors, tested = (scenario_network.vectors(teacher, each) for each in (train, test))
    probabilities = scenario_network.linear(train_vectors, train.labels).predict_proba(tested)
    summed = probabilities.reshape(-1, 4, 2).sum(axis=-1)
    scratch = scenario_network.train(train, seed, epochs=30)
    flat = [each.images.reshape(len(each), -1) / 255 for each in (train, test)]
    return {
        "fine": {
            "old_head": accuracy_score(test.labels, guess),
            "new_head": accuracy_score(test.labels, probabilities.argmax(axis=1)),
            "scratch": headline.accuracy(scratch, test),
            "pixels": float(scenario_network.linear(flat[0], train.labels).score(flat[1], test.labels)),
        },
        "coarse": {
            "teacher": accuracy_score(coarse_truth, coarse),
            "summed": accuracy_score(coarse_truth, summed.argmax(axis=1)),
        },
    }
