# %% [markdown]
# # Unit 03: Fine-tuning
#
# When frozen features are not enough, should you let the teacher's layers learn, too? In unit 02 frozen features were
# enough for new faces, but not for handwriting: a small network from scratch did better. Does fine-tuning help, what
# can it break, and how do you know that it happened at all?
#
# By the end of this unit you can
#
# 1. unfreeze some layers of a teacher, and prove with an audit which of them moved;
# 2. fine-tune in three steps, and show with numbers how the order of the steps and the learning rate affect the result;
# 3. plan a schedule of gradual unfreezing, and decide whether it was worth it;
# 4. train until a network overfits, step back to the best epoch, and regularize;
# 5. find the mistakes in a recipe that runs without an error.
#
# **Time:** about 115 minutes. Seven exercises and one written answer, 25 points. All cells together run in about a
# minute on two processor cores.

# %%
import sys

if "google.colab" in sys.modules:
    # %pip install -q git+https://github.com/tlcourse/tlcourse
    pass

from tlcourse import keras_settings

keras_settings.import_quietly()  # Keras, without TensorFlow's notes on this machine

# %% tags=["setup"]

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from tlcourse import checks, finetuning, model_checks, plots, sampling_checks, teachers, training_checks, widgets
from tlcourse.data import results
from tlcourse.datasets import digits
from tlcourse.finetuning import Movement
from tlcourse.stats import paired_difference, with_expected_range

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
        "repaired_recipe": "Exercise 3.6 repaired_recipe, part 1",
        "repaired_recipe_statistics": "Exercise 3.6 repaired_recipe, part 2",
        "repaired_recipe_choice": "Exercise 3.6 repaired_recipe, part 3",
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
# output. This is the trick from unit 02 with a lower cut, and it makes a training step several times cheaper.

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
# A new head for ten digits goes on top. First train this head alone, as in unit 02.
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
recorded = results("fine_tuning")["far"]
print(f"only the head trained: {fitted:.0%} of the training digits correct")
print(f"test digits: {with_expected_range(accuracy(student), recorded['frozen'])}")

# %% [markdown]
# The head is not to blame, because it fits most of its training images. From a face teacher's last features, a linear
# head does not learn digits well. So let some layers learn.
#
# **Here, frozen late features are not enough for a far target.**
#
# ## Frozen, or so you think
#
# The figure shows what unfreezing means for the gradient. The gradient flows from the loss back to the first layer that
# may learn. A frozen layer on its way passes the gradient on, but does not change.

# %%
parts = ["blocks 1-3", "block 4", "block 5", "dense", "head"]
recipes = {"Train the head": [False, False, False, False, True], "Fine-tune from block 4": [False, True, True, True, True],
           "Fine-tune from block 4, block 5 frozen": [False, True, False, True, True]}  # fmt: skip
plots.gradient_flow(parts, recipes).set_title("A gradient passes through frozen layers, but only trainable ones change")
plt.show()

# %% [markdown]
# Take a snapshot of the weights, set `trainable = True` on every layer, and train again.

# %%
before = finetuning.snapshot(student)
for layer in student.layers:
    layer.trainable = True
student.fit(train_maps, train.labels, batch_size=20, epochs=2, verbose=0)

# %% [markdown]
# There is no error and no warning. An audit compares the weights with the snapshot: it divides each layer's change by
# the norm of its weights.
#
# **Before you run the cells:** which layers will have moved?

# %%
plots.movement(finetuning.audit(student, before)).set_title("trainable was set after compile: only the head moved")
plt.show()

# %% tags=["nbval-check-output"]
moved = [row.layer for row in finetuning.audit(student, before) if row.weights > 0]
print("layers that moved:", moved)

# %% [markdown]
# Only the head moved. All layers *say* that they may learn (the name of a frozen layer would be gray). But Keras builds
# the training step when it compiles and first uses the model, and this step trains only what was trainable then.
#
# So after every change to `trainable`, compile again with a new optimizer. An old one raises an error for variables
# that it has not seen. The next cell compiles again. As a well-known guide recommends, it also calls the model with
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
plots.movement(finetuning.audit(nested, before)).set_title("Called with training=False, the batch norms drift anyway")
plt.show()

# %% tags=["nbval-check-output"]
drifted = [row for row in finetuning.audit(nested, before) if row.statistics]
norms = [layer for layer in finetuning.weight_layers(nested) if finetuning.is_batch_norm(layer)]
print(f"{len(drifted)} of {len(norms)} batch norms drifted")

# %% [markdown]
# This time the weights moved, and so did the moving averages of every batch norm (the diamonds). Here `fit` ignores
# `training=False`. After ten steps, the later layers receive numbers on a different scale from the one that they were
# trained on. With a hundred images in batches of twenty, the new statistics are also poor estimates.
#
# In training, a batch norm normalizes with the statistics of the batch, and its moving averages follow them. In
# inference, or if it is frozen, it uses the moving averages and leaves them as they are.

# %%
plots.batch_norm_modes().set_title("A batch norm uses other statistics in training than in inference")
plt.show()

# %% [markdown]
# To stop the drift, set `trainable = False` on the batch norms themselves:

# %%
student.set_weights(with_head)
for layer in student.layers:
    layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
finetuning.recompile(student, learning_rate=1e-3)
before = finetuning.snapshot(student)
student.fit(train_maps, train.labels, batch_size=20, epochs=20, verbose=0)
plots.movement(finetuning.audit(student, before)).set_title("Batch norms frozen: their statistics stay")
plt.show()

# %%
drifted = [row for row in finetuning.audit(student, before) if row.statistics]
print(f"{len(drifted)} of {len(norms)} batch norms drifted")
print(f"test digits: {with_expected_range(accuracy(student), recorded['head_first']['0.001'])}")

# %% [markdown]
# This is fine-tuning, and accuracy rises.
#
# The figure shows what one training step changes in this student. Freeze and unfreeze its parts, and read how many
# parameters learn, and how far back the gradient flows.
#
# **Before you try it:** can moving averages change while every block is frozen?

# %%
widgets.FreezingExplorer(student)

# %% [markdown]
# **`trainable` takes effect when you compile, and a batch norm keeps its statistics only if it is itself frozen.**
#
# Now write the step that all recipes share. The checks use small networks on clusters of points, because these train in
# a second. Their messages describe a network as a list such as `["input 6", "dense 4", "norm", "relu", "head 3"]`. Its
# layers are called `dense0`, `norm0`, and so on, and `norm` stands for a batch norm. An entry `blank` stands for a
# layer that sets all features to 0.
#
# ### Exercise 3.1: Unfreeze the last layers
#
# Make the last layers of a model trainable, and freeze all others.
#
# | | |
# |---|---|
# | **Signature** | `unfreeze_last(model, count)` |
# | **Arguments** | `model`: a model without nested models, which may be frozen as a whole; `count`: an integer, 0 or more |
# | **Returns** | the number of parameters that gradients can move afterwards, an `int` |
# | **Rules** | Of the layers with a kernel (`Conv2D` and `Dense`), the last `count` become trainable, or all of them if there are fewer. Every other layer is frozen, and so are all batch norms. |
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
    chosen = kernels[max(len(kernels) - count, 0) :]
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer in chosen
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_unfreeze_last", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases
from tlcourse.model_checks import network


def kernels(layers, kinds=("conv", "dense", "head")):
    """The names of the layers of these kinds, in order."""
    names, counts = [], {}
    for text in layers:
        kind = text.split()[0]
        number = counts[kind] = counts.get(kind, -1) + 1
        names += [kind if kind == "head" else f"{kind}{number}"] if kind in kinds else []
    return names


def last_kernels(layers, count):
    """The last `count` layers with a kernel."""
    return [name for place, name in enumerate(reversed(kernels(layers))) if place < count][::-1]


def parameters(layers, count, chosen=last_kernels):
    """The parameters of the chosen layers, counted from shapes."""
    model = network(layers)
    return sum(int(np.prod(weight.shape)) for name in chosen(layers, count) for weight in model.get_layer(name).weights)


