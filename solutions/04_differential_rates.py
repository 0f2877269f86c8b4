# %% [markdown]
# # Unit 04: Differential learning rates
#
# When you fine-tune a network, should all its layers learn at the same rate? If features near the input are more
# general than those near the output, as the lecture says (C07), perhaps they should change more slowly. The lecture
# recommends such differential rates (C23): give each group of layers a rate that is 3 to 10 times lower than the next
# group's. How do you do this in Keras, what can go wrong silently, and is it worth the trouble?
#
# By the end of this unit you can
#
# 1. divide a teacher into groups of layers and give them a geometric ladder of rates;
# 2. show with numbers why scaling a gradient does not scale the learning rate under Adam;
# 3. train with one optimizer that gives each group its own rate, and prove that every layer is in a group;
# 4. find a rate with a rate finder, and draw, choose and compute schedules;
# 5. decide by a fair comparison when a ladder is worth it, and implement LoRA, an alternative to it.
#
# **Time:** about 125 minutes. Seven exercises and one written answer, 26 points. All cells together run in about a
# minute on two processor cores.

# %%
import sys

if "google.colab" in sys.modules:
    # %pip install -q git+https://github.com/tlcourse/tlcourse
    pass

from tlcourse import keras_settings

keras_settings.import_quietly()  # Keras, without TensorFlow's notes on this machine

# %% tags=["setup"]
import itertools
import re
import tempfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np

from tlcourse import checks, finetuning, learning_rates, model_checks, plots, rate_finder, schedules, teachers, widgets
from tlcourse.data import results
from tlcourse.datasets import digits
from tlcourse.stats import paired_difference

keras.utils.set_random_seed(0)
plots.style()
progress = checks.Progress(
    {
        "rates_by_layer": "Exercise 4.1 rates_by_layer",
        "adam_steps": "Exercise 4.2 adam_steps",
        "adam_steps_scaled": "Exercise 4.2 adam_steps, with scaled gradients",
        "grouped_step": "Exercise 4.3 grouped_step",
        "coverage": "Exercise 4.4 coverage",
        "steepest_rate": "Exercise 4.5 steepest_rate",
        "slanted_triangle": "Exercise 4.6 slanted_triangle",
        "low_rank": "Exercise 4.7 low_rank",
        "low_rank_start": "Exercise 4.7 low_rank, before training",
    }
)

# %% [markdown]
# ## General features first
#
# In unit 02 we cut the faces teacher after each of its 16 layers. At each cut, we trained a linear classifier on the
# features, once for new people and once for digits. Layers 1 to 7 form blocks 1 to 3, so `block3_pool` comes after
# layer 7. In the figure, blocks 4 and 5 are shaded.
#
# **Before you run the cells:** after which layer will each of the two curves peak?

# %%
by_layer = results("cut_layer")
layers = [name for name in by_layer["digits"] if name != "pixels"]
axes = plots.accuracy_curves(range(1, 17), {name: [by_layer[key][layer] for layer in layers]
                                            for name, key in (("new people", "faces"), ("digits", "digits"))})  # fmt: skip
axes.set(xlabel="cut after layer", title="Early layers suit digits, late layers suit faces")
for name, first, last, shade in (("block 4", 8, 10, 0.1), ("block 5", 11, 13, 0.2)):
    axes.axvspan(first - 0.5, last + 0.5, color="gray", alpha=shade, linewidth=0)
    axes.annotate(name, ((first + last) / 2, 0.02), xycoords=("data", "axes fraction"), ha="center")
plt.show()

# %% tags=["nbval-check-output"]
for layer in (1, 4, 5, 7, 8, 14):
    people, figures = (by_layer[key][layers[layer - 1]]["mean"] for key in ("faces", "digits"))
    print(f"cut after layer {layer:>2}: new people {people:.1%}, digits {figures:.1%}")

# %% [markdown]
# The classifier recognizes digits best after layers 4 and 5, at about 93%, and worse after every later layer. The
# information that distinguishes people builds up layer by layer. For people, accuracy rises from 24% after the first
# layer to 97.7% after layer 14.
#
# So the early layers are useful for both tasks, although they are not enough for people. (The figure has no untrained
# network. On digits, early layers of untrained networks do about as well, so there, training hardly explains why these
# layers are useful.) The late layers hold features that matter more for faces than for digits. This leads to the
# argument for a ladder of rates. You want to keep what is general, so the early layers should move little. You want to
# relearn what is specific, so the late layers should move far.
#
# This sounds right, but it does not say *how much* you can gain. For digits it may even be wrong, because there the
# features of blocks 4 and 5 do worse than earlier ones.
#
# **Here, early layers serve both tasks, and late layers serve faces much better than digits.**

# %% [markdown]
# ## Groups of layers, and a ladder of rates
#
# The student is the one from unit 03: the faces teacher, cut after block 3. Everything below the cut is frozen, so we
# compute its outputs only once. A new head for ten digits goes on top, and we train it first.

# %%
train, test = digits.split(seed=0)
base = teachers.load("faces_vgg16", head=False)
lower, upper = finetuning.split(base, "block3_pool")
train_maps = lower.predict(train.images, batch_size=256, verbose=0)
student = keras.Model(upper.input, keras.layers.Dense(10, name="head")(upper.output))
fresh = student.get_weights()
upper.trainable = False
finetuning.recompile(student, learning_rate=1e-2)
student.fit(train_maps, train.labels, batch_size=20, epochs=30, verbose=0)
with_head = student.get_weights()

# %% [markdown]
# There are four groups: block 4, block 5, the dense layers and the head. Batch norms stay frozen, for the reasons that
# unit 03 gives.
#
# Count the trainable parameters in each group, and check that the groups together contain all of them. A layer that is
# in no group would not get the rate that you meant for it, and nothing would warn you.

# %%
finetuning.unfreeze_from(student, "block4_conv1")
groups = finetuning.layer_groups(student, ["block5_conv1", "fc1", "head"])
rates = learning_rates.ladder(highest=1e-3, groups=len(groups), factor=3)

# %% tags=["nbval-check-output"]
counts = [sum(int(np.prod(w.shape)) for layer in group for w in layer.trainable_weights) for group in groups]
for group, count, rate in zip(groups, counts, rates, strict=True):
    learning = sum(bool(layer.trainable_weights) for layer in group)
    print(f"{group[0].name:<14} trainable layers {learning}, parameters {count:>7,}, rate {rate:.6f}")
assert sum(counts) == finetuning.trainable_count(student)
print(f"total number of parameters {sum(counts):,}")

# %%
axes = plt.figure(figsize=(7, 3), layout="constrained").add_subplot()
steps = axes.bar(["blocks 1-3", "block 4", "block 5", "dense", "head"], [0, *rates], color=plots.COLORS["blue"])
axes.bar_label(steps, ["frozen", *(f"{rate:.6f}" for rate in rates)])
axes.set(xlabel="layers from the input to the output", ylabel="learning rate", ylim=(0, 1.15 * rates[-1]))
axes.set_title("From one group to the next, the learning rate triples")
plt.show()

# %% [markdown]
# A **ladder** is geometric: from each group to the next, the rate grows by the same *factor*, here 3. With a factor of
# 10, the first of four groups has a rate of $0.001 / 10 / 10 / 10 = 0.000001$. This is one thousandth of the last
# group's rate.
#
# **A ladder multiplies the rate by one factor from each group to the next.**
#
# ### Exercise 4.1: Set a rate for each layer
#
# Give each *layer* a learning rate, from the input to the output.
#
# | | |
# |---|---|
# | **Signature** | `rates_by_layer(sizes, lowest, highest)` |
# | **Arguments** | `sizes`: the number of layers in each group, integers of 1 or more; `lowest`, `highest`: floats above 0, which may be equal |
# | **Returns** | a list of floats, one rate for each layer |
# | **Rules** | All layers of a group share a rate. The first group gets `lowest`, and the last gets `highest`. From each group to the next, the rate grows by the same factor. A single group gets `highest`. |
# | **Example** | `rates_by_layer([2, 1, 2], 0.0001, 0.01)` is `[0.0001, 0.0001, 0.001, 0.01, 0.01]` |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# Three groups have two steps between them. NumPy has a relative of `np.linspace` for numbers that grow by a factor.
# What does it return if you ask for one number?
# </details>


# %% nbgrader={"grade": false, "grade_id": "rates_by_layer", "locked": false, "schema_version": 3, "solution": true}
def rates_by_layer(sizes, lowest, highest):
    """Learning rates, one for each layer; from group to group they grow by one factor."""
    ### BEGIN SOLUTION
    rates = np.geomspace(highest, lowest, len(sizes))[::-1]  # the first of them is kept if there is only one
    return np.repeat(rates, sizes).tolist()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_rates_by_layer", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def per_layer(of_groups):
    """The rates of layers, from a function that gives those of groups: of their number, `lowest`, `highest`."""
    return lambda sizes, lowest, highest: [
        float(rate)
        for rate, size in zip(of_groups(len(sizes), lowest, highest), sizes, strict=True)
        for _ in range(size)
    ]


def rungs(count, lowest, highest, first=0, steps=None):
    """Rates of groups, counted out by logarithms; a single group has `highest`."""
    step = np.log10(highest / lowest) / (steps or max(count - 1, 1))
    return [10 ** (np.log10(lowest) + (n + first) * step) for n in range(count)] if count > 1 else [highest]


def evenly(count, lowest, highest):
    return [highest - (count - 1 - n) / max(count - 1, 1) * (highest - lowest) for n in range(count)]


mistakes = {
    "the rates grow by a constant difference instead of a factor": per_layer(evenly),
    "the first group gets the highest rate": per_layer(lambda n, low, high: rungs(n, low, high)[::-1]),
    "there is a rate for each group instead of each layer": lambda s, low, high: rungs(len(s), low, high),
    "a single group gets the lowest rate": per_layer(lambda n, low, high: rungs(n, low, high) if n > 1 else [low]),
    "a single group gets the mean of both rates": per_layer(
        lambda n, low, high: rungs(n, low, high) if n > 1 else [(low + high) / 2]
    ),
    "the sizes are taken from the last group to the first": lambda s, low, high: np.repeat(
        rungs(len(s), low, high), s[::-1]
    ),
    "the factor is taken for one step too many: between n groups there are n - 1": per_layer(
        lambda n, low, high: [low * (high / low) ** (i / n) for i in range(n)]
    ),
    "the factor is taken for one step too many: the first group has `lowest` itself": per_layer(
        lambda n, low, high: [low * (high / low) ** ((i + 1) / n) for i in range(n)]
    ),
    "each layer has a rung of its own": lambda s, low, high: rungs(sum(s), low, high),
    "the factor is always 10, counted up from `lowest`": per_layer(
        lambda n, low, high: [low * 10**i for i in range(n)]
    ),
    "the factor is always 10, counted down from `highest`": per_layer(
        lambda n, low, high: [high / 10 ** (n - 1 - i) for i in range(n)]
    ),
    "the factor is added up instead of multiplied": per_layer(
        lambda n, low, high: [low * (1 + i * ((high / low) ** (1 / max(n - 1, 1)) - 1)) for i in range(n)]
    ),
    "a group's rate is divided among its layers": lambda s, low, high: [
        rung / size for rung, size in zip(rungs(len(s), low, high), s, strict=True) for _ in range(size)
    ],
    "the rates form a list for each group": lambda s, low, high: [
        [rung] * size for rung, size in zip(rungs(len(s), low, high), s, strict=True)
    ],
    "the groups are repeated as a whole, not layer by layer": lambda s, low, high: np.tile(
        rungs(len(s), low, high), max(s)
    )[: sum(s)],
    "the rates are logarithms": per_layer(lambda n, low, high: np.log10(rungs(n, low, high))),
}
visible_cases.record(
    "rates_by_layer",
    [
        ([2, 1, 2], 1e-4, 1e-2),
        ([3], 1e-4, 1e-2),
        ([1, 3], 1e-4, 1e-2),
        ([3, 1, 1, 2], 0.002, 0.25),
        ([2, 1, 1], 0.01, 0.01),
    ],
    per_layer(rungs),
    mistakes,
    tolerance=1e-7,
)
### END HIDDEN TESTS
with progress.exercise("rates_by_layer"):
    checks.run("rates_by_layer", rates_by_layer)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("rates_by_layer")
    for count in (1, 2, 3, 4, 6):
        arguments = rng.integers(1, 5, count).tolist(), 10 ** rng.uniform(-5, -3.5), 10 ** rng.uniform(-3, -1)
        checks.returns(rates_by_layer, arguments, per_layer(rungs)(*arguments), mistakes, tolerance=1e-7)
    ### END HIDDEN TESTS

# %% [markdown]
# ## Scaling the gradient is not a learning rate
#
# One tempting trick needs no new optimizer: multiply the gradients of the early layers by 0.01 before you pass them to
# the optimizer. With plain gradient descent, this *does* have the same effect as one hundredth of the learning rate.
#
# In the next cells, five hundred weights get the same gradients, once unchanged and once scaled.
#
# **Before you run the cells:** how far do the scaled gradients move the weights in five steps, compared with the
# unscaled ones?


