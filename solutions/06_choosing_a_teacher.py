# %% [markdown]
# # Unit 06: Choosing a teacher
#
# Three teachers are available: one has learned faces, one letters, and one galaxies. You have five labeled images of
# each of your own classes. Which teacher do you choose? You could train a head on each of them, but can you predict the
# outcome? And how would you notice that even the best of the three is worse than no teacher at all? Perhaps your only
# teacher has learned from simulated images, or from images with a bias. Does that matter for your target? Unit 05 took
# the source as given; here you choose it.
#
# By the end of this unit you can
#
# 1. read a transfer matrix, and use the interval of a paired difference to decide whether a teacher helps;
# 2. explain why frozen features that do worse than training from scratch do not yet prove *negative transfer*, that is,
#    a teacher that hurts;
# 3. rank teachers with a score before any training, and explain what the score cannot tell you;
# 4. test whether a simulation prepares a network for reality;
# 5. look for a bias that a teacher passes on.
#
# **Time:** about 50 minutes. Two exercises and one written answer, 9 points. All cells together run in about a minute
# on two processor cores. Programs draw the galaxies, faces, letters and simulated digits; the other digits are real.

# %%
import sys

if "google.colab" in sys.modules:
    # %pip install -q git+https://github.com/tlcourse/tlcourse
    pass

from tlcourse import keras_settings

keras_settings.import_quietly()  # Keras, without TensorFlow's notes on this machine

# %% tags=["setup"]
import itertools

import keras
import matplotlib.pyplot as plt
import numpy as np
from scipy import stats

from tlcourse import checks, plots, scenario_network, teachers
from tlcourse.data import results
from tlcourse.datasets import digits, faces, galaxies, glyphs
from tlcourse.domains import transferability
from tlcourse.stats import paired_difference, with_expected_range

keras.utils.set_random_seed(0)
plots.style()
progress = checks.Progress({"verdict": "Exercise 6.1 verdict", "leep": "Exercise 6.2 leep"})

# %% [markdown]
# ## Three teachers, four targets
#
# The faces teacher is the one from unit 02. The letters teacher has learned capital letters drawn from fonts. The
# galaxies teacher tells four classes of galaxies apart. The targets are people whom no teacher has seen, handwritten
# digits, Greek letters, and eight kinds of galaxies. The top row shows what the teachers have learned, and the bottom
# row shows what your targets look like.

# %%
sharp = galaxies.observe(75, 1005)
learned_images = (
    faces.portraits(faces.TEACHER_PEOPLE[:4], 1, 0).images,
    glyphs.glyphs(glyphs.LETTERS[:4], 1, 0).images,
    sharp.images[::75],
)
target_images = (
    faces.portraits(faces.TEST_PEOPLE[:3], 1, 0).images,
    digits.load().images[:3],
    glyphs.glyphs("ΩΨΣ", 1, 0).images,
    galaxies.observe(1, 1004, fine=True).images[:3],
)
plots.image_grid(np.concatenate([*learned_images, *target_images]), columns=12).set_title(
    "Teachers: faces, letters, galaxies (top). Targets: new faces, digits, Greek letters, kinds of galaxies"
)
plt.show()

# %%
targets = {"faces": "new faces", "digits": "real digits", "greek": "Greek letters", "galaxies": "kinds of galaxies"}
sources = ("faces", "letters", "galaxies")

# %% [markdown]
# The galaxies teacher is so small that you can train one here, on 800 galaxies.

# %%
network = scenario_network.train(galaxies.observe(200, 1000), seed=0)


# %%
def accuracy(model, data):
    """A network's accuracy on labeled images."""
    return (model.predict(data.images, batch_size=256, verbose=0).argmax(axis=1) == data.labels).mean()


biased = results("dataset_bias")["biased"]["teacher"]
print(f"accuracy on galaxies of its own kind: {with_expected_range(accuracy(network, sharp), biased['usual'])}")


# %% tags=["setup"]
def shown(entry):
    """A recorded mean with its 95 % interval."""
    return f"{entry['mean']:6.1%} ({entry['ci95'][0]:.1%} to {entry['ci95'][1]:.1%})"


def gain(first, second):
    """Mean difference of two entries over the seeds, in percentage points, with its 95 % interval."""
    pairs = paired_difference(first["values"], second["values"])
    return (
        f"{100 * pairs['mean']:+.1f} percentage points ({100 * pairs['ci95'][0]:+.1f} to {100 * pairs['ci95'][1]:+.1f})"
    )


# %% [markdown]
# The faces teacher is the largest and best trained of the three. Is it therefore the best one for digits, too? The next
# section tries every teacher on every target.
#
# **A teacher's own accuracy does not answer the question; its accuracy on your target does.**

# %% [markdown]
# ## The transfer matrix
#
# For each pair of a teacher and a target, we train a new head on the teacher's features with five images per class. The
# baselines are a small network from scratch and a linear classifier on pixels. Five seeds determine which images are
# sampled and how training starts.
#
# **Before you run the cells:** where do you expect the largest number in each row?

# %% tags=["nbval-check-output"]
classes = dict(zip(targets.values(), (20, 10, len(glyphs.GREEK), len(galaxies.KINDS)), strict=True))
for name, count in classes.items():
    print(f"{name:<18} {count:>2} classes, chance level {1 / count:.1%}")
learned_from = len(faces.TEACHER_PEOPLE), len(glyphs.LETTERS), len(galaxies.CLASS_NAMES)
print(
    "the teachers' own classes:",
    ", ".join(f"{name} {count:,}" for name, count in zip(sources, learned_from, strict=True)),
)

# %% tags=["nbval-check-output"]
matrix = results("transfer_matrix")
for key, name in targets.items():
    row = matrix[key]
    cells = {**row["none"], **{f"{source} teacher": row[source]["accuracy"] for source in sources}}
    for baseline, entry in cells.items():
        print(f"{name:<18} {baseline:<17}{shown(entry)}")

