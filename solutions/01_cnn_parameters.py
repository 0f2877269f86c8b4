# %% [markdown]
# # Unit 01: Counting a CNN's parameters
#
# How do you check a parameter count that you find in a paper or on a slide? One lecture slide says that VGG16 with a
# small new head for a target task has **134,268,737** parameters (C04). The head is the last layer, which is replaced
# for every new task. Is the number correct?
#
# You need neither a GPU nor VGG16's half gigabyte of weights to find out. You only need to count. By the end of this
# unit you can
#
# 1. compute the output shape of a layer for any kernel, stride and padding;
# 2. count the parameters of convolutions, separable convolutions, batch norms, dense layers and whole networks;
# 3. show from its last digit alone that the slide's number cannot belong to a VGG16 with two outputs;
# 4. say what is left to train when 15 of 16 layers are frozen;
# 5. predict how much memory and how much arithmetic a network needs, and which image sizes it accepts.
#
# **Time:** about 105 minutes. Seven exercises and one written answer, 21 points. We compare every count with Keras.

# %%
import sys

if "google.colab" in sys.modules:
    # %pip install -q git+https://github.com/tlcourse/tlcourse
    pass

from tlcourse import keras_settings

keras_settings.import_quietly()  # Keras, without TensorFlow's notes on this machine

# %% tags=["setup"]
import itertools
import math

import keras
import matplotlib.pyplot as plt
import numpy as np

from tlcourse import checks, counting, model_checks, networks, plots, widgets

plots.style()
keras.utils.set_random_seed(0)
progress = checks.Progress(
    {
        "output_size": "Exercise 1.1 output_size",
        "conv_parameters": "Exercise 1.2 conv_parameters",
        "conv_parameters_bias": "Exercise 1.2 without a bias",
        "separable_parameters": "Exercise 1.3 separable_parameters",
        "batch_norm_parameters": "Exercise 1.4 batch_norm_parameters",
        "batch_norm_parameters_frozen": "Exercise 1.4 frozen",
        "network_parameters": "Exercise 1.5 network_parameters",
        "network_parameters_modern": "Exercise 1.5 with modern layers",
        "trainable_after_freezing": "Exercise 1.6 trainable_after_freezing",
        "trainable_after_freezing_model": "Exercise 1.6 the model itself",
        "multiply_adds": "Exercise 1.7 multiply_adds of a convolution",
        "multiply_adds_others": "Exercise 1.7 of other layers",
    }
)

# %% [markdown]
# ## The lecture's network at a glance
#
# The lecture's example network (C03) takes images of 32×32 pixels with 3 color channels. In this course, a list of
# dictionaries describes a network, with one dictionary per layer.
#
# **Before you run the next cells:** which of the five layers has the most parameters?

# %% tags=["setup"]
lecture_network = [
    {"kind": "conv", "filters": 8, "kernel": 3, "strides": 1, "padding": "same"},
    {"kind": "conv", "filters": 16, "kernel": 5, "strides": 2, "padding": "same"},
    {"kind": "flatten"},
    {"kind": "dense", "units": 512},
    {"kind": "dense", "units": 4},
]

# %%
rows = counting.measure(lecture_network, (32, 32, 3))  # Keras builds the layers and reports
widgets.draw_shapes(rows)
plt.show()
# %% tags=["nbval-check-output"]
for row in rows:
    print(f"{row.name:12} {row.shape!s:13} {row.parameters:>10,}")
print("in total", f"{sum(row.parameters for row in rows):,}")

# %% [markdown]
# Blue blocks are feature maps, and orange bars are vectors. The green numbers count parameters. The first dense layer
# holds nearly all of the network's 2,103,156 parameters. Flattening adds no parameters.
#
# In the rest of this unit, you will derive each of these numbers yourself.
#
# **In this network, one dense layer holds almost all the parameters.**

# %% [markdown]
# ## What shape comes out?
#
# A kernel slides over the image and produces one number at each position. The width of the output is therefore the
# number of positions along one row.
#
# The figure shows a kernel of 3 pixels (orange) on a row of 8 pixels (blue), for two strides and both kinds of padding.
# Hatched pixels are the zeros that `"same"` adds.
#
# **Before you run the cell:** how many positions does the kernel have with stride 2?

# %%
figure, places = plt.subplots(2, 2, figsize=(9, 5), layout="constrained", height_ratios=(7, 4))
for axes, (strides, padding) in zip(places.flat, [(1, "valid"), (1, "same"), (2, "valid"), (2, "same")], strict=True):
    widgets.draw_windows(8, 3, strides, padding, axes)
plt.show()

# %% tags=["nbval-check-output"]
print("size  stride  valid  same")
for size in (8, 9):
    for strides in (1, 2, 3):
        layers = [keras.layers.Conv2D(1, 3, strides, padding) for padding in ("valid", "same")]
        print(size, strides, *(layer.compute_output_shape((None, size, size, 1))[1] for layer in layers), sep="      ")

# %% [markdown]
# With `"valid"`, the kernel stays entirely inside the image. With `"same"`, Keras adds exactly enough zeros for the
# kernel to stop at every `strides`-th pixel. So stride 1 leaves the size unchanged. With stride 2, a row of 9 pixels
# has one more position than a row of 8.
#
# **The output size along one side is the number of positions that the kernel has along that side.**

# %% [markdown]
# ### Exercise 1.1: Compute the output size
#
# Count the positions of a kernel along one side of an image.
#
# | | |
# |---|---|
# | **Signature** | `output_size(size, kernel, strides, padding)` |
# | **Arguments** | `size`, `kernel`, `strides`: the side of the image, the side of the kernel, and the stride, in pixels; `padding`: `"valid"` or `"same"`, with the same meaning as in Keras |
# | **Returns** | the number of positions, an `int` |
# | **Rules** | The kernel is never larger than the image. |
# | **Example** | `output_size(8, 3, 2, "same")` is `4` |
# | **Points** | 2 points |
#
# <details><summary>Hint</summary>
# For "valid", find out where the first and last positions begin, and how many strides lie between them. For "same",
# the size of the kernel does not matter; look at the table above. One of the two cases rounds down, and the other
# rounds up.
# </details>


# %% nbgrader={"grade": false, "grade_id": "output_size", "locked": false, "schema_version": 3, "solution": true}
def output_size(size, kernel, strides, padding):
    """Number of positions of a kernel along a side of `size` pixels; `padding` is "valid" or "same"."""
    ### BEGIN SOLUTION
    if padding == "same":
        return math.ceil(size / strides)
    return (size - kernel) // strides + 1
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_output_size", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def keras_size(size, kernel, strides, padding):
    """By Keras."""
    layer = keras.layers.Conv2D(1, kernel, strides=strides, padding=padding)
    return layer.compute_output_shape((None, size, size, 1))[1]


def sizes(same, valid):
    """The size by a formula for each kind of padding; None stands for a formula that is correct."""

    def size(n, k, s, padding):
        formula = same if padding == "same" else valid
        return None if formula is None else formula(n, k, s)

    return size


def without_padding(n, k, s):
    return (n - k) // s + 1


