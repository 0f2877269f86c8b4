"""What the experiments on detection share: a grid detector, its training, and its average precision.

Boxes are rows of left, top, right, bottom. The detector predicts five numbers for each cell of a grid (Redmon et al.
2016): the logit of an object whose middle lies in the cell, this middle within the cell, and the logarithms of width
and height in cells. Unit 09 lets students write the same functions; its hidden tests have others.
"""

import keras
import numpy as np
import tensorflow as tf

from tlcourse.detection import moved, teacher_maps
from tlcourse.networks import refresh_batch_norm

STRIDE, BATCH = 8, 16
LAYER = "block4_conv3_relu"
KEPT, OVERLAP = 0.02, 0.4  # the lowest score of a detection; the overlap above which the weaker of two is dropped
WIDTHS = (24, 48, 64, 96)  # of the network from scratch


def overlaps(boxes, others):
    """Intersection over union of each pair, shape (n, m)."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    areas = [np.prod(np.clip(part[:, 2:] - part[:, :2], 0, None), axis=1) for part in (boxes, others)]
    return shared / np.maximum(areas[0][:, None] + areas[1][None] - shared, 1e-9)


def targets(all_boxes, size):
    """What the detector should predict, shape (n, cells, cells, 5); of two boxes in a cell the larger one counts."""
    cells = size // STRIDE
    result = np.zeros((len(all_boxes), cells, cells, 5), np.float32)
    for image, boxes in enumerate(all_boxes):
        for left, top, right, bottom in sorted(boxes, key=lambda box: (box[2] - box[0]) * (box[3] - box[1])):
            x, y = (left + right) / 2 / STRIDE, (top + bottom) / 2 / STRIDE
            column, row = min(int(x), cells - 1), min(int(y), cells - 1)
            sizes = np.log([(right - left) / STRIDE, (bottom - top) / STRIDE])
            result[image, row, column] = [1, x - column, y - row, *sizes]
    return result


def grid_loss(target, predicted):
    """Cross-entropy of all cells, and the absolute error of the boxes in cells with an object, for each object."""
    inside = target[..., 0]
    objects = keras.ops.maximum(keras.ops.sum(inside), 1.0)
    crossed = keras.ops.sum(keras.losses.binary_crossentropy(target[..., :1], predicted[..., :1], from_logits=True))
    distance = keras.ops.sum(inside * keras.ops.sum(keras.ops.abs(target[..., 1:] - predicted[..., 1:]), axis=-1))
    return (crossed + distance) / objects


def head(channels):
    """Two convolutions on maps, the second of which gives five numbers for each cell."""
    inputs = keras.Input((None, None, channels))
    x = keras.layers.Conv2D(64, 3, padding="same", activation="relu")(inputs)
    rare = keras.initializers.Constant([-4.0, 0.5, 0.5, 1.0, 1.0])  # few cells hold an object
    return keras.Model(inputs, keras.layers.Conv2D(5, 1, bias_initializer=rare)(x), name="grid_head")


def scratch_network(size):
    """A small network for the same grid: four convolutions with batch norm, the first with stride 2, and the head."""
    inputs = keras.Input((size, size, 3))
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0)(inputs)
    for number, filters in enumerate(WIDTHS):
        kernel, strides = (5, 2) if number == 0 else (3, 1)
        x = keras.layers.Conv2D(filters, kernel, strides, padding="same", use_bias=False)(x)
        x = keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=0.9)(x))
        x = keras.layers.MaxPooling2D()(x) if number in (0, 1) else x
    return keras.Model(inputs, head(WIDTHS[-1])(x), name="scratch")


def fit(model, batches, rate, steps):
    """Train on `steps` batches of (inputs, targets), with a rate that falls to zero along a cosine."""
    optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps))
    optimizer.build(model.trainable_variables)

    @tf.function(reduce_retracing=True)
    def step(inputs, target):
        with tf.GradientTape() as tape:
            loss = grid_loss(target, model(inputs, training=True))
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

    for _, (inputs, target) in zip(range(steps), batches, strict=False):
        step(tf.constant(inputs), tf.constant(target))
    return model


def of_arrays(inputs, target, rng):
    """Batches of ready features, shuffled anew for each round, without an end."""
    while True:
        for places in np.array_split(rng.permutation(len(inputs)), max(1, len(inputs) // BATCH)):
            chosen = np.resize(places, BATCH)
            yield inputs[chosen], target[chosen]


def of_scenes(data, rng):
    """Batches of images, each moved anew, without an end."""
    while True:
        for places in np.array_split(rng.permutation(len(data)), max(1, len(data) // BATCH)):
            part = moved(data.take(np.resize(places, BATCH)), rng)
            yield part.images.astype(np.float32), targets(part.boxes, data.images.shape[1])


def decoded(grid, lowest=KEPT, overlap=OVERLAP):
    """Boxes and scores of one grid of predictions, shape (cells, cells, 5), after suppression; best first."""
    rows, columns = np.indices(grid.shape[:2])
    x, y = (columns + grid[..., 1]) * STRIDE, (rows + grid[..., 2]) * STRIDE
    width, height = (STRIDE * np.exp(np.clip(grid[..., part], -3, 3)) for part in (3, 4))
    boxes = np.stack([x - width / 2, y - height / 2, x + width / 2, y + height / 2], axis=-1).reshape(-1, 4)
    scores = 1 / (1 + np.exp(-grid[..., 0].ravel()))
    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] >= lowest]
    return suppressed(boxes[order], scores[order], overlap)


def suppressed(boxes, scores, overlap):
    """Boxes and scores, best first, without those that overlap a better one too much."""
    kept = []
    for place in range(len(boxes)):
        if not kept or overlaps(boxes[[place]], boxes[kept]).max() <= overlap:
            kept.append(place)
    return boxes[kept], scores[kept]


def hits_of(boxes, truth, overlap=0.5):
    """For each detection, best first, whether it is the first one on some true box."""
    free, hits = np.ones(len(truth), bool), []
    table = overlaps(boxes, truth)
    for row in table:
        best = int(np.argmax(np.where(free, row, -1))) if free.any() else -1
        hit = best >= 0 and row[best] >= overlap
        free[best] = free[best] and not hit
        hits.append(hit)
    return np.array(hits, bool)


def average_precision(detections, true_boxes):
    """Area under the precision-recall curve of all images together; precision never rises with recall."""
    scores = np.concatenate([scores for _, scores in detections])
    hits = np.concatenate([hits_of(boxes, truth) for (boxes, _), truth in zip(detections, true_boxes, strict=True)])
    hits = hits[np.argsort(-scores, kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(envelope[hits.astype(bool)]) / sum(map(len, true_boxes)))


def predictions(model, inputs):
    """The grids of all inputs, in batches."""
    step = tf.function(lambda part: model(part, training=False), reduce_retracing=True)
    parts = [inputs[start : start + 50].astype(np.float32) for start in range(0, len(inputs), 50)]
    return np.concatenate([step(tf.constant(part)).numpy() for part in parts])


def score(model, inputs, true_boxes):
    """AP at an overlap of 0.5 of a detector."""
    return average_precision([decoded(grid) for grid in predictions(model, inputs)], true_boxes)


def several(data, count, seed):
    """The scenes and `count` moved copies of each, in one dataset: (images, boxes)."""
    rng = np.random.default_rng(seed)
    parts = [data, *(moved(data, rng) for _ in range(count))]
    return np.concatenate([part.images for part in parts]), [boxes for part in parts for boxes in part.boxes]


def random_maps(images, seed):
    """A base with random weights, whose batch norms have seen some images; otherwise its maps would vanish."""
    keras.utils.set_random_seed(seed)
    base = teacher_maps(None, LAYER, images.shape[1])
    refresh_batch_norm(base, images[:32].astype(np.float32))
    return base
