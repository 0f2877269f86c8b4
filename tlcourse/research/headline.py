"""The headline (claim C01): 65 new people, 10 images each, with and without a teacher.

Every recipe here was chosen on `faces.development` people; `faces.headline` people are only ever tested on.
"""

import time

import keras
import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from tlcourse import teachers
from tlcourse.datasets import faces
from tlcourse.networks import compile_and_build, narrow_vgg16, refresh_batch_norm, small_cnn

PEOPLE = 65
HEAD_EPOCHS = 60
BATCH = 32
FEWER_GROUPS = 5  # for the baselines that stay far behind; the best one is asked about each of the ten


def accuracy(model, test, mirror=False):
    """Share of the test images for which the largest logit is the right one; of the mirror image's added if asked."""
    sides = (test.images, test.images[:, :, ::-1]) if mirror else (test.images,)
    logits = sum(model.predict(images, batch_size=256, verbose=0) for images in sides)
    return float((logits.argmax(axis=1) == test.labels).mean())


def both_sides(base, images):
    """What a frozen base says of each image and of its mirror image, added up and brought to length 1.

    A mirrored face has the same owner. Parkhi et al. 2015 test VGG-Face with averages over mirror images
    and crops in the same way.

    Parameters
    ----------
    base : keras.Model
        Gives vectors.
    images : numpy.ndarray
        Shape (n, height, width, channels).

    Returns
    -------
    numpy.ndarray
        Shape (n, d), float32.
    """
    added = sum(base.predict(side, batch_size=256, verbose=0) for side in (images, images[:, :, ::-1]))
    return added / np.linalg.norm(added, axis=1, keepdims=True)


def train_head(features, labels, classes, seed, epochs=HEAD_EPOCHS):
    """A new last layer, trained on cached features.

    Parameters
    ----------
    features : numpy.ndarray
        Shape (n, d), float32.
    labels : numpy.ndarray
        Shape (n,), integers below `classes`.
    classes, seed, epochs : int

    Returns
    -------
    keras.Model
        Normalization and one dense layer: features in, logits out.
    """
    keras.utils.set_random_seed(seed)
    normalize = keras.layers.Normalization()
    normalize.adapt(features)
    head = keras.Sequential([keras.Input(features.shape[1:]), normalize, keras.layers.Dense(classes)])
    compile_recipe(head, 3e-3, len(features), epochs)
    head.fit(features, labels, batch_size=BATCH, epochs=epochs, verbose=0)
    return head


def transfer(train, test, seed):
    """15 of the teacher's 16 layers kept as they are, the last one new: (accuracy, seconds to train the head)."""
    base = teachers.load("faces_vgg16", head=False)
    train_features, test_features = (both_sides(base, part.images) for part in (train, test))
    return new_head(train_features, train.labels, test_features, test.labels, seed)


def new_head(train_features, train_labels, test_features, test_labels, seed):
    """Train a head for 65 people on features and test it: (accuracy, seconds to train the head)."""
    start = time.perf_counter()
    head = train_head(train_features, train_labels, PEOPLE, seed)
    seconds = time.perf_counter() - start
    return float((head.predict(test_features, verbose=0).argmax(axis=1) == test_labels).mean()), seconds


def scratch(train, test, seed, batch_norm=True, epochs=25):
    """The teacher's own architecture with random weights (without batch norm: VGG-Face as it was)."""
    keras.utils.set_random_seed(seed)
    model = narrow_vgg16(PEOPLE, batch_norm=batch_norm)
    return fit_from_scratch(model, train, test, epochs, learning_rate=2e-3 if batch_norm else 5e-4)


def small_scratch(train, test, seed, augment=True, epochs=100):
    """A small CNN with dropout, weight decay and (by default) augmentation: the best of the short baselines.

    With augmentation it learns from mirror images, and is asked about them in the test, as the teacher is; and it pools
    before it normalizes, which is better then, and worse without. Longer training would make it better still: see
    `five_minutes`.
    """
    keras.utils.set_random_seed(seed)
    model = small_cnn(PEOPLE, augment=augment, pool_first=augment)
    return fit_from_scratch(model, train, test, epochs, learning_rate=2e-3, mirror=augment)


def pixels(train, test):
    """Multinomial logistic regression on the pixels themselves, from the axes on which the training images lie.

    The optimum is the same as from the 6,912 values (the penalty does not change when axes turn), reached sooner.
    """
    flat = [part.images.reshape(len(part), -1) / np.float32(127.5) - 1 for part in (train, test)]
    classifier = make_pipeline(PCA(svd_solver="full"), LogisticRegression(C=0.01, max_iter=300))
    return float(classifier.fit(flat[0], train.labels).score(flat[1], test.labels))


def run(seed):
    """The baselines on the people of one seed: accuracies by name, and the seconds the head needed.

    ``best_from_scratch`` is the small CNN with augmentation, ``small_cnn`` the one without. In the record of
    `few_images`, ``small_cnn`` is the one with augmentation.
    """
    train, test = faces.headline(seed)
    accuracy_with_teacher, head_seconds = transfer(train, test, seed)
    measured = {
        "transfer": accuracy_with_teacher,
        "best_from_scratch": small_scratch(train, test, seed, augment=True),
        "pixels": pixels(train, test),
        "head_seconds": head_seconds,
    }
    if seed < FEWER_GROUPS:
        measured["plain_scratch"] = scratch(train, test, seed, batch_norm=False, epochs=15)
        measured["scratch"] = scratch(train, test, seed)
        measured["small_cnn"] = small_scratch(train, test, seed, augment=False, epochs=25)
    return measured


def fit_from_scratch(model, train, test, epochs, learning_rate, mirror=False):
    """Train all of `model` on the training images (AdamW, cosine decay), refresh batch norm, and test it."""
    compile_recipe(model, learning_rate, len(train), epochs)
    model.fit(train.images, train.labels, batch_size=BATCH, epochs=epochs, verbose=0)
    refresh_batch_norm(model, train.images)
    return accuracy(model, test, mirror)


def compile_recipe(model, learning_rate, images, epochs=None):
    """AdamW with weight decay and cross-entropy on logits, as everything here is trained.

    Parameters
    ----------
    model : keras.Model
        Gives logits.
    learning_rate : float
    images : int
        In an epoch.
    epochs : int, optional
        The rate falls along half a cosine over so many; without, it stays until somebody changes it.
    """
    steps = -(-images // BATCH)
    if epochs is not None:
        learning_rate = keras.optimizers.schedules.CosineDecay(learning_rate, epochs * steps)
    compile_and_build(
        model,
        keras.optimizers.AdamW(learning_rate, weight_decay=0.01),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        steps_per_execution=steps,  # an epoch in one call: the same numbers, without Python between the batches
    )


def error_ratio(transfer_accuracy, baseline_accuracy):
    """How many times smaller the error with the teacher is: (1 - baseline) / (1 - transfer)."""
    return float((1 - np.asarray(baseline_accuracy)) / (1 - np.asarray(transfer_accuracy)))
