"""Fine-tuning from the teacher's weights against training from initial weights: negative transfer (C11).

Both arms train all of the same network, with the same head, augmentation, images and steps, and differ in the initial
weights below the head. Each arm has the learning rate that was best for it on development data. A third arm is the
strongest baseline without a teacher: a small CNN that takes about as long to train.
"""

import functools
import math
import time

import keras

from tlcourse import teachers
from tlcourse.augmentation import RandomAffine, RandomColorCast
from tlcourse.data import results
from tlcourse.networks import compile_and_build, narrow_vgg16, refresh_batch_norm, small_cnn
from tlcourse.research import control_targets, headline
from tlcourse.research.fine_tuning_task import renew

# 3e-4 is too low for the budget: development seed 0, the teacher's arm had 0.57 of its own training digits right.
RATES = (1e-3, 3e-3, 1e-2)
BATCH, EPOCHS, SMALL_EPOCHS = 20, 20, 40
ARMS = "teacher", "random", "small_cnn"
TARGETS = "digits", "greek", "omniglot"
DEVELOPED = 2  # development seeds


def run(seed):
    """Each arm on the targets of a seed, for the record, at the rates that "initializations_development" found best.

    Raises
    ------
    FileNotFoundError
        If "initializations_development" is not recorded yet.
    """
    rates = chosen_rates(results("initializations_development"))
    return compare(control_targets.tasks(seed, names=TARGETS), seed, rates)


def develop(seed):
    """Accuracy of each arm on development data, at each of `RATES`: what the rates of the record are chosen by."""
    return compare_rates(control_targets.tasks(seed, control_targets.DEVELOPMENT, TARGETS), seed)


def compare(tasks, seed, rates):
    """Accuracy of each arm at its rate, on test and on training images, and what its training took.

    Parameters
    ----------
    tasks : dict of str to tuple of LabeledImages
        Name to (train, test).
    seed : int
    rates : dict of str to dict of str to float
        By task and arm, as `chosen_rates` returns them.

    Returns
    -------
    dict
        ``fine_tuned`` (test), ``training`` and ``fit_seconds`` (of the processor), each by task and arm. A training
        accuracy far below 1 means that the budget was too small for the arm.
    """
    single = {task: {arm: [rate] for arm, rate in rates[task].items()} for task in tasks}
    trained = {task: arms(*parts, seed, single[task]) for task, parts in tasks.items()}

    def part(number):
        return {
            task: {arm: by_rate[rates[task][arm]][number] for arm, by_rate in by_arm.items()}
            for task, by_arm in trained.items()
        }

    return {"fine_tuned": part(0), "training": part(1), "fit_seconds": part(2)}


def compare_rates(tasks, seed):
    """Accuracy by task, arm and rate, each of `RATES`; for tasks of the development set."""
    return {
        task: {
            arm: {f"{rate:g}": accuracy for rate, (accuracy, *_) in by_rate.items()}
            for arm, by_rate in arms(*parts, seed, dict.fromkeys(ARMS, RATES)).items()
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
        for task in TARGETS
    }


def arms(train, test, seed, rates):
    """Train each arm at each of its rates.

    Parameters
    ----------
    train, test : LabeledImages
    seed : int
        Of initial weights, augmentation and the order of the images.
    rates : dict of str to sequence of float
        By arm; `ARMS` or some of them.

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
    compile_and_build(model, keras.optimizers.AdamW(RATES[0], weight_decay=0.01), loss, steps_per_execution=steps)
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
