# %% [markdown]
# # Unit 02: Feature extraction
#
# A network has learned to tell 2,622 people apart. Now you show it 65 *other* people, ten pictures of each. How much of
# it can stay exactly as it is? The lecture says: 15 of its 16 layers (C01). Here you try.
#
# By the end of this unit you can
#
# 1. say why a change of representation makes a hard task easy, and why it can also make an easy one hard;
# 2. look inside a teacher, cut its head off, compute features once, and train a new head in seconds;
# 3. report such a result with its baselines and its uncertainty, and say how many pictures it takes;
# 4. decide at which layer to cut, and when the old head is worth keeping;
# 5. repair a published listing that does not run, and choose a teacher with reasons.
#
# **Time:** about 60 minutes. Seven exercises and two written answers, 28 points. All cells together run in little more
# than a minute on two processor cores. The faces are drawn by a program; none of these people exists.

# %%
import sys

if "google.colab" in sys.modules:
    # %pip install -q git+https://github.com/tlcourse/tlcourse
    pass

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np

from tlcourse import checks, plots, teachers
from tlcourse.data import results
from tlcourse.datasets import faces
from tlcourse.networks import flat_layers, narrow_vgg16, small_cnn
from tlcourse.widgets import CutExplorer, PhotoClassifier, draw_cut, draw_photo

keras.utils.set_random_seed(0)
plots.style()
progress = checks.Progress(
    {
        "to_polar": "Exercise 2.1 to_polar",
        "cut_head": "Exercise 2.2 cut_head",
        "cut_head_frozen": "Exercise 2.2 cut_head, frozen",
        "train_head": "Exercise 2.3 train_head",
        "images_per_class": "Exercise 2.4 images_per_class",
        "images_per_class_scarce": "Exercise 2.4 images_per_class, too few pictures",
        "crossover": "Exercise 2.5 crossover",
        "keep_classes": "Exercise 2.6 keep_classes",
        "build_resnet_classifier": "Exercise 2.7 build_resnet_classifier",
        "build_resnet_classifier_frozen": "Exercise 2.7 build_resnet_classifier, frozen",
    }
)

# %% [markdown]
# ## Hard in one representation, easy in another
#
# Before any network: 2,000 points lie on two rings. Can one straight line separate the inner ring from the outer one?


