# %% [markdown]
# # Unit 06: Distillation
#
# A good teacher can be too large for the place where it is needed, and the lecture says that models with millions or
# billions of parameters do not fit on phones and embedded devices (C05). Can a small student learn to answer like a
# large teacher (C36)? How small, how fast, and what does it lose? And what is the best thing to hand down: names,
# probabilities, or what goes on inside?
#
# By the end of this unit you can
#
# 1. say what a temperature does to an answer, and what a soft answer tells that a label does not;
# 2. write the loss of distillation, and show by its gradients why it carries the factor T²;
# 3. write a training step in which the student learns and the teacher provably does not;
# 4. compare eight ways to teach one student at one budget, by what they give and what they take, and say which
#    differences can be detected;
# 5. hand down attention maps and hints, and judge what they add;
# 6. put a student on a device, check that it answers as before, and name the limits of it all.
#
# **Time:** about 60 minutes. Five exercises and one written answer, 20 points. All cells together run in about a minute
# on two processor cores.

# %%
import sys

if "google.colab" in sys.modules:
    # %pip install -q git+https://github.com/tlcourse/tlcourse
    pass

# %% tags=["setup"]
import json

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from tlcourse import checks, distillation, export, networks, plots, teachers, widgets
from tlcourse.data import data_folder, results
from tlcourse.datasets import faces
from tlcourse.stats import summary

keras.utils.set_random_seed(0)
plots.style()
progress = checks.Progress(
    {
        "soften": "Exercise 6.1 soften",
        "distillation_loss": "Exercise 6.2 distillation_loss",
        "distill_step": "Exercise 6.3 distill_step",
        "distill_step_teacher": "Exercise 6.3 distill_step, the teacher stays",
        "attention_map": "Exercise 6.4 attention_map",
        "hint_loss": "Exercise 6.5 hint_loss",
    }
)

# %% [markdown]
# ## A good teacher, and a small student
#
# Ten people whom the teacher of faces has never met. Of each there are ten pictures with a name, 20 without, and 20 for
# the test.

# %%
dataset = faces.portraits(faces.DEVELOPMENT_PEOPLE[:10], 50, seed=6)
place = np.arange(len(dataset)) % 50
labeled, unlabeled, test = (
    dataset.take(place < 10),
    dataset.take((place >= 10) & (place < 30)),
    dataset.take(place >= 30),
)
plots.image_grid(labeled.images[::10], titles=list("ABCDEFGHIJ"), columns=10)
plt.show()

# %% [markdown]
# The teacher is unit 02's: frozen features, and a new head for the ten people, trained on the pictures with names.

# %%
base = teachers.load("faces_vgg16", head=False)
images = np.concatenate([labeled.images, unlabeled.images])
features, test_features = (base.predict(part, batch_size=100, verbose=0) for part in (images, test.images))

