"""Trainings of the same number of steps, on the same batches in the same order, whatever learns."""

import math

import keras

from tlcourse import networks
from tlcourse.research.fine_tuning_task import BATCH, renew

STEPS_PER_CALL = 20  # without Python between them; the rate is the same for all of them


def with_new_head(base, classes, seed):
    """A base with a new head for `classes`, named "head"; batch norms stay as the teacher has them.

    Parameters
    ----------
    base : keras.Model
        Gives vectors.
    classes, seed : int

    Returns
    -------
    keras.Model
        Not compiled; the kernel and the bias of the head are its last two weights.
    """
    keras.utils.set_random_seed(seed)
    model = keras.Model(base.input, keras.layers.Dense(classes, name="head")(base.output))
    model.trainable = True
    for norm in networks.batch_norms(model):
        norm.trainable = False
    return model


def compiled(model, optimizer=None):
    """Compile a model for `fit`: cross-entropy on logits, and Adam if no optimizer is given."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = optimizer or keras.optimizers.Adam()
    return networks.compile_and_build(model, optimizer, loss, steps_per_execution=STEPS_PER_CALL)


def fit(model, inputs, labels, order, rate):
    """Train a compiled model with a new optimizer, one step for each `BATCH` of `order`.

    The learning rate falls from `rate` along half a cosine, in pieces of `STEPS_PER_CALL` steps.

    Parameters
    ----------
    model : keras.Model
        From `compiled`.
    inputs : numpy.ndarray
        Shape (n, ...).
    labels : numpy.ndarray
        Shape (n,), integers.
    order : numpy.ndarray
        Shape (steps * BATCH,), integers below n, a part of `partial_training.batch_order`.
    rate : float
    """
    renew(model.optimizer, rate)
    piece = STEPS_PER_CALL * BATCH
    for first in range(0, len(order), piece):
        chosen = order[first : first + piece]
        model.optimizer.learning_rate.assign(rate * (1 + math.cos(math.pi * first / len(order))) / 2)
        model.fit(inputs[chosen], labels[chosen], batch_size=BATCH, shuffle=False, verbose=0)


def trained_head(features, labels, start, order, rate):
    """The weights of a head that was trained alone on features.

    Parameters
    ----------
    features : numpy.ndarray
        Shape (n, d): what the frozen base makes of the images.
    labels : numpy.ndarray
        Shape (n,), integers.
    start : list of numpy.ndarray
        Kernel (d, classes) and bias (classes,) to begin with.
    order, rate
        As for `fit`.

    Returns
    -------
    list of numpy.ndarray
        Kernel and bias.
    """
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dense(start[0].shape[1])])
    head.set_weights(start)
    fit(compiled(head), features, labels, order, rate)
    return head.get_weights()