# %% tags=["setup"]
def two_rings(count, seed):
    """Points (x, y) near the circles of radius 1 and 2: shape (count, 2)."""
    rng = np.random.default_rng(seed)
    radius = rng.choice([1.0, 2.0], count) + rng.normal(0, 0.15, count)
    angle = rng.uniform(-np.pi, np.pi, count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


points = two_rings(2000, seed=0)
is_outer = np.hypot(points[:, 0], points[:, 1]) > 1.5

# %%
figure, axes = plt.subplots(figsize=(5, 3.4), layout="constrained")
plots.embedding(points[:600], is_outer[:600].astype(int), ("inner ring", "outer ring"), axes).set_aspect("equal")

# %% [markdown]
# No line does. A linear classifier is the last layer of every network in this course, so let us see what it makes of
# the two numbers x and y: trained on the first half of the points, tested on the other.

# %% tags=["setup"]
from sklearn.linear_model import LogisticRegression


def linear_accuracy(representation, labels):
    """Accuracy of a linear classifier, trained on the first half and tested on the second."""
    half = len(labels) // 2
    classifier = LogisticRegression().fit(representation[:half], labels[:half])
    return classifier.score(representation[half:], labels[half:])


# %% tags=["nbval-check-output"]
print(f"rings, from (x, y): {linear_accuracy(points, is_outer):.0%} correct")

# %% [markdown]
# A coin would do as well. Nothing is wrong with the classifier, nor are there too few points: in x and y, no straight
# line exists. So change the two numbers that describe a point.

# %% [markdown]
# ### Exercise 2.1: change the representation
#
# `to_polar(points)`: points (x, y), an array of shape (n, 2), to their polar coordinates (r, θ), an array of shape
# (n, 2). r is the distance from the origin; θ is the angle from the positive x axis, anticlockwise, in radians from -π
# to π. The point (0, 2) becomes (2, π/2). (2 points)
#
# <details><summary>Hint</summary>
# The arctangent of y / x cannot tell (1, 1) from (-1, -1). NumPy has an arctangent of two arguments that can.
# </details>


# %% nbgrader={"grade": false, "grade_id": "to_polar", "locked": false, "schema_version": 3, "solution": true}
def to_polar(points):
    """Distance from the origin and angle in radians, for points (x, y): shape (n, 2) to shape (n, 2)."""
    ### BEGIN SOLUTION
    x, y = points[:, 0], points[:, 1]
    return np.stack([np.hypot(x, y), np.arctan2(y, x)], axis=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_to_polar", "locked": true, "points": 2, "schema_version": 3, "solution": false}
with progress.exercise("to_polar"):
    corners = np.array([[0.0, 2.0], [-1.0, -1.0], [3.0, 0.0]])
    answer = [[2, np.pi / 2], [2**0.5, -3 * np.pi / 4], [3, 0]]
    wrong_angles = {
        "θ and r are swapped": [[np.pi / 2, 2], [-3 * np.pi / 4, 2**0.5], [0, 3]],
        "the angle comes from y / x, which is the same for (1, 1) and (-1, -1)": [
            [2, np.pi / 2], [2**0.5, np.pi / 4], [3, 0]],
        "the two arguments of the arctangent are swapped: it takes y first": [
            [2, 0], [2**0.5, -3 * np.pi / 4], [3, np.pi / 2]],
        "the angle is in degrees": [[2, 90], [2**0.5, -135], [3, 0]],
        "the square root is missing in r": [[4, np.pi / 2], [2, -3 * np.pi / 4], [9, 0]],
        "angles run from 0 to 2π instead of -π to π": [[2, np.pi / 2], [2**0.5, 5 * np.pi / 4], [3, 0]],
    }  # fmt: skip
    checks.returns(to_polar, (corners,), answer, mistakes=wrong_angles)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("to_polar")
    for _ in range(5):
        hidden_points = rng.normal(size=(int(rng.integers(8, 40)), 2))
        number = hidden_points[:, 0] + 1j * hidden_points[:, 1]  # a complex number is a point of the plane
        polar = np.stack([np.abs(number), np.angle(number)], axis=1)
        wrong_polar = {
            "θ and r are swapped": polar[:, ::-1],
            "the angle comes from y / x, which is the same for (1, 1) and (-1, -1)": np.stack(
                [polar[:, 0], np.arctan(hidden_points[:, 1] / hidden_points[:, 0])], axis=1),
            "angles run from 0 to 2π instead of -π to π": np.stack([polar[:, 0], polar[:, 1] % (2 * np.pi)], axis=1),
        }  # fmt: skip
        checks.returns(to_polar, (hidden_points,), polar, mistakes=wrong_polar)
    ### END HIDDEN TESTS

# %% [markdown]
# The same points, the same classifier, described by r and θ. And, to see how far one representation carries, two other
# tasks on the same points: is the angle above 60 degrees, and is the point on the right?

# %% tags=["nbval-check-output"]
polar_points = to_polar(points)
tasks = {"rings": is_outer, "sector": polar_points[:, 1] > np.pi / 3, "right side": points[:, 0] > 0}
for name, labels in tasks.items():
    before, after = linear_accuracy(points, labels), linear_accuracy(polar_points, labels)
    print(f"{name:>10}: from (x, y) {before:>4.0%}, from (r, θ) {after:>4.0%}")

# %%
figure, both = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
for axes, places, title in zip(both, (points, polar_points), ("x and y", "r and θ"), strict=True):
    plots.embedding(places[:600], is_outer[:600].astype(int), ("inner ring", "outer ring"), ax=axes)
    axes.set_title(title)
both[0].set_aspect("equal")
both[0].get_legend().remove()

# %% [markdown]
# The rings go from a coin's 51 % to 100 %, and the sector, a task that nobody had in mind when choosing r and θ, gets
# easier too. That is the whole idea of transfer (C06): **keep the change of representation, learn only the last linear
# step anew.** The third line is the warning. To tell right from left, (r, θ) is worse than the raw numbers: a
# representation is good for some tasks and bad for others.
#
# For rings, a person can think of r and θ. For faces, nobody knows the formula; a network has to learn it, and needs
# far more pictures for that than you have. So take one that has learned it already.

# %% [markdown]
# ## Look inside the teacher
#
# The teacher has VGG-16's pattern, as VGG-Face had: 16 layers with weights, learned on 2,622 people.

# %% tags=["setup"]
teacher = teachers.load("faces_vgg16")

# %% tags=["nbval-check-output"]
weight_layers = [layer for layer in teacher.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
for layer in weight_layers:
    print(f"{layer.name:<14}{layer.output.shape[1:]}")
print(f"{len(weight_layers)} weight layers, {teacher.count_params():,} parameters")

# %% [markdown]
# Read the shapes from the top: the pictures get smaller, the channels more, until two vectors of 192 numbers are left
# and one number for each of the 2,622 people. What does the first layer look for? Its 16 filters look straight at
# red, green and blue, so they can be shown in colour.

# %%
plots.filters(teacher.get_layer("block1_conv1").get_weights()[0])
plt.show()

# %% [markdown]
# Bright beside dark finds an edge, one colour against another finds a change of colour, and some are hard to name.
# None of them is a face. So the first layers might be useful for any picture: the lecture calls them *general* (C07).
# Try them on something that is no face at all, a real photograph, which comes with scikit-learn (by danielbuechele,
# CC BY 2.0). It is larger than 48×48, and a convolution does not mind: the same weights slide over any size (unit 01).

# %%
from sklearn.datasets import load_sample_image

photo = load_sample_image("china.jpg")[40:424:2, 0:640:2]
face = faces.portraits(faces.TEST_PEOPLE[4:5], 1, seed=3).images[0]


def maps_after(name, image):
    """What the teacher's layer `name` makes of a picture of any size: shape (1, h, w, channels)."""
    x = keras.ops.convert_to_tensor(image[None], "float32")
    for layer in teacher.layers[1:]:
        x = layer(x)
        if layer.name == name:
            return np.asarray(x)


# %%
def show_maps(image, columns, names=("block1_conv2_relu", "block3_conv3_relu", "block5_conv3_relu")):
    """A picture, and what eight channels of an early, a middle and a late layer make of it."""
    height = 6.6 * image.shape[0] / image.shape[1] * 8 / columns**2
    figure = plt.figure(figsize=(9.4, 3 * (height + 0.25)), layout="constrained")
    grid = figure.add_gridspec(len(names), 2, width_ratios=(1, 3))
    plots.image_grid(image[None], ax=figure.add_subplot(grid[:, 0]))
    for row, name in enumerate(names):
        axes = figure.add_subplot(grid[row, 1])
        plots.feature_maps(maps_after(name, image)[..., :8], columns, axes).set_title(name, fontsize=10)


show_maps(photo, columns=4)

# %%
show_maps(face, columns=8)

# %% [markdown]
# Yellow is a strong answer, dark blue none. After the second layer you still recognise the temple: its roofs and
# balconies are outlines. After the seventh the outlines are broken up into parts, after the thirteenth a few coarse
# patches are left. The face goes the same way, down to 3×3 patches.
#
# Looking is not measuring. Further down, every one of the 16 layers gets a number.

# %% [markdown]
# ## Cut the head, keep the features
#
# The lecture's recipe has four steps (C18): load a teacher, remove its last layer, attach a new one, train the new
# layer with everything else frozen. The first is done. Here come 65 people whom the teacher has never seen: ten
# pictures each to learn from, twenty others each for the test.

# %%
train, test = faces.headline(seed=0)
plots.image_grid(train.images[:30], columns=10).set_title("Three of the 65 people: ten training pictures each")
plt.show()

# %% [markdown]
# ### Exercise 2.2: cut the head off
#
# `cut_head(teacher)`: a `keras.Model` with the teacher's input whose output is that of its last *hidden* layer, what
# the teacher's final layer gets to see. It has the teacher's own weights, and it is frozen: nothing in it is trainable.
# (Layers are shared: freezing the base freezes the teacher's own layers, too.) The teacher can be any Keras classifier
# whose last layer is its head. For one whose last layers are `... fc2_relu,
# predictions`, the new model ends after `fc2_relu`. (3 points)
#
# <details><summary>Hint</summary>
# `model.layers` is a list, each layer has an `output`, and `keras.Model(inputs, outputs)` makes a model of any two
# points on the same graph. A model's `trainable` speaks for all the layers in it.
# </details>


# %% nbgrader={"grade": false, "grade_id": "cut_head", "locked": false, "schema_version": 3, "solution": true}
def cut_head(teacher):
    """The teacher without its last layer, frozen: pictures to feature vectors."""
    ### BEGIN SOLUTION
    base = keras.Model(teacher.input, teacher.layers[-2].output)
    base.trainable = False
    return base
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_cut_head", "locked": true, "points": 2, "schema_version": 3, "solution": false}
with progress.exercise("cut_head"):
    little = narrow_vgg16(30, widths=(2, 2, 4, 4, 4), dense=8)  # 16 layers too, and quick to build
    base = checks.require_model(cut_head(little), "cut_head should return a keras.Model")
    checks.equal("the base's output shape", list(base.output_shape[1:]), [8], {"the old head is still there": [30]})
    image = np.random.default_rng(0).uniform(0, 255, (2, 48, 48, 3)).astype("float32")
    upto = {
        name: keras.Model(little.input, little.get_layer(name).output) for name in ("fc2_relu", "fc2_bn", "fc1_relu")
    }
    checks.equal(
        "the base's features", np.asarray(base(image)), np.asarray(upto["fc2_relu"](image)),
        {"the cut is one layer too deep: the last activation is gone": np.asarray(upto["fc2_bn"](image)),
         "the cut is one weight layer too deep": np.asarray(upto["fc1_relu"](image))}, tolerance=1e-4)  # fmt: skip
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("cut_head")
    units = int(rng.integers(5, 20))
    keras.utils.set_random_seed(int(rng.integers(1000)))
    inputs = keras.Input((10,))
    other = keras.Model(inputs, keras.layers.Dense(3)(keras.layers.Dense(units, "tanh")(inputs)))
    numbers = rng.normal(size=(4, 10)).astype("float32")
    expected = np.tanh(numbers @ other.get_weights()[0] + other.get_weights()[1])
    checks.equal(
        f"the features of another teacher with {units} hidden units", np.asarray(checks.require_model(cut_head(other), "cut_head should return a keras.Model")(numbers)), expected,
        {"the old head is still there": np.asarray(other(numbers))}, tolerance=1e-4)  # fmt: skip
    images = rng.uniform(0, 255, (2, 32, 32, 3)).astype("float32")
    dropping = small_cnn(4, widths=(4, 6), augment=False, size=32)
    checks.equal(
        "the features of a teacher with dropout before its head", np.asarray(checks.require_model(cut_head(dropping), "cut_head should return a keras.Model")(images)),
        np.asarray(keras.Model(dropping.input, dropping.layers[-2].output)(images)), tolerance=1e-4)  # fmt: skip
    ### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_cut_head_frozen", "locked": true, "points": 1, "schema_version": 3, "solution": false}
with progress.exercise("cut_head_frozen"):
    base = cut_head(narrow_vgg16(30, widths=(2, 2, 4, 4, 4), dense=8))
    checks.require_model(base, "cut_head should return a keras.Model")
    checks.equal("the number of trainable arrays in the base", len(base.trainable_weights), 0,
                 {"nothing is frozen": len(base.weights) - 2 * 15})  # fmt: skip
    checks.require(len(base.weights) > 0, "The base has no weights at all: it should have the teacher's.")
    ### BEGIN HIDDEN TESTS
    inputs = keras.Input((10,))
    hidden = keras.layers.ReLU()(keras.layers.Dense(7)(inputs))
    other = cut_head(keras.Model(inputs, keras.layers.Dense(3)(hidden)))
    checks.require_model(other, "cut_head should return a keras.Model")
    checks.equal("the number of trainable arrays in another base", len(other.trainable_weights), 0,
                 {"nothing is frozen": 2})  # fmt: skip
    checks.equal("the number of arrays in another base", len(other.weights), 2, {"the old head is still there": 4})
    ### END HIDDEN TESTS

# %% [markdown]
# A frozen base gives the same features for the same picture every time. So run it **once** over all the pictures and
# keep what comes out. The head is then trained on vectors, and the expensive part never runs again.

# %%
base = cut_head(teacher)
train_features = base.predict(train.images, batch_size=256, verbose=0)
test_features = base.predict(test.images, batch_size=256, verbose=0)

# %% tags=["nbval-check-output"]
print(f"pictures {train.images.shape}: {train.images[0].size:,} numbers each")
print(f"features {train_features.shape}: {train_features.shape[1]} numbers each")
print(f"{len(train_features):,} to train on, {len(test_features):,} for the test")

# %% [markdown]
# From 6,912 numbers a picture to 192. (`tlcourse.features.extract` does the same and keeps the result on disk.) Are
# they better numbers? Lay 160 test pictures of eight new people out in a plane so that neighbours stay neighbours
# (t-SNE), once by their pixels and once by their features. Each colour and shape is a person.

# %%
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

shown = test.labels < 8
views = {"pixels": test.images[shown].reshape(160, -1) / 255, "features": test_features[shown]}
figure, both = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
for axes, (name, vectors) in zip(both, views.items(), strict=True):
    with threadpool_limits(1):  # for so few points, threads get in each other's way
        places = TSNE(perplexity=15, init="pca", random_state=0).fit_transform(vectors)
    plots.embedding(places, test.labels[shown], ax=axes).set_title(name)
    axes.get_legend().remove()

# %%
from sklearn.metrics import pairwise_distances

for name, vectors in views.items():
    distances = pairwise_distances(vectors) + 1e9 * np.eye(160)  # nobody is their own neighbour
    nearest = test.labels[shown][distances.argmin(axis=1)]
    print(
        f"{name}: the nearest neighbour is the same person for {(nearest == test.labels[shown]).mean():.0%} of pictures"
    )

# %% [markdown]
# Measured in pixels, pictures lie together that have the same light or background. Measured in features, each person
# forms a heap, although the teacher has never seen any of these eight. What is left for a new head is easy: to draw
# straight lines between heaps.

# %% [markdown]
# ### Exercise 2.3: train the new head
#
# `train_head(features, labels, classes)`: a trained `keras.Model` from a feature vector to `classes` numbers, the
# largest of which names the class. `features` is float32 of shape (n, d), `labels` are n integers from 0 on, all below
# `classes`. The head is **one** dense layer with biases: for 192 features and 65 people it learns 192 × 65 + 65 =
# 12,545 numbers. Train it until it fits its training pictures; Adam at a learning rate of 0.01 gets there in 30
# epochs with batches of 32. (4 points)
#
# <details><summary>Hint</summary>
# Labels that are integers want the *sparse* categorical cross-entropy. Numbers that no softmax has turned into
# probabilities are called logits; tell the loss `from_logits=True` when the layer has no softmax. `verbose=0` keeps the training quiet. `fit` returns a history, not the model.
# </details>


# %% nbgrader={"grade": false, "grade_id": "train_head", "locked": false, "schema_version": 3, "solution": true}
def train_head(features, labels, classes):
    """A dense layer, trained to tell `classes` classes apart by their features."""
    ### BEGIN SOLUTION
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dense(classes)])
    head.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    head.fit(features, labels, batch_size=32, epochs=30, verbose=0)
    return head
    ### END SOLUTION


# %% tags=["setup"]
def accuracy(head, features, labels):
    """Share of the feature vectors for which the head's largest number is that of the right class."""
    return float((np.asarray(head(features, training=False)).argmax(axis=1) == labels).mean())


# %% nbgrader={"grade": true, "grade_id": "test_train_head", "locked": true, "points": 4, "schema_version": 3, "solution": false}
with progress.exercise("train_head"):
    rng = np.random.default_rng(0)
    clusters = 2 * rng.normal(size=(8, 16)).astype("float32")  # eight heaps of points, far apart
    sample_labels = np.arange(240) % 8
    sample = clusters[sample_labels] + rng.normal(size=(240, 16)).astype("float32")
    head = train_head(sample[:120], sample_labels[:120], 8)
    checks.require_model(head, "train_head should return the trained keras.Model")
    checks.equal("the head's output shape", list(head.output_shape[1:]), [8])
    learned = sum(int(np.prod(weight.shape)) for weight in head.trainable_weights)
    checks.equal("the number of trainable parameters", learned, 16 * 8 + 8,
                 {"the layer has no biases": 128, "nothing in the head is trainable": 0})  # fmt: skip
    fitted = accuracy(head, sample[:120], sample_labels[:120])
    checks.require(fitted > 0.5, f"On its own training pictures the head is right in {fitted:.0%} of cases, and guessing gives 12 %: "
                   "was it fitted, and to the right labels?")  # fmt: skip
    checks.require(
        fitted > 0.9,
        f"On its own training pictures the head is right in {fitted:.0%} of cases only: the training stops too early.",
    )
    ### BEGIN HIDDEN TESTS
    held_out_people = checks.grading_rng("train_head").choice(faces.TEST_PEOPLE, 12, replace=False)
    dataset = faces.portraits(held_out_people.tolist(), 20, seed=11)
    dataset_features = teachers.load("faces_vgg16", head=False).predict(dataset.images, batch_size=240, verbose=0)
    for_training = np.arange(len(dataset)) % 20 < 10
    head = train_head(dataset_features[for_training], dataset.labels[for_training], 12)
    checks.require_model(head, "train_head should return the trained keras.Model")
    checks.equal("the head's output shape for 12 people", list(head.output_shape[1:]), [12])
    learned = sum(int(np.prod(weight.shape)) for weight in head.trainable_weights)
    checks.equal("the number of trainable parameters for 12 people", learned, dataset_features.shape[1] * 12 + 12)
    reached = accuracy(head, dataset_features[~for_training], dataset.labels[~for_training])
    checks.require(
        reached > 0.8,
        f"On other pictures of 12 new people the head is right in {reached:.0%} of cases; more than 80 % is expected.",
    )
    ### END HIDDEN TESTS

# %% [markdown]
# ## The headline
#
# Now all together: 650 feature vectors in, a head out, tested on 65 x 20 = 1,300 pictures that nothing was trained on.
# One more idea, which costs no new picture: a mirrored face has the same owner. So ask the base about each picture and
# about its mirror image, add the two vectors, and keep their direction (length 1). VGG-Face was tested in this way, with
# more views of each picture.


# %%
def both_sides(network, images):
    """What a network says of each picture and of its mirror image, added up and brought to length 1."""
    added = sum(network.predict(side, batch_size=256, verbose=0) for side in (images, images[:, :, ::-1]))
    return added / np.linalg.norm(added, axis=1, keepdims=True)


def standardized(first, second):
    """Both sets of vectors, with each number shifted and scaled to mean 0 and spread 1 over the first set."""
    mean, spread = first.mean(axis=0), first.std(axis=0) + 1e-6
    return (first - mean) / spread, (second - mean) / spread


train_vectors, test_vectors = standardized(both_sides(base, train.images), both_sides(base, test.images))

# %% [markdown]
# The second function gives each of the 192 numbers the same scale, so that the head learns from all of them at once.
# Guess the accuracy before you run the cell. Guessing blindly among 65 people gives 1 / 65.

# %%
import time

start = time.perf_counter()
head = train_head(train_vectors, train.labels, 65)
seconds = time.perf_counter() - start
with_teacher = accuracy(head, test_vectors, test.labels)
print(f"with the teacher: {with_teacher:.1%} correct; head trained in {seconds:.1f} s")

# %% [markdown]
# Is it what the teacher has *learned*, or would any 16 layers do? Take the same architecture with random weights, cut it,
# and train a head in the same way.

# %%
untrained = cut_head(narrow_vgg16(2622))
random_train, random_test = standardized(*(both_sides(untrained, part.images) for part in (train, test)))
random_head = train_head(random_train, train.labels, 65)
print(f"with random layers: {accuracy(random_head, random_test, test.labels):.1%} correct")

# %% [markdown]
# And without any transfer? A network that learns all its layers from 650 pictures needs minutes, and one run of each is
# an anecdote. So the course has recorded ten groups of 65 people, with five baselines; the three that stay far behind were
# measured on five of the groups. Beside each mean stands its 95 % interval. The last but one of the baselines sees its
# training pictures shifted, turned, zoomed, mirrored and recoloured at random, a different way in each epoch, and in
# the test it, too, is asked about both sides. (Its pooling comes before its batch norm, and in the other small CNN
# after it: each has the order that suits it better.)

# %% tags=["nbval-check-output"]
record = results("headline")
baselines = {
    "transfer": "teacher's features, new head",
    "plain_scratch": "16 layers from scratch, as VGG-Face is",
    "scratch": "16 layers from scratch, with batch norm",
    "small_cnn": "small CNN from scratch",
    "best_from_scratch": "small CNN from scratch, pictures varied",
    "pixels": "linear classifier on pixels",
}
for key, label in baselines.items():
    mean, (low, high) = record[key]["mean"], record[key]["ci95"]
    print(f"{label:<42} {mean:6.1%}   ({low:.1%} to {high:.1%}), {record[key]['seeds']:>2} groups")
print(f"head trained in {record['head_seconds']['mean']:.1f} s")

# %%
measured = {label: record[key] for key, label in baselines.items()}
lecture = {"lecture without: 1 %": 0.01, "lecture with: 93.47 %": 0.9347}
plots.interval_bars(measured, lecture, highlight=baselines["transfer"])
plt.show()

# %%
lowest, highest = min(record["transfer"]["values"]), max(record["transfer"]["values"])
verdict = "inside" if lowest <= with_teacher <= highest else "outside"
print(f"Your live run, {with_teacher:.1%}, lies {verdict} the ten recorded runs, {lowest:.1%} to {highest:.1%}.")

# %% [markdown]
# How large is the gain? Compare what is left to do, the errors.

# %% tags=["nbval-check-output"]
print(f"lecture: error without / error with = {1 - 0.01:.4f} / {1 - 0.9347:.4f} = {(1 - 0.01) / (1 - 0.9347):.1f}")
for key in ("plain_scratch", "best_from_scratch"):
    left, right = 1 - record[key]["mean"], 1 - record["transfer"]["mean"]
    print(f"here, {baselines[key]}: {left:.4f} / {right:.4f} = {left / right:.1f}")
patient = results("bench")["five_minutes"]
left, right = 1 - patient["baseline"], 1 - patient["transfer"]
budget = f"{patient['seconds']:.0f} s, {patient['epochs']} epochs"
print(f"the same small CNN, given {budget}: {patient['baseline']:.1%} correct of one group")
print(f"there: {left:.4f} / {right:.4f} = {left / right:.1f}")

# %% [markdown]
# With the teacher's features 98.1 % are right. The same 16 layers from scratch get 1.9 %, which cannot be told from
# guessing, 1 / 65 = 1.5 %. That is the lecture's contrast again, 93.47 % against 1 % (C01), and wider, on other people
# and with another teacher. The new head took 1.7 s (C02): transfer needs little data and little time (C09).
#
# Now look at the bars between, which the lecture does not show. Batch norm, with the higher rate and the longer training
# that it allows, lifts the same 16 layers to 24.6 %. A small network, of a size that suits 650 pictures, gets 42.5 %.
# When its pictures are varied, it can learn from them for much longer, and gets 87.2 %. Against this baseline the error
# with the teacher is 6.8 times smaller, not 52.7 times. And it had only 100 epochs. Given five minutes on two
# processors it gets 95.4 % of one group right, and the error with the teacher is 3.7 times smaller. The gain is real,
# since the intervals lie far apart, and it comes in seconds, not in minutes. But most of "1 % against 93.47 %" was a
# weak opponent. Whenever you read of a gain, ask: **against whom?**

# %% [markdown]
# ## How many pictures does it take?
#
# Ten pictures each are few. Are two enough? And with how many is a teacher no longer needed? To ask, one needs training
# sets with the same number of pictures of everybody.

# %% [markdown]
# ### Exercise 2.4: draw a balanced subset
#
# `images_per_class(labels, count, seed)`: the positions of `count` pictures of each class that occurs in `labels`,
# drawn at random without replacement: a 1-D array of integers, in any order. The same seed gives the same pictures,
# another seed others. Class numbers need not be 0, 1, 2 ... If a class has fewer than `count` pictures, raise a
# `ValueError`. For `labels = [5, 5, 5, 9, 9]` and `count = 2` one right answer is `[0, 2, 3, 4]`. (3 points)
#
# <details><summary>Hint</summary>
# `np.unique` finds the classes, `np.flatnonzero(condition)` the positions where something holds, and a generator from
# `np.random.default_rng(seed)` has a method `choice` with an option about replacement.
# </details>


# %% nbgrader={"grade": false, "grade_id": "images_per_class", "locked": false, "schema_version": 3, "solution": true}
def images_per_class(labels, count, seed):
    """Positions of `count` pictures of each class, drawn without replacement: shape (classes * count,)."""
    ### BEGIN SOLUTION
    rng, labels, chosen = np.random.default_rng(seed), np.asarray(labels), []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) < count:
            raise ValueError(f"class {label} has {len(members)} pictures, fewer than {count}")
        chosen.append(rng.choice(members, count, replace=False))
    return np.concatenate(chosen)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_images_per_class", "locked": true, "points": 2, "schema_version": 3, "solution": false}