# %%
normalize = keras.layers.Normalization()
normalize.adapt(features[: len(labeled)])
head = keras.Sequential([normalize, keras.layers.Dense(10)])
head.compile(keras.optimizers.Adam(3e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
head.fit(features[: len(labeled)], labeled.labels, batch_size=32, epochs=60, verbose=0)
teacher_logits, test_logits = (np.asarray(head(part)) for part in (features, test_features))
print(f"the teacher: {(test_logits.argmax(axis=1) == test.labels).mean():.1%} of the test pictures right")

# %% [markdown]
# The student has three convolutions and one dense layer, and looks at every other pixel only.

# %% tags=["nbval-check-output"]
teacher = keras.Sequential([base, head])
student = networks.small_student(10)
for name, model in (("teacher", teacher), ("student", student)):
    print(f"{name}: {model.count_params():,} parameters")
print(f"the student is {teacher.count_params() / student.count_params():.1f} times smaller")

# %% [markdown]
# ## What a soft answer tells
#
# A label says "B". The teacher says more: B, a little like F, nothing like C. Below are two test pictures: the one
# that the teacher is surest about, and the one where its two best answers are closest. On the right the same logits
# are divided by a **temperature** of 4 before the softmax. What do you see there that you do not see at 1?


# %%
def shown_predictions(images, logits, names, true, temperatures=(1, 4)):
    """A row for each picture: the picture under its true name, and the teacher's answer at each temperature."""
    _, rows = plt.subplots(len(images), 1 + len(temperatures), figsize=(11, 2.3 * len(images)),
                           width_ratios=[1, *[3 for _ in temperatures]], layout="constrained", squeeze=False)  # fmt: skip
    for axes, image, row, name in zip(rows, images, logits, true, strict=True):
        axes[0].imshow(image)
        axes[0].set_title(f"true: {name}", fontsize=10)
        axes[0].set_axis_off()
        for ax, temperature in zip(axes[1:], temperatures, strict=True):
            widgets.draw_softened(row, names, temperature, ax)


first_two = np.sort(test_logits, axis=1)[:, -2:]
lead = first_two[:, 1] - first_two[:, 0]
chosen = [int(lead.argmax()), int(lead.argmin())]
true = ["ABCDEFGHIJ"[label] for label in test.labels[chosen]]
shown_predictions(test.images[chosen], test_logits[chosen], "ABCDEFGHIJ", true)
plt.show()

# %% [markdown]
# At temperature 1 the sure answer is hardly more than a label. At 4 it shows whom else the person looks like, in the
# teacher's eyes; that is what the student can learn from it. Turn the temperature yourself. Where does the answer
# become a label, and where does it say nothing any more?

# %%
widgets.TemperatureExplorer(test_logits[chosen], "ABCDEFGHIJ", ("a clear case", "a close call"))

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
    checks.returns(soften, (np.array([[4.0, 2.0, 0.0]]), 2.0), [[0.665, 0.245, 0.090]], tolerance=2e-3)
    large = np.asarray(soften(np.array([[1000.0, 999.0], [0.0, 1.0]]), 1.0))
    checks.require(bool(np.isfinite(large).all()), "Logits of 1,000 overflow: subtract each row's largest logit first.")
    checks.equal("the softened logits [[1000, 999], [0, 1]]", large, [[0.731, 0.269], [0.269, 0.731]], {
        "large logits are cut off, where each row's largest should be subtracted": [[0.5, 0.5], [0.269, 0.731]]}, tolerance=1e-3)  # fmt: skip
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("soften")
    for _ in range(5):
        shape = (int(rng.integers(2, 6)), int(rng.integers(2, 9)))
        check_softened(rng.normal(0, 4, shape), float(rng.uniform(0.3, 9)))
    ### END HIDDEN TESTS

# %% [markdown]
# Your function on the two pictures above: how large is the largest of the ten probabilities?

# %%
for temperature in (0.25, 1, 4, 16, 64):
    largest = np.asarray(soften(test_logits[chosen], temperature)).max(axis=1)
    print(f"T = {temperature:>4}: a clear case {largest[0]:.3f}, a close call {largest[1]:.3f}")

# %% [markdown]
# The lower the temperature, the nearer to a label; at a high one all ten names get about a tenth, and the answer says
# nothing.
#
# ## The loss, and its T²
#
# The student should give the teacher's softened answer. How far it is from that is measured by the Kullback-Leibler
# divergence, KL(p ‖ q): the sum over the classes of p · (log p - log q), where p is the teacher's answer and q the
# student's. It is 0 when they are the same. Where there are labels, they can have a say, too (Hinton, Vinyals & Dean
# 2015).
#
# ### Exercise 6.2: write the loss of distillation
#
# `distillation_loss(student_logits, teacher_logits, labels, temperature, alpha)`: one number, the mean over n
# pictures of alpha · T² · KL(teacher ‖ student), both softened at T, plus (1 - alpha) · the cross-entropy of the
# labels, at temperature 1. Logits are float32 of shape (n, classes), labels are n integers. Use `keras.ops`, so that
# it has gradients. For one picture, student `[[0, 0]]`, teacher `[[0, 2.1972]]`, label 1, T = 2 and alpha = 0.5 it is
# 0.5 · 4 · 0.1308 + 0.5 · 0.6931, about 0.6082. (4 points)
#
# <details><summary>Hint</summary>
# `keras.ops.softmax` and `keras.ops.log_softmax` are safe for large logits. Which of the two networks is p?
# </details>


# %% nbgrader={"grade": false, "grade_id": "distillation_loss", "locked": false, "schema_version": 3, "solution": true}
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    """Mean loss of softened teacher answers and labels: a scalar tensor."""
    ### BEGIN SOLUTION
    target = keras.ops.softmax(teacher_logits / temperature)
    log_target = keras.ops.log_softmax(teacher_logits / temperature)
    log_learned = keras.ops.log_softmax(student_logits / temperature)
    soft = temperature**2 * keras.ops.mean(keras.ops.sum(target * (log_target - log_learned), axis=-1))
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
    one_pair = np.array([[0.0, 0.0]], "float32"), np.array([[0.0, 2.1972]], "float32")
    came = distillation_loss(*(keras.ops.convert_to_tensor(part) for part in one_pair), np.array([1]), 2.0, 0.5)
    checks.equal("the loss of the example", came, 0.5 * 4 * 0.1308 + 0.5 * 0.6931, tolerance=1e-3)  # 0.6082
    other_pair = np.array([[1.0, 0.0, -1.0]], "float32"), np.array([[0.0, 2.0, 0.0]], "float32")
    logits = tuple(keras.ops.convert_to_tensor(part) for part in other_pair)
    _, slope = checks.gradient(distillation_loss, (*logits, np.array([1]), 2.0, 1.0))
    checks.require(slope is not None and bool(np.abs(slope).max() > 1e-3),
                   "The teacher's part of the loss has no gradient: use keras.ops, not numpy.")  # fmt: skip
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("distillation_loss")
    for _ in range(4):
        count, classes = int(rng.integers(3, 9)), int(rng.integers(3, 8))
        check_distillation_loss(rng, count, classes, float(rng.uniform(1.5, 6)), float(rng.uniform(0.2, 0.45)))
    from scipy.special import softmax

    drawn, heat = rng.normal(0, 2, (2, 4, 5)).astype("float32"), float(rng.uniform(1.5, 6))
    logits = tuple(keras.ops.convert_to_tensor(part) for part in drawn)
    _, slope = checks.gradient(distillation_loss, (*logits, np.arange(4), heat, 1.0))
    pull = heat * (softmax(drawn[0] / heat, axis=1) - softmax(drawn[1] / heat, axis=1)) / 4
    checks.equal("the gradient of the teacher's part", slope, pull, tolerance=1e-3)
    ### END HIDDEN TESTS

# %% [markdown]
# KL(p ‖ q) is not KL(q ‖ p). What if teacher and student are swapped, as once happened in a published example of
# distillation? A teacher hesitates between B and F. One student is sure that it is B, another has no idea. Which of the
# two would you call nearer to the teacher? And which does each loss prefer?

# %% tags=["nbval-check-output"]
hesitates = np.array([[4, 4, 0, 0]], "float32")
sure_or_not = {
    "the student is sure": np.array([[4, 0, 0, 0]], "float32"),
    "the student has no idea": np.zeros((1, 4), "float32"),
}
for name, prediction in sure_or_not.items():
    as_meant, swapped = (float(distillation_loss(*logits, np.array([0]), 1.0, 1.0))
                         for logits in ((prediction, hesitates), (hesitates, prediction)))  # fmt: skip
    print(f"{name}: KL(teacher ‖ student) {as_meant:.2f}, swapped {swapped:.2f}")

# %%
_, row = plt.subplots(1, 3, figsize=(11, 2), layout="constrained")
for axes, (name, prediction) in zip(row, {"the teacher hesitates": hesitates, **sure_or_not}.items(), strict=True):
    widgets.draw_softened(prediction[0], "BFAC", 1, axes)
    axes.set_title(name, fontsize=10)
plt.show()

# %% [markdown]
# The loss as it is meant asks the student to allow whatever the teacher allows: who rules out F pays 1.31, who has no
# idea 0.60. Swapped, it is the other way round. Forgetting F costs little, and allowing what the teacher rules out
# costs much: the sure student pays 0.59, the other 1.33. Both losses are zero for the same answers, and training runs
# with either. But swapped it lets a student drop what a soft answer says beyond its first name.
#
# Why T²? Look at what the student feels: the gradient with respect to its logits. Take 50 pictures, a teacher with
# large logits and a student with small ones, and raise the temperature. First without the factor. What happens to the
# gradient's length when T doubles?


# %%
rng = np.random.default_rng(0)
sure, unsure = (rng.normal(0, spread, (50, 20)).astype("float32") for spread in (4, 1))
names = sure.argmax(axis=1)


def gradient_length(temperature, alpha=1.0):
    """Length of the gradient of distillation_loss with respect to the student's logits."""
    logits = tf.Variable(unsure)
    with tf.GradientTape() as tape:
        loss = distillation_loss(logits, sure, names, temperature, alpha)
    return float(tf.norm(tape.gradient(loss, logits)))


# %% tags=["nbval-check-output"]
temperatures = [1, 2, 4, 8, 16, 32]
with_square = {temperature: gradient_length(temperature) for temperature in temperatures}
of_labels = gradient_length(1, alpha=0.0)
for temperature, length in with_square.items():
    print(f"T = {temperature:>2}: without T² {length / temperature**2:.5f}   with T² {length:.3f}")
print(f"labels alone:  {of_labels:.3f}")

# %%
axes = plt.figure(figsize=(7, 3.6), layout="constrained").add_subplot()
for power, label in ((2, "KL"), (1, "T · KL"), (0, "T² · KL")):
    lengths = [length / temperature**power for temperature, length in with_square.items()]
    axes.loglog(temperatures, lengths, marker="o", linewidth=2, label=label)
axes.axhline(of_labels, color="grey", linestyle=":", label="cross-entropy of labels")
axes.set_xticks(temperatures, temperatures)
axes.minorticks_off()
axes.set(xlabel="temperature T", ylabel="length of the gradient")
axes.legend()
plt.show()

# %% [markdown]
# Without the factor the gradient falls by three when T first doubles, and then by about four each time, from 0.10 at
# temperature 1 to 0.00012 at 32: one factor 1/T comes from dividing the logits, and another because two softened
# answers lie closer together. Then alpha would mean something else at every temperature, and the labels, at 0.140,
# would drown the teacher. With T² the length stays between 0.10 and 0.14. So the factor does not make the teacher
# louder; it keeps the balance that alpha sets.
#
# Does a library agree? `keras.distillation` came with Keras 3.12. Two ways to ask it for the same loss:

# %%
pair = np.array([[2.0, 1.0, 0.0]], "float32"), np.array([[1.0, 2.0, 0.0]], "float32")
print(f"Keras {keras.__version__}")
if hasattr(keras, "distillation"):
    for temperature in (1.0, 4.0):
        by_hand = float(distillation_loss(pair[1], pair[0], np.array([0]), temperature, 1.0))
        asked = keras.distillation.LogitsDistillation(temperature, keras.losses.KLDivergence())
        default = keras.distillation.LogitsDistillation(temperature)
        print(f"T = {temperature:g}: by hand {by_hand:.3f}, Keras asked for KLDivergence() "
              f"{float(asked.compute_loss(*pair)):.3f}, Keras by default {float(default.compute_loss(*pair)):.3f}")  # fmt: skip
else:
    print("This version has no keras.distillation yet: it came with 3.12.")

# %% [markdown]
# With `keras.losses.KLDivergence()` handed over, Keras and the loss by hand are the same. By default they are not, in
# Keras 3.15.1: the default is the *function* of that name, which takes logits divided by T, clipped to at most 1, for
# probabilities, with neither a softmax nor T². At T = 1 it calls these two different answers identical. It trains
# without an error. Other versions may differ, even the other way round: the version that you have is printed above.
# Compare a loss with one small case by hand before you trust it.
#
# ## One step, and a teacher that stays
#
# ### Exercise 6.3: take one step of distillation
#
# `distill_step(teacher, student, images, optimizer, temperature)`: one gradient step that brings the student's
# softened answers on `images` nearer to the teacher's, by T² · KL(teacher ‖ student) averaged over the pictures;
# returns the loss before the step, as a float; for a student that answers as its teacher does it is 0. The teacher
# answers as in prediction (`training=False`), and **nothing in it changes**: neither weights nor batch-norm
# statistics. The student runs with `training=True`. `images` is a batch of whatever the models take, an array or a
# tensor. A teacher that says `[[0, 2.1972]]` to a student's `[[0, 0]]` gives, at T = 2, the loss 4 · 0.1308 = 0.5232.
# With alpha = 1 the labels do not matter: you may call your loss with any, or write KL anew. (4 points)
#
# <details><summary>Hint</summary>
# `tf.GradientTape` records what happens inside it. `optimizer.apply(gradients, variables)`: whose variables?
# </details>


# %% nbgrader={"grade": false, "grade_id": "distill_step", "locked": false, "schema_version": 3, "solution": true}
def distill_step(teacher, student, images, optimizer, temperature):
    """One step of the student towards the teacher; the loss before it."""
    ### BEGIN SOLUTION
    target_logits = teacher(images, training=False) / temperature
    with tf.GradientTape() as tape:
        learned = student(images, training=True) / temperature
        gaps = keras.ops.log_softmax(target_logits) - keras.ops.log_softmax(learned)
        loss = temperature**2 * keras.ops.mean(keras.ops.sum(keras.ops.softmax(target_logits) * gaps, axis=-1))
    optimizer.apply(tape.gradient(loss, student.trainable_weights), student.trainable_weights)
    return float(loss)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_distill_step", "locked": true, "points": 2, "schema_version": 3, "solution": false}
def tiny_network(seed, units=6):
    """Ten numbers in, four logits out, with batch norm between."""
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((10,))
    x = keras.layers.BatchNormalization()(keras.layers.Dense(units)(inputs))
    return keras.Model(inputs, keras.layers.Dense(4, kernel_initializer=keras.initializers.RandomNormal(0, 2))(x))


def check_step(seed, temperature):
    """The loss that comes back against the reference; that the student moves, and that more steps lower the loss."""
    from scipy.special import log_softmax

    teacher, student = tiny_network(seed, 8), tiny_network(seed + 1)
    numbers = np.random.default_rng(seed).normal(size=(12, 10)).astype("float32")
    copy = keras.models.clone_model(student)
    copy.set_weights(student.get_weights())
    target, learned = (
        np.asarray(x, dtype=float) / temperature for x in (teacher(numbers), copy(numbers, training=True))
    )
    p, q = log_softmax(target, axis=1), log_softmax(learned, axis=1)
    expected = (np.exp(p) * (p - q)).sum(axis=1).mean()
    before = student.get_weights()
    loss = distill_step(teacher, student, numbers, keras.optimizers.SGD(0.01), temperature)
    checks.equal("the loss before the step", loss, temperature**2 * expected, {
        "the factor T² is missing": expected,
        "teacher and student are swapped in KL": temperature**2 * (np.exp(q) * (q - p)).sum(axis=1).mean()}, tolerance=1e-3)  # fmt: skip
    moved = [not np.array_equal(old, new) for old, new in zip(before, student.get_weights(), strict=True)]
    checks.require(moved[0] and moved[-1], "The student's weights did not move: was the optimizer applied to them?")
    checks.require(moved[4], "The student's batch-norm statistics did not move: it should run with training=True.")
    losses = [distill_step(teacher, student, numbers, keras.optimizers.SGD(0.01), temperature) for _ in range(8)]
    checks.require(
        losses[-1] < loss, f"After nine steps the loss went from {loss:.3f} to {losses[-1]:.3f}: it should fall."
    )


with progress.exercise("distill_step"):
    check_step(0, 2.0)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("distill_step")
    check_step(int(rng.integers(10, 500)), float(rng.uniform(1.5, 4)))

    def check_where_to(seed, temperature):
        """After one step of SGD, every weight of the student is where the gradient of the loss takes it."""
        teacher, student = tiny_network(seed, 8), tiny_network(seed + 1)
        numbers = np.random.default_rng(seed).normal(size=(12, 10)).astype("float32")
        copy = keras.models.clone_model(student)
        copy.set_weights(student.get_weights())
        with tf.GradientTape() as tape:
            p = keras.ops.softmax(teacher(numbers) / temperature)
            crossed = -keras.ops.sum(p * keras.ops.log_softmax(copy(numbers, training=True) / temperature), axis=1)
            gap = temperature**2 * keras.ops.mean(crossed)
        keras.optimizers.SGD(0.01).apply(tape.gradient(gap, copy.trainable_weights), copy.trainable_weights)
        distill_step(teacher, student, numbers, keras.optimizers.SGD(0.01), temperature)
        pairs = zip(student.trainable_weights, copy.trainable_weights, strict=True)
        furthest = max(float(np.abs(np.asarray(mine) - np.asarray(other)).max()) for mine, other in pairs)
        checks.require(
            furthest < 1e-3,
            f"After one step of SGD at 0.01, a weight of the student is {furthest:.2g} from where the loss takes it.",
        )

    check_where_to(int(rng.integers(10, 500)), float(rng.uniform(1.5, 4)))
    ### END HIDDEN TESTS


# %% nbgrader={"grade": true, "grade_id": "test_distill_step_teacher", "locked": true, "points": 2, "schema_version": 3, "solution": false}
def check_teacher_stays(seed):
    """Every number of the teacher is the same after three steps: weights and batch-norm statistics."""
    teacher, student = tiny_network(seed, 8), tiny_network(seed + 1)
    numbers = np.random.default_rng(seed).normal(3, 2, (12, 10)).astype("float32")
    before, own = teacher.get_weights(), [np.array(weight) for weight in student.trainable_weights]
    for _ in range(3):
        distill_step(teacher, student, numbers, keras.optimizers.Adam(0.01), 2.0)
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


with progress.exercise("distill_step_teacher"):
    check_teacher_stays(0)
    ### BEGIN HIDDEN TESTS
    check_teacher_stays(int(checks.grading_rng("distill_step_teacher").integers(10, 500)))
    ### END HIDDEN TESTS

# %% [markdown]
# The same proof for the real teacher: three steps on its pictures, and every array of weights compared.

# %% tags=["nbval-check-output"]
before = {"teacher": teacher.get_weights(), "student": student.get_weights()}
optimizer = keras.optimizers.Adam(1e-3)
for start in (0, 32, 64):
    distill_step(teacher, student, images[start : start + 32], optimizer, 4.0)
for name, model in (("teacher", teacher), ("student", student)):
    pairs = zip(before[name], model.get_weights(), strict=True)
    print(f"{name}: {sum(not np.array_equal(old, new) for old, new in pairs)} of {len(before[name])} arrays moved")

# %% [markdown]
# A teacher that does not change gives the same answer to the same picture every time. So let it answer **once** and
# keep the logits: then distillation is `fit` with other targets, the teacher is out of the loop, and pictures without a
# name are as good as others. The same random weights, the same number of steps: once from the labels, once from the
# teacher's answers to all pictures.
#
# A `Objective` is an output of the student, its target and a loss. `SoftTargets` is your loss with alpha = 1, and
# `from_labels` a lesson of labels with the cross-entropy. `teach` is `fit` on one lesson or several, for a number of
# steps of 50 pictures.


# %%
def new_student():
    """The same random weights every time."""
    keras.utils.set_random_seed(0)
    return networks.small_student(10)


def share_correct(model):
    """Share of the test pictures that a student names right."""
    return (np.asarray(model(test.images, training=False)).argmax(axis=1) == test.labels).mean()


from_scratch, distilled = new_student(), new_student()
objective = distillation.from_labels(from_scratch, labeled.labels)
distillation.teach(from_scratch, labeled.images, [objective], steps=90, learning_rate=0.01)
objective = distillation.Objective(distilled.output, teacher_logits, distillation.SoftTargets(temperature=4.0))
distillation.teach(distilled, images, [objective], steps=90, learning_rate=0.01)
print(f"from scratch {share_correct(from_scratch):.1%}, distilled {share_correct(distilled):.1%}")

# %% [markdown]
# One run on ten people proves little. The next section repeats it, with all the rivals. But first a trap.
#
# ## Stale averages
#
# `teach` does one thing that `fit` does not: when the training is over, it refreshes batch norm. In training a batch
# norm takes mean and variance from the batch; in prediction it takes moving averages, which begin at 0 and 1 and keep a
# share of what they were at every step, the `momentum`. How much of that beginning is left after 90 steps?

# %% tags=["nbval-check-output"]
momenta = {0.9: "the student's", 0.99: "Keras's default"}
for momentum, whose in momenta.items():
    print(f"{momentum} ({whose}): {momentum**90:.1%} of the beginning left after 90 steps")

# %% [markdown]
# Twice the same student, the same steps of `fit`, and another momentum. What will the test say of each, before and
# after its averages are set to those of the pictures?

# %%
shares = {}
for momentum, whose in momenta.items():
    model = new_student()
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = momentum
    model.compile(keras.optimizers.Adam(2e-3), distillation.SoftTargets(temperature=4.0))
    model.fit(images, teacher_logits, batch_size=50, epochs=15, verbose=0)
    as_it_is = share_correct(model)
    networks.refresh_batch_norm(model, images)
    shares[f"{momentum}\n{whose}"] = as_it_is, share_correct(model)
    print(f"momentum {momentum}: {as_it_is:.1%} right, refreshed {share_correct(model):.1%}")

# %%
axes = plt.figure(figsize=(7, 3.4), layout="constrained").add_subplot()
for which, name in enumerate(("as fit leaves it", "refreshed")):
    axes.bar(np.arange(len(shares)) + 0.4 * which - 0.2, [pair[which] for pair in shares.values()], 0.38, label=name)
axes.set_xticks(range(len(shares)), shares)
axes.set(xlabel="momentum", ylabel="share of the test pictures right", ylim=(0, 1))
axes.legend(loc="upper left", ncols=2)
plt.show()

# %% [markdown]
# Training never looks at the averages, so the momentum changes nothing in it: refreshed, the two students are the same.
# As `fit` leaves them they are not. With 40.5 % of the beginning left, and more from the first steps, when the weights
# were others, the student looks far worse than it is. There is no error and no warning, and the loss of the training
# looks fine. After a short training refresh the averages before you judge (`tlcourse.networks.refresh_batch_norm`), or
# choose a lower momentum. MobileNetV2's is nearer to 1 still, and needs thousands of steps to forget. Every student of
# this unit is refreshed before it is tested.
#
# ## Eight ways, one budget
#
# Ten groups of 20 new people; ten pictures of each person with a name and 30 without. In a group every student has the
# same random weights at the start, 160 steps of 50 pictures, and the same learning rate. Recipes were chosen on other
# people.
#
# | way | what the student is told | pictures |
# |---|---|---|
# | from scratch | labels | with names |
# | label smoothing | labels, a tenth of each spread over everybody (a control: soft, and no teacher) | with names |
# | hard labels | the name that the teacher gives | all |
# | softmax | the teacher's answer at temperature 4 | all |
# | softmax and hints | also the teacher's maps after block 4 (FitNet) | all |
# | softmax and attention | also where the teacher's blocks 3 and 4 look | all |
# | multi-task | softmax, and a second teacher's answer: does the person wear glasses? | all |
# | transfer | the maps and attention alone, of blocks that nobody adapted to these people, then labels, the maps beside them | all, then with names |
#
# What hints and attention are, two sections below show. Which difference do you expect to be the largest?

# %% tags=["setup"]
WAYS = {
    "scratch": "from scratch",
    "smoothing": "label smoothing",
    "hard": "hard labels",
    "softmax": "softmax",
    "hints": "softmax and hints",
    "attention": "softmax and attention",
    "multi_task": "multi-task",
    "transfer": "transfer",
}


def shown(entry):
    """A recorded mean with its 95 % interval."""
    return f"{entry['mean']:6.1%} ({entry['ci95'][0]:.1%} to {entry['ci95'][1]:.1%})"


def points(differences):
    """The mean of differences, one a seed, in points, with its 95 % interval."""
    gap = summary(differences)
    return f"{100 * gap['mean']:+5.1f} ({100 * gap['ci95'][0]:+.1f} to {100 * gap['ci95'][1]:+.1f})"


def plain(entry, digits):
    """A mean with its 95 % interval as they are, with so many decimals."""
    return f"{entry['mean']:.{digits}f} ({entry['ci95'][0]:.{digits}f} to {entry['ci95'][1]:.{digits}f})"


def less(first, second):
    """first - second, seed by seed, of two recorded entries."""
    return np.subtract(first["values"], second["values"])


# %% tags=["nbval-check-output"]
record = results("distillation")
accuracy = record["accuracy"]
groups = len(accuracy["teacher"]["values"])
print(f"{groups} groups of people")
print(f"{'the teacher':<23}{shown(accuracy['teacher'])}")
for way, name in WAYS.items():
    over = [
        points(less(accuracy[way], accuracy[baseline])) if way != baseline else ""
        for baseline in ("scratch", "softmax")
    ]
    print(f"{name:<23}{shown(accuracy[way])}   over scratch {over[0]:<22}  over softmax {over[1]}".rstrip())
print(f"the teacher over softmax: {points(less(accuracy['teacher'], accuracy['softmax']))} points")

# %%
bars = {"teacher": accuracy["teacher"], **{name: accuracy[way] for way, name in WAYS.items()}}
axes = plots.interval_bars(bars)
axes.patches[0].set_facecolor("silver")  # the teacher is no way of teaching
axes.set_title("The teacher, and eight ways to teach a small student")
plt.show()

# %% [markdown]
# The teacher's knowledge is worth a great deal: with its answers a student of the same size, after the same number of
# steps, goes from 39.1 % to 69.3 %. It is a student 27.6 times smaller than its teacher, as counted below (32.4 above
# was for ten names; with 20 the student's last layer is larger). At 160 steps the student is not about as accurate as
# the teacher, which has 99.2 %: 29.8 (25.7 to 34.0) points more. That does not decide C36. The teacher's names are
# nearly all correct, and the student of hard labels stays further behind. So the gap measures this student and this
# budget, not distillation, and we do not know how far longer training would close it.
#
# Label smoothing softens labels too, and here it even costs 2.7 points: being soft is not enough, the softness must
# say something about *this* picture. Softmax beats hard labels by 7.8 points. What goes on inside adds a little to what
# is said: hints 2.9 points to softmax, attention 3.5. Which of these two is better is not decided. Transfer, whose
# teacher knows none of these people, is 3.8 points better than labels alone, and stays far below the ways whose teacher
# does know them. A second task costs the first 2.6 points.
#
# How many runs do such small differences need? The same again, with the first half of the groups alone:

# %% tags=["nbval-check-output"]
for way, baseline in (
    ("hints", "softmax"),
    ("attention", "softmax"),
    ("transfer", "scratch"),
    ("multi_task", "softmax"),
):
    differences = less(accuracy[way], accuracy[baseline])
    print(f"{WAYS[way]} over {WAYS[baseline]}: {points(differences[: groups // 2])} with {groups // 2} groups, "
          f"{points(differences)} with {groups}")  # fmt: skip

# %% [markdown]
# With half of the groups nobody could have said whether hints and attention gain anything: both intervals contain
# zero. And the second task seemed to cost more. So read all intervals of this unit with care: there are many of them,
# and none is corrected for that. Of twenty comparisons without any difference one would look like one.
#
# But the comparison so far mixes two gifts. The teacher says *more* about each picture, and it says it about 600
# pictures that have no name. Which of the two matters? One more student learned from soft answers to the 200 pictures
# with names only.

# %% tags=["nbval-check-output"]
few = accuracy["softmax_few"]
print("softmax, pictures with names only: ", shown(few))
print("soft answers instead of labels:    ", points(less(few, accuracy["scratch"])), "points")
print("pictures without names added:      ", points(less(accuracy["softmax"], few)), "points")

# %% [markdown]
# The pictures without names matter most: they are worth 25.7 points. Soft answers instead of labels, on the same
# pictures, give 4.5 (2.5 to 6.6) points: a small gain, and a sure one. So a teacher's largest gift here is that it can
# name what nobody has named, and the second that it says more than a name.

# %% [markdown]
# ## A teacher with mistakes
#
# The lecture says that hard labels suffer more from a teacher's errors than softmax answers do (C37). Spoil the
# teacher: its head learns from labels of which 20 % or 40 % name somebody else, as in the table below. It then teaches,
# by its names, by its answers at temperature 4, and by its answers at temperature 1.

# %% tags=["nbval-check-output"]
for share, wrong in record["wrong"].items():
    print(f"{float(share):.0%} of the teacher's labels wrong: the teacher {shown(wrong['teacher'])}")
    for way, name in (("hard", "hard labels"), ("softmax", "softmax, T = 4"), ("softmax_cold", "softmax, T = 1")):
        print(f"    student, {name:<15} {shown(wrong[way])}")
    lost = {way: less(accuracy[way], wrong[way]) for way in ("hard", "softmax")}
    print(f"    lost by hard labels {points(lost['hard'])}, by softmax {points(lost['softmax'])}")
    print(f"    hard labels lost more than softmax by:  {points(lost['hard'] - lost['softmax'])} points")
    print(f"    T = 1 over T = 4: {points(less(wrong['softmax_cold'], wrong['softmax']))} points, "
          f"over hard labels: {points(less(wrong['softmax_cold'], wrong['hard']))} points")  # fmt: skip

# %%
figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
shares = [0.0, *map(float, record["wrong"])]
curves = {name: [accuracy[way], *(wrong[way] for wrong in record["wrong"].values())]
          for way, name in (("teacher", "the teacher"), ("hard", "hard labels"), ("softmax", "softmax, T = 4"))}  # fmt: skip
plots.accuracy_curves(shares, curves, ax=axes)
cold = [wrong["softmax_cold"] for wrong in record["wrong"].values()]  # with a good teacher it was not measured
half = [entry["ci95"][1] - entry["mean"] for entry in cold]
axes.errorbar(shares[1:], [entry["mean"] for entry in cold], half, color="black", linestyle=":", marker="D",
              linewidth=2, capsize=4, label="softmax, T = 1")  # fmt: skip
axes.legend(fontsize=8, loc="lower left")
axes.set(xlabel="share of the teacher's labels that are wrong")
axes.set_xticks(shares, [f"{share:.0%}" for share in shares])
plt.show()

# %% [markdown]
# At 160 steps it is the other way round. With 40 % of its labels wrong the teacher itself still has 78.9 %; the student
# of its names falls to 49.3 %, and the student of its softened answers to 35.4 %. These labels are wrong at random, and
# the temperature is 4, so C37 is not decided. Other errors, such as taking one person for a similar one, and longer
# training may change the order; this experiment does not try them.
#
# Part of the reason is in the table: with 40 % wrong, soft answers at temperature 1 beat those at 4 by 6.7 points, and
# hard labels are 7.3 points better still. With 20 % wrong the order is the same, and the steps are smaller. A reading
# that fits, and that this experiment does not prove: what a confused teacher thinks of all the other classes is mostly
# noise; the higher the temperature, the more of it the student is told to copy, and taking only the first name throws
# it away. Nor does it say anything about errors of another kind: these are wrong labels at random.

# %% [markdown]
# ## Where to look: attention
#
# Distillation of answers tells the student what to say. Proper knowledge distillation, says the lecture (C38), hands
# down what goes on inside. One way is attention transfer (C40; Zagoruyko & Komodakis 2017): a map of where a layer is
# active, which the student should have as the teacher has it. The numbers of channels need not agree, because they are
# summed away.
#
# ### Exercise 6.4: draw an attention map
#
# `attention_map(maps)`: where a layer is active. For maps of shape (n, h, w, channels), floats: at each place the
# **sum of the squares** over the channels, flattened to (n, h · w), each row divided by its Euclidean length (no map
# is zero everywhere). One
# picture with two places and two channels, `[[[[3, 0], [0, 2]]]]`, has the sums 9 and 4 and gives about `[[0.914,
# 0.406]]`. (3 points)
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
    checks.returns(attention_map, (np.array([[[[3.0, 0.0], [0.0, 2.0]]]]),), [[0.914, 0.406]], tolerance=2e-3)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("attention_map")
    for _ in range(4):
        check_attention(rng.normal(size=tuple(rng.integers(2, 6, 4))))
    ### END HIDDEN TESTS

# %% [markdown]
# Where do the teacher's third block and the student's second convolution look? Both have 12 × 12 places. One more
# student is taught, with the teacher's attention as a second lesson: its loss is the squared difference of the two
# attention maps, summed over the places, and it weighs 10 times as much as that of the answers.

# %%
block = keras.Model(base.input, base.get_layer("block3_conv3_relu").output)
teacher_maps = np.asarray(block(images, training=False))
attentive = new_student()
objectives = [
    distillation.Objective(attentive.output, teacher_logits, distillation.SoftTargets(temperature=4.0)),
    distillation.attention(attentive, "map2", teacher_maps, weight=10.0),
]
distillation.teach(attentive, images, objectives, steps=90, learning_rate=0.01)
print(f"softmax and attention: {share_correct(attentive):.1%} of the test pictures right")

# %%
watched = test.images[::20][:8]
second = {name: keras.Model(model.input, model.get_layer("map2").output)
          for name, model in (("student, softmax", distilled), ("student, attention", attentive))}  # fmt: skip
seen = {
    name: attention_map(np.asarray(model(watched, training=False)))
    for name, model in {"teacher": block, **second}.items()
}
figure, rows = plt.subplots(4, 1, figsize=(9.2, 5.4), layout="constrained")
plots.image_grid(watched, columns=8, ax=rows[0])
for axes, (name, maps) in zip(rows[1:], seen.items(), strict=True):
    maps = maps / maps.max(axis=1, keepdims=True)
    plots.image_grid(maps.reshape(-1, 12, 12), columns=8, ax=axes)
    axes.set_title(name, fontsize=10)
plt.show()

# %% [markdown]
# How alike are they in numbers? The cosine of two maps is 1 when they are identical. For comparison: a map that is the
# same everywhere.

# %%
for name in second:
    print(f"{name}: {np.mean((seen[name] * seen['teacher']).sum(axis=1)):.3f} alike")
print(f"the same everywhere: {np.mean(seen['teacher'].sum(axis=1) / 12):.3f} alike")

# %% [markdown]
# That is one run. Recorded, over groups of 20 people, with attention to both blocks as in the table above:

# %% tags=["nbval-check-output"]
students = results("students")
agreement = {"student, attention": "attention", "student, softmax": "softmax", "student, not taught": "untrained",
         "the same everywhere": "same_everywhere"}  # fmt: skip
agreement = {label: students["alike"][name] for label, name in agreement.items()}
for label, entry in agreement.items():
    print(f"{label:<20} {plain(entry, 3)} alike")
closer = summary(less(agreement["student, attention"], agreement["student, softmax"]))
print(f"attention over softmax: {plain(closer, 3)}, {closer['seeds']} groups of people")

# %%
axes = plots.interval_bars(agreement, percent=False)
axes.set_title("How much a student looks where its teacher looks")
plt.show()

# %% [markdown]
# The teacher looks at the middle of the face, in most pictures. The student of softened answers finds its own way: it
# is active at parts of the face, and all over the background too, and no more like the teacher than a map that is the
# same everywhere, or than a student whom nobody has taught. The one with the second lesson looks where the teacher
# looks: it has learned what it was asked to learn. Does that help? In the table of the eight ways above it gave 3.5
# (0.4 to 6.6) points over softmax. Gains too small to matter lie in that interval, too, so that mimicking the inside
# (C38, C40) makes this student better is not decided. The pictures without names do much more.

# %% [markdown]
# ## What is inside: hints
#
# FitNet (C39; Romero et al. 2015) asks for more: not only where, but what. The student's maps should *give* the
# teacher's, after a convolution that is thrown away when the training is over. Here it is simplified: the convolution
# is 1×1, the loss a mean without the paper's factor of a half, and the student learns hints and answers together, not
# hints first.
#
# ### Exercise 6.5: compare a student's maps with a teacher's
#
# `hint_loss(student_maps, teacher_maps, kernel)`: FitNet's hint. The student's maps, an array of shape (n, h, w, a),
# go through a 1×1 convolution, `kernel` of shape (a, b), and are compared with the teacher's maps (n, h, w, b): one
# number, the **mean** of the squared differences. Student `[[[[1, 2]]]]`, kernel `[[1], [1]]` and teacher `[[[[5]]]]`
# give (3 - 5)² = 4. (3 points)
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
    one_place = np.array([[[[1.0, 2.0]]]]), np.array([[[[5.0]]]]), np.array([[1.0], [1.0]])
    checks.equal("the hint loss of the example", hint_loss(*one_place), 4)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("hint_loss")
    for _ in range(4):
        check_hint(rng, *(int(number) for number in rng.integers(2, 7, 4)))
    ### END HIDDEN TESTS

# %% [markdown]
# The students above had no hints. How much of the teacher's block 4 can be had from their last maps, with the best
# kernel that there is? Each channel of the teacher has mean 0 and spread 1, so 1 would be nothing, and 0 everything.

# %%
block4 = keras.Model(base.input, base.get_layer("block4_conv3_relu").output)
block4_maps = np.asarray(block4(test.images, training=False))
block4_maps = (block4_maps - block4_maps.mean(axis=(0, 1, 2))) / (block4_maps.std(axis=(0, 1, 2)) + 1e-3)
for name, model in (("not trained", new_student()), ("softmax", distilled), ("softmax and attention", attentive)):
    maps = np.asarray(keras.Model(model.input, model.get_layer("map3").output)(test.images, training=False))
    rows, targets = (part.reshape(-1, part.shape[-1]) for part in (maps, block4_maps))
    kernel = np.linalg.lstsq(rows, targets, rcond=None)[0]
    print(f"{name}: hint loss {hint_loss(maps, block4_maps, kernel):.2f}")

# %% [markdown]
# There is much left to hand down. As a lesson for the student it is one more target, with a layer that the student
# loses afterwards: `distillation.hint(student, "map3", maps)`, with the teacher's maps of the pictures that the student
# learns from. Recorded above: hints add 2.9 (0.9 to 4.8) points
# to softmax. C39 says that they keep more detail and help the student. They do help here, a little; the section on
# costs looks at unusual pictures.

# %% [markdown]
# ## Two teachers, and a teacher of something else
#
# A student may have several teachers, one for each task (C41). The second one here was trained on other people, and
# knows one thing: whether somebody wears glasses. The student gets one more dense layer, of two outputs, on the same
# features.

# %% tags=["nbval-check-output"]
glasses = record["glasses"]
wearers = [faces.person(identity).glasses != "none" for identity in faces.TEST_PEOPLE[: 20 * groups]]
print("who, one task:            ", shown(accuracy["softmax"]))
print("who, two tasks:           ", shown(accuracy["multi_task"]))
print("two tasks over one:       ", points(less(accuracy["multi_task"], accuracy["softmax"])), "points")
always_yes = np.reshape(wearers, (groups, 20)).mean(axis=1)
print(f"glasses, always saying yes:  {np.mean(wearers):.1%}")
print("glasses, the teacher:     ", shown(glasses["teacher"]))
print("glasses, the student:     ", shown(glasses["student"]))
print("student over teacher:     ", points(less(glasses["student"], glasses["teacher"])), "points")
for who in ("teacher", "student"):
    print(f"{who} over always yes:  ", points(np.subtract(glasses[who]["values"], always_yes)), "points")

# %% [markdown]
# One student now does two jobs with one body. What the second costs the first is 2.6 (1.0 to 4.1) points, a small
# price. But the second job is not done well. The student says who wears glasses for 70.6 % of the pictures, its second
# teacher for 82.6 %, which is 12.0 points more. Always saying yes
# would be right for 64.5 % of these people: the teacher is 18.1 points better than that, and for the student no
# difference to it can be detected. For a student of this size and 160 steps C41 is not decided: it still learns
# from the first teacher, and hardly from the second. Whether a larger student, more steps or another weight of the second lesson would do
# is not tried here.
#
# Transfer distillation (C42) is the other direction: a teacher that has been adapted to nobody in the pictures. It is
# the same network as before, without its head, and the blocks are those of hints and attention. It can say nothing
# about who it is; it hands down its maps and its attention for half of the steps, on all pictures, and then the student
# learns from the few labels, the maps beside them. That gives 3.8 (1.7 to 6.0) points over scratch at the same number
# of steps (in the table above). It is a gain, though a small one, from a teacher that cannot name a single one of these
# people. Part of it may be the 600 pictures without names, which the student from scratch never saw: how much is not
# measured here.

# %% [markdown]
# ## On a device
#
# LiteRT (TensorFlow Lite until lately) runs networks on phones and microcontrollers. The student becomes a file. Does
# the file still give the same answers? In three sizes: weights as they are, in 16 bits, and in 8 bits, for which a
# sample of pictures shows how large the activations get.

# %%
files = {name: export.convert(distilled, name, images[::10]) for name in (None, "float16", "int8")}
own = np.asarray(distilled(test.images, training=False))
for name, content in files.items():
    prediction = export.Runner(content).predict(test.images)
    same = (prediction.argmax(axis=1) == own.argmax(axis=1)).mean()
    print(f"{name or 'float32':<8} {len(content):>7,} bytes, {same:.1%} of the answers the same, "
          f"logits at most {np.abs(prediction - own).max():.2g} apart")  # fmt: skip

# %% tags=["nbval-check-output"]
prediction = export.Runner(files[None]).predict(test.images)
print(
    "float32 names the same person in every test picture:",
    bool((prediction.argmax(axis=1) == own.argmax(axis=1)).all()),
)

# %% [markdown]
# And the time? It is measured on one processor core, one picture at a time, the median of a hundred calls. Yours will
# differ from the recorded ones, which come from another machine, and so will the ratio.

# %%
timed = {name: export.milliseconds(export.Runner(content), test.images[:1])
         for name, content in (("teacher", export.convert(teacher)), ("student", files[None]))}  # fmt: skip
print(f"here: teacher {timed['teacher']:.2f} ms, student {timed['student']:.3f} ms a picture: "
      f"faster by a factor of {timed['teacher'] / timed['student']:.1f}")  # fmt: skip

# %% tags=["nbval-check-output"]
device = {name: entry["mean"] for name, entry in record["device"].items()}
print(f"parameters: teacher {device['teacher_parameters']:,.0f}, student {device['student_parameters']:,.0f}: "
      f"{device['teacher_parameters'] / device['student_parameters']:.1f} times fewer")  # fmt: skip
for name in ("teacher", "student", "student_float16", "student_int8"):
    same = f", {device[f'{name}_agreement']:.1%} of the answers as in Keras" if name != "teacher" else ""
    print(f"{name:<16}{device[f'{name}_bytes'] / 1e3:>8,.0f} kB  {device[f'{name}_ms']:.3f} ms{same}")
faster = record["device"]["speedup"]
print(f"faster by a factor of {faster['mean']:.1f} ({faster['ci95'][0]:.1f} to {faster['ci95'][1]:.1f})")

# %% [markdown]
# The teacher needs 3,159 kB, the student 118, and 37 with weights of 8 bits (more than your files above, since it names
# 20 people and not ten). A phone could hold either. A microcontroller with 1 MiB of memory for programs could not hold
# this teacher with 32-bit weights. With 8 bits, 790,340 weights take about 0.8 MB: it would fit, and leave little room,
# where the student leaves nearly all of it (C05). The answers are those of Keras, all of them with 32 bits, and with 8
# bits 98.9 % of them.
#
# The student is 16.3 times faster on the recording machine, which had other work to do at times; the factor on yours is
# printed above, and may be quite another. The 8-bit file is not only smaller, it was also faster there: it took 0.037
# ms and the 32-bit one 0.068. The 16-bit file has half the size and takes the same time. Smaller is not faster by
# itself; it depends on what the processor does well, and on another one 8 bits may even be slower. So measure on the
# device that it is for.

# %% [markdown]
# ### The eight ways in one table
#
# What is right, and what it takes: the accuracies from above, and beside them each network's parameters, its file with
# weights of 32 bits, and its time for one picture on one core. Which way costs more on the device than the others?

# %% tags=["nbval-check-output"]
networks_of = {way: students["networks"].get(way, students["networks"]["student"]) for way in ("teacher", *WAYS)}
print(f"{'':<23}{'right':<25}{'parameters':>10}{'file':>10}   one picture")
for way, name in {"teacher": "the teacher", **WAYS}.items():
    size, file, took = (networks_of[way][part] for part in ("parameters", "bytes", "ms"))
    print(f"{name:<23}{shown(accuracy[way]):<25}{size['mean']:>10,.0f}{file['mean'] / 1e3:>7,.0f} kB   "
          f"{plain(took, 4)} ms")  # fmt: skip
slower = summary(less(networks_of["multi_task"]["ms"], networks_of["softmax"]["ms"]))
print(f"two answers over one: {plain(slower, 4)} ms")

# %%
figure, axes = plt.subplots(figsize=(8, 3.8), layout="constrained")
best_first = sorted(networks_of, key=lambda way: -accuracy[way]["mean"])
for way, marker in zip(best_first, "*os^Dv<>X", strict=True):
    x, y = networks_of[way]["ms"]["mean"], accuracy[way]["mean"]
    axes.plot(x, y, marker, markersize=9, alpha=0.8, label=WAYS.get(way, "the teacher"))
axes.set(xlabel="milliseconds for one picture", ylabel="share right", xlim=(0, None), ylim=(0, 1.05))
axes.legend(fontsize=8, loc="center")
axes.set_title("Further left is faster, further up is better")
plt.show()

# %% [markdown]
# The ways differ in what they give, and hardly in what they take. Seven of them end in the same network: a label or a
# soft answer leaves no layer behind, attention adds none, and the layer of hints is thrown away. So they share one
# size, one file and one time, measured once. Only the student of two tasks has a layer more, of 2 · 432 + 2 = 866
# parameters, and with it a larger file; in its time no difference can be detected. So on the device the best way is
# the one that is right most often; what it costs is paid before.
#
# Neither size nor speed depends on what a network has learned. These were measured on networks that nobody had taught,
# in another run than the formats above: the student's time need not be the same there and here to the last digit.

# %% [markdown]
# ## What it costs
#
# Three limits are named in the lecture (C43): distillation depends on a good teacher, it costs compute, and the student
# may generalise less. The first was measured above. For the second: the processor's seconds to give the teacher a head
# for 20 people and ask it once about their 800 pictures, and to teach a student by softmax; beside them the seconds to
# teach the same student from labels, for as many steps. And what did the teacher cost?

# %% tags=["nbval-check-output"]
seconds = students["processor_seconds"]
print("a head for the teacher, and its answers:", plain(seconds["asking"], 1), "s")
print("teaching by softmax:", plain(seconds["softmax"], 1), "s")
print("teaching from labels:", plain(seconds["scratch"], 1), "s")
both = np.add(seconds["asking"]["values"], seconds["softmax"]["values"])
extra_cost = summary(both - seconds["scratch"]["values"])
print("answers and softmax over labels:", plain(extra_cost, 1), "s")
made = json.loads((data_folder() / "teachers" / "faces_vgg16.json").read_text(encoding="utf-8"))
minutes = made["measured"]["last_run_minutes"]
print(f"training the teacher took {minutes} minutes, {60 * minutes / both.mean():.0f} times as long")

# %%
bars = {"from labels": seconds["scratch"], "with a teacher that is there": summary(both)}
axes = plots.interval_bars(bars, percent=False)
axes.set(xlabel="processor seconds", title="At the same number of steps")
plt.show()

# %% [markdown]
# Once the teacher is there, distillation costs this student 2.1 (1.6 to 2.5) seconds more than labels, on top of 3.8. A
# head and one answer to each picture, which are kept, took 2.4. The steps themselves took less with softmax than with
# labels: 160 of them are ten passes over 800 pictures, but forty over 200, and every pass begins with some set-up. A
# teacher that has to answer anew in every pass, for augmented pictures, has to be asked each time.
#
# The expense is the teacher itself. Its 51.6 minutes, by the clock, are 51.6 · 60 = 3,096 seconds, hundreds of times
# what the student takes. Trained for this purpose alone, it would be a dear way to a student.
#
# Now pictures of a kind that nobody was taught with: moved by five pixels to the right, or half as bright. How much
# does each lose, on every second test picture, against all of them as they were?

# %%
some = test.images[::40]
moved = np.concatenate([np.repeat(some[:, :, :1], 5, axis=2), some[:, :, :-5]], axis=2)
plots.image_grid(np.concatenate([some, moved, some // 2]), columns=len(some)).set_title("as taught, moved, dark")
plt.show()

# %% tags=["nbval-check-output"]
for kind, changed in record["changed"].items():
    for way in ("teacher", "scratch", "smoothing", "hard", "softmax", "hints", "attention"):
        fewer_correct = points(less(accuracy[way], changed[way]))
        print(f"{kind:<6} {WAYS.get(way, 'the teacher'):<22} {shown(changed[way])}   lost {fewer_correct} points")
    lost = {way: less(accuracy[way], changed[way]) for way in changed}
    for way in ("teacher", "scratch", "hints", "attention"):
        more = points(lost["softmax"] - lost[way])
        print(f"{kind:<6} softmax lost more than {WAYS.get(way, 'its teacher')} by: {more} points")
    for way in ("hints", "attention"):
        print(f"{kind:<6} {WAYS[way]} over softmax: {points(less(changed[way], changed['softmax']))} points")

# %%
names = {"teacher": "the teacher", **{way: WAYS[way] for way in record["changed"]["dark"] if way in WAYS}}
bars = {name: record["changed"]["dark"][way] for way, name in names.items()}
axes = plots.interval_bars(bars)
axes.patches[0].set_facecolor("silver")
axes.set_title("On pictures half as bright")
plt.show()

# %% [markdown]
# A small shift costs the student 8.0 points; for its teacher no loss can be detected. Darkness is worse: the student
# loses 30.5, and the teacher 0.7 (0.1 to 1.3). The teacher met light and dark in a hundred pictures of each of its own
# people; the student saw 800 pictures, and the teacher's answers do not say what would stay the same in the dark. So
# the third limit is real. Is distillation to blame? Darkness cost softmax 9.2 (3.6 to 14.7) points more than the
# student from scratch. But it had more to lose: from 69.3 % it went to 38.9 %, the student from scratch from 39.1 % to
# 17.8 %. Each kept about half of what it had, and the distilled one is still ahead: no clear sign that distillation is
# to blame.
#
# Do hints help? In the dark they are 6.1 (2.5 to 9.6) points ahead of softmax, on moved pictures 5.0 (3.0 to 7.0). They
# were 2.9 ahead before, so they keep their lead, and more: of the shift they lost 2.1 (0.7 to 3.5) points less; whether
# of the dark, too, is not decided. Attention is 6.8 points ahead on moved pictures, where it lost 3.3 points less than
# softmax. In the dark nothing of its lead can be detected. A student that looks where its teacher looks is helped when the
# face moves, and not when the light goes. That is a reading after the fact, for one kind of drawing.

# %% [markdown]
# ### Written answer: would you distil?
#
# A botanical garden wants an app that names 200 plants on visitors' phones, without a network. It has a large teacher
# that is right for nine of ten photos, five thousand photos with names, some of them wrong, and a hundred thousand
# without. Would you distil, and in which of the eight ways first? What would you do about the wrong names? What would
# you measure before the app goes out, on which photos? Give reasons with numbers from this unit, and name one of its
# results that you would not trust there. About eight sentences. (3 points)

# %% [markdown] nbgrader={"grade": true, "grade_id": "why_distill", "locked": false, "points": 3, "schema_version": 3, "solution": true}
# Yes: the phones need a small network, and most of the photos have no names, which is where distillation gained most
# here (25.7 points from pictures without names). I would begin with softmax, which beat hard labels by 7.8 points with
# a good teacher, and then add hints, which cost nothing on the phone: 2.9 points more on ordinary pictures, 6.1 on dark
# ones. Wrong names spoil the teacher first: with 40 % of them wrong the student lost 34.0 points. I would look through
# the photos on which teacher and label disagree, mend those labels, train the teacher again, and try temperature 1 and
# hard labels beside 4, since 4 suffered most here. Before the app goes out I would measure teacher and student on
# photos from phones, with names that I trust, also dark and badly framed ones: half as bright, the student lost 30.5
# points and its teacher 0.7. I would also measure the 8-bit file's answers and its time on a phone. I would not trust
# the ranking of the ways, or the size of the gains: they come from one teacher, one student of one size, drawn faces
# and 160 steps.
#
# === BEGIN MARK SCHEME ===
# 1 point: distil, because unnamed photos become useful, with a number of this unit; and a way to begin with, for a
# reason (softmax first, as it gains most for the least; or with hints or attention, which added 3 to 4 points).
#
# 1 point: the wrong names are dealt with at the teacher, or by a choice between hard and softened answers with the
# measured numbers; and the test is on trusted photos like those of the visitors, unusual ones among them.
#
# 1 point: a limit named with a reason: another teacher or student, drawn pictures, few steps, sizes and times of
# another machine.
# === END MARK SCHEME ===

# %% [markdown]
# ## With real photos
#
# MobileNetV2 was trained on ImageNet's thousand classes. Its last layer is a softmax, and its logits are not to be had;
# but the logarithm of a softmax is as good, since it differs from the logits by one number for the whole row. What
# does it see in a photo, besides its first answer?

# %%
from tlcourse.datasets import photos

try:
    some = photos.cats_dogs()["test"].per_class(1, seed=3)
    mobile = teachers.load("MobileNetV2", input_size=some.images.shape[1])
    class_names = np.array(teachers.imagenet_classes())
except (photos.PhotosUnavailable, teachers.TeacherUnavailable):
    print("No photos, or no weights of MobileNetV2: connect to a network, or set TLCOURSE_MIRROR.")
    logits = None
else:
    logits = np.log(mobile.predict(teachers.preprocess("MobileNetV2", some.images), verbose=0) + 1e-12)


def five_best(number):
    """One of the photos, and the five best answers to it."""
    best = logits[number].argsort()[::-1][:5]
    names = [name.replace("_", "\n") for name in class_names[best]]
    shown_predictions([some.images[number]], [logits[number][best]], names, [some.class_names[some.labels[number]]])


# %% tags=["photo"]
if logits is not None:
    five_best(0)
    plt.suptitle("A cat, and the five best answers", fontsize=10)
    plt.show()

# %% tags=["photo"]
if logits is not None:
    five_best(1)
    plt.suptitle("A dog, and the five best answers", fontsize=10)
    plt.show()

# %% [markdown]
# Where the photos were there: the probabilities are shares among the five best answers only. At temperature 4 they say
# which animals look alike, which no label in the folder of photos says. The black cat on an arm is called an indri, a
# lemur, by mistake. A hard label hands down that alone; a soft answer also says schipperke, a breed of dogs, and,
# third, Siamese cat. The dog is called a kelpie, and the next answers are dogs too. That would be an argument for C37;
# two photos do not test it.

# %% [markdown]
# ## Summary
#
# 1. **Temperature.** A softened answer says whom else a picture resembles. At a low temperature it is a label, at a very
#    high one it says nothing.
#
# 2. **The loss** needs T², because its gradient would shrink by T² otherwise, and alpha would change its meaning. KL has a
#    direction: swapped, it lets a student forget what the teacher allows. A library's default was wrong without an error:
#    compare with a case by hand.
#
# 3. **One step.** The teacher answers as in prediction and is not given to the optimizer; comparing its arrays proves that it
#    did not move. A teacher that stays can answer once, and its answers are targets like others. After a short training
#    refresh batch norm's averages, or a good student looks bad.
#
# 4. **Eight ways** (C36 to C42). Softmax took the student from 39.1 % to 69.3 %, most of it thanks to pictures
# without names; label smoothing, without a teacher, gained nothing and cost a little. Hard labels were 7.8 points
# lower with a good teacher, and *better* than softmax at temperature 4 with one that is wrong at random, where
# temperature 1 lay between. After 160 steps alone this decides neither C36 nor C37. A second task was not learned well, and cost the first 2.6 points; transfer gained
# 3.8 points over labels alone.
#
# 5. **Inside** (C38 to C40). Attention changed where the student looks, and added 3.5 points to softmax; hints added
# 2.9. Neither is decided: gains too small to matter lie in both intervals. In the dark hints kept their lead; for attention no lead can be detected there.
#
# 6. **On a device** (C05, C43). 27.6 times fewer parameters, the same answers in LiteRT, and no way of teaching that
# costs more there than another, but for a second answer. And a student that loses 30.5 points in the dark, where its
# teacher loses 0.7. All this for one teacher, one student and drawn faces: measure yours.

# %%
progress