dense_network = ["input 6", "dense 4", "norm", "relu", "dense 5", "norm", "relu", "head 3"]
conv_network = [
    "input 8 6 3",
    "conv 2",
    "norm",
    "relu",
    "conv 3",
    "norm",
    "relu",
    "flatten",
    "dense 4",
    "relu",
    "head 3",
]
layer_mistakes = {
    "layers[-0:] is taken for no layer, and is all of them": lambda layers, count: kernels(layers)[-count:],
    "the model stays frozen as a whole, whatever its layers say": lambda layers, count: (
        [] if "frozen" in layers else None
    ),
    "the model is frozen as a whole, so that none of its layers can learn": lambda layers, count: (
        None if "frozen" in layers else []
    ),
    "a count of 0 still unfreezes the last layer": lambda layers, count: last_kernels(layers, max(count, 1)),
    "the first layers are unfrozen instead of the last": lambda layers, count: kernels(layers)[:count],
    "the others are unfrozen, and the last layers frozen": lambda layers, count: [
        name for name in kernels(layers) if name not in last_kernels(layers, count)
    ],
    "nothing is frozen but the batch norms": lambda layers, count: kernels(layers),
    "convolutions do not count as layers with a kernel": lambda layers, count: (
        kernels(layers, ("dense", "head"))[-count:] if count else None
    ),
    "other layers, such as batch norms and ReLUs, are counted too": lambda layers, count: [
        name for name in kernels(layers) if count and name in kernels(layers, model_checks.LAYERS)[-count:]
    ],
    "batch norms are counted too": lambda layers, count: [
        name
        for name in kernels(layers)
        if count and name in kernels(layers, ("conv", "dense", "head", "norm"))[-count:]
    ],
    "the head is left out": lambda layers, count: kernels(layers)[:-1][-count:] if count else None,
    "a count beyond the number of layers becomes a negative index": lambda layers, count: kernels(layers)[
        len(kernels(layers)) - count :
    ],
    "one layer too many is unfrozen": lambda layers, count: last_kernels(layers, count + 1),
    "one layer too few is unfrozen": lambda layers, count: last_kernels(layers, count - 1),
}
count_mistakes = {
    "the frozen parameters are counted too": lambda layers, count: network(layers).count_params(),
    "arrays are counted instead of parameters": lambda layers, count: 2 * count,
    "the number of layers is returned": lambda layers, count: count,
    "the frozen parameters are counted instead": lambda layers, count: (
        network(layers).count_params() - parameters(layers, count)
    ),
    "the biases are not counted": lambda layers, count: sum(
        network(layers).get_layer(name).kernel.numpy().size for name in last_kernels(layers, count)
    ),
    "the parameters are counted before the layers are frozen": lambda layers, count: sum(
        int(np.prod(weight.shape)) for weight in network(layers).trainable_weights
    ),
}


def check_unfrozen(*arguments):
    """Both for a hidden case."""
    layers_left, number = model_checks.trainable_layers(unfreeze_last), model_checks.value(unfreeze_last)
    checks.returns(layers_left, arguments, last_kernels(*arguments), layer_mistakes)
    checks.returns(number, arguments, parameters(*arguments), count_mistakes)


cases = [(dense_network, 2), (conv_network, 3), (dense_network, 0), (dense_network, 3), (dense_network, 5)]
visible_cases.record("unfreeze_last", cases, last_kernels, layer_mistakes)
visible_cases.record("unfreeze_last_count", cases, parameters, count_mistakes)
### END HIDDEN TESTS
with progress.exercise("unfreeze_last"):
    checks.run("unfreeze_last", model_checks.trainable_layers(unfreeze_last))
    checks.run("unfreeze_last_count", model_checks.value(unfreeze_last))
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("unfreeze_last")
    for count in rng.permutation(6)[:3].tolist():
        sizes = rng.integers(2, 9, 6)
        dense = [text for size in sizes[2:5] for text in (f"dense {size}", "norm", "relu")]
        check_unfrozen(["input 6 4 3", f"conv {sizes[0]}", "norm", "flatten", *dense, f"head {sizes[5]}"], count)
    for count, expected in ((1, ["head"]), (2, ["dense", "head"])):
        kinds = keras.layers.Dense(4, name="dense"), keras.layers.LayerNormalization(), keras.layers.PReLU()
        model = keras.Sequential([keras.Input((6,)), *kinds, keras.layers.Dense(3, name="head")])
        unfreeze_last(model, count)
        hidden_left = [layer.name for layer in model.layers if layer.trainable_weights]
        checks.require(
            hidden_left == expected,
            f"With a dense layer, a LayerNormalization, a PReLU and a head, a count of {count} leaves {hidden_left} "
            f"trainable, and not {expected}. Freeze every other layer, whatever its kind.",
        )
    ### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_unfreeze_last_frozen", "locked": true, "points": 1, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
cases = [([*dense_network, "frozen"], 2), ([*conv_network, "frozen"], 3)]
visible_cases.record("unfreeze_last_frozen", cases, last_kernels, layer_mistakes)
visible_cases.record("unfreeze_last_frozen_count", cases, parameters, count_mistakes)
### END HIDDEN TESTS
with progress.exercise("unfreeze_last_frozen"):
    checks.run("unfreeze_last_frozen", model_checks.trainable_layers(unfreeze_last))
    checks.run("unfreeze_last_frozen_count", model_checks.value(unfreeze_last))
    ### BEGIN HIDDEN TESTS
    sizes = checks.grading_rng("unfreeze_last_frozen").integers(2, 9, 2)
    check_unfrozen(["input 6", f"dense {sizes[0]}", "norm", "relu", f"dense {sizes[1]}", "head 3", "frozen"], 2)
    ### END HIDDEN TESTS

# %% [markdown]
# You can also analyze an audit in code. Each row has four fields. `layer` is a name, `trainable` is what the layer
# reports, and `weights` is the movement. `statistics` is the movement of a batch norm's moving averages, and `None` for
# other layers.

# %%
for row in finetuning.audit(student, before)[:4]:
    print(row)

# %% [markdown]
# ### Exercise 3.2: Diagnose a training run from its audit
#
# Find out what went wrong in a training run.
#
# | | |
# |---|---|
# | **Signature** | `diagnose(rows, meant)` |
# | **Arguments** | `rows`: the rows of an audit; `meant`: the set of names of the layers that were meant to learn |
# | **Returns** | a dictionary of three lists of layer names, in the order of `rows`: `"stuck"`, layers that were meant to learn but did not move; `"leaked"`, layers that were not meant to learn but moved; `"drifted"`, layers whose statistics moved |
# | **Rules** | Do not trust `trainable`. |
# | **Example** | A base layer `conv` did not move (0.0), the statistics of a batch norm `norm` moved by 0.2, and a layer `head` moved by 0.5. If all but `norm` were meant to learn, the result is `{"stuck": ["conv"], "leaked": [], "drifted": ["norm"]}`. |
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
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def findings(stuck, leaked, drifted=lambda row, meant: bool(row.statistics)):
    """A diagnosis by three conditions."""
    conditions = {"stuck": stuck, "leaked": leaked, "drifted": drifted}
    return lambda rows, meant: {
        key: [row.layer for row in rows if holds(row, meant)] for key, holds in conditions.items()
    }


def is_stuck(row, meant):
    """As meant in the exercise."""
    return not row.weights and {row.layer} <= meant


def is_leaked(row, meant):
    """As meant in the exercise."""
    return abs(row.weights) > 0 and not {row.layer} & meant


