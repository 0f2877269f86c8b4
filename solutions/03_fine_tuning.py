# %% [markdown]
# # Unit 03: Fine-tuning
#
# When frozen features are not enough, should you let the teacher's layers learn, too? In unit 02 frozen features were
# enough for new faces, but not for handwriting: a small network from scratch did better. Does fine-tuning help, what
# can it break, and how do you know that it happened at all?
#
# By the end of this unit you can
#
# 1. unfreeze some layers of a teacher, and prove by an audit which of them moved;
# 2. fine-tune in three steps, and say with numbers what the order and the learning rate change;
# 3. plan a gradual unfreezing, and decide whether it was worth it;
# 4. train until a network overfits, step back to the best epoch, and regularize;
# 5. find the mistakes in a recipe that runs without an error.
#
# **Time:** about 100 minutes. Seven exercises and one written answer, 25 points. All cells together run in about a
# minute on two processor cores.

# %%
import sys

if "google.colab" in sys.modules:
    # %pip install -q git+https://github.com/tlcourse/tlcourse
    pass

# %% tags=["setup"]
import itertools

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from tlcourse import checks, finetuning, plots, teachers
from tlcourse.data import results
from tlcourse.datasets import digits
from tlcourse.finetuning import Movement
from tlcourse.stats import paired_difference

keras.utils.set_random_seed(0)
plots.style()
progress = checks.Progress(
    {
        "unfreeze_last": "Exercise 3.1 unfreeze_last",
        "unfreeze_last_frozen": "Exercise 3.1 unfreeze_last, from a frozen model",
        "diagnose": "Exercise 3.2 diagnose",
        "fine_tune": "Exercise 3.3 fine_tune, the head first",
        "fine_tune_unfrozen": "Exercise 3.3 fine_tune, then the later layers",
        "unfreezing_plan": "Exercise 3.4 unfreezing_plan",
        "step_back": "Exercise 3.5 step_back",
        "repaired_recipe": "Exercise 3.6 repaired_recipe, it moves",
        "repaired_recipe_statistics": "Exercise 3.6 repaired_recipe, statistics",
        "repaired_recipe_choice": "Exercise 3.6 repaired_recipe, the choice",
        "split_once": "Exercise 3.7 split_once",
    }
)

# %% [markdown]
# ## A far target, and a teacher that stays still
#
# Handwritten digits are far from the faces that the teacher knows. You have ten images of each digit to learn from.

# %%
train, test = digits.split(seed=0)
plots.image_grid(train.images[:20], columns=10).set_title("What the teacher has never seen: digits")
plt.show()

# %% [markdown]
# The teacher contributes five blocks of convolutions and two dense layers. Blocks 1 to 3 stay frozen in most of this
# unit. A frozen layer gives the same output every time, so run the lower part **once** and train the rest on its
# output. This is the trick of unit 02 with a lower cut, and it makes a training step several times cheaper.

# %%
base = teachers.load("faces_vgg16", head=False)
lower, upper = finetuning.split(base, "block3_pool")
train_maps, test_maps = (
    lower.predict(part.images, batch_size=256, verbose=0) for part in (train, test.take(slice(800)))
)
test_labels = test.labels[:800]

# %% tags=["nbval-check-output"]
print(f"frozen:    {lower.count_params():,} parameters, images to maps of {train_maps.shape[1:]}")
print(f"may learn: {upper.count_params():,} parameters, maps to {upper.output_shape[-1]} numbers")

# %% [markdown]
# On top comes a new head for ten digits. First train the head alone, as in unit 02.
#
# **Before you run the cells:** how accurate will it be?

# %%
student = keras.Model(upper.input, keras.layers.Dense(10, name="head")(upper.output))
for layer in student.layers[:-1]:
    layer.trainable = False
finetuning.recompile(student, learning_rate=1e-2)
student.fit(train_maps, train.labels, batch_size=20, epochs=30, verbose=0)
with_head = student.get_weights()


# %%
def accuracy(model):
    """Share of 800 test digits that are predicted correctly."""
    return (np.asarray(model(test_maps, training=False)).argmax(axis=1) == test_labels).mean()


fitted = (np.asarray(student(train_maps)).argmax(axis=1) == train.labels).mean()
print(
    f"only the head trained: {fitted:.0%} of the training digits and {accuracy(student):.1%} of the test digits correct"
)

# %% [markdown]
# The head is not to blame, because it fits most of its training images. The last features of a teacher of faces do not
# contain what digits need. So let some layers learn.
#
# **Here, frozen late features are not enough for a far target.**
#
# ## Frozen, or so you think
#
# Set `trainable = True` on every layer, and train again. Before that, take a snapshot of the weights.

# %%
before = finetuning.snapshot(student)
for layer in student.layers:
    layer.trainable = True
student.fit(train_maps, train.labels, batch_size=20, epochs=2, verbose=0)

# %% [markdown]
# There is no error and no warning. The audit divides each layer's change by the norm of its weights.
#
# **Before you run the cells:** which layers will have moved?

# %%
plots.movement(finetuning.audit(student, before)).set_title("trainable was set after compile: what moved?")
plt.show()

# %% tags=["nbval-check-output"]
moved = [row.layer for row in finetuning.audit(student, before) if row.weights > 0]
print("layers that moved:", moved)

# %% [markdown]
# Only the head moved. All layers *say* that they may learn (a frozen layer would have a gray name). But Keras makes the
# training step when it compiles and first uses the model, and this step trains only what was trainable then.
#
# So compile again after every change of `trainable`, and with a new optimizer. An old one raises an error for variables
# that it has not met. The next cell does so. As a well-known guide recommends, it calls the model with
# `training=False`, so that the batch norms keep the teacher's statistics.
#
# **Before you run the cells:** will the batch norms keep them?

# %%
student.set_weights(with_head)
inputs = keras.Input(upper.input_shape[1:])
nested = keras.Model(inputs, student.layers[-1](upper(inputs, training=False)))
finetuning.recompile(nested, learning_rate=1e-4)
before = finetuning.snapshot(nested)
nested.fit(train_maps, train.labels, batch_size=20, epochs=2, verbose=0)
plots.movement(finetuning.audit(nested, before)).set_title("compiled again, called with training=False")
plt.show()

# %% tags=["nbval-check-output"]
drifted = [row for row in finetuning.audit(nested, before) if row.statistics]
norms = [layer for layer in finetuning.weight_layers(nested) if finetuning.is_batch_norm(layer)]
print(f"{len(drifted)} of {len(norms)} batch norms drifted")

# %% [markdown]
# Now the weights moved, and so did the moving averages of every batch norm (the diamonds). `fit` ignores the
# `training=False` here. After ten steps, the later layers receive numbers on another scale than the one they were
# trained on. With a hundred images in batches of twenty, the new statistics are also poor estimates.
#
# To stop the drift, set `trainable = False` on the batch norms themselves:

# %%
student.set_weights(with_head)
for layer in student.layers:
    layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
finetuning.recompile(student, learning_rate=1e-3)
before = finetuning.snapshot(student)
student.fit(train_maps, train.labels, batch_size=20, epochs=12, verbose=0)
plots.movement(finetuning.audit(student, before)).set_title("compiled again, batch norms frozen")
plt.show()

# %%
drifted = [row for row in finetuning.audit(student, before) if row.statistics]
print(f"{len(drifted)} of {len(norms)} batch norms drifted; {accuracy(student):.1%} of the test digits correct")

# %% [markdown]
# This is fine-tuning, and accuracy rises.
#
# **`trainable` takes effect when you compile, and a batch norm keeps its statistics only if it is frozen itself.**
#
# Now write the step that all recipes share. The checks use small dense networks on clusters of points, because they
# train in a second.


# %% tags=["setup"]
def layered(units, size=6):
    """Dense layers with a batch norm and a ReLU after each but the last."""
    inputs = x = keras.Input((size,))
    for number, width in enumerate(units[:-1]):
        x = keras.layers.Dense(width, name=f"dense{number}")(x)
        x = keras.layers.ReLU()(keras.layers.BatchNormalization(name=f"norm{number}")(x))
    return keras.Model(inputs, keras.layers.Dense(units[-1], name="head")(x))


def clusters(rng, classes, each=16, size=8, spread=0.3):
    """Points in clusters, one for each class: inputs of shape (each * classes, size), and labels."""
    labels = np.arange(each * classes) % classes
    centers = 2 * rng.normal(size=(classes, size)) + 3
    return (centers[labels] + spread * rng.normal(size=(len(labels), size))).astype("float32"), labels


