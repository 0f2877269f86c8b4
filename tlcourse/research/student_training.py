"""One student, compiled once and trained many times: each training starts from the same weights with a new optimizer.

Tracing a training step takes as long as a short training. What differs between the arms of an experiment (targets,
temperature, weights of the objectives, learning rate, number of steps) is therefore data and variables, and the step
is traced once for all arms that have the same outputs. Labels are logits too: those of a teacher that is certain.
"""

import keras
import numpy as np
import tensorflow as tf

from tlcourse import distillation, networks
from tlcourse.augmentation import RandomAffine, RandomColorCast
from tlcourse.networks import compile_and_build, refresh_batch_norm

BATCH = 50
STEPS_IN_A_CALL = 20  # the same numbers, without Python between the batches
CERTAIN = 1e-9  # what a label leaves for all other classes together


class CosineRate(keras.optimizers.schedules.LearningRateSchedule):
    """Half a cosine from `highest` to 0 over `steps`; both are variables and may change between trainings."""

    def __init__(self):
        self.highest = keras.Variable(0.0, trainable=False)
        self.steps = keras.Variable(1.0, trainable=False)

    def __call__(self, step):
        """The rate of a step, counted from 0."""
        done = keras.ops.minimum(keras.ops.cast(step, "float32") / self.steps, 1.0)
        return self.highest * 0.5 * (1 + keras.ops.cos(np.pi * done))


class WeightedLoss(keras.losses.Loss):
    """The loss of an objective times its weight and a variable, which may change between trainings."""

    def __init__(self, objective):
        super().__init__(name=objective.loss.name)
        self.objective = objective
        self.factor = keras.Variable(1.0, trainable=False)

    def call(self, target, output):
        """As the objective's loss, weighted."""
        return self.factor * self.objective.weight * self.objective.loss.call(target, output)


class StudentTrainer:
    """A student with its objectives, as in `distillation.teach`, to be trained again and again.

    Parameters
    ----------
    seed : int
        0 to 2**31 - 1. Decides the student's first weights and the order of the images, which are the same for all
        trainings and for all trainers of the same seed and number of classes.
    classes : int
    extra : callable, optional
        From a student to a list of `distillation.Objective` besides the logits; their targets are given to `train`.
    augment : bool
        Vary colors, places and sides of the images at random in training.
    """

    def __init__(self, seed, classes, extra=None, augment=False):
        self.seed = seed
        keras.utils.set_random_seed(seed)
        self.student = networks.small_student(classes)
        self.temperature = keras.Variable(1.0, trainable=False)
        soft_targets = distillation.SoftTargets()
        soft_targets.temperature = self.temperature
        logits = distillation.Objective(self.student.output, None, soft_targets)
        objectives = [logits, *(extra(self.student) if extra else [])]
        self.losses = [WeightedLoss(objective) for objective in objectives]
        self.learner = keras.Model(self.student.input, [objective.output for objective in objectives])
        if augment:
            self.learner = _augmented(self.student, seed)
        self.schedule = CosineRate()
        optimizer = keras.optimizers.AdamW(self.schedule, weight_decay=0.01)
        compile_and_build(self.learner, optimizer, self.losses, steps_per_execution=STEPS_IN_A_CALL)
        self.start = [np.array(variable) for variable in self.learner.variables]

    def train(self, images, targets, steps, rate, temperature=1.0, weights=None, restart=True):
        """Train the student and refresh its batch norm.

        Parameters
        ----------
        images : numpy.ndarray
            Shape (n, h, w, 3).
        targets : sequence of numpy.ndarray
            Logits, and what each further objective asks for; one row for each image.
        steps : int
            Batches of `BATCH` images; a multiple of `STEPS_IN_A_CALL`.
        rate : float
            At the start; it falls to 0.
        temperature : float
            Of the logits' objective.
        weights : sequence of float, optional
            Factors of the objectives' own weights; by default 1 for the logits and 0 for the others.
        restart : bool
            From the first weights; else from where the last training ended.

        Returns
        -------
        keras.Model
            The student, which the next training changes.

        Raises
        ------
        ValueError
            For numbers of targets, weights or steps that do not fit.
        """
        weights = weights or [1.0, *(0.0 for _ in self.losses[1:])]
        if {len(weights), len(targets)} != {len(self.losses)} or {len(part) for part in targets} != {len(images)}:
            raise ValueError(f"{len(self.losses)} objectives need as many weights and targets, a row for each image")
        if steps % STEPS_IN_A_CALL:
            raise ValueError(f"steps must be a multiple of {STEPS_IN_A_CALL}, got {steps}")
        self._prepare(steps, rate, temperature, weights, restart)
        batches = _batches(images, targets, batch_order(len(images), steps, self.seed))
        self.learner.fit(batches, epochs=1, steps_per_epoch=steps, shuffle=False, verbose=0)
        refresh_batch_norm(self.student, images)
        return self.student

    def _prepare(self, steps, rate, temperature, weights, restart):
        """Set all variables as for the first training."""
        if restart:
            for variable, value in zip(self.learner.variables, self.start, strict=True):
                variable.assign(value)
        for variable in self.learner.optimizer.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))
        self.schedule.highest.assign(rate)
        self.schedule.steps.assign(steps)
        self.temperature.assign(temperature)
        for loss, weight in zip(self.losses, weights, strict=True):
            loss.factor.assign(weight)


def label_logits(labels, classes, smoothing=0.0):
    """Logits whose softmax at temperature 1 is the label; a share `smoothing` is spread evenly over all classes."""
    share = max(smoothing, CERTAIN)
    probabilities = keras.utils.to_categorical(labels, classes) * (1 - share) + share / classes
    return np.log(probabilities).astype("float32")


def batch_order(count, steps, seed):
    """Which images each step sees, shape (steps, `BATCH`): all of them once, in random order, then again."""
    rng = np.random.default_rng([seed, count])
    passes = -(-steps * BATCH // count)
    order = np.concatenate([rng.permutation(count) for _ in range(passes)])
    return order[: steps * BATCH].reshape(steps, BATCH)


def _batches(images, targets, order):
    """A dataset that gathers each batch; the arrays are kept once, not once for each pass."""
    images, targets = tf.constant(images), tuple(tf.constant(part, "float32") for part in targets)

    def gather(places):
        rows = tuple(tf.gather(part, places) for part in targets)
        return tf.gather(images, places), rows if len(rows) > 1 else rows[0]

    return tf.data.Dataset.from_tensor_slices(order).map(gather).prefetch(1)


def _augmented(student, seed):
    """The student behind layers that vary images as `networks.small_cnn` does for faces."""
    varied = RandomAffine(seed=seed)(RandomColorCast(seed=seed)(student.input))
    return keras.Model(student.input, [student(keras.layers.RandomFlip("horizontal", seed=seed)(varied))])
