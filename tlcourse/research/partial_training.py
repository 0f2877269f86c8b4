"""A teacher with a new head, trained from any layer on for a number of steps, on features of what is frozen.

Layers before a cut are no part of the model that learns, so their features are computed once. Each arm of an experiment
begins with the same trained head, sees the same batches, and takes as many steps as it is told.
"""

import keras
import numpy as np

from tlcourse import finetuning, networks
from tlcourse.research.fine_tuning_task import BATCH, renew

HEAD_RATE, HEAD_STEPS = 1e-2, 300
AT_A_TIME = 100  # steps whose features lie in memory
STEPS_PER_CALL = 20  # without Python between them: the same numbers, and a head's steps take a fraction of the time


def batch_order(images, steps, seed):
    """Which image each place of each batch has: pass after pass, each in a new order.

    A longer training begins with the batches of a shorter one.

    Parameters
    ----------
    images, steps, seed : int

    Returns
    -------
    numpy.ndarray
        Shape (steps * BATCH,), integers below `images`.
    """
    rng = np.random.default_rng(seed)
    passes = -(-steps * BATCH // images)
    return np.concatenate([rng.permutation(images) for _ in range(passes)])[: steps * BATCH]


class PartialTraining:
    """A base with a new head, cut in two at each of some layers.

    Parameters
    ----------
    base : keras.Model
        Gives vectors.
    classes : int
    cuts : sequence of str
        Names of layers of the base; "" is its last one.
    seed : int
        Of the head and of the order of the images.
    free_norms : bool
        Whether batch norms learn and adapt: what an untrained network needs. Otherwise they stay as they are.
    """

    def __init__(self, base, classes, cuts, seed, free_norms=False):
        keras.utils.set_random_seed(seed)
        self.seed, self.free_norms = seed, free_norms
        self.model = keras.Model(base.input, keras.layers.Dense(classes, name="head")(base.output))
        self.model.trainable = True
        for norm in networks.batch_norms(self.model):
            norm.trainable = free_norms
        self.parts = {cut: finetuning.split(self.model, cut or base.layers[-1].name) for cut in cuts}
        self.below = keras.Model(self.model.input, [lower.output for lower, _ in self.parts.values()])
        for _, upper in self.parts.values():
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            networks.compile_and_build(
                upper, keras.optimizers.Adam(HEAD_RATE), loss, steps_per_execution=STEPS_PER_CALL
            )
        self.start, self.with_head = self.model.get_weights(), None

    def use(self, train, train_labels, test, test_labels):
        """Learn from and test on these images (as the base takes them) from now on; their features are computed once.

        Afterwards, `choose` trains the head.
        """
        self.model.set_weights(self.start)
        self.images, self.train_labels, self.test_labels = train, train_labels, test_labels
        self.train, self.test = self._features(train), self._features(test)

    def choose(self, chosen):
        """Learn from these of the training images only, and train the head on them.

        Parameters
        ----------
        chosen : numpy.ndarray
            Shape (n,), boolean.
        """
        self.chosen = np.flatnonzero(chosen)
        self.model.set_weights(self.start)
        if self.free_norms:  # the statistics of images that are not chosen must not matter
            networks.refresh_batch_norm(self.model, self.images[self.chosen])
            self.train = self._features(self.images)
        self._stage("", batch_order(len(self.chosen), HEAD_STEPS, self.seed), HEAD_RATE)
        self.with_head = self.model.get_weights()

    def fine_tune(self, stages, rate):
        """Train from the trained head on, in stages; test accuracy after each of them.

        Parameters
        ----------
        stages : list of tuple
            (cut, steps): everything behind the cut learns for so many steps. A stage with the cut of the one before
            it goes on with the same optimizer; another cut gets a new one.
        rate : float
            Adam's learning rate.

        Returns
        -------
        list of float
        """
        self.model.set_weights(self.with_head)
        order = batch_order(len(self.chosen), sum(steps for _, steps in stages), self.seed)
        done, before, accuracies = 0, None, []
        for cut, steps in stages:
            self._stage(cut, order[done * BATCH : (done + steps) * BATCH], rate if cut != before else None)
            done, before = done + steps, cut
            accuracies.append(self.accuracy(cut))
        return accuracies

    def _stage(self, cut, order, rate):
        """One step for each `BATCH` of the chosen images; at a rate with a new optimizer, without as before."""
        _, upper = self.parts[cut]
        if rate is not None:
            renew(upper.optimizer, rate)
        for first in range(0, len(order), AT_A_TIME * BATCH):
            images = self.chosen[order[first : first + AT_A_TIME * BATCH]]
            upper.fit(self.train[cut][images], self.train_labels[images], batch_size=BATCH, shuffle=False, verbose=0)

    def _features(self, images):
        """By cut, what the layers before it make of images."""
        return dict(zip(self.parts, self.below.predict(images, batch_size=100, verbose=0), strict=True))

    def accuracy(self, cut):
        """Share of the test images whose class is predicted, with all before the cut as it was at the start."""
        if self.free_norms:
            networks.refresh_batch_norm(self.model, self.images[self.chosen])
        logits = self.parts[cut][1].predict(self.test[cut], batch_size=250, verbose=0)
        return float((logits.argmax(axis=1) == self.test_labels).mean())