# %%
def distance(optimizer, scale, steps=1):
    """Distance that 500 weights move when the same gradients, multiplied by `scale`, are applied."""
    rng = np.random.default_rng(0)
    weights = keras.Variable(np.zeros(500, "float32"))
    for _ in range(steps):
        optimizer.apply([keras.ops.convert_to_tensor(scale * rng.normal(size=500).astype("float32"))], [weights])
    return float(np.linalg.norm(weights.numpy()))


# %% tags=["nbval-check-output"]
makers = {"SGD": keras.optimizers.SGD, "RMSprop": keras.optimizers.RMSprop, "Adam": keras.optimizers.Adam}
for name, make in makers.items():
    share = distance(make(0.01), 0.01, steps=5) / distance(make(0.01), 1.0, steps=5)
    print(f"{name:<8} gradients times 0.01: {share:.3f} of the full distance; rate times 0.01: ", end="")
    print(f"{distance(make(0.0001), 1.0, steps=5) / distance(make(0.01), 1.0, steps=5):.3f}")

# %% [markdown]
# Gradient descent covers one hundredth of the distance. Adam covers all of it, and RMSprop covers 0.974 of it. Adam and
# RMSprop divide each gradient by a running estimate of its size, so a constant factor cancels. With a *rate* that is
# 100 times lower, all three cover one hundredth of the distance.
#
# How small must the factor be before Adam notices it?

# %%
scales = 10.0 ** np.arange(0, -11, -1)
figure, axes = plt.subplots(figsize=(7, 3.4), layout="constrained")
for (name, make), look in zip(makers.items(), ("o-", "s--", "^-."), strict=True):
    axes.loglog(scales, [distance(make(0.01), s) / distance(make(0.01), 1.0) for s in scales], look, label=name)
axes.set(
    xlabel="factor on the gradient",
    ylabel="share of the full step",
    title="Adam ignores the factor until gradients are tiny",
)
axes.invert_xaxis()
axes.legend()
plt.show()

# %% [markdown]
# Adam notices the factor only when the gradients come near `epsilon`, a tiny number that prevents division by zero. In
# Keras, Adam's step drops to two thirds at a factor of $10^{-5}$. The reason is that Keras adds its $\epsilon =
# 10^{-7}$ before it corrects the running means. In the first step, this acts like an epsilon some thirty times as
# large.
#
# With the paper's version of Adam, which you write in exercise 4.2, the first step falls to about a half only at
# $10^{-7}$. RMSprop notices epsilon sooner, because there Keras adds it under the square root.
#
# Real gradients of well-trained layers can be that small. So the trick has some effect, but not the effect of a lower
# learning rate. How large this effect is depends on everything else.
#
# **With Adam, scaling the gradient does not lower the learning rate.**
#
# ### Exercise 4.2: Compute Adam's steps
#
# Compute the steps that Adam takes for one weight.
#
# | | |
# |---|---|
# | **Signature** | `adam_steps(gradients, learning_rate, scale=1.0)` |
# | **Arguments** | `gradients`: a list of floats; `scale`: the factor that multiplies each gradient first |
# | **Returns** | the steps, a list or an array with one float for each gradient |
# | **Rules** | Use the formulas below, with $\epsilon = 10^{-7}$ and the learning rate $\eta$. |
# | **Example** | `adam_steps([1.0, -3.0, 0.5], 0.01)` is about `[-0.01, 0.00494, 0.00277]` |
# | **Points** | 4 points: 2 plain, 2 scaled |
#
# Let $g_t$ be the scaled gradient of step $t = 1, 2, \ldots$, and start from $m_0 = v_0 = 0$:
#
# $$m_t = 0.9 \, m_{t-1} + 0.1 \, g_t, \qquad v_t = 0.999 \, v_{t-1} + 0.001 \, g_t^2$$
#
# $$\text{step}_t = -\eta \, \frac{m_t / (1 - 0.9^t)}{\sqrt{v_t / (1 - 0.999^t)} + \epsilon}$$
#
# This is algorithm 1 of Kingma & Ba (2015). Keras adds $\epsilon$ in a different place, which matters only with tiny
# gradients.
#
# <details><summary>Hint</summary>
# Write a loop with two running means. `enumerate(gradients, start=1)` counts as the formula does. Does `scale` multiply the input or the output?
# </details>


# %% nbgrader={"grade": false, "grade_id": "adam_steps", "locked": false, "schema_version": 3, "solution": true}
def adam_steps(gradients, learning_rate, scale=1.0):
    """Steps by which Adam changes one weight, with its gradients multiplied by `scale`."""
    ### BEGIN SOLUTION
    mean, square, steps = 0.0, 0.0, []
    for number, gradient in enumerate(gradients, start=1):
        gradient = scale * gradient
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        size = np.sqrt(square / (1 - 0.999**number)) + 1e-7
        steps.append(float(-learning_rate * mean / (1 - 0.9**number) / size))
    return steps
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_adam_steps", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def adam(gradients, learning_rate, scale=1.0, betas=(0.9, 0.999), corrected=(True, True), late=0, divisor=None):
    """Adam without a loop: the running means as sums with falling weights."""
    scaled = scale * np.asarray(gradients, dtype=float)
    steps = np.arange(len(scaled))
    ages = steps[:, None] - steps
    means = []
    for beta, values, correct in zip(betas, (scaled, scaled**2), corrected, strict=True):
        mean = np.where(ages >= 0, (1 - beta) * beta ** np.maximum(ages, 0), 0.0) @ values
        means.append(mean / (1 - beta ** (1 + late + steps)) if correct else mean)
    size = np.sqrt(means[1]) + 1e-7 if divisor is None else divisor(means[1])
    with np.errstate(invalid="ignore"):  # without ε, a first gradient of 0 gives nan
        return -learning_rate * means[0] / size


def adam_with(**changed):
    """Adam with a mistake."""
    return lambda gradients, rate, scale=1.0: adam(gradients, rate, scale, **changed)


def carrying_on(gradients, learning_rate, scale=1.0):
    """The corrected means go into the next step."""
    mean, square, steps = 0.0, 0.0, []
    for number, gradient in enumerate(gradients, start=1):
        mean = (0.9 * mean + 0.1 * scale * gradient) / (1 - 0.9**number)
        square = (0.999 * square + 0.001 * (scale * gradient) ** 2) / (1 - 0.999**number)
        steps.append(-learning_rate * mean / (np.sqrt(square) + 1e-7))
    return steps


mistakes = {
    "`scale` multiplies the step instead of the gradient": lambda g, rate, scale=1.0: scale * adam(g, rate),
    "`scale` is not used": lambda g, rate, scale=1.0: adam(g, rate),
    "the steps go uphill: the sign is missing": lambda g, rate, scale=1.0: -adam(g, rate, scale),
    "the two running means are not corrected for their start at 0": adam_with(corrected=(False, False)),
    "only the first running mean is corrected for its start at 0": adam_with(corrected=(True, False)),
    "only the second running mean is corrected for its start at 0": adam_with(corrected=(False, True)),
    "the next step starts from the corrected means": carrying_on,
    "the correction counts the steps from 2": adam_with(late=1),
    "the size of the gradient is used in place of its square": lambda g, rate, scale=1.0: (
        adam(g, rate, scale, divisor=np.ones_like)
        / (adam(np.abs(g), -1.0, scale, betas=(0.999, 0.9), divisor=np.ones_like) ** 0.5 + 1e-7)
    ),
    "0.9 and 0.999 are swapped": adam_with(betas=(0.999, 0.9)),
    "0.9 is used for both running means": adam_with(betas=(0.9, 0.9)),
    "0.999 is used for both running means": adam_with(betas=(0.999, 0.999)),
    "0.99 is used in place of 0.999": adam_with(betas=(0.9, 0.99)),
    "ε stands under the root": adam_with(divisor=lambda v: np.sqrt(v + 1e-7)),
    "ε is left out": adam_with(divisor=np.sqrt),
    "ε is added before the second running mean is corrected, as in Keras": lambda g, rate, scale=1.0: (
        adam(g, rate, scale, corrected=(True, False)) * np.sqrt(1 - 0.999 ** (1 + np.arange(len(g))))
    ),
    "ε is 1e-8": adam_with(divisor=lambda v: np.sqrt(v) + 1e-8),
    "the root is left out": adam_with(divisor=lambda v: v + 1e-7),
    "the first running mean is not divided by the second": adam_with(divisor=np.ones_like),
    "the weight's position is returned instead of its steps": lambda g, rate, scale=1.0: np.cumsum(
        adam(g, rate, scale)
    ),
    "every step is taken for the first": lambda g, rate, scale=1.0: -rate * np.sign(g),
    "the step is the scaled gradient, as in plain gradient descent": lambda g, rate, scale=1.0: (
        -rate * scale * np.asarray(g)
    ),
    "the current gradient is used in place of the first running mean": adam_with(betas=(0.0, 0.999)),
    "the current gradient is squared in place of the second running mean": adam_with(betas=(0.9, 0.0)),
    "the learning rate is left out": lambda g, rate, scale=1.0: adam(g, 1.0, scale),
    "only the last step is returned": lambda g, rate, scale=1.0: adam(g, rate, scale)[-1],
}
visible_cases.record(
    "adam_steps",
    [([1.0, -3.0, 0.5], 0.01), ([2.0, 2.0], 0.1), ([-0.5, 4.0, 0.0, 1.5, -2.0], 0.3)],
    adam,
    mistakes,
)
assert np.allclose(adam([1.0, -3.0, 0.5], 0.01), [-0.01, 0.00494, 0.00277], atol=1e-5)  # as in the text
### END HIDDEN TESTS
with progress.exercise("adam_steps"):
    checks.run("adam_steps", adam_steps)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("adam_steps")
    for _ in range(5):
        hidden_gradients = rng.uniform(0.5, 3, int(rng.integers(3, 20))) * (-1) ** rng.integers(2)
        hidden_gradients[1::2] *= rng.choice([-1, 1], len(hidden_gradients[1::2]))
        arguments = hidden_gradients.tolist(), float(10 ** rng.uniform(-2, 0))
        checks.returns(adam_steps, arguments, adam(*arguments), mistakes)
    hidden_gradients, hidden_weight = rng.normal(size=6).tolist(), keras.Variable(0.0)
    hidden_adam, hidden_positions = keras.optimizers.Adam(0.1), []
    for hidden_gradient in hidden_gradients:
        hidden_adam.apply([keras.ops.convert_to_tensor(hidden_gradient, "float32")], [hidden_weight])
        hidden_positions.append(float(hidden_weight.numpy()))
    walked = np.cumsum(np.asarray(adam_steps(hidden_gradients, 0.1), dtype=float))
    checks.equal("where Keras' own Adam arrives after the same gradients", walked, hidden_positions, tolerance=1e-4)
    ### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_adam_steps_scaled", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
