"""How much to unfreeze, with how many images, for how many steps (C19, C21, C22): three targets, all arms equally long.

In each arm the head is trained first (300 steps), and then the arm's layers learn for as many steps as those of every
other arm: 60 (short) or 300 (long), with batches of 20 images, the same ones in the same order. Batch norms stay as the
teacher has them.

- *gradual* goes through three stages of a third of the steps each: in all as many steps as every other arm, but
  the lowest block learns in the last third only.
- *gradual, longer* gives the last stage all the steps, so each block learns at least as long as in the other arms:
  5/3 of the steps in all. *block 4 on, longer* (for photos: *block 13 on, longer*) trains the same layers together for
  5/3 of the steps.

`develop` measures each arm at three learning rates on images that are not for the record; `run` takes for each arm,
number of images and length the rate with the highest mean accuracy there.

Controls: *logistic regression* on the frozen features shows whether the head alone has been trained long enough; an
*untrained* network of the same shape, trained as a whole and with free batch norms; and *from scratch*, a small CNN
with dropout and augmentation that sees as many images as the long arms.

`plateau` shows whether 300 steps are enough.
"""

import itertools

import keras
import numpy as np

from tlcourse.data import results
from tlcourse.datasets import LabeledImages
from tlcourse.networks import small_cnn
from tlcourse.research import cut_layer, headline
from tlcourse.research.fine_tuning_task import BATCH
from tlcourse.research.partial_training import PartialTraining
from tlcourse.research.unfreezing_targets import TARGETS, load_base, prepared, ranks

IMAGES_EACH = (2, 10, 50)
STEPS = {"short": 60, "long": 300}  # multiples of 3: gradual unfreezing has three stages
FROM_SCRATCH, UNTRAINED = (10, 50), (50,)  # images of each class for which the controls are trained: they take long
PLATEAU = (60, 150, 300, 600)  # steps after which `plateau` looks
DEVELOPED = 2  # seeds of development
SCRATCH_RATE, SCRATCH_PIXELS = 2e-3, 64  # as in `real_photos`, chosen on training photos; digits have 48 pixels


def run(seed):
    """Test accuracy by target, images of each class, length ("short" or "long") and arm.

    Raises
    ------
    FileNotFoundError
        If `develop` has not been recorded.
    photos.PhotosUnavailable, teachers.TeacherUnavailable
        When photos or weights are neither on a mirror nor to be downloaded.
    """
    rates, measured = best_rates(results("unfreezing_development")), {}
    for name, load in TARGETS.items():
        target = load(seed)
        measured[name] = fine_tuned(target, seed, lambda *path, name=name: [rates[name, *path]])
        for count, without_fine_tuning in baselines(target, seed).items():
            lengths = measured[name][count]
            lengths |= {length: _only_rate(arms) for length, arms in lengths.items()}
            lengths["long"] |= without_fine_tuning
    return measured


def develop(seed):
    """As `run`, with images for development, and for each arm the accuracy at each learning rate.

    The longer arms have the rate of those that they go on with.
    """
    measured = {}
    for name, load in TARGETS.items():
        target = load(seed, development=True)
        measured[name] = fine_tuned(target, seed, lambda *path, target=target: target.network.rates)
    return measured


def plateau(seed):
    """Accuracy by target, images each, arm and number of steps, at the middle rate and on images for development.

    STEPS["long"] is long enough if twice as many change no arm by more than the smallest effect that matters.
    """
    measured = {}
    for name, load in TARGETS.items():
        target = load(seed, development=True)
        network, rank = target.network, ranks(target.train.labels)
        student = PartialTraining(load_base(network), len(target.train.class_names), network.cuts.values(), seed)
        student.use(*_inputs(target))
        measured[name] = {}
        for count in (IMAGES_EACH[0], IMAGES_EACH[-1]):
            student.choose(rank < count)
            measured[name][str(count)] = arms = {}
            for arm, cut in network.cuts.items():
                parts = [(cut, more - fewer) for fewer, more in itertools.pairwise((0, *PLATEAU))]
                arms[arm] = dict(zip(map(str, PLATEAU), student.fine_tune(parts, network.rates[1]), strict=True))
    return measured


def best_rates(record):
    """For each (target, images each, length, arm) the learning rate with the highest mean; the lowest of equal ones."""
    return {
        (target, count, length, arm): max(map(float, by_rate), key=lambda rate: (by_rate[f"{rate:g}"]["mean"], -rate))
        for target, counts in record.items()
        if target in TARGETS
        for count, lengths in counts.items()
        for length, arms in lengths.items()
        for arm, by_rate in arms.items()
    }


