"""How far two domains lie apart, by a classifier that should separate them."""

import numpy as np
from sklearn.model_selection import cross_val_score
from threadpoolctl import threadpool_limits

from tlcourse.linear_probe import linear_classifier


def proxy_a_distance(source, target, seed=0):
    """How well a linear classifier separates two domains: 0 not at all, 2 without an error.

    Ben-David et al. 2007: 2 (1 - 2e), e the error on held-out inputs; here cross-validated, on equally many of each.

    Parameters
    ----------
    source, target : numpy.ndarray
        Features, shapes (n, d) and (m, d); 10 or more of each.
    seed : int
        Selects the inputs of the larger side at random.

    Returns
    -------
    float
        From 0 to 2. An error above one half, which chance gives to equal domains, counts as one half.

    Raises
    ------
    ValueError
        If there are fewer than 10 vectors of a domain, or vectors of different lengths.
    """
    source, target = np.asarray(source, dtype=float), np.asarray(target, dtype=float)
    count = min(len(source), len(target))
    if source.shape[1:] != target.shape[1:] or count < 10:
        raise ValueError(f"two domains need 10 or more vectors of one length, got {source.shape} and {target.shape}")
    rng = np.random.default_rng(seed)
    chosen = [side[rng.permutation(len(side))[:count]] for side in (source, target)]
    which = np.arange(2 * count) % 2  # in turn, so that each fold has both
    vectors = np.empty((2 * count, source.shape[1]))
    vectors[0::2], vectors[1::2] = chosen
    classifier = linear_classifier()
    with threadpool_limits(1):
        error = 1 - cross_val_score(classifier, vectors, which, cv=5).mean()
    return float(max(0.0, 2 * (1 - 2 * error)))
