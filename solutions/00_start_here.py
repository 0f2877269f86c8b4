# %% [markdown]
# # Start here: what a teacher saves you
#
# You have **ten images of each of 65 people**, and you want a network that recognizes them (C01). Is that enough data
# to train one?
#
# Trained from random weights on so few images, a large network stays far behind, and so does a small one after short
# training. If you start from a network that has already learned to look at *other* people's faces, ten images are
# plenty. This is transfer learning. In this course you will use it, measure it and break it.
#
# An id such as C01 stands for a claim from the lectures that this course tests. The file docs/claims.md lists all the
# claims with our findings.
#
# After working through this page, you can
#
# 1. explain what is transferred, and ask the three questions on which the success of a transfer depends;
# 2. read an error bar, and decide whether two results really differ;
# 3. choose a teacher by more than its accuracy;
# 4. run a unit, check your code and submit your work.
#
# **Time:** 25 minutes. This page is not graded. It has one practice exercise, worth no points.
#
# A notebook consists of text cells and code cells. Click a code cell and press **Shift+Enter** to run it. Work from the
# top of the page to the bottom.

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
from scipy import stats
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from tlcourse import checks, data, plots, teachers, widgets
from tlcourse.datasets import faces
from tlcourse.plots.diagram import transfer

plots.style()
keras.utils.set_random_seed(0)
progress = checks.Progress({"accuracy": "Exercise 0.1 accuracy"})

# %% [markdown]
# If the next cell prints a line that ends in *ready*, your installation works. On Colab, you may also see lines that
# begin with `WARNING`, `I0000` or `E0000`. TensorFlow prints them when it looks for a graphics card. They are not
# errors in your code.

# %%
print(f"Python {sys.version.split()[0]}, Keras {keras.__version__}, numpy {np.__version__}: ready.")

# %% [markdown]
# ## Who is who?
#
# You have never met these eight people. The upper row shows each of them once. The lower row shows the same eight
# people again, in a different order. Who is A?
#
# **Before you run the second cell,** match all eight letters to numbers.

# %%
people = faces.TEST_PEOPLE[130:138]
order = np.random.default_rng(3).permutation(8)
first, second = (faces.portraits(people, 1, seed=seed).images for seed in (1, 2))
ax = plots.image_grid(np.concatenate([first, second[order]]), titles=list("12345678ABCDEFGH"))

# %% tags=["nbval-check-output"]
print(", ".join(f"{letter} is {order[place] + 1}" for place, letter in enumerate("ABCDEFGH")))

# %% [markdown]
# How many did you get right? For most of the people, one image was enough, although the light, colors, pose, hats and
# background had changed. You did not learn to see faces from these eight images. You brought that skill with you. A
# network with random weights has no such skill.
#
# **What you already know determines how many examples you need.**
#
# ### Nobody here is real
#
# The people in this course do not exist. A program draws them. `faces.person(17)` sets everything that identifies one
# person: skin, hair, face shape, eyes, nose, mouth, glasses and birthmarks. `faces.draw` then makes a new image of that
# person each time you call it.
#
# So you need nobody's permission, and your class can share, print and misclassify these faces without hurting anyone.
# The lecture's experiment used photographs of real people whom nobody had asked for permission.
#
# Synthetic faces are a model of the problem, not the problem itself. Unit 02 adds real handwriting and real photos.

# %% [markdown]
# Here are eight images of one person. What stays the same, and what changes? A network has to learn to rely on what
# stays the same and to ignore what changes.

# %%
ax = plots.image_grid(faces.portraits([faces.TEST_PEOPLE[131]], 8, seed=3).images)

# %% [markdown]
# ## The idea in one figure
#
# A **teacher** is a network that was trained earlier, on a task with plenty of data. Our teacher has 16 layers with
# weights and recognizes 2,622 people, as many as VGG-Face in the lecture (C01). The **student** keeps 15 of these
# layers unchanged. It gets a new last layer, and training changes only that layer.
#
# **The student reuses what the teacher has learned to see, and learns only to name new people.**

# %%
teachers_people, new_people = faces.TEACHER_PEOPLE[40:46], faces.TEST_PEOPLE[:6]
images = [faces.portraits(group, 1, seed=1).images for group in (teachers_people, new_people)]
ax = transfer(*images, people=(len(faces.TEACHER_PEOPLE), 65))

