"""Means of groups with little data: each alone, all together, or partially pooled (C49).

The groups are synthetic speakers whom a network does not know, and a value is 1 if it understands a clip. Some speakers
have two clips, others many; forty further clips give the accuracy that is to be estimated. Variances are estimated from
the small data.
"""

import numpy as np

from tlcourse.datasets import speech
from tlcourse.research import new_speaker

SIZES, SPEAKERS_EACH, TRUE_CLIPS = (2, 5, 10, 20), 6, 40


def run(seed):
    """Root mean squared error of the accuracies, by clips of the speaker and way of estimating."""
    sizes = np.repeat(SIZES, SPEAKERS_EACH)
    first = 50_000 + 100 * seed
    known_speakers = [(first + number, first + number) for number in range(new_speaker.KNOWN)]
    network = new_speaker.trained(speech.generate(known_speakers, 12, seed=1), seed)
    clips = [understood(network, first + 10 + place, size + TRUE_CLIPS) for place, size in enumerate(sizes)]
    few = [row[:size] for row, size in zip(clips, sizes, strict=True)]
    truth = np.array([row[size:].mean() for row, size in zip(clips, sizes, strict=True)])
    values, groups = np.concatenate(few), np.repeat(np.arange(len(sizes)), sizes)
    within, between = variances(values, groups)
    alone = np.array([row.mean() for row in few])
    weights = between / (between + within / sizes)
    center = np.average(alone, weights=1 / (between + within / sizes))
    guesses = {
        "alone": alone,
        "pooled": np.full(len(sizes), values.mean()),
        "partial": center + weights * (alone - center),
    }
    return {
        name: {str(size): float(np.sqrt(np.mean((guess - truth)[sizes == size] ** 2))) for size in SIZES}
        | {"all": float(np.sqrt(np.mean((guess - truth) ** 2)))}
        for name, guess in guesses.items()
    }


def understood(network, number, count):
    """Ones and zeros: for `count` clips of the speaker with this voice and accent, whether the digit is predicted."""
    clips = speech.generate([(number, number)], -(-count // 10), seed=2)
    order = np.random.default_rng(number).permutation(len(clips))[:count]
    scores = network(clips.images[order], training=False).numpy()
    return (scores.argmax(axis=1) == clips.digits[order]).astype(float)


def variances(values, groups):
    """Variance within and between groups, by the method of moments (Searle, Casella and McCulloch 1992, chapter 3)."""
    sizes = np.bincount(groups)
    means = np.bincount(groups, values) / sizes
    within = ((values - means[groups]) ** 2).sum() / (len(values) - len(sizes))
    spread = (sizes * (means - values.mean()) ** 2).sum() - (len(sizes) - 1) * within
    return within, max(0.0, spread / (len(values) - (sizes**2).sum() / len(values)))
