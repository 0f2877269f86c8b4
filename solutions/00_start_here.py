# %% [markdown]
# # Start here: what a teacher saves you
#
# You want a program that recognises **65 people**, and you have **ten pictures of each** (C01: such marks name a claim of
# the lectures that this course puts to the test; docs/claims.md lists all of them with what was found). Is that enough to
# train a neural network?
#
# Starting from nothing, it is far too little. Starting from a network that has already learned to look at *other*
# people's faces, it is plenty. That is transfer learning, and this course lets you do it, measure it and break it.
#
# After this page you can
#
# 1. say what is transferred, and ask the three questions that decide whether it helps;
# 2. read an error bar, and say when two results really differ;
# 3. choose a teacher by more than its accuracy;
# 4. run a unit, check an answer and hand it in.
#
# **Time:** 15 minutes. Not graded: it has one exercise to practise on, worth no points.
#
# Below are cells of text and cells of code. Click on a code cell and press **Shift+Enter** to run it, from the top of
# the page to its end.

# %%
import sys

if "google.colab" in sys.modules:
    # %pip install -q git+https://github.com/tlcourse/tlcourse
    pass

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
from scipy import stats
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from tlcourse import checks, data, plots, teachers
from tlcourse.datasets import faces
from tlcourse.plots.diagram import transfer

plots.style()
keras.utils.set_random_seed(0)
progress = checks.Progress({"accuracy": "Exercise 0.1 accuracy"})

# %% [markdown]
# If the next cell prints a line that ends in *ready*, your installation works. Red lines that begin with `WARNING`, `I0000`
# or `E0000` come from TensorFlow, which looks for a graphics card, or remarks that it has prepared a function more than
# once; they are no errors of yours.

# %%
print(f"Python {sys.version.split()[0]}, Keras {keras.__version__}, numpy {np.__version__}: ready.")

# %% [markdown]
# ## Who is who?
#
# You have never met these eight people. You see each of them once, in the upper row. The lower row shows the same
# eight again, in another order. Who is A?

# %%
people = faces.TEST_PEOPLE[130:138]
order = np.random.default_rng(3).permutation(8)
first, second = (faces.portraits(people, 1, seed=seed).images for seed in (1, 2))
ax = plots.image_grid(np.concatenate([first, second[order]]), titles=list("12345678ABCDEFGH"))

# %% tags=["nbval-check-output"]
print(", ".join(f"{letter} is {order[place] + 1}" for place, letter in enumerate("ABCDEFGH")))

# %% [markdown]
# How many did you get? One picture of each was enough for most of them, although light, colours, pose, hats and
# background had changed. You did not learn to see faces from these eight pictures: you brought that along. A network with random
# weights brings nothing along.
#
# ### Nobody here is real
#
# The people in this course do not exist. A program draws them: `faces.person(17)` fixes what belongs to a person (skin,
# hair, shape of the face, eyes, nose, mouth, glasses, birthmarks), and `faces.draw` takes a new picture of them each time.
# So there is nobody to ask for permission, and a class may share, print and misjudge these faces without hurting
# anyone. The lecture's experiment used photographs of real people, whom nobody had asked.
#
# Drawn faces are a model of the problem. Real handwriting and real photos stand beside them in unit 02.

# %% [markdown]
# Below is one person in eight pictures. What stays the same, and what changes? A network has to learn to keep the first
# and to ignore the second.

# %%
ax = plots.image_grid(faces.portraits([faces.TEST_PEOPLE[131]], 8, seed=3).images)

# %% [markdown]
# ## The idea in one picture
#
# A **teacher** is a network that has been trained before, on a task with plenty of data. Ours has 16 layers with weights
# and knows 2,622 people, as many as the lecture's VGG-Face (C01). The **student** keeps 15 of these layers as they are
# and gets a new last layer, which is all that is trained.

# %%
teachers_people, new_people = faces.TEACHER_PEOPLE[40:46], faces.TEST_PEOPLE[:6]
images = [faces.portraits(group, 1, seed=1).images for group in (teachers_people, new_people)]
ax = transfer(*images, people=(len(faces.TEACHER_PEOPLE), 65))

