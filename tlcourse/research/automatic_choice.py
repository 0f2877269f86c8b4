"""Who chooses the layer to cut at and the strength of the head: a rule, a score, or a search with a budget (C52)?

Candidates are the 16 layers of the faces teacher, each with two heads (values of C of a logistic regression). There
are two targets: new people, and real digits, with ten labeled images of each class. Every way ends with a head that
is trained on all ten images of each class with the candidate it has chosen:

- rule: the last hidden layer (C08), with the course's usual C.
- log_me: the layer with the largest LogME (unit 06), with the usual C.
- halving: all candidates are trained on one image of each class and validated on two others. The better half stays,
  with twice as many images, until one is left (successive halving, Jamieson & Talwalkar 2016).
- everything: all candidates are trained on eight images of each class, and validated on the same two.
- hindsight: the best candidate on the test images, a bound that nobody can reach without them.

The budget of a way is counted in images that heads are trained on.
"""

import itertools

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from tlcourse import teachers
from tlcourse.datasets import digits, faces
from tlcourse.domains import transferability
from tlcourse.research.cut_layer import layer_outputs

PEOPLE, IMAGES_EACH, VALIDATED, TEST_IMAGES = 20, 10, 2, 400
STRENGTHS, USUAL = (0.001, 0.1), 0.1
SHARES = (1, 2, 4, 8)  # images of each class in the rounds of halving


def targets(seed):
    """Training and test images by target; the training images of each class come in a random order."""
    first = faces.TEST_PEOPLE[0] + PEOPLE * seed
    people = range(first, first + PEOPLE)
    real_train, real_test = digits.split(seed)
    test = np.random.default_rng(seed).permutation(len(real_test))[:TEST_IMAGES]
    return {
        "people": (faces.portraits(people, IMAGES_EACH, 2 * seed), faces.portraits(people, 20, 2 * seed + 1)),
        "digits": (real_train, real_test.take(test)),
    }


def score(candidate, vectors, labels, train, test):
    """Accuracy of a candidate that learns from some places and is tested on others, or on the test images."""
    layer, strength = candidate
    head = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=100))
    head.fit(vectors[0][layer][train], labels[0][train])
    if test is None:
        return float(head.score(vectors[1][layer], labels[1]))
    return float(head.score(vectors[0][layer][test], labels[0][test]))


def halved(candidates, scores):
    """The better half of the candidates, in their order; at least one."""
    kept = np.argsort(-np.asarray(scores), kind="stable")[: max(1, len(candidates) // 2)]
    return [candidates[place] for place in sorted(kept)]


def compared(train, test, names, model, seed):
    """Test accuracy and budget of each way on one target."""
    vectors = [model.predict(part.images, batch_size=128, verbose=0) for part in (train, test)]
    vectors, labels = [dict(zip(names, part, strict=True)) for part in vectors], (train.labels, test.labels)
    order = np.random.default_rng(seed).permutation(len(train))
    ranks = [order[train.labels[order] == label] for label in range(len(train.class_names))]
    first = {count: np.concatenate([places[:count] for places in ranks]) for count in SHARES}
    check = np.concatenate([places[-VALIDATED:] for places in ranks])
    grid = list(itertools.product(names, STRENGTHS))
    chosen, budget, left = {"rule": (names[-2], USUAL)}, {"rule": 0, "log_me": 0, "halving": 0}, grid
    evidence = {name: transferability.log_me(vectors[0][name], train.labels) for name in names}
    chosen["log_me"] = (max(evidence, key=evidence.get), USUAL)
    for count in SHARES:
        scores = [score(each, vectors, labels, first[count], check) for each in left]
        budget["halving"] += len(left) * len(first[count])
        left = halved(left, scores) if count < SHARES[-1] else [left[int(np.argmax(scores))]]
    chosen["halving"] = left[0]
    last = [score(each, vectors, labels, first[SHARES[-1]], check) for each in grid]
    chosen["everything"], budget["everything"] = grid[int(np.argmax(last))], len(grid) * len(first[SHARES[-1]])
    accuracy = {each: score(each, vectors, labels, np.arange(len(train)), None) for each in grid}
    result = {way: accuracy[each] for way, each in chosen.items()} | {"hindsight": max(accuracy.values())}
    layers = {way: names.index(layer) + 1 for way, (layer, _) in chosen.items()}
    return {"accuracy": result, "budget": budget, "layer": layers}


def run(seed):
    """Accuracy, budget and number of the chosen layer (1 to 16), by target and way."""
    names, model = layer_outputs(teachers.load("faces_vgg16"))
    with threadpool_limits(1):
        return {name: compared(*parts, names, model, seed) for name, parts in targets(seed).items()}
