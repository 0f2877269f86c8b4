"""How much a split by row flatters a classifier whose rows belong to people (unit 11).

The task is a trait of a person, a square jaw or a pointed one, from the teacher's features of several images of each
person. A random split by row puts images of most people on both sides, so a classifier can recognize the person instead
of the jaw. Images of people who are in neither side show what the classifier is worth. There is nothing to tune: the
linear classifier is the course's own, and the nearest neighbor has no settings.
"""

import numpy as np
from sklearn.neighbors import KNeighborsClassifier
from threadpoolctl import threadpool_limits

from tlcourse import teachers
from tlcourse.datasets import faces
from tlcourse.datasets.faces.people import person
from tlcourse.linear_probe import linear_classifier
from tlcourse.research.pipeline_steps import split_of

PEOPLE, IMAGES_EACH, TEST_SHARE = 160, 5, 0.25
NEW_PEOPLE, NEW_IMAGES = 100, 2
SQUARE = 2.8  # the middle of the range of `Person.jaw`


def run(seed):
    """Accuracy of two classifiers by split, and on new people, with the teacher's features and with a random network's.

    Returns
    -------
    dict
        By features ("teacher", "untrained") and classifier ("linear", "neighbor"): "row" and "identity" are what a
        test split says, "new_people" is what is true of the one trained on the identity split, "row_new_people" of the
        other. "leak" is row less identity.
    """
    first = faces.TEST_PEOPLE[0] + seed * (PEOPLE + NEW_PEOPLE)
    rows = faces.portraits(range(first, first + PEOPLE), IMAGES_EACH, seed)
    new = faces.portraits(range(first + PEOPLE, first + PEOPLE + NEW_PEOPLE), NEW_IMAGES, seed)
    labels, new_labels = _jaws(rows), _jaws(new)
    splits = {"row": _row_test(len(rows), seed), "identity": _identity_test(rows, seed)}
    return {
        name: _compared(
            base.predict(rows.images, verbose=0), labels, base.predict(new.images, verbose=0), new_labels, splits
        )
        for name, base in _bases(seed).items()
    }


def _bases(seed):
    """The teacher, and the same network with random weights."""
    import keras

    teacher = teachers.load("faces_vgg16", head=False)
    keras.utils.set_random_seed(seed)
    untrained = keras.models.clone_model(teacher)
    return {"teacher": teacher, "untrained": untrained}


def _jaws(data):
    square = np.array([person(int(name.split()[1])).jaw > SQUARE for name in data.class_names])
    return square[data.labels].astype(int)


def _row_test(count, seed):
    """A random quarter of the rows."""
    test = np.zeros(count, dtype=bool)
    test[np.random.default_rng(seed).permutation(count)[: round(TEST_SHARE * count)]] = True
    return test


def _identity_test(rows, seed):
    """All rows of about a quarter of the people."""
    test_people = np.array([split_of(f"{seed} {name}", TEST_SHARE) == "test" for name in rows.class_names])
    return test_people[rows.labels]


def _compared(features, labels, new_features, new_labels, splits):
    """Accuracies by classifier and split."""
    makers = {"linear": linear_classifier, "neighbor": lambda: KNeighborsClassifier(1)}
    compared = {}
    for name, make in makers.items():
        scores, on_new = {}, {}
        for split, test in splits.items():
            with threadpool_limits(1):
                fitted = make().fit(features[~test], labels[~test])
                scores[split] = float(fitted.score(features[test], labels[test]))
                on_new[split] = float(fitted.score(new_features, new_labels))
        leak = scores["row"] - scores["identity"]
        compared[name] = {**scores, "new_people": on_new["identity"], "row_new_people": on_new["row"], "leak": leak}
    return compared
