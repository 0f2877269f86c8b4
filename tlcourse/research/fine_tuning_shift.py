"""Fine-tuning under shift: what each recipe is worth when test images are dark or moved, training images not (C20).

Each arm learns from the same batches of 20 images, `STEPS` steps in all, at a rate that falls along half a cosine.
Batch norms stay as the teacher has them.

- *linear_probe*: logistic regression on the frozen features of the last hidden layer, at its optimum.
- *full*: all layers learn from a new head on, for all the steps.
- *head_first*: half of the steps for the head alone, then half of them for all layers (LP-FT, Kumar et al. 2022,
  Fine-tuning can distort pretrained features and underperform out-of-distribution). Fewer steps of the whole network
  than *full* takes.
- *interpolated*: a mean of the weights at which the second half of *head_first* starts and of those at which it ends,
  the latter weighted by a coefficient (WiSE-FT, Wortsman et al. 2022, Robust fine-tuning of zero-shot models, where the
  start is a zero-shot classifier). No further training.
- *from_scratch*: a small CNN with dropout and augmentation, without a teacher. For the same compute it could take twice
  as many steps as *full*; it takes as many. On people that is too few for it: 5 images of each in 19 passes.
- *untrained*: the teacher's network with initial weights, trained as *full* with free batch norms, at Adam's default
  rate, which development did not choose. A control: no contrast that decides rests on it.

`develop` measures three settings of each other arm on development data: rates, penalties, or coefficients at each rate
of *head_first*. `run` takes the setting with the highest accuracy there on images like those of the training. Changed
images choose nothing, because whoever deploys a network does not have them beforehand.
"""

import keras
import numpy as np
from scipy.special import softmax
from threadpoolctl import threadpool_limits

from tlcourse import teachers
from tlcourse.data import results
from tlcourse.linear_probe import linear_classifier
from tlcourse.networks import batch_norms, refresh_batch_norm, small_cnn
from tlcourse.research import control_targets, equal_steps, shifted_targets
from tlcourse.research.calibration import expected_calibration_error
from tlcourse.research.partial_training import HEAD_RATE, batch_order

# About 19 passes over the images of people, 24 over digits; a multiple of 2 * equal_steps.STEPS_PER_CALL.
# Shortened from 160 to save time, after development seed 0 had been seen; nothing was compared at both lengths.
STEPS = 120
PENALTIES = (0.01, 0.1, 1.0)  # C of the logistic regression
# Of all layers, Adam: around the best on both targets, development seed 0 with 160 steps. After a trained head, 3e-3
# was far too high, and on people the lowest of the others was best; Kumar et al. take a lower rate there, too.
RATES = {"full": (3e-4, 1e-3, 3e-3), "head_first": (1e-4, 3e-4, 1e-3)}
SCRATCH_RATES = (1e-3, 3e-3, 1e-2)  # of the small CNN, AdamW
COEFFICIENTS = (0.25, 0.5, 0.75)  # weight of the fine-tuned end; the start has the rest
SETTINGS = {"linear_probe": PENALTIES, **RATES, "from_scratch": SCRATCH_RATES}
UNTRAINED_RATE = 1e-3
DEVELOPED = 2  # development seeds


def run(seed):
    """Each arm on the targets of a seed, for the record, with the settings that development chose.

    Returns
    -------
    dict
        ``accuracy`` and ``calibration`` (expected calibration error), by target, arm and part: "in", "dark", "moved",
        and "out", the mean of the last two. ``training``: accuracy on the training images by target and arm; a low one
        means that the steps were too few. ``settings``: those used, by target and arm.

    Raises
    ------
    FileNotFoundError
        If "fine_tuning_shift_development" is not recorded yet.
    """
    settings = chosen_settings(results("fine_tuning_shift_development"))
    measured = {"accuracy": {}, "calibration": {}, "training": {}, "settings": settings}
    for name, target in shifted_targets.load(seed).items():
        chosen = {arm: (setting,) for arm, setting in settings[name].items()}
        arms = dict(_measured(target, trained(target, seed, chosen | {"untrained": (UNTRAINED_RATE,)})))
        for kind in ("accuracy", "calibration", "training"):
            measured[kind][name] = {arm: numbers[kind] for (arm, *_), numbers in arms.items()}
    return measured


def develop(seed):
    """Accuracy on development data by target, arm, setting and part; for *interpolated* by rate, then coefficient."""
    measured = {}
    for name, target in shifted_targets.load(seed, control_targets.DEVELOPMENT).items():
        tried = trained(target, seed, SETTINGS | {"interpolated": COEFFICIENTS})
        measured[name] = arms = {}
        for (arm, *before, last), numbers in _measured(target, tried):
            place = arms.setdefault(arm, {})
            for setting in before:
                place = place.setdefault(f"{setting:g}", {})
            place[f"{last:g}"] = numbers["accuracy"]
    return measured


def chosen_settings(recorded):
    """The setting with the highest mean accuracy on unchanged images, by target and arm; the lowest of equal ones.

    The coefficient of *interpolated* is chosen at the rate of *head_first*.

    Parameters
    ----------
    recorded : dict
        Summaries of what `develop` returned.
    """
    chosen = {}
    for target in shifted_targets.NAMES:
        arms = recorded[target]
        chosen[target] = {arm: _best(arms[arm]) for arm in SETTINGS}
        rate = chosen[target]["head_first"]
        chosen[target]["interpolated"] = _best(arms["interpolated"][f"{rate:g}"])
    return chosen