# %%
columns = ["from scratch", "pixels", *(f"{source}\nteacher" for source in sources)]
means = [[entry["mean"] for entry in (*row["none"].values(), *(row[source]["accuracy"] for source in sources))]
         for row in (matrix[key] for key in targets)]  # fmt: skip
plots.heat_map(means, list(targets.values()), columns).set_title(
    "Accuracy of each teacher on each target, best of each row in bold"
)
plt.show()

# %% [markdown]
# Now look at what each teacher *adds* compared with the network from scratch, seed by seed. An interval that contains 0
# leaves the question open.

# %% tags=["nbval-check-output"]
for key, name in targets.items():
    for source in sources:
        print(
            f"{name:<18} {source + ' teacher':<17}{gain(matrix[key][source]['accuracy'], matrix[key]['none']['scratch'])}"
        )

# %%
figure, axes = plt.subplots(figsize=(9, 4.2), layout="constrained")
for place, (key, source) in enumerate(itertools.product(targets, sources)):
    pairs = paired_difference(matrix[key][source]["accuracy"]["values"], matrix[key]["none"]["scratch"]["values"])
    low, high = pairs["ci95"]
    color = plots.COLORS["green" if low > 0 else "vermilion" if high < 0 else "blue"]
    axes.plot([100 * low, 100 * high], [place, place], color=color, linewidth=3, solid_capstyle="butt")
    axes.plot(100 * pairs["mean"], place, "o", color=color)
axes.set_yticks(range(12), [f"{source} → {name}" for name in targets.values() for source in sources])
axes.axvline(0, color="black", linewidth=1)
axes.invert_yaxis()
axes.set_xlabel("percentage points, teacher minus network from scratch")
axes.set_title("Similar domains help (green); other teachers are worse (orange) or undecided (blue)")
plt.show()

# %% [markdown]
# In three pairs, a similar domain helps: faces for faces, letters for Greek letters, and galaxies for galaxies. In each
# of these pairs, one program draws both sides, so they are very similar. No other pair shows a detectable gain. In four
# of these nine other pairs, the features of the teacher's last hidden layer do **worse** than the small network from
# scratch.
#
# The clearest case is real digits. There, the faces teacher is 35.8 percentage points behind the network from scratch,
# although it is the largest and best trained of the three.
#
# Is this *negative transfer*, a teacher that hurts (C11)? The figure cannot tell you, because the small network and the
# faces teacher have different architectures. So we fine-tuned all layers of one network twice: once from the teacher's
# weights and once from initial weights.

# %% tags=["nbval-check-output"]
fine_tuned = results("initializations")["accuracy"]
for target, arms in fine_tuned.items():
    print(f"{target:<9}teacher's weights minus initial weights: {gain(arms['teacher'], arms['random'])}")

# %% [markdown]
# With the teacher's weights, accuracy fell a little on digits and rose on Greek letters. On Omniglot, a dataset of
# handwritten characters, we could not detect a difference. We had decided in advance to judge the claim by the mean
# over digits and Omniglot, and this mean is inconclusive (C11). The loss on digits is far smaller than the gap in the
# figure, so most of that gap probably comes from freezing the features and from where we cut the teacher.
#
# Even if there were no real differences, about half of all figures with twelve intervals would show at least one
# interval that excludes 0. So trust only the large gaps.
#
# **A very similar domain helped a lot here; compare any teacher with a baseline from scratch.**
#
# ### Exercise 6.1: Give a verdict
#
# Use a confidence interval to decide whether a teacher helps.
#
# | | |
# |---|---|
# | **Signature** | `verdict(with_teacher, without)` |
# | **Arguments** | two sequences of accuracies over the same seeds, in the same order; there are at least two seeds |
# | **Returns** | `"helps"` if the 95% interval of the mean *paired* difference lies above 0, `"harms"` if it lies below 0, otherwise `"undecided"` |
# | **Example** | For `[0.52, 0.61, 0.43]` and `[0.50, 0.58, 0.41]`, the result is `"helps"`: the accuracies vary far more than their differences. |
# | **Points** | 3 points |
#
# The interval of $n$ differences with mean $\bar d$ is
#
# $$\bar d \pm t \, \frac{s}{\sqrt n}$$
#
# where $s$ is their standard deviation, with $n - 1$ in the denominator. The factor $t$ is the 97.5% quantile of
# Student's distribution with $n - 1$ degrees of freedom. If all differences are equal, the interval shrinks to that one
# number.
#
# <details><summary>Hint</summary>
# Subtract first; all other steps work on one row of numbers. `stats.t.ppf` returns the quantile, and `stats.sem`
# returns s / √n.
# </details>


# %% nbgrader={"grade": false, "grade_id": "verdict", "locked": false, "schema_version": 3, "solution": true}
def verdict(with_teacher, without):
    """Whether a teacher "helps", "harms" or is "undecided", by the 95 % interval of the paired difference."""
    ### BEGIN SOLUTION
    gains = np.asarray(with_teacher, float) - np.asarray(without, float)
    half = stats.t.ppf(0.975, len(gains) - 1) * stats.sem(gains)
    if gains.mean() - half > 0:
        return "helps"
    return "harms" if gains.mean() + half < 0 else "undecided"
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_verdict", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def by_t_test(with_teacher, without):
    """The reference, by scipy's paired t-test: its p-value is below 0.05 exactly when the interval excludes 0."""
    if not np.subtract(with_teacher, without).any():  # the p-value would be nan
        return "undecided"
    test = stats.ttest_rel(with_teacher, without)
    return "undecided" if test.pvalue >= 0.05 else "helps" if test.statistic > 0 else "harms"


def by_half_width(half_width):
    """A verdict from the mean of the gains and a wrong half-width."""

    def decide(with_teacher, without):
        gains = np.subtract(with_teacher, without)
        half = half_width(gains, with_teacher, without)
        return "helps" if gains.mean() > half else "harms" if gains.mean() < -half else "undecided"

    return decide


def quantile(values, level=0.975):
    return stats.t.ppf(level, len(values) - 1)