visible_cases.record(
    "adam_steps_scaled",
    [([1.0, -3.0, 0.5], 0.01, 0.01), ([1.0, -3.0, 0.5], 0.01, 1e-7), ([0.0, 2.0, -1.0], 0.5, 3.0)],
    adam,
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("adam_steps_scaled"):
    checks.run("adam_steps_scaled", adam_steps)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("adam_steps_scaled")
    for _ in range(6):
        hidden_gradients = rng.normal(size=int(rng.integers(3, 12))).tolist()
        arguments = hidden_gradients, float(10 ** rng.uniform(-2, 0)), float(10 ** rng.uniform(-7, 1))
        checks.returns(adam_steps, arguments, adam(*arguments), mistakes)
    ### END HIDDEN TESTS

# %%
for scale in (1.0, 0.01, 1e-7):
    print(f"gradients times {scale:g}:", np.round(adam_steps([1.0, -3.0, 0.5], 0.01, scale), 5))

# %% [markdown]
# A factor of 0.01 leaves Adam's steps as they were. To slow down a group, give it its own rate inside the optimizer's
# step.
#
# ### Exercise 4.3: Step with a rate for each group
#
# Take one step of gradient descent with momentum, in which each group of weights has its own rate.
#
# | | |
# |---|---|
# | **Signature** | `grouped_step(weights, velocities, gradients, rates, momentum)` |
# | **Arguments** | `weights`, `velocities`, `gradients`: lists of float arrays, one array for each group; `rates`: a list of floats; `momentum`: a float |
# | **Returns** | the pair `(new weights, new velocities)`, two lists of arrays |
# | **Rules** | As in Keras, group $i$ gets the velocity $v_i^\text{new} = \mu v_i - \eta_i g_i$ and the weights $w_i^\text{new} = w_i + v_i^\text{new}$, with the momentum $\mu$ and *its own* rate $\eta_i$. Do not change the arrays that you receive. |
# | **Example** | With arrays written as lists: for weights `[[1.0], [1.0]]`, velocities `[[0.0], [1.0]]`, gradients `[[2.0], [2.0]]`, rates `[0.1, 1.0]` and a momentum of 0.5, the result is `([[0.8], [-0.5]], [[-0.2], [-1.5]])`. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# `zip` walks through all four lists together. `w += v` changes the array that you received; `w + v` makes a new one.
# </details>


# %% nbgrader={"grade": false, "grade_id": "grouped_step", "locked": false, "schema_version": 3, "solution": true}
def grouped_step(weights, velocities, gradients, rates, momentum):
    """New weights and new velocities of all groups after one step with momentum, each group at its own rate."""
    ### BEGIN SOLUTION
    velocities = [
        momentum * velocity - rate * gradient
        for velocity, gradient, rate in zip(velocities, gradients, rates, strict=True)
    ]
    return [weight + velocity for weight, velocity in zip(weights, velocities, strict=True)], velocities
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_grouped_step", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def keras_step(weights, velocities, gradients, rates, momentum):
    """By one Keras optimizer for each group."""
    moved, kept = [], []
    for weight, velocity, gradient, rate in zip(weights, velocities, gradients, rates, strict=True):
        variable = keras.Variable(weight.astype("float32"))
        optimizer = keras.optimizers.SGD(rate, momentum=momentum)
        optimizer.build([variable])
        optimizer.momentums[0].assign(velocity.astype("float32"))
        optimizer.apply([keras.ops.convert_to_tensor(gradient.astype("float32"))], [variable])
        moved.append(variable.numpy())
        kept.append(optimizer.momentums[0].numpy())
    return moved, kept


def stepped(velocity=None, weight=None):
    """A step by other formulas: `velocity` of v, g, a group's rate, all rates, m; `weight` of w, old v, new v, g, rate, m."""

    def step(weights, velocities, gradients, rates, momentum):
        moved, kept = [], []
        for w, v, g, rate in zip(weights, velocities, gradients, rates, strict=True):
            correct = momentum * v - rate * g
            new = correct if velocity is None else velocity(v, g, rate, rates, momentum)
            kept.append(new)
            moved.append(w + new if weight is None else weight(w, v, new, g, rate, momentum))
        return moved, kept

    return step


mistakes = {
    "all groups move at the last group's rate": stepped(lambda v, g, rate, rates, m: m * v - rates[-1] * g),
    "all groups move at the first group's rate": stepped(lambda v, g, rate, rates, m: m * v - rates[0] * g),
    "all groups move at the mean of the rates": stepped(lambda v, g, rate, rates, m: m * v - np.mean(rates) * g),
    "the rate multiplies the velocity, too": stepped(lambda v, g, rate, rates, m: rate * (m * v - g)),
    "the rate is left out": stepped(lambda v, g, rate, rates, m: m * v - g),
    "the step goes uphill": stepped(lambda v, g, rate, rates, m: m * v + rate * g),
    "the momentum is left out": stepped(lambda v, g, rate, rates, m: -rate * g),
    "the old velocity is added without the momentum": stepped(lambda v, g, rate, rates, m: v - rate * g),
    "the gradient is weighted with 1 - momentum": stepped(lambda v, g, rate, rates, m: m * v - (1 - m) * rate * g),
    "the momentum multiplies the gradient, too": stepped(lambda v, g, rate, rates, m: m * (v - rate * g)),
    "the rate and the momentum are swapped": stepped(lambda v, g, rate, rates, m: rate * v - m * g),
    "the velocity has the other sign, as in w = w - v": stepped(
        lambda v, g, rate, rates, m: m * v + rate * g, lambda w, v, new, g, rate, m: w - new
    ),
    "the rate multiplies the new velocity in the step of the weights, as in PyTorch": stepped(
        lambda v, g, rate, rates, m: m * v + g, lambda w, v, new, g, rate, m: w - rate * new
    ),
    "a group whose rate is 0 is left out, although its old velocity still moves it": stepped(
        lambda v, g, rate, rates, m: m * v - rate * g if rate else v,
        lambda w, v, new, g, rate, m: w + new if rate else w,
    ),
    "the weights move by the old velocity": stepped(None, lambda w, v, new, g, rate, m: w + v),
    "the weights move by the gradient alone": stepped(None, lambda w, v, new, g, rate, m: w - rate * g),
    "the velocity is taken away instead of added": stepped(None, lambda w, v, new, g, rate, m: w - new),
    "the rate is applied a second time": stepped(None, lambda w, v, new, g, rate, m: w + rate * new),
    "the momentum is applied a second time, as in Nesterov's version": stepped(
        None, lambda w, v, new, g, rate, m: w + m * new - rate * g
    ),
    "the weights do not move": stepped(None, lambda w, v, new, g, rate, m: w),
    "the old velocities are returned": lambda w, v, *others: (stepped()(w, v, *others)[0], v),
    "weights and velocities are swapped": lambda *arguments: stepped()(*arguments)[::-1],
    "only the new weights are returned": lambda *arguments: stepped()(*arguments)[0],
    "only the new velocities are returned": lambda *arguments: stepped()(*arguments)[1],
    "each group gets a pair of its own": lambda *arguments: list(zip(*stepped()(*arguments), strict=True)),
}
unit, double = np.array([1.0]), np.array([2.0])
table = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]])
three = [table, np.array([4.0, -1.0]), np.array([[0.5]])], [-table, np.array([1.0, 2.0]), np.array([[-3.0]])]
visible_cases.record(
    "grouped_step",
    [
        ([unit, unit], [0 * unit, unit], [double, double], [0.1, 1.0], 0.5),
        ([unit, unit], [unit, 2 * unit], [double, double], [0.1, 0.0], 0.5),
        (*three, [table / 2, np.array([-2.0, 5.0]), np.array([[8.0]])], [0.01, 0.1, 0.25], 0.9),
    ],
    stepped(),
    mistakes,
    tolerance=1e-5,
)
### END HIDDEN TESTS
with progress.exercise("grouped_step"):
    checks.run("grouped_step", grouped_step)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("grouped_step")
    for _ in range(4):
        hidden_shapes = [tuple(rng.integers(1, 4, int(rng.integers(1, 3)))) for _ in range(int(rng.integers(2, 5)))]
        hidden_parts = [[rng.normal(size=shape) for shape in hidden_shapes] for _ in range(3)]
        hidden_rates, hidden_momentum = (10 ** rng.uniform(-3, 0, len(hidden_shapes))).tolist(), rng.uniform(0.3, 0.95)
        arguments = *hidden_parts, hidden_rates, float(hidden_momentum)
        expected = keras_step(*arguments)
        checks.returns(grouped_step, arguments, expected, mistakes, tolerance=1e-5)
    ### END HIDDEN TESTS

# %% [markdown]
# ## One optimizer, a rate for each group
#
# Keras calls the optimizer's `update_step` once for each variable, with a learning rate. This is where a subclass can
# substitute another rate. With TensorFlow, the variable that arrives in `update_step` no longer has a `path`. So the
# subclass looks up the factors earlier, in `build`, and later finds each one by the variable's index.
#
# For this it calls `_get_variable_index`. The underscore marks this method as private to Keras: a later version may
# rename it and so break the subclass.
#
# The next cells define a small network of three dense layers: `low`, `middle` and `head`. They also define an optimizer
# that moves `low` at one hundredth of the rate.


# %% tags=["setup"]
def network(nested=False):
    """Three dense layers for 3 classes on 6 numbers; with `nested`, the first two in a model of their own, `base`."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((6,))
    hidden = keras.layers.Dense(8, "tanh", name="middle")(keras.layers.Dense(8, "tanh", name="low")(inputs))
    if nested:
        hidden = keras.Model(inputs, hidden, name="base")(inputs)
    return keras.Model(inputs, keras.layers.Dense(3, name="head")(hidden))


# %%
class SlowLow:
    """Mixed into an optimizer: the layer `low` moves at one hundredth of the rate."""

    def build(self, variables):
        """Look up a factor for each variable."""
        super().build(variables)
        self.factors = [0.01 if variable.path.startswith("low/") else 1.0 for variable in variables]

    def update_step(self, gradient, variable, learning_rate):
        """Make the optimizer's own step at another rate."""
        factor = self.factors[self._get_variable_index(variable)]
        return super().update_step(gradient, variable, factor * learning_rate)


class SlowLowAdam(SlowLow, keras.optimizers.Adam):
    """Adam with a slow layer."""


# %%
points = np.random.default_rng(0).normal(size=(24, 6)).astype("float32")
classes = np.arange(24) % 3
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def first_step(optimizer, nested=False):
    """Largest change of a weight in each layer's kernel in the first step, by layer name."""
    model = network(nested)
    before = {layer.name: layer.get_weights()[0] for layer in finetuning.weight_layers(model)}
    model.compile(optimizer, loss)
    model.train_on_batch(points, classes)
    after = {layer.name: layer.get_weights()[0] for layer in finetuning.weight_layers(model)}
    return {name: float(np.abs(after[name] - before[name]).max()) for name in before}


# %% [markdown]
# Adam's first step moves each weight by the learning rate, whatever its gradient. So the movement shows the rate.
#
# **Before you run the cell:** how far will each layer move at a learning rate of 0.01?

# %% tags=["nbval-check-output"]
for name, moved in first_step(SlowLowAdam(0.01)).items():
    print(f"{name:<7} {moved:.4f}")

# %% [markdown]
# From version 3.15 on, Keras has a `MultiOptimizer` for this purpose. It takes an `OptimizerMap`, which maps patterns
# to optimizers, each with its own rate. In older versions, such as Keras 3.13 on Colab, only the subclass works.
#
# A pattern is a regular expression, in which `.*` stands for any characters or none. `re.fullmatch` compares it with a
# variable's whole **path**.
#
# Now the trap. In the next cell, the two lower layers form a model of their own, called `base`. The pattern `base/.*`
# is meant to make them learn slowly.
#
# **Before you run the cell:** which layers will move slowly?

# %%
if learning_rates.has_multi_optimizer():
    adam = keras.optimizers.Adam
    mapping = keras.optimizers.OptimizerMap(adam(0.01), {"base/.*": adam(0.0001)})
    moved = first_step(keras.optimizers.MultiOptimizer(mapping), nested=True)
    print({name: round(distance, 4) for name, distance in moved.items()})
    assert moved["low"] > 0.009, "this Keras gave `low` the slow rate: the pattern matched after all"
else:
    print(f"Keras {keras.__version__} has no MultiOptimizer. The next cells run without it.")

# %% [markdown]
# There is no error and no warning, and every layer moves at the fast rate. The paths of the variables explain why.

# %% tags=["nbval-check-output"]
paths = [variable.path for variable in network(nested=True).trainable_variables]
print(paths)
print("match base/.*:", [path for path in paths if re.fullmatch("base/.*", path)])
print("match low/.*: ", [path for path in paths if re.fullmatch("low/.*", path)])

# %% [markdown]
# The variables of a nested model do not have its name in their paths. So the pattern matched nothing. Variables without
# a matching pattern get the default optimizer, without any message.
#
# The opposite mistake is loud. Keras raises an error when two patterns match the same path. There is one exception: a
# pattern that is identical to the path takes precedence.
#
# **Never trust a pattern: count what it matches.**
#
# ### Exercise 4.4: Find what patterns miss
#
# Report how a list of patterns covers the variables of a model.
#
# | | |
# |---|---|
# | **Signature** | `coverage(paths, patterns)` |
# | **Returns** | a dictionary of three lists: `"none"`, the paths that no pattern matches in full; `"twice"`, the paths that two or more patterns match; `"idle"`, the patterns that match no path |
# | **Rules** | Keep the order of `paths` and the order of `patterns`. A pattern that is identical to a path counts like any other. |
# | **Example** | For the paths `["low/kernel", "low/bias", "head/kernel", "head/bias"]` and the patterns `["low/.*", ".*/kernel", "base/.*"]`, the result is `{"none": ["head/bias"], "twice": ["low/kernel"], "idle": ["base/.*"]}`. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# `re.match` accepts the beginning of a path, and `re.search` any part of it. Count the patterns for each path, and the
# paths for each pattern.
# </details>


# %% nbgrader={"grade": false, "grade_id": "coverage", "locked": false, "schema_version": 3, "solution": true}
def coverage(paths, patterns):
    """Paths that no pattern matches or more than one does, and patterns that match nothing."""
    ### BEGIN SOLUTION
    hits = {path: sum(bool(re.fullmatch(pattern, path)) for pattern in patterns) for path in paths}
    return {
        "none": [path for path in paths if hits[path] == 0],
        "twice": [path for path in paths if hits[path] > 1],
        "idle": [pattern for pattern in patterns if not any(re.fullmatch(pattern, path) for path in paths)],
    }
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_coverage", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
import fnmatch

from tlcourse.building import visible_cases


def in_full(pattern, path):
    return re.match(rf"(?:{pattern})\Z", path)


