"""Few labeled images of each of 65 classes: prototypes, nearest neighbors and logistic regression (C48).

People are drawn, none of them known to the teacher; characters are real handwriting (Omniglot), far from what the
teacher has learned. Random weights and pixels are the controls. Nothing is chosen on these images: logistic regression
is the course's `linear_classifier`.
"""

import keras
import numpy as np
from threadpoolctl import threadpool_limits

from tlcourse import networks, teachers
from tlcourse.datasets import LabeledImages, faces
from tlcourse.linear_probe import linear_classifier
from tlcourse.research import omniglot

CLASSES, SHOTS, TEST_EACH = 65, (1, 2, 5), 10


def run(seed):
    """Accuracy by task, features, shots and classifier; both tasks have 65 classes, so that chance is 1 in 65."""
    first = faces.TEST_PEOPLE[0] + CLASSES * seed
    people = range(first, first + CLASSES)
    train, test = (
        faces.portraits(people, count, 2 * seed + part) for part, count in enumerate((max(SHOTS), TEST_EACH))
    )
    return {"people": compared(train, test, seed), "characters": compared(*characters(seed), seed)}


def characters(seed):
    """65 of Omniglot's characters: some drawers to learn from, and others for the test."""
    data = omniglot.load()
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(data.class_names), CLASSES, replace=False)
    drawers = rng.permutation(omniglot.DRAWERS)
    parts = drawers[: max(SHOTS)], drawers[max(SHOTS) : max(SHOTS) + TEST_EACH]
    names = tuple(data.class_names[label] for label in chosen)
    return [
        LabeledImages(
            data.images[np.concatenate([label * omniglot.DRAWERS + part for label in chosen])],
            np.repeat(np.arange(CLASSES), len(part)),
            names,
            data.source,
        )
        for part in parts
    ]


def compared(train, test, seed):
    """Accuracy by features, shots and classifier. The first images of each class are the shots."""
    result = {}
    for name, (seen, tested) in features(train.images, test.images, seed).items():
        result[name] = {}
        for shots in SHOTS:
            rows = np.concatenate([np.flatnonzero(train.labels == label)[:shots] for label in range(CLASSES)])
            result[name][str(shots)] = accuracies(seen[rows], train.labels[rows], tested, test.labels)
    return result


def features(train, test, seed):
    """Features by name: the teacher's, those of the same network with random weights, and pixels at 16x16."""
    teacher = teachers.load("faces_vgg16", head=False)
    keras.utils.set_random_seed(seed)
    random = networks.narrow_vgg16(2)
    networks.refresh_batch_norm(random, train[:256])
    random = keras.Model(random.inputs, random.layers[-2].output)
    pairs = {name: [model.predict(part, batch_size=256, verbose=0) for part in (train, test)]
             for name, model in (("teacher", teacher), ("random", random))}  # fmt: skip
    pairs["pixels"] = [
        part.reshape(len(part), 16, 3, 16, 3, 3).mean(axis=(2, 4)).reshape(len(part), -1) / 255.0
        for part in (train, test)
    ]
    return pairs


def accuracies(seen, labels, tested, truth):
    """Accuracy of the nearest prototype, of the nearest neighbor, and of logistic regression."""
    prototypes = np.stack([seen[labels == label].mean(axis=0) for label in range(CLASSES)])
    guesses = {"prototypes": nearest(prototypes, tested), "neighbor": labels[nearest(seen, tested)]}
    with threadpool_limits(1):
        guesses["logistic"] = linear_classifier(200).fit(seen, labels).predict(tested)
    return {name: float(np.mean(guess == truth)) for name, guess in guesses.items()}


def nearest(points, tested):
    """The number of the nearest point, by Euclidean distance, for each tested row."""
    return ((points**2).sum(axis=1) - 2 * tested @ points.T).argmin(axis=1)
