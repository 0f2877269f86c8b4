"""One head trained on all rows, against the mean of heads that were trained on one partition each (unit 11).

The heads are multinomial logistic regressions on the teacher's features. All start from the same scaling of the
features, which costs one pass over the data in either case.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from tlcourse import teachers
from tlcourse.datasets import faces

PEOPLE, IMAGES_EACH, TEST_EACH, PARTITIONS = 20, 16, 10, 4
SKEW = 0.7  # share of the rows of a person that lie in one partition
REGULARIZATION = 0.1  # C of scikit-learn, as in `linear_classifier`


def run(seed):
    """Test accuracy of each way, of the heads of single partitions (their mean), and differences from one process."""
    first = faces.TEST_PEOPLE[0] + PEOPLE * seed
    base = teachers.load("faces_vgg16", head=False)
    people = range(first, first + PEOPLE)
    train, test = faces.portraits(people, IMAGES_EACH, 2 * seed), faces.portraits(people, TEST_EACH, 2 * seed + 1)
    scaler = StandardScaler().fit(features := base.predict(train.images, verbose=0))
    data = scaler.transform(features), train.labels
    tested = scaler.transform(base.predict(test.images, verbose=0)), test.labels
    rng = np.random.default_rng(seed)
    even, skewed = rng.permutation(len(train)) % PARTITIONS, _skewed(train.labels, rng)
    scores = {"one_process": _score(*_head(*data), *tested), "averaged": _averaged(*data, even, tested)}
    scores["skewed"] = _averaged(*data, skewed, tested)
    scores["single_partition"] = float(np.mean([_score(*head, *tested) for head in _heads(*data, even)]))
    ways = ("averaged", "skewed", "single_partition")
    return {**scores, "difference": {way: scores[way] - scores["one_process"] for way in ways}}


def _skewed(labels, rng):
    """A partition for each row; most rows of a person lie in the same one."""
    home = labels % PARTITIONS
    return np.where(rng.random(len(labels)) < SKEW, home, rng.integers(PARTITIONS, size=len(labels)))


def _head(features, labels):
    """Kernel (classes, d) and bias (classes,), with zeros for people of whom there are no rows."""
    with threadpool_limits(1):
        fitted = LogisticRegression(C=REGULARIZATION, max_iter=500).fit(features, labels)
    kernel, bias = np.zeros((PEOPLE, features.shape[1])), np.zeros(PEOPLE)
    kernel[fitted.classes_], bias[fitted.classes_] = fitted.coef_, fitted.intercept_
    return kernel, bias


def _heads(features, labels, partition):
    return [_head(features[partition == part], labels[partition == part]) for part in range(PARTITIONS)]


def _averaged(features, labels, partition, tested):
    """Accuracy of the head whose parameters are the means over the partitions."""
    kernels, biases = zip(*_heads(features, labels, partition), strict=True)
    return _score(np.mean(kernels, axis=0), np.mean(biases, axis=0), *tested)


def _score(kernel, bias, features, labels):
    return float(((features @ kernel.T + bias).argmax(axis=1) == labels).mean())