def check_subset(labels, count, seed):
    """Hold one answer of images_per_class to its four promises."""
    chosen = np.asarray(images_per_class(labels, count, seed))
    checks.require(chosen.ndim == 1 and chosen.dtype.kind in "iu", "A 1-D array of integer positions is expected, and what "
                   f"came has the shape {chosen.shape} and the type {chosen.dtype}.")  # fmt: skip
    checks.require(len(np.unique(chosen)) == len(chosen), "A picture is drawn twice: was it drawn with replacement?")
    checks.require(len(chosen) > 0, "No picture is drawn: class numbers need not be 0, 1, 2 ...")
    inside = bool(((chosen >= 0) & (chosen < len(labels))).all())
    checks.require(
        inside, f"Positions from 0 to {len(labels) - 1} are expected, and {chosen.min()} to {chosen.max()} came."
    )
    classes, expected = np.unique(labels), count * len(np.unique(labels))
    checks.equal("the number of pictures drawn", len(chosen), expected, {"`count` pictures are drawn in all": count})
    each = [int((labels[chosen] == label).sum()) for label in classes]
    checks.equal("the number of pictures of each class", each, [count] * len(classes))
    again = np.asarray(images_per_class(labels, count, seed))
    checks.require(
        np.array_equal(np.sort(chosen), np.sort(again)), "The same seed gave other pictures the second time."
    )


