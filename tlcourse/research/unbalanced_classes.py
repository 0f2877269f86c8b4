"""P_s(Y) != P_t(Y): the rare digits of the training set are the frequent ones afterwards (C31)."""

import numpy as np
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_val_predict

from tlcourse import scenario_network
from tlcourse.datasets import digits
from tlcourse.domains import label_shift

TRAINING, TESTS, RATIO = 300, 300, 15  # the most frequent digit is RATIO times as frequent as the rarest
CLASSES = 10


def run(seed):
    """Accuracy of logistic regression on handwritten digits, by repair; and how far each estimate of P_t(Y) is off.

    ``no_shift``: test digits with the training set's shares. The others: with the shares in reverse order.
    ``true_shares`` is the correction if the shares were known; ``labels`` a classifier trained on the target's mix.
    ``balanced``: mean accuracy over the ten digits, which no share enters. ``shares_off``: half the sum of
    ``|estimate - truth|``, from 0 to 1; ``source``: if nothing was estimated.
    """
    data, rng = digits.load(), np.random.default_rng(seed)
    pixels = data.images[..., 0].reshape(-1, 8, 6, 8, 6).mean(axis=(2, 4)).reshape(len(data), -1)
    source = RATIO ** -(rng.permutation(CLASSES) / (CLASSES - 1))
    source = source / source.sum()
    target = source[_mirrored(source)]
    used, parts = np.zeros(len(data), bool), {}
    wanted = {"train": (TRAINING, source), "same": (TESTS // 2, source), "moved": (TESTS, target)}
    for name, (count, mix) in {**wanted, "labels": (TRAINING, target)}.items():
        chosen = _sampled(data.labels, mix, count, used, rng)
        parts[name] = pixels[chosen], data.labels[chosen]
    return _measured(parts, seed)


def _mirrored(source):
    """The order of classes in which the most frequent one gets the rarest one's share, and so on."""
    order = np.argsort(source)
    mirrored = np.empty(CLASSES, int)
    mirrored[order] = order[::-1]
    return mirrored


def _sampled(labels, wanted, count, used, rng):
    """Places of about `count` unused images with the wanted shares, five of each class at least; marks them used."""
    chosen = [
        rng.permutation(np.flatnonzero((labels == label) & ~used))[: max(5, round(count * share))]
        for label, share in enumerate(wanted)
    ]
    chosen = np.concatenate(chosen)
    used[chosen] = True
    return chosen


def _measured(parts, seed):
    (train_vectors, labels), (tested, truth) = parts["train"], parts["moved"]
    source, target = (label_shift.shares(each, CLASSES) for each in (labels, truth))
    plain = scenario_network.linear(train_vectors, labels)
    probabilities = plain.predict_proba(tested)
    estimates = _estimates(plain, train_vectors, labels, probabilities, source)
    predictions = {"nothing": probabilities, "true_shares": label_shift.corrected(probabilities, source, target)}
    for name, estimate in estimates.items():
        predictions[name] = label_shift.corrected(probabilities, source, estimate)
    for direction in ("over", "under"):
        places = resample(labels, seed, direction)
        predictions[f"{direction}sampling"] = scenario_network.linear(
            train_vectors[places], labels[places]
        ).predict_proba(tested)
    weights = (1 / source)[labels] / CLASSES
    predictions["class_weights"] = scenario_network.linear(train_vectors, labels, weights).predict_proba(tested)
    predictions["labels"] = scenario_network.linear(*parts["labels"]).predict_proba(tested)
    chosen = {name: each.argmax(axis=1) for name, each in predictions.items()}
    return {
        "no_shift": float(plain.score(*parts["same"])),
        "moved": {name: accuracy_score(truth, each) for name, each in chosen.items()},
        "balanced": {name: _balanced(each, truth) for name, each in chosen.items()},
        "shares_off": {name: float(np.abs(each - target).sum() / 2) for name, each in estimates.items()}
        | {"source": float(np.abs(source - target).sum() / 2)},
    }


def _estimates(plain, train_vectors, labels, probabilities, source):
    """P_t(Y) by two methods; the confusion matrix comes from cross-validation, since no digit is left to hold out."""
    held_out = cross_val_predict(plain, train_vectors, labels, cv=5, method="predict_proba")
    return {
        "expectation_maximization": label_shift.shares_by_em(probabilities, source),
        "black_box": label_shift.shares_by_bbse(held_out, labels, probabilities),
    }


def _balanced(predicted, truth):
    return float(np.mean([(predicted[truth == label] == label).mean() for label in range(CLASSES)]))


def resample(labels, seed, direction="over"):
    """Places of examples such that each class has as many: drawn again from the small ones, or left out of the large.

    Parameters
    ----------
    labels : numpy.ndarray
        Shape (n,), integers.
    seed : int
    direction : {"over", "under"}
        To the size of the largest class, or of the smallest.

    Returns
    -------
    numpy.ndarray
        Integers, in shuffled order.
    """
    if direction not in ("over", "under"):
        raise ValueError(f"direction must be 'over' or 'under', got {direction!r}")
    rng = np.random.default_rng(seed)
    groups = [rng.permutation(np.flatnonzero(labels == label)) for label in np.unique(labels)]
    sizes = [len(group) for group in groups]
    count = max(sizes) if direction == "over" else min(sizes)
    chosen = [
        group[:count] if count <= len(group) else np.concatenate([group, rng.choice(group, count - len(group))])
        for group in groups
    ]
    return rng.permutation(np.concatenate(chosen))
