"""Features without labels: rotation prediction, against random weights and a supervised teacher (C48).

A small network learns from 2,000 portraits of 400 people without their labels. Then a linear probe gets five labeled
images of each of 65 other people. Gidaris, Singh and Komodakis 2018 predict rotations.
"""

import keras
import numpy as np
from threadpoolctl import threadpool_limits

from tlcourse import networks, teachers
from tlcourse.datasets import faces
from tlcourse.linear_probe import linear_classifier

PEOPLE, IMAGES_EACH, EPOCHS = 400, 5, 6
CLASSES, SHOTS, TEST_EACH = 65, 5, 10
BATCH, RATE = 128, 2e-3
WIDTHS = (16, 32, 64)


def run(seed):
    """Accuracy of the probe by features, and of rotation prediction for people whom the network has not seen."""
    unlabeled, train, test = samples(seed)
    keras.utils.set_random_seed(seed)
    rotation = rotation_network(unlabeled, seed)
    models = {
        "random": features_of(untrained(seed, unlabeled)),
        "rotation": features_of(rotation),
        "supervised": teachers.load("faces_vgg16", head=False),
    }
    scores = {name: probe(model, train, test) for name, model in models.items()}
    return {"probe": scores, "turns": turned_accuracy(rotation, test.images, seed)}


def samples(seed):
    """Images without labels, and portraits of other people for the probe's training and test."""
    first = faces.TEST_PEOPLE[0] + 600 * seed
    unlabeled = faces.portraits(range(first + 100, first + 100 + PEOPLE), IMAGES_EACH, seed).images
    train, test = (faces.portraits(range(first, first + CLASSES), count, 2 * seed + part)
                   for part, count in enumerate((SHOTS, TEST_EACH)))  # fmt: skip
    return unlabeled, train, test


def network(outputs):
    """Three convolutions, the first with stride 2, on images of 48x48 pixels."""
    return networks.speech_cnn(outputs, WIDTHS, dropout=0.0, shape=(48, 48, 3))


def untrained(seed, images):
    """The network with random weights, and batch norm's statistics of the images."""
    keras.utils.set_random_seed(seed)
    model = network(4)
    networks.refresh_batch_norm(model, images[:256])
    return model


def rotated(images, rng):
    """Each image turned by a random quarter turn, and how many quarter turns it was."""
    turns = rng.integers(4, size=len(images))
    return np.stack([np.rot90(image, turn) for image, turn in zip(images, turns, strict=True)]), turns


def rotation_network(images, seed):
    """A network that has learned by how many quarter turns an image was turned."""
    rng = np.random.default_rng(seed)
    turned, turns = rotated(np.concatenate([images] * 2 * EPOCHS), rng)
    keras.utils.set_random_seed(seed)
    model = network(4)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    networks.compile_and_build(model, keras.optimizers.Adam(RATE), loss)
    model.fit(turned, turns, batch_size=BATCH, shuffle=True, verbose=0)
    return model


def turned_accuracy(model, images, seed):
    """The share of turned images whose turn is predicted."""
    turned, turns = rotated(images, np.random.default_rng(seed + 1))
    return float(np.mean(model.predict(turned, batch_size=256, verbose=0).argmax(axis=1) == turns))


def features_of(model):
    """The network up to its last pooling."""
    return keras.Model(model.inputs, model.get_layer("features").output)


def probe(model, train, test):
    """Accuracy of a linear classifier on the features of a few labeled images."""
    seen, tested = (model.predict(part.images, batch_size=256, verbose=0) for part in (train, test))
    with threadpool_limits(1):
        return float(linear_classifier(200).fit(seen, train.labels).score(tested, test.labels))
