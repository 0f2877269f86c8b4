# Imports for the setup cell: keras, matplotlib.pyplot as plt, numpy as np; from tlcourse import checks, model_checks,
# plots, teachers; from tlcourse.data import results; from tlcourse.datasets import faces, real_masks; from
# tlcourse.datasets.faces import parts; from tlcourse.finetuning import recompile; from tlcourse.teachers import
# vision_zoo; from tlcourse import counting; from tlcourse.stats import paired_difference; from tlcourse.vision_transformer
# import attention_maps, build_vit. Helpers used: shown(entry), gain(first, second), as in unit 08.
# Progress: "unet": "Exercise 9.5 unet", "unet_frozen": "Exercise 9.5 unet, what is trainable",
# "mean_iou": "Exercise 9.6 mean_iou", "patches": "Exercise 9.7 patches". Points 3 + 1 + 3 + 3.

# %% [markdown]
# ## One class for each pixel
#
# A detector draws a box. Sometimes a box is too coarse: a surgeon needs the outline of a tumor, and a phone that blurs
# the background must know each hair. **Semantic segmentation** gives every pixel a class. Labels are expensive here: a
# person needs minutes to draw one mask, and seconds to name one image.
#
# The program that draws the course's faces also knows what it has painted where, so it gives exact masks for free.
# Neck, clothes, caps and anything in front of the face count as background.

# %%
masked = parts.masked_portraits(faces.TEST_PEOPLE[5000:5030], seed=91)
masked_test = parts.masked_portraits(faces.TEST_PEOPLE[5100:5160], seed=92)
PART_COLORS = np.array([[225, 225, 225], [230, 159, 0], [0, 114, 178], [0, 158, 115], [204, 121, 167]], np.uint8)
figure, rows = plt.subplots(2, 8, figsize=(10, 2.9), layout="constrained")
for column in range(8):
    rows[0, column].imshow(masked.images[column])
    rows[1, column].imshow(PART_COLORS[masked.masks[column]])
for axes in rows.flat:
    axes.set_axis_off()
figure.suptitle("A mask names the part of each pixel: " + ", ".join(masked.class_names))
plt.show()

# %% [markdown]
# The teacher was trained to name people, and has never seen a mask. Its early maps are as large as the image, but they
# know only edges and colors. Its late maps know eyes and mouths, but they are 6 pixels wide. A mask needs both: what
# something is, and where it ends.
#
# The **U-Net** (Ronneberger et al. 2015) uses the teacher as an **encoder**. A **decoder** then doubles the size of the
# maps step by step. At each size, a **skip connection** adds the encoder's maps of that size. A last convolution turns
# the channels of each pixel into logits.
#
# ### Exercise 9.5: Build a U-Net
#
# Write the decoder of a U-Net for any encoder.
#
# | | |
# |---|---|
# | **Signature** | `unet(encoder, skips, classes)` |
# | **Arguments** | `encoder`: a functional `keras.Model` that ends in maps; `skips`: names of its layers, the smallest maps first, each twice as high and wide as the maps before; `classes`: the number of classes |
# | **Returns** | a `keras.Model` of Keras' own layers, from the encoder's input to logits |
# | **Rules** | For each skip: double the size by repeating pixels (`UpSampling2D`); append the skip's maps *after* the enlarged ones (`Concatenate`); convolve by 3×3 with as many filters as the skip has channels, padding `"same"`, with a bias, and ReLU. At the end stands a convolution of 1×1 to `classes` logits, without an activation. Train or freeze nothing: the encoder's `trainable` stays as it is. |
# | **Example** | Maps of 6×6 pixels and skips of 12, 24 and 48 pixels give logits of shape `(48, 48, classes)`. |
# | **Points** | 4 points: 3 for the outputs, 1 for what is trainable |
#
# Without a skip, only the last convolution stands behind the encoder.
#
# <details><summary>Hint</summary>
# Begin with `x = encoder.output`. The output of a layer is `encoder.get_layer(name).output`, and its last axis has the
# channels.
# </details>


# %% nbgrader={"grade": false, "grade_id": "unet", "locked": false, "schema_version": 3, "solution": true}
def unet(encoder, skips, classes):
    """A U-Net on an encoder: its decoder doubles the size of the maps once for each skip.

    Parameters
    ----------
    encoder : keras.Model
        Functional; its output are maps, shape (n, height, width, channels). Its `trainable` stays as it is.
    skips : list of str
        Names of its layers, the smallest maps first; may be empty.
    classes : int

    Returns
    -------
    keras.Model
        From the encoder's input to logits, as high and wide as the maps of the last skip.
    """
    ### BEGIN SOLUTION
    x = encoder.output
    for name in skips:
        skip = encoder.get_layer(name).output
        x = keras.layers.UpSampling2D(2)(x)
        x = keras.layers.Concatenate()([x, skip])
        x = keras.layers.Conv2D(skip.shape[-1], 3, padding="same", activation="relu")(x)
    return keras.Model(encoder.input, keras.layers.Conv2D(classes, 1)(x))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_unet", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def skip_last(x, skip):
    """The enlarged maps, then the skip's."""
    return keras.layers.Concatenate()([x, skip])


