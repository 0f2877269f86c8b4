# %% [markdown]
# # Unit 12: Learning that goes on, data that stay apart
#
# A network that recognizes spoken digits is in use, and every week it meets a new speaker. So every week you adapt it a
# little. What does it forget along the way? And the speakers have a question of their own: must they send you their
# voices, or may they keep them to themselves?
#
# By the end of this unit you can
#
# 1. measure how much a network forgets, and choose among five ways to adapt it;
# 2. test whether two tasks that share a trunk help or hurt each other;
# 3. train a starting point that is made to be adapted, and say when plain transfer does as well;
# 4. average networks whose data never meet, and show what their updates still give away;
# 5. compare methods in a table with intervals, and let a budget choose a recipe.
#
# **Time:** about 110 minutes. Six exercises and one written answer, 18 points. All cells together run in about a minute
# on two processor cores. Programs generate the voices and draw the faces, so none of these people are real; one
# recorded result describes six real speakers.

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

from tlcourse import checks, continual, distillation, plots, sines, teachers, widgets
from tlcourse.data import results
from tlcourse.datasets import faces, glyphs, speech
from tlcourse.datasets.faces.parts import CLASS_NAMES, masked_portraits
from tlcourse.finetuning import recompile
from tlcourse.own_photos import grad_cam
from tlcourse.stats import paired_difference

keras.utils.set_random_seed(0)
plots.style()
progress = checks.Progress(
    {
        "forgetting": "Exercise 12.1 forgetting",
        "elastic_penalty": "Exercise 12.2 elastic_penalty",
        "importance": "Exercise 12.3 importance",
        "reptile_step": "Exercise 12.4 reptile_step",
        "federated_average": "Exercise 12.5 federated_average",
        "recovered_input": "Exercise 12.6 recovered_input",
    }
)


def shown(entry, form=".1%"):
    """A recorded mean with its 95 % interval."""
    return f"{entry['mean']:{form}} ({entry['ci95'][0]:{form}} to {entry['ci95'][1]:{form}})"


def gain(first, second):
    """Mean difference of two entries over the seeds, in percentage points, with its 95 % interval."""
    pairs = paired_difference(first["values"], second["values"])
    return (
        f"{100 * pairs['mean']:+.1f} percentage points ({100 * pairs['ci95'][0]:+.1f} to {100 * pairs['ci95'][1]:+.1f})"
    )


# %% [markdown]
# ## A new speaker every week
#
# A clip is a **log-mel image**: time runs from left to right, frequency from bottom to top, and bright means loud. Here
# are two digits from three of our six speakers. The network knows four of the six, and two come later.

# %%
people = [(31, 1), (32, 2), (33, 0), (34, 1), (35, 2), (39, 3)]  # voice and accent of each speaker
learned, tested = speech.generate(people, 10, 1), speech.generate(people, 6, 2)
known_speakers, first, second = range(4), 4, 5
_, axes = plt.subplots(1, 6, figsize=(11, 2.2), layout="constrained")
for ax, (digit, speaker) in zip(axes, [(d, s) for d in (3, 8) for s in (0, 1, 4)], strict=True):
    place = np.flatnonzero((learned.digits == digit) & (learned.speakers == speaker))[0]
    ax.imshow(learned.images[place, ..., 0], origin="lower", cmap="magma")
    ax.set(title=f"“{digit}”, speaker {speaker}", xticks=[], yticks=[])
axes[0].figure.suptitle("The same digit looks different from speaker to speaker")
plt.show()


# %%
def clips(part, who):
    """Clips and digits of some speakers."""
    chosen = np.isin(part.speakers, who)
    return part.images[chosen], part.digits[chosen]


def scores():
    """Accuracy on test clips of the known speakers, of the first new one and of the second."""
    return [continual.accuracy(network, *clips(tested, who)) for who in (known_speakers, first, second)]


# %%
old, new = clips(learned, known_speakers), clips(learned, first)
network = continual.trunk_and_head(learned.images.shape[1:], 10, seed=0)
plain, rng = continual.Trainer(network), np.random.default_rng(0)
plain.train(batch[:2] for batch in continual.batches(*old, 400, rng))
start, before = network.get_weights(), scores()
print("known speakers {:.0%}, first new speaker {:.0%}, second new speaker {:.0%}".format(*before))

# %% [markdown]
# The network does much worse on voices that it has not heard. So you ask the first new speaker for ten clips of each
# digit, and continue training with these clips.
#
# **Before you run the cell:** what will the accuracy on the *known* speakers be afterward? Write down a number.

# %%
plain.train(batch[:2] for batch in continual.batches(*new, 100, rng))
after_first = scores()
plain.train(batch[:2] for batch in continual.batches(*clips(learned, second), 100, rng))
naive = np.array([before, after_first, scores()])
_, ax = plt.subplots(figsize=(7, 3), layout="constrained")
for column, name in enumerate(("known speakers", "first new speaker", "second new speaker")):
    ax.plot(range(3), naive[:, column], marker="os^"[column], label=name)
ax.set_xticks(range(3), ["before", "after the first", "after the second"])
ax.set(ylabel="accuracy", ylim=(0, 1.02), title="Each speaker gains when it is learned, and the earlier ones lose")
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# The network learns every new speaker well, but loses accuracy on those it learned before. This is called
# **catastrophic forgetting** (McCloskey & Cohen 1989). Nothing in the loss represents the known speakers anymore, so
# their accuracy is free to fall.
#
# **A network that continues to train keeps only what its loss still asks for.**
#
# ## How much is forgotten
#
# To compare methods, you need one number. Chaudhry et al. (2018) define it from a table of accuracies, with one row for
# each point in time and one column for each task. Here the four known speakers together are task 0, and each new
# speaker is one more task.

# %% [markdown]
# ### Exercise 12.1: Measure forgetting
#
# Compute the mean forgetting of all tasks but the last one, as Chaudhry et al. (2018, "Riemannian walk") define it.
#
# | | |
# |---|---|
# | **Signature** | `forgetting(accuracy)` |
# | **Arguments** | `accuracy`: a square table, a list of lists or an array; `accuracy[i][j]` is the accuracy on task `j` after learning tasks 0 to `i` |
# | **Returns** | a float: for each task but the last, the highest accuracy in any row *before* the last, minus the accuracy in the last row; then the mean over these tasks |
# | **Rules** | Rows from before a task was learned count, too. A task whose accuracy has risen counts as negative. With a single task, nothing can be forgotten: return 0. |
# | **Example** | `forgetting([[0.9, 0.1], [0.6, 0.95]])` is `0.3`. |
# | **Points** | 2 points |
#
# <details><summary>Hint</summary>
# With an array, <code>table[:-1, :-1]</code> holds the earlier rows of all tasks but the last. Along which axis do you
# take the maximum?
# </details>


# %% nbgrader={"grade": false, "grade_id": "forgetting", "locked": false, "schema_version": 3, "solution": true}
def forgetting(accuracy):
    """Mean forgetting after the last task (Chaudhry et al. 2018).

    Parameters
    ----------
    accuracy : list of lists, or array
        Shape (tasks, tasks): rows are times, columns are tasks. One task or more.

    Returns
    -------
    float
        Mean over all tasks but the last of (highest accuracy in a row before the last one - accuracy in the last row).
        Negative where tasks have gained; 0 for a single task.
    """
    ### BEGIN SOLUTION
    table = np.asarray(accuracy, float)
    if len(table) == 1:
        return 0.0
    return float((table[:-1, :-1].max(axis=0) - table[-1, :-1]).mean())
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_forgetting", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases
from tlcourse.exercises.values import Raised


def forgotten(accuracy):
    """Task by task, without numpy."""
    last, drops = len(accuracy) - 1, []
    for task in range(last):
        best = max(accuracy[time][task] for time in range(last))
        drops.append(best - accuracy[last][task])
    return sum(drops) / last if last else 0


def drop_from(best, tasks=lambda last: range(last), total=lambda drops: sum(drops) / len(drops)):
    """A mistake: another accuracy to compare with, other tasks, or another way to combine them."""

    def wrong(accuracy):
        last = len(accuracy) - 1
        return total([best(accuracy, task, last) - accuracy[last][task] for task in tasks(last)])

    return wrong


def highest(accuracy, task, last):
    return max(accuracy[time][task] for time in range(last))


forgetting_mistakes = {
    "the accuracy right after a task was learned is used, and not the highest one": drop_from(
        lambda accuracy, task, last: accuracy[task][task]
    ),
    "the accuracy right after a task was learned is subtracted from the last one: this is the backward transfer of "
    "Lopez-Paz & Ranzato (2017)": drop_from(
        lambda accuracy, task, last: accuracy[task][task], total=lambda drops: -sum(drops) / len(drops)
    ),
    "the sign is reversed": lambda accuracy: -forgotten(accuracy),
    "the last row is among those of which the highest is taken": drop_from(
        lambda accuracy, task, last: max(row[task] for row in accuracy)
    ),
    "rows from before a task was learned are left out": drop_from(
        lambda accuracy, task, last: max(accuracy[time][task] for time in range(task, last))
    ),
    "the first row is compared with the last one": drop_from(lambda accuracy, task, last: accuracy[0][task]),
    "the last two rows are compared": drop_from(lambda accuracy, task, last: accuracy[last - 1][task]),
    "the last task counts as well": drop_from(highest, lambda last: range(last + 1)),
    "the sum is divided by the number of all tasks": lambda accuracy: (
        forgotten(accuracy) * (len(accuracy) - 1) / len(accuracy)
    ),
    "the sum is not divided": drop_from(highest, total=sum),
    "the largest forgetting is returned, and not the mean": drop_from(highest, total=max),
    "tasks that have gained count as 0": drop_from(
        highest, total=lambda drops: sum(max(drop, 0) for drop in drops) / len(drops)
    ),
    "the maximum is taken along the rows, over the tasks, and not along the columns, over time": lambda accuracy: (
        sum(max(row[:-1]) for row in accuracy[:-1]) / (len(accuracy) - 1) - sum(accuracy[-1][:-1]) / (len(accuracy) - 1)
    ),
    "a single task is not treated on its own: there is no earlier row to take the highest accuracy from": lambda accuracy: (
        Raised("ValueError") if len(accuracy) == 1 else None
    ),
    "rows and columns are exchanged": lambda accuracy: forgotten(
        [list(column) for column in zip(*accuracy, strict=True)]
    ),
    "forgetting is relative to the highest accuracy": lambda accuracy: (
        sum(1 - accuracy[-1][task] / highest(accuracy, task, len(accuracy) - 1) for task in range(len(accuracy) - 1))
        / (len(accuracy) - 1)
    ),
}
visible_cases.record(
    "forgetting",
    [
        ([[0.9, 0.1], [0.6, 0.95]],),
        ([[0.9, 0.2, 0.1], [0.8, 0.9, 0.3], [0.5, 0.7, 0.8]],),
        ([[0.8, 0.7, 0.2], [0.9, 0.65, 0.3], [0.6, 0.6, 0.9]],),
        ([[0.5, 0.3, 0.2], [0.6, 0.7, 0.4], [0.75, 0.5, 0.9]],),
        (np.array([[0.75, 0.25], [0.875, 0.5]]),),
        ([[1, 0], [0, 1]],),
        ([[0.9]],),
    ],
    forgotten,
    forgetting_mistakes,
)
### END HIDDEN TESTS
with progress.exercise("forgetting"):
    checks.run("forgetting", forgetting)
    ### BEGIN HIDDEN TESTS
    rng_hidden = checks.grading_rng("forgetting")
    for count in (1, 2, 2, 3, 4, 6):
        table = np.round(rng_hidden.random((count, count)), 3).tolist()
        checks.returns(forgetting, (table,), forgotten(table), forgetting_mistakes)
    ### END HIDDEN TESTS