audit_reading = findings(is_stuck, is_leaked)
mistakes = {
    "`trainable` is trusted instead of `meant`": findings(
        lambda row, meant: row.trainable and not row.weights, lambda row, meant: not row.trainable and row.weights
    ),
    "`trainable` is trusted for the stuck layers": findings(
        lambda row, meant: row.trainable and not row.weights, is_leaked
    ),
    "`trainable` is trusted for the leaked layers": findings(
        is_stuck, lambda row, meant: not row.trainable and row.weights
    ),
    "layers that were never meant to learn are listed as stuck too": findings(
        lambda row, meant: not row.weights, is_leaked
    ),
    "layers that were meant to learn are listed as leaked too": findings(is_stuck, lambda row, meant: row.weights),
    "layers that moved are listed as stuck": findings(lambda row, meant: row.layer in meant and row.weights, is_leaked),
    "stuck and leaked are swapped": findings(is_leaked, is_stuck),
    "every batch norm is listed, also those whose statistics stayed": findings(
        is_stuck, is_leaked, lambda row, meant: row.statistics is not None
    ),
    "weights are looked at instead of statistics": findings(is_stuck, is_leaked, lambda row, meant: row.weights),
    "only batch norms that were not meant to learn are listed as drifted": findings(
        is_stuck, is_leaked, lambda row, meant: row.statistics and row.layer not in meant
    ),
    "only batch norms whose weights moved too are listed as drifted": findings(
        is_stuck, is_leaked, lambda row, meant: row.statistics and row.weights
    ),
    "a layer that is in one list is left out of the others": findings(
        is_stuck,
        is_leaked,
        lambda row, meant: row.statistics and not is_stuck(row, meant) and not is_leaked(row, meant),
    ),
    "statistics that moved count as a leak": findings(
        is_stuck, lambda row, meant: row.layer not in meant and (row.weights or row.statistics)
    ),
    "a batch norm with moved statistics does not count as stuck": findings(
        lambda row, meant: row.layer in meant and not row.weights and not row.statistics, is_leaked
    ),
    "names are searched for as parts of other names": findings(
        lambda row, meant: not row.weights and any(row.layer in name for name in meant),
        lambda row, meant: row.weights and not any(row.layer in name for name in meant),
    ),
    "small movements are taken for none": findings(
        lambda row, meant: row.layer in meant and row.weights < 1e-3,
        lambda row, meant: row.layer not in meant and row.weights > 1e-3,
        lambda row, meant: (row.statistics or 0) > 1e-3,
    ),
    "the lists are sorted by name, and not in the order of `rows`": lambda rows, meant: {
        key: sorted(names) for key, names in audit_reading(rows, meant).items()
    },
    "names that occur in no row are listed as stuck": lambda rows, meant: (
        audit_reading(rows, meant) | {"stuck": sorted(meant - {row.layer for row in rows if row.weights})}
    ),
}
visible_cases.record(
    "diagnose",
    [
        (
            [Movement("conv", True, 0.0, None), Movement("norm", False, 0.0, 0.2), Movement("head", True, 0.5, None)],
            {"conv", "head"},
        ),
        (
            [Movement("early", True, 0.1, None), Movement("norm", True, 0.01, 0.0), Movement("head", False, 0.0, None)],
            {"head"},
        ),
        (
            [
                Movement("z", False, 1e-7, None),
                Movement("norm", False, 0.0, 1e-8),
                Movement("b", False, 0.0, None),
                Movement("a", False, 2e-5, None),
                Movement("head", True, 0.0, None),
            ],
            {"norm", "head", "b"},
        ),
        (
            [
                Movement("norm", False, 0.3, 0.1),
                Movement("block", True, 0.2, None),
                Movement("block_norm", True, 0.1, 0.4),
            ],
            {"block_norm"},
        ),
        ([], {"head"}),
    ],
    audit_reading,
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("diagnose"):
    checks.run("diagnose", diagnose)
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
        arguments = hidden_rows, set(np.array(hidden_names)[intended].tolist())
        checks.returns(diagnose, arguments, audit_reading(*arguments), mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# ## Three steps
#
# The lecture's procedure has three steps (C19). First freeze the base. Then train the new head. Finally, unfreeze some
# later layers and train both the head and these layers at a very low learning rate.
#
# ### Exercise 3.3: Fine-tune in three steps
#
# Implement the lecture's procedure.
#
# | | |
# |---|---|
# | **Signature** | `fine_tune(base, classes, inputs, labels, first, low_rate)` |
# | **Arguments** | `base`: a `keras.Model` that returns feature vectors and has no nested models; `classes`: the number of classes; `inputs`, `labels`: training data, with integer labels; `first`: the name of a layer; `low_rate`: a learning rate |
# | **Returns** | the pair `(student, halfway)`, where `halfway` is the list `student.get_weights()` after step 2 |
# | **Step 1** | Freeze `base`, and attach **one** dense layer for `classes` logits to its output. |
# | **Step 2** | Train this head for 20 epochs with Adam at 0.02 and batches of 16. |
# | **Step 3** | Let the head learn, together with all layers from `first` onward except batch norms. Compile with a **new** optimizer, Adam at `low_rate`, and train for 10 more epochs with the same batch size. |
# | **Points** | 4 points: 2 for steps 1 and 2, 2 for step 3 |
#
# <details><summary>Hint</summary>
# `keras.Model(base.input, new_layer(base.output))` keeps all layers in one list, so you can walk through it and
# unfreeze from `first` onward. `finetuning.recompile` calls `compile` with a new Adam and the right loss, and does
# nothing else.
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
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases

dense_base = ["input 6", "dense 12", "norm", "relu", "dense 10", "norm", "relu"]
conv_base = ["input 4 5 2", "conv 3", "norm", "relu", "conv 4", "norm", "relu", "flatten", "dense 8", "norm", "relu"]


def kernel_names(layers):
    """The names of a base's layers with a kernel."""
    counts = {kind: sum(text.startswith(kind) for text in layers) for kind in ("conv", "dense")}
    return [f"{kind}{number}" for kind, count in counts.items() for number in range(count)]


def trained_biases(classes, *stages):
    """A head's biases, by Adam on nothing but labels 0: one array for each stage (optimizer, rate, steps)."""
    biases, after = np.zeros(classes), []
    for optimizer, rate, steps in stages:
        mean = square = 0.0
        for step in range(1, steps + 1):
            shares = np.exp(biases - biases.max())
            gradient = shares / shares.sum() - (np.arange(classes) == 0)
            mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
            direction = mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-7)
            biases = biases - rate * (direction if optimizer == "adam" else gradient)
        after.append(biases)
    return after


def first_biases(optimizer="adam", rate=0.02, epochs=20, batches=3):
    """The biases halfway, for arguments as of the view."""
    return lambda layers, classes, first, low_rate: trained_biases(classes, (optimizer, rate, epochs * batches))[0]


first_mistakes = {
    "nothing is frozen while the head is trained": lambda layers, *others: [*kernel_names(layers), "head"],
    "the head does not learn": lambda layers, *others: [],
    "the base is trained instead of the head": lambda layers, *others: kernel_names(layers),
    "the layers from `first` on learn already, or `halfway` is no copy of the weights after step 2": lambda layers, classes, first, low_rate: [
        *kernel_names(layers)[kernel_names(layers).index(first) :],
        "head",
    ],
}
first_bias_mistakes = {
    "SGD takes the place of Adam": first_biases("sgd"),
    "the rate is 0.001, Adam's default": first_biases(rate=0.001),
    "the rate is 0.01": first_biases(rate=0.01),
    "the rate is 0.002": first_biases(rate=0.002),
    "the low rate is used for the head already": lambda layers, classes, first, low_rate: first_biases(rate=low_rate)(
        layers, classes, first, low_rate
    ),
    "the batches have 32 samples, Keras' default": first_biases(batches=2),
    "all samples are in one batch": first_biases(batches=1),
    "the head is trained for 10 epochs": first_biases(epochs=10),
    "the head is trained for one epoch": first_biases(epochs=1),
    "the head is trained for 30 epochs": first_biases(epochs=30),
    "`halfway` has the weights before the training": lambda layers, classes, *others: np.zeros(classes),
    "`halfway` has the weights after step 3": lambda layers, classes, first, low_rate: trained_biases(
        classes, ("adam", 0.02, 60), ("adam", low_rate, 30)
    )[1],
}
blank_case = [*dense_base, "blank"], 3, "dense1", 3e-3
visible_cases.record(
    "fine_tune",
    [(dense_base, 3, "dense1", 1e-4), (conv_base, 3, "conv1", 1e-3)],
    lambda *arguments: ["head"],
    first_mistakes,
)
visible_cases.record("fine_tune_biases", [blank_case], first_biases(), first_bias_mistakes, tolerance=2e-3)
rng = checks.grading_rng("fine_tune")
low_rate = float(10 ** rng.uniform(-3, -2.5))
hidden_case = conv_base, int(rng.integers(4, 6)), str(rng.choice(["conv1", "dense0"])), low_rate
hidden_blank = [*conv_base, "blank"], *hidden_case[1:]
### END HIDDEN TESTS
with progress.exercise("fine_tune"):
    checks.run("fine_tune", training_checks.moved_first(fine_tune))
    checks.run("fine_tune_biases", training_checks.biases_first(fine_tune))
    ### BEGIN HIDDEN TESTS
    checks.returns(training_checks.moved_first(fine_tune), hidden_case, ["head"], first_mistakes)
    expected = first_biases()(*hidden_blank)
    checks.returns(training_checks.biases_first(fine_tune), hidden_blank, expected, first_bias_mistakes, tolerance=2e-3)
    ### END HIDDEN TESTS


# %% nbgrader={"grade": true, "grade_id": "test_fine_tune_unfrozen", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
def from_first(layers, classes, first, low_rate):
    """What learns in step 3."""
    return [*kernel_names(layers)[kernel_names(layers).index(first) :], "head"]


def last_change(optimizer="adam", factor=1.0, rate=None, epochs=10, batches=3):
    """How far the biases move after step 2, for arguments as of the view."""

    def change(layers, classes, first, low_rate):
        stage = optimizer, rate or factor * low_rate, epochs * batches
        halfway, final = trained_biases(classes, ("adam", 0.02, 60), stage)
        return final - halfway

    return change


last_mistakes = {
    "the model is not compiled again after the layers are unfrozen": lambda *arguments: ["head"],
    "all layers are unfrozen, and not only those from `first` on": lambda layers, *others: [
        *kernel_names(layers),
        "head",
    ],
    "the layers after `first` learn, and `first` does not": lambda *arguments: from_first(*arguments)[1:],
    "`first` learns alone, without the layers after it": lambda layers, classes, first, low_rate: [first, "head"],
    "the head no longer learns": lambda *arguments: from_first(*arguments)[:-1],
    "nothing is trained in step 3": lambda *arguments: [],
    "the layers before `first` learn, and those from it on do not": lambda *arguments: [
        name for name in [*kernel_names(arguments[0]), "head"] if name not in from_first(*arguments)[:-1]
    ],
}
last_bias_mistakes = {
    "SGD takes the place of Adam": last_change("sgd"),
    "the rate is still 0.02": last_change(rate=0.02),
    "the rate is 0.001, Adam's default, and not `low_rate`": last_change(rate=0.001),
    "the rate is a tenth of `low_rate`": last_change(factor=0.1),
    "the batches have 32 samples, Keras' default": last_change(batches=2),
    "step 3 has 20 epochs": last_change(epochs=20),
    "step 3 has one epoch": last_change(epochs=1),
    "step 3 has 9 epochs": last_change(epochs=9),
    "step 3 has 5 epochs": last_change(epochs=5),
    "step 3 has 30 epochs": last_change(epochs=30),
    "the head no longer learns": lambda layers, classes, *others: np.zeros(classes),
}
conv_case, blank_case = (conv_base, 3, "conv1", 1e-3), ([*dense_base, "blank"], 3, "dense1", 3e-3)
visible_cases.record("fine_tune_unfrozen", [(dense_base, 3, "dense1", 1e-4), conv_case], from_first, last_mistakes)
visible_cases.record("fine_tune_unfrozen_biases", [blank_case], last_change(), last_bias_mistakes, tolerance=1e-3)
### END HIDDEN TESTS
with progress.exercise("fine_tune_unfrozen"):
    checks.run("fine_tune_unfrozen", training_checks.moved_last(fine_tune))
    checks.run("fine_tune_unfrozen_biases", training_checks.biases_last(fine_tune))
    ### BEGIN HIDDEN TESTS
    expected = from_first(*hidden_case)
    checks.returns(training_checks.moved_last(fine_tune), hidden_case, expected, last_mistakes)
    expected = last_change()(*hidden_blank)
    checks.returns(training_checks.biases_last(fine_tune), hidden_blank, expected, last_bias_mistakes, tolerance=1e-3)
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
# are already excellent. The recorded runs fine-tune block 4 and everything after it, at three learning rates. "Head
# first" trains the head beforehand, and "at once" trains everything together, starting from a random head. There are
# five groups of people and five samples of digits.
#
# **Before you run the cells:** what will the highest rate do to the accuracy on each target?

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
figure.suptitle("At the highest rate, accuracy falls in either order")
plt.show()

# %% [markdown]
# Is the third step worth the effort at all? Compare the fine-tuned network with the frozen base that it started from.
# All differences in this unit are paired, with 95% confidence intervals. Where an interval contains 0, we cannot tell
# the two methods apart.

# %% tags=["nbval-check-output"]
for key, target in targets.items():
    for rate in ("0.0001", "0.001", "0.01"):
        measured = gain(record[key]["head_first"][rate], record[key]["frozen"])
        print(f"{target:<11} head first at {rate:<7} minus the frozen base: {measured}")

# %% [markdown]
# For digits, yes: it gains 10.2 percentage points at the lowest rate, and 19.4 at the middle one. For people, little is
# left to gain: 0.2 percentage points at the lowest rate, which means one more correct image out of 400 in four of the
# five groups. At 0.001 we cannot tell the gain from zero. So here the third step (C19) pays off most where the frozen
# features are worst.
#
# Now look at the ends of the curves. At the left end, "at once" is bad for a simple reason: the new head itself is
# still undertrained when training ends. At the right end the curves of both orders fall. For people, fine-tuning at
# 0.01 lowers accuracy from 98.5% to 84.6% if everything trains at once. With the head first, it falls less, and with
# five groups we cannot tell this fall from zero.
#
# Does only the head suffer, or do the features suffer, too? The next cell tests the features on twenty held-out people,
# whose images no fine-tuning run has used. A linear classifier on the last hidden layer shows what these features still
# say about faces.

# %% tags=["nbval-check-output"]
held_out = record["near"]["held_out_people"]
print(f"the teacher, unchanged       {shown(held_out['teacher'])}")
for order, name in (("head_first", "head first"), ("at_once", "at once")):
    for rate in RATES:
        print(f"{name:<10} at {rate:<8}       {shown(held_out[order][rate])}")
print("lost at 0.01, head first:", gain(held_out["teacher"], held_out["head_first"]["0.01"]))
print("lost at 0.01, at once:   ", gain(held_out["teacher"], held_out["at_once"]["0.01"]))

# %% [markdown]
# Up to 0.001 we could not detect a loss in the features. At 0.01, part of what the teacher had learned is gone after a
# hundred steps. The loss is 3.6 percentage points with the head first, and 11.8 with everything at once. With the head
# first, the interval also contains losses of less than two percentage points, which would not matter here. So this
# experiment does not decide whether large updates destroy features (C20). A second one, below, compares whole recipes
# on changed images.
#
# **Here, a rate of 0.01 made the features less accurate, in either order.**
#
# ## Why the head first?
#
# A new head is random, so its errors are large, and they flow back into the base as gradients. The lecture argues that
# these gradients are smaller once the head is trained (C20). The next cell prints the norm of the gradient of all
# transferred layers, before any fine-tuning step.
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
# The gradients are smaller, and much more so for people than for digits. For people the order pays off: with the head
# first the result is better at every rate, by 1.2 percentage points at 0.001.
#
# For digits the same order *costs* accuracy at 0.001: training everything at once is 7.2 percentage points better. At
# the lowest rate it is the other way around, because training everything at once leaves the new head undertrained. The
# smaller gradient may be the reason, but we did not test this. A head that fits its hundred images leaves little error
# to learn from, so features that are wrong for the target stay wrong. If this explanation is right, "head first" (C19)
# is good advice when the features are worth protecting.
#
# **At this rate and training length, training the head first improved accuracy on the near target and lowered it on the
# far one.**

# %% [markdown]
# ### Images unlike the training images
#
# Protecting the features might also pay off on images that differ from the training images. In another experiment, we
# trained on ordinary images of people or digits. We tested on images of the same kind, on dark images and on moved
# images, with ten seeds for each target.
#
# - *Linear probe* trains no layer of the base.
# - *Full* trains all layers, starting from a new head.
# - *Head first* splits the same number of steps: half for the head alone, half for all layers. Kumar et al. (2022) call
#   this order LP-FT, linear probing then fine-tuning.
# - *Interpolated* averages the weights that *head first* has before and after its second half, as WiSE-FT does
#   (Wortsman et al., 2022).
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
# For people, training the head first gives higher accuracy on changed images, and interpolating the weights raises it
# further. None of the fine-tuned networks reached the accuracy of the frozen features there. For digits we could not
# detect a difference between the recipes on changed images, and on ordinary ones training the head first costs
# accuracy. Over both targets, the gain from training the head first does not survive the correction for testing many
# claims (C20), and the additional gain from interpolated weights is inconclusive (X01).
#
# *Full* changes all layers for twice as many steps as *head first*, and, for digits, at three times the rate. So even
# for people, this does not show that the random head does the damage.
#
# **For people, accuracy on dark faces dropped less when the head was trained first, and least when nothing was
# fine-tuned at all.**

# %% [markdown]
# ## Layer by layer from the top
#
# A gentler approach is to unfreeze gradually (C21). Start with the head alone. Then add one group of layers in each
# stage, from the output toward the input.
#
# ### Exercise 3.4: Plan a gradual unfreezing
#
# List the stages of a gradual unfreezing schedule.
#
# | | |
# |---|---|
# | **Signature** | `unfreezing_plan(groups, epochs)` |
# | **Arguments** | `groups`: a list of names from the input to the output, with the head at the end; `epochs`: the total number of epochs over all stages |
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
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases
from tlcourse.exercises.values import Raised


def counted_plan(groups, epochs):
    """A plan made by counting epochs out one by one."""
    if epochs < len(groups):
        return Raised("ValueError")
    shares = [len(range(stage, epochs, len(groups))) for stage in range(len(groups))]
    return [(share, groups[-stage:]) for stage, share in enumerate(shares, start=1)]


def changed_plan(share=None, learning=None):
    """The same with other epochs, or with other groups."""

    def plan(groups, epochs):
        if epochs < len(groups):
            return None
        stages = enumerate(counted_plan(groups, epochs))
        count = len(groups)
        return [
            (share(stage, epochs, count) if share else each, learning(stage, groups) if learning else names)
            for stage, (each, names) in stages
        ]

    return plan


mistakes = {
    "the later stages get what is left over": changed_plan(
        share=lambda stage, epochs, count: epochs // count + (stage >= count - epochs % count)
    ),
    "the last stage gets all that is left over": changed_plan(
        share=lambda stage, epochs, count: epochs // count + (epochs % count if stage == count - 1 else 0)
    ),
    "the first stage gets all that is left over": changed_plan(
        share=lambda stage, epochs, count: epochs // count + (0 if stage else epochs % count)
    ),
    "what is left over is lost": changed_plan(share=lambda stage, epochs, count: epochs // count),
    "the epochs are rounded up in each stage": changed_plan(share=lambda stage, epochs, count: -(-epochs // count)),
    "the epochs are rounded in each stage": changed_plan(share=lambda stage, epochs, count: round(epochs / count)),
    "the epochs are divided with a fraction": changed_plan(share=lambda stage, epochs, count: epochs / count),
    "every stage gets all the epochs": changed_plan(share=lambda stage, epochs, count: epochs),
    "it begins at the input instead of the output": changed_plan(learning=lambda stage, groups: groups[: stage + 1]),
    "the stages are in reversed order": changed_plan(learning=lambda stage, groups: groups[stage:]),
    "each stage trains one group only": changed_plan(learning=lambda stage, groups: [groups[-1 - stage]]),
    "the groups are listed from the output to the input": changed_plan(
        learning=lambda stage, groups: groups[::-1][: stage + 1]
    ),
    "groups[-0:] is taken for no group, and is all of them": changed_plan(
        learning=lambda stage, groups: groups[-stage:]
    ),
    "all stages share one list, which grows": changed_plan(learning=lambda stage, groups: groups),
    "each pair has the groups first": lambda groups, epochs: (
        [stage[::-1] for stage in counted_plan(groups, epochs)] if epochs >= len(groups) else None
    ),
    "as many epochs as groups count as too few": lambda groups, epochs: (
        Raised("ValueError") if epochs == len(groups) else None
    ),
    "one stage gets no epoch, and no error is raised": lambda groups, epochs: (
        [(int(stage < epochs), groups[len(groups) - 1 - stage :]) for stage in range(len(groups))]
        if epochs < len(groups)
        else None
    ),
}
visible_cases.record(
    "unfreezing_plan",
    [
        (["block5", "dense", "head"], 7),
        (["block3", "block4", "dense", "head"], 11),
        (["dense", "head"], 2),
        (["head"], 3),
        (["block5", "dense", "head"], 2),
    ],
    counted_plan,
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("unfreezing_plan"):
    checks.run("unfreezing_plan", unfreezing_plan)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("unfreezing_plan")
    for _ in range(8):
        hidden_groups = [f"group{number}" for number in rng.permutation(30)[: int(rng.integers(1, 7))]]
        for hidden_epochs in (len(hidden_groups) + int(rng.integers(0, 20)), len(hidden_groups) - 1):
            arguments = hidden_groups, hidden_epochs
            checks.returns(unfreezing_plan, arguments, counted_plan(*arguments), mistakes)
    ### END HIDDEN TESTS

# %%
for epochs, learning in unfreezing_plan(["block4", "block5", "dense", "head"], 20):
    print(f"{epochs} epochs: {', '.join(learning)}")

# %% [markdown]
# Is gradual unfreezing better? In the recorded runs, the head is trained first in both cases. The other layers then get
# about the same number of epochs, either in three stages, or with everything from block 4 on trained the whole time.

# %% tags=["nbval-check-output"]
for key, target in targets.items():
    for rate in ("0.001", "0.01"):
        measured = gain(record[key]["gradual"][rate], record[key]["head_first"][rate])
        print(f"{target:<11} at {rate:<6} gradual minus together: {measured}")

# %% [markdown]
# Here it is not. At 0.001 we cannot tell the two apart for people, and for digits gradual unfreezing is clearly worse.
# Perhaps this is because the lowest layers get the fewest steps. Nor does gradual unfreezing protect against a rate
# that is too high: at 0.01 its accuracy is lower for people and for digits.
#
# But the comparison is not fair. Block 4 learned for 6 epochs with gradual unfreezing, and for 20 without it. So we
# planned another comparison, and stated its question before we ran it. Both schedules take the same total number of
# steps, each at the best of three or four rates. In the gradual one, the last stage is longer: the lowest block learns
# in 300 of 500 steps. The targets are digits and galaxies with the face teacher, and photos of cats and dogs with
# MobileNetV2.

# %% tags=["nbval-check-output"]
fair = results("unfreezing")
later_layers = {"digits": "block 4 on", "galaxies": "block 4 on", "photos": "block 13 on"}


def mean_of_targets(arm):
    """Accuracies in each seed, averaged over the targets; `arm` gives an arm's name from that of the later layers."""
    measured = [fair[target]["10"]["long"][arm(layers)]["values"] for target, layers in later_layers.items()]
    return {"values": np.mean(measured, axis=0)}


for target, layers in later_layers.items():
    long = fair[target]["10"]["long"]
    measured = gain(long["gradual, longer"], long[f"{layers}, longer"])
    print(f"{target:<8} gradual minus together, last stage longer: {measured}")
for stages, end in (("last stage longer", ", longer"), ("three equal stages", "")):
    measured = gain(
        mean_of_targets(lambda _, end=end: f"gradual{end}"), mean_of_targets(lambda name, end=end: name + end)
    )
    print(f"mean of the targets, {stages}: {measured}")

# %% [markdown]
# With a longer last stage, we could detect neither a gain nor a loss. For galaxies we cannot rule out a gain of up to 4
# percentage points. For photos, gradual unfreezing hardly changed the accuracy that the head alone had reached. With
# three equal stages, gradual unfreezing cost accuracy on average. After the correction for the number of claims, the
# advice (C21) remains undecided. We did not test which change mattered, the stages or the rates. The method's authors
# combined it with different rates for different layers, which unit 04 tries.
#
# **Before you compare two schedules, count the steps that each layer gets.**

# %% [markdown]
# ## How many layers, with how many images?
#
# The lecture says that with more target data you may fine-tune more layers (C22). The next table shows the accuracy
# with two, ten or fifty training images of each digit. Its columns go from the head alone to the whole network, all 16
# layers. The head is trained first, and then each network trains for 60 steps at 0.001. The best accuracy in each row
# is bold.
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
axes.set(xlabel="layers that learn", title="For digits, accuracy after 60 steps is highest when all layers learn")
plt.show()

# %% [markdown]
# In every row the last column is highest. (With fifty images its lead over block 4 is within the noise of five
# samples.) What does this say about the lecture's advice (C22)?
#
# - It is *not true of this target* that few layers should learn when there are few images. With two images of each
#   digit, the whole network is 15.2 percentage points better than the head alone. Perhaps digits are so far from faces
#   that even the first blocks have to change. Overfitting does not show up within 60 steps.
# - It is *not fair* to compare the rows. 60 steps are 60 passes over 20 images, but between two and three over 500.
#   With fifty images of each digit, no network has learned all it could.
# - We could *not detect* that additional layers help **more** when there are more images. The gain is 4.1 percentage
#   points larger with fifty than with two, but the interval runs from −2.3 to 10.5.
#
# So we repeated the experiment with the three targets from above. Larger training sets get more steps, and all depths
# get the same number. *Deep* means the whole network or, for photos, all but its first seven blocks. Each arm uses the
# best of three or four rates, chosen with two development seeds.

# %% tags=["nbval-check-output"]
deepest = {"digits": "everything", "galaxies": "everything", "photos": "block 7 on"}
for target, layers in deepest.items():
    for count in ("2", "50"):
        long = fair[target][count]["long"]
        print(f"{target:<8} {count:>2} images each, deep minus the head alone: {gain(long[layers], long['head only'])}")
        print(f"{'':<24} deep minus the later layers: {gain(long[layers], long[later_layers[target]])}")
of_ten, of_fifty = (fair["digits"][count]["long"] for count in ("10", "50"))
print(f"digits, 10 images each, small network from scratch: {of_ten['from scratch']['mean']:.1%}")
print(f"digits, 50 images each, teacher minus random weights: {gain(of_fifty['everything'], of_fifty['untrained'])}")

# %%
figure, panels = plt.subplots(1, 3, figsize=(11, 3.6), sharey=True)
for ax, (target, layers) in zip(panels, deepest.items(), strict=True):
    curves = {
        name: [fair[target][count]["long"][arm] for count in ("2", "10", "50")]
        for name, arm in (("deep", layers), ("head alone", "head only"))
    }
    plots.accuracy_curves([2, 10, 50], curves, log=True, ax=ax)
    ax.set(title=target, xlabel="images of each class")
figure.suptitle("Deep training gains on digits and galaxies, and not detectably on photos")
figure.tight_layout()
plt.show()

# %% [markdown]
# A consequence of the advice (C22) is supported: on average over the targets, deep training's advantage over the head
# alone is larger with fifty images than with two. This finding has three limits.
#
# - *Steps.* With 60 steps for every number of images, the average would not have settled the question.
# - *Targets.* Galaxies contribute most. For digits deep training already pays off with two images. For photos we could
#   not detect a gain over the head alone, with two photos of each class or with fifty. Taken on their own, only
#   galaxies exceed the claim's margin.
# - *How deep.* If you train the whole network instead of only the later layers, the gain grows with the number of
#   images for galaxies, and shrinks for digits. On no target were fewer layers better with fewer images.
#
# The third of the lecture's three steps, training later layers after the head, shows the same pattern (C19). It adds a
# lot of accuracy for digits and galaxies, and nothing that we can detect for photos. But the rates chosen for it with
# the development seeds were not very low.
#
# Now look at the last two lines of the output. With ten images of each digit, a small network that we trained from
# scratch with augmentation and dropout was more accurate than fine-tuning at any depth, which used neither. With fifty,
# we could not detect any advantage of the teacher's weights over random ones.
#
# **The gain from depth differed between the three tasks. For galaxies, it clearly grew with the number of images.**

# %% [markdown]
# ## Train until it overfits, then step back
#
# How long should you train? One recipe (C24) is to continue until the network overfits, and then to step back to the
# best epoch. The best epoch is chosen on *validation* images, which are used neither for training nor for testing.
#
# ### Exercise 3.5: Step back
#
# Find out when a training run stops, and which epoch it keeps.
#
# | | |
# |---|---|
# | **Signature** | `step_back(losses, patience)` |
# | **Arguments** | `losses`: the validation losses, epoch by epoch; `patience`: an integer, 1 or more |
# | **Returns** | the pair `(stop, best)`, counted from 1: the epoch after which the training stops, and the epoch whose weights are kept |
# | **Rules** | Training stops as soon as `patience` epochs in a row have ended with a loss that is not *below* the best loss so far. Otherwise it stops after the last epoch. The best epoch is the one with the lowest loss up to then; if several tie, it is the earliest of them. |
# | **Example** | `step_back([0.9, 0.5, 0.6, 0.55, 0.4], 2)` is `(4, 2)`, because training never reaches the 0.4 |
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
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


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


def stepping(is_better, waits=0):
    """Stop and best epoch by another comparison of a loss with the best and the last before it."""

    def stop_and_best(losses, patience):
        best, waited = 1, 0
        for epoch, loss in enumerate(losses, start=1):
            better = epoch == 1 or is_better(loss, losses[best - 1], losses[epoch - 2])
            waited = 0 if better else waited + 1
            best = epoch if loss < losses[best - 1] or (better and loss <= losses[best - 1]) else best
            if waited >= patience + waits:
                return epoch, best
        return len(losses), best

    return stop_and_best


def last_of_ties(losses, patience):
    """The latest of the best epochs before the stop."""
    stop, best = as_keras_does(losses, patience)
    return stop, max(epoch for epoch in range(1, stop + 1) if losses[epoch - 1] == losses[best - 1])


def in_all(losses, patience):
    """Patience for bad epochs in all, and not in a row."""
    bad = 0
    for epoch, loss in enumerate(losses, start=1):
        bad += epoch > 1 and loss >= min(losses[: epoch - 1])
        if bad >= patience:
            return epoch, int(np.argmin(losses[:epoch])) + 1
    return len(losses), int(np.argmin(losses)) + 1


def small_gains_ignored(losses, patience):
    """Only a loss that is well below the best so far counts as better."""
    best = 0
    for epoch, loss in enumerate(losses):
        best = epoch if loss < losses[best] - 1e-4 else best
        if epoch - best >= patience:
            return epoch + 1, best + 1
    return len(losses), best + 1


mistakes = {
    "epochs are counted from 0": lambda losses, patience: [n - 1 for n in as_keras_does(losses, patience)],
    "the best epoch is counted from 0": lambda losses, patience: (
        as_keras_does(losses, patience)[0],
        as_keras_does(losses, patience)[1] - 1,
    ),
    "the stop is counted from 0": lambda losses, patience: (
        as_keras_does(losses, patience)[0] - 1,
        as_keras_does(losses, patience)[1],
    ),
    "the two are swapped": lambda losses, patience: as_keras_does(losses, patience)[::-1],
    "the best is looked for in epochs that were never trained": lambda losses, patience: (
        as_keras_does(losses, patience)[0],
        int(np.argmin(losses)) + 1,
    ),
    "it waits one epoch too long": stepping(lambda loss, best, before: loss < best, waits=1),
    "it stops one epoch too early": lambda losses, patience: (
        stepping(lambda loss, best, before: loss < best, waits=-1)(losses, patience) if patience > 1 else None
    ),
    "nothing stops it": lambda losses, patience: (len(losses), int(np.argmin(losses)) + 1),
    "the last epoch is kept instead of the best": lambda losses, patience: (as_keras_does(losses, patience)[0],) * 2,
    "a small improvement does not count: any loss below the best is better": small_gains_ignored,
    "a tie counts as better": stepping(lambda loss, best, before: loss <= best),
    "of several best epochs the latest is kept": last_of_ties,
    "each loss is compared with the epoch before and not with the best": stepping(
        lambda loss, best, before: loss < before
    ),
    "bad epochs are counted in all, and not in a row": in_all,
    "the best loss is returned and not its epoch": lambda losses, patience: (
        as_keras_does(losses, patience)[0],
        losses[as_keras_does(losses, patience)[1] - 1],
    ),
}
visible_cases.record(
    "step_back",
    [
        ([0.9, 0.5, 0.6, 0.55, 0.4], 2),
        ([0.9, 0.5, 0.6, 0.55, 0.7, 0.8, 0.4], 2),
        ([0.9, 0.7, 0.5], 3),
        ([0.5, 0.5, 0.5, 0.4], 2),
        ([1.2, 0.8, 1.0, 0.9, 0.7, 0.7, 0.9, 0.75, 0.6, 0.5], 3),
        ([3, 2, 4, 1], 1),
        ([0.6], 4),
        ([0.9, 1.1, 0.8, 0.85, 0.9, 0.7], 3),
        ([0.9, 0.5, 0.49995, 0.49999, 0.49998], 2),
    ],
    as_keras_does,
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("step_back"):
    checks.run("step_back", step_back)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("step_back")
    for _ in range(30):
        drift = np.cumsum(rng.normal(-0.02, 0.12, int(rng.integers(2, 15))))
        arguments = np.round(2 + drift, 1).tolist(), int(rng.integers(1, 5))
        checks.returns(step_back, arguments, as_keras_does(*arguments), mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# The recorded runs fine-tune on digits for thirty epochs at a rate of 0.001, training block 4 and everything after it,
# with a hundred validation digits. Three of the four variants regularize, as the lecture advises (C25). **Weight
# decay** pulls each weight a little toward zero at every step. **Dropout** before the head silences some of its inputs
# at random during training. **Augmentation** shifts, rotates and zooms the images a little, but does not mirror them,
# because most mirrored digits are no longer digits.
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
figure.suptitle("The training loss keeps falling; in the plain run, the validation loss rises again")
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
# In the plain run, the training loss falls to almost nothing, and the validation loss starts to rise after about ten
# epochs. This is overfitting. Stepping back should lower the test loss. On average it does (for the plain run from 1.04
# to 0.95), but with five samples the drop is not clear for any of the four variants.
#
# Stepping back does not help accuracy: for the plain run it *costs* 4.2 percentage points. The two measures disagree
# because the cross-entropy punishes confident mistakes, while accuracy only counts mistakes. We stated the comparison
# in advance and repeated it with ten new samples. Stepping back cost accuracy again, but perhaps less than the margin
# that we set, so the verdict is inconclusive (C24).
#
# Of the three ways to regularize, two pay off at the best epochs: augmentation gains 6.6 percentage points and dropout
# 4.8. For weight decay we could not detect a difference. These gains look larger than they are, because stepping back
# makes the plain run worse. Compared at the last epoch, none of the three differs detectably from it. In ten new
# samples, with the comparison stated in advance, augmentation led at the last epoch, but perhaps by less than the
# margin. So the verdict on regularization is inconclusive, too (C25). Try several ways, and measure.
#
# **Step back according to the measure that you care about.**

# %% [markdown]
# ## Spot the bugs
#
# A colleague sends you this recipe. It trains the head first, unfreezes everything, and lets early stopping restore the
# best epoch. It runs without an error and reports an accuracy. Still, it contains three mistakes, and you have already
# met all of them. The audit below shows one of them, and that one hides another until you repair it.
#
# **Before you run the cells:** what are the three mistakes?


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
# | **Rules** | Use Adam at 0.01 in both stages. Keep the loss, the batch size and the numbers of epochs. |
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
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases

dense_student = ["input 8", "dense 16", "norm", "relu", "dense 12", "norm", "relu", "head 3"]
conv_student = ["input 4 5 2", "conv 4", "norm", "relu", "flatten", "dense 12", "norm", "relu", "head 3"]
blank_student = ["input 8", "dense 16", "norm", "relu", "blank", "head 3"]
plain_case, blank_case = (dense_student, [0.0, 0.0, 0.0]), (blank_student, [0.0, 0.1, 0.38])
hidden_blank = blank_student, [0.0, 0.1, float(checks.grading_rng("repaired_recipe").uniform(0.365, 0.39))]
hidden_plain = conv_student, [0.0, 0.0, float(checks.grading_rng("repaired_recipe").uniform(-0.3, 0.3))]


def kernel_layers(student):
    """The layers with a kernel of these students."""
    return [f"{text.split()[0]}0" for text in student if text.startswith(("conv", "dense"))][:1] + (
        ["dense1"] if student == dense_student else ["dense0"] if student == conv_student else []
    )


still_mistakes = {
    "nothing is compiled after the layers are unfrozen": lambda student, biases: kernel_layers(student),
    "the student is not trained at all": lambda student, biases: [*kernel_layers(student), "head"],
    "the head is frozen when the other layers learn": lambda student, biases: ["head"],
}
visible_cases.record("repaired_recipe", [plain_case], lambda student, biases: [], still_mistakes)
visible_cases.record("repaired_recipe_accuracy", [blank_case], lambda student, biases: "test")
### END HIDDEN TESTS
with progress.exercise("repaired_recipe"):
    checks.run("repaired_recipe", training_checks.recipe_still(repaired_recipe))
    checks.run("repaired_recipe_accuracy", training_checks.recipe_accuracy(repaired_recipe))
    ### BEGIN HIDDEN TESTS
    checks.returns(training_checks.recipe_still(repaired_recipe), hidden_plain, [], still_mistakes)
    checks.returns(training_checks.recipe_accuracy(repaired_recipe), hidden_blank, "test")
    ### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_repaired_recipe_statistics", "locked": true, "points": 1, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
norm_mistakes = {
    "the batch norms are trainable": lambda student, biases: [
        f"norm{number}" for number in range(student.count("norm"))
    ],
}
visible_cases.record("repaired_recipe_statistics", [plain_case], lambda student, biases: [], norm_mistakes)
### END HIDDEN TESTS
with progress.exercise("repaired_recipe_statistics"):
    checks.run("repaired_recipe_statistics", training_checks.recipe_norms(repaired_recipe))
    ### BEGIN HIDDEN TESTS
    checks.returns(training_checks.recipe_norms(repaired_recipe), hidden_plain, [], norm_mistakes)
    ### END HIDDEN TESTS


# %% nbgrader={"grade": true, "grade_id": "test_repaired_recipe_choice", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
def recipe_steps(*stages):
    """A head's biases after stages (rate, steps) of Adam on labels 0 alone, from given biases."""

    def train(student, start):
        biases = np.array(start)
        for rate, steps in stages:
            mean = square = 0.0
            for step in range(1, steps + 1):
                gradient = np.exp(biases) / np.exp(biases).sum() - np.array([1, 0, 0])
                mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
                scale = np.sqrt(square / (1 - 0.999**step)) + 1e-7
                biases = biases - rate * mean / (1 - 0.9**step) / scale
        return biases

    return train


choice_mistakes = {
    "the epoch is chosen on the test set": recipe_steps((0.01, 15), (0.01, 3)),
    "the epoch is chosen on the training set, or the last one is kept": recipe_steps((0.01, 15), (0.01, 60)),
    "the weights of the best epoch are not restored": recipe_steps((0.01, 15), (0.01, 18)),
    "the head is not trained first": recipe_steps((0.01, 21)),
    "the head is not trained first, and the last epoch is kept": recipe_steps((0.01, 60)),
    "only the head is trained, and for the first five epochs": recipe_steps((0.01, 15)),
    "the second stage has a rate of 0.001": recipe_steps((0.01, 15), (0.001, 60)),
    "the first stage has a rate of 0.001, Adam's default": recipe_steps((0.001, 15), (0.01, 21)),
    "both stages have a rate of 0.001, Adam's default": recipe_steps((0.001, 15), (0.001, 60)),
    "the batches have 32 samples, Keras' default": recipe_steps((0.01, 10), (0.01, 12)),
    "the second stage has 20 epochs more and no choice, in batches of 32": recipe_steps((0.01, 10), (0.01, 40)),
    "the student is not trained at all": recipe_steps(),
}
expected_choice = recipe_steps((0.01, 15), (0.01, 6))
visible_cases.record("repaired_recipe_choice", [blank_case], expected_choice, choice_mistakes, tolerance=2e-4)
### END HIDDEN TESTS
with progress.exercise("repaired_recipe_choice"):
    checks.run("repaired_recipe_statistics", training_checks.recipe_norms(repaired_recipe))
    checks.run("repaired_recipe_choice", training_checks.recipe_biases(repaired_recipe))
    ### BEGIN HIDDEN TESTS
    expected = expected_choice(*hidden_blank)
    checks.returns(training_checks.recipe_biases(repaired_recipe), hidden_blank, expected, choice_mistakes, 2e-4)
    ### END HIDDEN TESTS

# %% [markdown]
# Published tutorials have made each of these mistakes: nothing is unfrozen, statistics drift despite `training=False`,
# or a test set doubles as a validation set. A fourth mistake hides in the way that the sets are cut. The colleague
# numbers a hundred images, shuffles them with `tf.data`, takes fifty for training, then skips those fifty and uses the
# rest for validation.
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
# The student has trained on about half of them after the first epoch, and soon on all of them. A shuffled `tf.data`
# dataset comes in a **new order in every pass**. So the images that `skip` skips are not the ones that `take` took, and
# `take` takes different images in every epoch. Nothing warns you, and the validation accuracy rewards memorization.
#
# One widely read tutorial cuts its test set from the validation set in this way, so it does not test on unseen images.
#
# **A recipe that runs may still be wrong: audit the layers, and check that no image is in two sets.**

# %% [markdown]
# ### Exercise 3.7: Cut a dataset once
#
# Cut a shuffled dataset into two parts that never overlap.
#
# | | |
# |---|---|
# | **Signature** | `split_once(dataset, count)` |
# | **Arguments** | `dataset`: a finite, shuffled `tf.data.Dataset` of distinct whole numbers, with a new random order in each pass; `count`: the size of the first part, from 1 to the size of the dataset |
# | **Returns** | a pair of datasets: `count` elements sampled at random, and all the others |
# | **Rules** | No element is in both parts, and none is lost. Every pass over a part gives the same elements, in any order. |
# | **Example** | For the numbers 0 to 4 and `count = 2`, one correct result has 3 and 0 in the first part, and 1, 2 and 4 in the second. |
# | **Points** | 2 points |
#
# <details><summary>Hint</summary>
# A single pass has a single order. What can you keep from that pass, and how does `tf.data` make a dataset from it?
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
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases

mistakes = {
    "the two parts are swapped": lambda size, count: [size - count, count],
    "nothing is cut off": lambda size, count: [size, 0],
    "one element more is in the first part": lambda size, count: [count + 1, size - count - 1],
    "the dataset is cut into halves": lambda size, count: [size // 2, size - size // 2],
    "both parts have `count` elements": lambda size, count: [count, count],
}
visible_cases.record("split_once", [(60, 20), (41, 33), (30, 30)], lambda size, count: [count, size - count], mistakes)
### END HIDDEN TESTS
with progress.exercise("split_once"):
    checks.run("split_once", sampling_checks.part_sizes(split_once))
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("split_once")
    for _ in range(4):
        hidden_size = int(rng.integers(50, 200))
        arguments = hidden_size, int(rng.integers(20, hidden_size - 20))
        checks.returns(
            sampling_checks.part_sizes(split_once), arguments, [arguments[1], hidden_size - arguments[1]], mistakes
        )
    ### END HIDDEN TESTS

# %% [markdown]
# ## Two more traps
#
# The first trap stops you with an error. To show where a network looked (Grad-CAM), you need a model that also returns
# the maps of an inner layer. If one model is nested in another, this does not work:

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
# The maps belong to the base's graph, and no path leads to them from the outer model's input. (Older versions call this
# "Graph disconnected".) Start at the base's own input. Or attach the head to `base.output`, as `fine_tune` does, so
# that all layers are in one list.
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
# colors that are too weak. `teachers.load` adds the missing layer.
#
# **After you load a teacher, check its predictions on a few images against known ones.**

# %% [markdown]
# ### Written answer: would you fine-tune?
#
# A museum has 300 photos of 30 kinds of beetles. A hospital has 300 ultrasound images in two classes. Both have a
# teacher trained on ImageNet. Answer for both of them, in about eight sentences altogether, with numbers from this
# unit. (3 points)
#
# - Would you fine-tune, and from which layer on? (1 point)
# - Would you train the head first? Which learning rates would you try, what would you do with the batch norms, and
#   which images would you use to decide? (1 point)
# - Which result of this unit would you not rely on in these two cases, and why? (1 point)

# %% [markdown] nbgrader={"grade": true, "grade_id": "why_fine_tune", "locked": false, "points": 3, "schema_version": 3, "solution": true}
# Beetles are a near target, because ImageNet has many insects. I would begin with frozen features, since fine-tuning
# gained at most 0.2 percentage points for new people here. Then I would unfreeze a late block with the head trained
# first, because this order was better for the near target.
#
# Ultrasound is far from ImageNet, and frozen late features worked poorly on digits, the far target here. So I would
# unfreeze several blocks. I would also try training everything at once, which was better than head first for digits at
# 0.001.
#
# For the beetles I would begin at a rate of 0.0001, for the ultrasound at 0.001, and try others nearby. A rate of 0.01
# damaged features here, and another teacher may break at a lower one. The batch norms stay frozen, and an audit proves
# it. I would set aside part of the 300 images for validation, use them to choose the rate, depth and epoch, and use the
# test set once.
#
# I would not trust the exact best rate or depth. They were measured with one small teacher, on synthetic faces and
# digits.
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
# At which rate does a teacher trained on real photos break? The recorded runs fine-tune MobileNetV2, which has 52 batch
# norms, on cats and dogs with fifty photos of each. The head is trained first. Then either the last four of the
# network's 17 blocks or most of them (14) learn for six epochs. A third variant trains these 14 blocks without freezing
# the batch norms. We use five samples of photos at 96 pixels. The small size saves time but costs accuracy.
#
# **Before you run the cells:** which variant will lose the most accuracy at the highest rate?

# %% tags=["nbval-check-output"]
with_photos = results("real_fine_tuning")
ways = {"last_four": "last four blocks", "most": "most blocks", "most_norms_free": "most, batch norms free"}
print(f"frozen base: {shown(with_photos['frozen'])}; each of the others, sample by sample:")
for way, name in ways.items():
    for rate, entry in with_photos[way].items():
        samples = ", ".join(f"{value:.1%}" for value in entry["values"])
        print(f"{name:<22} at {rate:<6} mean {entry['mean']:.1%}; {samples}")

# %%
_, axes = plt.subplots(figsize=(7.2, 4.2))
for (way, name), marker in zip(ways.items(), "os^", strict=True):
    rates = [float(rate) for rate in with_photos[way]]
    (line,) = axes.plot(rates, [entry["mean"] for entry in with_photos[way].values()], marker=marker, label=name)
    axes.plot(rates, [entry["values"] for entry in with_photos[way].values()], ".", color=line.get_color(), alpha=0.5)
axes.axhline(with_photos["frozen"]["mean"], color=plots.COLORS["black"], linestyle="--", label="frozen")
axes.axhline(1 / 2, color=plots.COLORS["black"], linestyle=":", label="chance")
axes.set(title="Cats and dogs: at the highest rate, the teacher loses accuracy", xlabel="learning rate", xscale="log")
axes.set_ylabel("accuracy")
axes.legend(loc="center left")
plt.show()

# %% [markdown]
# At a rate of 0.001, fine-tuning costs accuracy. With most blocks learning, the network only guesses in three of the
# five samples; in the best one, it keeps 86.0%. Such values form two clusters that no interval describes well, so the
# figure shows every sample as a dot. With the last four blocks, accuracy falls to 84.3% on average, and no sample comes
# near guessing.
#
# So a high rate costs accuracy with a teacher trained on real photos, too (C20). We did not test whether the features
# or the head suffered. The course's own teacher withstood a rate of 0.001 in the runs above. But those runs trained
# other layers on other targets, so we cannot say that the teachers differ.
#
# With the batch norms free, no sample falls to guessing, but five samples are too few to credit this to the batch
# norms. At the two lower rates fine-tuning neither gains nor loses anything that we could detect. Cats and dogs are a
# near target: ImageNet has many of both, and the frozen features are hard to beat.
#
# **A rate that is safe in one setting can be too high in another, so begin with a low one.**
#
# Now fine-tune the last block alone, for two epochs. The audit shows whether the statistics stayed the same. Photos and
# weights come from the internet or from a mirror server at your school. Without either, the cell prints a message.

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
#    An audit shows both with one line of code.
# 2. **Three steps** (C18, C19, C20). A high rate made the features less accurate on held-out people, and on photos it
#    cost accuracy, too. On dark and moved images of people, training the head first kept more of the accuracy; for
#    digits we could not detect such an effect (C20). Training the head first makes the gradients smaller. This order
#    helped on a near target, but hurt on digits at 0.001.
# 3. **Gradual unfreezing** (C21) cost accuracy on average when all stages were equally long. With a longer last stage
#    we could detect neither a loss nor a gain. The advice remains undecided.
# 4. **Depth** (C19, C22). Training later layers was better than training the head alone for digits and galaxies, where
#    a small network from scratch was better still; for photos we could not detect a gain. On average over three
#    targets, deep training's advantage over the head alone was larger with more images, and galaxies contributed most.
# 5. **Stopping and regularization** (C24, C25). Stepping back to the lowest validation loss cost the plain run
#    accuracy. At the epochs kept in this way, augmentation and dropout were more accurate than the plain run, but part
#    of this gain exists only because stepping back cost the plain run accuracy. Both questions remain undecided.
# 6. **Read recipes with suspicion.** A wrong recipe runs without an error, just like a correct one, and sets that are
#    cut from a reshuffled dataset leak into each other.
#
# So far, all layers that learned used the same rate. Should layers near the input change more slowly, because their
# features are more general? Unit 04 asks this question.

# %%
progress
