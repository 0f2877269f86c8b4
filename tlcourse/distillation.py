"""Distillation as plain training: a teacher's cached outputs become targets for layers of a student.

A teacher that does not change gives the same output for the same image every time. So compute it once and keep it.
Then every kind of distillation is ``fit`` with other targets, and the teacher is out of the loop. For example, a
student learns from the teacher's logits, of shape (n, classes), at temperature 4::

    student = networks.small_student(classes=10)
    soft_targets = distillation.Objective(student.output, teacher_logits, distillation.SoftTargets(temperature=4.0))
    distillation.teach(student, images, [soft_targets], steps=1000)
"""

import math
from typing import NamedTuple

import keras
import numpy as np

from tlcourse.networks import compile_and_build, refresh_batch_norm


class Objective(NamedTuple):
    """One term of a student's training loss: an output of the student, and the target that it should come close to.

    Attributes
    ----------
    output : keras.KerasTensor
        The student's own output, that of a hidden layer, or a tensor computed from either.
    target : numpy.ndarray
        One row for each image, of the output's shape.
    loss : keras.losses.Loss or str
        The loss of one target and output.
    weight : float
        The factor of this loss in the sum of all.
    """

    output: object
    target: np.ndarray
    loss: object
    weight: float = 1.0


class SoftTargets(keras.losses.Loss):
    """T² times the Kullback-Leibler divergence from the teacher's softened probabilities to the student's.

    Hinton, Vinyals & Dean 2015, section 2: T² keeps the gradients' size about the same for every temperature.
    Both arguments are logits of shape (n, classes).

    Parameters
    ----------
    temperature : float
        At least 1: a lower one makes the probabilities sharper, not softer.
    """

    def __init__(self, temperature=4.0, name="soft_targets", **options):
        super().__init__(name=name, **options)
        if not temperature >= 1:
            raise ValueError(f"SoftTargets takes temperatures of 1 or more, got {temperature}")
        self.temperature = temperature

    def call(self, teacher_logits, student_logits):
        """One number per image."""
        log_teacher = keras.ops.log_softmax(teacher_logits / self.temperature)
        log_student = keras.ops.log_softmax(student_logits / self.temperature)
        divergence = keras.ops.sum(keras.ops.exp(log_teacher) * (log_teacher - log_student), axis=-1)
        return self.temperature**2 * divergence


def from_labels(student, labels, smoothing=0.0):
    """The true classes; a share `smoothing` of each is spread evenly over all classes (a control, no teacher)."""
    target = keras.utils.to_categorical(labels, student.output_shape[-1])
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
    return Objective(student.output, target, loss)


def hint(student, layer, teacher_maps, weight=1.0):
    """FitNet: a 1x1 convolution on the student's maps should give the teacher's (Romero et al. 2015, equation 3).

    Parameters
    ----------
    student : keras.Model
    layer : str
        A layer of the student, whose maps have the height and width of the teacher's.
    teacher_maps : numpy.ndarray
        Shape (n, h, w, channels); brought to mean 0 and spread 1 in each channel. Shape (n, d) does as well:
        the new layer is then dense, and what is learned are the teacher's features.
    weight : float
        The new layer is for training only, and not part of the student.
    """
    output = student.get_layer(layer).output
    if output.shape[1:-1] != teacher_maps.shape[1:-1]:
        raise ValueError(f"{layer} has maps of shape {output.shape[1:]}, the teacher of {teacher_maps.shape[1:]}")
    axes = tuple(range(teacher_maps.ndim - 1))
    target = (teacher_maps - teacher_maps.mean(axes)) / (teacher_maps.std(axes) + 1e-3)
    return Objective(keras.layers.Dense(target.shape[-1])(output), target, "mse", weight)  # dense: 1x1 at each place


def attention(student, layer, teacher_maps, weight=1.0):
    """Where to look: the student's activity over space like the teacher's (Zagoruyko & Komodakis 2017, section 3.1).

    Parameters are those of `hint`; nothing is added to the student, and the numbers of channels may differ.
    """
    output = student.get_layer(layer).output
    if output.shape[1:3] != teacher_maps.shape[1:3]:
        raise ValueError(f"{layer} has maps of shape {output.shape[1:]}, the teacher of {teacher_maps.shape[1:]}")
    target = np.asarray(_Activity()(teacher_maps))
    return Objective(_Activity()(output), target, "mse", weight * target.shape[1])  # a sum over places, as in the paper


class _Activity(keras.layers.Layer):
    """Sum of squares over the channels, flattened and brought to length 1: (n, h, w, c) to (n, h * w)."""

    def call(self, maps):
        energy = keras.ops.sum(maps**2, axis=-1)
        return keras.ops.normalize(keras.ops.reshape(energy, (-1, energy.shape[1] * energy.shape[2])), axis=-1)


def teach(student, images, objectives, steps, batch_size=50, learning_rate=4e-3):
    """Train a student on one or more objectives at once (AdamW, cosine decay), and refresh its batch norm.

    Parameters
    ----------
    student : keras.Model
        Trained in place.
    images : numpy.ndarray
        Shape (n, h, w, 3).
    objectives : sequence of Objective
        With one row of targets for each image.
    steps : int
        Batches in all. Rounded up to whole passes over the images.
    batch_size : int
    learning_rate : float
        The rate of the first step; it falls to 0.

    Returns
    -------
    keras.Model
        The student.

    Raises
    ------
    ValueError
        If there is no objective, or one with another number of targets than images.
    """
    counts = [len(objective.target) for objective in objectives]
    if set(counts) != {len(images)}:
        raise ValueError(f"{len(images)} images need as many targets in each objective, got {counts}")
    learner = keras.Model(student.input, [objective.output for objective in objectives])
    batches = math.ceil(len(images) / batch_size)
    epochs = math.ceil(steps / batches)
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, epochs * batches)
    compile_and_build(
        learner,
        keras.optimizers.AdamW(schedule, weight_decay=0.01),
        [objective.loss for objective in objectives],
        loss_weights=[objective.weight for objective in objectives],
    )
    first = [objective.target[:1] for objective in objectives]
    # Keras makes the variables that add up each loss when it first computes one: see `compile_and_build`
    learner.compute_loss(y=first, y_pred=learner(images[:1]))
    learner.fit(images, [objective.target for objective in objectives], batch_size=batch_size, epochs=epochs, verbose=0)
    refresh_batch_norm(student, images)
    return student