# %% [markdown]
# ## How much does it help?
#
# The lecture reports that 93.47% of the test images were recognized with a teacher, and 1% without one (C01).
#
# We made the same comparison with our synthetic faces. The task has 65 people whom the teacher has never seen, each
# with ten training images and twenty test images. We repeated the experiment with other groups of people. The bars show
# the means, and the black whiskers show 95% confidence intervals. Dotted lines mark the lecture's result and the chance
# level.
#
# A comparison means little if the losing side never had a chance. That is why there are five baselines without a
# teacher instead of one. Even the best of them would gain from longer training.
#
# **Before you run the cell:** how large do you expect the gap to be?

# %%
headline = data.results("headline")
baselines = {
    "transfer": "15 layers from the teacher, new head",
    "best_from_scratch": "small CNN, augmented images",
    "small_cnn": "small CNN",
    "pixels": "logistic regression on the pixels",
    "scratch": "the teacher's architecture",
    "plain_scratch": "the teacher's architecture, no batch norm",
}
best_first = sorted(baselines, key=lambda key: -headline[key]["mean"])
bars = {baselines[key]: headline[key] for key in best_first}
ax = plots.interval_bars(bars, {"chance": 1 / 65, "lecture: 93.47%": 0.9347}, highlight=baselines["transfer"])
title = ax.set_title("With the teacher, ten images of each person are enough", pad=22)
label = ax.set_xlabel("test images recognized, 65 new people")

# %% tags=["nbval-check-output"]
with_teacher, without = headline["transfer"], headline["best_from_scratch"]
print(f"with the teacher:       {with_teacher['mean']:.1%}, mean of {with_teacher['seeds']} runs")
print(f"best of five baselines: {without['mean']:.1%}")
print(f"mistakes:               {(1 - without['mean']) / (1 - with_teacher['mean']):.0f} times fewer with the teacher")

# %% [markdown]
# The methods behind the five pale bars learned from the same images, but without a teacher. In unit 02 you will cut off
# the teacher's last layer yourself, train a new one (a "head") in seconds, and find out when this advantage shrinks.
#
# **With ten images of each person, the student with a teacher beats all five baselines, which train for at most 100
# epochs.**
#
# How much does the number of images matter? The curves compare the student with the small CNN, the best baseline with
# ten images, on five groups of people.
#
# **Before you run the cell:** with how many images does the teacher help most?

# %%
few = {int(key): entry for key, entry in data.results("few_images").items() if key.isdigit()}
methods = {"transfer": "15 layers from the teacher, new head", "small_cnn": "small CNN, augmented images"}
counts = sorted(few)
curves = {label: [few[count][key] for count in counts] for key, label in methods.items()}
ax = plots.accuracy_curves(counts, curves, log=True, references={"chance": 1 / 65})
ax.legend(loc="lower right", bbox_to_anchor=(1, 0.1))
labels = ax.set(
    xlabel="training images of each person", title="One image with the teacher beats ten without, after short training"
)

# %% [markdown]
# The small CNN trains for 40 to 100 epochs, a short budget. With longer training, the gap is smaller (unit 02).
#
# **In this comparison, the gap was largest with one image of each person. The CNN also took fewer steps there.**

# %% [markdown]
# ## How to read an error bar
#
# Run the same training twice, and you may get two different results. Here a small classifier learns from 100 real
# handwritten digits, ten of each class. It is tested on all the other digits. The runs differ only in the seed, a
# number that initializes the random generator. The generator then picks the 100 training images.
#
# **Before you run the cell:** how much will the five accuracies differ?

# %%
digit_images, digits = load_digits(return_X_y=True)


def one_run(seed, classifier):
    """Accuracy on the test digits after training on 100 other digits."""
    train, test, train_digits, test_digits = train_test_split(
        digit_images / 16, digits, train_size=100, stratify=digits, random_state=seed
    )
    return classifier.fit(train, train_digits).score(test, test_digits)


support_vectors = np.array([one_run(seed, SVC(C=10)) for seed in range(5)])
print(support_vectors.round(3))

# %% [markdown]
# Five runs give five numbers. If you report the largest one, you are reporting luck. Report the mean instead, and say
# how uncertain it is. The mean of $n$ runs with standard deviation $s$ has the **95% confidence interval**
#
# $$\text{mean} \pm t \, \frac{s}{\sqrt{n}},$$
#
# where $t$ comes from Student's distribution with $n - 1$ degrees of freedom.

# %%
mean, spread = support_vectors.mean(), support_vectors.std(ddof=1)
half = stats.t.ppf(0.975, df=4) * spread / np.sqrt(5)
print(f"{mean:.3f} (95% CI {mean - half:.3f} to {mean + half:.3f})")

