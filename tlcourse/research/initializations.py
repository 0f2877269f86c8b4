"""Fine-tuning from the teacher's weights against training from initial weights: negative transfer (C11), gains (C09).

Both arms train all of the same network, with the same head, augmentation, images and steps, and differ in the initial
weights below the head. Each arm has the learning rate that was best for it on development data. The baseline without a
teacher is a small CNN, for twice the epochs, which take about as long. The fourth arm trains no network: a linear
classifier on frozen features of the teacher.
"""

import functools
import math
import time

import keras
from threadpoolctl import threadpool_limits

from tlcourse import teachers
from tlcourse.augmentation import RandomAffine, RandomColorCast
from tlcourse.data import results
from tlcourse.linear_probe import linear_classifier
from tlcourse.networks import compile_and_build, narrow_vgg16, refresh_batch_norm, small_cnn
from tlcourse.research import control_targets, cut_layer, headline
from tlcourse.research.fine_tuning_task import renew

# Three for each arm, around the best on digits and Omniglot, development seed 0. There 40 epochs (200 steps) end at a
# training accuracy of 0.98 or more for either network at its best rate. The teacher's weights need a higher rate than
# initial ones: at 0.001 and 0.003 they seem to hurt where at 0.01 they hardly do.
RATES = {"teacher": (3e-3, 1e-2, 3e-2), "random": (3e-4, 1e-3, 3e-3), "small_cnn": (1e-3, 3e-3, 1e-2)}
BATCH, EPOCHS, SMALL_EPOCHS = 20, 40, 80
# The targets, and the layer with the best frozen features of the teacher: `layer_controls.develop`, seeds 0 to 2.
CUTS = {"digits": "block2_conv2", "greek": "block4_conv1", "omniglot": "block4_conv1"}
DEVELOPED = 2  # development seeds


def run(seed):
    """Each arm on the targets of a seed, for the record, at the rates that "initializations_development" found best.

    Returns
    -------
    dict
        What `compare` returns, and ``rates``, those that were used, by task and arm.

    Raises
    ------
    FileNotFoundError
        If "initializations_development" is not recorded yet.
    """
    rates = chosen_rates(results("initializations_development"))
    return {**compare(control_targets.tasks(seed, names=tuple(CUTS)), seed, rates), "rates": rates}


def develop(seed):
    """Accuracy of each arm on development data, at each of `RATES`: what the rates of the record are chosen by."""
    return compare_rates(control_targets.tasks(seed, control_targets.DEVELOPMENT, tuple(CUTS)), seed)


def compare(tasks, seed, rates):
    """Accuracy of each arm at its rate, on test and on training images, and what its training took.

    Parameters
    ----------
    tasks : dict of str to tuple of LabeledImages
        Name, a key of `CUTS`, to (train, test).
    seed : int
    rates : dict of str to dict of str to float
        By task and arm, as `chosen_rates` returns them.

    Returns
    -------
    dict
        ``accuracy`` (test), ``training`` and ``fit_seconds`` (of the processor), each by task and arm: those of
        `RATES` and "frozen". A training accuracy far below 1 means that the budget was too small for the arm.
    """
    measured = {}
    for task, parts in tasks.items():
        trained = arms(*parts, seed, {arm: [rate] for arm, rate in rates[task].items()})
        measured[task] = {arm: by_rate[rates[task][arm]] for arm, by_rate in trained.items()}
        measured[task]["frozen"] = frozen_features(*parts, CUTS[task])
    return {
        key: {task: {arm: values[number] for arm, values in by_arm.items()} for task, by_arm in measured.items()}
        for number, key in enumerate(("accuracy", "training", "fit_seconds"))
    }


def compare_rates(tasks, seed):
    """Accuracy by task, arm and rate, those of `RATES`; for tasks of the development set."""
    return {
        task: {
            arm: {f"{rate:g}": accuracy for rate, (accuracy, *_) in by_rate.items()}
            for arm, by_rate in arms(*parts, seed, RATES).items()
        }
        for task, parts in tasks.items()
    }