# %%
print(f"the naive way forgets {100 * forgetting(naive):.0f} percentage points, mean of the known speakers and the first new one")  # fmt: skip

# %% [markdown]
# > **Try it.** Train three times as long on each new speaker: change 100 to 300. Does accuracy on the new speaker rise?
# > What happens to forgetting?
#
# **Forgetting compares a task's best accuracy with its last one.**
#
# ## Four ways to remember
#
# Each of the following methods adds something to training that represents the past. They differ in what you must
# *keep*.
#
# | method | what it adds | what you keep |
# |---|---|---|
# | replay | a share of old clips in each batch | some old clips |
# | L2-SP | a penalty on the distance from the old weights | the old weights |
# | EWC | the same, with an importance for each weight | old weights and importances |
# | LwF | targets: the old network's outputs on the *new* clips | the old network |
#
# Only replay keeps the speakers' voices. This matters if a speaker asks you to delete them.
#
# L2-SP (Li, Grandvalet & Davoine 2018) and EWC (elastic weight consolidation, Kirkpatrick et al. 2017) share one
# formula. With the weights $\theta$, the old weights $\theta^*$, the importances $F$ and a strength $\lambda$, they add
#
# $$\frac{\lambda}{2} \sum_i F_i \, (\theta_i - \theta_i^*)^2$$
#
# to the loss. In L2-SP, all $F_i$ are 1.

# %% [markdown]
# ### Exercise 12.2: An elastic penalty
#
# Write the penalty for one array of weights.
#
# | | |
# |---|---|
# | **Signature** | `elastic_penalty(weights, anchors, importance, strength)` |
# | **Arguments** | `weights`, `anchors` (the old weights) and `importance`: arrays or tensors of one shape, floats; `strength`: a float, 0 or more |
# | **Returns** | the penalty of the formula above, a scalar that TensorFlow can differentiate with respect to `weights` |
# | **Example** | For `weights=np.array([1.0, 3.0])`, `anchors=np.array([1.0, 1.0])`, `importance=np.array([5.0, 0.5])` and `strength=2.0`, it is `2.0`. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# <code>keras.ops.sum</code> and <code>keras.ops.square</code> work on arrays and on tensors. NumPy functions would
# cut off the gradient.
# </details>


# %% nbgrader={"grade": false, "grade_id": "elastic_penalty", "locked": false, "schema_version": 3, "solution": true}
def elastic_penalty(weights, anchors, importance, strength):
    """Half the strength times the sum of importance times squared distance from the anchors.

    Parameters
    ----------
    weights : array or tensor of floats
        Present weights, any shape; the result must have a gradient with respect to them.
    anchors : array of the same shape
        Where the weights were.
    importance : array of the same shape
        0 or more for each weight.
    strength : float
        0 or more.

    Returns
    -------
    scalar tensor or float
    """
    ### BEGIN SOLUTION
    return 0.5 * strength * keras.ops.sum(importance * keras.ops.square(weights - anchors))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_elastic_penalty", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def elastic(weights, anchors, importance, strength):
    """Weight by weight."""
    rows = zip(*(np.ravel(part).tolist() for part in (weights, anchors, importance)), strict=True)
    return strength * sum(f * (w - a) ** 2 for w, a, f in rows) / 2


def other_terms(term, factor=lambda strength, size: strength / 2):
    """A mistake in the term of one weight, or in the factor of the sum."""

    def wrong(weights, anchors, importance, strength):
        rows = zip(*(np.ravel(part).tolist() for part in (weights, anchors, importance)), strict=True)
        return factor(strength, np.size(weights)) * sum(term(w, a, f) for w, a, f in rows)

    return wrong


def term(w, a, f):
    return f * (w - a) ** 2


