"""From simulation to reality: networks that learned digits from fonts only, asked about real handwriting (C35)."""

import numpy as np

from tlcourse import scenario_network
from tlcourse.datasets import digits, glyphs
from tlcourse.domains import adaptation
from tlcourse.research import headline

SIMULATED_EACH, REAL_EACH = 30, 10
STYLES = {"printed": glyphs.PRINTED, "handwritten": glyphs.HANDWRITTEN, "scanned": glyphs.SCANNED}


def run(seed):
    """Accuracy on simulated digits and on 1,697 real ones, by how near the simulation comes to reality.

    ``batch_norm``: the nearest simulation, its statistics those of 100 real digits without labels. ``real_labels``:
    a new head on that network's features, from these digits with labels. ``real_only``: logistic regression on the
    8x8 pixels of the same 100, with no simulation at all.
    """
    few, real = digits.split(seed, REAL_EACH)
    models, simulated = {}, {}
    for name, style in STYLES.items():
        models[name] = scenario_network.train(glyphs.glyphs(glyphs.DIGITS, SIMULATED_EACH, 10 * seed, style), seed)
        simulated[name] = headline.accuracy(models[name], glyphs.glyphs(glyphs.DIGITS, 20, 10 * seed + 1, style))
    nearest = models["scanned"]
    adapted = adaptation.adapt_batch_norm(nearest, few.images)
    train_vectors, tested = (scenario_network.vectors(nearest, each) for each in (few, real))
    pixels = [_pixels(each) for each in (few, real)]
    return {
        "simulated": simulated,
        "real": {name: headline.accuracy(model, real) for name, model in models.items()},
        "batch_norm": headline.accuracy(adapted, real),
        "real_labels": float(scenario_network.linear(train_vectors, few.labels).score(tested, real.labels)),
        "real_only": float(scenario_network.linear(pixels[0], few.labels).score(pixels[1], real.labels)),
    }


def _pixels(data):
    """The 8x8 pixels that the images were enlarged from, shape (n, 64)."""
    return np.asarray(data.images[..., 0].reshape(-1, 8, 6, 8, 6).mean(axis=(2, 4))).reshape(len(data), -1)