with progress.exercise("images_per_class"):
    sample_labels = np.array([5, 9] * 40)
    check_subset(sample_labels, 3, seed=0)
    draws = {tuple(sorted(np.asarray(images_per_class(sample_labels, 3, seed)).tolist())) for seed in range(8)}
    checks.require(len(draws) > 1, "Eight seeds gave the same pictures: the seed is not used.")
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("images_per_class")
    for seed in range(5):
        names = rng.choice(500, int(rng.integers(2, 7)), replace=False)
        hidden_labels = rng.permutation(np.repeat(names, rng.integers(6, 30, len(names))))
        check_subset(hidden_labels, int(rng.integers(1, 7)), seed)
    hidden_labels = np.repeat([0, 1], 6)
    ever = {int(position) for seed in range(60) for position in images_per_class(hidden_labels, 2, seed)}
    checks.require(
        ever == set(range(12)), "Over sixty seeds, some pictures are never drawn: every one should have a chance."
    )
    ### END HIDDEN TESTS


# %% nbgrader={"grade": true, "grade_id": "test_images_per_class_scarce", "locked": true, "points": 1, "schema_version": 3, "solution": false}
def raises_value_error(labels, count):
    """Whether images_per_class raises the ValueError that it owes for a class with too few pictures."""
    try:
        images_per_class(np.asarray(labels), count, 0)
    except ValueError:
        return True
    return False


