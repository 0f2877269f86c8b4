"""Views, as in `tlcourse.model_checks`, of functions that train: which layers moved, and how far the head's biases did.

A network that ends in "blank" shows how it was trained: its features are zero, so its head learns biases only. The
training labels are all 0, so every batch has the same gradient. Then the biases depend on nothing but the optimizer,
its rate, and the number of steps.
"""

import functools
import json

import keras
import numpy as np

from tlcourse import checks
from tlcourse.exercises import values
from tlcourse.exercises.comparing import same, short
from tlcourse.finetuning import audit, snapshot
from tlcourse.model_checks import network, view

SAMPLES = 48  # of each set
RECIPE_LABELS = (9, 7, 8), (4, 3, 9)  # how many of each class a blank recipe gets for validation and for its test


def clusters(shape, classes, count=1):
    """Sets of points in the same clusters, one for each class: pairs of inputs and labels 0, 1, 2, 0, 1, ..."""
    rng = np.random.default_rng(0)
    labels = np.arange(SAMPLES) % classes
    centers = 3 + 2 * rng.normal(size=(classes, *shape))
    noise = rng.normal(0, 0.3, (count, SAMPLES, *shape))
    return [((centers[labels] + part).astype("float32"), labels) for part in noise]


def probabilities(function):
    """View of a trained classifier: (features, labels, classes) to its probabilities for the first `classes` vectors.

    Among those, the largest should be that of the vector's most frequent label; else the view fails.
    """

    def show(features, labels, classes):
        name = function.__name__
        model = checks.require_model(
            function(features, labels, classes), f"{name} should return the trained keras.Model"
        )
        outputs = np.asarray(model(features[:classes])).astype("float64")
        checks.equal(f"the shape of the outputs for {classes} feature vectors", list(outputs.shape), [classes, classes])
        sure = outputs.min() >= 0 and np.allclose(outputs.sum(axis=1), 1, atol=1e-3)
        fitted = bool((outputs.argmax(axis=1) == np.arange(classes)).all())
        cause = _likely_cause(model, sure)
        checks.require(fitted, f"The model from {name} confuses classes that it was trained on. {cause}?")
        return outputs if sure else np.asarray(keras.ops.softmax(outputs))

    return view("the table of class probabilities from", function, show)


def _likely_cause(model, gives_probabilities):
    if not any(np.any(weight) for weight in model.trainable_weights if len(weight.shape) == 1):
        return "Its biases are still 0: was it fitted, and does the loss know that it gets logits"
    cause = "Was it fitted long enough, and to these labels"
    return cause if gives_probabilities else f"{cause}, and does the loss know that it gets logits"


def _moved(old, new, paths, own):
    """Names of the layers that moved, in order, "head" for one that is not among `own`; a batch norm must not."""
    pairs = zip(paths, old, new, strict=True)
    moved = dict.fromkeys(path.split("/")[-2] for path, before, after in pairs if not np.array_equal(before, after))
    norms = [name for name in moved if name.startswith("norm")]
    checks.require(not norms, f"{' and '.join(norms)} moved, in scale, shift or statistics: freeze the batch norms.")
    return [name if name in own else "head" for name in moved]


@functools.lru_cache(maxsize=16)
def _stages(function, case):
    """Run a fine-tuning in two stages, once for all checks: weights at first, halfway and at last; paths; names."""
    layers, classes, first, rate = values.decoded(json.loads(case))
    base = network(layers)
    ((inputs, labels),) = clusters(base.input_shape[1:], classes)
    start, own = base.get_weights(), {layer.name for layer in base.layers}
    pair = function(base, classes, inputs, 0 * labels if "blank" in layers else labels, first, rate)
    name = function.__name__
    checks.require(
        isinstance(pair, (tuple, list)) and len(pair) == 2, f"{name} should return a pair: (student, halfway)."
    )
    student, halfway = checks.require_model(pair[0], "The first of the pair should be a keras.Model"), pair[1]
    checks.equal("the student's output shape", list(student.output_shape[1:]), [classes])
    shapes = [np.shape(array) for array in halfway] if isinstance(halfway, (list, tuple)) else []
    checks.require(
        shapes == [tuple(weight.shape) for weight in student.weights] and len(shapes) == len(start) + 2,
        f"`halfway` should be the list of the student's {len(start) + 2} arrays: the base's, a kernel and biases.",
    )
    return start, list(halfway), student.get_weights(), [weight.path for weight in student.weights], own


def _stage_view(text, function, show):
    def run(*arguments):
        return show(*_stages(function, json.dumps(values.encoded(list(arguments)))))

    return view(text, function, run)