def covered(fits=in_full, **other):
    """The three lists, if `fits(pattern, path)` is what matching means; `other` makes another list of a table."""

    def lists(paths, patterns):
        table = np.array([[bool(fits(pattern, path)) for pattern in patterns] for path in paths])
        hits, uses = table.reshape(len(paths), len(patterns)).sum(axis=1), table.reshape(len(paths), -1).sum(axis=0)
        made = {
            "none": [path for path, count in zip(paths, hits, strict=True) if count == 0],
            "twice": [path for path, count in zip(paths, hits, strict=True) if count >= 2],
            "idle": [pattern for pattern, count in zip(patterns, uses, strict=False) if count == 0],
        }
        return made | {key: make(paths, patterns, hits, uses) for key, make in other.items()}

    return lists


def paths_where(condition):
    return lambda paths, patterns, hits, uses: [
        path for path, count in zip(paths, hits, strict=True) if condition(count)
    ]


def patterns_where(condition):
    return lambda paths, patterns, hits, uses: [
        text for text, count in zip(patterns, uses, strict=True) if condition(count)
    ]


def nothing_new(paths, patterns, *_):
    """Patterns that match no path which an earlier pattern does not match."""
    return [
        pattern
        for number, pattern in enumerate(patterns)
        if not any(in_full(pattern, p) and not any(in_full(q, p) for q in patterns[:number]) for p in paths)
    ]


def sorted_lists(paths, patterns):
    return {key: sorted(values) for key, values in covered()(paths, patterns).items()}