with progress.exercise("images_per_class_scarce"):
    checks.require(
        raises_value_error([5, 5, 5, 9], 2), "Class 9 has one picture and two were asked for: a ValueError is expected."
    )
    ### BEGIN HIDDEN TESTS
    scarce = int(checks.grading_rng("images_per_class_scarce").integers(2, 6))
    hidden_labels = [1] * 12 + [4] * scarce + [7] * 12
    checks.require(
        raises_value_error(hidden_labels, scarce + 1),
        f"A class has {scarce} pictures and {scarce + 1} were asked for: a ValueError is expected.",
    )
    checks.require(
        not raises_value_error(hidden_labels, scarce),
        f"Each class has {scarce} pictures or more: no error is expected for {scarce}.",
    )
    ### END HIDDEN TESTS

# %% [markdown]
# The features are cached, so each training set costs a second or less.

# %%
for count in (1, 2, 5):
    chosen = images_per_class(train.labels, count, seed=0)
    small_head = train_head(train_vectors[chosen], train.labels[chosen], 65)
    print(f"{count} pictures each: {accuracy(small_head, test_vectors, test.labels):.1%} correct")

# %% [markdown]
# Again the record, of five groups this time, and beside it the same pictures without a teacher.

# %% tags=["nbval-check-output"]
few = {key: value for key, value in results("few_images").items() if key.isdigit()}
counts = sorted(int(key) for key in few)
methods = {
    "transfer": "teacher's features, new head",
    "small_cnn": "small CNN from scratch, pictures varied",
    "pixels": "linear classifier on pixels",
}
for count in counts:
    line = ", ".join(f"{label} {few[str(count)][key]['mean']:.1%}" for key, label in methods.items())
    print(f"{count:>3} pictures each: {line}")

# %%
curves = {label: [few[str(count)][key] for count in counts] for key, label in methods.items()}
axes = plots.accuracy_curves(counts, curves, log=True, references={"chance": 1 / 65})
axes.legend(loc="lower left", bbox_to_anchor=(0, 1))
axes.set_xlabel("training pictures of each person")
plt.show()

# %% [markdown]
# With a single picture of each person the teacher's features are right for 91.8 %, and a network from scratch for
# 7.7 %. The gap is 91.8 % - 7.7 % = 84.1 points. Each step brings the two closer: with twenty pictures
# each, at 98.5 % and 94.7 %, about 4 points are left. (C09)
#
# ### Exercise 2.5: find the crossover
#
# `crossover(counts, transfer, scratch)`: the smallest of `counts` from which on training from scratch is **at least as
# accurate** as transfer, there and at every larger count; `None` if there is no such count. `counts` is an increasing
# list, the other two are lists of accuracies at these counts. For `[2, 10, 100]`, `[0.7, 0.8, 0.9]` and
# `[0.1, 0.8, 0.95]` it is 10. (3 points)
#
# <details><summary>Hint</summary>
# One lucky win is no crossover. Walk from the largest count downwards, as long as scratch holds.
# </details>


# %% nbgrader={"grade": false, "grade_id": "crossover", "locked": false, "schema_version": 3, "solution": true}
def crossover(counts, transfer, scratch):
    """The smallest count from which on scratch is at least as accurate as transfer, or None."""
    ### BEGIN SOLUTION
    crossing = None
    for count, with_teacher, without in reversed(list(zip(counts, transfer, scratch, strict=True))):
        if without < with_teacher:
            break
        crossing = count
    return crossing
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_crossover", "locked": true, "points": 3, "schema_version": 3, "solution": false}
with progress.exercise("crossover"):
    sample_counts, rising = [2, 10, 100], [0.7, 0.8, 0.9]
    checks.returns(crossover, (sample_counts, rising, [0.1, 0.8, 0.95]), 10, {
        "the position is returned instead of the count": 1, "a tie does not count as reached": 100,
        "it is the last count at which transfer wins": 2})  # fmt: skip
    checks.returns(crossover, (sample_counts, rising, [0.1, 0.2, 0.3]), None, {
        "the last count is returned although transfer wins there": 100})  # fmt: skip
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("crossover")
    for number in range(40):
        size = int(rng.integers(2, 8))
        hidden_counts = np.cumsum(rng.integers(1, 50, size)).tolist()
        hidden_transfer = np.round(rng.uniform(0.3, 0.7, size), 1).tolist()
        hidden_scratch = np.round(np.sort(rng.uniform(0.0, 0.9 + 0.2 * (number % 2), size)).clip(0, 1), 1).tolist()
        wins = [s >= t for s, t in zip(hidden_scratch, hidden_transfer, strict=True)]
        holds = [all(wins[start:]) for start in range(size)]
        expected = hidden_counts[holds.index(True)] if any(holds) else None
        first = hidden_counts[wins.index(True)] if any(wins) else None
        strict_wins = [s > t for s, t in zip(hidden_scratch, hidden_transfer, strict=True)]
        strictly = [all(strict_wins[start:]) for start in range(size)]
        checks.returns(crossover, (hidden_counts, hidden_transfer, hidden_scratch), expected, {
            "the first win is taken, though transfer wins again later": first,
            "a tie does not count as reached": hidden_counts[strictly.index(True)] if any(strictly) else None,
            "the position is returned instead of the count": holds.index(True) if any(holds) else -1})  # fmt: skip
    ### END HIDDEN TESTS

# %% tags=["nbval-check-output"]
means = {key: [few[str(count)][key]["mean"] for count in counts] for key in methods}
print("small CNN against transfer:", crossover(counts, means["transfer"], means["small_cnn"]))
print("pixels against transfer:   ", crossover(counts, means["transfer"], means["pixels"]))

# %% [markdown]
# `None`: up to twenty pictures each, the teacher stays ahead of both. The lecture expects it to help less when there
# is much labelled data (C10), and the curves agree as far as they go: the gap shrinks and has not closed yet. Where
# they would meet, these pictures cannot say; do not read a curve beyond its last point.

# %% [markdown]
# ## Which layer to cut at?
#
# The lecture's rule is: keep the first N - 1 layers (C08). It also says that early layers are general and late ones
# specific (C07). Both can be measured. Cut the teacher after each of its 16 weight layers in turn, train a linear
# classifier on what comes out, and do so for two targets: new people, which are near to what the teacher has learned,
# and real handwritten digits, which are far from it. There are ten training pictures a class. Maps are averaged over a
# grid of 3×3 places, so that every layer gives a short vector. It is asked about one side of each picture only, so the
# last layers come out a little below the headline. Where do you expect either curve to peak?

# %%
from tlcourse.datasets import digits

handwriting, _ = digits.split(seed=0)
plots.image_grid(handwriting.images[:10], columns=10).set_title("Real handwriting: scikit-learn's digits")
plt.show()

# %% tags=["nbval-check-output"]
cut = results("cut_layer")
layers = [layer.name for layer in weight_layers]
for name in ["pixels", *layers]:
    print(f"{name:<13} new people {cut['faces'][name]['mean']:6.1%}   digits {cut['digits'][name]['mean']:6.1%}")

# %%
curves = {"new people": [cut["faces"][name] for name in layers], "digits": [cut["digits"][name] for name in layers]}
pixels = {
    f"{name}, from pixels": cut[key]["pixels"]["mean"] for key, name in (("digits", "digits"), ("faces", "people"))
}
axes = plots.accuracy_curves(range(1, 17), curves, references=pixels)
axes.set_xticks(range(1, 17), layers, rotation=60, ha="right")
axes.set_xlabel("the teacher is cut after this layer")
plt.show()

# %% [markdown]
# Take the layer at which the digits' curve is highest. Here are its first maps of the first digit above, and its place
# on both curves. Could you still read the digit?

# %%
peak = int(np.argmax([result["mean"] for result in curves["digits"]]))
digit_maps = maps_after(f"{layers[peak]}_relu", handwriting.images[0])[0]
draw_cut(digit_maps, curves, layers, peak)
plt.show()

# %% [markdown]
# Go through the layers yourself: what do they make of a face, and of a digit? Watch what is left of the digit in the
# layers behind the one at which its curve begins to fall.

# %%
CutExplorer(teacher, {"a new person": test.images[0], "a digit": handwriting.images[0]}, curves)

# %% [markdown]
# Is a difference between two layers more than luck? Both were measured on the same people, so compare them group by
# group: the paired difference of unit 00, in points, with its 95 % interval.