# %% [markdown]
# ## How much does it help?
#
# The lecture reports 93.47 % of the test pictures recognised with a teacher and 1 % without (C01). We measured it with our
# own faces: 65 people whom the teacher never saw, ten pictures of each to learn from, twenty others of each to be tested
# on. All of it was repeated with other people; the bars show the means, the black whiskers 95 % intervals. The dotted
# lines show the lecture's result and what blind guessing gives.
#
# A comparison says more when the loser had a chance, so there is not one rival from scratch but five. Even the best of
# them would gain from a longer training.

# %%
headline = data.results("headline")
baselines = {
    "transfer": "15 layers from the teacher, new head",
    "best_from_scratch": "small CNN, augmented pictures",
    "small_cnn": "small CNN",
    "pixels": "logistic regression on the pixels",
    "scratch": "the teacher's architecture",
    "plain_scratch": "the teacher's architecture, no batch norm",
}
best_first = sorted(baselines, key=lambda key: -headline[key]["mean"])
bars = {baselines[key]: headline[key] for key in best_first}
ax = plots.interval_bars(bars, {"guessing": 1 / 65, "lecture: 93.47 %": 0.9347}, highlight=baselines["transfer"])
title = ax.set_title("Test pictures recognised, 65 new people, 10 pictures of each", pad=22)

# %% tags=["nbval-check-output"]
with_teacher, without = headline["transfer"], headline["best_from_scratch"]
print(f"with the teacher:       {with_teacher['mean']:.1%}, mean of {with_teacher['seeds']} runs")
print(f"best of five rivals:    {without['mean']:.1%}")
print(f"mistakes:               {(1 - without['mean']) / (1 - with_teacher['mean']):.0f} times fewer with the teacher")

# %% [markdown]
# The five pale bars had the same pictures. What they lack is the teacher. In unit 02 you cut the teacher yourself, train
# the new head in seconds, and find out when this advantage shrinks.

# %% [markdown]
# ## How to read an error bar
#
# Run the same program twice and you may get two results. Here one small classifier learns from 100 real handwritten
# digits, ten of each, and is tested on all the others. The seed decides which 100 it learns from, and nothing else.

# %%
digit_images, digits = load_digits(return_X_y=True)


def one_run(seed, classifier):
    """Share of the test digits that are recognised."""
    train, test, train_digits, test_digits = train_test_split(
        digit_images / 16, digits, train_size=100, stratify=digits, random_state=seed
    )
    return classifier.fit(train, train_digits).score(test, test_digits)


support_vectors = np.array([one_run(seed, SVC(C=10)) for seed in range(5)])
print(support_vectors.round(3))

# %% [markdown]
# Five runs, five numbers. Whoever reports the largest reports luck. Report their mean instead, and how far it may be off:
# the mean of $n$ runs with standard deviation $s$ has the **95 % confidence interval** mean ± $t \, s / \sqrt{n}$, where
# $t$ comes from Student's distribution with $n - 1$ degrees of freedom.

# %%
mean, spread = support_vectors.mean(), support_vectors.std(ddof=1)
half = stats.t.ppf(0.975, df=4) * spread / np.sqrt(5)
print(f"{mean:.3f}, 95 % interval {mean - half:.3f} to {mean + half:.3f}")

# %% [markdown]
# What does 95 % mean? Repeat the whole thing, five runs and their interval, forty times. We expect about 38 of the 40
# intervals to hold the true mean, and two to miss it. The dashed line is our best estimate of the true mean, from all
# 200 runs.

# %%
groups = np.array([one_run(seed, SVC(C=10)) for seed in range(200)]).reshape(40, 5)
halves = stats.t.ppf(0.975, df=4) * groups.std(axis=1, ddof=1) / np.sqrt(5)
missed = abs(groups.mean(axis=1) - groups.mean()) > halves

figure, ax = plt.subplots(figsize=(9, 3.2), layout="constrained")
for which, name, marker in ((~missed, "blue", "o"), (missed, "vermilion", "s")):
    x = np.flatnonzero(which)
    ax.errorbar(x, groups.mean(axis=1)[which], halves[which], fmt=marker, color=plots.COLORS[name], capsize=3)
ax.axhline(groups.mean(), color="black", linestyle="--", linewidth=1)
labels = ax.set(xlabel="repetition", ylabel="accuracy", title=f"{missed.sum()} of 40 intervals miss the line")

# %% [markdown]
# Now a rival: the nearest neighbour, on the same five draws. Is the support vector machine better?

# %%
neighbors = np.array([one_run(seed, KNeighborsClassifier(1)) for seed in range(5)])


