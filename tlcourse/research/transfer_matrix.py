"""Three teachers times four targets, against no teacher; and what scores say before any training (C11, C14)."""

import keras
import numpy as np

from tlcourse import features, scenario_network, teachers
from tlcourse.datasets import digits, faces, galaxies, glyphs
from tlcourse.domains import transferability
from tlcourse.research import headline, two_telescopes
from tlcourse.research.domain_distance import proxy_a_distance

PEOPLE, FEW, TESTS = 20, 5, 20


def targets(seed, people=None):
    """The four targets, five images a class to learn from: name -> (train, test). No teacher has seen them.

    Without `people`, the seed decides whose faces are drawn.
    """
    people = faces.TEST_PEOPLE[PEOPLE * seed : PEOPLE * (seed + 1)] if people is None else people
    few_digits, other_digits = digits.split(seed, FEW)
    order = np.random.default_rng(seed).permutation(len(other_digits))[:500]
    return {
        "faces": tuple(faces.portraits(people, count, 5_000 + 2 * seed + part) for part, count in ((0, FEW), (1, 10))),
        "digits": (few_digits, other_digits.take(order)),
        "greek": tuple(
            glyphs.glyphs(glyphs.GREEK, count, 5_000 + 2 * seed + part) for part, count in ((0, FEW), (1, TESTS))
        ),
        "galaxies": tuple(
            galaxies.observe(count, 5_000 + 2 * seed + part, fine=True) for part, count in ((0, FEW), (1, 3 * TESTS))
        ),
    }


def sources(seed):
    """The three teachers, name -> (what it learned from, network). Galaxies were learned in four classes."""
    letters = glyphs.glyphs(glyphs.LETTERS, 20, 10 * seed + 2)
    people = faces.portraits(faces.TEACHER_PEOPLE[:100], 3, 6_000 + seed)
    return {
        "faces": (people, teachers.load("faces_vgg16")),
        "letters": (letters, scenario_network.train(letters, seed)),
        "galaxies": two_telescopes.trained(seed),
    }


def run(seed):
    """For each target: accuracy without a teacher and with each; the scores; and what choosing by them gives.

    ``none``: the small network from scratch, and logistic regression on pixels (every third one).
    ``chosen``: accuracy of the teacher with the best score; ``best``: of the best teacher, known afterwards.
    """
    source_models = sources(seed)
    return {name: measure_target(*parts, source_models, seed) for name, parts in targets(seed).items()}


def measure_target(train, test, source_models, seed):
    """What `run` returns for one target: (train, test), the teachers of `sources`, and the seed."""
    flat = [each.images[:, 1::3, 1::3].reshape(len(each), -1) / 255 for each in (train, test)]
    scratch = scenario_network.train(train, seed, epochs=25)
    result = {
        "none": {
            "scratch": headline.accuracy(scratch, test),
            "pixels": float(scenario_network.linear(flat[0], train.labels).score(flat[1], test.labels)),
        },
        **{teacher: _with_teacher(*source, train, test) for teacher, source in source_models.items()},
    }
    by_score = {
        "log_me": max(source_models, key=lambda name: result[name]["log_me"]),
        "leep": max(source_models, key=lambda name: result[name]["leep"]),
        "a_distance": min(source_models, key=lambda name: result[name]["a_distance"]),
    }
    result["chosen"] = {score: result[name]["accuracy"] for score, name in by_score.items()}
    result["best"] = max(result[name]["accuracy"] for name in source_models)
    return result


def _with_teacher(sample, model, train, test):
    train_vectors, tested = (scenario_network.vectors(model, each) for each in (train, test))
    own = features.extract(model, sample.images[:: max(1, len(sample) // 200)], cache=False)
    logits = model.predict(train.images, batch_size=256, verbose=0)
    probabilities = np.asarray(keras.ops.softmax(logits.astype("float64")))
    return {
        "accuracy": float(scenario_network.linear(train_vectors, train.labels).score(tested, test.labels)),
        "log_me": transferability.log_me(train_vectors, train.labels),
        "leep": transferability.leep(probabilities, train.labels),
        "a_distance": proxy_a_distance(own, train_vectors),
    }