verdict_mistakes = {
    "the standard deviation is divided by n, not n - 1": by_half_width(
        lambda gains, *_: quantile(gains) * gains.std() / np.sqrt(len(gains))
    ),
    "the quantile is one-sided": by_half_width(lambda gains, *_: quantile(gains, 0.95) * stats.sem(gains)),
    "1.96 is used for so few seeds instead of Student's t": by_half_width(lambda gains, *_: 1.96 * stats.sem(gains)),
    "the pairs are not used, as when two intervals are compared": by_half_width(
        lambda gains, first, second: quantile(gains) * np.hypot(stats.sem(first), stats.sem(second))
    ),
    "the interval is that of single runs: s is not divided by √n": by_half_width(
        lambda gains, *_: quantile(gains) * gains.std(ddof=1)
    ),
    "n degrees of freedom are used, not n - 1": by_half_width(
        lambda gains, *_: stats.t.ppf(0.975, len(gains)) * stats.sem(gains)
    ),
    "2n - 2 degrees of freedom are used, as for two independent samples": by_half_width(
        lambda gains, *_: stats.t.ppf(0.975, 2 * len(gains) - 2) * stats.sem(gains)
    ),
    "0.975 is taken for the level of a two-sided interval, which has its quantile at 0.9875": by_half_width(
        lambda gains, *_: quantile(gains, 0.9875) * stats.sem(gains)
    ),
    "the mean alone decides": by_half_width(lambda gains, *_: 0),
    "s is divided by n, not by √n": by_half_width(lambda gains, *_: quantile(gains) * gains.std(ddof=1) / len(gains)),
    "the variance stands in place of the standard deviation": by_half_width(
        lambda gains, *_: quantile(gains) * gains.var(ddof=1) / np.sqrt(len(gains))
    ),
    "a normal interval of 90% is used": by_half_width(lambda gains, *_: 1.645 * stats.sem(gains)),
    "the median decides": lambda first, second: "helps" if np.median(np.subtract(first, second)) > 0 else "harms",
    "only the accuracies without a teacher get an interval": by_half_width(
        lambda gains, first, second: quantile(gains) * stats.sem(second)
    ),
    "the signs of the differences decide, and not their interval": by_half_width(
        lambda gains, *_: 0 if min(gains) > 0 or max(gains) < 0 else np.inf
    ),
    "equal differences stay undecided: their interval is that one number": lambda first, second: (
        "undecided" if np.ptp(np.subtract(first, second)) < 1e-9 else by_t_test(first, second)
    ),
    "an interval below 0 is overlooked": lambda first, second: by_t_test(first, second).replace("harms", "undecided"),
    "an interval that only begins below 0 is thought to lie below 0": lambda first, second: (
        "helps" if by_t_test(first, second) == "helps" else "harms"
    ),
    "with and without are exchanged": lambda first, second: by_t_test(second, first),
    "an interval that only touches 0 is thought to lie above it": lambda first, second: (
        by_t_test(first, second) if np.subtract(first, second).any() else "helps"
    ),
    "equal accuracies, whose interval is 0, are thought to be worse, as with a p-value of nan": lambda first, second: (
        by_t_test(first, second) if np.subtract(first, second).any() else "harms"
    ),
    "the accuracies are sorted, so that other seeds are paired": lambda first, second: by_t_test(
        np.sort(first), np.sort(second)
    ),
    "the interval lies around the median, and not around the mean": lambda first, second: by_half_width(
        lambda gains, *_: quantile(gains) * stats.sem(gains) + gains.mean() - np.median(gains)
    )(first, second),
    "ratios of accuracies are taken, and not differences": lambda first, second: by_t_test(
        np.divide(first, second), np.ones(len(first))
    ),
    "the limits of the interval are rounded": by_half_width(
        lambda gains, *_: max(quantile(gains) * stats.sem(gains), 0.005 * bool(gains.any()))
    ),
}
half = [0.5, 0.5, 0.5]
visible_cases.record(
    "verdict",
    [
        ([0.75, 0.5, 0.625], [0.5, 0.25, 0.375]),
        ([0.41, 0.58, 0.50], [0.43, 0.61, 0.52]),
        ([0.53, 0.48, 0.505], half),
        ([0.53, 0.499, 0.48], half),
        ([0.542, 0.522, 0.502], half),
        ([0.549, 0.529, 0.509], half),
        ([0.553, 0.533, 0.513], half),
        ([0.555, 0.535, 0.515], half),
        ([0.557, 0.537, 0.517], half),
        ([0.566, 0.546, 0.526], half),
        ([0.589, 0.569, 0.549], half),
        ([0.5945, 0.5745, 0.5545], half),
        ([0.52, 0.61, 0.43], [0.50, 0.58, 0.41]),
        ([0.5, 0.75], [0.5, 0.75]),
        ([0.42, 0.52, 0.62], [0.60, 0.40, 0.50]),
        ([0.56, 0.56, 0.56, 0.56, 0.56, 0.56, 0.56, 0.38], [0.5] * 8),
        ([0.11, 0.22, 0.99], [0.1, 0.2, 0.9]),
    ],
    by_t_test,
    verdict_mistakes,
)
### END HIDDEN TESTS
with progress.exercise("verdict"):
    checks.run("verdict", verdict)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("verdict")
    for size in (3, 4, 5, 5, 8, 10):
        level = rng.uniform(0.3, 0.7, size)
        for strength in (0.8, 1.0, 1.3, 2.0, -0.9, -1.5):
            noise = rng.normal(size=size)
            noise = (noise - noise.mean()) / noise.std(ddof=1)
            edge = stats.t.ppf(0.975, size - 1) / np.sqrt(size)
            raised = level + 0.02 * (noise + strength * edge * (1.001 + 0.02 * rng.random()))
            sides = raised.tolist(), level.tolist()
            checks.returns(verdict, sides, by_t_test(*sides), verdict_mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# ### Can you know beforehand?
#
# Before you train anything, you would like to know which teacher will help. Two scores need only the teacher and the
# few labeled images. **LogME** (You et al. 2021) measures how well the features explain the labels. **LEEP** (Nguyen et
# al. 2020) measures how well the teacher's old predictions predict the new labels.
#
# A third score, the proxy **A-distance** (Ben-David et al. 2007), compares the target's images with those that the
# teacher learned from. In unit 05, it told two telescopes apart. It is 0 if a linear classifier cannot separate the two
# sets, and 2 if the classifier makes no error. It needs both sets of images but no labels, and smaller is better.
#
# You can write LEEP yourself. The teacher gives image $x_i$ the probabilities $\theta(x_i)_z$ of its old classes $z$,
# and $y_i$ is the image's new label. First estimate how often an old and a new class occur together:
#
# $$\hat P(y, z) = \frac{1}{n} \sum_{i: \, y_i = y} \theta(x_i)_z$$
#
# This table gives you $\hat P(y \mid z)$, the probability of each new class given the old class. Now sample an old
# class from $\theta(x_i)$, and then a new class from $\hat P(y \mid z)$. The probability that this gives the correct
# label $y_i$ is the *expected empirical prediction*. LEEP is the mean of its logarithm over all images.
#
# ### Exercise 6.2: Score the teacher's predictions
#
# Compute LEEP, the log expected empirical prediction.
#
# | | |
# |---|---|
# | **Signature** | `leep(probabilities, labels)` |
# | **Arguments** | `probabilities`, shape `(n, m)`: for each of $n$ images, the teacher's probabilities of its $m$ old classes; `labels`, shape `(n,)`: the new labels, any integers |
# | **Returns** | a float, with the natural logarithm |
# | **Rules** | Use the probabilities as they are: stored ones may be rounded, so that a row sums to 0.9 or 1.1. An old class whose probability is 0 for every image contributes nothing. `transferability.leep` computes the same score, but raises an error for rounded rows, so write your own. |
# | **Example** | For the probabilities `[[0.8, 0.2], [0.4, 0.6]]` and the labels `[0, 1]`, the result is $\log \frac{7}{12} \approx -0.54$. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# Make a table with one row for each new class and one column for each old class. What must each column sum to, so that
# it holds $\hat P(y \mid z)$? For each image, one row of this table counts.
# </details>


# %% nbgrader={"grade": false, "grade_id": "leep", "locked": false, "schema_version": 3, "solution": true}
def leep(probabilities, labels):
    """LEEP of a teacher's probabilities, shape (n, old classes), for new labels, shape (n,)."""
    ### BEGIN SOLUTION
    probabilities = np.asarray(probabilities, float)
    _, rows = np.unique(labels, return_inverse=True)
    joint = np.zeros((rows.max() + 1, probabilities.shape[1]))
    np.add.at(joint, rows, probabilities)
    total = joint.sum(axis=0)
    given_old = np.divide(joint, total, out=np.zeros_like(joint), where=total > 0)
    return float(np.log((probabilities * given_old[rows]).sum(axis=1)).mean())
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_leep", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
import math

from scipy.special import softmax

from tlcourse.building import visible_cases


def by_sums(probabilities, labels):
    """The reference, by the paper's sums, number by number."""
    rows, labels = np.asarray(probabilities, float).tolist(), np.asarray(labels).tolist()
    images, old = list(zip(rows, labels, strict=True)), range(len(rows[0]))
    shares = [math.fsum(row[z] for row in rows) for z in old]
    pairs = {(y, z): math.fsum(row[z] for row, label in images if label == y) for y in labels for z in old}
    expected = [math.fsum(row[z] * pairs[y, z] / shares[z] for z in old if shares[z]) for row, y in images]
    return math.fsum(map(math.log, expected)) / len(rows)


def columns_to_one(table):
    total = table.sum(axis=0)
    return np.divide(table, total, out=np.zeros_like(table), where=total > 0)


def largest_only(theta):
    return np.eye(theta.shape[1])[theta.argmax(axis=1)]


def by_tables(score):
    """A mistake, from theta, shape (n, m), each image's label as a row of 0 and 1, and the table of pairs."""

    def wrong(probabilities, labels):
        theta = np.asarray(probabilities, float)
        own = (np.unique(labels) == np.asarray(labels)[:, None]).astype(float)
        with np.errstate(all="ignore"):
            value = float(score(theta, own, own.T @ theta))
        nothing_shown = np.isinf(value) or np.isclose(value, by_sums(theta, labels), atol=1e-4)
        return None if nothing_shown else value

    return wrong


def expected(theta, own, table):
    """The expected empirical predictions of all images, with a table in place of P(y | z)."""
    return (theta * (own @ table)).sum(axis=1)


def mean_log(values):
    return np.log(values).mean()


def of_old_classes(probabilities, labels):
    if min(labels) < 0 or max(labels) >= np.shape(probabilities)[1]:
        return None
    return by_tables(lambda theta, *_: mean_log(theta[np.arange(len(labels)), labels]))(probabilities, labels)


def right(theta, own, pairs):
    return expected(theta, own, columns_to_one(pairs))


def in_order_of_appearance(probabilities, labels):
    """The rows of the table belong to the sorted labels, and the images look them up in another order."""
    seen = list(dict.fromkeys(np.asarray(labels).tolist()))
    row = np.array([seen.index(label) for label in np.asarray(labels).tolist()])
    return by_tables(
        lambda theta, own, pairs: mean_log(expected(theta, np.eye(len(seen))[row], columns_to_one(pairs)))
    )(probabilities, labels)


leep_mistakes = {
    "the logarithms are summed over the images, not averaged": by_tables(lambda *t: np.log(right(*t)).sum()),
    "the logarithm is taken of the mean, and not the mean of the logarithms": by_tables(
        lambda *t: np.log(right(*t).mean())
    ),
    "no logarithm is taken": by_tables(lambda *t: right(*t).mean()),
    "the logarithm has base 2": by_tables(lambda *t: np.log2(right(*t)).mean()),
    "the logarithm has base 10": by_tables(lambda *t: np.log10(right(*t)).mean()),
    "the sign is turned, as in a loss": by_tables(lambda *t: -mean_log(right(*t))),
    "each row of the table sums to 1, and not each column: P(z | y) stands in place of P(y | z)": by_tables(
        lambda theta, own, pairs: mean_log(expected(theta, own, columns_to_one(pairs.T).T))
    ),
    "P(y, z) stands in place of P(y | z): it is not divided by the share of the old class": by_tables(
        lambda theta, own, pairs: mean_log(expected(theta, own, pairs / len(theta)))
    ),
    "the sums of the pairs are divided by nothing": by_tables(
        lambda theta, own, pairs: mean_log(expected(theta, own, pairs))
    ),
    "each image counts for its most likely old class only": by_tables(
        lambda theta, own, pairs: mean_log(right(largest_only(theta), own, own.T @ largest_only(theta)))
    ),
    "the table is right, but only the most likely old class of an image enters its prediction": by_tables(
        lambda theta, own, pairs: mean_log(expected(largest_only(theta), own, columns_to_one(pairs)))
    ),
    "the table counts only the most likely old class of each image": by_tables(
        lambda theta, own, pairs: mean_log(expected(theta, own, columns_to_one(own.T @ largest_only(theta))))
    ),
    "the logarithm is taken inside the sum over the old classes": by_tables(
        lambda theta, own, pairs: expected(theta, own, np.log(columns_to_one(pairs))).mean()
    ),
    "new labels are taken for positions of old classes": of_old_classes,
    "the rows of the table are in another order than the labels that look them up": in_order_of_appearance,
    "only the largest term of the sum over the old classes counts": by_tables(
        lambda theta, own, pairs: mean_log((theta * (own @ columns_to_one(pairs))).max(axis=1))
    ),
    "each new class counts alike in the table: it has means over the images of a class, not sums": by_tables(
        lambda theta, own, pairs: mean_log(expected(theta, own, columns_to_one(pairs / own.sum(axis=0)[:, None])))
    ),
    "each new class counts alike in the mean, and not each image": by_tables(
        lambda *t: (t[1].T @ np.log(right(*t)) / t[1].sum(axis=0)).mean()
    ),
    "the pairs are divided by n, and the shares of the old classes are not": by_tables(
        lambda theta, own, pairs: mean_log(expected(theta, own, columns_to_one(pairs) / len(theta)))
    ),
    "a softmax is applied, and the probabilities come from one already": by_tables(
        lambda theta, own, pairs: mean_log(right(softened := softmax(theta, axis=1), own, own.T @ softened))
    ),
    "the rows are divided by their sums first": by_tables(
        lambda theta, own, pairs: mean_log(
            right(rescaled := theta / theta.sum(axis=1, keepdims=True), own, own.T @ rescaled)
        )
    ),
    "the predictions of all new classes count, and not only that of the image's own label": by_tables(
        lambda theta, own, pairs: mean_log(theta @ columns_to_one(pairs).T)
    ),
    "0 is divided by 0 for an old class that never occurs": by_tables(
        lambda theta, own, pairs: mean_log(expected(theta, own, pairs / pairs.sum(axis=0)))
    ),
}
visible_cases.record(
    "leep",
    [
        (np.array([[0.8, 0.2], [0.4, 0.6]]), np.array([0, 1])),
        (np.array([[0.5, 0.5], [1.0, 0.0], [0.25, 0.75]]), np.array([1, 0, 1])),
        (np.array([[0.1, 0.7, 0.2], [0.6, 0.3, 0.1], [0.2, 0.2, 0.6], [0.5, 0.1, 0.4]]), np.array([7, -2, 7, 5])),
        (np.array([[1, 0], [0, 1], [1, 0], [1, 0]]), np.array([1, 0, 0, 1])),
        (np.array([[0.3, 0.0, 0.7], [0.9, 0.0, 0.1], [0.6, 0.0, 0.4]]), np.array([2, 0, 2])),
        (np.array([[0.3, 0.3, 0.3], [0.7, 0.2, 0.2], [0.1, 0.5, 0.4]]), np.array([1, 0, 0])),
    ],
    by_sums,
    leep_mistakes,
    tolerance=1e-5,
)
### END HIDDEN TESTS
with progress.exercise("leep"):
    checks.run("leep", leep)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("leep")
    for _ in range(8):
        n, m, k = int(rng.integers(8, 20)), int(rng.integers(2, 6)), int(rng.integers(2, 5))
        theta, hidden_labels = rng.dirichlet(np.ones(m), n), rng.choice(rng.permutation(30)[:k] - 9, n)
        many = rng.dirichlet(np.full(40, 0.3), n) * (rng.random(40) < 0.8)
        for probabilities in (theta, theta.round(1), theta.astype("float32"), many.clip(1e-9)):
            arguments = probabilities, hidden_labels
            checks.returns(leep, arguments, by_sums(*arguments), leep_mistakes, tolerance=1e-5)
    ### END HIDDEN TESTS

# %% [markdown]
# The next cells compute LogME and, with your function, LEEP for fifty digits. Then they print the recorded scores.
#
# **Before you run the cells:** which teacher will each score prefer for digits?

# %%
few, remaining = digits.split(0, 5)
others = remaining.take(np.random.default_rng(0).permutation(len(remaining))[:500])
for name, teacher in (("faces", teachers.load("faces_vgg16")), ("galaxies", network)):
    learned, tested = (scenario_network.vectors(teacher, part) for part in (few, others))
    head = scenario_network.linear(learned, few.labels)
    probabilities = np.asarray(keras.ops.softmax(teacher.predict(few.images, verbose=0)))
    recorded = matrix["digits"][name]
    print(name)
    print("  LogME", with_expected_range(transferability.log_me(learned, few.labels), recorded["log_me"], "+.2f"))
    print("  LEEP ", with_expected_range(leep(probabilities, few.labels), recorded["leep"], "+.2f"))
    print("  accuracy of a trained head", with_expected_range(head.score(tested, others.labels), recorded["accuracy"]))

# %% tags=["nbval-check-output"]
for key, name in targets.items():
    for source in sources:
        table = matrix[key][source]
        print(
            f"{name:<18} {source + ' teacher':<17} LogME {table['log_me']['mean']:+.2f}  LEEP {table['leep']['mean']:+.2f}  "
            f"A-distance {table['a_distance']['mean']:.2f}  accuracy {table['accuracy']['mean']:.1%}"
        )

# %% [markdown]
# What would you have gained by following each score? The last column shows the accuracy of the best teacher for each
# seed, chosen on the test set, so no score can do better.

# %% tags=["nbval-check-output"]
for score, name in (("log_me", "LogME"), ("leep", "LEEP"), ("a_distance", "A-distance")):
    for key, target in targets.items():
        chosen, best = matrix[key]["chosen"][score], matrix[key]["best"]
        print(f"by {name:<11} for {target:<18}{shown(chosen)}, best of each seed {best['mean']:.1%}")
chosen = matrix["digits"]["chosen"]["log_me"]
print("digits: the choice by LogME minus faces:     ", gain(chosen, matrix["digits"]["faces"]["accuracy"]))
print("digits: the choice by LogME minus no teacher:", gain(chosen, matrix["digits"]["none"]["scratch"]))

# %% [markdown]
# For digits, LogME ranks the faces teacher last. So it warns you against the worst choice before you train a head.
# Choosing by the score also **avoids** the damage that the faces teacher would do. For digits, LogME chooses another
# teacher, which is 35.0 percentage points better than the faces teacher. For every target but digits, it chooses the
# best teacher for each seed. For digits it reaches 86.2%, where 87.4% was possible.
#
# But LogME *ranks* teachers; it does not say whether a teacher is worse than none. For digits, we could not detect a
# difference between its choice and no teacher at all. The sign of the score does not help. For Greek letters, the faces
# teacher has a positive score, although it is 8.6 percentage points behind the network from scratch. Nor can you trust
# the lower ranks: for kinds of galaxies, the letters teacher scores just below the faces teacher, but it falls less far
# behind the network from scratch.
#
# The other two scores did not do as well. LEEP prefers the faces teacher for digits and for Greek letters. For the
# Greek letters, its choice reaches 35.8%, where 62.6% was possible. For kinds of galaxies, it ranks the faces teacher
# far above the letters teacher, although the faces teacher falls further behind the network from scratch.
#
# One reason may be that LEEP is optimistic. It estimates how old predictions relate to new labels, and scores this
# estimate on the same few images. A teacher with 2,622 old classes can fit these images more easily than one with 26 or
# four.
#
# The A-distance finds that all but the nearest pairs are about equally far apart, near its maximum of 2. For digits it
# picks the faces teacher, the worst of the three, in four of five seeds, though only by a tiny margin.
#
# Is similarity a good guide, then (C14)? We stated the question in advance, and tested it on ten new samples: is the
# teacher that is most similar, according to the A-distance, better than one picked at random from the three?

# %% tags=["nbval-check-output"]
choice = results("teacher_choice")
for key, target in targets.items():
    similar, by_chance = choice[key]["chosen"], choice[key]["by_chance"]
    print(
        f"{target:<18}most similar minus by chance: {gain(similar, by_chance)}, no teacher {shown(choice[key]['scratch'])}"
    )
over_targets = np.mean([[choice[key][way]["values"] for way in ("chosen", "by_chance")] for key in targets], axis=0)
print(f"mean of the four targets: {gain(*({'values': values} for values in over_targets))}")

# %% [markdown]
# On average it is, by 16.5 percentage points. Three targets have a teacher that is clearly similar, because one program
# draws the images of both. Without the new faces, the mean gain is smaller than the margin that we had set. But digits,
# the only real target, have no such teacher. There the most similar teacher is 23.6 percentage points worse than one
# picked at random, and even further behind training without a teacher.
#
# **A score can rank teachers before training; only a baseline from scratch shows whether any of them is worth using.**
#
# ## From simulation to reality
#
# A cheap way to get a teacher is to train it on images that a program draws. The program can draw as many digits as you
# like, with free labels. How similar to reality must the simulation be, if a network learns only from fonts and must
# then read real handwriting (C35)?

# %%
styles = {"printed": glyphs.PRINTED, "bent": glyphs.HANDWRITTEN, "bent and scanned": glyphs.SCANNED}
drawn_digits = {name: glyphs.glyphs(glyphs.DIGITS, 10, 0, style) for name, style in styles.items()}
one_each = digits.split(0, 1)[0]
rows = [*(part.images[::10] for part in drawn_digits.values()), one_each.images[np.argsort(one_each.labels)]]
plots.image_grid(np.concatenate(rows), columns=10).set_title("printed; bent; bent and scanned; real")
plt.show()

# %%
_, real_digits = digits.split(0, 10)
real_pixels = real_digits.images[..., 0].reshape(-1, 8, 6, 8, 6).mean(axis=(2, 4)).reshape(-1, 64)
for name, part in drawn_digits.items():
    flat = part.images[..., 0].reshape(-1, 8, 6, 8, 6).mean(axis=(2, 4)).reshape(-1, 64)
    linear = scenario_network.linear(flat, part.labels)
    print(
        f"logistic regression from {name:<17} digits: {linear.score(real_pixels, real_digits.labels):.1%} on real ones"
    )

# %% tags=["nbval-check-output"]
simulation = results("simulation")
for key, name in (("printed", "printed"), ("handwritten", "bent"), ("scanned", "bent and scanned")):
    print(f"{name:<18} simulated {shown(simulation['simulated'][key])}, real {shown(simulation['real'][key])}")
for key, name in (("batch_norm", "scanned, batch norms adapted"), ("real_labels", "scanned, new head from 100 real digits"), ("real_only", "100 real digits, no simulation")):  # fmt: skip
    print(f"{name:<40}{shown(simulation[key])}")
print("batch norms minus no adaptation:    ", gain(simulation["batch_norm"], simulation["real"]["scanned"]))
print("simulation and labels minus labels: ", gain(simulation["real_labels"], simulation["real_only"]))

# %% [markdown]
# A test on simulated data does not tell you how well the network does in reality. On printed digits the accuracy is
# 99.7%, and on real ones it is 25.2%. Bending the strokes alone has no detectable effect. Imitating the *scanner* as
# well, which cuts out a digit and counts ink in 8×8 cells, raises the accuracy on real digits to 61.9%. We did not try
# scanning without bending.
#
# Adapting the batch norms, the repair that helped with the telescopes of unit 05, yields no gain that we could detect
# with five seeds. With ten seeds, unit 05 measured a small gain. With features learned from simulated images and a head
# trained on a hundred real labels, the accuracy is 93.6%. This is 4.7 percentage points more than logistic regression
# on the pixels of the same hundred images. But that baseline is weak. The small network of unit 02, which learned from
# these hundred labels with augmentation, does better. So we have not shown that simulation pays off (C35).
#
# **Here, a simulation that also imitated the sensor prepared a network better; test yours on real data, against the
# best baseline that does not use the simulation.**
#
# ## A bias comes along
#
# In the source, elliptical galaxies are reddish, and spirals have blue arms. This is also true of the real sky, but
# with exceptions. Has the network learned shapes or colors? Swap red and blue to find out (C12).
#
# **Before you run the cells:** will the network lose accuracy, and if so, how much?

# %%
some = [place for start in range(0, 300, 75) for place in (start, start + 1)]
exchanged = sharp.images[..., ::-1]
plots.image_grid(np.concatenate([sharp.images[some], exchanged[some]]), columns=8).set_title(
    "the same galaxies, with red and blue exchanged (bottom)"
)
plt.show()

# %%
answered = network.predict(exchanged, batch_size=256, verbose=0).argmax(axis=1)
print(f"usual colors {with_expected_range(accuracy(network, sharp), biased['usual'])}")
print(f"exchanged    {with_expected_range((answered == sharp.labels).mean(), biased['exchanged'])}")

# %% [markdown]
# The shapes are the same, pixel by pixel. The recorded results also include a *neutral* teacher, which learned from the
# same galaxies, but with the three color channels of each image shuffled. Each teacher has a student: a new head,
# trained on ten images per class, about half of them with swapped colors (`exchanged` in the output). So the student's
# own data are not biased.

# %% tags=["nbval-check-output"]
bias = results("dataset_bias")
colors = "exchanged", "usual"
for key in ("biased", "neutral"):
    for who in ("teacher", "student"):
        table = bias[key][who]
        print(f"{key:<8} {who:<8} usual {shown(table['usual'])}, exchanged {shown(table['exchanged'])}")
for key in ("biased", "neutral"):
    print(
        f"student of the {key} teacher, exchanged minus usual: {gain(*(bias[key]['student'][name] for name in colors))}"
    )
for name in colors:
    print(
        f"{name}: the neutral teacher's student minus the biased one's: {gain(bias['neutral']['student'][name], bias['biased']['student'][name])}"
    )
print(
    "usual: the neutral teacher minus the biased one:",
    gain(bias["neutral"]["teacher"]["usual"], bias["biased"]["teacher"]["usual"]),
)

# %% [markdown]
# The biased teacher falls from 95.2% to 30.1%, hardly above chance. Its student has seen both kinds of colors, and
# still loses 10.9 percentage points on images with swapped colors. With the neutral teacher, we could not detect a
# loss.
#
# The accuracy on images with their usual colors does not reveal this: on these images, we could not detect a difference
# between the two students. The bias sits in the teacher's features, and the student's ten balanced images of each class
# did not remove it. To find it, test on images in which the suspected attribute is swapped.
#
# The neutral teacher comes at a price. Because it cannot rely on colors, it is 7.9 percentage points worse on galaxies
# with their usual colors. We stated the comparison of the two students in advance and repeated it with ten new samples.
# With swapped colors, the student of the biased teacher was less accurate again, so the claim is supported within its
# scope (C12).
#
# **Accuracy on ordinary images can hide a bias; test on images in which the suspected attribute is swapped.**
#
# ### Written answer: Which teacher would you choose?
#
# A museum wants to sort photos of beetles into twelve species. It has ten labeled photos of each. Three teachers are
# available. One has learned from everyday photos, one from faces, and one from a program's drawings of these beetles.
# In the drawings, each species sits on its own kind of leaf. Answer in about ten sentences, with numbers from this
# unit. (3 points)
#
# - (a) Which baselines would you train, which score would you compute, and what can the score not tell you? (1 point)
# - (b) How would you decide whether the chosen teacher helps, and what would you still not know? (1 point)
# - (c) What could go wrong with the drawings, and how would you test for it? (1 point)

# %% [markdown] nbgrader={"grade": true, "grade_id": "why_teacher", "locked": false, "points": 3, "schema_version": 3, "solution": true}
# (a) I would train a small network from scratch, with augmentation, and a linear classifier on pixels. Without these
# baselines, I would not notice a teacher that is worse than none. For digits, the faces teacher was 35.8 percentage
# points behind the network from scratch. Then I would compute LogME for each teacher from the labeled photos, since for
# digits it ranked the faces teacher last, and its choice was 35.0 percentage points better. LogME does not say whether
# the best teacher is better than none. For digits, we could not detect a difference. I would not follow LEEP: for Greek
# letters, its choice reached 35.8%, where 62.6% was possible.
#
# (b) I would train each teacher and each baseline with the same five or more splits and seeds, and compute the 95%
# interval of the paired difference. If the interval lies above 0, the teacher helps. With several teachers and
# baselines, one interval can exclude 0 by chance, so I would trust only a large gap. If the frozen features lose, I do
# not yet know whether the teacher's weights hurt. To find out, I would fine-tune one network twice, once from the
# teacher's weights and once from initial weights.
#
# (c) A test on drawings says little about photos: networks reached 99.7% on printed digits and 25.2% on real ones.
# Imitating the scanner, too, raised this to 61.9%. So I would test on the museum's photos, and compare with a network
# that never saw a drawing. The drawings have a bias, because the leaf reveals the species. The biased teacher in this
# unit fell from 95.2% to 30.1%, and its student still lost 10.9 percentage points, although its own data were not
# biased. The usual accuracy does not reveal this. I would draw beetles on the leaves of other species, and test on
# these drawings.
#
# === BEGIN MARK SCHEME ===
# 1 point: a baseline without a teacher, a score that is computed before training, and its limit (it ranks teachers, but
# does not compare them with none), with a number.
#
# 1 point: paired differences over the same seeds with an interval, and one limit (several comparisons; frozen features
# that lose are not yet negative transfer).
#
# 1 point: the gap between drawings and photos, tested on photos, and the leaf as a bias, tested with swapped leaves;
# with a number.
# === END MARK SCHEME ===

# %% [markdown]
# ## Figures that disagree
#
# The lectures describe teachers and gains with numbers that contradict one another (C54). According to one document,
# ImageNet has more than 14 million images; according to another, it has 1.4 or 1.2 million. And the rise from 1% to
# 93.47% is called an "accuracy gain" of 92.47%. If you compare teachers by such numbers, you compare different things.
# The counts below come from Russakovsky et al. 2015, *ImageNet Large Scale Visual Recognition Challenge*.
#
# **Before you run the cell:** how can all three image counts be correct?

# %% tags=["nbval-check-output"]
whole_imagenet, train, validation, test = 14_197_122, 1_281_167, 50_000, 100_000  # the last three: of 2012
print(f"ImageNet, all 21,841 categories:        {whole_imagenet:>10,} images")
print(f"challenge of 2012, three parts together:{train + validation + test:>10,}")
print(f"challenge of 2012, training images:     {train:>10,}")
without, with_teacher = 0.01, 0.9347
print(f"from 1% to 93.47%: {100 * (with_teacher - without):.2f} percentage points, "
      f"or {100 * (with_teacher / without - 1):,.0f}% more correct predictions")  # fmt: skip

# %% [markdown]
# All of them are correct, but they count different things (C54). The whole collection has 14 million images. The
# thousand classes from which the usual teachers learned have 1.4 million images, 1.28 million of them for training. The
# document that says 1.2 million probably means the training images. The gain is 92.47 *percentage points*; in percent,
# it would be 9,247%.
#
# The documents also disagree about how much to fine-tune: the whole network, or some later layers. Neither is a rule.
# In [unit 03](../03_fine_tuning/03_fine_tuning.ipynb), the gain from fine-tuning more layers differed between tasks
# (C22).
#
# **When you read about a teacher, ask which images were counted, and whether a gain is in percentage points or in
# percent.**

# %% [markdown]
# ## With real photos
#
# Which teacher should sort photos of cats and dogs: MobileNetV2, which has learned from a million photos of a thousand
# classes, or the faces teacher? First compute LogME from thirty photos of each class. Then train a head on each
# teacher's features and compare. The baseline is a linear classifier on pixels. Photos and weights come from the
# internet or from a mirror server at your school; if neither is available, the cell prints a message.
#
# **Before you run the cells:** will the score show a difference?

# %%
from tlcourse import features
from tlcourse.datasets import photos

vectors = {}
try:
    parts = photos.cats_dogs()
    mobile = teachers.load("MobileNetV2", head=False, input_size=96)
except (photos.PhotosUnavailable, teachers.TeacherUnavailable):
    print("No photos, or no weights of MobileNetV2: connect to a network, or set TLCOURSE_MIRROR.")
else:
    few_photos, other_photos = (parts[name].per_class(count, seed=0) for name, count in (("train", 30), ("test", 60)))
    faces_teacher = teachers.load("faces_vgg16")
    for part in (few_photos, other_photos):
        large, tiny = (
            np.asarray(keras.ops.image.resize(part.images.astype("float32"), (size, size), antialias=True)).clip(0, 255)
            for size in (96, 48)
        )
        for name, seen in (
            ("MobileNetV2", mobile.predict(teachers.preprocess("MobileNetV2", large), verbose=0)),
            ("faces teacher", features.extract(faces_teacher, tiny.astype("uint8"), cache=False)),
            ("pixels", tiny.reshape(len(tiny), -1)),
        ):
            vectors.setdefault(name, []).append(seen)

# %%
for name, (train_vectors, test_vectors) in vectors.items():
    head = scenario_network.linear(train_vectors, few_photos.labels)
    score = transferability.log_me(train_vectors, few_photos.labels)
    print(f"{name:<14}LogME {score:+.2f}, accuracy {head.score(test_vectors, other_photos.labels):.1%}")

# %% [markdown]
# In the stored run, LogME ranks MobileNetV2 first, and its head is far more accurate than the others. The features of
# the faces teacher do no better than pixels, although cats and dogs have faces, too. One run with 120 test photos is a
# hint, not a measurement.
#
# **On real photos, too, a score takes only seconds, and the baseline shows what the chosen teacher is worth.**

# %% [markdown]
# ## Summary
#
# 1. **The transfer matrix** (C11). A very similar domain helped in three pairs. An interval of paired differences
#    decides, and among many intervals one can exclude 0 by chance.
# 2. **Negative transfer** (C11). Frozen features of an unrelated teacher were far less accurate than a small network
#    from scratch. When we trained all layers of the same network, with and without the teacher's weights, the loss on
#    digits was far smaller, and the verdict on the claim is inconclusive.
# 3. **Scores** rank teachers before any training. For digits, LogME ranked the faces teacher last; LEEP and the
#    A-distance ranked it first. No score says whether the best teacher is better than none.
# 4. **Simulation** (C35). A test on simulated images does not show how well a network does in reality. Imitating the
#    sensor helped. We have not shown that simulation pays off.
# 5. **Bias** (C12). A bias came along with the teacher, and accuracy on ordinary images did not show it; the claim is
#    supported within its scope. Swap the attribute, and test.
#
# So far a teacher has passed on its weights or its features. It can also teach with its predictions: the next unit is
# about distillation.

# %%
progress