elastic_mistakes = {
    "the factor 1/2 is missing": other_terms(term, lambda strength, size: strength),
    "the mean over the weights is taken, and not the sum": other_terms(
        term, lambda strength, size: strength / 2 / size
    ),
    "the mean is taken, and the factor 1/2 is missing": other_terms(term, lambda strength, size: strength / size),
    "the importance is squared with the distance": other_terms(lambda w, a, f: (f * (w - a)) ** 2),
    "the importance is ignored": other_terms(lambda w, a, f: (w - a) ** 2),
    "the anchors are ignored, so that all weights are drawn to 0": other_terms(lambda w, a, f: f * w**2),
    "the distance is not squared": other_terms(lambda w, a, f: f * abs(w - a)),
    "the signed distance is summed": other_terms(lambda w, a, f: f * (w - a)),
    "the sum is squared, and not each distance": lambda weights, anchors, importance, strength: (
        strength / 2 * float((np.asarray(importance) * (np.asarray(weights) - anchors)).sum()) ** 2
    ),
    "the importances are summed apart from the squared distances": lambda weights, anchors, importance, strength: (
        strength / 2 * float(np.sum(importance) * np.mean(np.square(np.asarray(weights) - anchors)))
    ),
    "the sum is squared, with the roots of the importances, and not each distance": (
        lambda weights, anchors, importance, strength: (
            strength / 2 * float((np.sqrt(importance) * (np.asarray(weights) - anchors)).sum()) ** 2
        )
    ),
    "the square root of the sum is taken": lambda *arguments: float(
        np.sqrt(elastic(*arguments[:3], 2)) * arguments[3] / 2
    ),
    "the squares are subtracted, and not the weights": other_terms(lambda w, a, f: f * (w**2 - a**2)),
    "the strength is divided by 2 without a remainder": other_terms(term, lambda strength, size: strength // 2),
    "the strength is ignored": other_terms(term, lambda strength, size: 0.5),
    "the strength is squared": other_terms(term, lambda strength, size: strength**2 / 2),
    "the penalty is negative": other_terms(term, lambda strength, size: -strength / 2),
    "only the last axis is summed": lambda weights, anchors, importance, strength: (
        strength / 2 * (np.asarray(importance) * (np.asarray(weights) - anchors) ** 2).sum(axis=-1)
        if np.ndim(weights) > 1
        else None
    ),
    "importance and weights are exchanged": lambda weights, anchors, importance, strength: elastic(
        importance, anchors, weights, strength
    ),
}


def single(*rows):
    return tuple(np.array(row, "float32") for row in rows)


visible_cases.record(
    "elastic_penalty",
    [
        (*single([1, 3], [1, 1], [5, 0.5]), 2.0),
        (*single([1, 2, -1], [0.5, 2.5, 1], [1, 1, 1]), 0.5),
        (*single([[1, 0], [2, -2], [0.5, 4]], [[0, 0], [1, -1], [0.5, 1]], [[1, 2], [0, 3], [9, 0.25]]), 3.0),
        (*single([0.25, -0.75], [0.25, -0.75], [3, 4]), 10.0),
        (*single([2, 1], [1, 3], [1, 2]), 0.0),
        (*single([[0.5, 1.5], [-1, 2]], [[1, 1], [-2, 0]], [[2, 4], [0.5, 1]]), 1.5),
    ],
    elastic,
    elastic_mistakes,
    tolerance=1e-5,
)
### END HIDDEN TESTS
with progress.exercise("elastic_penalty"):
    checks.run("elastic_penalty", elastic_penalty)
    checks.differentiable("elastic_penalty", elastic_penalty)
    ### BEGIN HIDDEN TESTS
    rng_hidden = checks.grading_rng("elastic_penalty")
    for shape in ((4,), (3, 2), (2, 3, 2)):
        rows = [rng_hidden.normal(size=shape).astype("float32") for _ in range(2)]
        arguments = *rows, rng_hidden.gamma(1.0, size=shape).astype("float32"), float(rng_hidden.uniform(0.5, 3))
        checks.returns(elastic_penalty, arguments, elastic(*arguments), elastic_mistakes, tolerance=1e-4)
        _, slope = checks.gradient(elastic_penalty, arguments)
        wanted = arguments[3] * arguments[2] * (arguments[0] - arguments[1])
        checks.require(
            slope is not None and bool(np.abs(slope - wanted).max() < 1e-3),
            "the gradient of elastic_penalty should be strength * importance * (weights - anchors).",
        )
    ### END HIDDEN TESTS

# %% [markdown]
# Where do the importances come from? EWC takes the **Fisher information**. For each weight, it asks how strongly the
# log-probability of a label depends on that weight. For one clip, this is the squared gradient. The importance is the
# mean of the squared gradients over many clips.
#
# **Before you go on:** a network that has finished training has a mean gradient near zero. What would the importances
# be if you squared the *mean* gradient instead?

# %% [markdown]
# ### Exercise 12.3: From gradients to importances
#
# Estimate the importance of each weight from the gradients for single clips.
#
# | | |
# |---|---|
# | **Signature** | `importance(gradients)` |
# | **Arguments** | `gradients`: an array of shape `(n, ...)`; `gradients[i]` is the gradient for clip `i` with respect to an array of weights |
# | **Returns** | an array with the shape of the weights: the mean of the squared gradients over the clips |
# | **Example** | For `np.array([[1.0, 2.0], [-1.0, 4.0]])`, it is `array([1., 10.])`. |
# | **Points** | 2 points |
#
# <details><summary>Hint</summary>
# In the example, the first weight has the mean gradient 0. Its importance is not 0.
# </details>


# %% nbgrader={"grade": false, "grade_id": "importance", "locked": false, "schema_version": 3, "solution": true}
def importance(gradients):
    """The mean of the squared gradients over clips: a diagonal estimate of the Fisher information.

    Parameters
    ----------
    gradients : array
        Shape (n, ...), n is 1 or more: the gradient of each clip, in the shape of the weights.

    Returns
    -------
    numpy.ndarray
        Shape (...), 0 or more.
    """
    ### BEGIN SOLUTION
    return np.square(np.asarray(gradients, float)).mean(axis=0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_importance", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def mean_squares(gradients):
    """Clip by clip."""
    total = np.zeros(np.shape(gradients)[1:])
    for gradient in np.asarray(gradients, float):
        total = total + gradient * gradient
    return total / len(gradients)


def from_array(compute):
    """A mistake, of the gradients as an array."""
    return lambda gradients: compute(np.asarray(gradients, float))


importance_mistakes = {
    "the mean gradient is squared: gradients of opposite sign cancel": from_array(lambda g: g.mean(axis=0) ** 2),
    "the sum over the clips is taken, and not the mean": from_array(lambda g: (g**2).sum(axis=0)),
    "the variance of the gradients is computed": from_array(lambda g: g.var(axis=0)),
    "the mean of the absolute gradients is taken": from_array(lambda g: np.abs(g).mean(axis=0)),
    "the root of the mean square is taken": from_array(lambda g: np.sqrt((g**2).mean(axis=0))),
    "the gradients are not squared": from_array(lambda g: g.mean(axis=0)),
    "the mean runs over the weights of each clip, and not over the clips": from_array(lambda g: (g**2).mean(axis=-1)),
    "the mean over everything is taken": from_array(lambda g: (g**2).mean()),
    "the largest square is taken": from_array(lambda g: (g**2).max(axis=0)),
    "only the first clip counts": from_array(lambda g: g[0] ** 2),
    "the importances are scaled to sum 1": from_array(lambda g: (g**2).mean(axis=0) / (g**2).mean(axis=0).sum()),
    "the importances are scaled to mean 1": from_array(lambda g: (g**2).mean(axis=0) / (g**2).mean()),
    "the sum is divided by n - 1": from_array(lambda g: (g**2).sum(axis=0) / (len(g) - 1) if len(g) > 1 else None),
}
visible_cases.record(
    "importance",
    [
        (np.array([[1.0, 2.0], [-1.0, 4.0]]),),
        (np.array([[0.5, -1.5, 0.0]]),),
        (np.array([[[1.0, 2.0], [0.0, -3.0]], [[3.0, -2.0], [1.0, 1.0]], [[-1.0, 0.5], [2.0, 2.0]]]),),
        (np.array([1.0, -2.0, 3.0]),),
        (np.array([[1, -1], [3, 2]]),),
    ],
    mean_squares,
    importance_mistakes,
)
### END HIDDEN TESTS
with progress.exercise("importance"):
    checks.run("importance", importance)
    ### BEGIN HIDDEN TESTS
    rng_hidden = checks.grading_rng("importance")
    for shape in ((5, 3), (2, 4), (7, 2, 3), (4, 2, 2, 3)):
        hidden = rng_hidden.normal(size=shape)
        checks.returns(importance, (hidden,), mean_squares(hidden), importance_mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# So the square of the mean gradient would rate almost every weight of a finished network as unimportant.
#
# Now all methods adapt the same network to the first new speaker, with the same number of steps and a fresh Adam state.
# EWC computes the Fisher information on a hundred old clips and does not need them afterward; replay keeps the same
# clips. EWC samples the labels of these clips from the network's own predictions, and scales the importances to a mean
# of 1, as in L2-SP. The strengths (1 for L2-SP, 10 for EWC, 0.05 for LwF and a share of 0.5 for replay) did best on the
# development speakers of the recorded results below.

# %%
network.set_weights(start)
kept = rng.permutation(len(old[1]))[:100]
memory = [part[kept] for part in old]
odds = keras.ops.convert_to_numpy(keras.ops.softmax(continual.logits_of(network, memory[0])))
guesses = [rng.choice(10, p=row / row.sum()) for row in odds.astype(float)]
slopes = [continual.gradients(network, clip[None], [guess]) for clip, guess in zip(memory[0], guesses, strict=True)]
fisher = [importance(np.stack(each)) for each in zip(*slopes, strict=True)]
size = sum(each.sum() for each in fisher) / sum(each.size for each in fisher)
fisher = [(each / size).astype("float32") for each in fisher]
shares = [each.sum() / sum(other.sum() for other in fisher) for each in fisher]
for weight, share in zip(network.trainable_variables, shares, strict=True):
    print(f"{weight.path:<22}{share:>6.1%} of the importance, {np.prod(weight.shape):>6,} weights")


# %%
def elastic_loss(importances, strength):
    """The penalty of all weights, as an extra loss for the trainer."""
    parts = list(zip(network.trainable_variables, start, importances, strict=True))

    def loss(logits, batch):
        return sum(elastic_penalty(weight, anchor, each, strength) for weight, anchor, each in parts)

    return loss


def replayed(share=0.5, size=32):
    """Batches of which a share are old clips."""
    own = continual.batches(*new, 100, rng, size - round(share * size))
    kept = continual.batches(*memory, 100, rng, round(share * size))
    for mine, theirs in zip(own, kept, strict=True):
        yield tuple(np.concatenate(pair) for pair in zip(mine[:2], theirs[:2], strict=True))


# %%
old_outputs, soft = continual.logits_of(network, new[0]), distillation.SoftTargets(temperature=2.0)


def kept_outputs_loss(logits, batch):
    """LwF: the outputs of the old network on the same clips are targets."""
    return 0.05 * soft(batch[2], logits)


ones = [np.ones_like(each) for each in fisher]
extras = {
    "naive": None,
    "L2-SP": elastic_loss(ones, 1.0),
    "EWC": elastic_loss(fisher, 10.0),
    "LwF": kept_outputs_loss,
}
adapted = {"before": before}

# %%
for name, extra in extras.items():
    network.set_weights(start)
    stream = continual.batches(*new, 100, np.random.default_rng(1))
    continual.Trainer(network, extra).train((x, y, old_outputs[places]) for x, y, places in stream)
    adapted[name] = scores()
network.set_weights(start)
plain.train(replayed())
adapted["replay"] = scores()

# %%
_, ax = plt.subplots(figsize=(7.5, 4.2), layout="constrained")
for (name, (kept, gained, _)), marker in zip(adapted.items(), "*osD^v", strict=True):
    ax.plot(gained, kept, marker, markersize=10, label=name)
ax.legend(loc="lower center", bbox_to_anchor=(0.45, 0))
ax.set(xlabel="accuracy on the new speaker", ylabel="accuracy on the known speakers")
ax.set_title("The upper right corner would be a network that learns and keeps everything")
plt.show()

# %% [markdown]
# Note the scales of the two axes. And remember that one run tells you little. The recorded experiment repeats the
# comparison with six groups of voices, each with five known speakers. It also covers real speech from the Free Spoken
# Digit Dataset: six people, four of whom are known; each of the six is the first new speaker once. Each method has one
# setting: the learning rate for the naive way, the share of old clips for replay, and the strength for the others. We
# chose each setting on other generated voices, the development speakers. *Known* and *new* are accuracies after the
# first new speaker.

# %% tags=["nbval-check-output"]
record = results("forgetting")
names = {"naive": "naive", "l2_sp": "L2-SP", "ewc": "EWC", "lwf": "LwF", "replay": "replay of 100", "all_clips": "replay of all"}  # fmt: skip
for kind in ("generated", "real"):
    print(f"{kind} speakers: known before {shown(record[kind]['matrix']['naive']['0']['known'])}, new before {shown(record[kind]['matrix']['naive']['0']['first'])}")  # fmt: skip
    for key, name in names.items():
        row = record[kind]["matrix"][key]["1"]
        print(f"  {name:<14}known {shown(row['known'])}, new {shown(row['first'])}")
    print()

# %%
figure, both = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained", sharex=True, sharey=True)
figure.suptitle(
    "Replay comes closest to the upper right corner, with generated and with real voices", x=0.01, ha="left"
)
for (key, curve), marker in zip(record["generated"]["trade_off"].items(), "o^sDv", strict=True):
    gained, kept = ([row[part]["mean"] for row in curve.values()] for part in ("new", "old"))
    both[0].plot(gained, kept, marker=marker, label=names[key])
for (key, times), marker in zip(record["real"]["matrix"].items(), "o^sDv*", strict=True):
    both[1].plot(times["1"]["first"]["mean"], times["1"]["known"]["mean"], marker, markersize=10, label=names[key])
for ax, kind in zip(both, ("generated speakers, all settings", "real speakers, chosen settings"), strict=True):
    ax.set(xlabel="accuracy on the new speaker", ylabel="accuracy on the known speakers", title=kind)
both[1].legend(loc="upper left")
plt.show()

# %% [markdown]
# The next figure shows the generated speakers setting by setting, with intervals. Choose a method, and move its
# setting.
#
# **Before you try it:** which methods keep more of the known speakers only at the expense of the new one?

# %%
trade_off = {names[key]: rows for key, rows in record["generated"]["trade_off"].items()}
settings = {method: [float(value) for value in rows] for method, rows in trade_off.items()}
speakers = {"known speakers": "old", "new speaker": "new"}
curves = {}
for method, rows in trade_off.items():
    curves[method] = {title: [row[part] for row in rows.values()] for title, part in speakers.items()}
widgets.StrengthExplorer("setting", settings, curves, "accuracy", percent=True)

# %% tags=["nbval-check-output"]
for kind in ("generated", "real"):
    rows, lost = record[kind]["matrix"], record[kind]["forgetting"]
    print(f"{kind} speakers, forgetting after two new speakers:")
    print("  " + ",\n  ".join(f"{name} {shown(lost[key])}" for key, name in names.items()))
    for key, other in [("replay", each) for each in ("naive", "l2_sp", "ewc", "lwf")] + [("l2_sp", "naive"), ("ewc", "naive")]:  # fmt: skip
        print(f"{names[key]} minus {names[other]}: known {gain(rows[key]['1']['known'], rows[other]['1']['known'])},")
        print(f"  new {gain(rows[key]['1']['first'], rows[other]['1']['first'])}, forgetting {gain(lost[key], lost[other])}")  # fmt: skip

# %% [markdown]
# After two new speakers, replay of a hundred clips has forgotten much less than the naive way and the three methods
# without clips, on generated and real speech alike. On the new speaker, we could not detect a difference between replay
# and the naive way. After the first real speaker, L2-SP and EWC have lower mean accuracies on the known speakers than
# replay. But with six speakers, both intervals of the difference are wide and contain 0. On the new speaker, replay is
# more accurate than either: these two penalties hold back what the network should learn.
#
# The methods without clips are still better than nothing: L2-SP and EWC keep more of the accuracy on the known speakers
# than the naive way, for both kinds of speech. And replay of all old clips, which you might not be allowed to keep,
# hardly forgets at all.
#
# There are two limitations: we chose the strengths for real speech on generated speakers, and EWC keeps the known
# speakers' importances when the second new speaker arrives.
#
# > **Try it.** Keep only 20 old clips instead of 100 in `memory`. How much of replay's effect is left?
#
# **A few old clips protect best here, and they are what a speaker may ask you to delete.**
#
# ## One trunk for two tasks
#
# Forgetting comes from learning one task *after* the other. **Multi-task learning** (Caruana 1997) trains the tasks
# together: one trunk, a head for each task, and the sum of the losses. Do the tasks then help each other?
#
# Here digits are the target task, with five drawn images each. Letters share the trunk, with thirty images each.


# %%
def small(data):
    """Images of one channel, half as high and wide, and their labels."""
    return data.images[..., 0].reshape(-1, 24, 2, 24, 2).mean(axis=(2, 4)), data.labels


digits, letters = small(glyphs.glyphs(glyphs.DIGITS, 5, 1)), small(glyphs.glyphs(glyphs.LETTERS, 30, 2))
test_digits = small(glyphs.glyphs(glyphs.DIGITS, 20, 3))
alone, shared = (continual.trunk_and_head((24, 24), 10, seed=1) for _ in range(2))
for_letters = continual.another_head(shared, len(glyphs.LETTERS))


def letters_loss(logits, batch):
    """The loss of the second task, on images of its own."""
    losses = keras.losses.sparse_categorical_crossentropy(batch[3], for_letters(batch[2]), from_logits=True)
    return keras.ops.mean(losses)


# %% [markdown]
# **Before you run the cell:** the network trained alone sees only digits. The shared trunk must serve two tasks with
# the same number of weights. Which of the two is more accurate on digits?

# %%
own = [batch[:2] for batch in continual.batches(*digits, 500, np.random.default_rng(2))]
theirs = [batch[:2] for batch in continual.batches(*letters, 500, np.random.default_rng(3))]
continual.Trainer(alone).train(own, 2e-3)
also = for_letters.get_layer("other_head").trainable_variables
pairs = ((*mine, *other) for mine, other in zip(own, theirs, strict=True))
continual.Trainer(shared, letters_loss, also).train(pairs, 2e-3)
print(f"digits alone {continual.accuracy(alone, *test_digits):.0%}, ", end="")
print(f"with letters {continual.accuracy(shared, *test_digits):.0%}")

# %% [markdown]
# The recorded experiment asks the question in both directions: do letters help digits, and do digits help letters? It
# has three controls. *Longer* trains the network alone for twice as many steps, so it sees as many images as the pair.
# The other two share the trunk with people's faces, or with letters (or digits) whose labels are random.

# %% tags=["nbval-check-output"]
trunk = results("shared_trunk")
arms = {"alone_longer": "alone, longer", "related": "with the other task", "people": "with people", "random_labels": "with random labels"}  # fmt: skip
rows = {"digits, 5 images each": trunk["digits"]["few"], "letters, 5 images each": trunk["letters"]["few"], "digits, 30 images each": trunk["digits"]["many"]}  # fmt: skip
for name, row in rows.items():
    print(f"{name}: alone {shown(row['alone'])}")
    for arm, label in arms.items():
        print(f"  {label:<20}{gain(row[arm], row['alone'])}")
    print(f"  the other task minus random labels: {gain(row['related'], row['random_labels'])}")

# %%
_, ax = plt.subplots(figsize=(8.5, 3.6), layout="constrained")
for place, (name, row) in enumerate(rows.items()):
    pairs = [paired_difference(row[arm]["values"], row["alone"]["values"]) for arm in arms]
    means = np.array([each["mean"] for each in pairs])
    spread = np.abs(np.array([each["ci95"] for each in pairs]).T - means)
    ax.errorbar(100 * means, np.arange(4) + 0.2 * (place - 1), xerr=100 * spread, fmt="os^"[place], label=name)
ax.axvline(0, color="black", linewidth=1)
ax.set_yticks(range(4), arms.values())
ax.invert_yaxis()
ax.set(
    xlabel="percentage points, minus the network alone",
    title="No partner shows a gain, and unrelated ones cost accuracy on average",
)
ax.legend()
plt.show()

# %% [markdown]
# We could not detect that the other task helps, for digits or letters, with few images or many. Training alone for
# longer changes nothing that we could detect, either.
#
# The controls show that the partner does matter. Sharing the trunk with people costs letters 4.8 percentage points, and
# digits with many images 6.1. Sharing it with random labels costs letters 6.3. For digits with five images, the
# intervals of both contain 0. In all three cases, the true labels of the other task are better than random ones. So a
# related task does no harm that we could detect, but we could not detect a gain from its images. We tried only one
# weight for the partner's loss and one size of the trunk.
#
# **Whether two tasks help each other is a question for an experiment, with a network trained alone as the baseline.**
#
# ## A start that is made to be adapted
#
# So far, adaptation came after training. **Meta-learning** trains for adaptation itself: the network meets many small
# tasks, and training looks for weights from which a few steps lead to a solution for any of them. **Reptile** (Nichol,
# Achiam & Schulman 2018) needs no second derivatives. It adapts to a task by ordinary gradient descent, and then moves
# the start a little toward the adapted weights.
#
# The tasks are sines with a random amplitude and phase. From ten points of a new sine, the network should draw the
# whole curve.

# %% [markdown]
# ### Exercise 12.4: One step of Reptile
#
# Move the start toward the weights that were adapted to several tasks.
#
# | | |
# |---|---|
# | **Signature** | `reptile_step(weights, adapted, rate)` |
# | **Arguments** | `weights`: a list of arrays; `adapted`: a list of as many arrays, each with one more axis in front, for the tasks; all may hold whole numbers; `rate`: a float from 0 to 1 |
# | **Returns** | a list of arrays: each old array plus `rate` times the mean over the tasks of (adapted - old) |
# | **Example** | With `weights=[np.array([1.0])]`, `adapted=[np.array([[2.0], [4.0]])]` and `rate=0.5`, it is `[array([2.0])]`. |
# | **Points** | 2 points |
#
# <details><summary>Hint</summary>
# <code>zip(weights, adapted)</code> pairs the arrays. The mean over the tasks is the mean over the first axis.
# </details>


# %% nbgrader={"grade": false, "grade_id": "reptile_step", "locked": false, "schema_version": 3, "solution": true}
def reptile_step(weights, adapted, rate):
    """The start after one step of Reptile.

    Parameters
    ----------
    weights : list of arrays
        The present start. It stays as it is. Its arrays may hold whole numbers.
    adapted : list of arrays
        ``adapted[k]`` has the shape (tasks, *weights[k].shape): the weights after adaptation to each task.
    rate : float
        0 keeps the start, 1 replaces it by the mean of the adapted weights.

    Returns
    -------
    list of numpy.ndarray
        Shapes as in `weights`.
    """
    ### BEGIN SOLUTION
    return [old + rate * (new.mean(axis=0) - old) for old, new in zip(weights, adapted, strict=True)]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_reptile_step", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def between(weights, adapted, rate):
    """The start and the mean of the adapted weights, mixed."""
    return [
        (1 - rate) * np.asarray(old) + rate * sum(new) / len(new) for old, new in zip(weights, adapted, strict=True)
    ]


def each_array(compute):
    """A mistake, of one array of the start, one of the adapted weights, and the rate."""
    return lambda weights, adapted, rate: [
        compute(np.asarray(old, float), np.asarray(new, float), rate) for old, new in zip(weights, adapted, strict=True)
    ]


def one_after_another(old, new, rate):
    for each in new:
        old = old + rate * (each - old)
    return old


reptile_mistakes = {
    "the step goes away from the adapted weights": each_array(lambda old, new, rate: old - rate * (new.mean(0) - old)),
    "the sum over the tasks is taken, and not the mean": each_array(
        lambda old, new, rate: old + rate * (new - old).sum(axis=0)
    ),
    "the start is replaced by the mean of the adapted weights": each_array(lambda old, new, rate: new.mean(axis=0)),
    "the old start is not subtracted": each_array(lambda old, new, rate: old + rate * new.mean(axis=0)),
    "the old start is not added": each_array(lambda old, new, rate: rate * (new.mean(axis=0) - old)),
    "rate and 1 - rate are exchanged": each_array(lambda old, new, rate: rate * old + (1 - rate) * new.mean(axis=0)),
    "the tasks are taken one after another": each_array(one_after_another),
    "the tasks are taken one after another, each with its share of the rate": each_array(
        lambda old, new, rate: one_after_another(old, new, rate / len(new))
    ),
    "the median over the tasks is taken": each_array(
        lambda old, new, rate: old + rate * (np.median(new, axis=0) - old)
    ),
    "only the last task counts": each_array(lambda old, new, rate: old + rate * (new[-1] - old)),
    "only the first task counts": each_array(lambda old, new, rate: old + rate * (new[0] - old)),
    "the mean runs over the last axis": each_array(
        lambda old, new, rate: old + rate * (new.mean(axis=-1) - old) if new.shape[0] == new.shape[-1] else None
    ),
    "the mean runs over all numbers of an array": each_array(lambda old, new, rate: old + rate * (new.mean() - old)),
    "each task gets a start of its own": each_array(lambda old, new, rate: old + rate * (new - old)),
    "the result is cut off to whole numbers, because it is written into an array of whole numbers": (
        lambda weights, adapted, rate: (
            [np.trunc(array) for array in between(weights, adapted, rate)]
            if all(np.asarray(array).dtype.kind == "i" for array in weights)
            else None
        )
    ),
}
small_start = [np.array([1.0]), np.array([[0.0, 2.0], [4.0, 1.0]])]
moved = [np.array([[2.0], [4.0]]), np.array([[[1.0, 2.0], [3.0, 0.0]], [[2.0, 5.0], [4.0, 1.0]]])]
visible_cases.record(
    "reptile_step",
    [
        (small_start[:1], moved[:1], 0.5),
        (small_start, moved, 0.25),
        (small_start, moved, 0.0),
        (small_start, moved, 1.0),
        ([np.array([1, 2, 3])], [np.array([[2, 2, 0], [1, 5, 3], [4, 1, 1]])], 0.5),
        ([np.array([2.0, -1.0])], [np.array([[3.0, 1.0]])], 0.1),
    ],
    between,
    reptile_mistakes,
)
### END HIDDEN TESTS
with progress.exercise("reptile_step"):
    checks.run("reptile_step", reptile_step)
    ### BEGIN HIDDEN TESTS
    rng_hidden = checks.grading_rng("reptile_step")
    for count in (1, 2, 3, 5):
        shapes = [(2,), (3, 2), (1, 4)][: int(rng_hidden.integers(1, 4))]
        hidden_weights = [rng_hidden.normal(size=shape) for shape in shapes]
        hidden_adapted = [rng_hidden.normal(size=(count, *shape)) for shape in shapes]
        arguments = hidden_weights, hidden_adapted, float(rng_hidden.uniform(0.1, 0.9))
        checks.returns(reptile_step, arguments, between(*arguments), reptile_mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# `sines.adapted` copies the network once for each task, and takes a few steps on each copy. Around it, Reptile is a
# loop of four lines. The baseline is plain transfer: one network learns the points of *all* tasks, as if they were one.


# %%
def new_points(phases, rounds, rng):
    """For each round, points of five new sines: a new ten for each of 12 steps."""
    for _ in range(rounds):
        yield tuple(part.reshape(5, 12, 10, 1) for part in sines.points(sines.tasks(5, phases, rng), 120, rng))


def reptile(phases, rounds=600, seed=0):
    """A start that is made to be adapted."""
    weights = sines.initial_weights(np.random.default_rng(seed))
    for number, (x, y) in enumerate(new_points(phases, rounds, np.random.default_rng(seed + 1))):
        weights = reptile_step(weights, sines.adapted(weights, x, y, 12, 0.02), 0.3 * (1 - number / rounds))
    return weights


def joint(phases, rounds=600, seed=0):
    """A start that has learned the points of all tasks together."""
    weights = sines.initial_weights(np.random.default_rng(seed))
    for number, (x, y) in enumerate(new_points(phases, rounds, np.random.default_rng(seed + 1))):
        together = (part.transpose(1, 0, 2, 3).reshape(1, 12, 50, 1) for part in (x, y))
        weights = [array[0] for array in sines.adapted(weights, *together, 12, 0.02 * (1 - number / rounds))]
    return weights


# %%
starts = {"random start": sines.initial_weights(np.random.default_rng(0)), "all tasks as one": joint("wide"), "Reptile": reptile("wide")}  # fmt: skip
task = sines.tasks(1, "wide", np.random.default_rng(8))
x, y = sines.points(task, 10, np.random.default_rng(9))
grid = np.linspace(-sines.RANGE, sines.RANGE, 200)[None, :, None]
figure, axes = plt.subplots(1, 3, figsize=(11, 3.2), layout="constrained", sharey=True)
for ax, (name, weights) in zip(axes, starts.items(), strict=True):
    ax.plot(grid[0, :, 0], (task[0] * np.sin(grid + task[1]))[0, :, 0], color="lightgray", linewidth=5)
    ax.plot(x[0, :, 0], y[0, :, 0], "o", color="black")
    for steps, color in ((0, "sky"), (8, "orange"), (32, "vermilion")):
        drawn = sines.outputs(sines.adapted(weights, x, y, steps, 0.02), grid)[0, :, 0]
        ax.plot(grid[0, :, 0], drawn, color=plots.COLORS[color], label=f"{steps} steps")
    ax.set(title=name, xlabel="x")
axes[0].set_ylabel("y")
axes[0].legend()
figure.suptitle("From the same ten points (black) of a new sine (gray), each start leads to a different curve", x=0.01, ha="left")  # fmt: skip
plt.show()

# %% [markdown]
# A curve need not go through the points: 32 small steps are few, and we measure the remaining distance. The recorded
# experiment trains each start for four times as long, and tests it on 200 new sines. In the *wide* case, the phases
# come from the whole circle. In the *narrow* case, they come from an eighth of it, so all sines look alike.
#
# **Before you run the cell:** in which of the two cases does plain transfer do as well as Reptile?

# %% tags=["nbval-check-output"]
meta = results("reptile")
for phases in ("wide", "narrow"):
    for arm, name in (("scratch", "random start"), ("joint", "all tasks as one"), ("reptile", "Reptile")):
        row = meta[phases][arm]
        print(f"{phases:<7}{name:<17}error after 0 steps {row['0']['mean']:.2f}, 8 steps {shown(row['8'], '.3f')}, 32 steps {shown(row['32'], '.3f')}")  # fmt: skip
for phases in ("wide", "narrow"):
    pairs = paired_difference(meta[phases]["joint"]["32"]["values"], meta[phases]["reptile"]["32"]["values"])
    print(f"{phases:<7}after 32 steps, all tasks as one minus Reptile: {shown(pairs, '.3f')}")

# %% [markdown]
# In the wide case, the average of all sines is a flat line. So plain transfer has nothing to pass on: after 32 steps
# its error is 0.784, no better than from a random start. Reptile reaches 0.349. In the narrow case, the average is
# itself a useful sine. There plain transfer comes close: a difference of 0.016 remains, and its interval excludes 0.
#
# We adapted each start at the learning rate that was best for it on other sines. Joint training and Reptile saw equally
# many points. So the comparison concerns only the start.
#
# > **Try it.** Call `reptile("narrow")` and `joint("narrow")`, and draw the figure for them. Can you still tell which is
# > which?
#
# **On these sines, Reptile gained a lot where the average of the tasks is flat, and little where the tasks are alike.**
#
# ## Data that stay apart
#
# Now the second question. The speakers do not want to send their voices. **Federated learning** reverses the direction:
# the network travels, and the clips stay. In **FedAvg** (McMahan et al. 2017), every speaker trains the network on
# their own clips for a few steps. The server averages the results, weighted by the number of clips, and sends the
# average back out.

# %% [markdown]
# ### Exercise 12.5: Average networks
#
# Average the weights of several clients, each weighted by its number of clips.
#
# | | |
# |---|---|
# | **Signature** | `federated_average(networks, counts)` |
# | **Arguments** | `networks`: a list with one list of arrays for each client, with the same shapes for all; they may hold whole numbers; `counts`: the number of clips of each client, 0 or more, not all 0 |
# | **Returns** | a list of arrays: the mean over the clients, each client weighted by its count |
# | **Example** | For `[[np.array([1.0])], [np.array([5.0])]]` and counts `[3, 1]`, it is `[array([2.0])]`. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# <code>zip(*networks)</code> gives, for each array of a network, all clients' versions.
# </details>


# %% nbgrader={"grade": false, "grade_id": "federated_average", "locked": false, "schema_version": 3, "solution": true}
def federated_average(networks, counts):
    """The weighted mean of networks, array by array.

    Parameters
    ----------
    networks : list of lists of arrays
        One client each; the arrays of all clients have the same shapes, in the same order. They may hold whole numbers.
    counts : list of int
        Clips of each client. A client without clips has no influence; at least one count is above 0.

    Returns
    -------
    list of numpy.ndarray
        The shapes of one client's arrays. The arrays of the clients stay as they are.
    """
    ### BEGIN SOLUTION
    total = sum(counts)
    return [
        sum(count / total * np.asarray(array) for array, count in zip(arrays, counts, strict=True))
        for arrays in zip(*networks, strict=True)
    ]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_federated_average", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases
from tlcourse.exercises.values import Raised


def averaged(networks, counts):
    """With numpy's weighted average."""
    return [np.average(np.stack(arrays), axis=0, weights=counts) for arrays in zip(*networks, strict=True)]


def weighted_by(factors):
    """A mistake: other factors than the shares of the clips."""

    def wrong(networks, counts):
        chosen = factors(np.asarray(counts, float))
        return [
            sum(f * np.asarray(a) for f, a in zip(chosen, arrays, strict=True))
            for arrays in zip(*networks, strict=True)
        ]

    return wrong


def running_mean(networks, counts):
    mean = networks[0]
    for network in networks[1:]:
        mean = [(old + new) / 2 for old, new in zip(mean, network, strict=True)]
    return mean


def chained(networks, counts):
    """A running mean that knows only the counts of two neighbors."""
    mean = networks[0]
    for network, count, before in zip(networks[1:], counts[1:], counts[:-1], strict=True):
        share = count / max(count + before, 1)
        mean = [(1 - share) * old + share * new for old, new in zip(mean, network, strict=True)]
    return mean


federated_mistakes = {
    "all clients count alike": weighted_by(lambda counts: np.ones(len(counts)) / len(counts)),
    "all clients with clips count alike": weighted_by(lambda counts: (counts > 0) / (counts > 0).sum()),
    "the weighted sum is not divided": weighted_by(lambda counts: counts),
    "the weighted sum is divided by the number of clients": weighted_by(lambda counts: counts / len(counts)),
    "the weights are the inverse counts": weighted_by(
        lambda counts: (1 / counts) / (1 / counts).sum() if counts.all() else None
    ),
    "the counts are divided by the largest one": weighted_by(lambda counts: counts / counts.max()),
    "the networks are summed": weighted_by(lambda counts: np.ones(len(counts))),
    "the client with the most clips is taken": weighted_by(lambda counts: np.eye(len(counts))[counts.argmax()]),
    "the squares of the counts are used": weighted_by(lambda counts: counts**2 / (counts**2).sum()),
    "a softmax of the counts is used": weighted_by(
        lambda counts: np.exp(counts - counts.max()) / np.exp(counts - counts.max()).sum()
    ),
    "the networks are averaged in pairs, one after another": running_mean,
    "the sum is written into an array of whole numbers, because those of the clients are whole": lambda networks, counts: (
        Raised("TypeError") if networks[0][0].dtype.kind == "i" else None
    ),
    "the result is cut off to whole numbers": lambda networks, counts: [
        np.floor(a) for a in averaged(networks, counts)
    ],
    "the result is cut off to whole numbers where the clients' are whole": lambda networks, counts: (
        [np.floor(a) for a in averaged(networks, counts)] if networks[0][0].dtype.kind == "i" else None
    ),
    "the square roots of the counts are used": weighted_by(lambda counts: np.sqrt(counts) / np.sqrt(counts).sum()),
    "the counts are in the reverse order of the clients": weighted_by(lambda counts: counts[::-1] / counts.sum()),
    "the mean runs through the clients, and each one is weighed against the one before it only": chained,
    "a client without clips counts as one clip": lambda networks, counts: averaged(networks, np.maximum(counts, 1)),
    "the median is taken": lambda networks, counts: [
        np.median(np.stack(arrays), axis=0) for arrays in zip(*networks, strict=True)
    ],
    "only the first array of each network is averaged": lambda networks, counts: averaged(networks, counts)[:1],
    "each array is averaged to a single number": lambda networks, counts: [
        a.mean() for a in averaged(networks, counts)
    ],
}
two = [[np.array([1.0])], [np.array([5.0])]]
three = [
    [np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([1.0, -1.0])],
    [np.array([[3.0, 0.0], [4.0, 1.0]]), np.array([2.0, 5.0])],
    [np.array([[9.0, 6.0], [2.0, 7.0]]), np.array([0.0, 8.0])],
]
visible_cases.record(
    "federated_average",
    [
        (two, [3, 1]),
        (three, [1, 2, 5]),
        (three, [4, 0, 2]),
        (three, [7, 7, 7]),
        (three[:1], [3]),
        ([[np.array([1, 2])], [np.array([4, 4])]], [1, 1]),
    ],
    averaged,
    federated_mistakes,
)
### END HIDDEN TESTS
with progress.exercise("federated_average"):
    checks.run("federated_average", federated_average)
    ### BEGIN HIDDEN TESTS
    rng_hidden = checks.grading_rng("federated_average")
    for count in (1, 2, 3, 5):
        shapes = [(3,), (2, 3), (2, 1, 2)][: int(rng_hidden.integers(1, 4))]
        hidden_networks = [[rng_hidden.normal(size=shape) for shape in shapes] for _ in range(count)]
        hidden_counts = [int(number) for number in rng_hidden.integers(0, 9, count)]
        hidden_counts[int(rng_hidden.integers(count))] += 4
        arguments = hidden_networks, hidden_counts
        checks.returns(federated_average, arguments, averaged(*arguments), federated_mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# The next cell runs federated training in a loop of our own. It runs in one process, and nothing is encrypted. Real
# systems use a framework such as [Flower](https://flower.ai). Its package `flwr` needs different versions of some
# packages than this course does, so we do not use it here.


# %%
def federated(parts, rounds, steps, rng):
    """FedAvg over clients; each part is a client's clips and digits. Gives the averaged weights."""
    weights = fresh
    for _ in range(rounds):
        networks = []
        for own_clips, own_digits in parts:
            network.set_weights(weights)
            plain.train(b[:2] for b in continual.batches(own_clips, own_digits, steps, rng, 16))
            networks.append(network.get_weights())
        weights = federated_average(networks, [len(own_digits) for _, own_digits in parts])
    return weights


fresh = continual.trunk_and_head(learned.images.shape[1:], 10, seed=5).get_weights()
parts = [clips(learned, speaker) for speaker in range(6)]
everyone = tested.images, tested.digits

# %% [markdown]
# **Before you run the cell:** order these three by their accuracy on the clips of all six speakers: a network that one
# speaker trains alone, the federated network, and a network trained on all clips in one place.

# %%
network.set_weights(fresh)
plain.train(b[:2] for b in continual.batches(*parts[0], 60, rng, 16))
print(f"one speaker alone {continual.accuracy(network, *everyone):.0%}")
network.set_weights(federated(parts, 10, 6, rng))
print(f"federated {continual.accuracy(network, *everyone):.0%}")
network.set_weights(fresh)
plain.train(b[:2] for b in continual.batches(learned.images, learned.digits, 360, rng, 16))
print(f"all clips in one place {continual.accuracy(network, *everyone):.0%}")

# %% [markdown]
# The recorded experiment has eight speakers and 12 rounds of six steps. A speaker who trains alone takes all 72 steps.
# In the *equal* case, all speakers have equally many clips of all digits. In the *skewed* case, each speaker has mostly
# three digits, and every second speaker has fewer clips.

# %% tags=["nbval-check-output"]
apart = results("federated")
for kind in ("equal", "skewed"):
    for way, name in (
        ("local", "each speaker alone"),
        ("federated", "federated"),
        ("pooled", "all clips in one place"),
    ):
        print(f"{kind:<7}{name:<23}{shown(apart[kind][way])}")
    print(f"{kind:<7}federated minus one place: {gain(apart[kind]['federated'], apart[kind]['pooled'])}")
sent = {name: entry["mean"] / 1e6 for name, entry in apart["bytes"].items()}
print(
    f"a network has {sent['network']:.2f} MB; one speaker sends and receives {sent['all_rounds']:.1f} MB in all rounds"
)
print(f"the clips of one speaker have {sent['clips']:.2f} MB")

# %% [markdown]
# With equal shares, the federated network reaches 61.7%: more than a speaker alone, and far less than with all clips in
# one place. The last two differ in two things: where the clips are, and how many steps follow one another. The speakers
# train at the same time, so the federated network has taken 72 steps, and the one trained in one place 576. We have not
# separated these two causes. More rounds might narrow the gap, but would cost more traffic: even here, a speaker sends
# and receives far more bytes than all of its clips contain.
#
# With skewed shares, all three have lower means. There the speakers also have fewer clips in total, so the skew is not
# the only cause.
#
# > **Try it.** Let each speaker take 30 steps in each of two rounds instead of 6 steps in each of ten. The number of
# > steps is the same, and fewer networks are sent. What does this cost?
#
# **The network can travel instead of the data. Here, with fewer steps in a row, this reached far lower accuracy than
# training on all clips in one place, and it took more traffic than sending the clips.**
#
# ## What an update gives away
#
# The clips stay at home, and only weights are sent. Is this private? An update after one step is a gradient, and a
# gradient is computed from the data. Look at the first dense layer of a network: $y = W^T x + b$. Let $\delta$ be the
# slope of the loss with respect to $y$. The gradients for a single input $x$ are
#
# $$\frac{\partial L}{\partial W_{ik}} = x_i \, \delta_k \qquad \frac{\partial L}{\partial b_k} = \delta_k$$
#
# **Before you go on:** you are the server and receive both gradients. How do you get $x$?

# %% [markdown]
# ### Exercise 12.6: Recover the input
#
# Compute the input of a dense layer from the gradients of its kernel and its biases.
#
# | | |
# |---|---|
# | **Signature** | `recovered_input(weight_gradient, bias_gradient)` |
# | **Arguments** | `weight_gradient`: an array of shape `(inputs, units)`; `bias_gradient`: an array of shape `(units,)`; both from a single input |
# | **Returns** | the input, an array of shape `(inputs,)`; or `None` if all bias gradients are 0 |
# | **Rules** | Some units may have a gradient of 0, for example behind a ReLU. Gradients may be negative or tiny, such as 1e-9, and they may sum to 0. |
# | **Example** | For `np.array([[2.0, 0.0], [6.0, 0.0]])` and `np.array([2.0, 0.0])`, it is `array([1., 3.])`. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# One unit with a nonzero bias gradient is enough. Which one is the safest to divide by?
# </details>


# %% nbgrader={"grade": false, "grade_id": "recovered_input", "locked": false, "schema_version": 3, "solution": true}
def recovered_input(weight_gradient, bias_gradient):
    """The input of a dense layer, from the gradients that it caused.

    Parameters
    ----------
    weight_gradient : array
        Shape (inputs, units): the input times the slope of each unit.
    bias_gradient : array
        Shape (units,): the slope of each unit; of any sign, possibly tiny, and possibly 0.

    Returns
    -------
    numpy.ndarray of shape (inputs,), or None
        None if all slopes are 0, because then nothing is left of the input.
    """
    ### BEGIN SOLUTION
    unit = np.argmax(np.abs(bias_gradient))
    if bias_gradient[unit] == 0:
        return None
    return np.asarray(weight_gradient)[:, unit] / bias_gradient[unit]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_recovered_input", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def by_projection(weight_gradient, bias_gradient):
    """The least squares solution of x times slope = gradient."""
    weight_gradient, slope = np.asarray(weight_gradient, float), np.asarray(bias_gradient, float)
    return weight_gradient @ slope / (slope @ slope) if slope.any() else None


def from_gradients(compute):
    """A mistake, of both gradients as arrays; one that divides by 0 gives nothing."""

    def wrong(weight_gradient, bias_gradient):
        with np.errstate(all="ignore"):
            value = compute(np.asarray(weight_gradient, float), np.asarray(bias_gradient, float))
        return value if value is not None and np.isfinite(value).all() else None

    return wrong


leak_mistakes = {
    "the gradient of the kernel is not divided": from_gradients(lambda w, b: w[:, np.abs(b).argmax()]),
    "the gradients are multiplied, and not divided": from_gradients(
        lambda w, b: w[:, np.abs(b).argmax()] * b[np.abs(b).argmax()]
    ),
    "the sum over the units is divided by the number of units": from_gradients(lambda w, b: w.mean(axis=1)),
    "the quotient is turned round": from_gradients(lambda w, b: b[np.abs(b).argmax()] / w[:, np.abs(b).argmax()]),
    "the size of the slope divides, and its sign is lost": from_gradients(
        lambda w, b: w[:, np.abs(b).argmax()] / np.abs(b).max()
    ),
    "the quotients of all units are summed": from_gradients(
        lambda w, b: (w[:, b != 0] / b[b != 0]).sum(axis=1) if (b != 0).sum() > 1 else None
    ),
    "units with the slope 0 count in the mean of the quotients": from_gradients(
        lambda w, b: np.where(b != 0, w / np.where(b == 0, 1, b), 0).mean(axis=1)
    ),
    "the projection is not divided by the squared slopes": from_gradients(lambda w, b: w @ b),
    "negative numbers of the input become 0": from_gradients(lambda w, b: np.maximum(by_projection(w, b), 0)),
    "the input is scaled to length 1": from_gradients(
        lambda w, b: by_projection(w, b) / np.linalg.norm(by_projection(w, b))
    ),
    "all units are kept: the result has the shape of the kernel": from_gradients(lambda w, b: w / b),
    "a small number is added to the divisor": from_gradients(
        lambda w, b: w[:, np.abs(b).argmax()] / (b[np.abs(b).argmax()] + 1e-8) if b.any() else None
    ),
    "a row of the kernel's gradient is taken, and not a column": from_gradients(
        lambda w, b: w[np.abs(b).argmax()] / b[np.abs(b).argmax()] if np.abs(b).argmax() < len(w) else None
    ),
    "zeros are returned where nothing can be recovered": lambda weight_gradient, bias_gradient: (
        np.zeros(len(weight_gradient)) if not np.any(bias_gradient) else None
    ),
}


def outer(x, slope):
    return np.outer(x, slope).astype(float), np.array(slope, float)


visible_cases.record(
    "recovered_input",
    [
        (np.array([[2.0, 0.0], [6.0, 0.0]]), np.array([2.0, 0.0])),
        outer([0.5, -1.0, 2.0], [0.0, -0.5, 0.25]),
        outer([1.0, 4.0], [0.0, -2.0, 0.0]),
        outer([3.0, 0.0, 1.0, 2.0], [0.5, -0.25, -0.25]),
        outer([0.25, 0.75], [0.0, 0.0, 0.0]),
        outer([0.0, 8.0, -2.0], [4.0]),
        outer([2.0, -1.0], [0.0, -1e-9]),
    ],
    by_projection,
    leak_mistakes,
)
### END HIDDEN TESTS
with progress.exercise("recovered_input"):
    checks.run("recovered_input", recovered_input)
    ### BEGIN HIDDEN TESTS
    rng_hidden = checks.grading_rng("recovered_input")
    for units in (1, 2, 3, 4, 6, 8):
        slope = rng_hidden.integers(-4, 5, units) / 4
        slope[int(rng_hidden.integers(units))] = float(rng_hidden.choice([-1.25, 1.25]))
        if units > 2:
            slope[0], slope[1] = 0, slope[1] - slope[1:].sum()  # one unit is silent, and the slopes sum to 0
            slope[2] = slope[2] if slope.any() else 0.5
        hidden = outer(np.round(rng_hidden.normal(size=int(rng_hidden.integers(2, 7))), 2), slope)
        checks.returns(recovered_input, hidden, by_projection(*hidden), leak_mistakes)
    tiny = outer(np.round(1 + rng_hidden.random(3), 2), [0.0, 1e-9 * float(rng_hidden.integers(1, 5))])
    checks.returns(recovered_input, tiny, by_projection(*tiny), leak_mistakes)
    checks.returns(recovered_input, (np.zeros((3, 2)), np.zeros(2)), None, leak_mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# Apply it to a network whose first layer is dense. A client trains this network on portraits. The update comes first
# from one portrait, and then from a batch of eight.

# %%
portraits = faces.portraits(faces.TEST_PEOPLE[:8], 1, 3).images.mean(axis=-1)
flat = keras.Sequential([keras.Input((48, 48)), keras.layers.Rescaling(1 / 255), keras.layers.Flatten()])
flat.add(keras.layers.Dense(64, activation="relu", kernel_initializer=keras.initializers.HeNormal(0)))
flat.add(keras.layers.Dense(8, kernel_initializer=keras.initializers.GlorotUniform(1)))
single = continual.gradients(flat, portraits[:1], np.arange(1))
eight = continual.gradients(flat, portraits, np.arange(8))
recovered = [recovered_input(*update[:2]).reshape(48, 48) for update in (single, eight)]
figure, axes = plt.subplots(1, 4, figsize=(10, 2.8), layout="constrained")
titles = ("what the client has", "from its update", "one of eight portraits", "from all eight together")
for ax, image, title in zip(axes, (portraits[0], recovered[0], portraits[1], recovered[1]), titles, strict=True):
    ax.imshow(image, cmap="gray")
    ax.set(title=title, xticks=[], yticks=[])
figure.suptitle("The update of one portrait is the portrait; a batch mixes them", x=0.01, ha="left")
plt.show()

# %% [markdown]
# For a single portrait, the update *is* the portrait. In a batch, a unit mixes the portraits that activate it. But with
# many units, some are activated by only one portrait, and these give it away (Boenisch et al. 2023). Networks that
# begin with convolutions need a search instead of a division (Zhu, Liu & Han 2019).
#
# The biases of the *last* layer reveal something else. Their gradient is the mean of $p - y$, the probabilities minus
# the labels. An untrained network gives all ten digits about the same probability, so the server can count your labels:
# with $n$ clips and the gradient $g$, about $n (1/10 - g)$ clips have a digit, rounded to a whole number.

# %% tags=["nbval-check-output"]
for size in ("1", "4", "16"):
    labels_found, inputs_found = (apart["leaks"][part][size] for part in ("labels", "inputs"))
    print(
        f"batch of {size:>2}: counts of a digit that are exact {shown(labels_found)}, clips found {shown(inputs_found)}"
    )

# %% [markdown]
# In a batch of one, the attack found the clip every time. In a batch of 16, the update still gave away 41.0% of the
# clips. The attacked network has two dense layers, the first with 128 units. A clip counts as found if a unit's
# quotient has a correlation with it of more than 0.99. To recover the label counts, we attacked the convolutional
# network instead.
#
# What helps? **Secure aggregation** (Bonawitz et al. 2017) lets the server see only the sum over many clients.
# **Differential privacy** (Abadi et al. 2016) clips each update and adds noise, which costs accuracy. Averages over
# many steps and many clips hide more than one step on one clip does. FedAvg by itself provides none of this.
#
# **Keeping the data at home is not enough to keep them secret: an update is a function of the data.**
#
# ## A table of methods, and a choice within a budget
#
# This course has measured several ways to classify several kinds of images. A **benchmark** puts such results into one
# table, so that a new method can be compared with the old ones on the same tasks. VTAB (Zhai et al. 2019) is a large
# one; here is a small one, made from the course's own recorded results.

# %%
headline, photos, matrix = results("headline"), results("real"), results("transfer_matrix")
table = {
    "new people, 10 each": {
        "teacher": headline["transfer"],
        "scratch": headline["best_from_scratch"],
        "pixels": headline["pixels"],
    },
    "real digits, 10 each": {"teacher": photos["digits"]["transfer"], "scratch": photos["digits"]["scratch"]},
    "cats and dogs, 50 each": {"teacher": photos["cats_dogs"]["transfer"], "scratch": photos["cats_dogs"]["scratch"]},
    "Greek letters, 5 each": {"teacher": matrix["greek"]["letters"]["accuracy"], **matrix["greek"]["none"]},
    "galaxies, 5 each": {"teacher": matrix["galaxies"]["galaxies"]["accuracy"], **matrix["galaxies"]["none"]},
}


# %% tags=["nbval-check-output"]
def add_method(table, method, scores):
    """A new table with one more method: `scores` maps tasks to recorded entries, and other tasks stay without one."""
    if unknown := scores.keys() - table.keys():
        raise ValueError(f"no task is called {sorted(unknown)[0]!r}")
    return {task: row | ({method: scores[task]} if task in scores else {}) for task, row in table.items()}


fine_tuned = {"real digits, 10 each": results("initializations")["accuracy"]["digits"]["teacher"]}
for task, row in add_method(table, "fine-tuned", fine_tuned).items():
    print(f"{task:<23}" + ", ".join(f"{method} {shown(entry)}" for method, entry in row.items()))

# %% [markdown]
# The last entry in the second line is the new method: fine-tuning all layers of the faces teacher. It comes from
# another record with other samples, in which the same network from random weights is more accurate. The table shows at
# a glance where a teacher pays off, and that no method is best everywhere. Compare only within a row: the tasks differ
# in their number of classes.
#
# So you must choose for your own task: at which layer do you cut the teacher, and how strong is the head? You can use a
# rule of thumb (the last hidden layer, C08), a score (LogME, unit 06), or a search. Training every candidate with all
# data is expensive. **Successive halving** (Jamieson & Talwalkar 2016) gives each candidate a little data, keeps the
# better half, and doubles the data for each of these.


# %%
def halving(candidates, score, budgets):
    """The candidate that is left if the better half is kept each time, and how many images each class was trained on."""
    spent = 0
    for number, budget in enumerate(budgets):
        scores = {candidate: score(candidate, budget) for candidate in candidates}
        print(f"{budget} images of each class:", ", ".join(f"{each} {value:.0%}" for each, value in scores.items()))
        spent += budget * len(candidates)
        ranked = sorted(scores, key=scores.get, reverse=True)
        candidates = ranked[: 1 if number == len(budgets) - 1 else (len(ranked) + 1) // 2]
    return candidates[0], spent


# %% [markdown]
# Try it on one question: how wide should the trunk be, if you have eight clips of each digit from one speaker?

# %%
spoken, spoken_digits = clips(learned, 0)
order = np.concatenate([np.flatnonzero(spoken_digits == digit) for digit in range(10)]).reshape(10, 10)
validation = order[:, 8:].ravel()


def width_score(width, images_each):
    """Accuracy on two clips of each digit, after training a trunk of this width on others."""
    model = continual.trunk_and_head(spoken.shape[1:], 10, dense=width)
    places = order[:, :images_each].ravel()
    stream = continual.batches(spoken[places], spoken_digits[places], 10 * images_each, np.random.default_rng(0))
    continual.Trainer(model).train(batch[:2] for batch in stream)
    return continual.accuracy(model, spoken[validation], spoken_digits[validation])


widths = [4, 8, 12, 16, 24, 32, 48, 64]
width, spent = halving(widths, width_score, [2, 4, 8])
print(f"chosen: {width}. Images of each class in all trainings: {spent}, and {8 * len(widths)} without halving")

# %% [markdown]
# With eight candidates, the search saves a quarter of the training. The saving grows with the number of candidates. The
# price is that it can drop a candidate because of its results with two clips of each digit.
#
# The clips used for the choice are not the test clips: a choice that sees the test clips promises too much.
#
# > **Try it.** How large is the best score among many candidates that are all equally good? Call `halving` with a
# > `score` that returns random numbers.
#
# The recorded experiment asks the larger question, for new people and for real digits, with ten labeled images of each
# class. The candidates are 16 layers of the faces teacher with two heads each, 32 in all. The *budget* is the number of
# images on which heads are trained before the choice is made.

# %% tags=["nbval-check-output"]
choice = results("automatic_choice")
ways = {"rule": "rule: last hidden layer", "log_me": "LogME", "halving": "halving", "everything": "all candidates, all data", "hindsight": "best on the test images"}  # fmt: skip
for target in ("people", "digits"):
    row = choice[target]
    for way, name in ways.items():
        budget = f", budget {row['budget'][way]['mean']:,.0f}" if way in row["budget"] else ""
        print(f"{target:<7}{name:<25}{shown(row['accuracy'][way])}{budget}")
    for first, second_way in (("halving", "rule"), ("halving", "log_me"), ("halving", "everything")):
        print(
            f"{target:<7}{first} minus {ways[second_way]}: {gain(row['accuracy'][first], row['accuracy'][second_way])}"
        )

# %% [markdown]
# For new people, there is nothing to choose: the rule takes the last hidden layer, and we could not detect a difference
# from the search. For real digits, the rule fails, with 58.9%. There the search gains 31.4 percentage points over it,
# with half the budget of a search that trains all candidates on all data. We could not detect a difference between
# these two searches. But LogME trains no head at all, and is better than halving by 2.5 percentage points. So halving
# is not the best choice here, perhaps because it drops half of the candidates after one image of each class, and each
# of its decisions rests on two validation images of each class. LogME sees all ten.
#
# We tried only one teacher and two targets, and the search does not include the depth of fine-tuning. The results show
# that a fixed rule can be far off, and that a cheap score or a search can reveal this.
#
# **A rule of thumb costs nothing and can fail; a choice within a budget needs validation data of its own.**
#
# ## Where the network looks
#
# A table says how good a transferred network is, but not what it uses. **Grad-CAM** (Selvaraju et al. 2017) draws a
# heat map: at which places did a late layer's feature maps raise the logit of this class? Our portraits have exact
# masks, so you need not judge such maps by eye. You can compute the share of the heat that lies on the face. Faces fill
# a fifth to a quarter of the pixels, so a network that looks at all places equally gets this share by chance.
#
# Give the faces teacher a new head for ten people whom it has never seen. Then fine-tune all of its layers.
#
# **Before you run the cell:** will the heat move toward the face, away from it, or stay where it is?

# %%
sitters = faces.portraits(faces.TEST_PEOPLE[4000:4010], 8, seed=4)
drawn = masked_portraits(faces.TEST_PEOPLE[4000:4010], seed=5)  # other portraits of the same ten people
on_face = np.isin(drawn.masks, [CLASS_NAMES.index(part) for part in ("skin", "eyes", "mouth")])
base = teachers.load("faces_vgg16", head=False)
head = keras.Sequential([keras.Input(base.output_shape[1:]), keras.layers.Dense(10)])
naming = keras.Model(base.inputs, head(base.outputs[0]))


def heat_map():
    """Grad-CAM of each portrait for its person, on maps of 6x6 places."""
    columns = head.layers[-1].kernel.numpy().T  # portrait k shows person k
    return grad_cam.grad_cam(base, drawn.images.astype("float32"), columns, layer="block4_conv3_relu")


recompile(head, 1e-2).fit(base.predict(sitters.images, verbose=0), sitters.labels, epochs=10, verbose=0)
heats = {"frozen": heat_map()}
recompile(naming, 3e-4).fit(sitters.images, sitters.labels, batch_size=20, epochs=4, verbose=0)
heats["fine-tuned"] = heat_map()
print(f"pixels on the face {on_face.mean():.0%}")
figure, rows = plt.subplots(3, 8, figsize=(10, 4.1), layout="constrained")
shown_rows = drawn.images, *(grad_cam.overlay(drawn.images, heat) for heat in heats.values())
for name, line, drawings in zip(("portrait", *heats), rows, shown_rows, strict=True):
    line[0].set_ylabel(name)
    for axes, image in zip(line, drawings, strict=False):
        axes.imshow(image)
        axes.set(xticks=[], yticks=[])
for name, heat in heats.items():
    print(f"{name}: {(heat * on_face).sum() / heat.sum():.0%} of the heat on the face")
figure.suptitle("In most portraits, the heat lies on the face, before and after fine-tuning")
plt.show()

# %% [markdown]
# Where a portrait stays gray, nothing on these maps spoke for its person.
#
# The recorded experiment does much the same with five sets of 20 people. Its head is a linear probe on the frozen
# features, and its batch norms keep their statistics. It adds two comparisons. The same network with random weights and
# a trained head is the control (Adebayo et al. 2018): heat that looks the same there does not come from what was
# learned. A second task asks for something that the teacher did not learn: is the hair light or dark?

# %% tags=["nbval-check-output"]
looks = results("looks")
for target, region in (("people", "face"), ("hair", "hair")):
    print(f"{target}: {shown(looks[target]['pixels'][region])} of the pixels are {region}")
    for name in ("random", "frozen", "fine_tuned"):
        share, accuracy = looks[target][name][region], looks[target]["accuracy"][name]
        print(f"   {name.replace('_', ' '):<11}{shown(share)} of the heat, accuracy {shown(accuracy)}")
    for first, other in (("frozen", "random"), ("fine_tuned", "frozen")):
        names = f"{first} minus {other}".replace("_", " ")
        print(f"   {names}: {gain(looks[target][first][region], looks[target][other][region])}")

# %% [markdown]
# For new people, 41.8% (39.3% to 44.3%) of the frozen teacher's heat is on the face, which fills 22.3% of the pixels.
# This is 16.0 percentage points (11.3 to 20.8) more than with random weights, so the heat does come from what the
# teacher learned. We could not detect that fine-tuning moves it. It could not make the network more accurate, either:
# the frozen teacher already names nearly every portrait.
#
# For the color of hair, the map is much less clear. We could not detect that the teacher puts more heat on hair than
# random weights do, nor that fine-tuning changes this. Yet its accuracy is 78.0%, and random weights reach 53.3%. So
# the network uses something that this map does not show. A step on the map covers 8 pixels, and hair is thin.
#
# Do not read more into a heat map than was tested. It shows where features raised a logit, but not why. A network can
# look at the face and use its lighting. Also, we tested only drawn faces and one teacher.
#
# **Test a heat map like any other measurement: with a number, a chance level, and a network that has learned nothing.**
#
# ### Written answer: A speech service for clinics
#
# Twenty clinics use a service that recognizes spoken numbers. Every month a new clinic joins. The clinics may not send
# recordings of patients, and a clinic may leave and ask you to delete its data. You have one network, and can update it
# once a month. Answer in about ten sentences, with numbers from this unit. (3 points)
#
# - (a) How do you adapt the network to a new clinic without losing the old ones? Name a method, what it keeps, and what
#   it costs. (1 point)
# - (b) A colleague says: "with federated learning, no recording leaves the clinic, so we need no further protection."
#   Answer with a result from this unit, and name a protection. (1 point)
# - (c) How would you find out after a year whether the network has forgotten the first clinics, and what would you do
#   if it had? (1 point)

# %% [markdown] nbgrader={"grade": true, "grade_id": "clinics", "locked": false, "points": 3, "schema_version": 3, "solution": true}
# (a) Each month I would train on the new clinic's clips, inside the clinic, and add EWC. It keeps the old weights and
# their importances, but no recordings. Each clinic can update the importances on site and send them as sums. It costs
# some accuracy: on real speech, the known speakers fell from 95.5% to 85.4%. With the naive way, they fell to 74.1%.
# Replay of a hundred clips kept 92.2%, but the old clinics' clips may not be sent. If the clinics take part in
# federated rounds, each of them can replay its own clips, at the price of sending the network in every round.
#
# (b) This is not enough. In this unit, the update of a single portrait was the portrait: the gradient of the kernel
# divided by the gradient of the bias. The gradient of the last biases also gives away the label counts. I would use
# secure aggregation, so that the server sees only sums over many clinics, and I would clip the updates and add noise.
#
# (c) Each clinic keeps test clips. After every update it measures its accuracy, and sends only this number. From the
# table of times and clinics, I compute forgetting: each clinic's best accuracy minus its last one. If it exceeds a
# limit set beforehand, I go back to the last good network, and raise the strength of the penalty or let the old clinics
# take part in a round.
#
# === BEGIN MARK SCHEME ===
# 1 point: a method that fits the rules, with what it keeps and its cost: for example LwF or EWC at the center (no
# recordings are kept, and old clinics lose some accuracy), or replay inside each clinic within federated rounds (each
# clinic keeps its own clips, with more traffic). Replay at the center breaks the rule.
#
# 1 point: the update of a single input gives away the input, or the label counts can be read from the last biases; and
# secure aggregation, differential privacy, or larger batches and more local steps as a protection.
#
# 1 point: test clips of each clinic that stay there, accuracy after each update in a table of times and clinics, and
# forgetting computed from it; then a remedy, such as going back to an earlier network, a stronger penalty or more
# replay.
# === END MARK SCHEME ===

# %% [markdown]
# ## Summary
#
# 1. **Forgetting.** A network that continues to train keeps what its loss asks for. Replay needs old clips, and forgot
#    least; L2-SP and EWC need old weights; LwF needs the old network. Choose the strength on speakers that you do not
#    report.
# 2. **Shared trunks.** Whether tasks help each other is a question for an experiment, in both directions, compared with
#    a network trained alone, one trained for longer, and unrelated partners. Here we could not detect that digits and
#    letters help each other.
# 3. **Meta-learning.** Reptile trains a start from which a few steps lead far. Plain transfer does nearly as well where
#    the tasks are alike.
# 4. **Federated learning.** The network travels, and the data stay. Here, the federated network was more accurate than
#    a speaker's own, and far less accurate than one trained on all clips in one place for more steps in a row. An
#    update is still a function of the data: for a single input and a dense layer, it gives the input away. The course
#    lists the claim about such advances (C48) as *illustrated*.
# 5. **Choosing.** Compare methods within a row of a table, with intervals. A search within a budget can choose a recipe
#    (C52) if its validation images are not the test images. A heat map of where the network looks needs a control with
#    random weights.

# %%
progress
