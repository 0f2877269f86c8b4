"""A language model of reviews that goes on with contracts: what it gains there, and what it forgets (C50).

All arms take the same steps on the same few contracts. Losses are in nats for each piece, on texts that are new to all.
"""

import collections
import itertools

import numpy as np

from tlcourse.data import results
from tlcourse.research import language_models
from tlcourse.research.language_models import BATCH, STEPS, chosen, network, rows, tokenizer
from tlcourse.text import objectives

REVIEWS = ("products", "hotels", "films")
CONTRACTS, HELD_OUT = 100, 200
ADAPTING_STEPS = 60
RATES = (1e-3, 4e-3)
WEIGHTS = (0.5, 0.7, 0.9)  # of the pairs of pieces in the count model
ARMS = ("adapted", "replay", "scratch")


def texts_of(seed):
    """Ids of a seed: reviews and contracts to learn from, and held-out ones of both."""
    return {
        "reviews": rows(REVIEWS, 640, 30_000 + 2 * seed),
        "contracts": rows(("contracts",), CONTRACTS, 30_000 + 2 * seed),
        "test_reviews": rows(REVIEWS, HELD_OUT // 3, 30_001 + 2 * seed),
        "test_contracts": rows(("contracts",), HELD_OUT, 30_001 + 2 * seed),
    }


def losses(learner, ids):
    """Held-out losses, on contracts and on reviews."""
    return {part: learner.loss(objectives.causal(ids[f"test_{part}"])) for part in ("contracts", "reviews")}


def measure(seed, rates):
    """Losses before, and after each arm at each of its rates.

    Parameters
    ----------
    seed : int
    rates : dict of str to sequence of float
        By arm of `ARMS`.
    """
    ids = texts_of(seed)
    learner, _ = network()
    learner.restart(seed).fit(language_models.stream(ids["reviews"], "gpt", seed), STEPS, 4e-3)
    start, measured = learner.network.get_weights(), {"before": losses(learner, ids)}
    for arm, tried in rates.items():
        measured[arm] = {}
        for rate in tried:
            learner.network.set_weights(start)
            if arm == "scratch":
                learner.restart(seed)
            learner.fit(_batches(ids, arm, seed), ADAPTING_STEPS, rate)
            measured[arm][rate] = losses(learner, ids)
    return ids, measured


def _batches(ids, arm, seed):
    """Contracts; with replay, as many reviews in each batch besides."""
    contracts = language_models.stream(ids["contracts"], "gpt", seed, BATCH)
    if arm != "replay":
        yield from contracts
    for both in zip(contracts, language_models.stream(ids["reviews"], "gpt", seed, BATCH), strict=True):
        yield objectives.Batch(*(np.concatenate(parts) for parts in zip(*both, strict=True)))


def count_model(train, test, weight):
    """Loss of a model that counts: pairs of pieces, mixed with single pieces, of which each counts one more.

    Interpolated bigrams (Jelinek and Mercer 1980): a baseline without a network and without reviews.
    """
    single, pairs, before = np.ones(len(tokenizer().vocabulary)), collections.Counter(), collections.Counter()
    for row in train:
        pieces = row[row != 0].tolist()
        np.add.at(single, pieces[1:], 1)
        pairs.update(itertools.pairwise(pieces))
        before.update(pieces[:-1])
    single /= single.sum()
    logs = []
    for row in test:
        pieces = row[row != 0].tolist()
        for first, second in itertools.pairwise(pieces):
            share = pairs[first, second] / before[first] if before[first] else single[second]
            logs.append(np.log(weight * share + (1 - weight) * single[second]))
    return -float(np.mean(logs))


def develop(seed):
    """Loss on development contracts, by arm and rate (for *counts*, by weight)."""
    ids, measured = measure(seed + language_models.DEVELOPMENT, dict.fromkeys(ARMS, RATES))
    contracts = {arm: {f"{rate:g}": each["contracts"] for rate, each in measured[arm].items()} for arm in ARMS}
    counts = {f"{weight:g}": count_model(ids["contracts"], ids["test_contracts"], weight) for weight in WEIGHTS}
    return {"loss": {**contracts, "counts": counts}}


def run(seed):
    """Losses on contracts and reviews: before, adapted, adapted with replay, from scratch, and of the count model.

    Raises
    ------
    FileNotFoundError
        If "adapted_language_model_development" is not recorded yet.
    """
    recorded = results("adapted_language_model_development")
    rates = {arm: chosen(recorded, "loss", arm, -1) for arm in ARMS}
    ids, measured = measure(seed, {arm: (rate,) for arm, rate in rates.items()})
    by_arm = {"before": measured["before"]} | {arm: measured[arm][rate] for arm, rate in rates.items()}
    counted = count_model(ids["contracts"], ids["test_contracts"], chosen(recorded, "loss", "counts", -1))
    return {**by_arm, "counts": {"contracts": counted}}
