# %% [markdown]
# # Unit 06: Distillation
#
# The course's teacher is a small network, and still too large for many a device. The lecture says that models with
# millions or billions of parameters do not fit on phones and embedded devices (C05), and that a small student can learn
# to answer like a large teacher (C36). How small, how fast, and what does it lose?
#
# By the end of this unit you can
#
# 1. say what a temperature does to an answer, and what a soft answer tells that a label does not;
# 2. write the loss of distillation, and say by its gradients why it carries the factor T²;
# 3. hand down more than answers: hints and attention maps;
# 4. write a training step in which the student learns and the teacher provably does not.
#
# **Time:** about 50 minutes. Five exercises and one written answer, 18 points.

# %%
import sys

if "google.colab" in sys.modules:
    # %pip install -q git+https://github.com/tlcourse/tlcourse
    pass

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from tlcourse import checks, plots, widgets

keras.utils.set_random_seed(0)
plots.style()
progress = checks.Progress(
    {
        "soften": "Exercise 6.1 soften",
        "distillation_loss": "Exercise 6.2 distillation_loss",
        "attention_map": "Exercise 6.3 attention_map",
        "hint_loss": "Exercise 6.4 hint_loss",
        "distil_step": "Exercise 6.5 distil_step",
        "distil_step_teacher": "Exercise 6.5 distil_step, the teacher stays",
    }
)

# %% [markdown]
# ## What a soft answer tells
#
# Three people, one picture, three logits. At which temperature do you still see who comes second?

# %%
figure, three = plt.subplots(1, 3, figsize=(9, 2.8), layout="constrained")
for axes, temperature in zip(three, (0.5, 1, 4), strict=True):
    widgets.draw_softened([4.0, 2.0, 0.0], ("Ann", "Bob", "Cem"), temperature, axes)

# %%
widgets.TemperatureExplorer([[4.0, 2.0, 0.0], [9.0, 8.5, 1.0]], ("Ann", "Bob", "Cem"), ("a clear case", "a close call"))

# %% [markdown]
# ### Exercise 6.1: soften an answer
#
# `soften(logits, temperature)`: the softmax of the logits divided by the temperature, for logits of shape (n, classes):
# an array of the same shape whose rows sum to 1. Logits of 1,000 give no overflow. For `[[4, 2, 0]]` and temperature 2
# it is about `[[0.665, 0.245, 0.090]]`. (3 points)
#
# <details><summary>Hint</summary>
# A softmax does not change when the same number is subtracted from every logit of a row.
# </details>


# %% nbgrader={"grade": false, "grade_id": "soften", "locked": false, "schema_version": 3, "solution": true}
def soften(logits, temperature):
    """Softmax at a temperature: shape (n, classes) to shape (n, classes)."""
    ### BEGIN SOLUTION
    scaled = np.asarray(logits) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_soften", "locked": true, "points": 3, "schema_version": 3, "solution": false}
def check_softened(logits, temperature):
    """Hold soften to scipy's softmax, and name what usually goes wrong."""
    from scipy.special import softmax

    expected = softmax(logits / temperature, axis=1)
    cold = softmax(logits, axis=1)
    checks.returns(soften, (logits, temperature), expected, {
        "the logits are multiplied by the temperature": softmax(logits * temperature, axis=1),
        "the temperature is forgotten": cold,
        "the probabilities are divided by the temperature, and not the logits": cold / temperature,
        "the softmax runs over the pictures instead of the classes": softmax(logits / temperature, axis=0),
        "the softmax runs over the whole table: each row should sum to 1": softmax(logits / temperature),
        "the softmax is missing": logits / temperature}, tolerance=1e-4)  # fmt: skip


with progress.exercise("soften"):
    check_softened(np.array([[4.0, 2.0, 0.0], [1.0, 1.0, 3.0]]), 2.0)
    large = np.asarray(soften(np.array([[1000.0, 999.0]]), 1.0))
    checks.require(bool(np.isfinite(large).all()), "Logits of 1,000 overflow: subtract each row's largest logit first.")
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("soften")
    for _ in range(5):
        shape = (int(rng.integers(2, 6)), int(rng.integers(2, 9)))
        check_softened(rng.normal(0, 4, shape), float(rng.uniform(0.3, 9)))
    ### END HIDDEN TESTS

# %% [markdown]
# ## The loss, and its T²
#
# ### Exercise 6.2: write the loss of distillation
#
# `distillation_loss(student_logits, teacher_logits, labels, temperature, alpha)`: one number, the mean over n pictures of
# alpha · T² · KL(teacher ‖ student), both softened at T, plus (1 - alpha) · the cross-entropy of the labels, at
# temperature 1. Logits have the shape (n, classes), labels are n integers. KL(p ‖ q) is the sum over the classes of
# p · (log p - log q). Use `keras.ops`, so that it has gradients. (4 points)
#
# <details><summary>Hint</summary>
# `keras.ops.softmax` and `keras.ops.log_softmax` are safe for large logits. Which of the two networks is p?
# </details>