def stages(network, steps):
    """What each arm trains: arm to a list of (cut, steps), each of which ends with a measurement; and what to call it.

    Returns
    -------
    dict of str to tuple
        (list of (cut, steps), list of (name, number of the stage after which it is measured)).
    """
    arms = {arm: ([(cut, steps)], [(arm, 0)]) for arm, cut in network.cuts.items()}
    top, middle, low = (network.cuts[arm] for arm in network.gradual)
    third, last = steps // 3, network.gradual[-1]
    arms[last] = [(low, steps), (low, 2 * third)], [(last, 0), (f"{last}, longer", 1)]
    gradual = [(top, third), (middle, third), (low, third), (low, 2 * third)]
    arms["gradual"] = gradual, [("gradual", 2), ("gradual, longer", 3)]
    return arms


def fine_tuned(target, seed, rates_of):
    """Accuracies by images each, length, arm and learning rate.

    Parameters
    ----------
    target : unfreezing_targets.Target
    seed : int
    rates_of : callable
        From images each, length and arm (all as strings) to the learning rates.
    """
    network, rank = target.network, ranks(target.train.labels)
    student = PartialTraining(load_base(network), len(target.train.class_names), network.cuts.values(), seed)
    student.use(*_inputs(target))
    measured = {}
    for count in map(str, IMAGES_EACH):
        measured[count] = {length: {} for length in STEPS}
        student.choose(rank < int(count))
        for length, steps in STEPS.items():
            for arm, (parts, names) in stages(network, steps).items():
                _at_rates(student, parts, names, rates_of(count, length, arm), measured[count][length])
    if network.untrained:
        _add_untrained(target, seed, rates_of, measured)
    return measured


def _add_untrained(target, seed, rates_of, measured):
    """The same network with random weights, trained as a whole: only with some numbers of images, and only long."""
    cuts = [target.network.cuts[arm] for arm in ("head only", "everything")]
    keras.utils.set_random_seed(seed)
    fresh = keras.models.clone_model(load_base(target.network))
    student = PartialTraining(fresh, len(target.train.class_names), cuts, seed, free_norms=True)
    student.use(*_inputs(target))
    for count in map(str, UNTRAINED):
        student.choose(ranks(target.train.labels) < int(count))
        parts, names = [(cuts[1], STEPS["long"])], [("untrained", 0)]
        _at_rates(student, parts, names, rates_of(count, "long", "untrained"), measured[count]["long"])


def _inputs(target):
    """Images and labels to learn from and to test on, as the network takes them."""
    images = [prepared(target.network, part.images) for part in (target.train, target.test)]
    return images[0], target.train.labels, images[1], target.test.labels


def _at_rates(student, parts, names, rates, measured):
    """Train an arm at each rate, and put the accuracies into `measured` under their names."""
    for rate in rates:
        accuracies = student.fine_tune(parts, rate)
        for name, stage in names:
            measured.setdefault(name, {})[f"{rate:g}"] = accuracies[stage]


def _only_rate(arms):
    """The same arms without the rate, of which there is but one."""
    return {arm: accuracy for arm, by_rate in arms.items() for accuracy in by_rate.values()}


def baselines(target, seed):
    """By images each, what the same images give without fine-tuning, and without a teacher."""
    base, network, rank = load_base(target.network), target.network, ranks(target.train.labels)
    vectors, tested = (base.predict(prepared(network, part.images), verbose=0) for part in (target.train, target.test))
    measured = {}
    for count in IMAGES_EACH:
        chosen = rank < count
        train = target.train.take(chosen)
        measured[str(count)] = {
            "logistic regression": cut_layer.linear_accuracy(vectors[chosen], train.labels, tested, target.test.labels),
        }
        if count in FROM_SCRATCH:
            measured[str(count)]["from scratch"] = _from_scratch(train, target.test, target.mirror, seed)
    return measured


def _from_scratch(train, test, mirror, seed):
    size = min(train.images.shape[1], SCRATCH_PIXELS)
    keras.utils.set_random_seed(seed)
    model = small_cnn(len(train.class_names), mirror=mirror, size=size, pool_first=True)
    epochs = -(-STEPS["long"] * BATCH // len(train))
    small = (_resized(part, size) for part in (train, test))
    return headline.fit_from_scratch(model, *small, epochs=epochs, learning_rate=SCRATCH_RATE)


def _resized(part, size):
    if part.images.shape[1] == size:
        return part
    small = keras.ops.image.resize(part.images.astype("float32"), (size, size), antialias=True)
    return LabeledImages(np.asarray(small).round().astype("uint8"), part.labels, part.class_names, part.source)
