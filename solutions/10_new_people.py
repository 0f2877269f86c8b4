# %% [markdown]
# # Unit 10: New people, few examples
#
# A voice dialer understands the ten digits when any of five people says them. Now a sixth person buys the phone and
# gives you one clip of each digit: ten seconds of speech, pauses included. What can you reuse?
#
# Five clips of a voice, one portrait of a person, a sentence about somebody nobody has seen, images without any labels:
# this unit is about what to do when labels almost run out. The lectures call these directions few-shot, zero-shot,
# cross-modal and self-supervised learning (C48).
#
# By the end of this unit you can
#
# 1. adapt a speech network to a new speaker, and count speakers instead of clips when you report it;
# 2. recognize people from one to five images with prototypes, and say when they are not enough;
# 3. connect images and sentences with a contrastive loss, and measure recall in both directions;
# 4. learn features without labels, and compare them honestly with a supervised teacher;
# 5. shrink the means of small groups, an idea that is older than deep learning.
#
# **Time:** about 110 minutes. Six exercises and one written answer, 23 points. All cells together run in about a minute
# on two processor cores. Programs generate the voices and portraits in the cells, so none of these people are real. The
# recorded results also use real speech and real handwriting.

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
from IPython.display import Audio, display
from sklearn.feature_extraction.text import CountVectorizer

from tlcourse import checks, networks, plots, teachers, widgets
from tlcourse.data import results
from tlcourse.datasets import descriptions, faces, galaxies, speech
from tlcourse.linear_probe import linear_classifier
from tlcourse.stats import paired_difference

keras.utils.set_random_seed(0)
plots.style()
progress = checks.Progress(
    {
        "by_speaker": "Exercise 10.1 by_speaker",
        "prototypes": "Exercise 10.2 prototypes",
        "recall_at": "Exercise 10.3 recall_at",
        "contrastive_loss": "Exercise 10.4 contrastive_loss",
        "rotation_task": "Exercise 10.5 rotation_task",
        "shrunken_means": "Exercise 10.6 shrunken_means",
    }
)


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
# ## A voice is not an accent
#
# The course's synthesizer produces speech the way the body does. The vocal folds produce pulses, and friction produces
# noise. The throat and the mouth form a filter whose resonances shift from sound to sound. A **voice** is a pitch, a
# throat, a pace and a microphone. An **accent** is a choice of sounds: where a vowel lies, and whether *three* begins
# with *th*, *t* or *s*. In real recordings the two come together. Here you can change either one alone.

# %%
for voice, accent in ((2, 0), (7, 0), (7, 3)):
    print(f"three, voice {voice}, accent {accent}")
    display(Audio(speech.wave(3, voice, accent), rate=speech.RATE))

# %% [markdown]
# A network does not see the waveform. It sees a **log-mel image**: the power in each of 40 frequency bands, in each
# frame of 16 ms. Low frequencies are at the bottom.

# %%
pairs = ((2, 0), (7, 0), (7, 3))
clips = speech.generate(pairs, 1, seed=5)
figure, axes = plt.subplots(3, 4, figsize=(8, 4.6), layout="constrained", sharex=True, sharey=True)
for row, (voice, accent) in enumerate(pairs):
    for ax, digit in zip(axes[row], (0, 3, 6, 9), strict=True):
        ax.imshow(clips.images[10 * row + digit, ..., 0], origin="lower", aspect="auto", vmin=0, vmax=255)
        ax.set(xticks=[], yticks=[], title=f"“{digit}”" if row == 0 else "")
    axes[row, 0].set_ylabel(f"voice {voice}\naccent {accent}")
figure.suptitle("The upper two rows share an accent, the lower two share a voice")
plt.show()

# %% [markdown]
# Five known speakers, each with their own voice and accent, say each digit twenty times. A small convolutional network
# learns from these clips. Then it is tested on new clips of four kinds.
#
# **Before you run the cell:** order the four kinds by accuracy. Does a new voice cost more than a new accent?

# %%
known_speakers = [(number, number) for number in range(1, 6)]
kinds = {
    "known speakers": known_speakers,
    "a new voice": [(30, number) for number in range(1, 6)],
    "a new accent": [(number, 30) for number in range(1, 6)],
    "a new speaker": [(30, 30)],
}
train = speech.generate(known_speakers, 20, seed=1)
network = networks.speech_cnn()
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
network.compile(keras.optimizers.Adam(2e-3), loss)
network.fit(train.images, train.digits, batch_size=64, epochs=14, verbose=0)


def is_correct(model, clips):
    """For each clip, whether the digit with the highest score is the one that was said."""
    return model.predict(clips.images, verbose=0).argmax(axis=1) == clips.digits