# %% tags=["nbval-check-output"]
from tlcourse.stats import paired_difference


def gain(record, better, worse):
    """How many points one entry of a record lies above another, with the 95 % interval."""
    pairs = paired_difference(record[better]["values"], record[worse]["values"])
    return f"{100 * pairs['mean']:+.1f} points ({100 * pairs['ci95'][0]:+.1f} to {100 * pairs['ci95'][1]:+.1f})"


print("new people, fc2 over block5_conv1:  ", gain(cut["faces"], "fc2", "block5_conv1"))
print("new people, fc2 over fc1:           ", gain(cut["faces"], "fc2", "fc1"))
print("new people, fc2 over predictions:   ", gain(cut["faces"], "fc2", "predictions"))
print("digits, block3_conv1 over pixels:   ", gain(cut["digits"], "block3_conv1", "pixels"))
print("digits, block3_conv1 over _conv3:   ", gain(cut["digits"], "block3_conv1", "block3_conv3"))
print("digits, fc2 over pixels:            ", gain(cut["digits"], "fc2", "pixels"))

# %% [markdown]
# These are curves over *test* pictures. Whoever reads the best cut off such a curve has chosen it by the test, and its
# height flatters the choice. For a task of your own keep some training pictures aside for **validation**, choose by them,
# and use the test once.
#
# ### Written answer: where would you cut, and why?
#
# Use the figure and the numbers, in about five sentences. Which layer would you cut at for new people, and which for
# digits? What does the lecture's rule N - 1 get right, and what does it miss? Somebody wants to recognise people from
# *drawings in pencil*: where would you start to look, and how would you decide? (3 points)

# %% [markdown] nbgrader={"grade": true, "grade_id": "why_cut", "locked": false, "points": 3, "schema_version": 3, "solution": true}
# For new people I would cut after `fc2`, as the rule N - 1 says, where 97.6 % are right, or after `fc1`: no difference
# between the two can be detected. Earlier cuts cost a little, `block5_conv1` 1.5 points. For digits I would cut after
# `block3_conv1`, where the curve peaks at 93.4 %, or near it: no difference to `block3_conv3` can be detected. At N - 1
# the features are far worse than the bare pixels, by 31.9 points. The rule gets right that only the last layer has to
# go when the target is near. It misses that for a far target early and middle layers of this teacher are better than
# late ones. Whether the late ones have specialised in telling drawn people apart, this curve does not decide: no network
# without training stands beside it (C07). Drawings in pencil lie somewhere between, so I would begin in the middle,
# around block 4, try several cuts, and decide by accuracy on validation pictures, over several draws of the training
# pictures, never by the test pictures.
#
# === BEGIN MARK SCHEME ===
# 1 point: a late cut for people and a much earlier one for digits, both with numbers from the record.
#
# 1 point: the rule works for a near target and not for a far one. (That late layers may be specific, that `fc1` does
# as well as `fc2` for people, and that a few layers fewer cost little, are bonus insights and not required.)
#
# 1 point: for pencil drawings a reasoned guess, and a decision by measuring on validation data. Not for a cut chosen
# by its test accuracy.
# === END MARK SCHEME ===

# %% [markdown]
# ## Does the old head help?
#
# The head that was cut off knows 2,622 people. The lecture drops it because it is specific, and adds that when the
# target's classes are among the source's, keeping it can work (C17). Try both sides. First, people whom the teacher
# knows, in pictures that it has never seen. Ask the old head, and no training is needed at all. It gives **logits**,
# numbers that no softmax has turned into probabilities; the largest names the person.

# %%
seen_people = faces.portraits(faces.TEACHER_PEOPLE[:65], 10, seed=2)
old_logits = teacher.predict(seen_people.images, batch_size=256, verbose=0)
print(f"old head, among 2,622 people: {(old_logits.argmax(axis=1) == seen_people.labels).mean():.1%} correct")

# %% [markdown]
# If only 65 of the 2,622 can occur, the other 2,622 - 65 = 2,557 answers are mistakes in any case. A dense layer has a
# column of weights and a bias for each class, so a class can be kept or dropped like a column of a table.

# %% [markdown]
# ### Exercise 2.6: keep some classes of the old head
#
# `keep_classes(teacher, classes)`: a `keras.Model` from pictures to the teacher's own logits for `classes` only: a
# list of k class numbers, in the order given, so the output has the shape (n, k). Nothing is trained. The teacher's
# last layer is a dense layer with biases and no activation. For `classes = [7, 2]` the two outputs for a picture are
# the teacher's outputs 7 and 2. The teacher itself must stay as it is: write into a layer of your own, not into its last.
# (3 points)
#
# <details><summary>Hint</summary>
# `layer.get_weights()` of a dense layer gives a kernel of shape (inputs, classes) and biases of shape (classes,). NumPy
# picks columns by a list: `table[:, [7, 2]]`. `keras.ops.take` is another way.
# </details>


# %% nbgrader={"grade": false, "grade_id": "keep_classes", "locked": false, "schema_version": 3, "solution": true}
def keep_classes(teacher, classes):
    """The teacher with only some columns of its old head: pictures to logits of shape (n, len(classes))."""
    ### BEGIN SOLUTION
    kernel, bias = teacher.layers[-1].get_weights()
    kept = keras.layers.Dense(len(classes), name="kept")
    model = keras.Model(teacher.input, kept(teacher.layers[-2].output))
    kept.set_weights([kernel[:, classes], bias[classes]])
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_keep_classes", "locked": true, "points": 3, "schema_version": 3, "solution": false}
def check_kept(rng, count, classes):
    """Compare keep_classes with the same columns of a small teacher's own answers."""
    little = narrow_vgg16(count, widths=(2, 2, 4, 4, 4), dense=8)
    little.layers[-1].set_weights([rng.normal(size=(8, count)), rng.normal(size=count)])
    images = rng.uniform(0, 255, (3, 48, 48, 3)).astype("float32")
    logits, hidden = (
        np.asarray(little(images)),
        np.asarray(keras.Model(little.input, little.layers[-2].output)(images)),
    )
    kernel = little.layers[-1].get_weights()[0][:, classes]
    before = [np.array(weight) for weight in little.get_weights()]
    model = checks.require_model(keep_classes(little, classes), "keep_classes should return a keras.Model")
    same = all(np.array_equal(old, new) for old, new in zip(before, little.get_weights(), strict=True))
    checks.require(same, "The teacher's own weights have changed: write into a layer of your own.")
    weighed = np.exp(logits[:, classes])
    checks.equal(f"the model's answers for the classes {classes}", np.asarray(model(images)), logits[:, classes], {
        "all the classes are kept": logits, "the classes are sorted": logits[:, sorted(classes)],
        "the first classes are kept, whichever are asked for": logits[:, : len(classes)],
        "the biases are forgotten": hidden @ kernel,
        "a softmax is put on top: logits are asked for": weighed / weighed.sum(axis=1, keepdims=True)},
        tolerance=1e-3)  # fmt: skip


with progress.exercise("keep_classes"):
    check_kept(np.random.default_rng(0), 12, [7, 2])
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("keep_classes")
    for size in (5, 3):
        hidden_count = int(rng.integers(20, 40))
        check_kept(rng, hidden_count, rng.choice(hidden_count, size, replace=False).tolist())
    ### END HIDDEN TESTS

# %%
kept = keep_classes(teacher, list(range(65)))
kept_logits = kept.predict(seen_people.images, batch_size=256, verbose=0)
print(
    f"old head, 65 of its columns: {(kept_logits.argmax(axis=1) == seen_people.labels).mean():.1%} correct, nothing trained"
)

# %% [markdown]
# Second, the 65 new people. The old head cannot name them, since it has no column for them. Still, "looks like person
# 17, a bit like person 4" might describe somebody. So take its 2,622 logits as features for a new head. The 192 features
# of each picture, here without its mirror image, are cached already: only the old head has to run on them.

# %%
old_head = teacher.layers[-1]
train_logits, test_logits = standardized(*(np.asarray(old_head(part)) for part in (train_features, test_features)))
logits_head = train_head(train_logits, train.labels, 65)
train_plain, test_plain = standardized(train_features, test_features)
plain_head = train_head(train_plain, train.labels, 65)
print(f"2,622 logits: {accuracy(logits_head, test_logits, test.labels):.1%}, {logits_head.count_params():,} parameters")
print(f"192 features: {accuracy(plain_head, test_plain, test.labels):.1%}, {plain_head.count_params():,} parameters")