# %% [markdown]
# ### Exercise 3.1: Unfreeze the last layers
#
# Make the last layers of a model trainable, and freeze all others.
#
# | | |
# |---|---|
# | **Signature** | `unfreeze_last(model, count)` |
# | **Arguments** | `model`: a model without nested models, which may be frozen as a whole; `count`: an integer, 0 or more |
# | **Returns** | the number of parameters that gradients can move afterwards, an `int` |
# | **Rules** | Of the layers with a kernel (`Conv2D` and `Dense`), the last `count` become trainable. Every other layer is frozen, and so are all batch norms. |
# | **Example** | For `Dense(4)`, a batch norm, `Dense(5)` and `Dense(3)` on 6 inputs, `count = 2` gives $4 \times 5 + 5 + 5 \times 3 + 3 = 43$. |
# | **Points** | 3 points: 2 for the layers, 1 for a model that is frozen as a whole |
#
# <details><summary>Hint</summary>
# A frozen model stays frozen, whatever its layers say. Setting its `trainable` also sets theirs, so do it first. What
# is `layers[-count:]` for a count of 0?
# </details>


# %% nbgrader={"grade": false, "grade_id": "unfreeze_last", "locked": false, "schema_version": 3, "solution": true}
def unfreeze_last(model, count):
    """Let only the last `count` layers with a kernel learn; returns the number of trainable parameters."""
    ### BEGIN SOLUTION
    kernels = [layer for layer in model.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    chosen = kernels[len(kernels) - count :]
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer in chosen
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_unfreeze_last", "locked": true, "points": 2, "schema_version": 3, "solution": false}
def check_unfrozen(model, units, count, size=6):
    """Hold unfreeze_last to the parameters that learn, and to the layers that they are in."""
    widths = [size, *units]
    each = [rows * columns + columns for rows, columns in itertools.pairwise(widths)]
    names = [*(f"dense{number}" for number in range(len(units) - 1)), "head"][len(units) - count :]
    answer = unfreeze_last(model, count)
    learning = {weight.path.split("/")[0] for weight in model.trainable_weights}
    norms = sum(2 * width for width in units[:-1])
    checks.require(
        "norm" not in "".join(sorted(learning)), "A batch norm may learn, and its statistics will drift: freeze it."
    )
    checks.equal(f"the list of layers that may learn for count = {count}", sorted(learning), sorted(names), {
        "layers[-0:] is taken for no layer, and is all of them": sorted(["head", *(f"dense{n}" for n in range(len(units) - 1))]),
        "the model stays frozen as a whole, whatever its layers say": [],
        "the first layers are unfrozen instead of the last": sorted([*(f"dense{n}" for n in range(len(units) - 1)), "head"][:count])})  # fmt: skip
    checks.equal(f"unfreeze_last(model, {count})", answer, sum(each[len(units) - count :]), {
        "the frozen parameters are counted too": sum(each) + 2 * norms, "arrays are counted instead of parameters": 2 * count,
        "the number of layers is returned": count})  # fmt: skip


with progress.exercise("unfreeze_last"):
    for count in (2, 0, 3):
        check_unfrozen(layered([4, 5, 3]), [4, 5, 3], count)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("unfreeze_last")
    for _ in range(3):
        hidden_units = rng.integers(2, 9, int(rng.integers(3, 6))).tolist()
        hidden_model = layered(hidden_units)
        for count in rng.permutation(len(hidden_units) + 1)[:3].tolist():
            check_unfrozen(hidden_model, hidden_units, count)
    ### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_unfreeze_last_frozen", "locked": true, "points": 1, "schema_version": 3, "solution": false}
with progress.exercise("unfreeze_last_frozen"):
    model = layered([4, 5, 3])
    model.trainable = False
    check_unfrozen(model, [4, 5, 3], 2)
    ### BEGIN HIDDEN TESTS
    hidden_units = checks.grading_rng("unfreeze_last_frozen").integers(2, 9, 4).tolist()
    model = layered(hidden_units)
    model.trainable = False
    check_unfrozen(model, hidden_units, 3)
    ### END HIDDEN TESTS

# %% [markdown]
# You can also evaluate an audit with code. Each row has four fields. `layer` is a name, `trainable` is what the layer
# says, and `weights` is the movement. `statistics` is the movement of a batch norm's moving averages, and `None` for
# other layers.

# %%
for row in finetuning.audit(student, before)[:4]:
    print(row)

# %% [markdown]
# ### Exercise 3.2: Diagnose a training by its audit
#
# Find out what went wrong in a training.
#
# | | |
# |---|---|
# | **Signature** | `diagnose(rows, meant)` |
# | **Arguments** | `rows`: the rows of an audit; `meant`: the set of names of the layers that were meant to learn |
# | **Returns** | a dictionary of three lists of layer names, in the order of `rows`: `"stuck"`, layers that were meant to learn and did not move; `"leaked"`, layers that were not meant to learn and moved; `"drifted"`, layers whose statistics moved |
# | **Rules** | Do not trust `trainable`. |
# | **Example** | A base `conv` stayed at 0.0, a batch norm `norm` has statistics at 0.2, and a `head` moved by 0.5. If all but `norm` were meant to learn, the result is `{"stuck": ["conv"], "leaked": [], "drifted": ["norm"]}`. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# Write three list comprehensions. `None > 0` raises an error, so use a condition that treats `None` and 0.0 alike.
# </details>


# %% nbgrader={"grade": false, "grade_id": "diagnose", "locked": false, "schema_version": 3, "solution": true}
def diagnose(rows, meant):
    """The layers that are stuck, leaked or drifted, according to the rows of an audit."""
    ### BEGIN SOLUTION
    return {
        "stuck": [row.layer for row in rows if row.layer in meant and row.weights == 0],
        "leaked": [row.layer for row in rows if row.layer not in meant and row.weights > 0],
        "drifted": [row.layer for row in rows if row.statistics],
    }
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_diagnose", "locked": true, "points": 3, "schema_version": 3, "solution": false}
def check_diagnosis(rows, meant, stuck, leaked, drifted):
    """Hold diagnose to the three lists."""
    diagnosis = diagnose(rows, meant)
    checks.require(isinstance(diagnosis, dict), f"diagnose should return a dictionary, not {type(diagnosis).__name__}.")
    checks.equal("the list of the dictionary's keys, sorted", sorted(diagnosis), ["drifted", "leaked", "stuck"])
    every, learning = [row.layer for row in rows], [row.layer for row in rows if row.trainable]
    still = {row.layer for row in rows if row.weights == 0}
    checks.equal('the list under "stuck"', list(diagnosis["stuck"]), stuck, {
        "`trainable` is trusted instead of `meant`": [name for name in learning if name in still],
        "layers that were never meant to learn are listed too": [name for name in every if name in still],
        "layers that moved are listed": [name for name in every if name in meant and name not in still]})  # fmt: skip
    checks.equal('the list under "leaked"', list(diagnosis["leaked"]), leaked, {
        "`trainable` is trusted instead of `meant`": [n for n in every if n not in learning and n not in still],
        "layers that were meant to learn are listed too": [name for name in every if name not in still]})  # fmt: skip
    checks.equal('the list under "drifted"', list(diagnosis["drifted"]), drifted, {
        "every batch norm is listed, also those that stayed": [row.layer for row in rows if row.statistics is not None],
        "weights are looked at instead of statistics": [name for name in every if name not in still]})  # fmt: skip


with progress.exercise("diagnose"):
    sample_rows = [
        Movement("conv", True, 0.0, None),
        Movement("norm", False, 0.0, 0.2),
        Movement("head", True, 0.5, None),
    ]
    check_diagnosis(sample_rows, {"conv", "head"}, ["conv"], [], ["norm"])
    sample_rows = [
        Movement("early", True, 0.1, None),
        Movement("norm", True, 0.01, 0.0),
        Movement("head", False, 0.0, None),
    ]
    check_diagnosis(sample_rows, {"head"}, ["head"], ["early", "norm"], [])
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("diagnose")
    for _ in range(12):
        size = int(rng.integers(4, 12))
        hidden_names = [f"layer{number}" for number in rng.permutation(40)[:size]]
        moves, intended, norm, drift = rng.random((4, size)) < np.array([[0.5], [0.5], [0.6], [0.6]])
        hidden_rows = [
            Movement(
                name,
                bool(rng.random() < 0.5),
                10 ** rng.uniform(-9, 0) if move else 0.0,
                (1e-7 * (1 + d) if d else 0.0) if n else None,
            )
            for name, move, n, d in zip(hidden_names, moves, norm, drift, strict=True)
        ]
        named = np.array(hidden_names)
        check_diagnosis(hidden_rows, set(named[intended]), named[intended & ~moves].tolist(),
                        named[~intended & moves].tolist(), named[norm & drift].tolist())  # fmt: skip
    ### END HIDDEN TESTS

# %% [markdown]
# ## Three steps
#
# The lecture's procedure (C19) is: freeze the base; train the new head; then unfreeze some later layers and train both
# at a very low learning rate.
#
# ### Exercise 3.3: Fine-tune in three steps
#
# Write the lecture's procedure.
#
# | | |
# |---|---|
# | **Signature** | `fine_tune(base, classes, inputs, labels, first, low_rate)` |
# | **Arguments** | `base`: a `keras.Model` that returns feature vectors and has no nested models; `classes`: the number of classes; `inputs`, `labels`: training data, with integer labels; `first`: the name of a layer; `low_rate`: a learning rate |
# | **Returns** | the pair `(student, halfway)`, where `halfway` is the list `student.get_weights()` after step 2 |
# | **Step 1** | Freeze `base`, and attach **one** dense layer for `classes` logits to its output. |
# | **Step 2** | Train this head for 20 epochs with Adam at 0.02 and batches of 16. |
# | **Step 3** | Let the head and the layers from `first` on learn, except batch norms. Compile with a **new** optimizer, Adam at `low_rate`, and train for 10 more epochs in the same batches. |
# | **Points** | 4 points: 2 for steps 1 and 2, 2 for step 3 |
#
# <details><summary>Hint</summary>
# `keras.Model(base.input, new_layer(base.output))` keeps all layers in one list, so you can walk through it and
# unfreeze from `first` on. `finetuning.recompile` calls `compile` with a new Adam and the right loss, and does nothing
# else.
# </details>


# %% nbgrader={"grade": false, "grade_id": "fine_tune", "locked": false, "schema_version": 3, "solution": true}
def fine_tune(base, classes, inputs, labels, first, low_rate):
    """Fine-tune in three steps; returns the student, and its weights after step 2."""
    ### BEGIN SOLUTION
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    base.trainable = False
    student = keras.Model(base.input, keras.layers.Dense(classes)(base.output))
    student.compile(keras.optimizers.Adam(0.02), loss)
    student.fit(inputs, labels, batch_size=16, epochs=20, verbose=0)
    halfway = student.get_weights()
    base.trainable = True
    position = [layer.name for layer in student.layers].index(first)
    for number, layer in enumerate(student.layers):
        layer.trainable = number >= position and not isinstance(layer, keras.layers.BatchNormalization)
    student.compile(keras.optimizers.Adam(low_rate), loss)
    student.fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return student, halfway
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_fine_tune", "locked": true, "points": 2, "schema_version": 3, "solution": false}
def little_base():
    """A teacher of two dense layers, `dense0` and `dense1`, each with a batch norm."""
    whole = layered([12, 10, 1], size=8)
    return keras.Model(whole.input, whole.layers[-2].output)


runs = {}


def fine_tuned(seed, classes, low_rate):
    """Run fine_tune on a little base, once for both checks: student, its base's first weights, halfway, inputs, labels."""
    if (fine_tune, seed) not in runs:
        runs[fine_tune, seed] = run_fine_tune(np.random.default_rng(seed), classes, low_rate)
    return runs[fine_tune, seed]


def run_fine_tune(rng, classes, low_rate):
    """What `fine_tuned` keeps."""
    base, (inputs, labels) = little_base(), clusters(rng, classes)
    start = [np.array(weight) for weight in base.get_weights()]
    pair = fine_tune(base, classes, inputs, labels, "dense1", low_rate)
    checks.require(
        isinstance(pair, (tuple, list)) and len(pair) == 2, "fine_tune should return a pair: (student, halfway)."
    )
    student, halfway = pair
    checks.require_model(student, "The first of the pair should be a keras.Model")
    checks.equal("the student's output shape", list(student.output_shape[1:]), [classes])
    checks.require(isinstance(halfway, (list, tuple)) and len(halfway) == len(start) + 2,
                   f"`halfway` should be a list of {len(start) + 2} arrays: the base's, a kernel and biases.")  # fmt: skip
    return student, start, list(halfway), inputs, labels


def check_halfway(student, start, halfway, inputs, labels):
    """After step 2 the base is as it was, and the head fits."""
    same = all(np.array_equal(old, new) for old, new in zip(start, halfway, strict=False))
    checks.require(same, "Halfway, the base is no longer what it was: it should be frozen while the head is trained.")
    final = student.get_weights()
    student.set_weights(halfway)
    fitted = float((np.asarray(student(inputs)).argmax(axis=1) == labels).mean())
    student.set_weights(final)
    checks.require(
        fitted > 0.8, f"Halfway, {fitted:.0%} of the training points are right: the head is not trained by then."
    )


with progress.exercise("fine_tune"):
    check_halfway(*fine_tuned(0, 3, 1e-4))
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("fine_tune")
    hidden_task = int(rng.integers(1, 1000)), int(rng.integers(4, 6)), float(10 ** rng.uniform(-4.5, -3.5))
    check_halfway(*fine_tuned(*hidden_task))
    ### END HIDDEN TESTS


# %% nbgrader={"grade": true, "grade_id": "test_fine_tune_unfrozen", "locked": true, "points": 2, "schema_version": 3, "solution": false}
def loss_with(weights, student, inputs, labels):
    """The loss of a student with other weights, on its training data."""
    own = student.get_weights()
    student.set_weights(weights)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student(inputs))
    student.set_weights(own)
    return float(loss)


