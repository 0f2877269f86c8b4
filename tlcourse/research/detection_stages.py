"""Whether a second look at each proposal raises the AP of a face detector, and what it costs (C47).

The first stage is the grid head of `detection_labels`, arm "frozen". The second cuts each proposal out of the image,
enlarges it to the teacher's own 48x48 pixels, and classifies the teacher's features as face or not. Its penalty was
chosen on development scenes.
"""

import time

import keras
import numpy as np
from PIL import Image
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from tlcourse import features
from tlcourse.datasets import faces
from tlcourse.research import detection_arms as arms
from tlcourse.research import detection_labels

COUNTS = (20, 100)
PROPOSED, LOOSE, MARGIN, LOWEST = 8, 0.6, 0.25, 0.01
C, LAYER = 0.01, "fc1_relu"


def proposals(grid):
    """Up to eight boxes of a scene and their scores; more duplicates than in a final result."""
    return tuple(part[:PROPOSED] for part in arms.decoded(grid, LOWEST, LOOSE))


def crops(image, boxes):
    """Each box and a margin around it, as an image of 48x48 pixels; black beyond the edge."""
    sides = np.array([-MARGIN, -MARGIN, MARGIN, MARGIN]) * np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    parts = [Image.fromarray(image).crop(tuple(box)).resize((48, 48)) for box in np.round(boxes + sides).astype(int)]
    return np.array(parts, np.uint8).reshape(-1, 48, 48, 3)


def region_features(images, proposed):
    """The teacher's features of all proposals of all images."""
    parts = np.concatenate([crops(image, boxes) for image, (boxes, _) in zip(images, proposed, strict=True)])
    return features.extract(detection_labels.teacher(), parts, layer=LAYER, cache=False)


def rescored(proposed, seen):
    """Detections of each scene: the product of both scores, then suppression as in the first stage."""
    result, borders = [], np.cumsum([len(boxes) for boxes, _ in proposed])[:-1]
    for (boxes, scores), part in zip(proposed, np.split(seen, borders), strict=True):
        order = np.argsort(-scores * part, kind="stable")
        result.append(arms.suppressed(boxes[order], (scores * part)[order], arms.OVERLAP))
    return result


def is_face(proposed, truths):
    """Whether each proposal overlaps a true box by at least half."""
    pairs = zip(proposed, truths, strict=True)
    return np.concatenate([arms.overlaps(boxes, truth).max(axis=1) >= 0.5 for (boxes, _), truth in pairs])


def measured(target, count, seed, c=C):
    """AP of both ways after training on `count` scenes, and processor milliseconds for a test scene."""
    rows = np.concatenate([np.arange(count) + len(target.pool) * copy for copy in range(detection_labels.COPIES + 1)])
    train, _ = target.maps["teacher"]
    goals = arms.targets([target.boxes[row] for row in rows], target.pool.images.shape[1])
    keras.utils.set_random_seed(seed)
    head, rng = arms.head(train.shape[-1]), np.random.default_rng(seed)
    rate, steps = detection_labels.RATES["frozen"], detection_labels.STEPS["frozen"]
    arms.fit(head, arms.of_arrays(train[rows], goals, rng), rate, steps)
    base = arms.teacher_maps(detection_labels.teacher(), arms.LAYER, target.pool.images.shape[1])
    labeled = target.pool.take(slice(count))
    proposed = [proposals(grid) for grid in arms.predictions(head, train[:count])]
    with threadpool_limits(1):
        second = LogisticRegression(C=c, max_iter=2_000).fit(
            region_features(labeled.images, proposed), is_face(proposed, labeled.boxes)
        )
    images, truths = target.test.images, target.test.boxes
    start = time.process_time()
    grids = arms.predictions(head, arms.predictions(base, images))
    first = [arms.decoded(grid) for grid in grids]
    middle = time.process_time()
    proposed = [proposals(grid) for grid in grids]
    final = rescored(proposed, second.predict_proba(region_features(images, proposed))[:, 1])
    end = time.process_time()
    return {
        "one_stage": arms.average_precision(first, truths),
        "two_stages": arms.average_precision(final, truths),
        "milliseconds": [1000 * (middle - start) / len(images), 1000 * (end - start) / len(images)],
    }


def run(seed):
    """AP of one and of two stages by number of labeled scenes, and the costs of a scene at the larger number."""
    target = detection_labels.prepared(
        *detection_labels.scenes(faces.TEST_PEOPLE, COUNTS[-1], seed), seed, ("teacher",)
    )
    parts = {str(count): measured(target, count, seed) for count in COUNTS}
    costs = parts[str(COUNTS[-1])]["milliseconds"]
    return {
        **{way: {count: part[way] for count, part in parts.items()} for way in ("one_stage", "two_stages")},
        "milliseconds": dict(zip(("one_stage", "two_stages"), costs, strict=True)),
    }