def unet_outputs(
    join=skip_last,
    enlarge=lambda x: keras.layers.UpSampling2D(2)(x),
    filters=lambda x, skip, classes: skip.shape[-1],
    kernel=3,
    active="relu",
    last=1,
    end=None,
    first_convolve=False,
):
    """The outputs of a U-Net of these parts, with the weights that the check gives it."""

    def build(encoder, skips, classes):
        x = encoder.outputs[0]
        for skip in [encoder.get_layer(name).output for name in skips]:
            convolve = keras.layers.Conv2D(filters(x, skip, classes), kernel, padding="same", activation=active)
            x = enlarge(x)
            x = join(convolve(x), skip) if first_convolve else convolve(join(x, skip))
        return keras.Model(encoder.inputs[0], keras.layers.Conv2D(classes, last, padding="same", activation=end)(x))

    return model_checks.outputs_with_fixed_weights(build)


mistakes = {
    "the skip's maps come before the enlarged ones": unet_outputs(join=lambda x, skip: skip_last(skip, x)),
    "there is no skip connection": unet_outputs(join=lambda x, skip: x),
    "the maps are enlarged by interpolation and not by repeating pixels": unet_outputs(
        enlarge=lambda x: keras.layers.UpSampling2D(2, interpolation="bilinear")(x)
    ),
    "a transposed convolution enlarges the maps": unet_outputs(
        enlarge=lambda x: keras.layers.Conv2DTranspose(x.shape[-1], 2, strides=2)(x)
    ),
    "the convolutions have no ReLU": unet_outputs(active=None),
    "the convolutions have kernels of 1×1": unet_outputs(kernel=1),
    "the number of filters is that of the enlarged maps": unet_outputs(filters=lambda x, skip, classes: x.shape[-1]),
    "the number of filters is that of the maps after concatenation": unet_outputs(
        filters=lambda x, skip, classes: x.shape[-1] + skip.shape[-1]
    ),
    "the number of filters is `classes`": unet_outputs(filters=lambda x, skip, classes: classes),
    "the skip is appended after the convolution": unet_outputs(first_convolve=True),
    "the last convolution has a kernel of 3×3": unet_outputs(last=3),
    "a softmax stands at the end": unet_outputs(end="softmax"),
    "a ReLU stands at the end": unet_outputs(end="relu"),
}
small_encoder = ["input 4 4 3", "conv 4", "relu", "pool", "conv 6", "relu", "pool", "conv 8", "relu"]
wide_encoder = ["input 2 4 3", "conv 5", "norm", "relu", "pool", "conv 7", "relu"]
visible_cases.record(
    "unet",
    [(small_encoder, ["relu1", "relu0"], 2), (wide_encoder, ["norm0"], 3), (wide_encoder, [], 4)],
    unet_outputs(),
    mistakes,
    tolerance=1e-3,
)
### END HIDDEN TESTS
with progress.exercise("unet"):
    checks.run("unet", model_checks.outputs_with_fixed_weights(unet))
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("unet")
    one, two, three = (f"conv {number}" for number in rng.choice(np.arange(4, 12), 3, replace=False))
    height, width = 8 * rng.integers(1, 4, 2)
    hidden_encoder = [f"input {height} {width} 3", one, "tanh", "pool", two, "relu", "pool", three, "norm", "relu"]
    arguments = hidden_encoder, ["relu0", "tanh0"], int(rng.integers(2, 7))
    checks.returns(
        model_checks.outputs_with_fixed_weights(unet), arguments, unet_outputs()(*arguments), mistakes, tolerance=1e-3
    )
    ### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_unet_frozen", "locked": true, "points": 1, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS


def unet_counts(freeze=None):
    """Parameters that may learn and others, counted from the layers' shapes."""

    def count(layers, skips, classes):
        sizes, channels, below, counts = {}, 3, 0, {"conv": 0, "relu": 0, "pool": 0}
        for text in layers[1:]:
            kind, *filters = text.split()
            if kind == "conv":
                below, channels = below + (9 * channels + 1) * int(filters[0]), int(filters[0])
            if kind != "frozen":
                sizes[f"{kind}{counts[kind]}"] = channels
                counts[kind] += 1
        decoder = 0
        for name in skips:
            decoder += (9 * (channels + sizes[name]) + 1) * sizes[name]
            channels = sizes[name]
        decoder += (channels + 1) * classes
        frozen = freeze if freeze is not None else "frozen" in layers
        return {True: [decoder, below], False: [decoder + below, 0], "all": [0, decoder + below]}[frozen]

    return count


