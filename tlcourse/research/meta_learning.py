"""Reptile against plain transfer and no transfer, on sines of which ten points are known (C48).

All three arms are one architecture. `scratch` starts from random weights, `joint` was trained on the points of all
tasks as if they were one, and `reptile` was trained to be adapted (Nichol, Achiam & Schulman 2018). Joint training and
Reptile see the same number of points. Each arm's rate of adaptation is the best of four on 100 development tasks.
"""

import numpy as np
from threadpoolctl import threadpool_limits

from tlcourse import sines

ROUNDS, TASKS, INNER_STEPS, POINTS = 2_500, 5, 12, 10
INNER_RATE, OUTER_RATE = 0.02, 0.3
JOINT_RATE = 0.02
RATES = (0.01, 0.02, 0.04, 0.08)
STEPS = (0, 8, 32)
TESTED = 200


def reptile(phases, rng):
    """Weights trained by Reptile: the outer rate falls to 0 in a straight line."""
    weights = sines.initial_weights(rng)
    for number in range(ROUNDS):
        x, y = _points_by_step(sines.tasks(TASKS, phases, rng), rng)
        moved = sines.adapted(weights, x, y, INNER_STEPS, INNER_RATE)
        rate = OUTER_RATE * (1 - number / ROUNDS)
        weights = [old + rate * (new.mean(axis=0) - old) for old, new in zip(weights, moved, strict=True)]
    return weights


def joint(phases, rng):
    """Weights trained on the points of all tasks together, as many as in `reptile`; the rate falls in the same way."""
    weights = sines.initial_weights(rng)
    for number in range(ROUNDS):
        x, y = _points_by_step(sines.tasks(TASKS, phases, rng), rng)
        together = (np.concatenate(list(part), axis=1)[None] for part in (x, y))
        rate = JOINT_RATE * (1 - number / ROUNDS)
        weights = [array[0] for array in sines.adapted(weights, *together, INNER_STEPS, rate)]
    return weights


def _points_by_step(task_set, rng):
    """New points for each inner step, two arrays of shape (tasks, steps, points, 1)."""
    x, y = sines.points(task_set, INNER_STEPS * POINTS, rng)
    return tuple(part.reshape(len(part), INNER_STEPS, POINTS, 1) for part in (x, y))


def errors(weights, phases, rate, rng, count=TESTED):
    """Error on new tasks before and after adaptation, by number of steps."""
    task_set = sines.tasks(count, phases, rng)
    x, y = sines.points(task_set, POINTS, rng)
    return {str(steps): sines.error(sines.adapted(weights, x, y, steps, rate), task_set) for steps in STEPS}


def chosen_rate(weights, phases, rng):
    """The rate with the smallest error on development tasks, mean over 8 and 32 steps."""
    seed = int(rng.integers(1 << 30))
    means = {}
    for rate in RATES:
        scores = errors(weights, phases, rate, np.random.default_rng(seed), 100)
        means[rate] = np.mean([scores[str(steps)] for steps in STEPS[1:]])
    return min(means, key=means.get)


def run(seed):
    """Errors by range of phases, arm and steps of adaptation, with each arm's rate."""
    result = {}
    with threadpool_limits(1):
        for phases in sines.PHASES:
            rng = np.random.default_rng([seed, len(phases)])
            arms = {"scratch": sines.initial_weights(rng), "joint": joint(phases, rng), "reptile": reptile(phases, rng)}
            result[phases] = {}
            for arm, weights in arms.items():
                rate = chosen_rate(weights, phases, np.random.default_rng([seed, 1]))
                scores = errors(weights, phases, rate, np.random.default_rng([seed, 2]))
                result[phases][arm] = {**scores, "rate": rate}
    return result