# %% [markdown]
# What does 95% mean? Suppose that you repeat the whole procedure (five runs, and the interval computed from them) forty
# times. About 38 of the 40 intervals should contain the true mean, and two should miss it. The dashed line is our best
# estimate of the true mean, computed from all 200 runs.

# %%
groups = np.array([one_run(seed, SVC(C=10)) for seed in range(200)]).reshape(40, 5)
halves = stats.t.ppf(0.975, df=4) * groups.std(axis=1, ddof=1) / np.sqrt(5)
missed = abs(groups.mean(axis=1) - groups.mean()) > halves

figure, ax = plt.subplots(figsize=(9, 3.2), layout="constrained")
for which, name, marker in ((~missed, "blue", "o"), (missed, "vermilion", "s")):
    x = np.flatnonzero(which)
    ax.errorbar(x, groups.mean(axis=1)[which], halves[which], fmt=marker, color=plots.COLORS[name], capsize=3)
ax.axhline(groups.mean(), color="black", linestyle="--", linewidth=1)
labels = ax.set(xlabel="repetition", ylabel="accuracy", title=f"{missed.sum()} of 40 intervals miss the dashed line")

# %% [markdown]
# Now compare the small classifier, a support vector machine, with a baseline: a nearest-neighbor classifier that learns
# from the same five samples. Is the support vector machine better?

# %%
neighbors = np.array([one_run(seed, KNeighborsClassifier(1)) for seed in range(5)])


def interval(values):
    """Lower and upper end of the 95% confidence interval of the mean."""
    half = stats.t.ppf(0.975, df=len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return np.round([values.mean() - half, values.mean() + half], 4)


compared = {
    "support vectors": support_vectors,
    "nearest neighbor": neighbors,
    "difference": support_vectors - neighbors,
}
for name, values in compared.items():
    print(f"{name:<18}", interval(values))

# %%
figure, panels = plt.subplots(1, 2, figsize=(9, 2.4), layout="constrained")
for ax, names in zip(panels, (["support vectors", "nearest neighbor"], ["difference"]), strict=True):
    for row, name in enumerate(names):
        ax.plot(interval(compared[name]), [row, row], color=plots.COLORS["blue"], linewidth=3)
        ax.plot(compared[name], np.full(5, row), "o", color="black", markersize=5, alpha=0.6)
    ax.set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.4, -0.6), xlabel="accuracy")
    ax.locator_params(axis="x", nbins=5)
panels[0].set_title("Each method: do they overlap?")
panels[1].set_title("Seed by seed: is 0 inside?")
panels[1].set_xlabel("difference in accuracy")
zero = panels[1].axvline(0, color=plots.COLORS["vermilion"], linestyle=":")

# %% [markdown]
# Each dot is one run, and each line is an interval. On the left, the two intervals overlap, so you might think that no
# conclusion is possible. But both classifiers learned from the same samples, and an unlucky sample hurts both. Take the
# difference **seed by seed**, and whatever the two share cancels out. On the right, the interval for this difference
# lies above 0, though only just.
#
# Five dots do not show how the interval depends on the number of runs. In the next figure, you add one run at a time.
#
# **Before you press the button:** after how many runs will the interval for the difference exclude 0 for good?

# %%
others = [one_run(seed, KNeighborsClassifier(1)) for seed in range(40)]
widgets.IntervalExplorer({"support vectors": groups.ravel()[:40], "nearest neighbor": others})

# %% [markdown]
# With two runs, an interval is so wide that it says almost nothing. It shrinks quickly at first, and then in inverse
# proportion to the square root of the number of runs: four times as many runs halve it. With few runs, the interval
# jumps around: it may exclude 0, and two runs later it may contain 0 again. So decide how many runs you will do
# **before** you look. If you stop as soon as you like the result, the interval no longer means what it says.
#
# Three rules apply throughout the course:
#
# - A number without an interval is an anecdote.
# - Compare two methods by their **paired difference**.
# - If the interval for the difference contains 0, the honest conclusion is "we could not detect a difference".
#
# **Compare two methods seed by seed, and always show how uncertain the difference is.**