mistakes = {
    "the encoder is frozen, although it was not": unet_counts(True),
    "the encoder may learn, although it was frozen": unet_counts(False),
    "the decoder is frozen too": unet_counts("all"),
}
counted = [([*small_encoder, *end], ["relu1", "relu0"], 3) for end in (["frozen"], [])]
visible_cases.record("unet_frozen", counted, unet_counts(), mistakes)
### END HIDDEN TESTS
with progress.exercise("unet_frozen"):
    checks.run("unet_frozen", model_checks.parameter_counts(unet))
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("unet_frozen")
    one, two = (f"conv {number}" for number in rng.choice(np.arange(4, 12), 2, replace=False))
    for end in (["frozen"], []):
        arguments = ["input 8 8 3", one, "relu", "pool", two, "relu", *end], ["relu0"], int(rng.integers(2, 7))
        checks.returns(model_checks.parameter_counts(unet), arguments, unet_counts()(*arguments), mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# Now put your decoder on the frozen teacher, and train it with 30 masks and their mirror images.

# %%
face_teacher = teachers.load("faces_vgg16")
SKIPS = ["block3_conv3_relu", "block2_conv2_relu", "block1_conv2_relu"]
encoder = keras.Model(face_teacher.inputs[0], face_teacher.get_layer("block4_conv3_relu").output)
encoder.trainable = False
segmenter = unet(encoder, SKIPS, len(masked.class_names))
both_images = np.concatenate([masked.images, masked.images[:, :, ::-1]]).astype("float32")
both_masks = np.concatenate([masked.masks, masked.masks[:, :, ::-1]])
recompile(segmenter, 2e-3)
segmenter.fit(both_images, both_masks, batch_size=10, epochs=25, verbose=0)
predicted_masks = segmenter.predict(masked_test.images.astype("float32"), verbose=0).argmax(axis=-1)
print(f"{np.mean(predicted_masks == masked_test.masks):.1%} of the pixels are correct")
print(f"{np.mean(masked_test.masks == 0):.1%} are correct if everything is background")

# %% [markdown]
# The second line shows why the share of correct pixels is a poor score. Background covers most of an image, so a
# network that never finds a mouth loses little. The usual score is the **mean intersection over union** (mean IoU). For
# class $c$, let $P_c$ be the pixels that are predicted as $c$, and $T_c$ those that are $c$:
#
# $$\mathrm{IoU}_c = \frac{|P_c \cap T_c|}{|P_c \cup T_c|}, \qquad
# \text{mean IoU} = \frac{1}{|C|}\sum_{c \in C} \mathrm{IoU}_c .$$
#
# **Before you write it:** what should happen with a class that occurs in no mask and in no prediction?
#
# ### Exercise 9.6: Mean intersection over union
#
# | | |
# |---|---|
# | **Signature** | `mean_iou(predicted, true, classes)` |
# | **Arguments** | `predicted`, `true`: arrays of the same shape, one image or several, with classes from 0 to `classes - 1` |
# | **Returns** | the mean IoU, a number |
# | **Rules** | Count the pixels of all images together. A class that occurs neither in `predicted` nor in `true` is left out of the mean. A class that occurs in one of them only counts as 0. Class 0 counts like any other. |
# | **Example** | `mean_iou([[0, 0], [1, 1]], [[0, 1], [1, 1]], 3)` is $(1/2 + 2/3) / 2 \approx 0.583$; class 2 is left out. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# For each class, `predicted == c` and `true == c` are two arrays of true and false. `&` gives their intersection, and
# `|` their union.
# </details>


# %% nbgrader={"grade": false, "grade_id": "mean_iou", "locked": false, "schema_version": 3, "solution": true}
def mean_iou(predicted, true, classes):
    """Mean over the classes of intersection over union, of all pixels of all images together.

    Parameters
    ----------
    predicted, true : array-like of int
        The same shape, such as (n, height, width); classes 0 to ``classes - 1``. At least one pixel.
    classes : int

    Returns
    -------
    float
        The mean over the classes that occur in `predicted` or in `true`.
    """
    ### BEGIN SOLUTION
    predicted, true = np.asarray(predicted), np.asarray(true)
    scores = []
    for label in range(classes):
        union = ((predicted == label) | (true == label)).sum()
        if union:
            scores.append(((predicted == label) & (true == label)).sum() / union)
    return float(np.mean(scores))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mean_iou", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
import collections


def counted_iou(predicted, true, classes):
    """From the counts of pairs of classes, pixel by pixel: (intersection, predicted, true) of each class."""
    pairs = collections.Counter(zip(np.ravel(predicted).tolist(), np.ravel(true).tolist(), strict=True))
    return [
        (
            pairs[label, label],
            sum(count for (first, _), count in pairs.items() if first == label),
            sum(count for (_, second), count in pairs.items() if second == label),
        )
        for label in range(classes)
    ]


def iou_mean(
    score=lambda both, first, second: both / (first + second - both),
    counts=lambda both, first, second: first + second > 0,
    absent=(),
    skip_first=False,
):
    """The mean of a score over the classes that count; each other class gives `absent`."""

    def mean(predicted, true, classes):
        rows = counted_iou(predicted, true, classes)[skip_first:]
        scores = [[score(*row)] if counts(*row) else list(absent) for row in rows]
        return float(sum(map(sum, scores)) / sum(map(len, scores)))

    return mean


def image_by_image(predicted, true, classes):
    """The mean over the images, if there are several."""
    if np.ndim(predicted) < 3:
        return None
    return float(np.mean([iou_mean()(*pair, classes) for pair in zip(predicted, true, strict=True)]))


def pooled_iou(predicted, true, classes):
    """All intersections by all unions."""
    rows = counted_iou(predicted, true, classes)
    return sum(row[0] for row in rows) / sum(row[1] + row[2] - row[0] for row in rows)


def weighted_iou(predicted, true, classes):
    """Each class weighs as many pixels as it has."""
    rows = [row for row in counted_iou(predicted, true, classes) if row[2]]
    return sum(row[2] * row[0] / (row[1] + row[2] - row[0]) for row in rows) / sum(row[2] for row in rows)


mistakes = {
    "a class that occurs nowhere counts as 0": iou_mean(absent=[0.0]),
    "a class that occurs nowhere counts as 1": iou_mean(absent=[1.0]),
    "a class that is predicted but not true is left out": iou_mean(counts=lambda both, first, second: second > 0),
    "a class that is true but not predicted is left out": iou_mean(counts=lambda both, first, second: first > 0),
    "a class without a correct pixel is left out": iou_mean(counts=lambda both, first, second: both > 0),
    "class 0 is left out": iou_mean(skip_first=True),
    "the score is the share of correct pixels": lambda predicted, true, classes: float(
        np.mean(np.asarray(predicted) == np.asarray(true))
    ),
    "the intersection is divided by the true pixels and not by the union": iou_mean(
        lambda both, first, second: both / second if second else 0.0
    ),
    "the intersection is divided by the predicted pixels and not by the union": iou_mean(
        lambda both, first, second: both / first if first else 0.0
    ),
    "the intersection counts twice in the union": iou_mean(lambda both, first, second: both / (first + second)),
    "the score is Dice, twice the intersection by the sum of both": iou_mean(
        lambda both, first, second: 2 * both / (first + second)
    ),
    "the mean is taken image by image": image_by_image,
    "all intersections together are divided by all unions": pooled_iou,
    "large classes weigh more": weighted_iou,
}
two_true = np.array([[[0, 0, 1], [0, 1, 1]], [[0, 0, 0], [2, 2, 0]]])
visible_cases.record(
    "mean_iou",
    [
        ([[0, 0], [1, 1]], [[0, 1], [1, 1]], 3),
        (np.array([[[0, 1, 1], [0, 1, 0]], [[0, 0, 3], [2, 0, 0]]]), two_true, 5),
        (np.array([0, 0, 0, 4]), np.array([0, 0, 0, 2]), 5),
        (np.array([[1, 1], [1, 1]]), np.array([[1, 1], [1, 1]]), 2),
    ],
    iou_mean(),
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("mean_iou"):
    checks.run("mean_iou", mean_iou)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("mean_iou")
    for used in (2, 4, 6):
        hidden_classes = used + int(rng.integers(0, 3))
        hidden_shape = tuple(int(size) for size in rng.integers(2, 6, 3))
        hidden_true = rng.integers(0, used, hidden_shape)
        hidden_predicted = np.where(rng.random(hidden_shape) < 0.5, hidden_true, rng.integers(0, used, hidden_shape))
        arguments = hidden_predicted, hidden_true, hidden_classes
        checks.returns(mean_iou, arguments, iou_mean()(*arguments), mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# Score the U-Net with your function, and look at some of its masks. The last row shows where it is wrong.

# %%
live_score = mean_iou(predicted_masks, masked_test.masks, len(masked.class_names))
print(f"mean IoU on 60 portraits of other people: {live_score:.3f}")
figure, rows = plt.subplots(4, 8, figsize=(10, 5.4), layout="constrained")
wrong = predicted_masks != masked_test.masks
shown_rows = (masked_test.images, PART_COLORS[masked_test.masks], PART_COLORS[predicted_masks], wrong)
for line, drawn in zip(rows, shown_rows, strict=True):
    for axes, each in zip(line, drawn, strict=False):
        axes.imshow(each, cmap="Reds")
        axes.set(xticks=[], yticks=[])
for axes, name in zip(rows[:, 0], ("image", "true", "predicted", "wrong"), strict=True):
    axes.set_ylabel(name)
figure.suptitle("Errors follow the outlines, and some hair is missed as a whole")
plt.show()

# %% [markdown]
# > **Try it.** Train with `masked.take(slice(5))` in place of all 30 masks. Which part does the network lose first?
#
# **A teacher that names people can be the encoder of a network that labels pixels: only the decoder is new.**
#
# ## What the teacher saves in masks
#
# The recorded experiment compares four U-Nets of the same shape, on 10 and on 50 masks. In the first, the teacher is
# frozen. In the second, it learns along at a lower rate. The third is the same network from scratch, and the fourth
# has a frozen encoder with random weights. Each of five runs has other people, and tests on 60 portraits of others.
#
# **Before you run the cell:** in which order do the four arrive with 10 masks?

# %% tags=["nbval-check-output"]
masks_record = results("segmentation_labels")
for count in ("10", "50"):
    for name in ("frozen", "fine_tuned", "scratch", "random_frozen"):
        print(f"{count} masks, {name.replace('_', ' '):<14} mean IoU {shown(masks_record[count][name])}")
    difference = gain(masks_record[count]["frozen"], masks_record[count]["scratch"])
    print(f"{count} masks, frozen minus scratch: {difference}")

# %%
figure, axes = plt.subplots(figsize=(7, 2.8), layout="constrained")
for offset, count in ((-0.2, "10"), (0.2, "50")):
    names = ("frozen", "fine_tuned", "scratch", "random_frozen")
    entries = [masks_record[count][name] for name in names]
    errors = np.array([[e["mean"] - e["ci95"][0], e["ci95"][1] - e["mean"]] for e in entries]).T
    places = np.arange(4) + offset
    axes.bar(places, [e["mean"] for e in entries], 0.38, yerr=errors, label=f"{count} masks")
axes.set_xticks(range(4), [name.replace("_", " ") for name in names])
axes.set(ylabel="mean IoU", title="A teacher that never saw a mask helps most with few masks")
axes.legend()
plt.show()

# %% [markdown]
# Compare two pairs of lines. Frozen against random frozen shows what the teacher's *training* is worth: both have the
# same architecture, and in both only the decoder learns. Frozen against scratch is what a practitioner asks. All four
# trained for the same short budget, so none of these masks is the best that its network could learn.
#
# **The same features can serve a new task: the teacher names people, and its U-Net marks parts (C47).**
#
# ## What the skips carry
#
# Cut the skips, and keep everything else: the same frozen teacher, the same decoder of convolutions, 50 masks. All that
# the decoder knows now comes from maps of 6×6 pixels.
#
# **Before you run the cell:** which part suffers most?

# %% tags=["nbval-check-output"]
print("mean IoU with skips minus without:", gain(masks_record["50"]["frozen"], masks_record["50"]["no_skips"]))
for part in parts.CLASS_NAMES:
    with_skips, without = (masks_record[f"parts_{name}"][part]["mean"] for name in ("frozen", "no_skips"))
    print(f"{part:<11} IoU with skips {with_skips:.3f}, without {without:.3f}")
print(f"share of pixels at an outline: {masks_record['outline_share']['mean']:.1%}")
for name in ("frozen", "no_skips"):
    wrong = {place: masks_record[f"wrong_{name}"][place]["mean"] for place in ("outline", "elsewhere")}
    print(f"{name:<9} wrong at an outline {wrong['outline']:.1%}, elsewhere {wrong['elsewhere']:.1%}")

# %% [markdown]
# Small parts live on few pixels. Eyes and mouth are about as large as one pixel of the last maps, so their outlines
# cannot be restored from there. The last two lines locate the errors: a pixel counts as "at an outline" if another class
# touches it. Look at the share of such pixels, and at how much more often they are wrong.
#
# **Late maps say what there is, and early maps say where it ends. Skips let a decoder use both.**
#
# ## Dilation instead of pooling
#
# **DeepLab** (Chen et al. 2015) avoids the loss of resolution. It leaves out a pooling, and pulls the taps of the next
# convolutions apart: with a **dilation** of 2, a 3×3 kernel reads every second pixel. Each unit sees as much of the
# image as before, the weights still fit, and the maps stay twice as large. The cost is four times as many places.
#
# The fair question is therefore: what else could you buy for this cost? The cell counts multiply-adds for four
# networks on the same frozen teacher. "Linear" is a convolution of 1×1 whose logits are enlarged by interpolation.

# %% tags=["nbval-check-output"]
for name, score in (("linear", "linear"), ("dilated", "dilated"), ("no_skips", "no skips"), ("frozen", "U-Net")):
    cost = masks_record["multiply_adds"][name]["mean"]
    print(f"{score:<9} {cost / 1e6:5.1f} million multiply-adds, mean IoU {shown(masks_record['50'][name])}")
print("dilated minus linear:", gain(masks_record["50"]["dilated"], masks_record["50"]["linear"]))
print("dilated minus decoder without skips:", gain(masks_record["50"]["dilated"], masks_record["50"]["no_skips"]))

# %% [markdown]
# Compare networks in neighboring rows, because these cost about the same. Dilation needs no new layers, and it can be
# applied to a finished teacher; a decoder with skips costs more and reads the early maps as well. DeepLab's later versions
# combine both: dilation at several rates, and a small decoder.
#
# **Dilation and skips are two answers to the same loss of resolution. Compare them at the same cost.**
#
# ## Nuclei and defects
#
# Real masks are where this matters (C51): nuclei of cells under a microscope, and pitting on the metal of a ball screw.
# The experiment was run with real images, which the course does not ship. For the metal, the images of one place on the
# screw stay together, because they look alike: a split by image would test on what was learned. The score is the IoU of
# the nuclei or of the pitting alone, because background would flatter the mean. All images of metal show some pitting,
# so false alarms on clean metal are not measured.

# %% tags=["nbval-check-output"]
real_record = results("real_segmentation")
for target in (("nuclei", "10"), ("nuclei", "50"), ("pitting",)):
    entries = real_record
    for key in target:
        entries = entries[key]
    scores = ", ".join(f"{name.replace('_', ' ')} {entries[name]['mean']:.3f}" for name in entries)
    print(f"{' '.join(target):<10} {scores}; frozen minus scratch {gain(entries['frozen'], entries['scratch'])}")

# %%
try:
    metal, place = real_masks.defects()
    learned_places, tested_places = real_masks.split_by_group(place, 0.4, seed=0)
    shared = set(place[learned_places]) & set(place[tested_places])
    print(f"{len(metal)} photographs of {len(set(place))} places, {len(shared)} of them on both sides of the split")
    print(f"{np.mean(metal.masks):.1%} of the pixels are pitting")
except real_masks.MasksUnavailable:
    metal = None
    print("No real masks: set TLCOURSE_MIRROR. The recorded results are above.")

# %%
if metal is not None:
    figure, rows = plt.subplots(2, 8, figsize=(10, 2.7), layout="constrained")
    with_pitting = tested_places[metal.masks[tested_places].any(axis=(1, 2))]
    for column, number in enumerate(with_pitting[:8]):
        rows[0, column].imshow(metal.images[number])
        rows[1, column].imshow(metal.masks[number], cmap="Reds", vmin=0, vmax=1)
    for axes in rows.flat:
        axes.set_axis_off()
    figure.suptitle("Pitting covers few pixels of a photograph")
    plt.show()

# %% [markdown]
# A teacher of drawn faces has seen neither cells nor metal. Whether it still helps is an empirical question, and
# "pretrained" alone does not answer it: compare the frozen teacher with its random twin before you pay it any credit.
# Teachers from millions of photographs are the usual choice for medical and industrial images; even there, gains shrink
# when the target has many labels and looks different (Raghu et al. 2019).
#
# **Measure on your own images, with whole places, patients or machines held out.**
#
# ## An image as a row of patches
#
# All teachers so far have been convolutional networks. The **Vision Transformer** (ViT, Dosovitskiy et al. 2021) treats
# an image as unit 08 treated a sentence. It cuts the image into **patches**, turns each into a vector by the same
# matrix, adds a vector for its place, and sends the row through transformer layers. A head reads the mean of all
# states, or the state of an additional class token.
#
# ### Exercise 9.7: Cut images into patches
#
# | | |
# |---|---|
# | **Signature** | `patches(images, size)` |
# | **Arguments** | `images`: array of shape `(n, height, width, channels)`; `size`: height and width of a patch in pixels |
# | **Returns** | array of shape `(n, patches, size * size * channels)` |
# | **Rules** | Patches go row by row, each row from left to right. Within a patch, the numbers keep the order of the image: rows, then columns, then channels. A height or width that is no multiple of `size` raises a `ValueError`. |
# | **Example** | Images of shape `(10, 48, 48, 3)` and a size of 6 give shape `(10, 64, 108)`. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# A plain `reshape` takes pixels from a whole row of the image. Reshape to
# `(n, rows, size, columns, size, channels)`, exchange two axes, and reshape again.
# </details>


# %% nbgrader={"grade": false, "grade_id": "patches", "locked": false, "schema_version": 3, "solution": true}
def patches(images, size):
    """Cut images into square patches, each flattened to a row of numbers.

    Parameters
    ----------
    images : array-like
        Shape (n, height, width, channels).
    size : int
        Height and width of a patch in pixels.

    Returns
    -------
    numpy.ndarray
        Shape (n, patches, size * size * channels): patches row by row, pixels row by row, then channels.

    Raises
    ------
    ValueError
        If height or width is no multiple of `size`.
    """
    ### BEGIN SOLUTION
    images = np.asarray(images)
    n, height, width, channels = images.shape
    if height % size or width % size:
        raise ValueError(f"patches of {size} pixels do not cover {height} x {width} pixels")
    cut = images.reshape(n, height // size, size, width // size, size, channels)
    return cut.transpose(0, 1, 3, 2, 4, 5).reshape(n, -1, size * size * channels)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_patches", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.exercises.values import Raised


def patches_by_loops(flat=np.ravel, by_columns=False, check=True):
    """Patch by patch; `flat` makes a row of numbers of one patch."""

    def cut(images, size):
        images = np.asarray(images)
        height, width = images.shape[1:3]
        if check and (height % size or width % size):
            return Raised("ValueError")
        corners = [(y, x) for y in range(0, height - size + 1, size) for x in range(0, width - size + 1, size)]
        corners = sorted(corners, key=lambda corner: corner[::-1]) if by_columns else corners
        return np.array([[flat(image[y : y + size, x : x + size]) for y, x in corners] for image in images])

    return cut


def only_reshaped(images, size):
    """What a single reshape gives."""
    images = np.asarray(images)
    return images.reshape(len(images), -1, size * size * images.shape[-1])


mistakes = {
    "the images are reshaped without exchanging axes, so a patch takes pixels of other patches": only_reshaped,
    "the patches go column by column": patches_by_loops(by_columns=True),
    "the pixels of a patch go column by column": patches_by_loops(lambda patch: np.ravel(patch.transpose(1, 0, 2))),
    "the channels come first within a patch": patches_by_loops(lambda patch: np.ravel(patch.transpose(2, 0, 1))),
    "the patches are not flattened": patches_by_loops(lambda patch: patch),
    "the channels are averaged": patches_by_loops(lambda patch: patch.mean(axis=-1).ravel()),
    "each patch is averaged": patches_by_loops(lambda patch: patch.mean(axis=(0, 1))),
    "pixels at the edge are dropped where patches do not cover the image": patches_by_loops(check=False),
}
numbered = np.arange(2 * 4 * 6 * 2).reshape(2, 4, 6, 2)
visible_cases.record(
    "patches",
    [
        (np.arange(16).reshape(1, 4, 4, 1), 2),
        (numbered, 2),
        (numbered[:1], 1),
        (numbered[:, :, :4], 4),
        (numbered, 4),
        (numbered[:, :3], 2),
        (numbered[:, :, :5], 2),
    ],
    patches_by_loops(),
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("patches"):
    checks.run("patches", patches)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("patches")
    for hidden_size in (2, 3):
        across, down = rng.permutation([2, 3, 4])[:2] * hidden_size
        hidden_images = rng.normal(size=(2, int(down), int(across), 3))
        checks.returns(patches, (hidden_images, hidden_size), patches_by_loops()(hidden_images, hidden_size), mistakes)
    checks.returns(patches, (hidden_images[:, :-1], hidden_size), Raised("ValueError"))
    ### END HIDDEN TESTS

# %% [markdown]
# In code, the first layer of a ViT is often a convolution whose stride is as large as its kernel. Your patches show
# that this is the same: a dense layer for each patch.

# %% tags=["nbval-check-output"]
vit = build_vit(20, patch=8)
scaled = masked_test.images[:4] / 127.5 - 1
kernel, bias = vit.get_layer("patches").get_weights()
by_hand = patches(scaled, 8) @ kernel.reshape(-1, kernel.shape[-1]) + bias
by_layer = vit.get_layer("patches")(scaled.astype("float32"))
print("the same:", np.allclose(by_hand, np.reshape(by_layer, by_hand.shape), atol=1e-4))
print(f"{by_hand.shape[1]} patches of {kernel.size // kernel.shape[-1]} numbers; {vit.count_params():,} parameters")
vit_b16 = counting.blueprint(build_vit, 1000, size=224, patch=16, width=768, depth=12, heads=12, hidden=3072)
print(f"ViT-B/16: {vit_b16.count_params():,} parameters, and with a class token {vit_b16.count_params() + 2 * 768:,}")

# %% [markdown]
# A convolution builds in that neighbors belong together and that a nose is a nose anywhere. A transformer has to learn
# both. So what is it worth as a teacher if its source is small?
#
# In the recorded experiment, a ViT and a convolutional network of about the same number of parameters learn the same
# 40 people from 1,200 portraits, for the same number of epochs. Then both are frozen, and a linear classifier on
# their features learns digits and galaxies from few images. The same networks with random weights are the control.
#
# **Before you run the cell:** which of the two is better on the faces, and does the same one transfer better?

# %% tags=["nbval-check-output"]
vit_record = results("vit_transfer")
for name in ("vit", "cnn"):
    seconds = vit_record["seconds"][name]["mean"]
    print(f"{name}: people {shown(vit_record['source'][name])}, after about {seconds:.0f} s of processor time")
for target in ("digits", "galaxies"):
    for count in ("5", "20"):
        entries = {name: vit_record[target][name][count] for name in vit_record[target]}
        row = ", ".join(f"{name.replace('_', ' ')} {entries[name]['mean']:.1%}" for name in sorted(entries))
        print(f"{target}, {count} of each class: {row}")
        print(f"   ViT minus CNN, both trained: {gain(entries['vit_trained'], entries['cnn_trained'])}")

# %% [markdown]
# Read the lines in pairs again. The control with random weights tells how much of each score comes from the architecture
# alone: a random convolution still keeps what is where, and a random transformer mixes all patches. A ViT became a good
# teacher only with sources of 14 to 300 million images (Dosovitskiy et al. 2021). This experiment has 1,200 portraits,
# and it says nothing about such a ViT.
#
# What does attention look at? Train a small ViT on 20 people for a few seconds. The figure shows, for the patch marked
# in each image, which patches it looks at: the mean over the heads of the last layer.

# %%
sitters = faces.portraits(faces.TEACHER_PEOPLE[:20], 30, seed=93)
recompile(vit, 1e-3)
vit.fit(sitters.images.astype("float32"), sitters.labels, batch_size=30, epochs=10, verbose=0)
figure, rows = plt.subplots(2, 6, figsize=(9, 3.3), layout="constrained")
looks = attention_maps(vit, sitters.images[::60][:6], layer=4).mean(axis=1)
queries = (14, 15, 20, 21, 8, 27)
for column, query in enumerate(queries):
    rows[0, column].imshow(sitters.images[::60][column])
    corner = 8 * (query % 6) - 0.5, 8 * (query // 6) - 0.5
    rows[0, column].add_patch(plt.Rectangle(corner, 8, 8, fill=False, color="white", lw=2))
    rows[1, column].imshow(looks[column, query].reshape(6, 6), cmap="Blues", vmin=0)
for axes in rows.flat:
    axes.set_axis_off()
figure.suptitle("The marked patch looks at patches all over the image")
plt.show()

# %% [markdown]
# > **Try it.** Choose `layer=1`, or another patch in `queries`, from 0 (top left) to 35. Which layer looks nearby?
#
# Read such maps with care. They show what is mixed in one layer, and not why the network decides as it does.
#
# **A transformer has no built-in idea of a neighborhood. With a small source it pays for that; its fame rests on
# sources of millions of images.**
#
# ## A catalog of teachers
#
# In practice you choose among published teachers. The table has those of the lectures (C45). Keras publishes the
# accuracy on ImageNet. Multiply-adds were counted in the architecture, one image at a time. Change `by` to sort by another
# column.

# %% tags=["nbval-check-output"]
by = "multiply_adds"
for row in sorted(vision_zoo.rows(), key=lambda row: getattr(row, by)):
    print(
        f"{row.name:<18}{row.input_size:>4} px {row.parameters / 1e6:>6.1f} M {row.multiply_adds / 1e9:>6.2f} G "
        f"{f'{row.accuracy}%' if row.accuracy else 'not listed':>10}  {row.license:<11} {row.loads}"
    )

# %% [markdown]
# Keras has no Vision Transformer; `keras-hub`, a package of its own, does (C45). Its accuracy is not in Keras' table, so
# the table leaves it open: numbers from different papers rest on different training. Compare rows with the same cost.
# From VGG16 to EfficientNetB0, five years of architecture bought more accuracy for a fraction of the multiply-adds. But
# ImageNet's accuracy is not yours: unit 06 measures how far it predicts what a teacher is worth on your task.
#
# > **Try it.** Sort by `parameters` or `license`. Which teacher is the most accurate below one billion multiply-adds?
#
# **Choose by what your device can pay and your license allows; then measure.**