def _best(by_setting):
    return max(map(float, by_setting), key=lambda setting: (by_setting[f"{setting:g}"]["in"]["mean"], -setting))


def trained(target, seed, settings):
    """Train each arm at each of its settings.

    Parameters
    ----------
    target : shifted_targets.ShiftedTarget
    seed : int
        Of initial weights, augmentation and the order of the images.
    settings : dict of str to sequence of float
        By arm; for all arms, or without "untrained".

    Yields
    ------
    tuple
        First a tuple: arm, for "interpolated" the rate of *head_first*, and the setting. Then a function from images of
        shape (n, 48, 48, 3) to probabilities of shape (n, classes), to be called before the next one is made.
    """
    order = batch_order(len(target.train), STEPS, seed)
    yield from _with_teacher(target, seed, settings, order)
    yield from _from_scratch(target, seed, settings["from_scratch"], order)
    for rate in settings.get("untrained", ()):
        yield ("untrained", rate), _untrained(target.train, seed, rate, order)


def _with_teacher(target, seed, settings, order):
    train, base = target.train, teachers.load("faces_vgg16", head=False)
    features = base.predict(train.images, batch_size=250, verbose=0)
    for penalty in settings["linear_probe"]:
        yield ("linear_probe", penalty), linear_probe(base, features, train.labels, penalty)
    model = equal_steps.compiled(equal_steps.with_new_head(base, len(train.class_names), seed))
    start, half = model.get_weights(), len(order) // 2
    for rate in settings["full"]:
        model.set_weights(start)
        equal_steps.fit(model, train.images, train.labels, order, rate)
        yield ("full", rate), predictor(model)
    head = equal_steps.trained_head(features, train.labels, start[-2:], order[:half], HEAD_RATE)
    with_head = [*start[:-2], *head]
    for rate in settings["head_first"]:
        model.set_weights(with_head)
        equal_steps.fit(model, train.images, train.labels, order[half:], rate)
        end = model.get_weights()
        yield ("head_first", rate), predictor(model)
        for coefficient in settings["interpolated"]:
            model.set_weights(interpolated(with_head, end, coefficient))
            yield ("interpolated", rate, coefficient), predictor(model)


def linear_probe(base, features, labels, penalty):
    """Logistic regression on frozen features: a function from images to probabilities.

    Parameters
    ----------
    base : keras.Model
    features : numpy.ndarray
        Shape (n, d): what the base makes of the training images.
    labels : numpy.ndarray
        Shape (n,).
    penalty : float
        scikit-learn's C; a higher one means less regularization.
    """
    classifier = linear_classifier().set_params(logisticregression__C=penalty)
    with threadpool_limits(1):
        classifier.fit(features, labels)
    return lambda images: classifier.predict_proba(base.predict(images, batch_size=250, verbose=0))


def interpolated(start, end, coefficient):
    """Weights between two networks of the same shape: ``(1 - coefficient) * start + coefficient * end``.

    Parameters
    ----------
    start, end : list of numpy.ndarray
        As ``model.get_weights`` returns them; the i-th arrays have the same shape.
    coefficient : float
        0 gives the start, 1 the end.
    """
    return [(1 - coefficient) * before + coefficient * after for before, after in zip(start, end, strict=True)]


def _from_scratch(target, seed, rates, order):
    train = target.train
    keras.utils.set_random_seed(seed)
    model = small_cnn(len(train.class_names), mirror=target.mirror, pool_first=True)
    equal_steps.compiled(model, keras.optimizers.AdamW(weight_decay=0.01))
    start = model.get_weights()
    for rate in rates:
        model.set_weights(start)
        keras.utils.set_random_seed(seed)
        equal_steps.fit(model, train.images, train.labels, order, rate)
        refresh_batch_norm(model, train.images)
        yield ("from_scratch", rate), predictor(model)


def _untrained(train, seed, rate, order):
    keras.utils.set_random_seed(seed)
    base = keras.models.clone_model(teachers.load("faces_vgg16", head=False))
    model = equal_steps.with_new_head(base, len(train.class_names), seed)
    for norm in batch_norms(model):
        norm.trainable = True
    equal_steps.fit(equal_steps.compiled(model), train.images, train.labels, order, rate)
    refresh_batch_norm(model, train.images)
    return predictor(model)


def predictor(model):
    """A function from images to the probabilities of a model that gives logits, with its weights at the call."""
    return lambda images: softmax(model.predict(images, batch_size=250, verbose=0).astype(np.float64), axis=1)


def _measured(target, arms):
    """For each arm and setting its numbers: ``accuracy`` and ``calibration`` by part, ``training``."""
    for key, predict in arms:
        probabilities = {part: predict(test.images) for part, test in target.tests.items()}
        correct = {part: _accuracy(each, target.tests[part].labels) for part, each in probabilities.items()}
        errors = {
            part: expected_calibration_error(each, target.tests[part].labels) for part, each in probabilities.items()
        }
        training = _accuracy(predict(target.train.images), target.train.labels)
        yield key, {"accuracy": _with_mean(correct), "calibration": _with_mean(errors), "training": training}


def _accuracy(probabilities, labels):
    return float((probabilities.argmax(axis=1) == labels).mean())


def _with_mean(by_part):
    """The same numbers, and as "out" the mean over the shifted parts."""
    return {**by_part, "out": float(np.mean([by_part[part] for part in shifted_targets.SHIFTED]))}