# %% nbgrader={"grade": false, "grade_id": "distillation_loss", "locked": false, "schema_version": 3, "solution": true}
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    """Mean loss of softened teacher answers and labels: a scalar tensor."""
    ### BEGIN SOLUTION
    given = keras.ops.softmax(teacher_logits / temperature)
    log_given = keras.ops.log_softmax(teacher_logits / temperature)
    log_learned = keras.ops.log_softmax(student_logits / temperature)
    soft = temperature**2 * keras.ops.mean(keras.ops.sum(given * (log_given - log_learned), axis=-1))
    hard = keras.ops.mean(keras.losses.sparse_categorical_crossentropy(labels, student_logits, from_logits=True))
    return alpha * soft + (1 - alpha) * hard
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_distillation_loss", "locked": true, "points": 4, "schema_version": 3, "solution": false}
def check_distillation_loss(rng, count, classes, temperature, alpha):
    """Hold distillation_loss to a version in numpy."""
    from scipy.special import log_softmax

    student, teacher = (rng.normal(0, 2, (count, classes)).astype("float32") for _ in range(2))
    labels = rng.integers(0, classes, count)

    def divergence(first, second, heat):
        p, q = log_softmax(first / heat, axis=1), log_softmax(second / heat, axis=1)
        return (np.exp(p) * (p - q)).sum(axis=1).mean()

    def crossed(heat):
        return -log_softmax(student / heat, axis=1)[np.arange(count), labels].mean()

    soft, hard, square = divergence(teacher, student, temperature), crossed(1), temperature**2
    crossed_softly = -(np.exp(log_softmax(teacher / temperature, axis=1))
                                 * log_softmax(student / temperature, axis=1)).sum(axis=1).mean()  # fmt: skip
    came = distillation_loss(
        keras.ops.convert_to_tensor(student), keras.ops.convert_to_tensor(teacher), labels, temperature, alpha
    )
    checks.equal("the loss", came, alpha * square * soft + (1 - alpha) * hard, {
        "the factor T² is missing": alpha * soft + (1 - alpha) * hard,
        "T stands in place of T²": alpha * temperature * soft + (1 - alpha) * hard,
        "T² multiplies the labels' part too": square * (alpha * soft + (1 - alpha) * hard),
        "teacher and student are swapped in KL": alpha * square * divergence(student, teacher, temperature) + (1 - alpha) * hard,
        "alpha weighs the labels instead of the teacher": (1 - alpha) * square * soft + alpha * hard,
        "the labels' part is softened too": alpha * square * soft + (1 - alpha) * crossed(temperature),
        "KL is averaged over the classes instead of summed": alpha * square * soft / classes + (1 - alpha) * hard,
        "the temperature is forgotten inside KL": alpha * square * divergence(teacher, student, 1) + (1 - alpha) * hard,
        "it is the cross-entropy to the teacher: the teacher's entropy is not subtracted": alpha * square * crossed_softly + (1 - alpha) * hard},
        tolerance=1e-3)  # fmt: skip


with progress.exercise("distillation_loss"):
    check_distillation_loss(np.random.default_rng(0), 4, 3, 3.0, 0.7)
    watched = tf.Variable([[1.0, 0.0, -1.0]])
    with tf.GradientTape() as tape:
        one_loss = distillation_loss(watched, tf.constant([[0.0, 2.0, 0.0]]), np.array([1]), 2.0, 0.5)
    checks.require(tape.gradient(one_loss, watched) is not None, "The loss has no gradient: use keras.ops, not numpy.")
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("distillation_loss")
    for _ in range(4):
        count, classes = int(rng.integers(3, 9)), int(rng.integers(3, 8))
        check_distillation_loss(rng, count, classes, float(rng.uniform(1.5, 6)), float(rng.uniform(0.2, 0.45)))
    ### END HIDDEN TESTS

# %% [markdown]
# ## Where to look: attention
#
# ### Exercise 6.3: draw an attention map
#
# `attention_map(maps)`: where a layer is active. For maps of shape (n, h, w, channels): at each place the **sum of the
# squares** over the channels, flattened to (n, h · w), each row divided by its Euclidean length. (3 points)
#
# <details><summary>Hint</summary>
# `axis=-1` is the channels; `np.linalg.norm` has an `axis` and `keepdims`.
# </details>