def interval(values):
    """Both ends of the 95 % confidence interval of the mean."""
    half = stats.t.ppf(0.975, df=len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return np.round([values.mean() - half, values.mean() + half], 4)


compared = {
    "support vectors": support_vectors,
    "nearest neighbour": neighbors,
    "difference": support_vectors - neighbors,
}
for name, values in compared.items():
    print(f"{name:<18}", interval(values))

# %%
figure, panels = plt.subplots(1, 2, figsize=(9, 2.4), layout="constrained")
for ax, names in zip(panels, (["support vectors", "nearest neighbour"], ["difference"]), strict=True):
    for row, name in enumerate(names):
        ax.plot(interval(compared[name]), [row, row], color=plots.COLORS["blue"], linewidth=3)
        ax.plot(compared[name], np.full(5, row), "o", color="black", markersize=5, alpha=0.6)
    ax.set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.4, -0.6), xlabel="accuracy")
    ax.locator_params(axis="x", nbins=5)
panels[0].set_title("Each on its own: the intervals overlap")
panels[1].set_title("Seed by seed: the interval excludes 0")
zero = panels[1].axvline(0, color=plots.COLORS["vermilion"], linestyle=":")

# %% [markdown]
# The dots are single runs, the lines their intervals. On the left the two overlap, and one could shrug. But both
# classifiers had the same draws: an unlucky draw hurts both. Take the difference **seed by seed** and what they share
# cancels; its interval, on the right, lies above 0.
#
# So, for the whole course:
#
# - a number without an interval is an anecdote;
# - compare two methods by their **paired difference**;
# - if its interval holds 0, the honest sentence is "no detectable difference".

# %% [markdown]
# ## What, when, how
#
# Three questions decide whether a transfer works (C13).
#
# | question | the short answer | where you test it |
# |---|---|---|
# | **What** to transfer? | Early layers see edges and textures, which any picture has; late ones know the old task (C07). Rule of thumb: all but the last layer (C08). | unit 02, by cutting at every layer |
# | **When** to transfer? | When your own data are few and the teacher's task is related. Less so with plenty of data (C10); with features of an unrelated teacher a student may do worse than from scratch (C11). | unit 02, from one picture per person to twenty, and from faces to digits |
# | **How** to transfer? | Load the teacher, remove its last layer, attach a new one, train it while the rest is frozen or slowly tuned (C18). | unit 02 with the rest frozen, unit 03 with layers of it tuned |

# %% [markdown]
# ## A gallery of teachers
#
# Our own small teacher comes with the course, so that everything runs offline. The others learned from
# ImageNet and can be downloaded.

# %% tags=["nbval-check-output"]
print(f"{'name':<20}{'input':>9}{'parameters':>14}  licence")
for teacher in teachers.CATALOG.values():
    size = f"{teacher.input_size}×{teacher.input_size}"
    print(f"{teacher.name:<20}{size:>9}{teacher.parameters:>14,}  {teacher.license}")
for what in dict.fromkeys(teacher.trained_on for teacher in teachers.CATALOG.values()):
    print("learned from", what)

# %%
here = [name for name in teachers.CATALOG if teachers.available(name, head=False)]
print("on this machine:", ", ".join(here) or "none")

# %% [markdown]
# `teachers.load(name)` fetches a teacher that is not here yet. Offline it says which file is missing, and where to put it.
#
# Choose a teacher by five things (C14):
#
# 1. **Domain:** did it learn from pictures like yours?
# 2. **Architecture:** does it fit your machine, and your input size?
# 3. **Track record:** has it served tasks like yours?
# 4. **Licence:** may you use it so? CC-BY-4.0, for one, asks you to name the authors.
# 5. **Availability:** can you get the weights, and will you still get them next year?
#
# <details><summary>Try it: which of these to sort an archive of bird photos, once, overnight, on a server?</summary>
#
# All but ours learned from ImageNet, which has many kinds of birds, so the domain does not decide. Nor does the size:
# nothing has to be small or quick. What is left is the track record, and measuring: try two or three of the larger ones,
# and let photos that were kept aside decide.
# </details>

