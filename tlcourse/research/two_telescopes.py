"""P_s(X) != P_t(X): galaxies learned through a sharp telescope, recognized through a blurred one (C29, C34)."""

import functools

import numpy as np

from tlcourse import scenario_network
from tlcourse.datasets import galaxies
from tlcourse.domains import adaptation
from tlcourse.research import headline
from tlcourse.research.domain_distance import proxy_a_distance

IMAGES_EACH, UNLABELED_EACH, TEST_EACH = 200, 75, 100


@functools.cache
def trained(seed):
    """(training galaxies, network trained on them), through the sharp telescope; `other_labels` starts from it."""
    data = galaxies.observe(IMAGES_EACH, 1_000 + 10 * seed)
    return data, scenario_network.train(data, seed)


def run(seed):
    """Accuracy on sharp and on blurred galaxies, and on blurred ones after each repair.

    No repair sees a label of the blurred telescope; ``with_labels``, for comparison, learns a head from 300.
    """
    source, model = trained(seed)
    unlabeled = galaxies.observe(UNLABELED_EACH, 1_001 + 10 * seed, galaxies.BLURRED)
    sharp, blurred = (
        galaxies.observe(TEST_EACH, 1_002 + 10 * seed, each) for each in (galaxies.SHARP, galaxies.BLURRED)
    )
    adapted = adaptation.adapt_batch_norm(model, unlabeled.images)
    before, after = (_heads(each, source, unlabeled, blurred) for each in (model, adapted))
    return {
        "sharp": headline.accuracy(model, sharp),
        "blurred": headline.accuracy(model, blurred),
        "batch_norm": headline.accuracy(adapted, blurred),
        "features": before,
        "features_after_batch_norm": after,
    }


def _heads(model, source, unlabeled, test):
    """Heads on a network's features: learned from sharp galaxies as they are, and repaired."""
    source_vectors, new, tested = (scenario_network.vectors(model, each) for each in (source, unlabeled, test))
    mean, deviation = source_vectors.mean(axis=0), source_vectors.std(axis=0) + 1e-6
    source_vectors, new, tested = ((each - mean) / deviation for each in (source_vectors, new, tested))
    weights = adaptation.importance_weights(source_vectors, new)
    heads = {
        "plain": scenario_network.linear(source_vectors, source.labels),
        "coral": scenario_network.linear(adaptation.coral(source_vectors, new), source.labels),
        "importance": scenario_network.linear(source_vectors, source.labels, weights),
        "with_labels": scenario_network.linear(new, unlabeled.labels),
    }
    return {
        **{name: float(head.score(tested, test.labels)) for name, head in heads.items()},
        "effective_share": float(adaptation.effective_count(weights) / len(weights)),
        "a_distance": proxy_a_distance(source_vectors, np.asarray(new)),
    }