# %% [markdown]
# ## What, when, how
#
# Whether a transfer works depends on the answers to three questions (C13).
#
# | question | the lectures' short answer | where you test it |
# |---|---|---|
# | **What** to transfer? | Early layers detect edges and textures, which occur in all images. Late layers are specialized for the old task (C07). Rule of thumb: transfer all layers but the last (C08). | unit 02, by cutting at every layer |
# | **When** to transfer? | When you have little data and the teacher's task is related. With plenty of data it helps less (C10). With features from an unrelated teacher, a student may do worse than one trained from scratch (C11). | unit 02, with one to twenty images per person, and from faces to digits |
# | **How** to transfer? | Load the teacher, remove its last layer, and attach a new one. Train it while the other layers stay frozen or are tuned slowly (C18). | unit 02 with frozen layers, unit 03 with tuned layers |
#
# **Before you transfer anything, ask what, when and how.**

# %% [markdown]
# ## A gallery of teachers
#
# Our own small teacher comes with the course, so everything runs offline. You can download the other teachers, which
# were trained on ImageNet, a million photos of a thousand classes.

# %% tags=["nbval-check-output"]
print(f"{'name':<20}{'input':>9}{'parameters':>14}  license")
for teacher in teachers.CATALOG.values():
    size = f"{teacher.input_size}×{teacher.input_size}"
    print(f"{teacher.name:<20}{size:>9}{teacher.parameters:>14,}  {teacher.license}")
for what in dict.fromkeys(teacher.trained_on for teacher in teachers.CATALOG.values()):
    print("trained on", what)

# %%
here = [name for name in teachers.CATALOG if teachers.available(name, head=False)]
print("on this machine:", ", ".join(here) or "none")

# %% [markdown]
# `teachers.load(name)` downloads a teacher that is not on your machine yet. Without an internet connection, it raises
# an error that names the missing file and the folder to put it in.
#
# Choose a teacher by five criteria (C14):
#
# 1. **Domain:** was it trained on images like yours?
# 2. **Architecture:** does it fit your machine and your input size?
# 3. **Track record:** has it worked well on tasks like yours?
# 4. **License:** does it allow your use? CC-BY-4.0, for example, requires you to name the authors.
# 5. **Availability:** can you get the weights, and will they still be available next year?
#
# <details><summary>Try it: which teacher would you choose to sort an archive of bird photos, once, overnight, on a server?</summary>
#
# All teachers but ours were trained on ImageNet, which contains many kinds of birds. So the domain does not settle the
# question. Size does not settle it either, because nothing has to be small or fast. That leaves the track record and
# your own measurements. Try two or three of the larger teachers, and compare them on photos that you set aside.
# </details>
#
# **The most accurate teacher is not always the best one for your task.**

# %% [markdown]
# ## Run, check, submit
#
# Each exercise is a function with a gap, followed by a **check cell**. You can run the check as often as you like. It
# shows what it expected and what your function returned. Often it also names the mistake that led to your result.
#
# | where you work | check your code | submit |
# |---|---|---|
# | JupyterLab (`make lab`) | Run the check cells. **Validate** in the notebook's toolbar runs all of them from a fresh start. | Use **Nbgrader → Assignment List** if your class does. Otherwise give your instructor the `.ipynb` file. |
# | plain Jupyter, VS Code | Run the check cells, and `progress` in the last cell. In a terminal, use `tlcourse check FILE.ipynb`. | Give your instructor the `.ipynb` file. |
# | Colab | Run the check cells, and `progress` in the last cell. | Choose File → Download → Download `.ipynb`. |
#
# - Fill the gaps. Do not rename, copy or delete the check cells.
# - If you are stuck, later cells that need your function stop with an error. The message tells you to run
#   `progress.skip` with the exercise's number in a new cell. This shows the output of the course's solution, so that
#   you can read on. A skipped exercise earns no marks until you solve it.
# - Before you submit, choose **Kernel → Restart Kernel and Run All Cells**. An answer that works only because of a cell
#   that you have since deleted earns no points.
# - After you submit, more checks run with other inputs. A function that always returns the result of the example does
#   not pass them.
#
# **Restart the kernel and run all cells before you submit.**

# %% [markdown]
# ### Exercise 0.1: Measure accuracy
#
# Compute the share of predictions that are correct.
#
# | | |
# |---|---|
# | **Signature** | `accuracy(predicted, actual)` |
# | **Arguments** | two integer arrays of shape `(n,)`: the predictions and the labels |
# | **Returns** | the accuracy, a number from 0 to 1 |
# | **Example** | With predictions 3, 1, 2, 2 and labels 3, 1, 1, 2, three are correct, so the accuracy is 0.75. |
# | **Points** | none; this exercise is for practice |
#
# To see how a check gives feedback:
#
# 1. Run both cells as they are. The check reports that the exercise is not solved yet.
# 2. Count the correct predictions: put `return np.sum(predicted == actual)` into the gap, and run both cells again.
#    Read the message.
# 3. Correct your function, and run both cells once more.
#
# <details><summary>Hint</summary>
#
# What number do you divide the count of correct predictions by? For an array of true and false values, NumPy's `mean`
# counts and divides in one step.
# </details>