# %% [markdown]
# The record has five groups of 65 people whom the teacher knows, and five of people whom it does not.

# %% tags=["nbval-check-output"]
old = results("old_head")
uses = {
    ("known", "old_head"): "known people, old head, all 2,622 answers",
    ("known", "kept_columns"): "known people, old head, only their 65 columns",
    ("known", "new_head"): "known people, new head, ten pictures each",
    ("new", "features"): "new people, new head on 192 features",
    ("new", "logits"): "new people, new head on 2,622 logits",
    ("new", "probabilities"): "new people, new head on 2,622 probabilities",
    ("new", "random_features"): "new people, new head on random layers",
}
for (target, use), label in uses.items():
    result = old[target][use]
    print(f"{label:<46}{result['mean']:6.1%}   ({result['ci95'][0]:.1%} to {result['ci95'][1]:.1%})")

print()
print("known people, their columns over a new head:", gain(old["known"], "kept_columns", "new_head"))
print("new people, features over logits:           ", gain(old["new"], "features", "logits"))
print(f"parameters of the head, logits / features:   {(2622 * 65 + 65) / (192 * 65 + 65):.1f}")

# %%
plots.interval_bars({label: old[target][use] for (target, use), label in uses.items()}, {"chance": 1 / 65})
plt.show()

# %% [markdown]
# Among all 2,622 answers the old head finds the right one for 89.1 % of the pictures. When it may choose among the 65
# only, it is right for 99.0 %, and that beats a new head trained on ten pictures each, without a single training
# picture, if only by 0.8 points. When the target's classes are among the source's, keep their columns.
#
# For new people the logits are the worse features, although the head on them has 13.6 times as many parameters. They
# hold nothing new: each logit is a weighted sum of the same 192 features, weighted to suit other people. Here the
# lecture is right, drop the old head. And random layers, with 5.2 %, show once more that the architecture alone
# knows little about faces.

# %% [markdown]
# ## A listing made to work
#
# The lecture's overview article shows feature extraction with ResNet50 in a dozen lines: the base without its top,
# frozen; global average pooling; a dense layer of 1,024; a softmax. As printed it does not run, because it uses names
# that it never defines (C26). Here is the part that builds the model, in our words, with the same fault:
#
# ```python
# base = ResNet50(weights="imagenet", include_top=False, input_shape=(image_size, image_size, 3))
# base.trainable = False
# x = GlobalAveragePooling2D()(base.output)
# x = Dense(1024, activation="relu")(x)
# predictions = Dense(num_classes, activation="softmax")(x)
# model = Model(inputs=base.input, outputs=predictions)
# ```
#
# The imports are left out here. Two more names does nobody define: which? What a listing leaves open, a function has to
# ask for. First, what comes out of the base:

# %% tags=["nbval-check-output"]
resnet = keras.applications.ResNet50(weights=None, include_top=False, input_shape=(64, 64, 3))
print(f"ResNet50 without its top: {resnet.count_params():,} parameters, 64×64 pictures to {resnet.output_shape[1:]}")

# %% [markdown]
# ### Exercise 2.7: make it a function that runs
#
# `build_resnet_classifier(classes, input_shape, weights=None)`: a `keras.Model` from pictures of `input_shape`, such
# as (64, 64, 3), to `classes` probabilities: ResNet50 without its top and frozen, global average pooling, a dense
# layer of 1,024 with ReLU, and a dense layer with softmax. `weights` is handed on to ResNet50: `None` for random ones,
# so that nothing is downloaded here, or `"imagenet"`. For 5 classes 2048 × 1024 + 1024 + 1024 × 5 + 5 = 2,103,301
# parameters are trainable, and the base's are not. (4 points)
#
# <details><summary>Hint</summary>
# The base is `keras.applications.ResNet50`; the layers live in `keras.layers`. Whether you call the base like a layer
# or go on from its output is up to you. Freeze the base, not the model.
# </details>


# %% nbgrader={"grade": false, "grade_id": "build_resnet_classifier", "locked": false, "schema_version": 3, "solution": true}
def build_resnet_classifier(classes, input_shape, weights=None):
    """A new head on a frozen ResNet50: pictures of `input_shape` to `classes` probabilities."""
    ### BEGIN SOLUTION
    base = keras.applications.ResNet50(weights=weights, include_top=False, input_shape=input_shape)
    base.trainable = False
    x = keras.layers.GlobalAveragePooling2D()(base.output)
    x = keras.layers.Dense(1024, activation="relu")(x)
    return keras.Model(base.input, keras.layers.Dense(classes, activation="softmax")(x))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_build_resnet_classifier", "locked": true, "points": 2, "schema_version": 3, "solution": false}
def into_the_last_layer(model, images):
    """What a model's last layer with weights is given for some pictures, and what the model says."""
    last, seen_inputs = [layer for layer in flat_layers(model) if layer.weights][-1], []
    call = last.call

    def watched(inputs, *others, **named):
        seen_inputs.append(np.asarray(inputs))
        return call(inputs, *others, **named)

    last.call = watched
    outputs = np.asarray(model(images))
    last.call = call
    return seen_inputs[-1], outputs


