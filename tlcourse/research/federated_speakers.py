"""Federated averaging over speakers with a nonlinear network, and what its updates give away (C48).

Eight speakers have clips of their own. `local` trains a network on each speaker's clips alone, `pooled` trains one on
all clips in one place, and `federated` averages networks by the number of clips (FedAvg, McMahan et al. 2017). The
shares are "equal", or "skewed": each speaker has clips of three digits mostly, and speakers have different numbers of
clips. All arms take as many steps on as many clips. The test clips come from all speakers, each digit equally often.

`leaks` attacks single updates of an untrained network: see `counted_labels` and `found_inputs`.
"""

import numpy as np
from scipy import special

from tlcourse import continual
from tlcourse.datasets import speech

SPEAKERS, CLIPS_EACH, TEST_EACH = 8, 8, 4
ROUNDS, LOCAL_STEPS, BATCH, RATE = 12, 6, 16, 1e-3
FIRST_VOICE = 400
USUAL_DIGITS, SKEW = 3, 0.85  # digits that a speaker of the skewed shares has, and their share of the clips
SAMPLES, NEURONS = 10, 128


def shares(data, kind, rng):
    """For each speaker, the places of the clips that are used."""
    places = [np.flatnonzero(data.speakers == speaker) for speaker in range(SPEAKERS)]
    if kind == "equal":
        return [rng.permutation(own)[:60] for own in places]
    chosen = []
    for speaker, own in enumerate(places):
        usual = np.isin(data.digits[own], (np.arange(USUAL_DIGITS) + 3 * speaker) % 10)
        odds = np.where(usual, SKEW / usual.sum(), (1 - SKEW) / (~usual).sum())
        chosen.append(rng.choice(own, 24 if speaker % 2 else 36, replace=False, p=odds))
    return chosen


def mean_weights(networks, counts):
    """The mean of lists of arrays, weighted by the numbers of clips."""
    return [np.average(arrays, axis=0, weights=counts) for arrays in zip(*networks, strict=True)]


def stream(data, places, steps, rng):
    """Batches of some clips, without their places."""
    return (batch[:2] for batch in continual.batches(data.images[places], data.digits[places], steps, rng, BATCH))


def federated(trainer, start, data, parts, rng):
    """Weights after all rounds: each speaker trains from the mean, and the mean of the results is the new one."""
    weights = start
    for _ in range(ROUNDS):
        networks = []
        for places in parts:
            trainer.model.set_weights(weights)
            networks.append(trainer.train(stream(data, places, LOCAL_STEPS, rng), RATE).get_weights())
        weights = mean_weights(networks, [len(places) for places in parts])
    return weights


def trained(trainer, start, data, places, steps, rng):
    """Weights after steps on some clips in one place."""
    trainer.model.set_weights(start)
    return trainer.train(stream(data, places, steps, rng), RATE).get_weights()


def compared(trainer, start, data, tested, kind, rng):
    """Test accuracy of each way."""

    def score(weights):
        trainer.model.set_weights(weights)
        return continual.accuracy(trainer.model, tested.images, tested.digits)

    parts, steps = shares(data, kind, rng), ROUNDS * LOCAL_STEPS
    local = [score(trained(trainer, start, data, places, steps, rng)) for places in parts]
    pooled = trained(trainer, start, data, np.concatenate(parts), SPEAKERS * steps, rng)
    return {
        "local": float(np.mean(local)),
        "pooled": score(pooled),
        "federated": score(federated(trainer, start, data, parts, rng)),
    }


def counted_labels(head_bias_gradient, size):
    """How many clips of each class a batch held, guessed from the gradient of the head's biases.

    This gradient is the mean of p - y: the probabilities, which are about equal in an untrained network, less 1 for the
    label. So `size` times (1 / classes - gradient) is about the number of clips of each class.
    """
    return size * (1 / len(head_bias_gradient) - head_bias_gradient)


def dense_gradients(inputs, labels, rng):
    """Gradients of the first layer of an untrained network of two dense layers: of its kernel, and of its biases.

    Parameters
    ----------
    inputs : array of shape (n, d)
    labels : array of shape (n,)
    """
    first = rng.normal(0, np.sqrt(2 / inputs.shape[1]), (inputs.shape[1], NEURONS))
    second = rng.normal(0, np.sqrt(1 / NEURONS), (NEURONS, 10))
    hidden = np.maximum(inputs @ first, 0)
    error = (special.softmax(hidden @ second, axis=1) - np.eye(10)[labels]) / len(labels)
    slope = (error @ second.T) * (hidden > 0)
    return inputs.T @ slope, slope.sum(axis=0)


def found_inputs(inputs, labels, rng):
    """Share of the inputs that some neuron gives away: the column of its gradient correlates with them by 0.99."""
    kernel, bias = dense_gradients(inputs, labels, rng)
    used = np.abs(bias) > 1e-9
    guesses = (kernel[:, used] / bias[used]).T
    guesses, truth = ((part - part.mean(axis=1, keepdims=True)) for part in (guesses, inputs))
    alike = (truth @ guesses.T) / np.outer(np.linalg.norm(truth, axis=1), np.linalg.norm(guesses, axis=1) + 1e-12)
    return float((alike.max(axis=1) > 0.99).mean())


def leaks(model, data, rng):
    """How often the number of clips of a digit is guessed exactly, and which share of the inputs is found."""
    result = {"labels": {}, "inputs": {}}
    flat = data.images.reshape(len(data), -1) / 255
    for size in (1, 4, 16):
        exact, found_shares = [], []
        for _ in range(SAMPLES):
            places = rng.choice(len(data), size, replace=False)
            gradient = continual.gradients(model, data.images[places], data.digits[places])[-1]
            truth = np.bincount(data.digits[places], minlength=10)
            exact.append((np.round(counted_labels(gradient, size)) == truth).mean())
            found_shares.append(found_inputs(flat[places], data.digits[places], rng))
        result["labels"][str(size)], result["inputs"][str(size)] = float(np.mean(exact)), float(np.mean(found_shares))
    return result


def run(seed):
    """Accuracy by kind of shares and way, what a speaker sends in bytes, and what updates give away."""
    people = [(FIRST_VOICE + 10 * seed + number, number % 3) for number in range(SPEAKERS)]
    data, tested = speech.generate(people, CLIPS_EACH, 2 * seed), speech.generate(people, TEST_EACH, 2 * seed + 1)
    model = continual.trunk_and_head(data.images.shape[1:], 10, seed=seed)
    trainer, start = continual.Trainer(model), model.get_weights()
    result = {"leaks": leaks(model, data, np.random.default_rng(seed))}
    for kind in ("equal", "skewed"):
        result[kind] = compared(trainer, start, data, tested, kind, np.random.default_rng(seed))
    sent = sum(array.nbytes for array in start)
    clips = data.images[0].nbytes
    return result | {"bytes": {"network": sent, "all_rounds": 2 * ROUNDS * sent, "clips": 60 * clips}}