# %% nbgrader={"grade": false, "grade_id": "accuracy", "locked": false, "schema_version": 3, "solution": true}
def accuracy(predicted, actual):
    """Accuracy: the share of predictions that are correct, from 0 to 1."""
    ### BEGIN SOLUTION
    return np.mean(predicted == actual)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_accuracy", "locked": true, "points": 0, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def share_correct(predicted, actual):
    """Image by image."""
    return sum(int(predicted[index]) == int(actual[index]) for index in range(len(actual))) / len(actual)


mistakes = {
    "the correct predictions are counted, but not divided by the number of all": lambda p, a: sum(p == a),
    "the wrong predictions are counted instead of the correct ones": lambda p, a: np.mean(p != a),
    "the share is given in percent": lambda p, a: 100 * np.mean(p == a),
}
visible_cases.record(
    "accuracy",
    [(np.array([3, 1, 2, 2]), np.array([3, 1, 1, 2])), (np.array([0, 1, 0, 1, 1]), np.array([0, 0, 1, 1, 0]))],
    share_correct,
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("accuracy"):
    checks.run("accuracy", accuracy)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("accuracy")
    for count in rng.integers(20, 60, 10):
        predictions, truth = rng.integers(0, 3, (2, count))
        checks.returns(accuracy, (predictions, truth), share_correct(predictions, truth), mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# ## What is in the course
#
# | unit | question |
# |---|---|
# | **00 Start here** | What does a teacher save you? |
# | [**01 Counting a CNN's parameters**](../01_cnn_parameters/01_cnn_parameters.ipynb) | A slide gives VGG16's parameter count to the last digit. Is that digit correct? |
# | [**02 Feature extraction**](../02_feature_extraction/02_feature_extraction.ipynb) | How can ten images of each person be enough? |
# | [**03 Fine-tuning**](../03_fine_tuning/03_fine_tuning.ipynb) | What do you gain, and what can break, when the teacher's layers learn too? |
# | [**04 Differential learning rates**](../04_differential_rates/04_differential_rates.ipynb) | Should early layers learn more slowly than late ones? |
# | [**05 Domain scenarios**](../05_domain_scenarios/05_domain_scenarios.ipynb) | How can the data that a model meets differ from its training data, and what repairs the damage? |
# | [**06 Choosing a teacher**](../06_choosing_a_teacher/06_choosing_a_teacher.ipynb) | Which teacher suits your target, and is it better than none? |
# | [**07 Distillation**](../07_distillation/07_distillation.ipynb) | Can a teacher pass on what it knows through its predictions alone? |
# | [**08 Text**](../08_text/08_text.ipynb) | What does a pretrained encoder gain you, and when does a bag of words do as well? |
# | [**09 Old features, new tasks**](../09_new_tasks/09_new_tasks.ipynb) | Can features trained to classify whole images also locate and outline objects? |
# | [**10 New people, few examples**](../10_new_people/10_new_people.ipynb) | What can you do when you have almost no labels? |
# | [**11 From raw data to a deployed model**](../11_deployment/11_deployment.ipynb) | How do messy files become a model that answers requests? |
# | [**12 Learning that goes on**](../12_going_on/12_going_on.ipynb) | What does a network forget when it keeps learning, and what can it learn from data that cannot be pooled? |
# | [**13 Language models**](../13_language_models/13_language_models.ipynb) | What does a network learn from texts without labels, and how do you move it to a new domain? |
#
# **Where a lecture is wrong or vague, the unit says so and shows why.**

# %% [markdown]
# ## Summary
#
# 1. A student keeps the teacher's layers and gets a new last layer. Ask **what** to keep, **when** it helps and **how**
#    to train.
# 2. Repeat each experiment with several seeds. Report the mean with its interval, and compare methods by paired
#    differences. If the interval for the difference contains 0, you have not detected a difference.
# 3. Choose a teacher by domain, architecture, track record, license and availability.
# 4. Run a unit from top to bottom, and learn from its checks. Then restart the kernel, run all cells and submit the
#    notebook.

# %%
progress