# %% nbgrader={"grade": false, "grade_id": "attention_map", "locked": false, "schema_version": 3, "solution": true}
def attention_map(maps):
    """Activity over space, of length 1: shape (n, h, w, channels) to (n, h * w)."""
    ### BEGIN SOLUTION
    energy = (np.asarray(maps) ** 2).sum(axis=-1).reshape(len(maps), -1)
    return energy / np.linalg.norm(energy, axis=1, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_attention_map", "locked": true, "points": 3, "schema_version": 3, "solution": false}
def check_attention(maps):
    """Hold attention_map to a version with einsum."""
    count, _height, _width, _channels = maps.shape

    def scaled(values):
        rows = values.reshape(count, -1)
        return rows / np.sqrt(np.einsum("ni,ni->n", rows, rows))[:, None]

    energy = np.einsum("nhwc,nhwc->nhw", maps, maps)
    checks.returns(attention_map, (maps,), scaled(energy), {
        "the maps are not squared": scaled(maps.sum(axis=-1)),
        "absolute values are summed instead of squares": scaled(np.abs(maps).sum(axis=-1)),
        "the rows are not brought to length 1": energy.reshape(count, -1),
        "the rows are brought to the sum 1, not to the length 1": (energy / energy.sum(axis=(1, 2), keepdims=True)).reshape(count, -1),
        "all pictures together are brought to length 1": energy.reshape(count, -1) / np.sqrt((energy**2).sum()),
        "the square comes after the sum": scaled(maps.sum(axis=-1) ** 2)}, tolerance=1e-4)  # fmt: skip


with progress.exercise("attention_map"):
    check_attention(np.random.default_rng(0).normal(size=(2, 3, 4, 5)))
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("attention_map")
    for _ in range(4):
        check_attention(rng.normal(size=tuple(rng.integers(2, 6, 4))))
    ### END HIDDEN TESTS

# %% [markdown]
# ## What is inside: hints
#
# ### Exercise 6.4: compare a student's maps with a teacher's
#
# `hint_loss(student_maps, teacher_maps, kernel)`: FitNet's hint. The student's maps (n, h, w, a) go through a 1×1
# convolution, `kernel` of shape (a, b), and are compared with the teacher's maps (n, h, w, b): one number, the **mean** of
# the squared differences. (3 points)
#
# <details><summary>Hint</summary>
# A 1×1 convolution is a matrix product at each place: `@` works on the last axis.
# </details>


# %% nbgrader={"grade": false, "grade_id": "hint_loss", "locked": false, "schema_version": 3, "solution": true}
def hint_loss(student_maps, teacher_maps, kernel):
    """Mean squared difference of the student's maps, after a 1x1 convolution, and the teacher's."""
    ### BEGIN SOLUTION
    return float(((student_maps @ kernel - teacher_maps) ** 2).mean())
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_hint_loss", "locked": true, "points": 3, "schema_version": 3, "solution": false}
def check_hint(rng, count, side, own, theirs):
    """Hold hint_loss to a version with einsum."""
    student, teacher = rng.normal(size=(count, side, side, own)), rng.normal(size=(count, side, side, theirs))
    kernel = rng.normal(size=(own, theirs))
    difference = np.einsum("nhwa,ab->nhwb", student, kernel) - teacher
    checks.equal("the hint loss", hint_loss(student, teacher, kernel), (difference**2).mean(), {
        "the squares are summed instead of averaged": (difference**2).sum(),
        "the differences are not squared": difference.mean(),
        "absolute differences are averaged": np.abs(difference).mean(),
        "the root of the mean is taken": np.sqrt((difference**2).mean()),
        "the mean runs over the pictures only": (difference**2).sum() / count,
        "the maps are averaged over space first": (difference.mean(axis=(1, 2)) ** 2).mean(),
        "half of it is taken": (difference**2).mean() / 2}, tolerance=1e-4)  # fmt: skip


with progress.exercise("hint_loss"):
    check_hint(np.random.default_rng(0), 2, 3, 4, 5)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("hint_loss")
    for _ in range(4):
        check_hint(rng, *(int(number) for number in rng.integers(2, 7, 4)))
    ### END HIDDEN TESTS

# %% [markdown]
# ## One step, and a teacher that stays
#
# ### Exercise 6.5: take one step of distillation
#
# `distil_step(teacher, student, images, optimizer, temperature)`: one gradient step that brings the student's softened
# answers on `images` nearer to the teacher's, by T² · KL(teacher ‖ student) averaged over the pictures; returns the loss
# before the step, as a float. The teacher answers as in prediction (`training=False`), and **nothing in it changes**:
# neither weights nor batch-norm statistics. The student runs with `training=True`. (4 points)
#
# <details><summary>Hint</summary>
# `tf.GradientTape` records what happens inside it. `optimizer.apply(gradients, variables)`: whose variables?
# </details>


# %% nbgrader={"grade": false, "grade_id": "distil_step", "locked": false, "schema_version": 3, "solution": true}
def distil_step(teacher, student, images, optimizer, temperature):
    """One step of the student towards the teacher; the loss before it."""
    ### BEGIN SOLUTION
    given = teacher(images, training=False) / temperature
    with tf.GradientTape() as tape:
        learned = student(images, training=True) / temperature
        gaps = keras.ops.log_softmax(given) - keras.ops.log_softmax(learned)
        loss = temperature**2 * keras.ops.mean(keras.ops.sum(keras.ops.softmax(given) * gaps, axis=-1))
    optimizer.apply(tape.gradient(loss, student.trainable_weights), student.trainable_weights)
    return float(loss)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_distil_step", "locked": true, "points": 2, "schema_version": 3, "solution": false}
def tiny_network(seed, units=6):
    """Ten numbers in, four logits out, with batch norm between."""
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((10,))
    x = keras.layers.BatchNormalization()(keras.layers.Dense(units)(inputs))
    return keras.Model(inputs, keras.layers.Dense(4, kernel_initializer=keras.initializers.RandomNormal(0, 2))(x))


def check_step(seed, temperature):
    """The loss that comes back, the direction of the step, and one step of plain SGD against the reference."""
    from scipy.special import log_softmax

    teacher, student = tiny_network(seed, 8), tiny_network(seed + 1)
    numbers = np.random.default_rng(seed).normal(size=(12, 10)).astype("float32")
    copy = keras.models.clone_model(student)
    copy.set_weights(student.get_weights())
    given, learned = (
        np.asarray(x, dtype=float) / temperature for x in (teacher(numbers), copy(numbers, training=True))
    )
    p, q = log_softmax(given, axis=1), log_softmax(learned, axis=1)
    expected = (np.exp(p) * (p - q)).sum(axis=1).mean()
    before = student.get_weights()
    loss = distil_step(teacher, student, numbers, keras.optimizers.SGD(0.01), temperature)
    checks.equal("the loss before the step", loss, temperature**2 * expected, {
        "the factor T² is missing": expected,
        "teacher and student are swapped in KL": temperature**2 * (np.exp(q) * (q - p)).sum(axis=1).mean()}, tolerance=1e-3)  # fmt: skip
    moved = [not np.array_equal(old, new) for old, new in zip(before, student.get_weights(), strict=True)]
    checks.require(moved[0] and moved[-1], "The student's weights did not move: was the optimizer applied to them?")
    checks.require(moved[4], "The student's batch-norm statistics did not move: it should run with training=True.")
    losses = [distil_step(teacher, student, numbers, keras.optimizers.SGD(0.01), temperature) for _ in range(8)]
    checks.require(
        losses[-1] < loss, f"After nine steps the loss went from {loss:.3f} to {losses[-1]:.3f}: it should fall."
    )


with progress.exercise("distil_step"):
    check_step(0, 2.0)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("distil_step")
    check_step(int(rng.integers(10, 500)), float(rng.uniform(1.5, 4)))
    ### END HIDDEN TESTS


# %% nbgrader={"grade": true, "grade_id": "test_distil_step_teacher", "locked": true, "points": 2, "schema_version": 3, "solution": false}
def check_teacher_stays(seed):
    """Every number of the teacher is the same after three steps: weights and batch-norm statistics."""
    teacher, student = tiny_network(seed, 8), tiny_network(seed + 1)
    numbers = np.random.default_rng(seed).normal(3, 2, (12, 10)).astype("float32")
    before, own = teacher.get_weights(), [np.array(weight) for weight in student.trainable_weights]
    for _ in range(3):
        distil_step(teacher, student, numbers, keras.optimizers.Adam(0.01), 2.0)
    moved = [
        weight.path.split("/")[-1]
        for weight, old in zip(teacher.weights, before, strict=True)
        if not np.array_equal(np.asarray(weight), old)
    ]
    checks.require(not set(moved) - {"moving_mean", "moving_variance"},
                   f"The teacher's weights moved ({', '.join(moved)}): only the student's may be given to the optimizer.")  # fmt: skip
    checks.require(not moved, "The teacher's batch-norm statistics moved: it should answer with training=False.")
    stayed = all(np.array_equal(old, np.array(new)) for old, new in zip(own, student.trainable_weights, strict=True))
    checks.require(not stayed, "Neither the teacher nor the student moved: a student that stays has learned nothing.")


with progress.exercise("distil_step_teacher"):
    check_teacher_stays(0)
    ### BEGIN HIDDEN TESTS
    check_teacher_stays(int(checks.grading_rng("distil_step_teacher").integers(10, 500)))
    ### END HIDDEN TESTS