for kind, people in kinds.items():
    test = speech.generate(people, 10 // len(people), seed=2)
    print(f"{kind:<15}{is_correct(network, test).mean():.0%} of {len(test)} clips")

# %% [markdown]
# One network and one stranger tell you little. The next cell prints the recorded results of six such experiments: six
# strangers, one for each seed, each with a different set of five known speakers. Its last rows describe real speech by
# six people (FSDD), each of whom was left out once. There nobody can separate voice and accent: everybody has one of
# each. We read the real clips from a local mirror, and know of no public address for them in this form. So this unit
# shows only their results.

# %% tags=["nbval-check-output"]
record, real = results("new_speaker"), results("new_speaker_real")
for kind, label in (("known", "known speakers"), ("new_voice", "a new voice"), ("new_accent", "a new accent"), ("new_speaker", "a new speaker")):  # fmt: skip
    print(f"{label:<22}{shown(record['cost'][kind])}")
for kind, label in (("new_voice", "a new voice"), ("new_accent", "a new accent"), ("new_speaker", "a new speaker")):
    print(f"{label} minus known speakers: {gain(record['cost'][kind], record['cost']['known'])}")
print(f"a new accent minus a new voice: {gain(record['cost']['new_accent'], record['cost']['new_voice'])}")
print(f"real, known speakers  {shown(real['cost']['known'])}")
print(f"real, a new speaker   {shown(real['cost']['new_speaker'])}")
print(f"real, a new speaker minus known speakers: {gain(real['cost']['new_speaker'], real['cost']['known'])}")

# %% [markdown]
# The network understands 99.2% of the new clips from its own speakers. A new voice costs 13.7 percentage points (1.7 to
# 25.7), a new accent 8.0 (2.2 to 13.8), and a stranger, who has both, 15.2 (8.0 to 22.3). We could not detect that
# either of the two costs more. On average, the new voice does, but the interval of the difference is wide: 5.7
# percentage points (-7.7 to 19.1). These numbers hold for our synthesizer, whose voices and accents could be further
# apart or closer together.
#
# With real speech, networks that understand 97.9% of new clips from their own speakers lose 23.8 percentage points
# (13.7 to 33.9) on the person who was left out.
#
# **A network that is nearly perfect on its own speakers can lose a large part of its accuracy on the next one.**
#
# ### The speaker is the unit
#
# A stranger's test can contain hundreds of clips, but only one speaker. More clips from this speaker make the estimate
# of *this* speaker's accuracy more precise. They say nothing about the next person. So an interval for new people must
# count people.

# %% [markdown]
# ### Exercise 10.1: Count speakers
#
# Compute the accuracy for new speakers, and its standard error.
#
# | | |
# |---|---|
# | **Signature** | `by_speaker(correct, speakers)` |
# | **Arguments** | `correct`: array of `n` booleans, or of zeros and ones; `speakers`: array of `n` integers, the speaker of each clip, in any order |
# | **Returns** | `(mean, standard_error)`: two floats |
# | **Rules** | Compute the accuracy of each speaker first. Every speaker then counts the same, however many clips there are. The standard error is $s / \sqrt{k}$ for $k$ speakers, where $s$ is the standard deviation of their accuracies with $k - 1$ in the denominator. There are two speakers or more. |
# | **Example** | For `correct=[1, 1, 1, 0]` and `speakers=[7, 7, 7, 4]`, the accuracies are 1 and 0. The result is `(0.5, 0.5)`. |
# | **Points** | 3 points |


# %% nbgrader={"grade": false, "grade_id": "by_speaker", "locked": false, "schema_version": 3, "solution": true}
def by_speaker(correct, speakers):
    """Mean accuracy of the speakers, and its standard error: (mean, standard_error), two floats.

    Parameters
    ----------
    correct : array of n booleans, or of zeros and ones
    speakers : array of n integers
        The speaker of each clip, in any order; numbers may be missing.
    """
    ### BEGIN SOLUTION
    accuracies = [np.mean(np.asarray(correct)[speakers == speaker]) for speaker in np.unique(speakers)]
    return float(np.mean(accuracies)), float(np.std(accuracies, ddof=1) / np.sqrt(len(accuracies)))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_by_speaker", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
import statistics

from tlcourse.building import visible_cases


def accuracies_of(correct, speakers):
    clips = {}
    for hit, speaker in zip(np.asarray(correct).tolist(), np.asarray(speakers).tolist(), strict=True):
        clips.setdefault(speaker, []).append(int(hit))
    return [sum(hits) / len(hits) for hits in clips.values()]


def speakers_result(center, spread):
    return lambda correct, speakers: (center(correct, speakers), spread(correct, speakers))


def mean_of_speakers(correct, speakers):
    return statistics.fmean(accuracies_of(correct, speakers))


def error_of_speakers(correct, speakers):
    accuracies = accuracies_of(correct, speakers)
    return statistics.stdev(accuracies) / len(accuracies) ** 0.5


def of_clips(correct, speakers):
    return float(np.mean(np.asarray(correct, float)))


by_hand = speakers_result(mean_of_speakers, error_of_speakers)
speaker_mistakes = {
    "every clip counts the same in the mean, and not every speaker": speakers_result(of_clips, error_of_speakers),
    "clips are counted, and not speakers": speakers_result(
        of_clips, lambda correct, speakers: float(np.std(np.asarray(correct, float), ddof=1) / np.sqrt(len(correct)))
    ),
    "the standard deviation is divided by the root of the number of clips": speakers_result(
        mean_of_speakers, lambda c, s: statistics.stdev(accuracies_of(c, s)) / len(c) ** 0.5
    ),
    "k stands in the denominator of the standard deviation, and not k - 1": speakers_result(
        mean_of_speakers, lambda c, s: statistics.pstdev(accuracies_of(c, s)) / len(accuracies_of(c, s)) ** 0.5
    ),
    "the standard deviation is not divided by the root of k": speakers_result(
        mean_of_speakers, lambda c, s: statistics.stdev(accuracies_of(c, s))
    ),
    "the variance is divided by k, without a root": speakers_result(
        mean_of_speakers, lambda c, s: statistics.variance(accuracies_of(c, s)) / len(accuracies_of(c, s))
    ),
    "the standard deviation is divided by k, and not by its root": speakers_result(
        mean_of_speakers, lambda c, s: statistics.stdev(accuracies_of(c, s)) / len(accuracies_of(c, s))
    ),
    "speakers with the same accuracy count once": lambda c, s: (
        (statistics.fmean(different), statistics.stdev(different) / len(different) ** 0.5)
        if len(different := set(accuracies_of(c, s))) > 1
        else None
    ),
    "the accuracies are cut to 0 or 1 by a whole-number division": lambda c, s: (
        statistics.fmean(map(int, accuracies_of(c, s))),
        statistics.stdev(map(int, accuracies_of(c, s))) / len(accuracies_of(c, s)) ** 0.5,
    ),
    "mean and standard error are exchanged": speakers_result(error_of_speakers, mean_of_speakers),
    "the median of the speakers is taken": speakers_result(
        lambda c, s: statistics.median(accuracies_of(c, s)), error_of_speakers
    ),
    "clips in a row are taken for a speaker, who can come again later": lambda c, s: by_hand(
        c, np.cumsum(np.diff(s, prepend=s[0]) != 0)
    ),
    "numbers without a clip count as speakers with an accuracy of 0": lambda c, s: by_hand(
        np.append(c, np.zeros(s.max() + 1 - len(set(s.tolist())))),
        np.append(s, np.setdiff1d(np.arange(s.max() + 1), s)),
    ),
    "the half width of a 95 % interval comes out, and not the standard error": speakers_result(
        mean_of_speakers, lambda c, s: 1.96 * error_of_speakers(c, s)
    ),
}
visible_cases.record(
    "by_speaker",
    [
        (np.array([1, 1, 1, 0]), np.array([7, 7, 7, 4])),
        (np.array([True, False, True, True, False, True, True]), np.array([3, 0, 3, 9, 9, 0, 0])),
        (np.array([1, 0, 1, 1, 1, 0, 0, 1, 1]), np.array([0, 0, 0, 0, 1, 2, 2, 2, 2])),
        (np.array([1, 0, 1, 1, 0, 1]), np.array([5, 5, 8, 6, 6, 8])),
    ],
    by_hand,
    speaker_mistakes,
)
### END HIDDEN TESTS
with progress.exercise("by_speaker"):
    checks.run("by_speaker", by_speaker)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("by_speaker")
    for _ in range(10):
        numbers = rng.choice(100, int(rng.integers(3, 7)), replace=False)
        who = rng.permutation(np.concatenate([numbers, rng.choice(numbers, 30)]))
        hits = rng.random(len(who)) < 0.3 + 0.6 * (who % 2)
        checks.returns(by_speaker, (hits, who), by_hand(hits, who), speaker_mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# Ten strangers say each digit once. Compare the two standard errors.

# %%
new_people = speech.generate([(40 + number, 40 + number) for number in range(10)], 1, seed=4)
correct = is_correct(network, new_people)
mean, error = by_speaker(correct, new_people.speakers)
print("mean ± one standard error:")
print(f"counting speakers {mean:.1%} ± {error:.1%}, counting clips {correct.mean():.1%} ± {correct.std() / 10:.1%}")

# %% [markdown]
# ## Ten seconds of a new speaker
#
# Take the stranger whom the network understands worst. One clip of each digit is all you have. You can train a new
# network on the ten clips, or continue to train all weights learned from the known speakers. (The recorded results show
# another way: training only the head.) Ten clips are few, so each is used many times, shifted a little in time and
# pitch, and made a little louder or softer.


# %%
def augmented(clips, count, rng):
    """`count` clips at random, each shifted by up to 3 frames and 2 bands, and louder or softer."""
    places = rng.integers(len(clips), size=count)
    shifts = rng.integers((-2, -3), (3, 4), size=(count, 2))
    images = np.stack(
        [np.roll(clips.images[place], shift, (0, 1)) for place, shift in zip(places, shifts, strict=True)]
    )
    images = np.where(images > 2, images + rng.uniform(-25, 25, (count, 1, 1, 1)), images)  # 2 is silence
    return np.clip(images, 2, 255).astype(np.uint8), clips.digits[places]


def adapt(start, clips, rate):
    """A copy of the network `start`, trained for 60 steps on augmented clips."""
    model = keras.models.clone_model(start)
    model.set_weights(start.get_weights())
    model.compile(keras.optimizers.Adam(rate), loss)
    model.fit(*augmented(clips, 60 * 32, np.random.default_rng(0)), batch_size=32, shuffle=False, verbose=0)
    return model


# %% [markdown]
# **Before you run the cell:** guess both accuracies.

# %%
worst = 40 + int(np.argmin(correct.reshape(10, 10).mean(axis=1)))  # ten clips of each of ten strangers
stranger = speech.generate([(worst, worst)], 11, seed=6)
ten_clips, test = stranger.split(0, clips_each=1, seed=0)
print(f"before            {is_correct(network, test).mean():.0%} of {len(test)} other clips of voice {worst}")
for label, start, rate in (("fine-tuned", network, 1e-3), ("from scratch", networks.speech_cnn(), 1e-3)):
    print(f"{label:<18}{is_correct(adapt(start, ten_clips, rate), test).mean():.0%}")

# %% [markdown]
# Both networks had the same ten clips and the same number of steps. Only their starting points differ. This stranger is
# the worst of ten, judged by ten clips; on new clips, even the unchanged network can do better by chance alone.
#
# The recorded experiments have six synthetic and six real strangers, more clips, the same 60 steps, and three more
# methods. *Head only* keeps the known speakers' features and continues to train the head. The control is a random
# network that stays frozen under a new head. Logistic regression works on the log-mel images themselves.

# %%
curves = {
    "fine-tuned": "fine_tuned",
    "head only": "head_only",
    "from scratch": "from_scratch",
    "random network, new head": "random_frozen",
    "logistic regression": "log_mel",
}
figure, axes = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained", sharey=True)
for ax, entry, title in zip(axes, (record, real), ("synthetic speakers", "real speakers"), strict=True):
    adapted = {label: [entry["adapted"][arm][count] for count in ("1", "5", "10")] for label, arm in curves.items()}
    plots.accuracy_curves((1, 5, 10), adapted, references={"no adaptation": entry["adapted"]["none"]["mean"]}, ax=ax)
    ax.set(xlabel="clips of each digit", title=title)
axes[1].set_ylabel("")
figure.suptitle("With one clip of each digit, the known speakers help most")
plt.show()

# %% tags=["nbval-check-output"]
for source, entry in (("synthetic", record), ("real", real)):
    arms = entry["adapted"]
    print(f"{source} speakers, no adaptation: {shown(arms['none'])}")
    for count in ("1", "5", "10"):
        for label, arm in curves.items():
            print(f"{count:>2} of each digit, {label:<25}{shown(arms[arm][count])}")
    for count in ("1", "10"):
        for label, arm in list(curves.items())[1:]:
            print(f"{count} of each: fine-tuned minus {label} {gain(arms['fine_tuned'][count], arms[arm][count])}")

# %% [markdown]
# With one clip of each digit, fine-tuning is 10.7 percentage points (3.3 to 18.0) ahead of a network trained from
# scratch for synthetic speakers. For real speakers, it is 36.3 percentage points (20.8 to 51.8) ahead, and understands
# 88.8% of the clips, compared with 74.4% before. On real speech, we could not detect a difference between fine-tuning
# all weights and training only the head. The intervals count six strangers, one for each seed.
#
# With ten clips of each digit, logistic regression has caught up on synthetic speech: we could not detect a difference
# from fine-tuning. On real speech, it is still 3.0 percentage points (0.3 to 5.8) behind. The network trained from
# scratch stays behind fine-tuning on both: by 7.3 percentage points (3.4 to 11.3) on synthetic speech, and by 16.8 (3.4
# to 30.2) on real speech. Going from five clips to ten does not always help it, because it has the same 60 steps; with
# more steps, it might come closer.
#
# > **Try it.** Adapt to voice 40 with accent 1, and then to voice 1 with accent 40. Which of the two needs fewer clips?
#
# **With a few seconds of a new speaker, start from the known speakers' network; with minutes, check whether you still
# need it.**
#
# ## One image of a person
#
# A door camera must recognize 65 employees. Each of them gives you one, two or five images. The course's teacher has
# never seen any of them. Its features need no further training: describe each person by a **prototype**, the mean of
# the features of their images. For a new image, the prototype at the smallest Euclidean distance wins (Snell, Swersky
# and Zemel 2017).

# %% [markdown]
# ### Exercise 10.2: Prototypes
#
# | | |
# |---|---|
# | **Signature** | `prototypes(features, labels)` |
# | **Arguments** | `features`: array of shape `(n, d)`; `labels`: array of `n` integers |
# | **Returns** | array of shape `(classes, d)`: row $c$ is the mean of all features with the $c$-th smallest label |
# | **Rules** | There is a row for each label that occurs, and for no other. Classes may differ in size, and labels come in any order. |
# | **Example** | For `features=[[0, 2], [4, 4], [2, 0]]` and `labels=[5, 3, 5]`, the result is `[[4, 4], [1, 1]]`. |
# | **Points** | 3 points |


# %% nbgrader={"grade": false, "grade_id": "prototypes", "locked": false, "schema_version": 3, "solution": true}
def prototypes(features, labels):
    """The mean feature vector of each label that occurs, smallest label first: array (classes, d).

    Parameters
    ----------
    features : array (n, d)
    labels : array of n integers
        In any order; numbers may be missing.
    """
    ### BEGIN SOLUTION
    return np.stack([features[labels == label].mean(axis=0) for label in np.unique(labels)])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_prototypes", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def members(features, labels):
    rows = {}
    for row, label in zip(np.asarray(features, float), np.asarray(labels).tolist(), strict=True):
        rows.setdefault(label, []).append(row)
    return rows


def per_class(summarize, order=sorted):
    """Rows of classes, by another summary or in another order than in the reference."""
    return lambda features, labels: np.array([summarize(members(features, labels)[label]) for label in order(members(features, labels))])  # fmt: skip


def with_gaps(features, labels):
    rows, width = members(features, labels), np.shape(features)[1]
    return np.array([np.mean(rows.get(label, [np.zeros(width)]), axis=0) for label in range(max(rows) + 1)])


means_by_hand = per_class(lambda rows: sum(rows) / len(rows))
prototype_mistakes = {
    "the features are summed, and not averaged": per_class(sum),
    "the classes stand in the order of their first image, and not of their labels": per_class(
        lambda rows: sum(rows) / len(rows), order=list
    ),
    "the labels are sorted as texts, so that 13 comes before 4": per_class(
        lambda rows: sum(rows) / len(rows), lambda rows: sorted(rows, key=str)
    ),
    "the rows are sorted by label and cut into parts of equal size": lambda f, y: np.array(
        [
            part.mean(axis=0)
            for part in np.array_split(np.asarray(f, float)[np.argsort(y, kind="stable")], len(members(f, y)))
        ]
    ),
    "the means are cut to whole numbers, because the features are whole numbers": lambda f, y: (
        np.trunc(means_by_hand(f, y)) if np.asarray(f).dtype.kind == "i" else None
    ),
    "the largest label comes first": per_class(lambda rows: sum(rows) / len(rows), lambda rows: sorted(rows)[::-1]),
    "labels that do not occur get a row of zeros": with_gaps,
    "only the first image of each class counts": per_class(lambda rows: rows[0]),
    "only the last image of each class counts": per_class(lambda rows: rows[-1]),
    "the median is taken": per_class(lambda rows: np.median(rows, axis=0)),
    "each sum is divided by the number of all images": lambda f, y: per_class(sum)(f, y) / len(y),
    "each sum is divided by the mean size of a class": lambda f, y: per_class(sum)(f, y) * len(members(f, y)) / len(y),
    "the prototypes are scaled to length 1": per_class(
        lambda rows: np.mean(rows, axis=0) / max(np.linalg.norm(np.mean(rows, axis=0)), 1e-12)
    ),
    "the mean is taken over the features of each image": lambda features, labels: np.mean(features, axis=1),
    "the prototypes are rounded to whole numbers": lambda f, y: np.trunc(means_by_hand(f, y)),
}
case_rng = np.random.default_rng(0)
visible_cases.record(
    "prototypes",
    [
        (np.array([[0, 2], [4, 4], [2, 0]]), np.array([5, 3, 5])),
        (np.array([[1, 0], [2, 1], [2, 5], [0, 0], [7, 3]]), np.array([2, 2, 2, 0, 0])),
        (case_rng.normal(size=(8, 3)).round(2), np.array([9, 1, 9, 4, 4, 9, 9, 1])),
        (np.array([[1.0, 2.0], [5.0, 3.0], [2.0, 2.0]]), np.array([13, 4, 13])),
    ],
    means_by_hand,
    prototype_mistakes,
)
### END HIDDEN TESTS
with progress.exercise("prototypes"):
    checks.run("prototypes", prototypes)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("prototypes")
    for _ in range(8):
        values = rng.choice(50, int(rng.integers(3, 6)), replace=False)
        hidden_labels = rng.permutation(np.concatenate([values, rng.choice(values, 9)]))
        hidden_features = rng.normal(size=(len(hidden_labels), int(rng.integers(2, 5))))
        expected = means_by_hand(hidden_features, hidden_labels)
        checks.returns(prototypes, (hidden_features, hidden_labels), expected, prototype_mistakes)
    ### END HIDDEN TESTS

# %%
people = faces.TEST_PEOPLE[500:565]
shots, queries = faces.portraits(people, 5, seed=1), faces.portraits(people, 6, seed=2)
teacher = teachers.load("faces_vgg16", head=False)
shot_features = teacher.predict(shots.images, verbose=0)
query_features = teacher.predict(queries.images, verbose=0)


def nearest(points, features):
    """The number of the nearest point for each row of features. The people have the labels 0 to 64, as the points."""
    return ((points**2).sum(axis=1) - 2 * features @ points.T).argmin(axis=1)


# %%
random_network = networks.narrow_vgg16(2)
networks.refresh_batch_norm(random_network, shots.images)  # without statistics of images, its layers saturate
random_base = keras.Model(random_network.inputs, random_network.layers[-2].output)
features = {
    "teacher": (shot_features, query_features),
    "random network": tuple(random_base.predict(part.images, verbose=0) for part in (shots, queries)),
    "pixels": tuple(part.images.reshape(len(part), -1) / 255 for part in (shots, queries)),
}
for name, (seen, asked) in features.items():
    for count in (1, 2, 5):
        chosen = np.arange(len(shots)) % 5 < count  # the first images of each person
        guess = nearest(prototypes(seen[chosen], shots.labels[chosen]), asked)
        print(f"{name:<15}{count} of each of {len(people)} people: {(guess == queries.labels).mean():.1%}")

# %% [markdown]
# The method is the same in all rows, so the features make the difference. With pixels or random weights, accuracy is
# far lower; the chance level is one in 65. Is the mean the best that you can do with five images? And what about images
# that are far from faces? The recorded experiment compares prototypes with the nearest neighbor and with logistic
# regression, on five sets of 65 people and on five sets of 65 handwritten Omniglot characters (Lake, Salakhutdinov and
# Tenenbaum 2015). For the rows that use pixels, it first reduces the images to 16×16.

# %% tags=["nbval-check-output"]
few = results("few_shot")
print(f"chance: {1 / 65:.1%}")
for task in ("people", "characters"):
    for source in ("teacher", "random", "pixels"):
        for count, ways in few[task][source].items():
            names = {"prototypes": "prototypes", "neighbor": "nearest", "logistic": "logistic regression"}
            cells = ", ".join(f"{name} {shown(ways[way])}" for way, name in names.items())
            print(f"{task}, {source:<8}{count} of each: {cells}")

# %% tags=["nbval-check-output"]
for task, source in (("people", "teacher"), ("people", "pixels"), ("characters", "teacher")):
    ways = few[task][source]["5"]
    print(f"{task}, {source}, 5: logistic regression minus prototypes {gain(ways['logistic'], ways['prototypes'])}")
    print(f"{task}, {source}, 5: prototypes minus nearest neighbor {gain(ways['prototypes'], ways['neighbor'])}")
for count in ("1", "5"):
    teacher_row, pixel_row = (few["characters"][source][count]["prototypes"] for source in ("teacher", "pixels"))
    print(f"characters, {count}: teacher minus pixels, prototypes {gain(teacher_row, pixel_row)}")

# %% [markdown]
# With one image each, prototypes on the teacher's features recognize 90.9% (89.7% to 91.9%) of the images. Pixels reach
# 3.6%, and random weights stay near chance. With five images, we could not detect that logistic regression does better
# than prototypes on the teacher's features. On pixels it does, by 7.1 percentage points (6.1 to 8.1): where classes do
# not each form one compact cluster, a mean is not enough.
#
# The characters show the other limit. A faces teacher has learned about faces: with five drawings each, its prototypes
# recognize 35.1%, and we could not detect a difference from pixel prototypes. With one drawing, they are ahead by 2.7
# percentage points (0.5 to 5.0). Logistic regression does not rescue them, so look for another teacher before you look
# for another classifier.
#
# The **nearest neighbor** gives an image the label of the most similar labeled image. With one image each, this is the
# same as prototypes. With five, prototypes of characters are 6.5 percentage points (3.0 to 10.1) ahead of it: a mean
# evens out the differences between five writers. For people, we could not detect a difference.
#
# > **Try it.** Classify the 65 people with one image each, but keep only the first half of the feature columns. How many
# > features does a prototype need?
#
# **Few-shot learning mostly happens before the few shots: in a teacher that knows what distinguishes images of this
# kind.**
#
# ## Somebody whom nobody has seen
#
# A witness describes a person in one sentence. Find the portrait. There is no image of this person to learn from, so
# you lack even one shot: this is **zero-shot** learning. It works if images and sentences share one space. Here are
# three of the sentences that a program writes about the course's portraits.

# %%
numbers = list(faces.TEST_PEOPLE[3_000:3_350])
portraits = faces.portraits(numbers, 2, seed=8)
sentences = [descriptions.describe(number) for number in numbers]
figure, axes = plt.subplots(1, 3, figsize=(11, 2.6), layout="constrained")
for ax, place in zip(axes, (1, 5, 12), strict=True):
    ax.imshow(portraits.images[2 * place])
    ax.set_title(sentences[place].replace(", ", ",\n", 2), fontsize=9)
    ax.axis("off")
figure.suptitle("A sentence names some traits of a person, even those that a hat hides")
plt.show()

# %% [markdown]
# First you need a measure. For each image, sort all sentences by their similarity to it. **Recall at $k$** is the share
# of images whose own sentence is among the $k$ most similar ones.

# %% [markdown]
# ### Exercise 10.3: Recall at k
#
# | | |
# |---|---|
# | **Signature** | `recall_at(similarities, k)` |
# | **Arguments** | `similarities`: array of shape `(n, m)` with `m >= n`; row $i$ holds the similarities of image $i$ to all sentences, and sentence $i$ is its own. `k`: int, 1 or more |
# | **Returns** | a float between 0 and 1 |
# | **Rules** | An image counts if fewer than $k$ *other* sentences are as similar as its own or more similar. So a tie counts against the image, wherever the other sentence stands. `k` may be larger than `m`. Leave `similarities` as it is. |
# | **Example** | For `[[3, 1, 2], [5, 4, 1]]`, recall at 1 is 0.5: the first image finds its own sentence, and the second does not. At 2, it is 1. |
# | **Points** | 3 points |


# %% nbgrader={"grade": false, "grade_id": "recall_at", "locked": false, "schema_version": 3, "solution": true}
def recall_at(similarities, k):
    """The share of rows i of which entry i is among the k largest; ties count against the row.

    Parameters
    ----------
    similarities : array (n, m)
        m is n or more: the sentences beyond n belong to no image.
    k : int
        1 or more, and perhaps more than m.

    Returns
    -------
    float
    """
    ### BEGIN SOLUTION
    similarities = np.asarray(similarities)
    own = np.diag(similarities)[:, None]
    return float(np.mean((similarities >= own).sum(axis=1) <= k))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_recall_at", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def counted(is_hit, finish=lambda hits, table: sum(hits) / len(hits)):
    """Recall with another rule for a hit, from the row, the place of its own sentence and k, or another end."""

    def recall(similarities, k):
        table = np.asarray(similarities).tolist()
        return finish([bool(is_hit(row, place, k)) for place, row in enumerate(table)], table)

    return recall


def ahead(row, place):
    """How many others are as similar as the own sentence, or more."""
    return sum(value >= row[place] for other, value in enumerate(row) if other != place)


def columns_first(similarities, k):
    table = np.asarray(similarities)
    return recall_by_hand(table.T, k) if table.shape[0] == table.shape[1] else None


recall_by_hand = counted(lambda row, place, k: ahead(row, place) < k)
recall_mistakes = {
    "a tie counts for the image": counted(lambda row, place, k: sum(value > row[place] for value in row) < k),
    "a tie counts for the image if the other sentence stands further left": counted(
        lambda row, place, k: sum(v > row[place] or (v == row[place] and j > place) for j, v in enumerate(row)) < k
    ),
    "a tie counts for the image if the other sentence stands further right": counted(
        lambda row, place, k: sum(v > row[place] or (v == row[place] and j < place) for j, v in enumerate(row)) < k
    ),
    "similarities that differ a little count as a tie": counted(
        lambda row, place, k: (
            sum(v > row[place] or np.isclose(v, row[place]) for j, v in enumerate(row) if j != place) < k
        )
    ),
    "similarities are rounded to two digits before they are compared": counted(
        lambda row, place, k: sum(round(v, 2) >= round(row[place], 2) for j, v in enumerate(row) if j != place) < k
    ),
    "similarities up to 0.01 smaller count as a tie": counted(
        lambda row, place, k: sum(v >= row[place] - 0.01 for j, v in enumerate(row) if j != place) < k
    ),
    "the k smallest similarities are taken": counted(
        lambda row, place, k: sum(value <= row[place] for other, value in enumerate(row) if other != place) < k
    ),
    "k + 1 sentences are looked at": counted(lambda row, place, k: ahead(row, place) <= k),
    "k - 1 sentences are looked at": counted(lambda row, place, k: ahead(row, place) < k - 1),
    "k is left out, and only the most similar sentence counts": counted(lambda row, place, k: ahead(row, place) < 1),
    "the hits are counted, and not their share": counted(
        lambda row, place, k: ahead(row, place) < k, lambda hits, table: sum(hits)
    ),
    "the hits are divided by the number of sentences": counted(
        lambda row, place, k: ahead(row, place) < k, lambda hits, table: sum(hits) / len(table[0])
    ),
    "the hits are divided by k": lambda table, k: recall_by_hand(table, k) / k,
    "images are found for each sentence: the rows are the images": columns_first,
    "only sentences that belong to an image are compared": lambda table, k: recall_by_hand(
        np.asarray(table)[:, : len(table)], k
    ),
    "the misses are counted": counted(lambda row, place, k: ahead(row, place) >= k),
}
visible_cases.record(
    "recall_at",
    [
        (np.array([[3.0, 1.0, 2.0], [5.0, 4.0, 1.0]]), 1),
        (np.array([[3, 1, 2], [5, 4, 1]]), 2),
        (np.array([[1.0, 0.0], [1.0, 1.0]]), 1),
        (np.array([[0.9, 0.2, 0.1], [0.8, 0.7, 0.3], [0.6, 0.5, 0.55]]), 1),
        (np.array([[0.9, 0.2, 0.1], [0.8, 0.7, 0.3], [0.6, 0.7, 0.55]]), 2),
        (np.array([[1.0, 1.0, 0.0, 0.5], [0.2, 0.4, 0.4, 0.4], [-1.0, -2.0, -3.0, -4.0]]), 2),
        (np.array([[-2.0, -1.0, 3.0], [0.5, 0.5, 0.5]]), 7),
        (np.array([[2, 1, 0, 9], [1, 0, 3, 2], [4, 4, 4, 1]]), 3),
        (np.array([[0.5, 0.499999, 0.1], [0.2, 0.75, 0.746]]), 1),
    ],
    recall_by_hand,
    recall_mistakes,
)
### END HIDDEN TESTS
with progress.exercise("recall_at"):
    checks.run("recall_at", recall_at)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("recall_at")
    for _ in range(12):
        images = int(rng.integers(3, 8))
        table = rng.integers(-4, 5, (images, images + int(rng.integers(0, 4)))) / 4
        depth = int(rng.integers(1, 5))
        checks.returns(recall_at, (table, depth), recall_by_hand(table, depth), recall_mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# ### Pull pairs together, push others apart
#
# CLIP (Radford et al. 2021) learned from 400 million image-text pairs. No label says what an image shows: the only task
# is to find which text in the batch belongs to which image. You will build a small version on frozen features. Two
# linear maps project the teacher's features and the words of a sentence into a shared space of 64 dimensions.
#
# Let $s_{ij}$ be the cosine similarity of image $i$ and sentence $j$, divided by a temperature $\tau$. The loss asks
# each image to find its sentence among the $n$ sentences, and each sentence to find its image among the $n$ images:
#
# $$L = -\frac{1}{2n} \sum_{i} \left( \log \frac{e^{s_{ii}}}{\sum_j e^{s_{ij}}}
# + \log \frac{e^{s_{ii}}}{\sum_j e^{s_{ji}}} \right)$$
#
# ### Exercise 10.4: The contrastive loss
#
# | | |
# |---|---|
# | **Signature** | `contrastive_loss(images, texts, temperature)` |
# | **Arguments** | `images`, `texts`: float32 tensors of shape `(n, d)`, with rows of any length; row $i$ of both is a pair. `temperature`: float > 0 |
# | **Returns** | the loss, a scalar |
# | **Rules** | Divide each row by its length first. No row is zero. Compute with `keras.ops`, so that the loss has gradients. The loss must be finite for a temperature of 0.001. |
# | **Example** | For `images=[[2, 0], [0, 1]]`, `texts=[[1, 0], [0, 3]]` and a temperature of 1, it is $\log(1 + e^{-1})$, about 0.3133. |
# | **Points** | 4 points |
#
# <details><summary>Hint</summary>
# Two softmax functions, one over the rows of the same table and one over its columns.
# `keras.ops.log_softmax` and `keras.ops.logsumexp` are safe for large numbers.
# </details>


# %% nbgrader={"grade": false, "grade_id": "contrastive_loss", "locked": false, "schema_version": 3, "solution": true}
def contrastive_loss(images, texts, temperature):
    """CLIP's loss of n pairs of vectors: a scalar tensor; the rows are brought to length 1 first."""
    ### BEGIN SOLUTION
    images, texts = (part / keras.ops.sqrt(keras.ops.sum(part**2, axis=1, keepdims=True)) for part in (images, texts))
    scores = keras.ops.matmul(images, keras.ops.transpose(texts)) / temperature
    pairs = keras.ops.log_softmax(scores, axis=1) + keras.ops.log_softmax(scores, axis=0)
    return -keras.ops.mean(keras.ops.diagonal(pairs)) / 2
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_contrastive_loss", "locked": true, "points": 4, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from scipy.special import logsumexp

from tlcourse.building import visible_cases


def scaled_rows(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def one_way(table, axis, finish=np.mean):
    """Cross-entropy of the pairs on the diagonal, with a softmax over an axis."""
    return finish(logsumexp(table, axis=axis) - np.diag(table))


def both_ways(scale=scaled_rows, heat=lambda scores, t: scores / t, combine=None):
    """The loss with other lengths, another use of the temperature, or another sum of the two directions."""
    combine = combine or (lambda table: (one_way(table, 1) + one_way(table, 0)) / 2)

    def by_scipy(images, texts, temperature):
        images, texts = (scale(np.asarray(part, float)) for part in (images, texts))
        return float(combine(heat(images @ texts.T, temperature)))

    return by_scipy


def without_own(table):
    others = np.where(np.eye(len(table), dtype=bool), -np.inf, table)
    return (
        np.mean(logsumexp(others, axis=1) - np.diag(table)) + np.mean(logsumexp(others, axis=0) - np.diag(table))
    ) / 2


loss_by_scipy = both_ways()
contrastive_mistakes = {
    "the rows keep their lengths": both_ways(scale=lambda rows: rows),
    "the columns are brought to length 1, and not the rows": both_ways(
        scale=lambda rows: rows / np.maximum(np.linalg.norm(rows, axis=0, keepdims=True), 1e-12)
    ),
    "only the images are brought to length 1": lambda images, texts, temperature: both_ways(scale=lambda rows: rows)(
        scaled_rows(np.asarray(images, float)), texts, temperature
    ),
    "only the texts are brought to length 1": lambda images, texts, temperature: both_ways(scale=lambda rows: rows)(
        images, scaled_rows(np.asarray(texts, float)), temperature
    ),
    "the temperature is forgotten": both_ways(heat=lambda scores, t: scores),
    "the similarities are multiplied by the temperature": both_ways(heat=lambda scores, t: scores * t),
    "only images look for their sentences": both_ways(combine=lambda table: one_way(table, 1)),
    "only sentences look for their images": both_ways(combine=lambda table: one_way(table, 0)),
    "the two directions are added, and not averaged": both_ways(
        combine=lambda table: one_way(table, 1) + one_way(table, 0)
    ),
    "the pairs are summed, and not averaged": both_ways(
        combine=lambda table: (one_way(table, 1, np.sum) + one_way(table, 0, np.sum)) / 2
    ),
    "the sign is wrong": both_ways(combine=lambda table: -(one_way(table, 1) + one_way(table, 0)) / 2),
    "the own pair is left out of the sum below the fraction": both_ways(combine=without_own),
    "one softmax runs over the whole table": both_ways(
        combine=lambda table: logsumexp(table) - np.mean(np.diag(table))
    ),
    "the mean runs over the whole table, and not over the pairs": both_ways(
        combine=lambda table: (np.mean(logsumexp(table, axis=1)) + np.mean(logsumexp(table, axis=0))) / 2 - table.mean()
    ),
    "the loss of each pair comes out, and not their mean": lambda images, texts, temperature: None,
}


def with_small_number(small):
    """The loss with a number that is added to each softmax before its logarithm."""

    def hidden_cost(table):
        shares = [np.exp(np.diag(table) - logsumexp(table, axis=axis)) for axis in (0, 1)]
        return -np.mean(np.log(np.array(shares) + small))

    return both_ways(combine=hidden_cost)


contrastive_mistakes |= {
    f"{small:g} is added to the softmax before the logarithm, so that a bad pair costs too little": with_small_number(
        small
    )
    for small in (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12)
}
pair_rng = np.random.default_rng(3)
low_pairs = [np.random.default_rng(5 + side).normal(size=(5, 3)).astype("float32").round(1) for side in range(2)]
visible_cases.record(
    "contrastive_loss",
    [
        (np.array([[2, 0], [0, 1]], "float32"), np.array([[1, 0], [0, 3]], "float32"), 1.0),
        (np.array([[1, 2], [3, 1], [-1, 1]], "float32"), np.array([[2, 1], [1, -1], [0, 2]], "float32"), 0.5),
        (*low_pairs, 0.001),
        (*(pair_rng.normal(size=(5, 3)).astype("float32") for _ in range(2)), 0.2),
    ],
    loss_by_scipy,
    contrastive_mistakes,
    tolerance=1e-3,
)
### END HIDDEN TESTS
with progress.exercise("contrastive_loss"):
    checks.run("contrastive_loss", contrastive_loss)
    checks.differentiable("contrastive_loss", contrastive_loss)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("contrastive_loss")
    for heat in (0.07, 0.5, 2.0, 0.001):
        sides = [rng.normal(size=(6, 4)).astype("float32") for _ in range(2)]
        came = contrastive_loss(*map(keras.ops.convert_to_tensor, sides), heat)
        outcomes = {text: wrong(*sides, heat) for text, wrong in contrastive_mistakes.items()}
        checks.equal("the loss", came, loss_by_scipy(*sides, heat), outcomes, tolerance=1e-3)
    _, slope = checks.gradient(contrastive_loss, (*map(keras.ops.convert_to_tensor, sides), 0.5), position=1)
    step = 1e-4
    by_steps = np.zeros_like(sides[1], dtype=float)
    for place in np.ndindex(*by_steps.shape):
        moved = [np.array(sides[1], float) for _ in range(2)]
        moved[0][place] += step
        moved[1][place] -= step
        by_steps[place] = (loss_by_scipy(sides[0], moved[0], 0.5) - loss_by_scipy(sides[0], moved[1], 0.5)) / (2 * step)
    checks.require(
        slope is not None and bool(np.abs(slope - by_steps).max() < 1e-3),
        "the gradient with respect to the texts is not that of the loss: compute all of it with keras.ops.",
    )
    ### END HIDDEN TESTS

# %% [markdown]
# Your loss now trains the two maps. You train on 300 people and test on 50 others. Their sentences become vectors of
# ones and zeros that mark which known words occur. A batch is a sample of people, each included once. Otherwise the
# loss would push apart two sentences about the same person.
#
# **Before you run the cell:** one sentence in 50 is correct by chance. What recall at 1 do you expect?

# %%
counter = CountVectorizer(binary=True, token_pattern=r"\w+").fit(sentences[:300])
words = counter.transform(sentences).toarray().astype("float32")
rng = np.random.default_rng(0)
batches = np.concatenate([rng.choice(300, 100, replace=False) for _ in range(250)])


def mini_clip(rows):
    """Two linear maps into one space, trained on the pairs of the first 300 people: of images, and of words."""
    maps = [
        keras.Sequential([keras.Input((part.shape[1],)), keras.layers.Dropout(0.2), keras.layers.Dense(64)])
        for part in (rows, words)
    ]
    both = keras.ops.stack([side.outputs[0] for side in maps], axis=1)
    pair = keras.Model([side.inputs[0] for side in maps], both)
    pair.compile(keras.optimizers.Adam(3e-3), lambda _, both: contrastive_loss(both[:, 0], both[:, 1], 0.07))
    inputs = [rows[2 * batches + rng.integers(2, size=len(batches))], words[batches]]
    pair.fit(inputs, np.zeros(len(batches)), batch_size=100, shuffle=False, verbose=0)
    return maps


# %%
def similarities(maps, image_rows, word_rows):
    """Cosine similarities of images and sentences in the common space."""
    sides = [side.predict(part, verbose=0) for side, part in zip(maps, (image_rows, word_rows), strict=True)]
    left, right = (side / np.linalg.norm(side, axis=1, keepdims=True) for side in sides)
    return left @ right.T


inputs = {
    "teacher": teacher.predict(portraits.images, verbose=0),
    "pixels": portraits.images.reshape(len(portraits), 16, 3, 16, 3, 3).mean(axis=(2, 4)).reshape(len(portraits), -1),
}
trained = {}
for name, rows in inputs.items():
    rows = (rows - rows[:600].mean(axis=0)) / (rows[:600].std(axis=0) + 1e-3)
    trained[name] = mini_clip(rows), rows[600::2]  # one image of each of the 50 test people
    table = similarities(*trained[name], words[300:])
    for k in (1, 5):
        print(
            f"{name}, recall at {k}: image to text {recall_at(table, k):.0%}, text to image {recall_at(table.T, k):.0%}"
        )

# %% [markdown]
# What breaks the search? Now other words describe the same 50 people: *spectacles* instead of *glasses*, *ginger*
# instead of *red*. A bag of words has no entry for them.

# %%
unseen = [descriptions.describe(number, other_words=True) for number in numbers[300:]]
print(sentences[305], "|", unseen[5])
unknown = {word for sentence in unseen for word in counter.build_analyzer()(sentence)} - set(counter.vocabulary_)
table = similarities(*trained["teacher"], counter.transform(unseen).toarray().astype("float32"))
print(f"{len(unknown)} words of these sentences are unknown; recall at 5, text to image: {recall_at(table.T, 5):.0%}")

# %% [markdown]
# The recorded experiment repeats this five times with different people, 450 for training and 50 for testing. The
# *attributes* baseline needs labels: ridge regression predicts from the teacher's features whether each trait value is
# present, and the sentence with the most similar values wins.

# %% tags=["nbval-check-output"]
described = results("described_people")
arms = {
    "teacher": "teacher",
    "pixels": "pixels",
    "random network": "random",
    "teacher, unseen words": "unseen_words",
    "attributes, teacher": "teacher_attributes",
}
for label, arm in arms.items():
    entry = described[arm]["text_to_image"]
    print(f"text to image, {label:<22}recall at 1 {shown(entry['at_1'])}, at 5 {shown(entry['at_5'])}")
for label, arm in list(arms.items())[1:]:
    pair = (described[name]["text_to_image"]["at_1"] for name in ("teacher", arm))
    print(f"recall at 1, teacher minus {label}: {gain(*pair)}")

# %% [markdown]
# The mini-CLIP finds the portrait for 28.4% (18.5% to 40.9%) of the sentences; chance is 2%. On pixels, it finds 7.2%.
# We could not detect a difference from the *attributes* baseline, which needs labels; the mini-CLIP needs only pairs.
# Nothing here is near perfect: a hat hides the hair, colored light changes the color of the skin, and the teacher has
# learned to ignore much of what changes from image to image.
#
# Unseen words cost most of the gain: recall at 5 falls from 70.4% to 20.8%; chance is 10%.
#
# > **Try it.** Take a text encoder that has read a lot of text, such as one of the teachers in unit 08. Which words of
# > the unseen sentences would it know? How would you use it here?
#
# **Our zero-shot search works with the words of its training pairs; with other words, most of its gain is lost.**
#
# ## Images without labels
#
# Labels are expensive, and images often are not. **Self-supervised** learning invents a task whose labels cost nothing,
# and keeps the features. Gidaris, Singh and Komodakis (2018) turn each image by 0, 90, 180 and 270 degrees, and have a
# network predict the turn. To solve this task, it must notice eyes, hair and shoulders.

# %% [markdown]
# ### Exercise 10.5: The rotation task
#
# | | |
# |---|---|
# | **Signature** | `rotation_task(images)` |
# | **Arguments** | `images`: array of shape `(n, side, side, channels)` |
# | **Returns** | `(turned, turns)`: an array of shape `(4n, side, side, channels)` of the same dtype (`uint8` or `float32`), and `4n` integers from 0 to 3 |
# | **Rules** | First come all images as they are (0), then all images turned by 90° (1), then by 180° (2), then by 270° (3). The turns are counterclockwise: a turn by 90° moves the upper right corner to the upper left. |
# | **Example** | One image of one channel with the rows `[1, 2]` and `[3, 4]`, turned once: `[2, 4]` and `[1, 3]`. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# <code>numpy.rot90</code> turns in the plane of two axes. By default, these are the first two.
# </details>


# %% nbgrader={"grade": false, "grade_id": "rotation_task", "locked": false, "schema_version": 3, "solution": true}
def rotation_task(images):
    """All images in four turns, and the turns: (4n, side, side, channels) in the same dtype, and 4n integers.

    The n images as they are come first, then all of them turned counterclockwise by 90, by 180 and by 270 degrees.
    """
    ### BEGIN SOLUTION
    turned = np.concatenate([np.rot90(images, turn, axes=(1, 2)) for turn in range(4)])
    return turned, np.repeat(np.arange(4), len(images))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_rotation_task", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def turned_once(image):
    """A quarter turn counterclockwise, pixel by pixel: what is at (row, column) comes from (column, side - 1 - row)."""
    side = len(image)
    result = np.empty_like(image)
    for row in range(side):
        for column in range(side):
            result[row, column] = image[column, side - 1 - row]
    return result


def task(turn=turned_once, by_image=False, labels=(0, 1, 2, 3)):
    """The rotation task with another turn, another order, or other labels."""

    def all_turns(images):
        versions = []
        for image in images:
            row = [image]
            for _ in range(3):
                row.append(turn(row[-1]))
            versions.append(row)
        turned = np.array(versions)
        turned = turned if by_image else turned.swapaxes(0, 1)
        turns = np.tile(labels, len(images)) if by_image else np.repeat(labels, len(images))
        return turned.reshape(-1, *np.shape(images)[1:]), turns

    return all_turns


def exchanged(images):
    turned, turns = task()(images)
    return turns, turned


task_by_hand = task()
task_mistakes = {
    "the images are turned clockwise": task(lambda image: turned_once(turned_once(turned_once(image)))),
    "the four turns of an image follow each other": task(by_image=True),
    "the images are transposed, which mirrors them": task(lambda image: image.swapaxes(0, 1)),
    "the images are flipped upside down": task(lambda image: image[::-1]),
    "the images are mirrored from left to right": task(lambda image: image[:, ::-1]),
    "a quarter turn is a transposed image, which is mirrored": lambda images: (
        np.concatenate([images, images.swapaxes(1, 2), images[:, ::-1, ::-1], images[:, ::-1, ::-1].swapaxes(1, 2)]),
        np.repeat(np.arange(4), len(images)),
    ),
    "the image upside down is taken for the turn by 180 degrees": lambda images: (
        np.concatenate([images[:, ::-1] if turn == 2 else np.rot90(images, turn, (1, 2)) for turn in range(4)]),
        np.repeat(np.arange(4), len(images)),
    ),
    "the images are divided by 255": lambda images: (
        np.asarray(task_by_hand(images)[0]) / 255,
        np.repeat(np.arange(4), len(images)),
    ),
    "the fractions of float images are cut off": lambda images: (
        np.trunc(task_by_hand(images)[0]),
        np.repeat(np.arange(4), len(images)),
    ),
    "nothing is turned": task(lambda image: image),
    "the turns are counted from 1": task(labels=(1, 2, 3, 4)),
    "the turns are given in degrees": task(labels=(0, 90, 180, 270)),
    "turned images and turns are exchanged": exchanged,
    "the three turns are given without the images as they are": lambda images: tuple(
        part[len(images) :] for part in task_by_hand(images)
    ),
    "the turns are missing": lambda images: task_by_hand(images)[0],
    "the labels stand in the order 0, 1, 2, 3, 0, and so on, while the images do not": lambda images: (
        task_by_hand(images)[0],
        np.tile(np.arange(4), len(images)),
    ),
    "the axis of the images is turned, too: rot90 needs axes=(1, 2)": lambda images: (
        np.concatenate([np.rot90(images, turn) for turn in range(4)]),
        np.repeat(np.arange(4), len(images)),
    ),
}
visible_cases.record(
    "rotation_task",
    [
        (np.array([[[[1], [2]], [[3], [4]]], [[[5], [6]], [[7], [8]]]], "uint8"),),
        (np.arange(18, dtype="uint8").reshape(2, 3, 3, 1),),
        (np.random.default_rng(0).integers(0, 256, (2, 2, 2, 3), "uint8"),),
        (np.array([[[[0.25], [1.5]], [[2.75], [0.5]]]], "float32"),),
    ],
    task_by_hand,
    task_mistakes,
)
### END HIDDEN TESTS
with progress.exercise("rotation_task"):
    checks.run("rotation_task", rotation_task)
    kinds = [np.asarray(part).dtype.name for part in rotation_task(np.ones((1, 2, 2, 1), "uint8"))]
    checks.require(kinds[0] == "uint8" and "int" in kinds[1], f"uint8 images and integer turns are due, not {kinds}.")
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("rotation_task")
    for kind in ("uint8", "float32"):
        side, count = int(rng.integers(3, 6)), int(rng.integers(2, 5))
        hidden = rng.integers(0, 256, (count, side, side, int(rng.integers(1, 4)))).astype(kind)
        came = checks.returns(rotation_task, (hidden,), task_by_hand(hidden), task_mistakes)
        checks.require(np.asarray(came[0]).dtype == hidden.dtype, f"the turned images should stay {kind}.")
    ### END HIDDEN TESTS

# %% [markdown]
# One small network predicts the turns of portraits, and another predicts the turns of galaxies.
#
# **Before you run the cell:** which of the two tasks is easier, and what is the chance level?

# %%
tasks = {
    "galaxies": galaxies.observe(150, 3).images,
    "portraits": faces.portraits(faces.TEST_PEOPLE[600:1200], 1, seed=3).images,  # 600 people, one image each
}
order = np.random.default_rng(0).permutation(600)  # half of the galaxies, or of the people, for the test
for name, images in tasks.items():
    rotation = networks.speech_cnn(4, dropout=0.0, shape=(48, 48, 3))  # three convolutions, here for color images
    rotation.compile(keras.optimizers.Adam(2e-3), loss, metrics=["accuracy"])
    rotation.fit(*rotation_task(images[order[:300]]), batch_size=64, epochs=6, verbose=0)
    score = rotation.evaluate(*rotation_task(images[order[300:]]), verbose=0)[1]
    print(f"{name}: {score:.0%} of the turns of 300 other images are predicted")

# %% [markdown]
# Both networks had equally many images and steps. But portraits have an upright position, and the sky has none. How
# useful are the features of the network trained on portraits? Classify the 65 people from above, with five labeled
# images each and a linear probe. The control is the same network with random weights.

# %%
untrained = networks.speech_cnn(4, dropout=0.0, shape=(48, 48, 3))
networks.refresh_batch_norm(untrained, shots.images)  # it has seen no image yet
probed = {"teacher": (shot_features, query_features)}
for name, model in (("rotation", rotation), ("random weights", untrained)):
    base = keras.Model(model.inputs, model.get_layer("features").output)
    probed[name] = tuple(base.predict(part.images, verbose=0) for part in (shots, queries))
for name, (seen, asked) in probed.items():
    probe = linear_classifier(200).fit(seen, shots.labels)
    print(f"{name:<15}{probe.score(asked, queries.labels):.1%} of the images of {len(people)} people")

# %% [markdown]
# The recorded experiment uses more data: five unlabeled portraits of each of 400 people, and 65 other people for the
# probe. We repeated it five times. The supervised teacher learned from labeled portraits of more than two thousand
# people, so it had far more images as well as labels.
#
# A second invented task is **SimCLR** (Chen et al. 2020). It makes two views of each image: mirrored, moved, scaled,
# and with another brightness and contrast. The network must find the other view of an image among all images of the
# batch. Its loss is your contrastive loss of Exercise 10.4, with a second view in place of the sentence. It took as
# many steps as the rotations.

# %% tags=["nbval-check-output"]
unlabeled = results("self_supervised")
print(f"turns of new people that are predicted: {shown(unlabeled['turns'])}")
probes = unlabeled["probe"] | results("two_views")["probe"]
for name in ("pixels", "random", "rotation", "simclr", "supervised"):
    print(f"linear probe, {name:<12}{shown(probes[name])}")
for first, other in (("rotation", "random"), ("simclr", "random"), ("rotation", "pixels"), ("simclr", "pixels")):
    print(f"{first} minus {other}: {gain(probes[first], probes[other])}")

# %% [markdown]
# The network correctly predicts 82.7% of the turns of new people. But its features are of little help in recognizing
# these people: the probe gains 3.3 percentage points (0.2 to 6.3) over random weights, and stays far below the
# supervised teacher. SimCLR did harm here: its features are less accurate than random weights, and we could not tell
# them from pixels. Its settings are first guesses, which we did not tune. Published systems train on millions of images
# for days, so this is no verdict on self-supervised learning. It shows that a task without labels is not free: features
# that tell up from down need not tell people apart.
#
# **Choose the invented task by what it forces the network to see, and compare it with a teacher that you could use
# instead.**
#
# ## Not a new idea
#
# Statisticians have shared information between groups for decades, under the name **partial pooling** (C49). You want
# to know which speakers your network understands well enough, so that you adapt it only to the others. Some speakers
# sent two clips, others twenty. How accurate is the network for each of them? You can trust each speaker's own mean.
# You can ignore the speakers and use the mean of all clips. Or you can do something in between.
#
# A hierarchical linear model assumes that the speakers' means $\mu_j$ are themselves scattered around a common mean
# $\mu$, with variance $\tau^2$ (between). A speaker's $n_j$ values are scattered around $\mu_j$ with variance
# $\sigma^2$ (within). The best linear estimate of $\mu_j$ is then
#
# $$\hat\mu_j = \hat\mu + \frac{\tau^2}{\tau^2 + \sigma^2 / n_j} (\bar y_j - \hat\mu),
# \qquad \hat\mu = \frac{\sum_j w_j \bar y_j}{\sum_j w_j}, \quad w_j = \frac{1}{\tau^2 + \sigma^2 / n_j}$$
#
# where $\bar y_j$ is the speaker's own mean. The estimate for a speaker with little data moves toward the common mean;
# with a lot of data, it stays near $\bar y_j$.

# %% [markdown]
# ### Exercise 10.6: Shrink the means
#
# | | |
# |---|---|
# | **Signature** | `shrunken_means(values, groups, within, between)` |
# | **Arguments** | `values`: array of `n` numbers; `groups`: array of `n` integers; `within` $= \sigma^2 > 0$ and `between` $= \tau^2 \geq 0$: floats |
# | **Returns** | array of floats with $\hat\mu_j$ for each group that occurs, smallest number first |
# | **Rules** | Groups come in any order, and numbers may be missing. Groups may differ in size. `between` may be 0. |
# | **Example** | For `values=[0, 6, 6]`, `groups=[1, 2, 2]`, `within=2` and `between=1`, the groups' own means are 0 and 6, and $\hat\mu = 3.6$. The result is `[2.4, 4.8]`. |
# | **Points** | 4 points |
#
# With `between=0`, all groups get the same value. Which one?


# %% nbgrader={"grade": false, "grade_id": "shrunken_means", "locked": false, "schema_version": 3, "solution": true}
def shrunken_means(values, groups, within, between):
    """Partially pooled means of the groups that occur, smallest number first: array (groups,).

    Parameters
    ----------
    values : array of n numbers
    groups : array of n integers
        In any order; numbers may be missing.
    within, between : float
        Variance of a value around the mean of its group, more than 0; variance of the groups' means, 0 or more.
    """
    ### BEGIN SOLUTION
    _, place, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    own = np.bincount(place, weights=values) / sizes
    spread = between + within / sizes
    common = np.average(own, weights=1 / spread)
    return common + between / spread * (own - common)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_shrunken_means", "locked": true, "points": 4, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def by_equations(values, groups, within, between):
    """The same from Henderson's equations of the mixed model, with the deviations of the groups as unknowns."""
    numbers = sorted(set(np.asarray(groups).tolist()))
    sizes = [int(np.sum(np.asarray(groups) == number)) for number in numbers]
    totals = [float(np.asarray(values, float)[np.asarray(groups) == number].sum()) for number in numbers]
    count = len(numbers)
    if between == 0:
        return np.full(count, sum(totals) / sum(sizes))
    system = np.zeros((count + 1, count + 1))
    system[0, 0], system[0, 1:], system[1:, 0] = sum(sizes), sizes, sizes
    system[1:, 1:] = np.diag([size + within / between for size in sizes])
    solution = np.linalg.solve(system, [sum(totals), *totals])
    return solution[0] + solution[1:]


def pooling(weight=None, center=None, order=np.unique):
    """Shrinkage with another weight of the own mean, another common mean, or another order."""
    weight = weight or (lambda n, within, between: between / (between + within / n))
    center = center or (lambda own, n, within, between: np.average(own, weights=1 / (between + within / n)))

    def estimate(values, groups, within, between):
        values, groups = np.asarray(values, float), np.asarray(groups)
        numbers = order(groups)
        sizes = np.array([np.sum(groups == number) for number in numbers])
        own = np.array([values[groups == number].mean() for number in numbers])
        share, common = weight(sizes, within, between), center(own, sizes, within, between)
        return common + share * (own - common)

    return estimate


def with_missing(values, groups, within, between):
    numbers = np.unique(groups)
    result = np.zeros(int(numbers.max()) + 1)
    result[numbers] = by_equations(values, groups, within, between)
    return result


def common_for_missing(values, groups, within, between):
    numbers = np.unique(groups)
    common = pooling(lambda n, w, b: np.zeros(len(n)))(values, groups, within, between)[0]
    result = np.full(int(numbers.max()) + 1, common)
    result[numbers] = by_equations(values, groups, within, between)
    return result


shrink_mistakes = {
    "the common mean is the mean of all values": pooling(center=lambda own, n, w, b: np.average(own, weights=n)),
    "the common mean is the plain mean of the groups' means": pooling(center=lambda own, n, w, b: own.mean()),
    "the weight belongs to the common mean, and not to the own mean": pooling(lambda n, w, b: 1 - b / (b + w / n)),
    "within and between are exchanged": pooling(
        lambda n, w, b: w / (w + b / n), lambda own, n, w, b: np.average(own, weights=1 / (w + b / n))
    ),
    "within and between are exchanged in the weight of the own mean": pooling(lambda n, w, b: w / (w + b / n)),
    "the common mean weighs each group by its size, too": pooling(
        center=lambda own, n, w, b: np.average(own, weights=n / (b + w / n))
    ),
    "within is multiplied by the size of the group everywhere": pooling(
        lambda n, w, b: b / (b + w * n), lambda own, n, w, b: np.average(own, weights=1 / (b + w * n))
    ),
    "the means are cut to whole numbers": lambda v, g, w, b: np.trunc(by_equations(v, g, w, b)),
    "with between = 0, every group gets the plain mean of the groups' means": lambda v, g, w, b: (
        pooling(center=lambda own, n, w, b: own.mean())(v, g, w, b) if b == 0 else None
    ),
    "the mean size stands for the size of every group": pooling(
        lambda n, w, b: np.full(len(n), b / (b + w / n.mean())), lambda own, n, w, b: own.mean()
    ),
    "groups that do not occur get the common mean": common_for_missing,
    "within is not divided by the size of the group": pooling(lambda n, w, b: b / (b + w)),
    "within is multiplied by the size of the group": pooling(lambda n, w, b: b / (b + w * n)),
    "square roots of the variances are used": lambda v, g, w, b: by_equations(v, g, w**0.5, b**0.5),
    "the variances are squared": lambda v, g, w, b: by_equations(v, g, w**2, b**2),
    "nothing is shrunk": pooling(lambda n, w, b: np.ones(len(n))),
    "every group gets the common mean": pooling(lambda n, w, b: np.zeros(len(n))),
    "the means are shrunk to 0, and not to the common mean": pooling(center=lambda own, n, w, b: 0.0),
    "the groups stand in the order of their first value": pooling(
        order=lambda groups: np.array(list(dict.fromkeys(groups.tolist())))
    ),
    "groups that do not occur get a 0": with_missing,
    "a value for each row comes out, and not for each group": lambda v, g, w, b: by_equations(v, g, w, b)[
        np.unique(g, return_inverse=True)[1]
    ],
    "the common mean is left out of the sum": lambda v, g, w, b: (
        pooling()(v, g, w, b) - pooling(lambda n, w, b: np.zeros(len(n)))(v, g, w, b)
    ),
}
visible_cases.record(
    "shrunken_means",
    [
        (np.array([0, 6, 6]), np.array([1, 2, 2]), 2.0, 1.0),
        (np.array([3.0, 1.0, 8.0, 5.0, 4.0, 9.0]), np.array([7, 2, 7, 2, 2, 4]), 3.0, 2.0),
        (np.array([-5.0, 1.0, 2.5, 0.5]), np.array([0, 3, 3, 3]), 4.0, 0.5),
        (np.array([1.0, 2.0, 6.0, 3.0]), np.array([0, 5, 5, 5]), 1.5, 0.0),
        (np.array([10.0, 20.0, 24.0, 31.0, 28.0]), np.array([9, 1, 1, 3, 3]), 0.25, 9.0),
    ],
    by_equations,
    shrink_mistakes,
)
### END HIDDEN TESTS
with progress.exercise("shrunken_means"):
    checks.run("shrunken_means", shrunken_means)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("shrunken_means")
    for _ in range(8):
        numbers_drawn = rng.choice(30, int(rng.integers(3, 6)), replace=False)
        hidden_groups = rng.permutation(np.concatenate([numbers_drawn, rng.choice(numbers_drawn, 10)]))
        hidden_values = rng.normal(5, 3, len(hidden_groups))
        arguments = hidden_values, hidden_groups, float(rng.uniform(0.5, 6)), float(rng.uniform(0.5, 6))
        checks.returns(shrunken_means, arguments, by_equations(*arguments), shrink_mistakes)
    arguments = (*arguments[:3], 0.0)
    checks.returns(shrunken_means, arguments, by_equations(*arguments), shrink_mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# You must estimate the variances from the same clips. The next cells use the method of moments (Searle, Casella and
# McCulloch 1992, chapter 3): `within` is the mean squared distance of a value from its speaker's mean, and `between` is
# the scatter of these means that remains after subtracting the part that `within` explains. A value is 0 or 1 here, so
# its variance depends on the speaker. The model's single $\sigma^2$ for all speakers is an approximation.

# %%
sizes = np.repeat((2, 5, 10, 20), 6)
few_values, truth, order = [], [], np.random.default_rng(0)
for place, size in enumerate(sizes):
    clips = speech.generate([(700 + place, 700 + place)], 5, seed=9)
    values = order.permutation(is_correct(network, clips)).astype(float)
    few_values.append(values[:size])
    truth.append(values[size:].mean())  # thirty further clips or more
understood, speakers = np.concatenate(few_values), np.repeat(np.arange(len(sizes)), sizes)

# %%
own = np.bincount(speakers, understood) / sizes
within = np.sum((understood - own[speakers]) ** 2) / (len(understood) - len(sizes))
scatter = np.sum(sizes * (own - understood.mean()) ** 2) - (len(sizes) - 1) * within
between = max(0.0, scatter / (len(understood) - np.sum(sizes**2) / len(understood)))
shrunken = shrunken_means(understood, speakers, within, between)
truth, everyone = np.array(truth), np.full(len(sizes), understood.mean())
print(f"within {within:.3f}, between {between:.3f}")
for label, guess in (("own", own), ("shrunken", shrunken), ("one for all", everyone)):
    print(f"error of the {label:<12}{np.sqrt(np.mean((guess - truth) ** 2)):.3f}")  # root mean square of the speakers

# %%
figure, ax = plt.subplots(figsize=(8, 4.2), layout="constrained")
ax.vlines(np.arange(len(sizes)), own, shrunken, color=plots.COLORS["blue"], linewidth=1)
ax.plot(own, "o", color=plots.COLORS["sky"], label="own mean")
ax.plot(shrunken, "s", color=plots.COLORS["blue"], markersize=5, label="partially pooled")
ax.plot(truth, "x", color=plots.COLORS["black"], label="mean of further clips")
common = np.average(own, weights=1 / (between + within / sizes))
ax.axhline(common, color=plots.COLORS["vermilion"], linestyle=":", label="common mean, to which the speakers move")
ax.set(xlabel="speakers, from two clips (left) to twenty (right)", ylabel="accuracy of the network")
ax.set_title("Speakers with two clips move most, speakers with twenty least")
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# How much should you shrink? The figure lets you try other variances: move the ratio of `between` to `within`, and read
# off the error for the speakers with 2, 5, 10 and 20 clips. At 0, everybody gets the mean of all clips. Far to the
# right, nothing is shrunk.
#
# **Before you run the cell:** for which speakers does the ratio matter least?


# %%
def error_at(ratio, size):
    """Root mean squared error of the speakers with `size` clips, if `between` is `ratio` times `within`."""
    misses = shrunken_means(understood, speakers, within, ratio * within) - truth
    return float(np.sqrt(np.mean(misses[sizes == size] ** 2)))


ratios = (0, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 100)
errors = {f"{size} clips": [error_at(ratio, size) for ratio in ratios] for size in (2, 5, 10, 20)}
widgets.StrengthExplorer("between / within", ratios, errors, "error of the accuracy")

# %% [markdown]
# One sample of 24 speakers tells you little. The recorded experiment takes five samples, with other networks.

# %% tags=["nbval-check-output"]
pooled = results("partial_pooling")
for way, label in (("alone", "own means"), ("pooled", "one mean for all"), ("partial", "partially pooled")):
    row = ", ".join(f"{size} clips {pooled[way][size]['mean']:.1%}" for size in ("2", "5", "10", "20"))
    print(f"error, {label:<18}{row}; all {pooled[way]['all']['mean']:.1%}")
for other, size in (("alone", "2"), ("alone", "20"), ("alone", "all"), ("pooled", "all")):
    print(f"partially pooled minus {other}, {size}: {gain(pooled['partial'][size], pooled[other][size])}")

# %% [markdown]
# Over all speakers, partial pooling lowers the error by 6.4 percentage points (2.5 to 10.3) compared with own means,
# and by 2.9 (1.9 to 4.0) compared with one mean for all. Own means are noisy for speakers with few clips, and one mean
# for all ignores how speakers differ. For speakers with two clips, the error falls from 25.1% to 12.0%, but with five
# runs we could not detect this fall; with twenty clips, we could not detect a difference either. Partial pooling is the
# best of all linear estimates if the variances are known. Here they are estimated from few clips, so on a single sample
# another estimate can be better by chance.
#
# Fine-tuning works the same way. The known speakers' weights are the common mean, the ten clips pull away from it, and
# a small number of steps or a penalty on the distance keeps the result near. You could also shrink a prototype that is
# based on one image.
#
# **Partial pooling is transfer learning with two numbers: how much groups differ, and how noisy each group is.**
#
# ### Written answer: Whom do you adapt to?
#
# A nursing home with forty residents uses your voice dialer. Each resident would record one clip of each digit. A
# colleague wants to send all recordings to the company's server and train one network for each resident. Answer in
# about eight sentences, with numbers from this unit. (3 points)
#
# - (a) Which adaptation method would you choose with one clip of each digit, and what do you expect for the next
#   resident? Say what the unit of your interval is. (1 point)
# - (b) When would you not adapt at all? (1 point)
# - (c) What privacy problem do recordings and personal networks pose, and what would you do about it? (1 point)

# %% [markdown] nbgrader={"grade": true, "grade_id": "whom_to_adapt", "locked": false, "points": 3, "schema_version": 3, "solution": true}
# (a) I would fine-tune the known speakers' network on each resident's ten clips. In the recorded results, this gave
# 88.8% for real speakers, compared with 74.4% without adaptation and 52.5% from scratch. The interval counts speakers,
# and there were only six of them, so the next resident's accuracy can be far from this mean.
#
# (b) I would not adapt to a resident whom the network already understands well. With few clips, I would estimate that
# by partial pooling. I would also not adapt if I could not set aside some clips for testing, or if several people share
# a device.
#
# (c) A recording identifies a person, and so may weights that were tuned to one voice. I would train on the device,
# delete the clips afterwards, send nothing to the server without consent, and let residents remove their network.
#
# === BEGIN MARK SCHEME ===
# 1 point: fine-tuning (or the best method in the recorded results) with a number for one clip of each digit, and the
# speaker, not the clip, as the unit of the interval.
#
# 1 point: a case against adaptation, such as a speaker whom the network already understands, clips that are too few or
# wrongly labeled to test whether the adapted network is better, or several people on one device.
#
# 1 point: a voice identifies a person, and so may weights that were tuned to it; and a remedy, such as training on the
# device, deleting the clips, consent, or sending only what is needed.
# === END MARK SCHEME ===

# %% [markdown]
# ## Summary
#
# 1. **New speakers.** A network can be nearly perfect on known speakers and much worse on the next one. One clip of
#    each digit recovers a large part of the loss if you start from the known speakers. Intervals count speakers.
# 2. **Few shots.** With the features of a suitable teacher, one image and a prototype go far. With pixels or random
#    weights they do not, and a faces teacher hardly helps with characters.
# 3. **Zero shots.** Pairs and a contrastive loss connect images and sentences. Recall at $k$ in both directions
#    measures the connection. Unseen words break most of it.
# 4. **No labels.** The rotation task can be learned without labels. At our scale, its features stay far behind those of
#    a supervised teacher.
# 5. **Partial pooling.** Shrinking small groups toward the common mean is transfer, too (C49).

# %%
progress