def chosen_rates(recorded):
    """The rate with the highest mean accuracy, by task and arm.

    Parameters
    ----------
    recorded : dict
        Summaries of what `compare_rates` returned.
    """
    return {
        task: {
            arm: float(max(by_rate, key=lambda rate: by_rate[rate]["mean"])) for arm, by_rate in recorded[task].items()
        }
        for task in CUTS
    }


def arms(train, test, seed, rates):
    """Train each arm at each of its rates.

    Parameters
    ----------
    train, test : LabeledImages
    seed : int
        Of initial weights, augmentation and the order of the images.
    rates : dict of str to sequence of float
        By arm, a key of `RATES`; or for some of the arms.

    Returns
    -------
    dict of str to dict of float to tuple
        By arm and rate, what `fit` returns.
    """
    keras.utils.set_random_seed(seed)
    network = augmented_vgg16(len(train.class_names))
    initial = network.get_weights()
    starts = {"teacher": with_teacher(initial), "random": initial}
    prepare(network, train)
    trained = {
        arm: {rate: fit(network, starts[arm], rate, train, test, seed, EPOCHS) for rate in rates[arm]}
        for arm in starts
        if arm in rates
    }
    if "small_cnn" in rates:
        keras.utils.set_random_seed(seed)
        small = small_cnn(len(train.class_names), mirror=False, pool_first=True)
        fit_small = functools.partial(fit, small, small.get_weights())
        prepare(small, train)
        trained["small_cnn"] = {rate: fit_small(rate, train, test, seed, SMALL_EPOCHS) for rate in rates["small_cnn"]}
    return trained


def frozen_features(train, test, layer):
    """What `fit` returns, for a linear classifier on the teacher's features at a layer; without augmentation."""
    start = time.process_time()
    names, extractor = cut_layer.layer_outputs(teachers.load("faces_vgg16"))
    output = keras.Model(extractor.input, extractor.outputs[names.index(layer)])
    learned = output.predict(train.images, batch_size=128, verbose=0)
    with threadpool_limits(1):
        classifier = linear_classifier().fit(learned, train.labels)
    seconds = time.process_time() - start
    tested = output.predict(test.images, batch_size=128, verbose=0)
    return classifier.score(tested, test.labels), classifier.score(learned, train.labels), seconds


def augmented_vgg16(classes):
    """The teacher's network with initial weights and a head for `classes`, after the augmentation of the small CNN."""
    images = keras.Input((48, 48, 3), name="image")
    return keras.Model(images, narrow_vgg16(classes)(RandomAffine()(RandomColorCast()(images))))


def with_teacher(initial):
    """The weights of `augmented_vgg16`, the teacher's everywhere below the head."""
    return [*teachers.load("faces_vgg16").get_weights()[:-2], *initial[-2:]]


def prepare(model, train):
    """Compile a model, and train it for an epoch, so that what tracing takes is not in the seconds of an arm."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    steps = math.ceil(len(train) / BATCH)
    compile_and_build(model, keras.optimizers.AdamW(weight_decay=0.01), loss, steps_per_execution=steps)
    model.fit(train.images, train.labels, BATCH, verbose=0)


def fit(model, weights, peak, train, test, seed, epochs):
    """Train a compiled model from `weights` on; the rate falls from `peak` along half a cosine, epoch by epoch.

    Returns
    -------
    tuple of float
        Test accuracy, training accuracy, and processor seconds of the training.
    """
    model.set_weights(weights)
    renew(model.optimizer, peak)
    keras.utils.set_random_seed(seed)
    falling = keras.callbacks.LearningRateScheduler(lambda epoch: peak * (1 + math.cos(math.pi * epoch / epochs)) / 2)
    start = time.process_time()
    model.fit(train.images, train.labels, BATCH, epochs, verbose=0, callbacks=[falling])
    seconds = time.process_time() - start
    refresh_batch_norm(model, train.images)
    return headline.accuracy(model, test), headline.accuracy(model, train), seconds