# %% [markdown]
# ## Run, check, hand in
#
# Every unit has exercises. Each is a function with a gap, followed by a **check cell** that you can run as often as you
# like. It says what it expected and what came, and often which mistake gives that.
#
# | where you work | check | hand in |
# |---|---|---|
# | JupyterLab (`make lab`) | the check cells; **Validate** in the notebook's toolbar runs all of them from a fresh start | **Nbgrader → Assignment List**, if your class uses it; else give your instructor the `.ipynb` file |
# | plain Jupyter, VS Code | the check cells; `progress` in the last cell; in a terminal `tlcourse check FILE.ipynb` | give your instructor the `.ipynb` file |
# | Colab | the check cells; `progress` in the last cell | File → Download → Download `.ipynb` |
#
# - Fill the gaps; do not rename, copy or delete the cells with checks.
# - Before you hand in: **Kernel → Restart Kernel and Run All Cells**. An answer that works only because of a cell that you
#   have since deleted earns nothing.
# - When you hand in, more checks run with other inputs. A function that returns the example's answer does not pass them.

# %% [markdown]
# ### Exercise 0.1: measure accuracy
#
# `accuracy(predicted, actual)`: the share of predictions that are right. Both are integer arrays of shape (n,); the
# result is a number from 0 to 1. Of the predictions 3, 1, 2, 2 for the labels 3, 1, 1, 2 three are right: 0.75.
#
# See how a check talks to you:
#
# 1. Run both cells as they are. The check says that the exercise is not solved yet.
# 2. Count the right predictions: put `return np.sum(predicted == actual)` into the gap and run both again. Read what the
#    check says.
# 3. Make it right.
#
# <details><summary>Hint</summary>
#
# What is a count of right answers to be divided by? numpy's `mean` of an array of true and false does both at once.
# </details>


# %% nbgrader={"grade": false, "grade_id": "accuracy", "locked": false, "schema_version": 3, "solution": true}
def accuracy(predicted, actual):
    """Share of the predictions that are right, from 0 to 1."""
    ### BEGIN SOLUTION
    return np.mean(predicted == actual)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_accuracy", "locked": true, "points": 0, "schema_version": 3, "solution": false}
mistakes = {
    "the right predictions are counted, but not divided by the number of all": lambda p, a: sum(p == a),
    "the wrong predictions are counted instead of the right ones": lambda p, a: np.mean(p != a),
    "the share is given in per cent": lambda p, a: 100 * np.mean(p == a),
}
with progress.exercise("accuracy"):
    checks.returns(accuracy, (np.array([3, 1, 2, 2]), np.array([3, 1, 1, 2])), 0.75, mistakes)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("accuracy")
    for count in rng.integers(20, 60, 10):
        labels, guesses = rng.integers(0, 3, (2, count))
        share = sum(int(guesses[index]) == int(labels[index]) for index in range(count)) / int(count)
        checks.returns(accuracy, (guesses, labels), share, mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# ## What is in the course
#
# | unit | its question |
# |---|---|
# | **00 Start here** | What does a teacher save you? |
# | [**01 Counting a CNN's parameters**](../01_cnn_parameters/01_cnn_parameters.ipynb) | A slide gives VGG16's size to the last digit. Is that digit right? |
# | [**02 Feature extraction**](../02_feature_extraction/02_feature_extraction.ipynb) | How do ten pictures of each person become enough? |
# | [**03 Fine-tuning**](../03_fine_tuning/03_fine_tuning.ipynb) | The teacher's layers may learn, too. What does that gain, what can it break? |
# | [**04 Differential learning rates**](../04_differential_rates/04_differential_rates.ipynb) | Should early layers learn more slowly than late ones? |
# | [**05 Domain scenarios**](../05_domain_scenarios/05_domain_scenarios.ipynb) | What differs between where a model learned and where it is used, and what repairs it? |
# | [**06 Distillation**](../06_distillation/06_distillation.ipynb) | Can a teacher hand on what it knows by its answers alone? |
#
# Where a lecture is wrong or vague, the unit says so and shows it.

# %% [markdown]
# ## Summary
#
# 1. A student keeps the teacher's layers and gets a new last one. **What** to keep, **when** it helps and **how** to train
#    are the three questions.
# 2. Repeat with several seeds, give mean and interval, and compare by paired differences. If the interval of the difference
#    holds 0, no difference was detected.
# 3. A teacher is chosen by domain, architecture, track record, licence and availability.
# 4. Run a unit from top to bottom, let the check cells talk to you, restart and run all, hand in the notebook.

# %%
progress