def check_resnet(classes, input_shape):
    """Hold build_resnet_classifier to shapes, parameters in all, pooling and probabilities."""
    model = build_resnet_classifier(classes, input_shape)
    checks.require_model(model, "build_resnet_classifier should return a keras.Model")
    checks.equal("the model's input shape", list(model.input_shape[1:]), list(input_shape))
    checks.equal("the model's output shape", list(model.output_shape[1:]), [classes], {
        "ResNet50's old top is still there": [1000], "the maps are not pooled": [input_shape[0] // 32, input_shape[1] // 32, classes]})  # fmt: skip
    maps, new = (input_shape[0] // 32) * (input_shape[1] // 32) * 2048, 2048 * 1024 + 1024 + 1024 * classes + classes
    checks.equal("the number of parameters in all", model.count_params(), 23_587_712 + new, {
        "the maps are flattened instead of averaged": 23_587_712 + maps * 1024 + 1024 + 1024 * classes + classes,
        "the dense layer of 1,024 is missing": 23_587_712 + 2048 * classes + classes,
        "the new layers stand on ResNet50's old top": 25_636_712 + 1000 * 1024 + 1024 + 1024 * classes + classes})  # fmt: skip
    kinds = {type(layer).__name__ for layer in flat_layers(model)}
    checks.require("GlobalMaxPooling2D" not in kinds, "The maps are pooled by their maximum; the average is asked for.")
    images = np.random.default_rng(0).uniform(0, 1, (2, *input_shape)).astype("float32")
    numbers, outputs = into_the_last_layer(model, images)
    checks.equal("the sum of a picture's outputs", outputs.sum(axis=1), [1, 1], tolerance=1e-3)
    checks.require(numbers.min() >= 0, "Numbers below zero reach the last layer: the dense layer of 1,024 has no ReLU.")


with progress.exercise("build_resnet_classifier"):
    check_resnet(5, (64, 64, 3))
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("build_resnet_classifier")
    check_resnet(int(rng.integers(2, 40)), (32 * int(rng.integers(2, 4)), 96, 3))
    ### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_build_resnet_classifier_frozen", "locked": true, "points": 2, "schema_version": 3, "solution": false}
with progress.exercise("build_resnet_classifier_frozen"):
    model = build_resnet_classifier(5, (64, 64, 3))
    checks.require_model(model, "build_resnet_classifier should return a keras.Model")
    learned = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    checks.equal("the number of trainable parameters", learned, 2_103_301, {
        "nothing is frozen": 23_534_592 + 2_103_301, "the whole model is frozen, its new head too": 0,
        "the dense layer of 1,024 is frozen too": 5_125})  # fmt: skip
    ### BEGIN HIDDEN TESTS
    try:
        build_resnet_classifier(5, (64, 64, 3), weights="no_such_file.weights.h5")
    except Exception:
        error_raised = True
    else:
        error_raised = False
    checks.require(
        error_raised, "Weights from a file that is not there were no problem: `weights` is not handed on to ResNet50."
    )
    hidden_classes = int(checks.grading_rng("build_resnet_classifier_frozen").integers(6, 40))
    model = build_resnet_classifier(hidden_classes, (64, 64, 3))
    checks.require_model(model, "build_resnet_classifier should return a keras.Model")
    learned = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    checks.equal(
        f"the number of trainable parameters for {hidden_classes} classes", learned, 2_098_176 + 1025 * hidden_classes
    )
    ### END HIDDEN TESTS

# %% [markdown]
# One thing more before it sees a real picture: a teacher wants its input as it was trained. For ResNet50 that is blue
# first and ImageNet's mean colour subtracted; `teachers.preprocess("ResNet50", images)` does it. A listing that
# forgets this runs, and is wrong.

# %% [markdown]
# ## Choosing a teacher
#
# The lecture gives five criteria: similarity of the domains, architecture, track record, licence and availability
# (C14). The course's catalog has the facts for most of them.

# %% tags=["nbval-check-output"]
print(f"{'teacher':<18}{'input':>6}{'parameters':>13}{'classes':>9}   licence of the weights")
for entry in teachers.CATALOG.values():
    print(f"{entry.name:<18}{entry.input_size:>6}{entry.parameters:>13,}{entry.classes:>9,}   {entry.license}")

# %% [markdown]
# All but the first learned on ImageNet: photos of animals, vehicles, household things, hardly any faces.
#
# ### Written answer: which teacher, for whom?
#
# Choose a teacher from the table for each of these, and name for each the criterion that decided and one risk. About
# six sentences in all. **(a)** An app that tells dog breeds apart on the phone itself, without the internet. **(b)**
# Defects on metal parts, 200 photos, a server with a graphics card, to be sold as a product. **(c)** Recognising the
# 40 members of a drama club in cartoon portraits in the style of this unit. (3 points)

# %% [markdown] nbgrader={"grade": true, "grade_id": "why_teacher", "locked": false, "points": 3, "schema_version": 3, "solution": true}
# (a) MobileNetV2. The architecture decides: at 3.5 million parameters it is the smallest of the ImageNet teachers, and a
# phone has to hold and run it. ImageNet has many dog breeds, so the domains are close as well. The risk: a larger
# teacher is more accurate, so measure what is lost.
#
# (b) ResNet50, or an EfficientNet: a good track record, licences (MIT, Apache-2.0) that allow a product, and a server
# can run them. The risk is the domain: metal surfaces look like nothing in ImageNet, so late layers may be too
# specific. Try an earlier cut, and compare with a simple baseline.
#
# (c) `faces_vgg16`. Similarity of the domains decides: it has learned people in this very style, and it comes with the
# course. The risk: it has seen these drawings only, and its habits come along (it would be a bad choice for photos of
# real people).
#
# === BEGIN MARK SCHEME ===
# One point for each case. Each needs a choice that can be defended, a criterion among domain similarity, architecture
# (size, speed, input size), track record, licence and availability that fits the case, and a risk. Other choices earn
# the point with a good reason: EfficientNetB0 for (a); VGG16 for (b) if its size and its licence (CC-BY-4.0: name the
# source) are considered. No point for "the largest is the best" or for a choice without a reason.
# === END MARK SCHEME ===

# %% [markdown]
# ## With real photos
#
# Cats and dogs, real photographs, and a real ImageNet teacher: MobileNetV2. The steps are the same four: load it
# without its head, run it once over the pictures, train a head on what comes out. Photos and weights come from a
# network or from a school's mirror; without either, the cell says so, the course's own teacher stands in with five of
# the people that it knows, and the record below stands.

# %%
from tlcourse.datasets import photos

try:
    parts = photos.cats_dogs()
    mobile = teachers.load("MobileNetV2", head=False, input_size=160)
except (photos.PhotosUnavailable, teachers.TeacherUnavailable):
    parts = None
    print("No photos, or no weights of MobileNetV2: connect to a network, or set TLCOURSE_MIRROR. The record is below.")

# %%
if parts:
    few_photos, other_photos = parts["train"].per_class(20, seed=0), parts["test"].per_class(60, seed=0)
    images = [teachers.preprocess("MobileNetV2", part.images) for part in (few_photos, other_photos)]
    few_features, other_features = (mobile.predict(part, verbose=0) for part in images)
    photo_head = train_head(few_features, few_photos.labels, 2)
    print(f"20 photos each: {accuracy(photo_head, other_features, other_photos.labels):.1%} of 120 others correct")

# %% [markdown]
# What does the classifier say, and how surely, of something that belongs to none of its classes? The temple from above:

# %%
if parts:
    class_names, size = other_photos.class_names, other_photos.images.shape[1]
    samples = {f"test photo {number}": other_photos.images[number] for number in (0, 1, 60, 61)}
else:
    few_people, class_names, size = keep_classes(teacher, list(range(5))), seen_people.class_names[:5], faces.SIZE
    samples = {
        "one of the five": seen_people.images[0],
        "another one": seen_people.images[20],
        "a stranger": test.images[0],
    }


def classify(image):
    """Probabilities of the classes for one picture, shape (size, size, 3)."""
    logits = photo_head(mobile(teachers.preprocess("MobileNetV2", image[None]))) if parts else few_people(image[None])
    return keras.ops.softmax(logits)[0]


smaller = photo.shape[0] // size
samples["a temple"] = photo[::smaller, 64::smaller][:size, :size]
draw_photo(samples["a temple"], classify(samples["a temple"]), class_names, "a temple")
plt.show()

# %% [markdown]
# It has to choose one of its classes, and may be quite sure of a wrong one: no answer says "none of these". Now choose
# a picture that it has not learned from, or show it a photo of your own.

# %%
PhotoClassifier(classify, class_names, samples, size)

# %% [markdown]
# Here is the record, with its intervals, for cats and dogs and for the digits.

# %% tags=["nbval-check-output"]
real = results("real")
for name, target in (("digits", "digits, the course's teacher"), ("cats_dogs", "cats and dogs, MobileNetV2")):
    for method in ("transfer", "scratch"):
        result = real[name][method]
        print(f"{target:<30}{method:<9}{result['mean']:6.1%}   ({result['ci95'][0]:.1%} to {result['ci95'][1]:.1%})")

# %% [markdown]
# For cats and dogs the ImageNet teacher wins by far: 96.7 % against 63.8 % from scratch, with 50 training photos each.
# It is an easy case, since many kinds of cats and dogs are among ImageNet's classes. For handwriting the course's own
# teacher *loses*: 92.2 %, with the layer to cut at chosen on the training digits, against 96.6 % for a small network
# that learned from the same ten pictures a class, and the intervals lie apart. A teacher of faces has little to say
# about digits, and digits are easy to learn. Frozen features can do worse than a small network from scratch, which is
# why such a baseline belongs in every comparison. Whether the teacher itself hurts (C11), this one cannot say, because the
# two networks differ. A later unit comes back to it.

# %% [markdown]
# ## Summary
#
# 1. **Representation.** No line separates the two rings in (x, y), and one does so perfectly in (r, θ). The same change
#    spoiled another task: a representation is good *for* something (C06).
# 2. **The four steps** (C16, C18). Load, cut the head, attach a new one, train only that. A frozen base gives the same
#    features every time, so compute them once; the head then takes seconds.
# 3. **Report with baselines and intervals.** 98.1 % against 87.2 % for the best baseline on record (given five minutes: 95.4 %,
#    on one group), not only against the 1.9 % of the worst.
#    With one picture each the teacher is worth most; with more pictures the gap closes (C09, C10).
# 4. **Where to cut.** For a near target N - 1 layers are fine, and cuts shortly before cost little or nothing. For a far
#    target a cut before the middle is better (C08). Why is not decided: late layers may be specific (C07), or depth alone
#    may lose what is needed. Keep the old head only for classes that it knows (C17).
# 5. **Listings and teachers.** What a listing leaves undefined, a function asks for (C26). Choose a teacher by domain,
#    architecture, track record, licence and availability (C14), and measure the choice.
#
# So far the base stayed frozen. The next question is what happens when it may learn, too: fine-tuning.

# %%
progress