def check_final(student, start, halfway, inputs, labels, low_rate):
    """After step 3 the layers from dense1 on have moved a little, and nothing else; and the student fits better."""
    final = student.get_weights()
    moved = [not np.array_equal(old, new) for old, new in zip(halfway, final, strict=True)]
    early, early_norm, late, late_norm, head = moved[:2], moved[2:6], moved[6:8], moved[8:12], moved[12:]
    checks.require(all(late), "In step 3 `dense1` did not move: was the model compiled again after it was unfrozen?")
    checks.require(all(head), "In step 3 the head did not move: it should go on learning.")
    checks.require(not any(early), "`dense0` comes before `first`, and it moved.")
    checks.require(
        not any(early_norm[2:] + late_norm[2:]), "The statistics of a batch norm drifted: batch norms should be frozen."
    )
    checks.require(
        not any(early_norm + late_norm), "A batch norm's scale or shift moved: batch norms should be frozen."
    )
    steps = 10 * -(-len(inputs) // 16)
    furthest = float(np.abs(final[6] - halfway[6]).max())
    checks.require(furthest < 2 * low_rate * steps, f"A weight of dense1 moved by {furthest:.2g}. In {steps} steps of Adam at "
                   f"{low_rate:g} it can move by about {low_rate * steps:.2g}: is the optimizer the old one, or the rate?")  # fmt: skip
    before, after = (loss_with(weights, student, inputs, labels) for weights in (halfway, final))
    checks.require(after < 0.999 * before, f"In step 3 the loss went from {before:.4g} to {after:.4g}: it should fall.")


with progress.exercise("fine_tune_unfrozen"):
    check_final(*fine_tuned(0, 3, 1e-4), 1e-4)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("fine_tune")
    hidden_task = int(rng.integers(1, 1000)), int(rng.integers(4, 6)), float(10 ** rng.uniform(-4.5, -3.5))
    check_final(*fine_tuned(*hidden_task), hidden_task[2])
    ### END HIDDEN TESTS

# %% [markdown]
# Now fine-tune on the digits, from block 4 on, and compare with the frozen base above.

# %%
upper.set_weights(with_head[:-2])
student, halfway = fine_tune(upper, 10, train_maps, train.labels, "block4_conv1", 1e-3)
print(f"three steps, the last at 0.001: {accuracy(student):.1%} of the test digits")

# %% [markdown]
# **Freeze, train the head, then unfreeze later layers and compile again with a new optimizer.**
#
# ## Too fast
#
# Why a *very low* rate? Take twenty new people with five images of each, a near target for which the frozen features
# are excellent already. The recorded runs fine-tune from block 4 on at three learning rates. "Head first" trains the
# head beforehand, and "at once" trains everything together from a random head. There are five groups of people, and
# five samples of digits.
#
# **Before you run the cells:** what will the highest rate do to each target?

# %% tags=["setup"]
RATES = ("0.0001", "0.001", "0.01")


def shown(entry):
    """A recorded mean with its 95% confidence interval."""
    return f"{entry['mean']:6.1%} ({entry['ci95'][0]:.1%} to {entry['ci95'][1]:.1%})"


def gain(first, second):
    """Paired difference of two entries in percentage points, with its 95% confidence interval."""
    pairs = paired_difference(first["values"], second["values"])
    return (
        f"{100 * pairs['mean']:+.1f} percentage points ({100 * pairs['ci95'][0]:+.1f} to {100 * pairs['ci95'][1]:+.1f})"
    )


# %% tags=["nbval-check-output"]
record = results("fine_tuning")
targets = {"near": "new people", "far": "digits"}
for key, target in targets.items():
    print(f"{target:<10}  frozen base             {shown(record[key]['frozen'])}")
    for order, name in (("head_first", "head first"), ("at_once", "at once")):
        for rate in RATES:
            print(f"{target:<10}  {name:<10} at {rate:<8}  {shown(record[key][order][rate])}")

# %%
figure, both = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
for axes, (key, target) in zip(both, targets.items(), strict=True):
    curves = {name: [record[key][order][rate] for rate in RATES]
              for order, name in (("head_first", "head first"), ("at_once", "at once"))}  # fmt: skip
    plots.accuracy_curves(
        [float(rate) for rate in RATES], curves, True, {"frozen": record[key]["frozen"]["mean"]}, axes
    )
    axes.set(title=target, xlabel="learning rate")
plt.show()

# %% [markdown]
# Is the third step worth it at all? Compare the fine-tuned network with the frozen base that it started from. All
# differences in this unit are paired, with 95% confidence intervals. Where an interval contains 0, we cannot tell the
# two methods apart.

# %% tags=["nbval-check-output"]
for key, target in targets.items():
    for rate in ("0.0001", "0.001", "0.01"):
        measured = gain(record[key]["head_first"][rate], record[key]["frozen"])
        print(f"{target:<11} head first at {rate:<7} minus the frozen base: {measured}")

# %% [markdown]
# For digits, yes: 10.2 percentage points at the lowest rate, and 19.4 at the middle one. For people, little is left to
# gain: 0.2 percentage points at the lowest rate, one more correct image of 400 in four of the five groups. At 0.001 we
# cannot tell the gain from zero. So here the third step (C19) pays most where the frozen features are worst.
#
# Now look at the ends of the curves. On the left end, "at once" is bad for a simple reason: the new head itself is not
# trained by the end. On the right end both curves fall. For people, fine-tuning at 0.01 lowers accuracy from 98.5% to
# 84.6% if everything trains at once. With the head first, it falls less, and with five groups we cannot tell this fall
# from zero.
#
# Does only the head suffer, or the features themselves? The next cell tests the features on twenty held-out people,
# whom no fine-tuning has seen. A linear classifier on the last hidden layer shows what they still say about faces.

# %% tags=["nbval-check-output"]
held_out = record["near"]["held_out_people"]
print(f"the teacher, unchanged       {shown(held_out['teacher'])}")
for order, name in (("head_first", "head first"), ("at_once", "at once")):
    for rate in RATES:
        print(f"{name:<10} at {rate:<8}       {shown(held_out[order][rate])}")
print("lost at 0.01, head first:", gain(held_out["teacher"], held_out["head_first"]["0.01"]))
print("lost at 0.01, at once:   ", gain(held_out["teacher"], held_out["at_once"]["0.01"]))

# %% [markdown]
# Up to 0.001 we could not detect a loss in the features. At 0.01 a part of what the teacher had learned is gone after a
# hundred steps. The loss is 3.6 percentage points with the head first, and 11.8 at once. With the head first, the
# interval also contains losses of less than two percentage points, which would not matter here. So this experiment does not decide
# whether large updates destroy features (C20). A second one, further down, compares whole recipes on changed images.
#
# **Here, a rate of 0.01 cost the features accuracy, in either order.**
#
# ## Why the head first?
#
# A new head is random, so its errors are large, and they flow back into the base as gradients. The lecture argues that
# they are smaller once the head is trained (C20). The next cell prints the norm of the gradient of all transferred
# layers, before any step of fine-tuning.
#
# **Before you run the cell:** for which target will training the head reduce the gradient more?

# %% tags=["nbval-check-output"]
for key, target in targets.items():
    new, trained = (record[key]["gradient"][name]["mean"] for name in ("new_head", "trained_head"))
    print(f"{target:<11} random head {new:.2f}, trained head {trained:.3f}: {new / trained:.1f} times smaller")
print(
    "new people at 0.001, head first minus at once:",
    gain(record["near"]["head_first"]["0.001"], record["near"]["at_once"]["0.001"]),
)
print(
    "digits at 0.001, head first minus at once:    ",
    gain(record["far"]["head_first"]["0.001"], record["far"]["at_once"]["0.001"]),
)

# %% [markdown]
# The gradients are smaller, and much more so for people than for digits. For people the order pays: with the head first
# the result is better at every rate, at 0.001 by 1.2 percentage points.
#
# For digits the same order *costs* accuracy at 0.001: training everything at once is 7.2 percentage points better. At the
# lowest rate it is the other way round, because the new head has not been trained by then. The smaller
# gradient may be the reason, but we did not test this. A head that fits its hundred images leaves little error to learn
# from, so features that are wrong for the target stay wrong. If so, "head first" (C19) is good advice when the features
# are worth protecting.
#
# **At this rate and length of training, the head first paid for the near target and cost accuracy for the far one.**

# %% [markdown]
# ### Images unlike the training images
#
# Protected features might also pay for images that differ from the training images. In another experiment, we trained
# on ordinary images of people or digits. We tested on the same kind of images, and on dark and on moved ones, with ten
# seeds for each target.
#
# - *Linear probe* trains no layer of the base.
# - *Full* trains all layers from a new head.
# - *Head first* splits the same number of steps: half for the head alone, half for all layers. Kumar et al. (2022) call
#   this order LP-FT, linear probing then fine-tuning.
# - *Interpolated* averages the weights of *head first* from before and after its second half, as WiSE-FT does (Wortsman
#   et al., 2022).
#
# **Before you run the cell:** which of the four will suffer least from dark images of people?

# %% tags=["nbval-check-output"]
shift = results("fine_tuning_shift")["accuracy"]
for target, arms in shift.items():
    for arm in ("linear_probe", "full", "head_first", "interpolated"):
        ordinary, changed = (arms[arm][part]["mean"] for part in ("in", "out"))
        print(f"{target:<7} {arm.replace('_', ' '):<13} ordinary {ordinary:.1%}, dark or moved {changed:.1%}")
    print(f"{target:<7} head first minus full, changed: {gain(arms['head_first']['out'], arms['full']['out'])}")
    print(f"{target:<7} interpolated minus head first:  {gain(arms['interpolated']['out'], arms['head_first']['out'])}")

# %% [markdown]
# For people, the head first is better on changed images, and interpolated weights gain some more. None of the
# fine-tuned networks reached the frozen features there. For digits we could not detect a difference between the
# recipes on changed images, and on ordinary ones the head first costs accuracy. Over both targets, the first result
# does not survive the correction for many claims (C20), and the second one is inconclusive (X01).
#
# *Full* changes all layers for twice as many steps as *head first*, and for digits at three times the rate. So even for
# people, this does not show that the random head does the damage.
#
# **For people, the recipe with the head first lost less on dark faces; not to fine-tune at all lost least.**

# %% [markdown]
# ## Layer by layer from the top
#
# A gentler way is to unfreeze gradually (C21). Start with the head alone. Then add one group of layers in each stage,
# from the output toward the input.
#
# ### Exercise 3.4: Plan a gradual unfreezing
#
# List the stages of a gradual unfreezing.
#
# | | |
# |---|---|
# | **Signature** | `unfreezing_plan(groups, epochs)` |
# | **Arguments** | `groups`: a list of names from the input to the output, with the head at the end; `epochs`: the number of epochs in all stages together |
# | **Returns** | a list of stages, one for each group: pairs of the number of epochs and the list of groups that learn, in the order of `groups` |
# | **Rules** | Stage 1 trains the last group only, and each stage adds the next group toward the input. The stages share the epochs as evenly as whole numbers allow, and the earlier stages get what is left over. With fewer epochs than groups, raise a `ValueError`. |
# | **Example** | `unfreezing_plan(["block5", "dense", "head"], 7)` is `[(3, ["head"]), (2, ["dense", "head"]), (2, ["block5", "dense", "head"])]` |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# `divmod(7, 3)` is `(2, 1)`: each stage gets two epochs, and one stage gets one more.
# </details>


# %% nbgrader={"grade": false, "grade_id": "unfreezing_plan", "locked": false, "schema_version": 3, "solution": true}
def unfreezing_plan(groups, epochs):
    """Stages of a gradual unfreezing from the top: pairs of a number of epochs and the groups that learn."""
    ### BEGIN SOLUTION
    each, left = divmod(epochs, len(groups))
    if each < 1:
        raise ValueError(f"{epochs} epochs are fewer than {len(groups)} groups")
    return [(each + (stage < left), groups[len(groups) - 1 - stage :]) for stage in range(len(groups))]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_unfreezing_plan", "locked": true, "points": 3, "schema_version": 3, "solution": false}
def check_plan(groups, epochs):
    """Compare unfreezing_plan with a plan made by counting epochs out one by one."""
    shares = [len(range(stage, epochs, len(groups))) for stage in range(len(groups))]
    tails = [groups[-stage:] for stage in range(1, len(groups) + 1)]
    plan = [list(stage) for stage in unfreezing_plan(list(groups), epochs)]
    for name, part in (("the epochs of the stages", 0), ("the groups of the stages", 1)):
        checks.require(all(len(stage) == 2 for stage in plan), "Each stage should be a pair: (epochs, list of groups).")
        stages = [int(stage[0]) if part == 0 else list(stage[1]) for stage in plan]
        label = f"the list of {name.removeprefix('the ')} for {len(groups)} groups and {epochs} epochs"
        if part == 0:
            checks.equal(label, stages, shares, {
                "the later stages take what is left over": shares[::-1], "every stage gets all the epochs": [epochs] * len(groups),
                "what is left over is lost": [epochs // len(groups)] * len(groups)})  # fmt: skip
        else:
            checks.equal(label, stages, tails, {
                "it begins at the input instead of the output": [groups[:stage] for stage in range(1, len(groups) + 1)],
                "each stage trains one group only": [[group] for group in reversed(groups)],
                "the groups are listed from the output to the input": [tail[::-1] for tail in tails]})  # fmt: skip


def raises_value_error(groups, epochs):
    """Whether unfreezing_plan raises the ValueError that it owes."""
    try:
        unfreezing_plan(groups, epochs)
    except ValueError:
        return True
    return False


with progress.exercise("unfreezing_plan"):
    check_plan(["block5", "dense", "head"], 7)
    checks.require(raises_value_error(["dense", "head"], 1), "One epoch for two groups: a ValueError is expected.")
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("unfreezing_plan")
    for _ in range(8):
        hidden_groups = [f"group{number}" for number in rng.permutation(30)[: int(rng.integers(1, 7))]]
        check_plan(hidden_groups, len(hidden_groups) + int(rng.integers(0, 20)))
        checks.require(
            raises_value_error(hidden_groups, len(hidden_groups) - 1),
            "Fewer epochs than groups: a ValueError is expected.",
        )
    ### END HIDDEN TESTS

# %%
for epochs, learning in unfreezing_plan(["block4", "block5", "dense", "head"], 20):
    print(f"{epochs} epochs: {', '.join(learning)}")

# %% [markdown]
# Is it better? In the recorded runs, the head is trained first in either case. The other layers then get about the same
# number of epochs, either in three stages, or with everything from block 4 on for the whole time.

# %% tags=["nbval-check-output"]
for key, target in targets.items():
    for rate in ("0.001", "0.01"):
        measured = gain(record[key]["gradual"][rate], record[key]["head_first"][rate])
        print(f"{target:<11} at {rate:<6} gradual minus together: {measured}")

# %% [markdown]
# Here it is not. At 0.001 we cannot tell the two apart for people, and for digits gradual unfreezing is clearly worse.
# The layers that need to change most get the fewest steps. It does not protect against a rate that is too high either:
# at 0.01 people and digits both come out worse.
#
# But the comparison is not fair. Block 4 learned for 6 epochs in the gradual training, and for 20 in the other. So the
# advice (C21) stays undecided until both get the same steps. The authors of the method combined it with different rates
# for different layers, which unit 04 tries.
#
# **A comparison of two schedules is fair only if both give each layer the same number of steps.**

# %% [markdown]
# ## How many layers, with how many images?
#
# The lecture says that with more target data you may fine-tune more layers (C22). The next table has two, ten or fifty
# images of each digit. Its columns go from the head alone to the whole network, all 16 layers. The head is trained
# first, and then each network trains for 60 steps at 0.001. The best accuracy of each row is bold.
#
# **Before you run the cells:** where do you expect the bold cells?

# %% tags=["nbval-check-output"]
table = {key: value for key, value in results("depth").items() if key.isdigit()}
depths = list(table["2"])
for count, row in table.items():
    print(f"{count:>2} images each: " + ", ".join(f"{name} {row[name]['mean']:.1%}" for name in depths))
for count, row in table.items():
    print(f"{count:>2} images each, everything minus the head alone: {gain(row['everything'], row['head only'])}")
with_two, with_fifty = (
    np.subtract(row["everything"]["values"], row["head only"]["values"]) for row in (table["2"], table["50"])
)
print("that gain, with 50 images minus with 2:", gain({"values": with_fifty}, {"values": with_two}))
for method, name in (("transfer", "frozen, cut at the best layer"), ("scratch", "small network from scratch")):
    print(f"10 images each, {name} (unit 02): {shown(results('real')['digits'][method])}")

# %%
means = [[row[name]["mean"] for name in depths] for row in table.values()]
axes = plots.heat_map(means, [f"{count} images each" for count in table], depths)
axes.set(xlabel="layers that learn", title="Test accuracy after 60 steps")
plt.show()

# %% [markdown]
# In every row the last column is highest. (With fifty images its lead over block 4 is within the noise of five
# samples.) What does this say about the lecture's advice (C22)?
#
# - *Not true of this target*: that with few images few layers should learn. With two images of each digit, the whole
#   network is 15.2 percentage points better than the head alone. Digits are so far from faces that even the first
#   blocks gain from a change. Overfitting does not show within 60 steps.
# - *Not fair*: to compare the rows. 60 steps are 60 passes over 20 images, but between two and three over 500. With
#   fifty images of each digit, no network has learned all it could. So the advice stays undecided.
# - *Not detectable*: that more layers pay **more** when there are more images. The gain is 4.1 percentage points larger
#   with fifty than with two, but the interval runs from −2.3 to 10.5.
# - *Not tried*: any other target. On new people the frozen base leaves no room to see an effect of depth. A target in
#   between could well give another table.
#
# Keep the last two lines of the output in mind, too. After 60 steps, no network comes near the small network from
# scratch, or near frozen features cut at the right layer. A longer training might change this.
#
# **For these digits, training more layers was better even with few images; the effect of more data is undecided.**

# %% [markdown]
# ## Train until it overfits, then step back
#
# How long should you train? One recipe (C24) is to continue until the network overfits, and then to step back to the
# best epoch. The best epoch is chosen on *validation* images, which are used neither for training nor for the test.
#
# ### Exercise 3.5: Step back
#
# Find out when a training stops, and which epoch it keeps.
#
# | | |
# |---|---|
# | **Signature** | `step_back(losses, patience)` |
# | **Arguments** | `losses`: the validation losses, epoch by epoch; `patience`: an integer, 1 or more |
# | **Returns** | the pair `(stop, best)`, counted from 1: the epoch after which the training stops, and the epoch whose weights are kept |
# | **Rules** | The training stops as soon as `patience` epochs in a row were not *below* the best loss so far, and otherwise after the last epoch. The best epoch has the lowest loss up to then, and is the earliest of several. |
# | **Example** | `step_back([0.9, 0.5, 0.6, 0.55, 0.4], 2)` is `(4, 2)`, because the training never reaches the 0.4 |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# Walk through the epochs and remember the best one so far. How many epochs ago was it?
# </details>


# %% nbgrader={"grade": false, "grade_id": "step_back", "locked": false, "schema_version": 3, "solution": true}
def step_back(losses, patience):
    """Epoch after which training stops and epoch whose weights are kept, counted from 1."""
    ### BEGIN SOLUTION
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(losses), best
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_step_back", "locked": true, "points": 3, "schema_version": 3, "solution": false}
def as_keras_does(losses, patience):
    """What keras.callbacks.EarlyStopping makes of the same losses."""
    stopping = keras.callbacks.EarlyStopping(monitor="val_loss", mode="min", patience=patience)
    stopping.set_model(keras.Sequential())
    stopping.model.stop_training = False
    stopping.on_train_begin()
    for epoch, loss in enumerate(losses):
        stopping.on_epoch_end(epoch, {"val_loss": loss})
        if stopping.model.stop_training:
            break
    return epoch + 1, stopping.best_epoch + 1


def check_stop(losses, patience):
    """Compare step_back with Keras' own early stopping."""
    stop, best = as_keras_does(losses, patience)
    lowest = int(np.argmin(losses)) + 1
    late = next((n for n in range(1, len(losses) + 1) if n - int(np.argmin(losses[:n])) - 1 > patience), len(losses))
    checks.returns(step_back, (losses, patience), [stop, best], {
        "epochs are counted from 0": [stop - 1, best - 1], "the two are swapped": [best, stop],
        "the best is looked for in epochs that were never trained": [stop, lowest],
        "it waits one epoch too long": [late, int(np.argmin(losses[:late])) + 1],
        "nothing stops it": [len(losses), lowest], "the last epoch is kept instead of the best": [stop, stop]})  # fmt: skip


with progress.exercise("step_back"):
    check_stop([0.9, 0.5, 0.6, 0.55, 0.7, 0.8, 0.4], 2)
    check_stop([0.9, 0.5, 0.6, 0.55, 0.4], 2)
    check_stop([0.9, 0.7, 0.5], 3)
    check_stop([0.5, 0.5, 0.5, 0.4], 2)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("step_back")
    for _ in range(30):
        drift = np.cumsum(rng.normal(-0.02, 0.12, int(rng.integers(2, 15))))
        check_stop(np.round(2 + drift, 1).tolist(), int(rng.integers(1, 5)))
    ### END HIDDEN TESTS

# %% [markdown]
# The recorded runs fine-tune on digits for thirty epochs, from block 4 on at 0.001, with a hundred validation digits.
# Three of the four variants regularize, as the lecture advises (C25). **Weight decay** pulls each weight a little
# toward zero in every step. **Dropout** before the head silences some of its inputs at random during training.
# **Augmentation** shifts, turns and zooms the images a little, but does not mirror them, because a mirrored digit is no
# digit.
#
# **Before you run the cells:** what will the two loss curves of the plain run look like?

# %%
stopping = results("stopping")
variants = {"plain": "plain", "weight_decay": "weight decay", "dropout": "dropout", "augmented": "augmented"}
figure, both = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained", sharey=True)
for axes, key in zip(both, ("plain", "augmented"), strict=True):
    for name, dash in (("training_loss", "--"), ("validation_loss", "-")):
        curve = [entry["mean"] for entry in stopping[key][name].values()]
        axes.plot(range(1, len(curve) + 1), curve, dash, linewidth=2, label=name.replace("_", " "))
    axes.set(title=variants[key], xlabel="epoch", ylabel="cross-entropy")
    axes.legend()
plt.show()

# %% tags=["nbval-check-output"]
for key, name in variants.items():
    measured = stopping[key]
    print(
        f"{name:<13} last epoch {shown(measured['last'])}, best epoch {shown(measured['best'])}, which is {measured['best_epoch']['mean']:.1f} of 30"
    )
print()
for key, name in variants.items():
    measured = stopping[key]
    fall = paired_difference(measured["last_loss"]["values"], measured["best_loss"]["values"])
    print(
        f"{name:<13} stepping back: {gain(measured['best'], measured['last'])}; test loss {measured['last_loss']['mean']:.2f} to {measured['best_loss']['mean']:.2f}, "
        f"lower by {fall['mean']:.2f} ({fall['ci95'][0]:.2f} to {fall['ci95'][1]:.2f})"
    )
print()
for key in ("weight_decay", "dropout", "augmented"):
    for name in ("best", "last"):
        print(f"{variants[key]:<13} minus plain, {name} epochs: {gain(stopping[key][name], stopping['plain'][name])}")

# %% [markdown]
# In the plain run, the training loss falls to almost nothing, and the validation loss turns after some ten epochs. This
# is overfitting. Stepping back should lower the test loss. On average it does, for the plain run from 1.04 to 0.95, but
# with five samples none of the four ways shows it clearly.
#
# Stepping back does not help accuracy: for the plain run it *costs* 4.2 percentage points. The two measures disagree
# because the cross-entropy punishes confident mistakes, and accuracy only counts mistakes. Five samples with one
# teacher do not decide the recipe (C24).
#
# Of the three ways to regularize, two pay at the best epochs: augmentation gains 6.6 percentage points and dropout 4.8.
# For weight decay we could not detect a difference. These gains look larger than they are, because stepping back makes
# the plain run worse. Compared at the last epoch, none of the three differs detectably from it. So regularization is not decided here either (C25): try
# several ways, and measure.
#
# **Step back by the measure that you care about.**

# %% [markdown]
# ## Spot the bugs
#
# A colleague sends you this recipe. It trains the head first, unfreezes everything, and lets early stopping restore the
# best epoch. It runs without an error and reports an accuracy. Still, it contains three mistakes, and you have met all
# of them. The audit below shows one, which hides another for as long as it is there.
#
# **Before you run the cells:** what are the three mistakes?


# %% tags=["setup"]
def colleagues_recipe(student, train, validation, test):
    """Fine-tune a student in place; returns its accuracy on the test set. Each set is a pair: inputs, labels."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for layer in student.layers:
        layer.trainable = layer.name == "head"
    student.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    student.fit(*train, batch_size=16, epochs=5, verbose=0)
    for layer in student.layers:
        layer.trainable = True
    stop = keras.callbacks.EarlyStopping("val_loss", patience=4, restore_best_weights=True)
    student.fit(*train, batch_size=16, epochs=20, validation_data=test, callbacks=[stop], verbose=0)
    return student.evaluate(*test, verbose=0)[1]


# %%
sample, sample_labels = clusters(np.random.default_rng(0), 3, each=32, spread=1.5)
thirds = [
    (sample[start : start + 32], sample_labels[start : start + 32]) for start in (0, 32, 64)
]  # all classes in each
victim = layered([12, 3, 3], size=8)
before = finetuning.snapshot(victim)
print(f"accuracy reported: {colleagues_recipe(victim, *thirds):.0%}")
print(diagnose(finetuning.audit(victim, before), {"dense0", "dense1", "head"}))

# %% [markdown]
# ### Exercise 3.6: Repair the recipe
#
# Write the recipe without its three mistakes.
#
# | | |
# |---|---|
# | **Signature** | `repaired_recipe(student, train, validation, test)` |
# | **Arguments** | `student`: a model without nested models, whose last layer is called `head`; `train`, `validation`, `test`: pairs `(inputs, labels)` |
# | **Returns** | the accuracy on the test set, as in the colleague's recipe; the student is changed in place |
# | **Rules** | Use Adam at 0.01 in both stages. Keep the loss, the batches and the numbers of epochs. |
# | **Points** | 4 points for the three repairs |
#
# <details><summary>Hint</summary>
# Copy the colleague's lines. Two repairs belong between the two calls of `fit`, and one argument is unused.
# </details>


# %% nbgrader={"grade": false, "grade_id": "repaired_recipe", "locked": false, "schema_version": 3, "solution": true}
def repaired_recipe(student, train, validation, test):
    """Fine-tune a student in place, head first; returns its accuracy on the test set."""
    ### BEGIN SOLUTION
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for layer in student.layers:
        layer.trainable = layer.name == "head"
    student.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    student.fit(*train, batch_size=16, epochs=5, verbose=0)
    for layer in student.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    student.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping("val_loss", patience=4, restore_best_weights=True)
    student.fit(*train, batch_size=16, epochs=20, validation_data=validation, callbacks=[stop], verbose=0)
    return student.evaluate(*test, verbose=0)[1]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_repaired_recipe", "locked": true, "points": 1, "schema_version": 3, "solution": false}
attempts = {}


def trained_recipe(seed):
    """Run the repaired recipe, once for all three checks: what came, the audit, the student, its three sets.

    The labels of the test set are all wrong: the better the student, the worse it looks there.
    """
    if (repaired_recipe, seed) not in attempts:
        keras.utils.set_random_seed(seed)
        inputs, labels = clusters(np.random.default_rng(seed), 4, each=24)
        sets = [(inputs[a:b], labels[a:b]) for a, b in ((0, 48), (48, 72), (72, 96))]
        sets[2] = (sets[2][0], (sets[2][1] + 1) % 4)
        student = layered([16, 12, 4], size=8)
        before = finetuning.snapshot(student)
        came = repaired_recipe(student, *sets)
        attempts[repaired_recipe, seed] = came, finetuning.audit(student, before), student, sets
    return attempts[repaired_recipe, seed]


def share_correct(student, part):
    """Share of a set whose class the student predicts."""
    return float((np.asarray(student(part[0], training=False)).argmax(axis=1) == part[1]).mean())


def require_trained(student, sets):
    """Weights that only moved are not enough."""
    share = share_correct(student, sets[0])
    checks.require(share > 0.5, f"The student predicts {share:.0%} of its training set correctly: it is not trained.")


def check_moved(came, rows, student_now, sets):
    """The dense layers moved, and the accuracy is that of the test set."""
    stuck = [row.layer for row in rows if row.weights == 0 and not row.layer.startswith("norm")]
    checks.equal("the list of layers that did not move", stuck, [], {
        "nothing is compiled after the layers are unfrozen": ["dense0", "dense1"], "the student is not trained at all": ["dense0", "dense1", "head"]})  # fmt: skip
    checks.equal("the accuracy on the test", came, share_correct(student_now, sets[2]), {
        "the accuracy on the validation set is returned": share_correct(student_now, sets[1]),
        "the accuracy on the training set is returned": share_correct(student_now, sets[0])}, tolerance=1e-4)  # fmt: skip
    require_trained(student_now, sets)


with progress.exercise("repaired_recipe"):
    check_moved(*trained_recipe(0))
    ### BEGIN HIDDEN TESTS
    check_moved(*trained_recipe(int(checks.grading_rng("repaired_recipe").integers(1, 1000))))
    ### END HIDDEN TESTS


# %% nbgrader={"grade": true, "grade_id": "test_repaired_recipe_statistics", "locked": true, "points": 1, "schema_version": 3, "solution": false}
def check_statistics(came, rows, student_now, sets):
    """No batch norm moved, although the layers beside it did."""
    checks.require(
        rows[0].weights > 0, "`dense0` did not move, so the batch norms had no chance to drift: repair that first."
    )
    checks.equal("the list of layers whose statistics drifted", [row.layer for row in rows if row.statistics], [], {
        "the batch norms are trainable": ["norm0", "norm1"]})  # fmt: skip
    checks.equal("the list of batch norms whose scale or shift moved",
                 [row.layer for row in rows if row.layer.startswith("norm") and row.weights > 0], [])  # fmt: skip
    require_trained(student_now, sets)


with progress.exercise("repaired_recipe_statistics"):
    check_statistics(*trained_recipe(0))
    ### BEGIN HIDDEN TESTS
    check_statistics(*trained_recipe(int(checks.grading_rng("repaired_recipe").integers(1, 1000))))
    ### END HIDDEN TESTS


# %% nbgrader={"grade": true, "grade_id": "test_repaired_recipe_choice", "locked": true, "points": 2, "schema_version": 3, "solution": false}
def check_choice(came, rows, student_now, sets):
    """A test set whose labels are all wrong spoils nothing."""
    checks.require(rows[0].weights > 0, "`dense0` did not move: repair that first.")
    checks.require(not any(row.statistics for row in rows), "The batch norms' statistics drifted: repair that first.")
    reached = share_correct(student_now, sets[1])
    checks.require(reached > 0.9, "The labels of this test set are all wrong, on purpose, and the student came out bad: "
                   f"{reached:.0%} of the validation set. So the test set had a say in which epoch is kept.")  # fmt: skip


with progress.exercise("repaired_recipe_choice"):
    check_choice(*trained_recipe(0))
    ### BEGIN HIDDEN TESTS
    check_choice(*trained_recipe(int(checks.grading_rng("repaired_recipe").integers(1, 1000))))
    ### END HIDDEN TESTS

# %% [markdown]
# Published tutorials have made each of these mistakes: nothing is unfrozen, statistics drift behind `training=False`,
# or a test set doubles as validation set. A fourth mistake hides where the sets are cut. The colleague numbers a
# hundred images, shuffles them with `tf.data`, takes fifty for training and skips those fifty for validation.
#
# **Before you run the cells:** how many of the validation images will the student have trained on after one epoch, and
# after eight?


# %% tags=["setup"]
def colleagues_split(dataset, count):
    """Cut a dataset in two: `count` elements for training, the others for validation."""
    return dataset.take(count), dataset.skip(count)


# %%
numbers = tf.data.Dataset.range(100).shuffle(100, seed=0)
for_training, for_validation = colleagues_split(numbers, 50)
trained_on, leaked = set(), []
for _ in range(8):
    trained_on |= {int(number) for number in for_training}
    leaked.append(sum(int(number) in trained_on for number in for_validation))
print("validation images trained on, epoch by epoch:", leaked)

# %%
figure, axes = plt.subplots(figsize=(7.2, 3), layout="constrained")
axes.bar(range(1, len(leaked) + 1), leaked)
axes.set(title="Sets cut by take and skip overlap", xlabel="epoch", ylabel="validation images trained on")
plt.show()

# %% [markdown]
# The student has trained on about half of them after the first epoch, and soon on all of them. A shuffled dataset of
# `tf.data` comes in a **new order in every pass**. So `skip` skips other images than `take` took, and `take` takes
# others in every epoch. Nothing warns you, and the validation accuracy rewards memorization.
#
# One widely read tutorial cuts its test set from the validation set in this way. When its recipe was run, 107 of 192
# test images had been seen in validation.
#
# **A recipe that runs may still be wrong: audit the layers, and check that no image is in two sets.**

# %% [markdown]
# ### Exercise 3.7: Cut a dataset once
#
# Cut a shuffled dataset into two parts that stay apart.
#
# | | |
# |---|---|
# | **Signature** | `split_once(dataset, count)` |
# | **Arguments** | `dataset`: a finite, shuffled `tf.data.Dataset` of different whole numbers, with a new random order in each pass; `count`: the size of the first part |
# | **Returns** | a pair of datasets: `count` elements sampled at random, and all the others |
# | **Rules** | No element is in both parts, and none is lost. Every pass over a part gives the same elements, in any order. |
# | **Example** | For the numbers 0 to 4 and `count = 2`, one correct result has 3 and 0 in the first part, and 1, 2 and 4 in the second. |
# | **Points** | 2 points |
#
# <details><summary>Hint</summary>
# One pass has one order. What of it can you keep, and how does `tf.data` make a dataset from that?
# </details>


# %% nbgrader={"grade": false, "grade_id": "split_once", "locked": false, "schema_version": 3, "solution": true}
def split_once(dataset, count):
    """Two datasets that share nothing in any pass: `count` elements sampled at random, and all the others."""
    ### BEGIN SOLUTION
    elements = list(dataset.as_numpy_iterator())
    chosen = np.random.default_rng(0).permutation(elements)
    return tuple(tf.data.Dataset.from_tensor_slices(part) for part in (chosen[:count], chosen[count:]))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_split_once", "locked": true, "points": 2, "schema_version": 3, "solution": false}
def check_split_once(size, count):
    """Hold split_once to two parts that are apart, whole, drawn at random, and the same at a second pass."""
    parts = split_once(tf.data.Dataset.range(size).shuffle(size), count)
    checks.require(
        isinstance(parts, (tuple, list)) and len(parts) == 2, "split_once should return a pair: two datasets."
    )
    passes = [[sorted(int(number) for number in part) for part in parts] for _ in range(2)]
    first, others = passes[0]
    checks.equal("how many elements the first part has", len(first), count, {
        "the two parts are swapped": size - count, "nothing is cut off": size})  # fmt: skip
    shared = len(set(first) & set(others))
    checks.require(shared == 0, f"{shared} of the {len(others)} elements of the second part are in the first, too: the two were "
                   "cut from two passes, and each pass has an order of its own.")  # fmt: skip
    lost = size - len(set(first) | set(others))
    checks.require(lost == 0, f"{lost} of {size} elements are in neither part.")
    checks.require(passes[0] == passes[1], "A second pass over the parts gives other elements than the first pass did.")
    checks.require(first != list(range(count)), f"The first part holds the {count} lowest numbers. In a dataset stored class "
                   "by class these would be of few classes: draw them at random.")  # fmt: skip


with progress.exercise("split_once"):
    check_split_once(60, 20)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("split_once")
    for _ in range(4):
        hidden_size = int(rng.integers(50, 200))
        check_split_once(hidden_size, int(rng.integers(20, hidden_size - 20)))
    ### END HIDDEN TESTS

# %% [markdown]
# ## Two more traps
#
# The first trap stops you. To draw where a network looked (Grad-CAM), you need a model that also returns the maps of an
# inner layer. If one model is nested in another, this does not work:

# %%
inputs = keras.Input(base.input_shape[1:])
nested = keras.Model(inputs, keras.layers.Dense(10)(base(inputs)))
maps = base.get_layer("block5_conv3_relu").output
try:
    keras.Model(nested.input, maps)
except ValueError as error:
    print(error)
print("from the base's own input:", keras.Model(base.input, [maps, base.output]).output_shape)

# %% [markdown]
# The maps belong to the base's graph, and no path leads to them from the input of the outer model. (Older versions call
# this "Graph disconnected".) Start at the base's own input. Or attach the head to `base.output`, as `fine_tune` does,
# so that all layers are in one list.
#
# The second trap is silent. Offline, you build an EfficientNet with `weights=None` and load a file of ImageNet weights
# into it.
#
# **Before you run the cell:** what happens to an image before the first convolution?

# %% tags=["nbval-check-output"]
efficient = keras.applications.EfficientNetB0(weights=None, include_top=False, input_shape=(32, 32, 3))
print([type(layer).__name__ for layer in efficient.layers[1:4]])

# %% [markdown]
# There is one rescaling layer. With `weights="imagenet"`, Keras adds a second one after the normalization, and the
# weights were trained with it. It has no weights of its own, so the file fits either way. Without it, the network sees
# colors that are too weak. `teachers.load` adds what is missing.
#
# **After you load a teacher, compare its predictions on a few images with known ones.**

# %% [markdown]
# ### Written answer: would you fine-tune?
#
# A museum has 300 photos of 30 kinds of beetles. A hospital has 300 ultrasound images in two classes. Both have a
# teacher trained on ImageNet. Answer for each in about eight sentences in all, with numbers from this unit. (3 points)
#
# - Would you fine-tune, and from which layer on? (1 point)
# - Would you train the head first? Which learning rates would you try, what would you do with the batch norms, and on
#   which images would you decide? (1 point)
# - Which result of this unit would you not trust for them, and why? (1 point)

# %% [markdown] nbgrader={"grade": true, "grade_id": "why_fine_tune", "locked": false, "points": 3, "schema_version": 3, "solution": true}
# Beetles are near, because ImageNet has many insects. I would begin with frozen features, since fine-tuning gained at
# most 0.2 percentage points for new people here. Then I would unfreeze a late block with the head trained first,
# because this order was better for the near target.
#
# Ultrasound is far from ImageNet, and frozen late features were poor for digits. So I would unfreeze several blocks. I
# would also try everything at once, which was better than head first for digits at 0.001.
#
# For the beetles I would begin at a rate of 0.0001, for the ultrasound at 0.001, and try others nearby. A rate of 0.01
# damaged features here, and another teacher may break earlier. The batch norms stay frozen, and an audit proves it. I
# would keep part of the 300 images for validation, choose rate, depth and epoch on them, and use the test set once.
#
# I would not trust the exact best rate or depth. They were measured on one small teacher, synthetic faces and digits.
#
# === BEGIN MARK SCHEME ===
# 1 point: near and far are treated differently, with a number or a named result of this unit for each.
#
# 1 point: low rates, frozen batch norms, and a decision on validation images (not the test); head first with a reason.
#
# 1 point: a limit named with a reason: another teacher, another rate, few seeds, synthetic faces, few steps.
# === END MARK SCHEME ===

# %% [markdown]
# ## With real photos
#
# At which rate does a teacher of real photos break? The recorded runs fine-tune MobileNetV2, which has 52 batch norms,
# on cats and dogs with fifty photos of each. The head is trained first. Then, for six epochs, either the last four of
# its 17 blocks learn, or most of them, namely 14. A third variant trains these 14 with the batch norms left free. There
# are five samples of photos, at 96 pixels, which costs accuracy and saves time.
#
# **Before you run the cells:** which variant will lose most at the highest rate?

# %% tags=["nbval-check-output"]
with_photos = results("real_fine_tuning")
ways = {"last_four": "last four blocks", "most": "most blocks", "most_norms_free": "most, batch norms free"}
print(f"frozen base                        {shown(with_photos['frozen'])}")
for way, name in ways.items():
    for rate, entry in with_photos[way].items():
        print(f"{name:<22} at {rate:<8} {shown(entry)}; minus frozen {gain(entry, with_photos['frozen'])}")
print("most blocks at 0.001, sample by sample:", with_photos["most"]["0.001"]["values"])
print(
    "the same, batch norms free minus batch norms frozen:",
    gain(with_photos["most_norms_free"]["0.001"], with_photos["most"]["0.001"]),
)

# %%
rates = [float(rate) for rate in with_photos["most"]]
curves = {name: list(with_photos[way].values()) for way, name in ways.items()}
references = {"frozen": with_photos["frozen"]["mean"], "chance": 1 / 2}
axes = plots.accuracy_curves(rates, curves, True, references)
axes.set(title="cats and dogs, fifty photos of each", xlabel="learning rate")
plt.show()

# %% [markdown]
# At 0.001 the teacher breaks. With most blocks learning, accuracy falls from 91.2% to 62.8%, and in three of the five
# samples the network only guesses. With the last four blocks, 6.9 percentage points are lost. This is less on average,
# though the samples differ too much to be sure.
#
# So a high rate costs a teacher of real photos its accuracy, too (C20). Whether the features or the head suffered was
# not tested. The course's own teacher withstood a rate of 0.001, so each teacher has its own limit.
#
# Batch norms left free soften the fall on average, but with five samples we cannot tell the difference from zero. At
# the two lower rates fine-tuning neither gains nor loses anything that we could detect. Cats and dogs are a near
# target: ImageNet has many of both, and the frozen features are hard to beat.
#
# **Each teacher breaks at its own rate, so begin with a low one.**
#
# Now fine-tune the last block alone, for two epochs. The audit shows whether the statistics stayed. Photos and weights
# come from the internet or from a school's mirror. Without either, the cell prints a message.

# %%
from tlcourse.datasets import photos

try:
    parts = photos.cats_dogs()
    mobile = teachers.load("MobileNetV2", head=False, input_size=96)
except (photos.PhotosUnavailable, teachers.TeacherUnavailable):
    print("No photos, or no weights of MobileNetV2: connect to a network, or set TLCOURSE_MIRROR.")
else:
    few = parts["train"].per_class(20, seed=0)
    small = keras.ops.image.resize(few.images.astype("float32"), (96, 96), antialias=True)
    ready = teachers.preprocess("MobileNetV2", np.asarray(small).clip(0, 255))
    photo_student = keras.Model(mobile.input, keras.layers.Dense(2, name="head")(mobile.output))
    finetuning.unfreeze_from(photo_student, "block_16_expand")
    finetuning.recompile(photo_student, 1e-4)
    before = finetuning.snapshot(photo_student)
    photo_student.fit(ready, few.labels, batch_size=20, epochs=2, verbose=0)
    rows = finetuning.audit(photo_student, before)
    norms = [row for row in rows if row.statistics is not None]
    print(
        f"{sum(row.weights > 0 for row in rows)} layers moved; {sum(row.statistics > 0 for row in norms)} of {len(norms)} batch norms drifted"
    )

# %% [markdown]
# ## Summary
#
# 1. **Prove it.** `trainable` takes effect when you compile, and batch norms drift unless they are frozen themselves.
#    An audit shows both, and costs one line.
# 2. **Three steps** (C18, C19, C20). A high rate cost the features accuracy on held-out people, and on photos it cost
#    accuracy, too. On dark and moved images of people, training the head first kept more of the accuracy; for
#    digits we could not detect that (C20). Training the head first makes the
#    gradients smaller. This was good for a near target, and a disadvantage for digits at 0.001.
# 3. **Gradual unfreezing** (C21) did not pay here, but the layers that need the most epochs got fewer. Undecided.
# 4. **Depth** (C22). For digits the whole network was best at every number of images. Sixty steps on one target do not
#    show whether the gain grows with the data. Undecided.
# 5. **Stopping and regularization** (C24, C25). Stepping back to the lowest validation loss cost the plain run
#    accuracy. At the epochs kept in this way, augmentation and dropout gained, but part of that is what stepping back
#    cost. Undecided.
# 6. **Read recipes with suspicion.** A wrong recipe runs as well as a correct one, and a set that is cut from a
#    reshuffled dataset leaks.
#
# So far, all layers that learned had the same rate. Should layers near the input change more slowly, because their
# features are more general? This is the question of unit 04.

# %%
progress