mistakes = {
    "`re.match` is used, which is content with the beginning of a path": covered(re.match),
    "`re.search` is used, which is content with any part of a path": covered(re.search),
    "a pattern is taken for plain text": covered(lambda pattern, path: pattern in path),
    "a pattern matches only the path that equals it letter by letter": covered(lambda pattern, path: pattern == path),
    "a pattern is taken for one of the shell, in which * stands for any characters": covered(
        lambda pattern, path: fnmatch.fnmatchcase(path, pattern)
    ),
    "`^` and `$` are put around a pattern, which bind only to its first and last alternative": covered(
        lambda pattern, path: re.match(f"^{pattern}$", path)
    ),
    "pattern and path are swapped": covered(lambda pattern, path: in_full(re.escape(path), pattern)),
    "the matched paths are listed": covered(none=paths_where(lambda count: count > 0)),
    "a path that one pattern matches is listed, too": covered(twice=paths_where(lambda count: count >= 1)),
    "only paths that exactly two patterns match are listed": covered(twice=paths_where(lambda count: count == 2)),
    "only paths that more than two patterns match are listed": covered(twice=paths_where(lambda count: count > 2)),
    "patterns that match several paths are listed": covered(twice=patterns_where(lambda count: count >= 2)),
    "a path is listed once for each further pattern": covered(
        twice=lambda paths, patterns, hits, uses: [p for p, n in zip(paths, hits, strict=True) for _ in range(n - 1)]
    ),
    "the search stops at the first pattern that matches": covered(twice=lambda *_: [], idle=nothing_new),
    "the patterns that match a path are listed": covered(idle=patterns_where(lambda count: count > 0)),
    "the patterns that match one path only are listed, too": covered(idle=patterns_where(lambda count: count <= 1)),
    "a pattern is listed that matches only what an earlier one matches": covered(idle=nothing_new),
    "the lists are sorted": sorted_lists,
    "the lists are in reverse order": lambda paths, patterns: {
        key: values[::-1] for key, values in covered()(paths, patterns).items()
    },
    "paths are counted instead of listed": lambda paths, patterns: {
        key: len(values) for key, values in covered()(paths, patterns).items()
    },
}
layer_paths = ["low/kernel", "low/bias", "head/kernel", "head/bias"]
visible_cases.record(
    "coverage",
    [
        (layer_paths, ["low/.*", ".*/kernel", "base/.*"]),
        (["low/kernel", "slow/kernel", "low2/bias"], ["low", "low/.*"]),
        (["head/kernel", "head/kernel_2"], ["head/kernel", "head/.*", ".*kernel"]),
        (
            ["top/bias", "lower/bias", "head/bias"],
            ["top|low|head/.*", "zero/.*", "base/.*", "head/bias", "mid/.*", "low/.*"],
        ),
        (["top/bias", "low/bias"], []),
    ],
    covered(),
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("coverage"):
    checks.run("coverage", coverage)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("coverage")
    for _ in range(10):
        hidden_layers = [f"{'in_' * int(rng.integers(2))}block{n}_conv" for n in rng.permutation(12)[:5]]
        hidden_paths = [f"{layer}/{kind}" for layer in hidden_layers for kind in ("kernel", "bias")]
        made = [rf"block{rng.integers(12)}_conv/.*", rf"(in_)?block{rng.integers(12)}_.*|top/.*", r".*/bias",
                rf"block[{rng.integers(4)}-9]_conv/kernel", hidden_layers[0], rf"{hidden_layers[1]}/.*", "base/.*"]  # fmt: skip
        arguments = hidden_paths, [made[n] for n in rng.permutation(len(made))[: int(rng.integers(1, 6))]]
        checks.returns(coverage, arguments, covered()(*arguments), mistakes)
    ### END HIDDEN TESTS

# %% tags=["nbval-check-output"]
print(coverage(paths, ["base/.*", "head/.*"]))

# %% [markdown]
# `learning_rates.grouped_optimizer` takes groups of *layers* and lists every path in full, so its patterns cannot match
# too little or too much. It builds on `MultiOptimizer` where Keras has it, and on a subclass elsewhere. It raises an
# error for a group with nothing to train. `rates_by_variable` returns the rate of every trainable variable, and raises
# an error for a variable that is in no group.
#
# Do the two implementations agree? The next cells take forty steps with each of them, and plot how one weight of each
# layer changes. Where Keras has no `MultiOptimizer`, they use the subclass alone.

# %%
sides = [False] + [True] * learning_rates.has_multi_optimizer()
walks = {}
for multi in sides:
    model = network(nested=True)
    parts = finetuning.layer_groups(model, ["middle", "head"])
    model.compile(learning_rates.grouped_optimizer(parts, [1e-3, 3e-3, 1e-2], multi=multi), loss)
    assert len(learning_rates.rates_by_variable(model.optimizer, model)) == len(model.trainable_variables)
    walk = [[float(variable[0][0]) for variable in model.trainable_variables[::2]]]
    for _ in range(40):
        model.train_on_batch(points, classes)
        walk.append([float(variable[0][0]) for variable in model.trainable_variables[::2]])
    walks[multi] = np.array(walk) - walk[0]

# %%
figure, axes = plt.subplots(figsize=(7.5, 3.4), layout="constrained")
for number, name in enumerate(("low, rate 0.001", "middle, rate 0.003", "head, rate 0.01")):
    (line,) = axes.plot(walks[False][:, number], linewidth=2, label=name)
    if True in walks:
        axes.plot(range(0, 41, 4), walks[True][::4, number], "o", color=line.get_color())
axes.set(
    xlabel="step", ylabel="change in one weight", title="Lines: subclass" + ". Dots: MultiOptimizer" * (True in walks)
)
axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()
if True in walks:
    apart = np.abs(walks[True] - walks[False]).max() / np.abs(walks[False]).max()
    assert apart < 0.01
    print(f"largest gap between the two: {apart:.4%} of the longest distance")

# %% [markdown]
# Where both are available, the dots lie on the lines.
#
# The subclass has one more trap. AdamW is Adam with weight decay: in each step, every weight also shrinks by a small
# share of itself. This decay does not pass through `update_step`. If all gradients are zero, only the decay remains
# visible.


# %%
class SlowLowAdamW(SlowLow, keras.optimizers.AdamW):
    """AdamW with a slow layer, or so it seems."""


def decay(optimizer):
    """Share of each layer's kernel that one step without gradients removes."""
    model = network()
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        optimizer = optimizer(finetuning.layer_groups(model, ["middle", "head"]))
    before = [variable.numpy() for variable in model.trainable_variables]
    optimizer.apply([keras.ops.zeros_like(value) for value in before], model.trainable_variables)
    return [float(1 - np.linalg.norm(v.numpy()) / np.linalg.norm(old))
            for v, old in list(zip(model.trainable_variables, before, strict=True))[::2]]  # fmt: skip


# %% tags=["nbval-check-output"]
lost = decay(SlowLowAdamW(0.01, weight_decay=0.5))
print("the subclass:      ", " ".join(f"{share:.5f}" for share in lost))
lost = decay(lambda parts: learning_rates.grouped_optimizer(parts, [1e-4, 1e-2, 1e-2], "AdamW", weight_decay=0.5))
print("grouped_optimizer: ", " ".join(f"{share:.5f}" for share in lost))

# %% [markdown]
# With the subclass, `low` loses as much as the other layers, which is a hundred times too much. A layer that hardly
# learns is still pulled toward zero at full speed. `grouped_optimizer` decays each group at its own rate.
#
# Finally, after you save and load a model, training should continue as if nothing had happened, with the same rates and
# the same step count.
#
# **With several rates in one optimizer, check that every layer moves *and* decays at its own rate.**

# %%
with tempfile.TemporaryDirectory() as folder:
    model.save(Path(folder) / "student.keras")
    loaded = keras.models.load_model(Path(folder) / "student.keras")
kept = [learning_rates.rates_by_variable(each.optimizer, each) for each in (model, loaded)]
assert np.allclose(list(kept[0].values()), list(kept[1].values()))
assert int(loaded.optimizer.iterations) == int(model.optimizer.iterations)

# %% tags=["nbval-check-output"]
print(
    f"{int(loaded.optimizer.iterations)} steps completed; rates",
    [round(rate, 6) for rate in list(kept[1].values())[::2]],
)

# %% [markdown]
# ## A ladder on the digits
#
# Now train the student from above, once with a single rate and once with the ladder.
#
# **Before you run the cell:** what will the audit from unit 03 show in each case?

# %%
figure, both = plt.subplots(2, 1, figsize=(8.4, 6.4), layout="constrained")
for axes, (title, own) in zip(both, {"one rate, 0.001": [1e-3] * 4, "a ladder up to 0.001, factor 3": rates}.items(), strict=True):  # fmt: skip
    student.set_weights(with_head)
    student.compile(learning_rates.grouped_optimizer(groups, own), loss)
    before = finetuning.snapshot(student)
    student.fit(train_maps, train.labels, batch_size=20, epochs=10, verbose=0)
    plots.movement(finetuning.audit(student, before), axes).set(title=title, ylim=(1e-3, 0.2), ylabel="relative change")
figure.suptitle("With a ladder, the movement forms a staircase")
plt.show()

# %% [markdown]
# With one rate, all layers move by similar shares of their norm, and the head moves somewhat less than block 4. With
# the ladder, the figure shows a staircase in which each step is a group. The batch norms are frozen and do not move at
# all.
#
# Movement follows the order of the rates but is not proportional to them. In block 4 the rate is 27 times lower, yet
# the layers still move about one tenth as far as before. The head's rate is the same as before, yet the head moves
# about twice as far. Whether a ladder helps is another question, which the section "Is a ladder worth it?" answers.
#
# **Layers with a lower rate move less, but not in proportion.**

# %% [markdown]
# ## Find a rate
#
# You still have to choose the ladder's highest rate. A **rate finder** (after Smith 2017) raises the rate with every
# step, from far too low to far too high, and records the loss. Afterwards it restores the weights. Smith raises the
# rate linearly and watches the accuracy. The more recent practice, made popular by fastai, is to raise the rate by a
# constant factor and watch the loss.
#
# Here the finder raises *one* rate for all layers from block 4 on. The loss must have room to fall, so the run starts
# from the untrained head.
#
# **Before you run the cell:** sketch the curve that you expect.

# %%
student.set_weights(fresh)
found_rates, found_losses = rate_finder.find_rate(student, train_maps, train.labels, lowest=1e-5, highest=0.3)
figure, axes = plt.subplots(figsize=(7, 3.4), layout="constrained")
axes.semilogx(found_rates, found_losses, linewidth=2)
suggested = rate_finder.suggested_rate(found_rates, found_losses)
axes.axvline(
    suggested, color=plots.COLORS["vermilion"], linestyle="--", label="a tenth of the rate with the lowest loss"
)
axes.set(
    xlabel="learning rate",
    ylabel="smoothed loss",
    ylim=(0, 2 * found_losses[0]),
    title="The loss falls, then it explodes",
)
axes.legend()
plt.show()

# %% [markdown]
# At first nothing happens. Then the loss falls, and finally it explodes. Two rules of thumb pick a rate from the curve.
# The first rule takes a tenth of the rate with the lowest loss (the dashed line). The second rule takes the rate at
# which the loss falls most steeply.
#
# ### Exercise 4.5: Pick the steepest
#
# Find the rate at which the loss falls most steeply *on a logarithmic rate axis*, where equal distances mean equal
# factors.
#
# | | |
# |---|---|
# | **Signature** | `steepest_rate(rates, losses)` |
# | **Arguments** | `rates`: increasing, but not always by the same factor; `losses`: one for each rate; they may end with `nan` or `inf` where training exploded, and the first is not the lowest |
# | **Returns** | one of the `rates`, a float |
# | **Rules** | Take pairs of neighboring points, up to the first point with the lowest loss and not beyond it. With rates $r$ and losses $L$, the slope of a pair is $(L_{i+1} - L_i) / (\ln r_{i+1} - \ln r_i)$. Return the *lower* rate of the pair with the most negative slope; if there are several such pairs, take the first. |
# | **Example** | `steepest_rate([0.001, 0.01, 0.05, 0.7, 2.0, 10.0], [2.0, 1.9, 1.0, 0.9, 1.0, 5.0])` is `0.01` |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# `np.diff` returns the differences between neighbors. Some NumPy functions have a second version that ignores `nan`.
# </details>


# %% nbgrader={"grade": false, "grade_id": "steepest_rate", "locked": false, "schema_version": 3, "solution": true}
def steepest_rate(rates, losses):
    """Rate at which the loss falls most steeply over the logarithm of the rate, before its lowest point."""
    ### BEGIN SOLUTION
    end = int(np.nanargmin(losses)) + 1
    slopes = np.diff(losses[:end]) / np.diff(np.log(rates[:end]))
    return float(rates[int(np.argmin(slopes))])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_steepest_rate", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def steepest(x=np.log, upper=False, end="first", fall=None, choose=min, shown=None):
    """A walk from pair to pair, with everything that can go wrong as an option."""

    def rate(rates, losses):
        finite = [loss for loss in losses if np.isfinite(loss)]
        lows = [number for number, loss in enumerate(losses) if loss == min(finite)]
        last = {"first": lows[0], "last": lows[-1], "before": lows[0] - 1, "none": len(finite) - 1}[end]
        pairs = list(itertools.pairwise(zip(rates, losses, strict=True)))[:last]
        slopes = [
            (after[1] - before[1]) / (x(after[0]) - x(before[0])) if fall is None else fall(before, after)
            for before, after in pairs
        ]
        if not slopes:
            return None
        number = choose(range(len(slopes)), key=slopes.__getitem__)
        return shown(number, rates, slopes, lows[0]) if shown else rates[number + upper]

    return rate


def with_nan(rates, losses):
    """`np.argmin` takes nan for the lowest loss, and for the most negative slope."""
    end = int(np.argmin(losses)) + 1
    return rates[int(np.argmin(np.diff(losses[:end]) / np.diff(np.log(rates[:end]))))]


def by_gradient(rates, losses):
    end = int(np.nanargmin(losses)) + 1
    return rates[int(np.argmin(np.gradient(losses[:end], np.log(rates[:end]))))]


mistakes = {
    "the slope is taken over the rate instead of its logarithm": steepest(float),
    "the difference of the losses is taken for the slope": steepest(fall=lambda before, after: after[1] - before[1]),
    "the ratio of the losses is taken for the slope": steepest(fall=lambda before, after: after[1] / before[1]),
    "the difference of the logarithms is divided by that of the losses": steepest(
        fall=lambda before, after: np.log(after[0] / before[0]) / (after[1] - before[1] or np.inf)
    ),
    "the rate with the lowest loss is returned": steepest(shown=lambda n, rates, slopes, low: rates[low]),
    "a tenth of the rate with the lowest loss is returned": steepest(
        shown=lambda n, rates, slopes, low: rates[low] / 10
    ),
    "the upper rate of the pair is returned": steepest(upper=True),
    "the middle of the pair is returned": steepest(shown=lambda n, rates, *_: (rates[n] + rates[n + 1]) / 2),
    "the middle of the pair on the logarithmic axis is returned": steepest(
        shown=lambda n, rates, *_: (rates[n] * rates[n + 1]) ** 0.5
    ),
    "points after the lowest loss have a say": steepest(end="none"),
    "the last of several points with the lowest loss is taken": steepest(end="last"),
    "the pair that ends in the lowest loss is left out": steepest(end="before"),
    "the last of several equally steep pairs is taken": steepest(
        choose=lambda numbers, key: min(reversed(numbers), key=key)
    ),
    "the steepest rise is taken": steepest(end="none", choose=max),
    "the flattest pair is taken": steepest(choose=max),
    "the steepest pair is taken, whether it falls or rises": steepest(
        end="none", choose=lambda numbers, key: max(numbers, key=lambda n: abs(key(n)))
    ),
    "the sizes of the slopes are compared without their signs": steepest(
        choose=lambda numbers, key: max(numbers, key=lambda n: abs(key(n)))
    ),
    "`nan` is taken for the lowest loss": with_nan,
    "`np.gradient` is used, which looks at both neighbors of a point": by_gradient,
    "the position is returned instead of the rate": steepest(shown=lambda n, *_: n),
    "the slope is returned instead of the rate": steepest(shown=lambda n, rates, slopes, low: slopes[n]),
}
visible_cases.record(
    "steepest_rate",
    [
        ([0.001, 0.01, 0.05, 0.7, 2.0, 10.0], [2.0, 1.9, 1.0, 0.9, 1.0, 5.0]),
        ([0.001, 0.002, 0.02, 0.2, 1.0], [2.0, 1.8, 1.5, 1.4, 1.6]),
        ([0.01, 0.1, 0.2, 0.4, 0.8, 1.6], [2.0, 1.5, 1.1, 3.0, 1.2, float("nan")]),
        ([0.5, 1.0, 2.0, 4.0, 7.0, 9.0], [3.0, 2.0, 1.0, 2.5, 1.0, float("inf")]),
        ([0.001, 0.01, 0.011, 0.1, 0.4], [2.0, 1.9, 2.4, 1.0, 1.5]),
    ],
    steepest(),
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("steepest_rate"):
    checks.run("steepest_rate", steepest_rate)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("steepest_rate")
    for number in range(12):
        steps = int(rng.integers(5, 20))
        hidden_rates = (1e-5 * np.exp(np.cumsum(rng.uniform(0.1, 1.2, steps)))).tolist()
        hidden_losses = 3 - np.cumsum(rng.uniform(-0.15, 0.25, steps))
        turn = int(rng.integers(3, steps))
        hidden_losses[0] = hidden_losses[1:turn].max() + 0.1  # not the lowest
        hidden_losses[turn:] = hidden_losses[turn - 1] + rng.uniform(0.05, 2.5, steps - turn)
        if number % 3 == 2 and turn < steps - 1:
            hidden_losses[-1] = (np.nan, np.inf)[number % 2]
        arguments = hidden_rates, np.round(hidden_losses, 4).tolist()
        checks.returns(steepest_rate, arguments, steepest()(*arguments), mistakes)
    ### END HIDDEN TESTS

# %%
for seed in range(8):
    curve = found_rates, found_losses
    if seed:  # the same student and other batches
        curve = rate_finder.find_rate(student, train_maps, train.labels, lowest=1e-5, highest=0.3, seed=seed)
    lowest_rule, steepest = rate_finder.suggested_rate(*curve), steepest_rate(*curve)
    print(f"batches {seed}: a tenth of the rate with the lowest loss: {lowest_rule:.1g}; steepest fall: {steepest:.1g}")

# %% [markdown]
# A curve from sixty small batches is noisy. The lowest point lies in a wide valley, so the first rule gives similar
# rates whichever batches the run happens to use. The steepest pair can be any wiggle, even one far to the left, where
# the curve is still flat. So the rates from the second rule scatter much more.
#
# As you will see below, the best single rate for digits is 0.003. The first rule stays below it, usually by a small
# factor. The second rule may come closer or miss by a wide margin, and a single curve does not show which. Center your
# search on the rate from the first rule, and use validation images to choose among a few rates around it.
#
# **A rate finder shows where to search, not which rate is best.**

# %% [markdown]
# ## Rates that change during training
#
# A rate may depend on the step as well as on the layer. **Warm-up** starts at a low rate, because a new optimizer has
# not yet estimated the sizes of the gradients. Then a decay, such as half a **cosine**, lets the weights settle.
#
# The **slanted triangle** (Howard & Ruder 2018) rises quickly and falls slowly. Its authors proposed it together with
# the ladder. **One-cycle** (after Smith & Topin 2018, but with cosines instead of their straight lines) rises to the
# peak and then falls to almost nothing. The figure shows five schedules with the same peak.

# %%
figure, axes = plt.subplots(figsize=(7.5, 3.4), layout="constrained")
for (name, look), color in zip({"constant": ":", "warm-up and cosine": "-", "cosine": "--", "slanted triangle": "-.",
                                 "one-cycle": (0, (6, 2, 1, 2, 1, 2))}.items(), plots.COLORS.values(), strict=False):  # fmt: skip
    axes.plot(schedules.curve(name, 1e-3, 100), linestyle=look, color=color, linewidth=2, label=name)
axes.set(xlabel="step", ylabel="learning rate", title="Five schedules reach the same peak in different ways")
axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# A schedule and a ladder multiply: every group follows the same curve, at its own height. Try it. Change the factor,
# then the number of groups. Why do the lines stay parallel on this axis?

# %%
widgets.ScheduleExplorer(1e-3)

# %% [markdown]
# On a logarithmic axis, a constant factor is a constant shift. So the lines are parallel, one factor apart.
#
# **A schedule shapes the rate over time, and a ladder sets its height for each group.**
#
# Why do both matter most at the start? The next figure shows the smallest network that can explain it: two weights in a
# row, $w_2 w_1 x$, with a target of 1 for $x = 1$. The weight $w_1$ comes from a teacher and is already correct. The
# weight $w_2$ is new and wrong, so the first gradients push $w_1$ the wrong way.
#
# **Before you move a control:** what will a peak of 1.2 do to the teacher's weight? Which factor protects it, and does
# a warm-up protect it, too?

# %%
widgets.DescentExplorer(rates=(0.05, 0.1, 0.2, 0.4, 0.8, 1.2, 1.6, 2))

# %% [markdown]
# At a constant peak of 1.2, the teacher's weight changes sign: training still lowers the loss, but nothing of the
# initial weight is left. At 1.6 the weights explode. With a factor of 10, the teacher's weight ends close to 1. With a
# warm-up at 1.2 it does, too, because the new weight has already improved by the time the rate is high.
#
# **In this small network, a rate that is too high destroys what the teacher passed on, before the new layer can use
# it.**
#
# ### Exercise 4.6: Compute a slanted triangle
#
# Compute the learning rate of every step of a slanted triangle.
#
# | | |
# |---|---|
# | **Signature** | `slanted_triangle(steps, rising, peak, lowest)` |
# | **Returns** | the rates at steps 0, 1, ..., `steps - 1`, an array or a list of `steps` floats |
# | **Rules** | The rate grows along a straight line from `lowest` at step 0 to `peak` at step `rising`, an integer from 1 to `steps - 2`. Then it falls along a straight line to `lowest` at the last step. (The paper's formula arrives there one step later.) |
# | **Example** | `slanted_triangle(6, 1, 0.9, 0.1)` is `[0.1, 0.9, 0.7, 0.5, 0.3, 0.1]` |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# What are the three corners, and which NumPy function draws straight lines between points?
# </details>


# %% nbgrader={"grade": false, "grade_id": "slanted_triangle", "locked": false, "schema_version": 3, "solution": true}
def slanted_triangle(steps, rising, peak, lowest):
    """Learning rates of a slanted triangle, step by step."""
    ### BEGIN SOLUTION
    return np.interp(np.arange(steps), [0, rising, steps - 1], [lowest, peak, lowest])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_slanted_triangle", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def corners(steps, rising, peak, lowest, late=0, start=0):
    """Rates by a formula of heights between 0 and 1; `late` is by how many steps the end is missed."""
    last, step = steps - 1 + late, np.arange(start, steps + start, dtype=float)
    falling = (last - step) / max(last - rising, 1)
    height = np.minimum(step / rising, falling) if rising > 0 else falling
    return lowest + (peak - lowest) * height


def by_factors(steps, rising, peak, lowest):
    return lowest * (peak / lowest) ** corners(steps, rising, 1.0, 0.0)


def by_cosines(steps, rising, peak, lowest):
    return lowest + (peak - lowest) * (1 - np.cos(np.pi * corners(steps, rising, 1.0, 0.0))) / 2


def waiting(steps, rising, peak, lowest):
    """Rises and falls in the same number of steps."""
    short = corners(min(2 * rising + 1, steps), rising, peak, lowest)
    return np.append(short, [lowest] * (steps - len(short)))


mistakes = {
    "the lowest rate is reached one step after the last": lambda *a: corners(*a, late=1),
    "the lowest rate is reached one step before the last": lambda *a: np.maximum(corners(*a, late=-1), a[3]),
    "the first step is counted as 1": lambda *a: corners(*a, start=1),
    "the peak is reached one step too early": lambda n, r, peak, low: corners(n, r - 1, peak, low),
    "the peak is reached one step too late": lambda n, r, peak, low: corners(n, r + 1, peak, low),
    "the triangle begins and ends at 0": lambda n, r, peak, low: corners(n, r, peak, 0.0),
    "the triangle begins at 0": lambda n, r, peak, low: np.where(
        np.arange(n) < r, corners(n, r, peak, 0.0), corners(n, r, peak, low)
    ),
    "the triangle ends at 0": lambda n, r, peak, low: np.where(
        np.arange(n) > r, corners(n, r, peak, 0.0), corners(n, r, peak, low)
    ),
    "the rate stays at the peak": lambda n, r, peak, low: np.where(np.arange(n) > r, peak, corners(n, r, peak, low)),
    "the rate is at the peak from the start": lambda n, r, peak, low: np.where(
        np.arange(n) < r, peak, corners(n, r, peak, low)
    ),
    "the rise has one point too few, and the peak is listed twice": lambda n, r, peak, low: np.append(
        np.linspace(low, peak, r), np.linspace(peak, low, n - r)
    ),
    "the rate falls in as many steps as it rises": waiting,
    "peak and lowest are swapped": lambda n, r, peak, low: corners(n, r, low, peak),
    "it rises slowly and falls quickly": lambda n, r, peak, low: corners(n, n - 1 - r, peak, low),
    "the peak is in the middle": lambda n, r, peak, low: corners(n, (n - 1) / 2, peak, low),
    "the peak is added on the lowest rate": lambda n, r, peak, low: corners(n, r, peak + low, low),
    "the rate grows and falls by a factor instead of along straight lines": by_factors,
    "the rate grows and falls along a cosine instead of straight lines": by_cosines,
    "a step is listed that is none: they run from 0 to steps - 1": lambda n, *a: corners(n + 1, *a),
    "the first step is missing": lambda *a: corners(*a)[1:],
    "the last step is missing": lambda *a: corners(*a)[:-1],
    "the peak is listed twice": lambda n, r, peak, low: np.insert(corners(n, r, peak, low), r, peak),
}
visible_cases.record(
    "slanted_triangle",
    [(6, 1, 0.9, 0.1), (10, 4, 0.01, 0.0005), (5, 3, 1.0, 0.2), (3, 1, 0.5, 0.25), (6, 2, 2, 1)],
    corners,
    mistakes,
    tolerance=1e-7,
)
### END HIDDEN TESTS
with progress.exercise("slanted_triangle"):
    checks.run("slanted_triangle", slanted_triangle)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("slanted_triangle")
    for _ in range(8):
        hidden_steps, hidden_peak = int(rng.integers(4, 200)), float(10 ** rng.uniform(-2, 0))
        arguments = hidden_steps, int(rng.integers(1, hidden_steps - 1)), hidden_peak, hidden_peak / rng.uniform(2, 50)
        checks.returns(slanted_triangle, arguments, corners(*arguments), mistakes, tolerance=1e-7)
    ### END HIDDEN TESTS

# %% [markdown]
# In training, you pass the schedule to the optimizer, here together with the ladder. The argument `schedule` is a
# function that turns each group's peak rate into a schedule. The paper's triangle starts and ends at 1/32 of the peak.

# %% tags=["nbval-check-output"]
finetuning.unfreeze_from(student, "block4_conv1")
optimizer = learning_rates.grouped_optimizer(groups, rates, schedule=lambda peak: schedules.SlantedTriangle(peak, 100))
student.compile(optimizer, loss)
now = learning_rates.rates_by_variable(student.optimizer, student)
for group, rate in zip(groups, rates, strict=True):
    print(f"{group[0].name:<14} at step 0: {now[group[0].kernel.path]:.8f}, peak / 32 = {rate / 32:.8f}")

# %% [markdown]
# ## Is a ladder worth it?
#
# We compare a single rate with two ladders on two targets. The near target is new people: five groups of twenty, with
# five images of each. The far target is digits: five samples with ten images of each digit.
#
# We train the head first. Then everything from block 4 on trains for 20 epochs with Adam. Either all groups share one
# rate, or their rates form a ladder that reaches the same *highest* rate at the head. We tried three highest rates.
# Both panels share the same axis, although accuracy on digits is much lower.
#
# **Before you run the cells:** what do you expect at the right end, where fine-tuning lowered the accuracy of the
# features in unit 03?

# %%
record, development = results("ladders"), results("ladders_development")
targets = {"near": "new people", "far": "digits"}
methods = {"single": "one rate", "ladder_3": "ladder, factor 3", "ladder_10": "ladder, factor 10"}
highest = ("0.001", "0.003", "0.01")


def shown(entry):
    """Recorded mean with its 95% confidence interval."""
    return f"{entry['mean']:6.1%} ({entry['ci95'][0]:.1%} to {entry['ci95'][1]:.1%})"


def gain(first, second):
    """Paired difference of two entries in percentage points, with its 95% confidence interval."""
    low, high = (100 * edge for edge in paired_difference(first["values"], second["values"])["ci95"])
    mean = 100 * paired_difference(first["values"], second["values"])["mean"]
    return f"{mean:+.1f} percentage points ({low:+.1f} to {high:+.1f})"


# %%
figure, both = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
for axes, (key, target) in zip(both, targets.items(), strict=True):
    curves = {name: [record[key][method][rate] for rate in highest] for method, name in methods.items()}
    plots.accuracy_curves([float(rate) for rate in highest], curves, True, ax=axes)
    axes.set(title=target, xlabel="highest learning rate", ylim=(0.4, 1.02))
    axes.legend(loc="lower left")
figure.suptitle("Where the curve of one rate falls, the ladders rise or fall less")
plt.show()

# %% tags=["nbval-check-output"]
for key, target in targets.items():
    for method, name in methods.items():
        print(
            f"{target:<10}  {name:<17}  " + ", ".join(f"{rate}: {shown(record[key][method][rate])}" for rate in highest)
        )

# %% [markdown]
# Where the curve of a single rate falls, the curves of the ladders rise or fall less. But a comparison at the same
# highest rate would be unfair. A ladder moves the layers less overall, and each method deserves the rate that suits it.
#
# We did not read the best rates off this figure. We chose them on a development set of held-out people and digits, with
# two seeds. The next cell prints the means on the development set, and then the test results at the rates that they
# select.
#
# The tables in this section show differences: the first method minus the second, seed by seed, with a 95% confidence
# interval. Where the interval contains 0, we could not detect a difference.

# %% tags=["nbval-check-output"]
chosen = {key: {method: max(highest, key=lambda rate: development[key][method][rate]["mean"]) for method in methods}
          for key in targets}  # fmt: skip
for key, target in targets.items():
    for method, name in methods.items():
        means = ", ".join(f"{rate}: {development[key][method][rate]['mean']:.1%}" for rate in highest)
        print(f"development, {target:<10}  {name:<17}  {means}")
for key, target in targets.items():
    for method, name in methods.items():
        rate = chosen[key][method]
        print(f"{target:<10}  {name:<17} at {rate:<6} {shown(record[key][method][rate])}")
    single_rate = record[key]["single"][chosen[key]["single"]]
    for method in ("ladder_3", "ladder_10"):
        print(
            f"{target:<10}  {methods[method]:<17} minus one rate: {gain(record[key][method][chosen[key][method]], single_rate)}"
        )

# %% [markdown]
# For people, we could not detect a difference. Each ladder is 0.2 percentage points ahead, and both intervals contain
# 0.
#
# For digits the ladders are clearly *worse*, by 13.7 and 22.8 percentage points. A single rate of 0.003 is best there.
#
# Even the student with that rate reaches only 81.4%. A linear classifier does better, as the first table above shows:
# 92.3% on the features of layer 7, where the student begins. Both learned from ten images of each digit. For digits,
# cutting at a lower layer helps more than any of these rates.
#
# One doubt remains: for digits the ladders are best at the end of the range, so perhaps the range ends too early. The
# next cell adds a rate that is three times as high.

# %% tags=["nbval-check-output"]
single_rate = record["far"]["single"][chosen["far"]["single"]]
for method, entry in (pair for pair in results("ladders_high_rates").items() if pair[0] in methods):
    print(f"digits, {methods[method]} up to 0.03: {shown(entry)}, minus one rate: {gain(entry, single_rate)}")
    print(f"    minus the same ladder up to 0.01: {gain(entry, record['far'][method]['0.01'])}")
print(f"rate of block 4, factor 3 up to 0.03: {learning_rates.ladder(0.03, groups=4, factor=3)[0]:.4f}")

# %% [markdown]
# The ladders are still behind: by 11.0 percentage points with a factor of 3, and by much more with a factor of 10. We
# could not detect a gain over the same ladders with a highest rate of 0.01.
#
# With a factor of 3, block 4 now has a rate of 0.0011, about the same as with a single rate of 0.001. The two results
# are no longer far apart: 70.5% with this ladder and 75.3% with the single rate.
#
# ### Fewer weights instead of smaller rates
#
# There is another way to change a layer only a little: give it few weights to change. *LoRA* (low-rank adaptation, Hu
# et al., 2022) freezes a trained layer and learns an update beside it, a product of two thin matrices $A$ and $B$:
#
# $$y = xW + b + \frac{\alpha}{r}\,xAB$$
#
# For a kernel $W$ of $m \times n$ weights, $A$ has only $m \times r$ and $B$ only $r \times n$, because the rank $r$ is
# small. $A$ begins with random numbers and $B$ with zeros, so training starts from the layer's own outputs. The number
# $\alpha$ determines how strongly the update counts. Dividing it by $r$ is meant to let you try another rank without
# searching for another learning rate; we did not test this.
#
# ### Exercise 4.7: Add an update of low rank
#
# Build a dense layer with LoRA.
#
# | | |
# |---|---|
# | **Signature** | `low_rank(model, rank, alpha)` |
# | **Arguments** | `model`: a `keras.Model` that consists of a single trained `Dense` layer, with or without biases, but without an activation; `rank`: an integer of 1 or more; `alpha`: a number |
# | **Returns** | a `keras.Model` from vectors $x$ to $y$ |
# | **Rules** | Only $A$ and $B$ learn, and they have no biases. $A$ begins with random numbers from any Keras initializer, and $B$ with zeros. Freeze the model that you receive, in place or in a copy, and do not change the values of its weights. Use Keras's own layers and operations. Do not write a class of your own or use `enable_lora`, which would do the work for you. |
# | **Example** | For a layer with 6 inputs and 4 outputs and a rank of 2, $A$ and $B$ have $6 \times 2 + 2 \times 4 = 20$ trainable parameters. The layer's own 28 are frozen. Before any training, the outputs equal those of `model`. |
# | **Points** | 4 points: 2 for the formula, 2 for what can learn and how it begins |
#
# <details><summary>Hint</summary>
# A dense layer without biases multiplies by a matrix, and `kernel_initializer` sets its initial values. You can call the model that you receive like a layer, and you can add and multiply the outputs of layers.
# </details>


# %% nbgrader={"grade": false, "grade_id": "low_rank", "locked": false, "schema_version": 3, "solution": true}
def low_rank(model, rank, alpha):
    """A `keras.Model` that adds a trainable update of low rank, alpha / rank * x A B, to a frozen dense layer."""
    ### BEGIN SOLUTION
    model.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    small = keras.layers.Dense(rank, use_bias=False)(inputs)
    update = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(small)
    return keras.Model(inputs, model(inputs) + alpha / rank * update)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_low_rank", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def matrix(rows, columns, kind="unbiased"):
    """The last array that the view gives a dense layer: its kernel, or the biases of the kind "dense"."""
    return model_checks.network([f"input {rows}", f"{kind} {columns}"]).get_weights()[-1]


def layer_sizes(layers):
    """How many numbers go in and out, and whether there are biases."""
    return *(int(text.split()[1]) for text in layers), layers[1].startswith("dense")


def by_matrices(outputs):
    """The view's outputs in NumPy: `outputs` is a function of x, W, b, A, B, rank and alpha."""

    def compute(layers, rank, alpha):
        size, units, biased = layer_sizes(layers)
        vectors = np.random.default_rng(0).uniform(0, 1, (2, size)).astype("float32")
        biases = matrix(size, units, "dense") if biased else np.zeros(units)
        return outputs(
            vectors, matrix(size, units), biases, matrix(size, rank), matrix(rank, units), rank, float(alpha)
        )

    return compute


def scaled_by(scale):
    return by_matrices(lambda x, W, b, A, B, rank, alpha: x @ (W + scale(rank, alpha) * A @ B) + b)


def behind(own):
    """The update follows the layer, whose own output counts `own` times."""
    return by_matrices(
        lambda x, W, b, A, B, rank, alpha: own * (x @ W + b) + alpha / rank * (x @ W + b) @ matrix(len(b), rank) @ B
    )


def by_keras(given_alpha):
    def enable(model, rank, alpha):
        model.layers[-1].enable_lora(rank, lora_alpha=alpha if given_alpha else None)
        return model

    return model_checks.outputs_with_fixed_weights(enable)


def bias(units):
    return matrix(1, units, "dense")


mistakes = {
    "the update is not scaled": scaled_by(lambda rank, alpha: 1),
    "the update is multiplied by alpha, but not divided by the rank": scaled_by(lambda rank, alpha: alpha),
    "the update is divided by the rank, but not multiplied by alpha": scaled_by(lambda rank, alpha: 1 / rank),
    "the scale is turned over, rank / alpha": scaled_by(lambda rank, alpha: rank / alpha),
    "alpha is divided by the square root of the rank": scaled_by(lambda rank, alpha: alpha / rank**0.5),
    "alpha / rank is rounded down": scaled_by(lambda rank, alpha: alpha // rank),
    "the update is scaled twice": scaled_by(lambda rank, alpha: (alpha / rank) ** 2),
    "the update is subtracted": scaled_by(lambda rank, alpha: -alpha / rank),
    "the update is missing": scaled_by(lambda rank, alpha: 0),
    "the layer's own output is scaled, too": by_matrices(
        lambda x, W, b, A, B, rank, alpha: alpha / rank * (x @ (W + A @ B) + b)
    ),
    "the layer's own output is missing": by_matrices(lambda x, W, b, A, B, rank, alpha: alpha / rank * x @ A @ B),
    "the layer's biases are missing": by_matrices(lambda x, W, b, A, B, rank, alpha: x @ (W + alpha / rank * A @ B)),
    "both factors have biases": by_matrices(
        lambda x, W, b, A, B, rank, alpha: x @ W + b + alpha / rank * ((x @ A + bias(rank)) @ B + bias(len(b)))
    ),
    "the first factor has biases": by_matrices(
        lambda x, W, b, A, B, rank, alpha: x @ W + b + alpha / rank * (x @ A + bias(rank)) @ B
    ),
    "the second factor has biases": by_matrices(
        lambda x, W, b, A, B, rank, alpha: x @ W + b + alpha / rank * (x @ A @ B + bias(len(b)))
    ),
    "there is a ReLU between the factors": by_matrices(
        lambda x, W, b, A, B, rank, alpha: x @ W + b + alpha / rank * np.maximum(x @ A, 0) @ B
    ),
    "there is a ReLU after the factors": by_matrices(
        lambda x, W, b, A, B, rank, alpha: x @ W + b + alpha / rank * np.maximum(x @ A @ B, 0)
    ),
    "the update is a single matrix of the kernel's size": by_matrices(
        lambda x, W, b, A, B, rank, alpha: x @ (W + alpha / rank * W) + b
    ),
    "the update follows the layer instead of standing beside it": behind(1),
    "the factors follow the layer, and nothing is added": behind(0),
    "Keras' own `enable_lora` does the work": by_keras(True),
    "Keras' own `enable_lora` does the work, without alpha": by_keras(False),
}
visible_cases.record(
    "low_rank",
    [(["input 6", "dense 4"], 2, 3), (["input 5", "dense 8"], 2, 5.0), (["input 9", "unbiased 4"], 3, 1)],
    scaled_by(lambda rank, alpha: alpha / rank),
    mistakes,
    tolerance=1e-4,
)
### END HIDDEN TESTS
with progress.exercise("low_rank"):
    checks.run("low_rank", model_checks.outputs_with_fixed_weights(low_rank))
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("low_rank")
    for kind in ("dense", "unbiased", "dense"):
        hidden_rank = int(rng.integers(1, 4))
        hidden_layer = [f"input {rng.integers(5, 9)}", f"{kind} {rng.integers(9, 13)}"]
        arguments = hidden_layer, hidden_rank, hidden_rank * float(rng.uniform(1.2, 4))
        expected = scaled_by(lambda rank, alpha: alpha / rank)(*arguments)
        checks.returns(model_checks.outputs_with_fixed_weights(low_rank), arguments, expected, mistakes, tolerance=1e-4)
    ### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_low_rank_start", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def beginning(first="random", second="zeros", more=()):
    """The arrays that may learn: the factors with their first values, if any, and more texts with sizes to fill in."""

    def arrays(layers, rank, alpha):
        size, units, biased = layer_sizes(layers)
        factors = [f"{size}x{rank} {first}" if first else "", f"{rank}x{units} {second}" if second else ""]
        own = [text.format(size=size, rank=rank, units=units) for text in more]
        return sorted(filter(None, factors + [text for text in own if biased or text != f"{units} random"]))

    return arrays


kernel, biases = "{size}x{units} random", "{units} random"
array_mistakes = {
    "both factors begin with zeros, so neither of them gets a gradient": beginning("zeros", "zeros"),
    "both factors begin at random, so the layer's outputs change at once": beginning("random", "random"),
    "the first factor begins with zeros, and the second at random": beginning("zeros", "random"),
    "the first factor begins with equal numbers, so all of its columns learn the same": beginning("constant"),
    "the whole layer may learn, too": beginning(more=(kernel, biases)),
    "the layer's kernel may learn, too": beginning(more=(kernel,)),
    "the layer's biases may learn, too": beginning(more=(biases,)),
    "only the layer itself may learn": beginning(None, None, (kernel, biases)),
    "both factors have biases": beginning(more=("{rank} zeros", "{units} zeros")),
    "the first factor has biases": beginning(more=("{rank} zeros",)),
    "the second factor has biases": beginning(more=("{units} zeros",)),
    "nothing may learn": beginning(None, None),
    "the first factor is frozen": beginning(None),
    "the second factor is frozen": beginning("random", None),
    "the update is a single matrix of the kernel's size": beginning(None, None, ("{size}x{units} zeros",)),
    "the update follows the layer instead of standing beside it": beginning(None, more=("{units}x{rank} random",)),
}
output_mistakes = {
    "the layer's own output is scaled, too": lambda layers, rank, alpha, vectors: (
        alpha / rank * np.asarray(model_checks.network(layers)(vectors))
    ),
    "the layer's own output is missing": lambda layers, rank, alpha, vectors: (
        0 * np.asarray(model_checks.network(layers)(vectors))
    ),
    "the layer's biases are missing": lambda layers, rank, alpha, vectors: (
        vectors @ model_checks.network(layers).get_weights()[0]
    ),
}
trained_layer = (["input 6", "dense 4"], 2, 3), (["input 3", "unbiased 8"], 2, 1)
visible_cases.record("low_rank_arrays", trained_layer, beginning(), array_mistakes)
visible_cases.record(
    "low_rank_start",
    [(*layer, np.eye(int(layer[0][0][6:]), dtype="float32")) for layer in trained_layer],
    lambda layers, rank, alpha, vectors: np.asarray(model_checks.network(layers)(vectors)),
    output_mistakes,
    tolerance=1e-5,
)
### END HIDDEN TESTS
with progress.exercise("low_rank_start"):
    checks.run("low_rank_arrays", model_checks.trainable_arrays(low_rank))
    checks.run("low_rank_start", model_checks.outputs(low_rank))
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("low_rank_start")
    for kind in ("dense", "unbiased"):
        hidden_layer = [f"input {rng.integers(5, 9)}", f"{kind} {rng.integers(9, 13)}"]
        arguments = hidden_layer, int(rng.integers(2, 5)), float(rng.uniform(1, 9))
        checks.returns(model_checks.trainable_arrays(low_rank), arguments, beginning()(*arguments), array_mistakes)
        hidden_vectors = rng.normal(size=(3, layer_sizes(hidden_layer)[0])).astype("float32")
        expected = np.asarray(model_checks.network(hidden_layer)(hidden_vectors))
        arguments = *arguments, hidden_vectors
        checks.returns(model_checks.outputs(low_rank), arguments, expected, output_mistakes, tolerance=1e-5)
    ### END HIDDEN TESTS

# %% [markdown]
# Now use your layer. The next cell adds a rank-4 update to `fc1`, a dense layer of the student from above. All layers
# above it are frozen copies, and so is the head, which has not learned the digits yet. Two steps of gradient descent
# show what moves.
#
# **Before you run the cell:** which of the two matrices will move in the first step, $A$ or $B$?

# %% tags=["nbval-check-output"]
before_fc1, after_fc1 = (base.get_layer(name).output for name in ("flatten", "fc1"))
features = keras.Model(base.input, before_fc1).predict(train.images, verbose=0)
upper = keras.Sequential([keras.Model(after_fc1, base.output), student.get_layer("head")])
above = keras.models.clone_model(upper)
above.set_weights(upper.get_weights())
above.trainable = False
adapted = keras.Sequential([low_rank(keras.Model(before_fc1, after_fc1), rank=4, alpha=8), above])
print(f"{finetuning.trainable_count(adapted):,} of {adapted.count_params():,} parameters may learn")
adapted.compile(keras.optimizers.SGD(0.1), loss)
for step in (1, 2):
    before = [matrix.numpy() for matrix in adapted.trainable_weights]
    adapted.train_on_batch(features, train.labels)
    for old, new in sorted(zip(before, adapted.trainable_weights, strict=True), key=lambda pair: -len(pair[0])):
        name, moved = "A" if len(old) > 4 else "B", "moves" if np.any(new - old) else "stays"
        print(f"step {step}: {name}, {len(old)} rows, {moved}")

# %% [markdown]
# $A$ does not move in the first step, because its gradient has $B$ as a factor, which is still zero. From the second
# step on, both learn. After training you can add $\frac{\alpha}{r}AB$ to $W$, so that the layer has its old size again.
#
# Is LoRA worth it? The next cell compares it, at rank 4, with one rate for all weights from block 4 on, with a ladder
# (factor 3), and with *biases only*, which learns one number for each filter and unit. LoRA updates the convolutions,
# too. Every method trains the head first and then continues with the head and its own weights, for 100 steps each. So
# the accuracies differ from those above. We used ten new seeds, and for each method the best of four rates on the
# development set. The last row is a control: the same network with random weights instead of the teacher's.

# %% tags=["nbval-check-output"]
efficient = results("efficient_tuning")
arms = {
    "head": "head alone",
    "bias": "biases only",
    "lora": "LoRA",
    "ladder": "ladder",
    "full": "one rate",
    "untrained": "random start",
}
for target, key in {"people": "near", "digits": "far"}.items():
    measured = {part: efficient[part][key] for part in ("accuracy", "rates", "parameters", "optimizer_bytes")}
    for arm, name in arms.items():
        rate, count, size = (measured[part][arm]["mean"] for part in ("rates", "parameters", "optimizer_bytes"))
        print(
            f"{target:<7}{name:<13}{shown(measured['accuracy'][arm])} at {rate:<7g}{count:9,.0f} parameters,"
            f" optimizer {size / 1000:7,.0f} kB"
        )
    for arm in ("head", "lora", "ladder", "untrained"):
        difference = gain(measured["accuracy"][arm], measured["accuracy"]["full"])
        print(f"{target:<7}{arms[arm]} minus one rate: {difference}")

# %% [markdown]
# For people, we could not detect a difference between training the head alone and training all weights, so this target
# does not let us tell the methods apart. For digits, LoRA needs less than a twentieth of the parameters and of the
# optimizer's memory. The interval for its difference from one rate ends at 0, so the data do not decide whether LoRA is
# less accurate. On average over both targets, LoRA is slightly less accurate than one rate, but by less than the margin
# of three percentage points. So the claim that the two are equal (X02) is supported within its scope, although it only
# just survives the correction. For digits alone, the question is undecided. There, the ladder is less accurate than one
# rate.
#
# The control is the most striking row. For digits, the network with a random start is ahead of every method that starts
# with the teacher's blocks. Its batch norms learn, too, so the comparison is not about weights alone. The row warns you
# again that this teacher may not be worth fine-tuning for digits.
#
# **LoRA saves parameters and memory; whether it costs accuracy on digits is undecided.**
#
# ### What a ladder saves
#
# Is a ladder useless, then? Look again at the right end of this section's first figure, where the single rate of 0.01
# is too high. The measure from unit 03 shows how well the features still distinguish twenty held-out people.
#
# **Before you run the cells:** which methods keep the features intact?

# %% tags=["nbval-check-output"]
for key, target in targets.items():
    for method in ("ladder_3", "ladder_10"):
        print(
            f"{target:<10}  at 0.01, {methods[method]:<17} minus one rate: {gain(record[key][method]['0.01'], record[key]['single']['0.01'])}"
        )
kept = {"the teacher, unchanged": results("fine_tuning")["near"]["held_out_people"]["teacher"]}
for key, target in targets.items():
    kept |= {f"{target}, {name}": record[key]["held_out_people"][method] for method, name in methods.items()}
for name, entry in kept.items():
    print(f"{name:<29} {shown(entry)}")

# %%
axes = plots.interval_bars(kept)
axes.set(xlabel="accuracy on held-out people", title="At 0.01, ladders keep the features intact")
plt.show()

# %% [markdown]
# A single rate of 0.01 damages the features. On held-out people they reach 95.1% after fine-tuning on new people, and
# 56.3% after fine-tuning on digits. With a ladder we could not detect such damage. After fine-tuning on people and on
# digits alike, the features keep what they knew, and the teacher's 98.7% lies within each interval.
#
# This qualifies the claim that large updates destroy learned features (C20): it matters which layers get the large
# updates. The head still moved at 0.01, and its large steps did not harm the features. The damage comes from large
# steps in the layers below it.
#
# On the new people themselves, the ladders are 1.9 and 2.6 percentage points ahead at 0.01. But the damage that a
# single rate does varies from seed to seed, and with five seeds we cannot tell either lead from zero. For digits, we
# could not detect a difference either. There, one rate ruins the features, and a ladder does not let them change. Both
# outcomes are bad for digits.
#
# A ladder might also replace training the head first. In the next cell, "at once" means that all layers train together
# from the start, when the head is still random.

# %% tags=["nbval-check-output"]
alone = results("fine_tuning")["near"]["at_once"]
with_ladder = record["near"]["at_once"]["0.01"]
for rate in ("0.001", "0.01"):
    print(f"new people, at once, one rate of {rate:<7} (unit 03) {shown(alone[rate])}")
print(f"new people, at once, ladder of 10 up to 0.01       {shown(with_ladder)}")
for rate in ("0.01", "0.001"):
    print(f"ladder minus one rate of {rate + ', at once:':<18} {gain(with_ladder, alone[rate])}")
print(f"ladder minus one rate of 0.001, head first: {gain(with_ladder, record['near']['single']['0.001'])}")

# %% [markdown]
# Here the ladder starts from a random head, with a highest rate of 0.01. Even so, we could not detect a difference
# between the ladder and a well-chosen rate with the head trained first. The ladder is 13.9 percentage points better
# than a single rate of 0.01 when both train all layers at once. So here, too, the ladder protects against a rate that
# is too high.
#
# But when all layers train at once at a single rate of 0.001, the accuracy is 97.3% without any ladder, and we could
# not detect a difference from the ladder's 98.5%. So the comparison does not show that a ladder replaces training the
# head first. Besides, we tried only people and only a factor of 10.
#
# ### No time to train the head first
#
# In that comparison, the single rate of 0.001 had twenty epochs to train the random head together with the other
# layers. What if there are only five? A random head needs large steps, the layers below it need small ones, and no
# stage is reserved for the head. Which single rate would you use for all of them?
#
# Again, each method has its own highest rate, chosen from five candidates on the development set with two seeds. The
# dotted line is the head alone, trained for five epochs on a frozen base at 0.01, the only rate that we tried for it.

# %%
short_budget = results("ladders_short_budget")
rates_tried = list(short_budget["test"]["near"]["single"])
figure, both = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
for axes, (key, target) in zip(both, targets.items(), strict=True):
    entries = short_budget["test"][key]
    curves = {name: [entries[method][rate] for rate in rates_tried] for method, name in methods.items()}
    control = {"head alone, at 0.01": entries["head_only"]["0.01"]["mean"]}
    plots.accuracy_curves([float(rate) for rate in rates_tried], curves, True, references=control, ax=axes)
    axes.set(title=f"{target}: five epochs from a random head", xlabel="highest learning rate", ylim=(0, 1.02))
figure.suptitle("One rate reaches a high accuracy only in a narrow range")
both[0].legend(loc="lower left")
plt.show()

# %% tags=["nbval-check-output"]
for key, target in targets.items():
    entries, to_choose, best = short_budget["test"][key], short_budget["development"][key], {}
    for method, name in {**methods, "head_only": "head alone"}.items():
        rate = max(to_choose[method], key=lambda rate: to_choose[method][rate]["mean"])
        best[method] = entries[method][rate]
        print(f"{target:<10}  {name:<17} at {rate:<6} {shown(best[method])}")
    for method in ("ladder_3", "ladder_10"):
        for other, name in {"single": "one rate", "head_only": "the head alone"}.items():
            print(f"{target:<10}  {methods[method]:<17} minus {name + ':':<15} {gain(best[method], best[other])}")

# %% [markdown]
# Here is the only comparison in which a ladder beats a single rate, each at its chosen rate. For people, a ladder with
# a factor of 3 is 2.2 percentage points better. A single rate has to serve both ends of the network, and the figure
# shows high accuracy only in a narrow range of rates. At 0.001, five epochs are too few; at 0.01, accuracy collapses.
# We did not try the rates in between, which might suit the single rate better.
#
# The ladders are accurate over a wide range of rates. With a factor of 10 the gain is smaller, and its interval
# contains 0.
#
# But ask what the ladder is better *than*. We could not detect a difference between the ladder and a head alone on a
# frozen base. So fine-tuning with the ladder shows no gain over the teacher's unchanged features. The ladder kept
# accuracy from collapsing in the short training run, and so did freezing the base.
#
# For digits a head alone is not enough: a ladder with a factor of 3 is 8.5 percentage points better. A single rate of
# 0.003 has a higher mean than either ladder. With five seeds, we cannot tell its lead over the ladder with a factor of
# 3 from zero, but its lead over the ladder with a factor of 10 is clear.
#
# ### Upside down, and layer by layer
#
# Does the *order* of the rates matter, or only the fact that the ladder's rates are lower? To find out, turn the ladder
# upside down: block 4 gets 0.001, and the head gets the lowest rate.
#
# The cell also tests gradual unfreezing, which did not pay off in unit 03. Does it pay off together with a ladder,
# which is how its authors used it?

# %% tags=["nbval-check-output"]
for key, target in targets.items():
    ladder_3 = record[key]["ladder_3"]["0.001"]
    print(f"{target:<10} upside down minus the ladder: {gain(record[key]['upside_down']['0.001'], ladder_3)}")
    print(
        f"{target:<10} upside down minus one rate:   {gain(record[key]['upside_down']['0.001'], record[key]['single']['0.001'])}"
    )
    print(f"{target:<10} gradual minus the ladder:     {gain(record[key]['gradual']['0.001'], ladder_3)}")

# %% [markdown]
# For people, we could not detect that the order of the rates matters. At 0.001 hardly anything needs to change, so it
# hardly matters which layers are allowed to change.
#
# For digits, the upside-down ladder is 13.7 percentage points *better* than the normal one. We could not tell it from
# one rate of 0.001, and it stays six percentage points below the best single rate. So for digits it seems to matter
# that the lower trained blocks may move, and these are the blocks that the ladder holds back. Upside down, block 5 has
# a higher rate, too, so we cannot say which block matters.
#
# Gradual unfreezing shows no gain for people and costs 2.6 percentage points for digits.
#
# How general is this result? In every run blocks 1 to 3 were frozen, so we never tested a ladder over the whole
# network. We used one small teacher and five or twenty epochs. On digits, differential rates (C23) cost accuracy here,
# so they are not a rule for every target. We stated the comparison in advance and repeated it with twenty new samples,
# in which the ladder for digits had an even higher rate. On average over both targets, the ladder was less accurate
# than one rate, so the claim is contradicted within this scope. The loss comes from digits; for people, we could not
# detect a difference.
#
# A ladder may be useful as insurance; this is a hypothesis from five seeds, and it covers the near target only. Where
# the features are already right, a ladder has no cost that we could measure. At a rate that is ten times too high, it
# kept the features for other people, and from a random head it kept the accuracy. With the head trained first, we could
# not detect a gain in accuracy.
#
# **On the near target, a ladder protected against a bad rate or an untrained head, but we could not detect a gain over
# the head alone; on digits, after twenty epochs with each method at its chosen rate, it cost accuracy.**

# %% [markdown]
# ### Written answer: when is a ladder worth it?
#
# A colleague fine-tunes an ImageNet teacher on 200 satellite images with Adam. To spare the early layers, she
# multiplies their gradients by 0.01. She sees no change, and concludes that differential rates are useless. Answer in
# about eight sentences, with numbers from this unit. (3 points)
#
# - (a) What did she really test, and what would you do instead? (1 point)
# - (b) For which target would you expect a ladder to help, and for which to hurt? (1 point)
# - (c) To find out, what would you compare, at which rates and on which images? Which result of this unit would you not
#   carry over, and why? (1 point)

# %% [markdown] nbgrader={"grade": true, "grade_id": "why_ladder", "locked": false, "points": 3, "schema_version": 3, "solution": true}
# (a) She tested a constant factor on the gradient, which Adam cancels. In this unit, Adam's step with such a factor was
# as long as the full one, while SGD's was 0.010 of it. So she saw no change because she changed nothing. I would give
# each group of layers its own rate, with a MultiOptimizer or a subclass. Then I would verify that every trainable
# variable has a rate, and look at the audit.
#
# (b) A ladder should help where the features are already right and the rate is uncertain. For new people at 0.01, it
# preserved the features that a single rate damaged. In five epochs from a random head, it was 2.2 percentage points
# better than a single rate, with both rates chosen on the development set. It was no better than a head alone. With
# more epochs and a well-chosen rate, no gain could be detected.
#
# A ladder should hurt where the lowest trained layers have to change. For digits, both ladders were worse than one rate
# after twenty epochs, when each method used the rate chosen for it. The upside-down ladder was better than the normal
# one. Satellite images are far from photos of objects, so I would expect harm rather than help.
#
# (c) I would compare one rate, a factor of 3 and a factor of 10. For each, I would choose the highest rate from a few
# candidates, using validation images and several seeds, and I would use the test set once. I would not carry over the
# best rates themselves. This unit used one small teacher and synthetic faces, and blocks 1 to 3 were frozen in every
# run.
#
# === BEGIN MARK SCHEME ===
# (a) 1 point: Adam cancels a constant factor on the gradient, so she tested nothing; instead, give each group its own
# rate in the optimizer.
#
# (b) 1 point: the answer distinguishes near and far targets with a number or a named result of this unit (safety at a
# high rate versus harm for digits).
#
# (c) 1 point: a fair comparison (a rate of its own for each method, validation images, several seeds), and a limit with
# a reason.
# === END MARK SCHEME ===

# %% [markdown]
# ## With real photos
#
# The next cell fine-tunes the last blocks of MobileNetV2 on cats and dogs, in four groups with a ladder, and prints how
# far each group moves. Photos and weights come from the internet or from a mirror server at your school. Without
# either, the cell prints a message.

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
    finetuning.unfreeze_from(photo_student, "block_15_expand")
    starts = ["block_15_expand", "block_16_expand", "Conv_1", "head"]
    photo_groups = finetuning.layer_groups(photo_student, starts)[1:]  # what comes before is frozen
    photo_rates = learning_rates.ladder(1e-3, len(photo_groups), 3)
    photo_student.compile(learning_rates.grouped_optimizer(photo_groups, photo_rates), loss)
    assert len(learning_rates.rates_by_variable(photo_student.optimizer, photo_student)) == len(photo_student.trainable_weights)  # fmt: skip
    before = finetuning.snapshot(photo_student)
    photo_student.fit(ready, few.labels, batch_size=20, epochs=2, verbose=0)
    rows = {row.layer: row.weights for row in finetuning.audit(photo_student, before)}
    for group, rate in zip(photo_groups, photo_rates, strict=True):
        moved = np.mean([rows[layer.name] for layer in group if layer.trainable])
        print(f"from {group[0].name:<16} rate {rate:.6f}: moved by {moved:.5f} of its norm")

# %% [markdown]
# If your machine has the photos, you can see that movement grows from group to group as the rates do. As before, it is
# not proportional to them. The cell shows only that each of the four groups has its own rate. We did not measure
# whether this pays off on photos.
#
# **A ladder also works with a teacher trained on photos, but we did not measure its benefit there.**

# %% [markdown]
# ## Summary
#
# 1. **A ladder** gives each group of layers its own rate, which grows by one factor from group to group (C23).
# 2. **Scaling gradients does not scale the learning rate.** Adam and RMSprop divide by the size of the gradient, so the
#    factor cancels. In gradient descent it does not.
# 3. **One optimizer, many rates.** `MultiOptimizer` (Keras 3.15 and later) and a subclass (for earlier versions) agree.
#    Variables that no pattern matches get the default optimizer without any message, and AdamW's decay bypasses
#    `update_step`. So count the groups, and look at the movement.
# 4. **A rate finder** shows where to search. A tenth of the rate with the lowest loss was below the best rate for
#    digits, usually by a small factor. The rates at which the loss falls most steeply were widely scattered. A group's
#    rate is its rung of the ladder, multiplied by the schedule.
# 5. **Is it worth it?** The claim (C23) is contradicted within its scope: on average over both targets, one rate was
#    more accurate than a ladder, because of digits. In every run blocks 1 to 3 were frozen, so we never tested a ladder
#    over the whole network. On the near target, a ladder protected against a bad rate or an untrained head, but we
#    could not detect a gain over the head alone; on digits, after twenty epochs with each method at its chosen rate, it
#    cost accuracy.
#    - *Near target, trained head, twenty epochs:* we found no gain over a well-chosen single rate. At a highest rate
#      that damages the features without a ladder, we saw no such damage with one (C20); whether it keeps accuracy on
#      the target is undecided.
#    - *Near target, random head, five epochs:* a ladder with a factor of 3 does beat a single rate, though not a head
#      alone.
#    - *Far target:* a ladder does worse, or we could not detect a difference. It holds back the lower blocks, and these
#      seem to be the ones that should change.
#    - *Fewer weights instead:* LoRA freezes a layer and learns two thin matrices beside it. Averaged with a target on
#      which even the head alone was as good, its loss stayed within three percentage points (X02). On digits, where the
#      methods differ, this is undecided.
#
# In this unit, we took the teacher's images and the target's images as they came. What if the two differ in a way that
# you can name, such as a different sensor, a different language, or different proportions of the classes? The next
# units are about such shifts.

# %%
progress
