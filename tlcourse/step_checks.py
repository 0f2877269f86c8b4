"""What one step of distillation returns and changes, measured on two small networks.

The functions name a property of the student's step. None of them computes the loss or takes a step of its own.
"""

import keras
import numpy as np

from tlcourse.checks import require

STATISTICS = {"moving_mean", "moving_variance"}


def small_networks(seed):
    """A teacher and a student from 10 inputs to 4 logits, each with batch normalization, and a batch for them.

    Returns
    -------
    tuple
        Teacher and student, `keras.Model`; float32 array (12, 10).
    """
    batch = np.random.default_rng(seed).normal(1, 2, (12, 10)).astype("float32")
    return _network(seed, 8), _network(seed + 1, 6), batch


def _network(seed, units):
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((10,))
    x = keras.layers.BatchNormalization()(keras.layers.Dense(units)(inputs))
    return keras.Model(inputs, keras.layers.Dense(4, kernel_initializer=keras.initializers.RandomNormal(0, 2))(x))


def _moved(model, before):
    """The kinds of arrays, such as kernel and moving_mean, of which one is not what it was."""
    pairs = zip(model.weights, before, strict=True)
    return {weight.path.rpartition("/")[2] for weight, old in pairs if not np.array_equal(np.asarray(weight), old)}


def returned_loss(distill_step):
    """A function of a seed and a temperature: what `distill_step` returns for `small_networks`, with SGD at 0.01."""

    def loss_of_the_step(seed, temperature):
        teacher, student, batch = small_networks(seed)
        return distill_step(teacher, student, batch, keras.optimizers.SGD(0.01), temperature)

    return loss_of_the_step


def moves_the_student(distill_step, seed=0, temperature=2.0):
    """Fail unless a step changes the student's weights and batch-norm statistics, and nine steps lower the loss."""
    teacher, student, batch = small_networks(seed)
    before = student.get_weights()
    losses = [distill_step(teacher, student, batch, keras.optimizers.SGD(0.01), temperature) for _ in range(9)]
    require(losses[0] is not None, "The step gives None instead of its loss: is a `return` missing?")
    losses = [float(loss) for loss in losses]
    moved = _moved(student, before)
    require(bool(moved - STATISTICS), "The student's weights did not move: was the optimizer applied to them?")
    require(moved >= STATISTICS, "The student's batch-norm statistics did not move: it should run with training=True.")
    require(
        losses[-1] < losses[0], f"Nine steps took the loss from {losses[0]:.3g} to {losses[-1]:.3g}: it should fall."
    )


def leaves_the_teacher(distill_step, seed=0, temperature=2.0):
    """Fail if three steps change any number of the teacher, or none of the student's weights."""
    teacher, student, batch = small_networks(seed)
    before, own = teacher.get_weights(), student.get_weights()
    for _ in range(3):
        distill_step(teacher, student, batch, keras.optimizers.Adam(0.01), temperature)
    moved = _moved(teacher, before)
    weights = ", ".join(sorted(moved - STATISTICS))
    require(not weights, f"The teacher's weights moved ({weights}): give the optimizer only those of the student.")
    require(not moved, "The teacher's batch-norm statistics moved: run it with training=False.")
    learned = _moved(student, own) - STATISTICS
    require(bool(learned), "Neither the teacher nor the student moved: a student that stays has learned nothing.")
