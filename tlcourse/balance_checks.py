"""What checks ask of a sample that balances classes, drawn with a generator.

`balanced_counts` takes the student's function and returns a function of plain arguments. It shows a property of what
comes and does not know what is right. The others fail unless a property holds for every correct sample.
"""

import numpy as np

from tlcourse.checks import require
from tlcourse.exercises.comparing import as_array

SEEDS = 60


def balanced_counts(balanced):
    """A function of labels, a count and a seed: how many positions of each class `balanced` gives, a dictionary.

    It fails unless the positions are integers in one row that exist in `labels`, and a generator of the same seed gives
    the same ones again.
    """

    def counts_of(labels, count, seed):
        classes, own = np.unique(labels), np.array(labels)  # before the function could change them
        positions, again = (_positions(balanced, labels, count, seed) for _ in range(2))
        require(np.array_equal(labels, own), "balanced changes `labels`: work on a copy, because it is still needed.")
        require(
            sorted(positions) == sorted(again),
            "Two generators with the same seed give different positions: take all randomness from `rng`.",
        )
        return {int(label): int((own[positions] == label).sum()) for label in classes}

    counts_of.__name__ = "how often each class comes in balanced"
    return counts_of


def repeats_nothing(balanced, labels, count, seed=0):
    """Fail if a position comes twice although its class has `count` positions or more."""
    for label, times in _times(balanced, labels, count, seed).items():
        require(
            len(times) < count or max(times.values()) <= 1,
            f"With a count of {count}, a position of class {label} comes twice although the class has {len(times)}.",
        )


def gives_every_position_a_chance(balanced, labels, count):
    """Fail if a position is never among those of its class that come once more than the others, for any generator."""
    drawn = [_times(balanced, labels, count, seed) for seed in range(SEEDS)]
    for label, first in drawn[0].items():
        rounds, remaining = divmod(count, len(first))
        if not remaining or sum(first.values()) != count:  # a wrong number is the matter of `balanced_counts`
            continue
        most = np.max([list(times[label].values()) for times in drawn], axis=0)
        never = [position for position, times in zip(first, most, strict=True) if times <= rounds]
        again = f" more than {rounds} times" if rounds > 1 else " a second time" if rounds else ""
        require(
            not never,
            f"With {len(first)} positions of class {label} and a count of {count}, none of {SEEDS} generators gives "
            f"position {never[-1] if never else ''}{again}: are the first ones always taken?",
        )


def repeats_evenly(balanced, labels, count, seed=0):
    """Fail if a position of a class comes at least two times more often than another one."""
    for label, times in _times(balanced, labels, count, seed).items():
        most, least = max(times.values()), min(times.values())
        fair = " and ".join(map(str, sorted({-(-count // len(times)), count // len(times)}, reverse=True)))
        require(
            most - least <= 1,
            f"Class {label} has {len(times)} positions, for a count of {count}. One comes {most} times and another one "
            f"{least} times; {fair} would be fair.",
        )


def _times(balanced, labels, count, seed):
    """For each class, its positions and how often each comes."""
    labels = np.array(labels)
    positions = _positions(balanced, labels.copy(), count, seed)
    return {
        int(label): {int(position): positions.count(position) for position in np.flatnonzero(labels == label)}
        for label in np.unique(labels)
    }


def _positions(balanced, labels, count, seed):
    came = balanced(labels, count, np.random.default_rng(seed))
    require(came is not None, "balanced should return positions, but it returns None. Is a `return` missing?")
    positions = as_array(came)
    in_a_row = positions is not None and positions.ndim == 1 and (positions.dtype.kind in "iu" or not positions.size)
    shape = "" if positions is None else f", not {positions.dtype} of shape {positions.shape}"
    require(in_a_row, f"balanced should return whole numbers in one row, the positions{shape}.")
    outside = [position for position in positions.tolist() if not 0 <= position < len(labels)]
    require(
        not outside, f"Position {next(iter(outside), None)} lies outside of `labels`, which has {len(labels)} elements."
    )
    return positions.tolist()