def moved_first(function):
    """View of a fine-tuning's first stage: (layers, classes, first, rate) to the list of layers that moved."""

    def show(start, halfway, final, paths, own):
        before = [*start, *(np.full_like(array, np.nan) for array in halfway[len(start) :])]  # a head is new
        head = halfway[-1]
        still = [] if np.any(head) else ["head"]
        return [name for name in _moved(before, halfway, paths, own) if name not in still]

    return _stage_view("the list of layers that have moved halfway through", function, show)


def moved_last(function):
    """View of a fine-tuning's last stage: (layers, classes, first, rate) to the list of layers that moved."""
    return _stage_view(
        "the list of layers that move after `halfway` in",
        function,
        lambda start, halfway, final, paths, own: _moved(halfway, final, paths, own),
    )


def biases_first(function):
    """View of the head's biases halfway: (layers that end in "blank", classes, first, rate) to an array."""
    return _stage_view(
        "the head's biases, where all features are 0, halfway through",
        function,
        lambda start, halfway, final, paths, own: np.asarray(halfway[-1]),
    )


def biases_last(function):
    """View of how far the head's biases move after `halfway`: arguments as for `biases_first`."""
    return _stage_view(
        "the change of the head's biases, where all features are 0, after `halfway` in",
        function,
        lambda start, halfway, final, paths, own: np.asarray(final[-1]) - np.asarray(halfway[-1]),
    )


@functools.lru_cache(maxsize=16)
def _recipe(function, case):
    """Run a recipe, once for all checks: what it returned, its audit, the head's biases, its accuracy on each set.

    With labels of the test set that are all wrong, a student that is chosen on them becomes worse. The loss on the
    training set tells a student that learned from one whose weights were only shifted, whichever epoch is chosen.
    """
    layers, head = values.decoded(json.loads(case))
    student = network(layers)
    sets = clusters(student.input_shape[1:], 3, count=3)
    sets[2] = sets[2][0], (sets[2][1] + 1) % 3
    if "blank" in layers:
        counted = [np.repeat(np.arange(3), counts) for counts in RECIPE_LABELS]
        sets = [(sets[0][0], 0 * sets[0][1]), *((sets[0][0][: len(part)], part) for part in counted)]
    student.layers[-1].set_weights([student.layers[-1].get_weights()[0], np.asarray(head)])
    before, untrained = snapshot(student), _mean_loss(student, *sets[0])
    accuracy = function(student, *sets)
    rows, loss = audit(student, before), _mean_loss(student, *sets[0])
    checks.require(
        loss < 0.95 * untrained or not any(row.weights for row in rows),
        f"The loss on the training set is {untrained:.3g} before and {loss:.3g} after: is the student trained?",
    )
    correct = [float((np.asarray(student(part[0])).argmax(axis=1) == part[1]).mean()) for part in sets]
    shares = dict(zip(("training", "validation", "test"), correct, strict=True))
    return accuracy, rows, student.layers[-1].get_weights()[1], shares


def _mean_loss(student, inputs, labels):
    """The cross-entropy of a student's logits."""
    losses = keras.losses.sparse_categorical_crossentropy(labels, student(inputs), from_logits=True)
    return float(np.mean(keras.ops.convert_to_numpy(losses)))


def _recipe_view(text, function, show):
    def run(*arguments):
        return show(*_recipe(function, json.dumps(values.encoded(list(arguments)))))

    return view(text, function, run)


def recipe_still(function):
    """View of a recipe: (layers, biases of the head) to the list of layers with kernels that did not move."""
    return _recipe_view(
        "the list of layers, besides batch norms, that do not move in",
        function,
        lambda accuracy, rows, biases, shares: [
            row.layer for row in rows if not row.weights and row.statistics is None
        ],
    )


def recipe_accuracy(function):
    """View of a recipe: (layers, biases of the head) to the name of the set on which the student has that accuracy."""

    def show(accuracy, rows, biases, shares):
        fitting = [name for name, share in shares.items() if same(accuracy, share, 1e-4)]
        return fitting[-1] if fitting else f"none of them, with {short(accuracy)}"

    return _recipe_view("the set whose accuracy comes from", function, show)


def recipe_norms(function):
    """View of a recipe in which other layers moved: (layers, biases of the head) to the batch norms that moved."""

    def show(accuracy, rows, biases, shares):
        checks.require(rows[0].weights > 0, f"{rows[0].layer} did not move, so no batch norm could: repair that first.")
        return [row.layer for row in rows if row.statistics or (row.statistics is not None and row.weights)]

    return _recipe_view("the list of batch norms that move in", function, show)


def recipe_biases(function):
    """View of a recipe: (layers that end in "blank", biases of the head) to the head's biases after it."""
    return _recipe_view("the head's biases, where all features are 0, after", function, lambda *parts: parts[2])