def with_padding(n, k, s):
    return -(-n // s)


mistakes = {
    '"same" is treated like "valid"': sizes(without_padding, None),
    '"valid" is treated like "same"': sizes(None, with_padding),
    '"same" and "valid" are swapped': sizes(without_padding, with_padding),
    "the stride is left out": sizes(lambda n, k, s: n, lambda n, k, s: n - k + 1),
    'the stride is left out for "same"': sizes(lambda n, k, s: n, None),
    'the stride is left out for "valid"': sizes(None, lambda n, k, s: n - k + 1),
    'the size is rounded down where "same" rounds up': sizes(lambda n, k, s: n // s, None),
    'the size is rounded to the nearest integer where "same" rounds up': sizes(lambda n, k, s: round(n / s), None),
    'the size is not rounded where "same" rounds up': sizes(lambda n, k, s: n / s, None),
    '"same" has one position too many where the stride divides the size': sizes(lambda n, k, s: n // s + 1, None),
    'the size is rounded up where "valid" rounds down': sizes(None, lambda n, k, s: -((k - n) // s) + 1),
    'the size is rounded to the nearest integer where "valid" rounds down': sizes(
        None, lambda n, k, s: round((n - k) / s) + 1
    ),
    'the size is not rounded where "valid" rounds down': sizes(None, lambda n, k, s: (n - k) / s + 1),
    "the first position is not counted": sizes(None, lambda n, k, s: (n - k) // s),
    "the first position is counted before the division by the stride": sizes(None, lambda n, k, s: (n - k + 1) // s),
    "the first position is counted twice": sizes(None, lambda n, k, s: (n - k + 1) // s + 1),
    'half the kernel is padded on each side, which is "same" for odd kernels only': sizes(
        lambda n, k, s: (n + 2 * (k // 2) - k) // s + 1, None
    ),
}
visible_cases.record(
    "output_size",
    [
        (8, 3, 2, "same"),
        (9, 3, 2, "valid"),
        (32, 5, 1, "valid"),
        (10, 4, 3, "same"),
        (11, 4, 4, "valid"),
        (11, 2, 4, "same"),
        (8, 2, 2, "same"),
        (13, 4, 4, "valid"),
        (6, 6, 4, "valid"),
    ],
    keras_size,
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("output_size"):
    checks.run("output_size", output_size)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("output_size")
    for _ in range(40):
        size, kernel, strides = int(rng.integers(8, 65)), int(rng.integers(1, 8)), int(rng.integers(1, 5))
        arguments = size, kernel, strides, str(rng.choice(["same", "valid"]))
        checks.returns(output_size, arguments, keras_size(*arguments), mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# ## A convolution's parameters
#
# A filter looks at all input channels at once. So its volume is the kernel's height times its width times the number of
# input channels. Each filter of a layer has one weight for each entry of this volume, and one bias. The lecture gives
# the rule (C03):
#
# $$\text{parameters} = \text{number of filters} \times \text{filter volume} + \text{biases}$$
#
# The next figure shows every parameter of the lecture's first convolution as one square, colored by the random value
# that Keras gave it. The biases start at zero, so they look pale.
#
# **Before you run the cell:** how many squares do you expect for 8 filters of 3×3 pixels on 3 channels?

# %%
first = keras.layers.Conv2D(8, 3, padding="same")
first.build((None, 32, 32, 3))
widgets.draw_filters(first)
plt.show()
# %% tags=["nbval-check-output"]
for variable in first.weights:
    print(f"{variable.name:7}{tuple(variable.shape)!s:14}{math.prod(variable.shape):4}")
print("in total", first.count_params())

# %% [markdown]
# The figure has eight columns, each with three 3×3 grids and one bias. That makes $216 + 8 = 224$ parameters, as the
# lecture says. The size of the image does not matter, because the layer uses the same filter at every position.
#
# **A convolution has the same number of parameters for every image size.**

# %% [markdown]
# ### Exercise 1.2: Count a convolution's parameters
#
# Count the parameters of a convolution with a square kernel.
#
# | | |
# |---|---|
# | **Signature** | `conv_parameters(kernel, channels, filters, bias=True)` |
# | **Arguments** | `kernel`: the side of the kernel in pixels; `channels`: the number of input channels; `filters`: the number of filters; `bias`: whether the layer has biases |
# | **Returns** | the number of parameters, an `int` |
# | **Example** | `conv_parameters(3, 3, 8)` is `224` |
# | **Points** | 3 points: 2 with biases, 1 for `bias=False` |
#
# <details><summary>Hint</summary>
# First count the squares of one filter in the figure. How many filters are there, and how many biases does each filter
# have?
# </details>


# %% nbgrader={"grade": false, "grade_id": "conv_parameters", "locked": false, "schema_version": 3, "solution": true}
def conv_parameters(kernel, channels, filters, bias=True):
    """Number of parameters of a convolution with `filters` filters of kernel x kernel x channels weights."""
    ### BEGIN SOLUTION
    filter_volume = kernel * kernel * channels
    return filters * filter_volume + (filters if bias else 0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_conv_parameters", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def keras_parameters(kernel, channels, filters, bias=True):
    """By Keras."""
    layer = keras.layers.Conv2D(filters, kernel, use_bias=bias)
    layer.build((None, 16, 16, channels))
    return layer.count_params()


mistakes = {
    "the biases are left out": lambda k, c, f: k * k * c * f,
    "the whole layer shares one bias": lambda k, c, f: k * k * c * f + 1,
    "a filter looks at one channel only": lambda k, c, f: k * k * f + f,
    "one side of the kernel is left out": lambda k, c, f: k * c * f + f,
    "the kernel is doubled instead of squared": lambda k, c, f: 2 * k * c * f + f,
    "the channels are added to the kernel's area instead of multiplied": lambda k, c, f: (k * k + c) * f + f,
    "every weight of a filter has a bias": lambda k, c, f: 2 * k * k * c * f,
    "every channel of a filter has a bias": lambda k, c, f: (k * k + 1) * c * f,
    "every input channel has a bias, too": lambda k, c, f: k * k * c * f + f + c,
    "there is a bias for each input channel instead of each filter": lambda k, c, f: k * k * c * f + c,
    "there is only one filter": lambda k, c, f: k * k * c + 1,
    "there is only one filter, and its bias is left out": lambda k, c, f: k * k * c,
}
visible_cases.record("conv_parameters", [(3, 3, 8), (5, 8, 16), (1, 4, 6)], keras_parameters, mistakes)
### END HIDDEN TESTS
with progress.exercise("conv_parameters"):
    checks.run("conv_parameters", conv_parameters)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("conv_parameters")
    for _ in range(10):
        arguments = tuple(int(number) for number in rng.integers((1, 2, 2), (8, 20, 40)))
        checks.returns(conv_parameters, arguments, keras_parameters(*arguments), mistakes)
    ### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_conv_parameters_bias", "locked": true, "points": 1, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
mistakes = {
    "`bias=False` leaves the biases in": lambda k, c, f, bias: k * k * c * f + f,
    "`bias=False` leaves one bias in": lambda k, c, f, bias: k * k * c * f + 1,
    "`bias=False` takes the biases away a second time": lambda k, c, f, bias: k * k * c * f - f,
    "`bias=False` leaves nothing": lambda k, c, f, bias: 0,
    "every weight of a filter has a bias": lambda k, c, f, bias: 2 * k * k * c * f,
    "every channel of a filter has a bias": lambda k, c, f, bias: (k * k + 1) * c * f,
    "a filter looks at one channel only": lambda k, c, f, bias: k * k * f,
    "one side of the kernel is left out": lambda k, c, f, bias: k * c * f,
    "the kernel is doubled instead of squared": lambda k, c, f, bias: 2 * k * c * f,
    "there is only one filter": lambda k, c, f, bias: k * k * c,
}
visible_cases.record("conv_parameters_bias", [(3, 3, 8, False), (1, 4, 6, False)], keras_parameters, mistakes)
### END HIDDEN TESTS
with progress.exercise("conv_parameters_bias"):
    checks.run("conv_parameters_bias", conv_parameters)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("conv_parameters_bias")
    for _ in range(6):
        arguments = (*(int(number) for number in rng.integers((1, 2, 2), (8, 20, 40))), False)
        checks.returns(conv_parameters, arguments, keras_parameters(*arguments), mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# ## A cheaper convolution
#
# MobileNet, a network designed for phones, splits a convolution into two steps (Howard et al. 2017). The **depthwise**
# step gives each input channel a kernel of its own and does not mix channels. The **pointwise** step, a 1×1
# convolution, then mixes the channels. In Keras, `SeparableConv2D` does both and adds its biases once, at the end.
#
# **Before you run the cells:** how much does the split save with 1 filter, and how much with 512?

# %% tags=["nbval-check-output"]
for filters in (1, 8, 64, 512):
    whole, split = keras.layers.Conv2D(filters, 3), keras.layers.SeparableConv2D(filters, 3)
    whole.build((None, 16, 16, 64))
    split.build((None, 16, 16, 64))
    print(f"64 -> {filters:3}: {whole.count_params():8,} standard, {split.count_params():7,} separable")

# %%
filters = [2**power for power in range(10)]
figure, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
for kind, color, look in [("conv", plots.COLORS["blue"], "o-"), ("separable", plots.COLORS["vermilion"], "s--")]:
    layers = [[{"kind": kind, "kernel": 3, "filters": count}] for count in filters]
    counts = [counting.measure(layer, (16, 16, 64))[-1].parameters for layer in layers]
    axes.loglog(filters, counts, look, color=color, label=kind)
axes.set(xlabel="filters of 3×3 on 64 channels", ylabel="parameters", title="Splitting pays off with many filters")
axes.legend()
plt.show()
# %% tags=["nbval-check-output"]
split = keras.layers.SeparableConv2D(128, 3)
split.build((None, 16, 16, 64))
print([(variable.name, tuple(variable.shape)) for variable in split.weights])

# %% [markdown]
# The curves meet at the left: with one filter, both kinds cost about the same. With many filters, a standard
# convolution needs nearly $k^2$ times as many parameters, where $k^2 = 9$ for a 3×3 kernel.
#
# You pay for the depthwise kernels only once. After that, each additional filter costs one weight per channel in the
# pointwise step. In a standard convolution with 3×3 kernels, each additional filter costs nine weights per channel.
#
# **With many filters, a separable convolution saves a factor of almost $k^2$.**

# %% [markdown]
# ### Exercise 1.3: Count a separable convolution's parameters
#
# Count the parameters of a Keras `SeparableConv2D` with a bias.
#
# | | |
# |---|---|
# | **Signature** | `separable_parameters(kernel, channels, filters)` |
# | **Arguments** | `kernel`: the side of the depthwise kernels in pixels; `channels`: the number of input channels; `filters`: the number of output channels |
# | **Returns** | the number of parameters, an `int` |
# | **Example** | `separable_parameters(3, 64, 1)` is `641`, as in the table above |
# | **Points** | 2 points |
#
# <details><summary>Hint</summary>
# The last output above lists three variables. What does each of their axes stand for?
# </details>


# %% nbgrader={"grade": false, "grade_id": "separable_parameters", "locked": false, "schema_version": 3, "solution": true}
def separable_parameters(kernel, channels, filters):
    """Number of parameters of a depthwise step, a pointwise step to `filters` channels, and the biases."""
    ### BEGIN SOLUTION
    depthwise = kernel * kernel * channels
    pointwise = channels * filters
    return depthwise + pointwise + filters
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_separable_parameters", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def keras_separable(kernel, channels, filters):
    """By Keras."""
    layer = keras.layers.SeparableConv2D(filters, kernel)
    layer.build((None, 16, 16, channels))
    return layer.count_params()


mistakes = {
    "a whole convolution is counted": lambda k, c, f: k * k * c * f + f,
    "the biases are left out": lambda k, c, f: k * k * c + c * f,
    "the depthwise step has biases, too": lambda k, c, f: k * k * c + c + c * f + f,
    "both steps have a bias for each filter": lambda k, c, f: k * k * c + c * f + 2 * f,
    "the biases belong to the depthwise step": lambda k, c, f: k * k * c + c + c * f,
    "the whole layer shares one bias": lambda k, c, f: k * k * c + c * f + 1,
    "all channels share one depthwise kernel": lambda k, c, f: k * k + c * f + f,
    "the depthwise step has a kernel for every filter instead of every channel": lambda k, c, f: k * k * f + c * f + f,
    "the depthwise step already makes all filters": lambda k, c, f: k * k * c * f + c * f + f,
    "the pointwise step has kernels of the depthwise step's size": lambda k, c, f: k * k * (c + c * f) + f,
    "the pointwise step sees one channel only": lambda k, c, f: k * k * c + f + f,
    "the two steps are multiplied": lambda k, c, f: k * k * c * c * f + f,
    "the pointwise step is left out": lambda k, c, f: k * k * c + f,
    "the depthwise step is left out": lambda k, c, f: c * f + f,
    "one side of the kernel is left out": lambda k, c, f: k * c + c * f + f,
    "the kernel is doubled instead of squared": lambda k, c, f: 2 * k * c + c * f + f,
}
visible_cases.record(
    "separable_parameters", [(3, 64, 1), (3, 64, 128), (5, 6, 4), (1, 3, 2)], keras_separable, mistakes
)
### END HIDDEN TESTS
with progress.exercise("separable_parameters"):
    checks.run("separable_parameters", separable_parameters)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("separable_parameters")
    for _ in range(10):
        arguments = tuple(int(number) for number in rng.integers((1, 2, 2), (8, 30, 60)))
        checks.returns(separable_parameters, arguments, keras_separable(*arguments), mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# ## Batch norm: parameters that no gradient moves
#
# Batch norm shifts and scales each channel. It keeps four vectors. Gradients train two of them, `gamma` and `beta`.
#
# The other two, `moving_mean` and `moving_variance`, are estimated from the data during training. In training, the
# layer normalizes with the mean and variance of the batch; in prediction, it uses these two vectors instead. They count
# as parameters and are stored with the weights, yet no gradient moves them.
#
# The figure shows the values of one channel for 500 images, before and after batch norm in training mode.
#
# **Before you run the cell:** where will the center of the distribution be afterwards?

# %%
before = np.random.default_rng(0).gamma(3.0, 2.0, size=(500, 1)).astype("float32")
after = keras.layers.BatchNormalization()(before, training=True)
figure, axes = plt.subplots(figsize=(6, 3), layout="constrained")
bins = np.arange(-3, 22, 0.5)
axes.hist(before[:, 0], bins, color=plots.COLORS["sky"], label="before")
axes.hist(np.array(after)[:, 0], bins, color=plots.COLORS["vermilion"], alpha=0.8, label="after")
axes.set(xlabel="activation", ylabel="number of images", title="Batch norm centers and scales a channel")
axes.legend()
plt.show()
# %% tags=["nbval-check-output"]
norm = keras.layers.BatchNormalization()
norm.build((None, 16, 16, 64))
for variable in norm.weights:
    print(f"{variable.name:16} {tuple(variable.shape)} {'trainable' if variable.trainable else 'not trainable'}")

# %% [markdown]
# The center moved to zero. The layer has four vectors of 64 entries, one per channel. Two of them are trainable.
#
# Two details matter for transfer. Some networks do without `gamma`; InceptionV3, for example, uses `scale=False`. And
# `norm.trainable = False` freezes `gamma` and `beta`, so that the layer has nothing left to train.
#
# **Half of a standard batch norm's parameters are statistics that no gradient moves.**

# %% [markdown]
# ### Exercise 1.4: Count batch norm's parameters
#
# Count the trainable and the non-trainable parameters of a batch norm.
#
# | | |
# |---|---|
# | **Signature** | `batch_norm_parameters(channels, scale=True, frozen=False)` |
# | **Returns** | a pair of `int`: `(trainable, non_trainable)` |
# | **Rules** | `scale=False` leaves out `gamma`. `frozen=True` stands for `layer.trainable = False`: the parameters that were trainable still exist, and count as non-trainable. |
# | **Example** | `batch_norm_parameters(8)` is `(16, 16)` |
# | **Points** | 2 points: 1 without and 1 with `frozen=True` |
#
# <details><summary>Hint</summary>
# Freezing deletes nothing, so the sum of the two numbers stays the same.
# </details>


# %% nbgrader={"grade": false, "grade_id": "batch_norm_parameters", "locked": false, "schema_version": 3, "solution": true}
def batch_norm_parameters(channels, scale=True, frozen=False):
    """Numbers of trainable and of non-trainable parameters of a batch norm over `channels` channels."""
    ### BEGIN SOLUTION
    learned = 2 * channels if scale else channels
    statistics = 2 * channels
    return (0, learned + statistics) if frozen else (learned, statistics)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_batch_norm_parameters", "locked": true, "points": 1, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def keras_pair(channels, scale=True, frozen=False):
    """By Keras."""
    layer = keras.layers.BatchNormalization(scale=scale)
    layer.build((None, 4, 4, channels))
    layer.trainable = not frozen
    return tuple(
        sum(math.prod(v.shape) for v in part) for part in (layer.trainable_weights, layer.non_trainable_weights)
    )


def pair(with_gamma, without_gamma=None):
    """What multiples of the number of channels give, with gamma and without it."""
    return lambda c, scale=True, frozen=False: tuple(n * c for n in (with_gamma if scale else without_gamma))


mistakes = {
    "all four vectors are taken as trainable": pair((4, 0), (3, 0)),
    "the moving statistics are left out": pair((2, 0), (1, 0)),
    "the moving statistics are trainable, and gamma and beta are left out": pair((2, 0), (2, 0)),
    "each vector is taken as one number": lambda c, scale=True: (2, 2),
    "only one of the two moving statistics is counted": pair((2, 1), (1, 1)),
    "gamma or beta, and one of the statistics, is left out": pair((1, 1), (1, 1)),
    "`scale` is not used": pair((2, 2), (2, 2)),
    "`scale` is used the wrong way round": pair((1, 2), (2, 2)),
    "`scale=False` takes away a moving statistic as well": pair((2, 2), (1, 1)),
    "`scale=False` takes away both gamma and beta": pair((2, 2), (0, 2)),
    "`scale=False` makes gamma non-trainable instead of leaving it out": pair((2, 2), (1, 3)),
    "the two numbers are swapped": pair((2, 2), (2, 1)),
    "the second number is the sum of all": pair((2, 4), (1, 3)),
    "the two numbers are added up": lambda c, scale=True: (4 if scale else 3) * c,
}
visible_cases.record("batch_norm_parameters", [(8,), (64,), (5, False)], keras_pair, mistakes)
### END HIDDEN TESTS
with progress.exercise("batch_norm_parameters"):
    checks.run("batch_norm_parameters", batch_norm_parameters)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("batch_norm_parameters")
    for _ in range(8):
        arguments = int(rng.integers(2, 500)), bool(rng.integers(2))
        checks.returns(batch_norm_parameters, arguments, keras_pair(*arguments), mistakes)
    ### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_batch_norm_parameters_frozen", "locked": true, "points": 1, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
mistakes = {
    "`frozen` is not used": pair((2, 2), (1, 2)),
    "frozen parameters drop out of the count": pair((0, 2), (0, 2)),
    "the moving statistics are left out": pair((0, 2), (0, 1)),
    "only one of the two moving statistics is counted": pair((0, 3), (0, 2)),
    "freezing swaps the two numbers": pair((2, 2), (2, 1)),
    "freezing is turned round": pair((4, 0), (3, 0)),
    "`scale` is not used": pair((0, 4), (0, 4)),
    "`scale=False` takes away a moving statistic as well": pair((0, 4), (0, 2)),
    "each vector is taken as one number": lambda c, scale, frozen: (0, 4),
    "the two numbers are added up": lambda c, scale, frozen: (4 if scale else 3) * c,
}
visible_cases.record("batch_norm_parameters_frozen", [(8, True, True), (5, False, True)], keras_pair, mistakes)
### END HIDDEN TESTS
with progress.exercise("batch_norm_parameters_frozen"):
    checks.run("batch_norm_parameters_frozen", batch_norm_parameters)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("batch_norm_parameters_frozen")
    for _ in range(8):
        arguments = int(rng.integers(2, 500)), bool(rng.integers(2)), True
        checks.returns(batch_norm_parameters, arguments, keras_pair(*arguments), mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# ## A whole network
#
# Shapes and counts meet here: the output shape of one layer decides what the next layer costs. Now experiment with the
# lecture's network. Change the stride of the second convolution from 2 to 1, and watch the first dense layer. Then try
# `valid` padding, and more filters.
#
# **Before you move a control:** what will stride 1 do to the first dense layer?

# %%
widgets.ShapeExplorer(lecture_network, (32, 32, 3))

# %% [markdown]
# Here is the network with stride 1. The table below it lists some other choices.

# %%
without_stride = [dict(layer, strides=1) if layer["kind"] == "conv" else layer for layer in lecture_network]
widgets.draw_shapes(counting.measure(without_stride, (32, 32, 3)), changed=2)
plt.show()
# %% tags=["nbval-check-output"]
for change in ({"strides": 1}, {"strides": 2}, {"strides": 4}, {"padding": "valid"}, {"filters": 32}, {"kernel": 7}):
    changed = [*lecture_network[:1], {**lecture_network[1], **change}, *lecture_network[2:]]
    counts = [row.parameters for row in counting.measure(changed, (32, 32, 3))]
    print(f"{change!s:22} second convolution {counts[2]:6,}  first dense {counts[4]:9,}  all {sum(counts):9,}")

# %% [markdown]
# When the stride goes from 1 to 2, the feature map shrinks to a quarter of its area, and the dense layer after it
# shrinks in proportion.
#
# **The stride has no weights of its own, yet it changes the total more than any other choice in this table.**
#
# A dense layer has one weight for each input-output pair, and one bias for each output. It is equivalent to a
# convolution whose kernel covers the whole map, as the next cell shows.

# %% tags=["nbval-check-output"]
dense, covering = keras.layers.Dense(512), keras.layers.Conv2D(512, 16)
dense.build((None, 16 * 16 * 16))
covering.build((None, 16, 16, 16))
print(f"dense {dense.count_params():,}   16x16 convolution {covering.count_params():,}")

# %% [markdown]
# ### Exercise 1.5: Count a network
#
# Count all parameters of a network, trainable or not, from its description.
#
# | | |
# |---|---|
# | **Signature** | `network_parameters(layers, input_shape)` |
# | **Arguments** | `layers`: a list of dictionaries as above; `input_shape`: `(height, width, channels)` |
# | **Returns** | the number of parameters, an `int` |
# | **Rules** | Images may be taller than they are wide. The second table lists the kinds of layers. |
# | **Example** | `network_parameters(lecture_network, (32, 32, 3))` is 2,103,156 |
# | **Points** | 3 points: 2 for the kinds `conv`, `flatten` and `dense`, 1 for the others |
#
# | kind | other keys | what it does |
# |---|---|---|
# | `"conv"`, `"separable"` | `filters`, `kernel`, `strides`, `padding` | convolves, with a bias |
# | `"flatten"` | | turns a map into a vector |
# | `"dense"` | `units` | connects every input with every output, with a bias |
# | `"pool"` | `size` | takes the maximum over `size`×`size` pixels, stride `size`, "valid" |
# | `"global_pool"` | | averages each channel, which gives a vector |
# | `"batch_norm"` | | normalizes the channels of a map, or the entries of a vector |
#
# <details><summary>Hint</summary>
# Walk through the list and keep track of two things: the total so far, and the shape that the next layer receives. Your
# functions from above do most of the work, but any approach is fine.
# </details>


# %% nbgrader={"grade": false, "grade_id": "network_parameters", "locked": false, "schema_version": 3, "solution": true}
def network_parameters(layers, input_shape):
    """Number of parameters of the described layers on images of `input_shape` (height, width, channels)."""
    ### BEGIN SOLUTION
    shape, total = tuple(input_shape), 0
    for layer in layers:
        kind, channels = layer["kind"], shape[-1]
        if kind in ("conv", "separable"):
            count = conv_parameters if kind == "conv" else separable_parameters
            total += count(layer["kernel"], channels, layer["filters"])
            sides = [output_size(side, layer["kernel"], layer["strides"], layer["padding"]) for side in shape[:2]]
            shape = (*sides, layer["filters"])
        elif kind == "dense":
            total += (channels + 1) * layer["units"]
            shape = (layer["units"],)
        elif kind == "batch_norm":
            total += sum(batch_norm_parameters(channels))
        elif kind == "pool":
            shape = (shape[0] // layer["size"], shape[1] // layer["size"], channels)
        else:
            shape = (math.prod(shape),) if kind == "flatten" else (channels,)
    return total
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_network_parameters", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def keras_count(layers, input_shape):
    """By Keras."""
    return sum(row.parameters for row in counting.measure(layers, input_shape))


def counted(layers, input_shape, parameters=None, **shapes):
    """The count without Keras, to plant mistakes: other parameters or another shape after a kind of layer."""
    shape, total = tuple(input_shape), 0
    for layer in layers:
        kind, channels = layer["kind"], shape[-1]
        filters, area = layer.get("filters", 0), layer.get("kernel", 0) ** 2
        count = {
            "conv": (area * channels + 1) * filters,
            "separable": area * channels + (channels + 1) * filters,
            "dense": (channels + 1) * layer.get("units", 0),
            "batch_norm": 4 * channels,
        }.get(kind, 0)
        total += count if parameters is None else parameters(layer, shape, count)
        if filters:
            ends = [side if layer["padding"] == "same" else side - layer["kernel"] + 1 for side in shape[:2]]
            after = (*(-(-end // layer["strides"]) for end in ends), filters)
        elif kind == "pool":
            after = (shape[0] // layer["size"], shape[1] // layer["size"], channels)
        else:
            after = {"flatten": (math.prod(shape),), "global_pool": (channels,), "dense": (layer.get("units"),)}.get(
                kind, shape
            )
        shape = shapes[kind](layer, shape) if kind in shapes else after
    return total


def with_option(**options):
    """The count with another option in all layers that have it."""
    return lambda layers, shape: counted(
        [{**layer, **{key: value for key, value in options.items() if key in layer}} for layer in layers], shape
    )


def with_parameters(of_layer):
    """The count with other parameters: a function of a layer, the shape before it, and the correct number."""
    return lambda layers, shape: counted(layers, shape, lambda layer, before, n: of_layer(layer, before, n))


def outputs(layer):
    """The number of filters or units of a layer with biases, else 0."""
    return layer.get("filters", layer.get("units", 0))


def conv_on_image(layers, shape):
    """Every convolution sees as many channels as the image has."""
    return counted(layers, shape, lambda x, s, n: (x["kernel"] ** 2 * shape[2] + 1) * x["filters"] if x["kind"] == "conv" else n)  # fmt: skip


def height_only(layers, shape):
    """Convolutions change the height of the map and not its width."""

    def after(layer, shape):
        end = shape[0] if layer["padding"] == "same" else shape[0] - layer["kernel"] + 1
        return -(-end // layer["strides"]), shape[1], layer["filters"]

    return counted(layers, shape, conv=after, separable=after)


def dense_on_map(layers, shape):
    """Every dense layer sees the flattened map."""
    flattened = [layer for layer in layers if layer["kind"] != "dense"]
    entries = counted([*flattened, {"kind": "dense", "units": 1}], shape) - counted(flattened, shape) - 1
    return counted(layers, shape, lambda x, s, n: (entries + 1) * x["units"] if x["kind"] == "dense" else n)


mistakes = {
    "the strides do not shrink the map": with_option(strides=1),
    "the map keeps the size of the image": with_option(strides=1, padding="same"),
    "convolutions change the height of the map only": height_only,
    "the padding is left out": with_option(padding="valid"),
    '"valid" is treated like "same"': with_option(padding="same"),
    "images are taken as square: height instead of width": lambda x, s: counted(x, (s[0], s[0], s[2])),
    "images are taken as square: width instead of height": lambda x, s: counted(x, (s[1], s[1], s[2])),
    "every image is taken to have 3 channels": lambda x, s: counted(x, (*s[:2], 3)),
    "every convolution is taken to see the image's channels": conv_on_image,
    "a filter looks at one channel only": with_parameters(
        lambda x, s, n: (x["kernel"] ** 2 + 1) * x["filters"] if x["kind"] == "conv" else n
    ),
    "flattening forgets the channels": lambda x, s: counted(x, s, flatten=lambda _, s: (s[0] * s[1],)),
    "flattening is treated like global pooling": lambda x, s: counted(x, s, flatten=lambda _, s: s[2:]),
    "every dense layer is taken to see the flattened map": dense_on_map,
    "the last layer is left out": lambda x, s: counted(x[:-1], s),
    "the convolutions are left out": with_parameters(lambda x, s, n: 0 if x["kind"] == "conv" else n),
    "the dense layers are left out": with_parameters(lambda x, s, n: 0 if x["kind"] == "dense" else n),
    "the biases are left out": with_parameters(lambda x, s, n: n - outputs(x)),
    "the biases of dense layers are left out": with_parameters(lambda x, s, n: n - x.get("units", 0)),
    "the biases of convolutions are left out": with_parameters(lambda x, s, n: n - x.get("filters", 0)),
    "each layer has one bias": with_parameters(lambda x, s, n: n - outputs(x) + (outputs(x) > 0)),
}
visible_cases.record(
    "network_parameters",
    [
        (lecture_network, (32, 32, 3)),
        (
            [
                {"kind": "conv", "filters": 4, "kernel": 2, "strides": 2, "padding": "valid"},
                {"kind": "conv", "filters": 6, "kernel": 3, "strides": 2, "padding": "same"},
                {"kind": "flatten"},
                {"kind": "dense", "units": 5},
                {"kind": "dense", "units": 2},
            ],
            (18, 11, 1),
        ),
    ],
    keras_count,
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("network_parameters"):
    checks.run("network_parameters", network_parameters)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("network_parameters")
    for _ in range(8):
        layers = [
            {
                "kind": "conv",
                "filters": int(rng.integers(2, 20)),
                "kernel": int(rng.integers(1, 6)),
                "strides": int(rng.integers(1, 4)),
                "padding": str(rng.choice(["same", "valid"])),
            }
            for _ in range(int(rng.integers(1, 4)))
        ]
        layers += [{"kind": "flatten"}, *({"kind": "dense", "units": int(rng.integers(2, 90))} for _ in range(2))]
        shape = (int(rng.integers(96, 129)), int(rng.integers(64, 96)), int(rng.choice([1, 3, 4])))
        checks.returns(network_parameters, (layers, shape), keras_count(layers, shape), mistakes)
    ### END HIDDEN TESTS


# %% nbgrader={"grade": true, "grade_id": "test_network_parameters_modern", "locked": true, "points": 1, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
def of_kind(kind, of_layer):
    """The count with other parameters in the layers of one kind."""
    return with_parameters(lambda layer, before, n: of_layer(layer, before, n) if layer["kind"] == kind else n)


def lecture_only(layer, before, n):
    return n if layer["kind"] in ("conv", "dense") else 0


mistakes = {
    "batch norm's moving statistics are left out": of_kind("batch_norm", lambda x, s, n: n // 2),
    "batch norm is left out": of_kind("batch_norm", lambda x, s, n: 0),
    "batch norm is taken to have four parameters": of_kind("batch_norm", lambda x, s, n: 4),
    "a batch norm on a vector is left out": of_kind("batch_norm", lambda x, s, n: n if len(s) == 3 else 0),
    "a batch norm has parameters for every pixel": of_kind("batch_norm", lambda x, s, n: 4 * math.prod(s)),
    "pooling does not shrink the map": lambda x, s: counted(x, s, pool=lambda _, s: s),
    "pooling moves on by one pixel": lambda x, s: counted(
        x, s, pool=lambda p, s: (s[0] - p["size"] + 1, s[1] - p["size"] + 1, s[2])
    ),
    "pooling rounds up": lambda x, s: counted(
        x, s, pool=lambda p, s: (-(-s[0] // p["size"]), -(-s[1] // p["size"]), s[2])
    ),
    "pooling changes one side of the map only": lambda x, s: counted(
        x, s, pool=lambda p, s: (s[0] // p["size"], s[1], s[2])
    ),
    "global pooling is treated like flattening": lambda x, s: counted(x, s, global_pool=lambda _, s: (math.prod(s),)),
    "a separable convolution is counted as a whole one": of_kind(
        "separable", lambda x, s, n: (x["kernel"] ** 2 * s[-1] + 1) * x["filters"]
    ),
    "a separable convolution is left out of the count": of_kind("separable", lambda x, s, n: 0),
    "a separable convolution's biases are left out": of_kind("separable", lambda x, s, n: n - x["filters"]),
    "a separable convolution does not change the size of the map": lambda x, s: counted(
        x, s, separable=lambda x, s: (*s[:2], x["filters"])
    ),
    "only convolutions and dense layers are counted": with_parameters(lecture_only),
    "images are taken as square: height instead of width": lambda x, s: counted(x, (s[0], s[0], s[2])),
    "images are taken as square: width instead of height": lambda x, s: counted(x, (s[1], s[1], s[2])),
    "the padding is left out": with_option(padding="valid"),
}
visible_cases.record(
    "network_parameters_modern",
    [
        (
            [
                {"kind": "conv", "filters": 8, "kernel": 3, "strides": 1, "padding": "same"},
                {"kind": "batch_norm"},
                {"kind": "pool", "size": 2},
                {"kind": "separable", "filters": 16, "kernel": 3, "strides": 1, "padding": "same"},
                {"kind": "global_pool"},
                {"kind": "dense", "units": 4},
            ],
            (32, 32, 3),
        ),
        (
            [
                {"kind": "conv", "filters": 4, "kernel": 3, "strides": 1, "padding": "same"},
                {"kind": "pool", "size": 3},
                {"kind": "separable", "filters": 6, "kernel": 2, "strides": 2, "padding": "same"},
                {"kind": "flatten"},
                {"kind": "dense", "units": 5},
                {"kind": "batch_norm"},
                {"kind": "dense", "units": 3},
            ],
            (16, 26, 2),
        ),
    ],
    keras_count,
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("network_parameters_modern"):
    checks.run("network_parameters_modern", network_parameters)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("network_parameters_modern")
    for _ in range(8):
        filters, kernel, units, strides = (int(n) for n in rng.integers((4, 2, 4, 1), (20, 6, 60, 3)))
        padding, joint = str(rng.choice(["same", "valid"])), str(rng.choice(["flatten", "global_pool"]))
        layers = [
            {"kind": "conv", "filters": filters, "kernel": kernel, "strides": strides, "padding": padding},
            {"kind": "batch_norm"},
            {"kind": "pool", "size": int(rng.integers(2, 4))},
            {"kind": "separable", "filters": 2 * filters, "kernel": 3, "strides": strides, "padding": padding},
            {"kind": joint},
            {"kind": "dense", "units": units},
            {"kind": "batch_norm"},
            {"kind": "dense", "units": 3},
        ]
        shape = (int(rng.integers(48, 65)), int(rng.integers(48, 65)), 3)
        checks.returns(network_parameters, (layers, shape), keras_count(layers, shape), mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# ## The slide that is off by one
#
# Now back to the opening question. With 1000 classes, VGG16 has 138,357,544 parameters, as the cells below will show
# (C04). A count needs shapes, not weights. So `counting.blueprint` lets Keras lay out VGG16 without storing any
# weights. This saves half a gigabyte and takes only a moment.
#
# **Before you run the cells:** how many outputs could give the slide's number?

# %%
vgg16 = counting.blueprint(keras.applications.VGG16, weights=None, classes=2)
widgets.draw_shapes(counting.by_block(vgg16))
plt.show()
# %% tags=["nbval-check-output"]
slide = 134_268_737
for classes in (1000, 3, 2, 1):
    count = counting.blueprint(keras.applications.VGG16, weights=None, classes=classes).count_params()
    print(f"{classes:4} outputs: {count:11,}   slide minus this: {slide - count:+11,}")

# %% [markdown]
# No number of outputs gives the slide's 134,268,737. The network with two outputs comes closest, but it has one
# parameter too many. A single sigmoid output, the other common head for two classes, leaves 4,096 parameters
# unexplained.
#
# Could it be some other VGG16? The next cell tries many variants at once. It removes the biases from every subset of
# layers. It also varies the number of image channels (1, 3 or 4) and of outputs (up to 1000, with or without biases).

# %% tags=["nbval-check-output"]
widths = [64] * 2 + [128] * 2 + [256] * 3 + [512] * 6 + [4096] * 2  # outputs of VGG16's first 15 weight layers
biases = {0}
for width in widths:
    biases |= {total + width for total in biases}  # every sum that some subset of layers can have
weights = vgg16.count_params() - 4097 * 2 - sum(widths)
bodies = {weights + 9 * 64 * (channels - 3) + total for channels in (1, 3, 4) for total in biases}
heads = {4096 * outputs + bias for outputs in range(1, 1001) for bias in (0, outputs)}
print(f"{len(bodies)} bodies, {len(heads)} heads; fitting: {sum(slide - body in heads for body in bodies)}")
usual = weights + sum(widths)
print(f"odd bodies: {sum(body % 2 for body in bodies)}; usual body {usual:,}; slide minus usual body {slide - usual:,}")

# %%
totals = {outputs: usual + 4097 * outputs for outputs in (1, 2, 3)}
figure, axes = plt.subplots(figsize=(7, 2.2), layout="constrained")
axes.plot(list(totals.values()), [0, 0, 0], "o", color=plots.COLORS["blue"], markersize=10)
for outputs, total in totals.items():
    axes.annotate(
        f"{outputs} output{'s' * (outputs > 1)}\n{total:,}",
        (total, 0),
        (0, 12),
        textcoords="offset points",
        ha="center",
    )
axes.axvline(slide, ymax=0.4, color=plots.COLORS["vermilion"], linestyle="--")
axes.annotate(
    f"the slide: {slide:,}", (slide, -0.6), (8, 0), textcoords="offset points", color=plots.COLORS["vermilion"]
)
axes.set(
    ylim=(-1, 1.2),
    xlim=(slide - 6500, slide + 6500),
    yticks=[],
    xlabel="parameters of VGG16",
    title="The slide is off by one",
)
axes.xaxis.set_major_formatter("{x:,.0f}")
axes.spines["left"].set_visible(False)
plt.show()
# %% [markdown]
# None of them fits. In every variant, the body (the network without its head) has an even number of parameters. You
# will need this fact. The slide leaves 8,193 parameters for the head. As the search shows, no `Dense` layer on the
# 4,096 features has that many. Is the number a typo, or something else?
#
# **No variant of VGG16 in this search has the slide's number of parameters.**

# %% [markdown]
# ### Written answer: why the slide cannot be right
#
# A friend says: "One in 134 million, who cares? Perhaps Keras counts one too many." Answer in four to eight sentences,
# without running any code.
#
# - Show that **no** VGG16 with a `Dense` head of two outputs can have 134,268,737 parameters, whether its layers have
#   biases or not.
# - Name one change to the head that does give this number, and count its parameters.
# - Say whether you believe that the slide meant this change.
#
# (3 points, graded by hand)

# %% [markdown] nbgrader={"grade": true, "grade_id": "why_off_by_one", "locked": false, "points": 3, "schema_version": 3, "solution": true}
# Every layer of VGG16 before the head has an even number of filters or units: 64, 128, 256, 512 or 4,096. The number of
# weights is this number times a filter volume, so it is even. If the layer has biases, it has one for each filter or
# unit, so the number of biases is even, too. The body's count is therefore even, whichever biases you drop.
#
# A head with two outputs adds 2 × 4,096 weights and either 2 biases or none, so its count is even, too. The sum of even
# numbers is even, but 134,268,737 is odd. So Keras's way of counting is not the reason: no such network exists.
#
# The usual body has 134,260,544 parameters, which leaves 8,193 = 2 × 4,096 + 1 for the head. Two outputs that share one
# bias have this count. So does a single output on the features of two images side by side. Neither is a common choice
# for VGG16 on a small task, so I believe that someone lost one parameter. The correct number is 134,268,738.
#
# === BEGIN MARK SCHEME ===
# - 1 point: the body is even. All widths are even, so the numbers of weights and biases are even (or: everything is
#   divisible by 64). Give 0.5 if the answer only recomputes Keras's own count.
# - 1 point: the head with two outputs is even with or without biases, and the slide's number is odd, so they cannot be
#   equal. (This also answers the friend: it is not a matter of how Keras counts.)
# - 1 point: a change that gives the head 8,193 parameters, with a count of them and a reasoned opinion. Accept: a
#   shared bias; two images' features into one output; one output and 4,096 additional parameters (a PReLU or a scale
#   after fc2). Do not accept: one sigmoid output alone (134,264,641); dropping both biases (one parameter too few).
# === END MARK SCHEME ===

# %% [markdown]
# ## What freezing leaves to train
#
# The lecture's headline experiment (C01) transfers 15 of 16 layers. The 13 convolutions and 2 dense layers stay frozen,
# and only a new classifier for 65 people is trained. `layer.trainable = False` removes a layer's parameters from the
# trainable ones but leaves them in the total.
#
# **Before you run the cells:** what percentage of the parameters is left to train?

# %% tags=["nbval-check-output"]
student = counting.blueprint(keras.applications.VGG16, weights=None, classes=65)
for layer in student.layers[:-1]:
    layer.trainable = False
left = sum(math.prod(variable.shape) for variable in student.trainable_variables)
print(f"{left:,} of {student.count_params():,} parameters are trained: {left / student.count_params():.2%}")

# %%
weighted = [layer for layer in student.layers if layer.count_params()]
colors = [plots.COLORS["vermilion"] if layer.trainable_variables else plots.COLORS["sky"] for layer in weighted]
figure, axes = plt.subplots(figsize=(9, 3.5), layout="constrained")
axes.scatter([layer.name for layer in weighted], [layer.count_params() for layer in weighted], 60, colors)
axes.set(yscale="log", ylabel="parameters", title="VGG16 for 65 people: only the last layer is trained")
axes.tick_params(axis="x", rotation=60)
axes.grid(axis="y", color="lightgrey", linewidth=0.6)
plt.show()

# %% [markdown]
# Only 266,305 parameters are left, one five-hundredth of the network. This is one reason why the experiment's 650
# images can be enough.
#
# "15 of 16 layers" counts convolutions and dense layers only. The course's own teacher has batch norm, too. A batch
# norm belongs to the convolution or dense layer before it. In this course, freezing that layer means freezing its batch
# norm as well; Keras does not do this by itself.
#
# **Freezing all but the last layer leaves a tiny part of the network to train.**

# %% [markdown]
# ### Exercise 1.6: Freeze all but the last layers
#
# Freeze the first layers of a model, and count the parameters that are still trainable.
#
# | | |
# |---|---|
# | **Signature** | `trainable_after_freezing(model, transferred)` |
# | **Arguments** | `model`: a `keras.Model` whose layers form a sequence, all of them trainable; `transferred`: how many weight layers to freeze, from 1 to all |
# | **Returns** | the number of parameters that are still trainable, an `int` |
# | **Rules** | A weight layer is a `Conv2D` or a `Dense`. Freeze the first `transferred` weight layers, and every other layer that comes before the next weight layer, or before the end if there is none. Freeze them in place, in the model that you receive. |
# | **Example** | `networks.narrow_vgg16(65)` with 15 transferred layers keeps 12,545 trainable parameters |
# | **Points** | 3 points: 2 for the number, 1 for the model |
#
# <details><summary>Hint</summary>
# `model.layers` is in order, `isinstance` recognizes the weight layers, and `model.trainable_variables` lists the
# variables that a gradient may move.
# </details>


# %% nbgrader={"grade": false, "grade_id": "trainable_after_freezing", "locked": false, "schema_version": 3, "solution": true}
def trainable_after_freezing(model, transferred):
    """Freeze the first `transferred` weight layers; return how many parameters still train.

    The other layers before the next weight layer are frozen, too; without a next weight layer, all layers are.
    """
    ### BEGIN SOLUTION
    seen = 0
    for layer in model.layers:
        seen += isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))
        if seen > transferred:
            break
        layer.trainable = False
    return sum(math.prod(variable.shape) for variable in model.trainable_variables)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_trainable_after_freezing", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from typing import NamedTuple

from tlcourse.building import visible_cases


class Counted(NamedTuple):
    """What a layer has: whether it is a weight layer, and numbers of parameters."""

    name: str
    weighted: bool
    kernel: int = 0
    vectors: int = 0  # a bias, or gamma and beta
    statistics: int = 0


def counted_layers(layers):
    """The layers of a described network, without its input."""
    shape, rows = tuple(int(size) for size in layers[0].split()[1:]), []
    for number, (kind, *sizes) in enumerate(text.split() for text in layers[1:]):
        name = "head" if kind == "head" else f"{kind}{sum(text.split()[0] == kind for text in layers[1 : number + 1])}"
        if sizes:
            count = int(sizes[0])
            area = 9 if kind == "conv" else 1
            rows.append(Counted(name, True, area * shape[-1] * count, count))
            shape = (*shape[:-1], count)
        elif kind == "norm":
            rows.append(Counted(name, False, 0, 2 * shape[-1], 2 * shape[-1]))
        else:
            rows.append(Counted(name, False))
            side = {"pool": 2}.get(kind, 1)
            shape = (math.prod(shape),) if kind == "flatten" else (*(size // side for size in shape[:-1]), shape[-1])
    return rows


def first_of(rows, number, weighted=lambda row: row.weighted):
    """The position of a weight layer, counted from 0, or of what counts as one."""
    places = [place for place, row in enumerate(rows) if weighted(row)]
    return places[number] if number < len(places) else len(rows)


def norms(rows):
    return [row for row in rows if row.statistics]


def still_trainable(rows, transferred):
    """The layers that stay trainable."""
    return rows[first_of(rows, transferred) :]


leaving = {  # mistakes: which layers stay trainable
    "nothing is frozen": lambda rows, n: rows,
    "the first layers are trained and the last frozen": lambda rows, n: rows[: first_of(rows, n)],
    "layers without weights are counted among the transferred ones": lambda rows, n: rows[
        n - 1 :
    ],  # the first is the input
    "batch norms are counted among the transferred layers": lambda rows, n: rows[
        first_of(rows, n, lambda row: row.weighted or row.statistics) :
    ],
    "only dense layers are counted among the transferred ones": lambda rows, n: rows[
        first_of(rows, n, lambda row: row.weighted and "conv" not in row.name) :
    ],
    "the batch norms of the frozen layers are left trainable": lambda rows, n: (
        norms(rows[: first_of(rows, n)]) + still_trainable(rows, n)
    ),
    "the batch norm behind the last frozen layer is left trainable": lambda rows, n: rows[first_of(rows, n - 1) + 1 :],
    "the batch norms of the new layers are frozen, too": lambda rows, n: [
        row for row in still_trainable(rows, n) if not row.statistics
    ],
    "one layer too few is frozen": lambda rows, n: rows[first_of(rows, n - 1) :],
    "one layer too many is frozen": lambda rows, n: rows[first_of(rows, n + 1) :],
    "one layer too many is frozen, and the batch norm behind it is not": lambda rows, n: rows[first_of(rows, n) + 1 :],
    "all layers but the last are frozen": lambda rows, n: rows[-1:],
    "everything is frozen": lambda rows, n: [],
}


def trainable(rows):
    return sum(row.kernel + row.vectors for row in rows)


def left_number(layers, transferred):
    """By arithmetic."""
    return trainable(still_trainable(counted_layers(layers), transferred))


def number_left_by(left):
    return lambda layers, n: trainable(left(counted_layers(layers), n))


def some_network(rng):
    """Layers of a network, and how many of them are weight layers."""
    layers, convolutions = [f"input {rng.integers(8, 17)} {rng.integers(8, 17)} 3"], int(rng.integers(1, 4))
    for _ in range(convolutions):
        layers += [f"conv {rng.integers(2, 9)}", "norm", "relu", "pool"]
    layers += ["flatten", f"dense {rng.integers(5, 12)}", "norm", "relu", f"head {rng.integers(2, 9)}"]
    return layers, convolutions + 2


def of_the_rest(value):
    """What another way of counting gives for the layers that stay trainable, and the frozen ones."""

    def count(layers, transferred):
        rows = counted_layers(layers)
        rest = still_trainable(rows, transferred)
        return value(rest, rows[: len(rows) - len(rest)])

    return count


mistakes = {text: number_left_by(left) for text, left in leaving.items()} | {
    "moving statistics are counted as trainable": of_the_rest(
        lambda rest, _: trainable(rest) + sum(r.statistics for r in rest)
    ),
    "only the kernels are counted": of_the_rest(lambda rest, _: sum(row.kernel for row in rest)),
    "arrays are counted instead of the numbers in them": of_the_rest(
        lambda rest, _: sum(2 for row in rest if row.vectors)
    ),
    "layers are counted instead of parameters": of_the_rest(lambda rest, _: sum(row.vectors > 0 for row in rest)),
    "the frozen parameters are counted": of_the_rest(
        lambda _, frozen: trainable(frozen) + sum(row.statistics for row in frozen)
    ),
    "the whole model's parameters are counted": of_the_rest(
        lambda rest, frozen: trainable(rest + frozen) + sum(row.statistics for row in rest + frozen)
    ),
}
small_network = ["input 6 6 2", "conv 3", "norm", "pool", "conv 4", "norm", "flatten", "dense 5", "norm", "head 3"]
shown_networks = [
    (small_network, 3),
    (small_network, 1),
    (small_network, 2),
    (["input 6 4 1", "conv 2", "conv 3", "pool", "conv 4", "flatten", "head 2"], 2),
]
normalized_outputs = [  # a batch norm at the end is frozen only with the last weight layer
    (["input 6 6 3", "conv 4", "norm", "flatten", "head 5", "norm"], 2),
    (["input 6 6 3", "conv 4", "norm", "flatten", "head 5", "norm"], 1),
]
visible_cases.record("trainable_after_freezing", shown_networks, left_number, mistakes)
### END HIDDEN TESTS
with progress.exercise("trainable_after_freezing"):
    checks.run("trainable_after_freezing", model_checks.value(trainable_after_freezing))
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("trainable_after_freezing")
    for case in range(6):
        layers, depth = some_network(rng)
        transferred = int(rng.integers(1, depth)) if case else depth  # all of them once
        expected = left_number(layers, transferred)
        model = model_checks.network(layers)
        assert trainable(counted_layers(layers)) == sum(math.prod(v.shape) for v in model.trainable_variables)
        checks.returns(model_checks.value(trainable_after_freezing), (layers, transferred), expected, mistakes)
        sequence = keras.Sequential([keras.Input(model.input_shape[1:]), *model.layers[1:]])
        checks.returns(trainable_after_freezing, (sequence, transferred), expected)
    for arguments in normalized_outputs:
        view = model_checks.value(trainable_after_freezing)
        checks.returns(view, arguments, left_number(*arguments), mistakes)
    model = networks.narrow_vgg16(65, widths=(2, 2, 4, 4, 4), dense=192)
    checks.returns(trainable_after_freezing, (model, 15), 12_545)
    ### END HIDDEN TESTS


# %% nbgrader={"grade": true, "grade_id": "test_trainable_after_freezing_model", "locked": true, "points": 1, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
def names_left_by(left):
    return lambda layers, n: [row.name for row in left(counted_layers(layers), n) if row.vectors]


mistakes = {text: names_left_by(left) for text, left in leaving.items() if text != "nothing is frozen"} | {
    "the model itself stays as it was": names_left_by(leaving["nothing is frozen"])
}
visible_cases.record("trainable_after_freezing_model", shown_networks, names_left_by(still_trainable), mistakes)
### END HIDDEN TESTS
with progress.exercise("trainable_after_freezing_model"):
    checks.run("trainable_after_freezing_model", model_checks.layers_left_trainable(trainable_after_freezing))
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("trainable_after_freezing_model")
    for _ in range(3):
        layers, depth = some_network(rng)
        arguments = layers, int(rng.integers(1, depth))
        expected = names_left_by(still_trainable)(*arguments)
        view = model_checks.layers_left_trainable(trainable_after_freezing)
        checks.returns(view, arguments, expected, mistakes)
    for arguments in normalized_outputs:
        checks.returns(view, arguments, names_left_by(still_trainable)(*arguments), mistakes)
    for transferred, expected in [(14, "fc2"), (3, "block2_conv2")]:
        model = networks.narrow_vgg16(7, widths=(2, 2, 2, 2, 2), dense=4)
        order = [variable.path for variable in model.trainable_variables]
        trainable_after_freezing(model, transferred)
        left = [variable.path for variable in model.trainable_variables]
        first = next(i for i, path in enumerate(order) if path.split("/")[-2] == expected)
        checks.require(
            left == order[first:],
            f"With {transferred} layers transferred, {expected} should be the first trainable layer, and all behind it "
            f"trainable. The trainable variables are {left}.",
        )
    ### END HIDDEN TESTS

# %% [markdown]
# ## Memory and work
#
# Does a network fit on a phone? The lecture says that models with millions or billions of parameters do not (C05). One
# parameter takes 4 bytes as float32, 2 as float16, and 1 as an 8-bit integer. Suppose that a phone grants one app 1 GB
# of memory. The dashed line in the figure marks this limit.
#
# **Before you run the cells:** which of MobileNetV2, ResNet50 and VGG16 will fit?

# %% tags=["nbval-check-output"]
granted = 1_000_000_000  # bytes for one app: our assumption, change it
sizes = {
    name: counting.blueprint(getattr(keras.applications, name), weights=None).count_params()
    for name in ("MobileNetV2", "ResNet50", "VGG16")
}
sizes |= {"1 billion": 10**9, "7 billion": 7 * 10**9}
for name, count in sizes.items():
    fits = [
        f"{count * bytes_each / 1e6:9,.1f} MB {'+' if count * bytes_each <= granted else '-'}"
        for bytes_each in (4, 2, 1)
    ]
    print(f"{name:12}{count:14,}", *fits)

# %%
figure, axes = plt.subplots(figsize=(8, 3.5), layout="constrained")
kinds = {"float32": (4, "o", "blue"), "float16": (2, "s", "green"), "int8": (1, "^", "vermilion")}
for kind, (bytes_each, marker, color) in kinds.items():
    megabytes = [count * bytes_each / 1e6 for count in sizes.values()]
    axes.plot(list(sizes), megabytes, marker, markersize=8, color=plots.COLORS[color], label=kind)
axes.axhline(granted / 1e6, color="black", linestyle="--")
axes.set(yscale="log", ylabel="parameters (MB)", title="Below the dashed line, a model fits")
axes.legend()
plt.show()
# %% [markdown]
# So the claim that such models do not fit on mobile devices (C05) is half right. Millions of parameters fit.
# MobileNetV2 takes 14.2 MB. Even VGG16, at 553.4 MB, stays below the line: it is a burden, but not a barrier. Billions
# do not fit. Seven billion parameters are too many in every format here, and one billion fit only as 8-bit integers,
# with nothing to spare.
#
# Parameters are not the only cost. The outputs of the layers, the **activations**, need memory, too. During training,
# all of them are kept for the backward pass, for every image in the batch. The next cell counts the output of every
# layer. This estimate is on the high side, because some layers can work in place.

# %% tags=["nbval-check-output"]
names = ("MobileNetV2", "ResNet50", "VGG16")
models = [counting.blueprint(getattr(keras.applications, name), weights=None) for name in names]
for name, numbers in zip(names, map(counting.activation_count, models), strict=True):
    print(
        f"{name:12} {numbers:11,} activations per image: {4 * numbers * 32 / 1e6:8,.1f} MB for a batch of 32 in float32"
    )

# %% [markdown]
# MobileNetV2 is small, yet the activations of one batch need far more memory than its weights. A frozen base keeps none
# of them, because no gradient flows back through it. This is one more reason why transfer learning fits on a laptop.
#
# Work is a third cost. We count it in **multiply-adds**. Each consists of one multiplication of a weight by an input,
# and one addition.
#
# Keras can count them for you. Set all weights and all inputs to one. Then every multiply-add raises some output by
# exactly one, and the sum of the outputs is the count. This works only with "valid" padding, because a padded zero adds
# nothing to the output.

# %% tags=["nbval-check-output"]
for filters, strides in ((1, 1), (4, 1), (4, 2)):
    ones = keras.layers.Conv2D(filters, 3, strides, kernel_initializer="ones", use_bias=False)
    outputs = np.array(ones(np.ones((1, 9, 9, 2), dtype="float32")))
    counts = f"parameters {ones.count_params():2}, multiply-adds {outputs.sum():.0f}"
    print(f"{filters} filters, stride {strides}: outputs {outputs.shape[1:]!s:9}, {counts}")

# %% [markdown]
# With four times as many filters, the parameters and the work both grow fourfold. A stride of 2 reduces the work but
# not the parameters, because the layer uses each parameter once at every position of the kernel.

# %% [markdown]
# ### Exercise 1.7: Count multiply-adds
#
# Count the multiply-adds of one layer for one image.
#
# | | |
# |---|---|
# | **Signature** | `multiply_adds(layer, input_shape)` |
# | **Arguments** | `layer`: a dictionary of kind `"conv"`, `"dense"` or `"separable"`; `input_shape`: `(height, width, channels)`, or `(entries,)` for a dense layer |
# | **Returns** | the number of multiply-adds, an `int` |
# | **Rules** | Biases involve only additions and do not count. Padded zeros are multiplied like other pixels. |
# | **Example** | The lecture's second convolution, `lecture_network[1]`, costs 819,200 on a map of shape `(32, 32, 8)`. |
# | **Points** | 3 points: 2 for convolutions, 1 for the other two kinds |
#
# <details><summary>Hint</summary>
# How often is each weight used? A separable convolution applies its stride in the depthwise step, so its pointwise step
# sees the smaller map.
# </details>


# %% nbgrader={"grade": false, "grade_id": "multiply_adds", "locked": false, "schema_version": 3, "solution": true}
def multiply_adds(layer, input_shape):
    """Number of multiplications of a weight by an input that `layer` needs for one image of `input_shape`."""
    ### BEGIN SOLUTION
    channels = input_shape[-1]
    if layer["kind"] == "dense":
        return channels * layer["units"]
    kernel, filters = layer["kernel"], layer["filters"]
    stops = math.prod(output_size(side, kernel, layer["strides"], layer["padding"]) for side in input_shape[:2])
    if layer["kind"] == "separable":
        return stops * (kernel * kernel * channels + channels * filters)
    return stops * conv_parameters(kernel, channels, filters, bias=False)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_multiply_adds", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def keras_work(layer, input_shape):
    """By the shapes of Keras' weights and outputs."""
    built = counting.keras_layer(layer)
    built.build((None, *input_shape))
    outputs = built.compute_output_shape((None, *input_shape))[1:-1]  # without the channels
    return math.prod(outputs) * sum(math.prod(v.shape) for v in built.weights if "bias" not in v.name)


def positions(layer, shape, **changed):
    """The numbers of positions along both sides."""
    layer = {**layer, **changed}
    ends = [side if layer["padding"] == "same" else side - layer["kernel"] + 1 for side in shape[:2]]
    return [-(-end // layer["strides"]) for end in ends]


def stops(layer, shape, **changed):
    return math.prod(positions(layer, shape, **changed))


def weights(layer, shape):
    """The numbers of weights of a convolution, or of both steps of a separable one."""
    area, mixing = layer["kernel"] ** 2 * shape[-1], shape[-1] * layer["filters"]
    return [area, mixing] if layer["kind"] == "separable" else [area * layer["filters"]]


def work(layer, shape, **changed):
    return stops(layer, shape, **changed) * sum(weights(layer, shape))


def pixels_met(layer, shape):
    """How many pixels of the image the kernel meets at all its positions: padded zeros do not count."""
    met = 1
    for side, count in zip(shape[:2], positions(layer, shape), strict=True):
        padded = max((count - 1) * layer["strides"] + layer["kernel"] - side, 0)
        starts = [layer["strides"] * place - padded // 2 for place in range(count)]
        met *= sum(min(start + layer["kernel"], side) - max(start, 0) for start in starts)
    return met


mistakes = {
    "every weight is used once: these are the parameters": lambda x, s: sum(weights(x, s)),
    "padded zeros are left out": lambda x, s: pixels_met(x, s) * s[2] * x["filters"],
    "every parameter is used once, biases too": lambda x, s: sum(weights(x, s)) + x["filters"],
    "the kernel stops at every pixel of the input": lambda x, s: s[0] * s[1] * sum(weights(x, s)),
    "the stride is left out": lambda x, s: work(x, s, strides=1),
    "the padding is left out": lambda x, s: work(x, s, padding="valid"),
    '"valid" is treated like "same"': lambda x, s: work(x, s, padding="same"),
    "biases are counted": lambda x, s: work(x, s) + stops(x, s) * x["filters"],
    "biases are counted once": lambda x, s: work(x, s) + x["filters"],
    "a filter looks at one channel only": lambda x, s: work(x, s) // s[2],
    "one side of the kernel is left out": lambda x, s: work(x, s) // x["kernel"],
    "multiplications and additions are counted apart": lambda x, s: 2 * work(x, s),
    "there is only one filter": lambda x, s: work(x, s) // x["filters"],
    "the sides are divided by the stride and rounded down": lambda x, s: (
        math.prod(side // x["strides"] for side in s[:2]) * sum(weights(x, s))
    ),
    "only one side of the map is counted": lambda x, s: positions(x, s)[0] * sum(weights(x, s)),
    "images are taken as square: height instead of width": lambda x, s: work(x, (s[0], s[0], s[2])),
    "images are taken as square: width instead of height": lambda x, s: work(x, (s[1], s[1], s[2])),
    "only the outputs are counted": lambda x, s: stops(x, s) * x["filters"],
}
small_conv = {"kind": "conv", "filters": 5, "kernel": 2, "strides": 2, "padding": "valid"}
visible_cases.record(
    "multiply_adds",
    [
        (lecture_network[1], (32, 32, 8)),
        (small_conv, (9, 13, 3)),
        ({"kind": "conv", "filters": 4, "kernel": 5, "strides": 3, "padding": "same"}, (10, 7, 1)),
    ],
    keras_work,
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("multiply_adds"):
    checks.run("multiply_adds", multiply_adds)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("multiply_adds")
    for _ in range(10):
        filters, high, wide, kernel, strides = (int(n) for n in rng.integers((2, 12, 12, 1, 1), (9, 30, 30, 6, 4)))
        padding = str(rng.choice(["same", "valid"]))
        layer = {"kind": "conv", "filters": filters, "kernel": kernel, "strides": strides, "padding": padding}
        arguments = layer, (high, wide, int(rng.choice([1, 3, 8])))
        checks.returns(multiply_adds, arguments, keras_work(*arguments), mistakes)
    ### END HIDDEN TESTS


# %% nbgrader={"grade": true, "grade_id": "test_multiply_adds_others", "locked": true, "points": 1, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
def either(dense, separable):
    """What a formula gives for each kind of layer; None stands for a formula that is correct."""

    def value(layer, shape):
        formula = dense if layer["kind"] == "dense" else separable
        return None if formula is None else formula(layer, shape)

    return value


mistakes = {
    "biases are counted": either(
        lambda x, s: (s[0] + 1) * x["units"], lambda x, s: work(x, s) + stops(x, s) * x["filters"]
    ),
    "biases are counted once": either(lambda x, s: (s[0] + 1) * x["units"], lambda x, s: work(x, s) + x["filters"]),
    "multiplications and additions are counted apart": either(
        lambda x, s: 2 * s[0] * x["units"], lambda x, s: 2 * work(x, s)
    ),
    "only the outputs of a dense layer are counted": either(lambda x, s: x["units"], None),
    "only the inputs of a dense layer are counted": either(lambda x, s: s[0], None),
    "every weight is used once: these are the parameters": either(None, lambda x, s: sum(weights(x, s))),
    "a whole convolution is counted": either(None, lambda x, s: stops(x, s) * weights(x, s)[0] * x["filters"]),
    "the kernel stops at every pixel of the input": either(None, lambda x, s: s[0] * s[1] * sum(weights(x, s))),
    "the sides are divided by the stride and rounded down": either(
        None, lambda x, s: math.prod(side // x["strides"] for side in s[:2]) * sum(weights(x, s))
    ),
    "padded zeros are left out": either(None, lambda x, s: pixels_met(x, s) * s[2] + stops(x, s) * weights(x, s)[1]),
    "the depthwise step does not stride": either(
        None, lambda x, s: stops(x, s, strides=1) * weights(x, s)[0] + stops(x, s) * weights(x, s)[1]
    ),
    "the depthwise step does not stride and runs at every pixel of the input": either(
        None, lambda x, s: s[0] * s[1] * weights(x, s)[0] + stops(x, s) * weights(x, s)[1]
    ),
    "the pointwise step runs on the larger map in front of the depthwise step": either(
        None, lambda x, s: stops(x, s) * weights(x, s)[0] + s[0] * s[1] * weights(x, s)[1]
    ),
    "the stride is applied in both steps": either(
        None,
        lambda x, s: (
            stops(x, s) * weights(x, s)[0] + stops({**x, "kernel": 1}, (*positions(x, s), s[2])) * weights(x, s)[1]
        ),
    ),
    "the pointwise step uses one weight for each filter instead of one for each channel and filter": either(
        None, lambda x, s: stops(x, s) * (weights(x, s)[0] + x["filters"])
    ),
    "the pointwise step is left out": either(None, lambda x, s: stops(x, s) * weights(x, s)[0]),
    "the depthwise step is left out": either(None, lambda x, s: stops(x, s) * weights(x, s)[1]),
    "the depthwise step has a kernel for every filter": either(
        None, lambda x, s: stops(x, s) * (x["kernel"] ** 2 * x["filters"] + weights(x, s)[1])
    ),
    "all channels share one depthwise kernel, which is used once": either(
        None, lambda x, s: stops(x, s) * (x["kernel"] ** 2 + weights(x, s)[1])
    ),
    "one side of the kernel is left out": either(
        None, lambda x, s: stops(x, s) * (x["kernel"] * s[2] + weights(x, s)[1])
    ),
    "images are taken as square: height instead of width": either(None, lambda x, s: work(x, (s[0], s[0], s[2]))),
    "images are taken as square: width instead of height": either(None, lambda x, s: work(x, (s[1], s[1], s[2]))),
}
split = {"kind": "separable", "filters": 128, "kernel": 3, "strides": 1, "padding": "same"}
visible_cases.record(
    "multiply_adds_others",
    [
        ({"kind": "dense", "units": 512}, (4096,)),
        (split, (56, 56, 64)),
        ({**split, "filters": 5, "kernel": 2, "strides": 2, "padding": "valid"}, (9, 13, 3)),
    ],
    keras_work,
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("multiply_adds_others"):
    checks.run("multiply_adds_others", multiply_adds)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("multiply_adds_others")
    for _ in range(6):
        entries, units = (int(n) for n in rng.integers(2, 300, size=2))
        checks.returns(multiply_adds, ({"kind": "dense", "units": units}, (entries,)), entries * units, mistakes)
        filters, high, kernel, strides, channels = (int(n) for n in rng.integers((2, 12, 2, 1, 2), (40, 30, 6, 4, 20)))
        layer = {**split, "filters": filters, "kernel": kernel, "strides": strides}
        layer["padding"] = str(rng.choice(["same", "valid"]))
        arguments = layer, (high, int(rng.integers(12, 30)), channels)
        checks.returns(multiply_adds, arguments, keras_work(*arguments), mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# Your function can now measure all of VGG16.
#
# **Before you run the cells:** which layers hold the parameters, and which do the work?

# %% tags=["nbval-check-output"]
vgg16_layers, vgg16_work = counting.blueprint(keras.applications.VGG16, weights=None).layers, {}
for before, layer in itertools.pairwise(vgg16_layers):
    if "conv" in layer.name:
        description = {"kind": "conv", "filters": layer.filters, "kernel": 3, "strides": 1, "padding": "same"}
        vgg16_work[layer] = multiply_adds(description, before.output.shape[1:])
    elif layer.count_params():
        vgg16_work[layer] = multiply_adds({"kind": "dense", "units": layer.units}, before.output.shape[1:])
for kind, start in (("convolutions", 0), ("dense layers", 13)):
    chosen = list(vgg16_work)[start : 13 if start == 0 else None]
    counts = sum(layer.count_params() for layer in chosen), sum(vgg16_work[layer] for layer in chosen)
    print(f"{kind}: {counts[0]:11,} parameters  {counts[1]:14,} multiply-adds")

# %%
figure, places = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
names = [layer.name for layer in vgg16_work]
places[0].barh(names, [layer.count_params() / 1e6 for layer in vgg16_work], color=plots.COLORS["green"])
places[1].barh(names, [work / 1e9 for work in vgg16_work.values()], color=plots.COLORS["vermilion"])
places[0].set(xlabel="parameters (millions)", title="Where the memory goes")
places[1].set(xlabel="multiply-adds per image (billions)", title="Where the work goes")
places[0].invert_yaxis()
plt.show()
# %% [markdown]
# The two plots are nearly mirror images. Dense layers hold most of the parameters and do almost no work. Convolutions
# hold few parameters and do nearly all the work.
#
# So if you cut off the dense layers, you save most of the memory but hardly any work. To save work, run the
# convolutional base once and keep its outputs, as you will do in unit 02.
#
# **In VGG16, the dense layers cost memory and the convolutions cost work.**

# %% [markdown]
# ## Must the image have the teacher's size?
#
# The lecture says that the input must have the size that the teacher was trained on (C15). Count before you believe it.
# Two networks share a base of two convolutions. They differ in the joint between base and head: one uses `flatten`, the
# other global average pooling.
#
# **Before you run the cells:** which of the two grows with the image?

# %% tags=["nbval-check-output"]
image_sizes, joints = (32, 48, 64, 96, 128), {"flatten": [], "global_pool": []}
for joint, totals in joints.items():
    layers = [*lecture_network[:2], {"kind": joint}, *lecture_network[3:]]
    totals += [sum(row.parameters for row in counting.measure(layers, (size, size, 3))) for size in image_sizes]
    print(f"{joint:12}", *(f"{size}: {total:10,}  " for size, total in zip(image_sizes, totals, strict=True)))

# %%
figure, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
for (joint, totals), color, look in zip(
    joints.items(), (plots.COLORS["blue"], plots.COLORS["vermilion"]), ("o-", "s--"), strict=True
):
    axes.semilogy(image_sizes, totals, look, color=color, label=joint)
axes.set(
    xlabel="side of the image (pixels)", ylabel="parameters", xticks=image_sizes, title="Only the flatten network grows"
)
axes.legend()
plt.show()

# %% [markdown]
# With `flatten`, the dense layer grows with the image. Each size needs weights of a different shape, so trained weights
# fit only one size. With global pooling, the count stays the same. An equal count is necessary, but is it sufficient?
# Run the networks and see.


# %% tags=["nbval-check-output"]
def two_convolutions(joint, size):
    base = [counting.keras_layer(layer) for layer in lecture_network[:2]]
    return keras.Sequential([keras.Input((size, size, 3)), *base, joint, keras.layers.Dense(4)])


models = {"flatten": two_convolutions(keras.layers.Flatten(), 32)}
models["global_pool"] = two_convolutions(keras.layers.GlobalAveragePooling2D(), None)  # None: any size
for joint, model in models.items():
    for size in (32, 48):
        try:
            print(f"{joint:12} {size}x{size} image ->", tuple(model(np.ones((1, size, size, 3))).shape))
        except ValueError:
            print(f"{joint:12} {size}x{size} image -> ValueError: the weights do not fit")

# %% [markdown]
# So a head that flattens its input, as in VGG16 and VGG-Face, needs the teacher's size (C15). A convolutional base with
# global pooling, as in MobileNetV2 and ResNet50, does not.
#
# One caveat remains. A network that *runs* at another size does not necessarily *see* as clearly there as at the size
# that it was trained on. Its filters were trained on objects of a certain size in pixels.
#
# **Flattening fixes the image size; global pooling does not.**

# %% [markdown]
# ## With real photos
#
# MobileNetV2, trained on ImageNet, has global pooling. The first cell counts its parameters at several sizes. If the
# weights and photos are on your machine, the next two cells compare twenty photos of cats and dogs at two sizes.

# %% tags=["nbval-check-output"]
for name, sides in (("MobileNetV2", (96, 160, 224)), ("VGG16", (160, 224))):
    build = getattr(keras.applications, name)
    counts = [counting.blueprint(build, weights=None, input_shape=(side, side, 3)).count_params() for side in sides]
    print(f"{name:12}", *(f"{side}: {count:,}  " for side, count in zip(sides, counts, strict=True)))

# %%
from tlcourse import teachers
from tlcourse.datasets import photos

similarity = None
if teachers.available("MobileNetV2", head=False) and photos.available():
    images, features = photos.cats_dogs()["test"].per_class(10, seed=0).images.astype("float32"), []
    for side in (160, 96):
        resized = np.clip(keras.ops.image.resize(images, (side, side), antialias=True), 0, 255)
        teacher = teachers.load("MobileNetV2", head=False, input_size=side)
        features.append(teacher.predict(teachers.preprocess("MobileNetV2", resized), verbose=0))
    large, small = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in features)
    similarity = large @ small.T
else:
    file = teachers.CATALOG["MobileNetV2"].base_file
    print(
        f"No photos: put {file} into ~/.keras/models and cats_dogs into the folder that TLCOURSE_MIRROR names. The counts need neither."
    )

# %%
if similarity is not None:
    own = int((similarity.argmax(axis=1) == np.arange(len(similarity))).sum())
    figure, axes = plt.subplots(figsize=(5.5, 4), layout="constrained")
    figure.colorbar(axes.imshow(similarity, cmap="cividis"), label="cosine similarity")
    axes.set(xlabel="photo at 96 pixels", ylabel="photo at 160 pixels", xticks=range(0, 20, 5), yticks=range(0, 20, 5))
    axes.set_title(f"{own} of {len(similarity)} photos match themselves")
    plt.show()

# %% [markdown]
# MobileNetV2's base has the same parameters at every size, so one set of weights serves all sizes. This is not true of
# VGG16: at 160 pixels it is a different network, and the trained weights do not fit it.
#
# If your machine has the photos, look for a bright diagonal. It means that a photo's features at 96 pixels resemble its
# own features at 160 pixels more than they resemble any other photo's.
#
# **With global pooling, the same weights serve images of different sizes.**

# %% [markdown]
# ## Summary
#
# 1. **Shapes.** With `"same"`, the output size is the input size divided by the stride, rounded up. With `"valid"`,
#    count the positions that fit.
# 2. **Parameters.** A convolution has $\text{filters} \times \text{filter volume} + \text{biases}$ parameters. A
#    separable convolution has one kernel per channel, followed by a 1×1 convolution. A batch norm has four vectors, two
#    of them trainable. A dense layer has $\text{inputs} \times \text{outputs} + \text{outputs}$ parameters. The
#    lecture's network has 2,103,156 parameters (C03).
# 3. **Off by one.** No VGG16 with a dense head of two outputs has the slide's 134,268,737 parameters (C04). The last
#    digit shows it, because the count must be even. The correct number is 134,268,738.
# 4. **Freezing.** With 15 of VGG16's 16 layers frozen, 266,305 parameters are left to train for 65 people. A batch norm
#    is frozen with the layer before it.
# 5. **Cost.** Parameters take memory. In VGG16, most of them are in dense layers. Multiply-adds measure work, and
#    convolutions do nearly all of it. Millions of parameters fit on a phone; billions barely fit, if at all (C05).
# 6. **Input size.** `flatten` fixes it, and global pooling does not (C15).
#
# In unit 02 you will use a frozen base, compute its features once and train only a head.

# %%
progress
