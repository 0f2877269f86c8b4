"""Means of groups with little data: each alone, all together, or partially pooled (C49).

The groups are synthetic speakers, the value is how long they take to say "seven". Some speakers have one clip, others
many; 25 further clips give the mean that is to be estimated. Variances are estimated from the small data.
"""

import numpy as np

from tlcourse.datasets import speech

SIZES, SPEAKERS_EACH, TRUE_CLIPS, DIGIT = (1, 2, 4, 8, 16), 6, 25, 7


def run(seed):
    """Root mean squared error in ms, by clips of the speaker and way of estimating."""
    sizes = np.repeat(SIZES, SPEAKERS_EACH)
    first = 50_000 + 100 * seed
    clips = [durations(first + place, size + TRUE_CLIPS) for place, size in enumerate(sizes)]
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


def durations(voice, count):
    """Milliseconds that a voice takes for `count` clips of the digit, with the neutral accent."""
    return np.array([1000 * len(speech.wave(DIGIT, voice, seed=seed)) / speech.RATE for seed in range(count)])


def variances(values, groups):
    """Variance within and between groups, by the method of moments (Searle, Casella and McCulloch 1992, chapter 3)."""
    sizes = np.bincount(groups)
    means = np.bincount(groups, values) / sizes
    within = ((values - means[groups]) ** 2).sum() / (len(values) - len(sizes))
    spread = (sizes * (means - values.mean()) ** 2).sum() - (len(sizes) - 1) * within
    return within, max(0.0, spread / (len(values) - (sizes**2).sum() / len(values)))
