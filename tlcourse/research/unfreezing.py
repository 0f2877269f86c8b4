"""How much to unfreeze, with how many images, for how many steps (C19, C21, C22): three targets, all arms equally long.

In each arm the head is trained first (300 steps), and then the arm's layers learn, with batches of 20 images, the same
ones in the same order. Batch norms stay as the teacher has them. All arms with the same images take the same number of
steps. The number is meant to reach a plateau, and more images need more steps. Two development seeds at the middle rate
showed accuracies after 60, 150, 300 and 600 steps:

- With 2 images of each class, no arm gains more than 1.7 points after the first 150 steps.
- With 50 images of digits or galaxies, 300 steps are too few. All layers reach 75% on galaxies after 300 steps, and 87%
  after 600.
- With 50 photos of each class, 100 in all, no arm changes by more than half a point after the first 300 steps.

So *long* is 150 steps for up to 20 images in all, 300 for up to 100, and 600 for more. *Short* is 60 steps with 2 and
with 50 images of each class. It shows how far the comparison depends on the steps.

With 2 and with 50 images of each class, three depths learn: the head, the blocks from the middle on, and the deepest
arm. With 10 images there are more arms:

- *gradual* goes through three stages of a third of the steps each: in all as many steps as every other arm, but
  the lowest block learns in the last third only.
- *gradual, longer* gives the last stage all the steps, so each block learns at least as long as in the other arms:
  5/3 of the steps in all. *block 4 on, longer* (for photos: *block 13 on, longer*) trains the same layers together for
  5/3 of the steps.
- The depths that gradual unfreezing passes through are arms of their own.

`develop` measures each arm at three or four learning rates on images that are not for the record; `run` takes for each
arm, number of images and length the rate with the highest mean accuracy there. At first there were three rates for
digits and galaxies, too. Most arms did best at the highest, so 0.01 was added and the development repeated. `develop`
also measures each long arm after half of its steps. `largest_gain` reads from its record how much the second half adds:
little at a plateau.

Controls: *logistic regression* on the frozen features shows whether the head alone has been trained long enough; an
*untrained* network of the same shape, trained as a whole and with free batch norms; and *from scratch*, a small CNN
with dropout and augmentation that sees as many images as the long arms.
"""

import bisect
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

IMAGES_EACH, GRADUAL_EACH = (2, 10, 50), (10,)  # images of each class; with the latter, gradual unfreezing is an arm
SHORT_STEPS = 60
LONG_STEPS = {20: 150, 100: 300, 500: 600}  # most images in all to steps, which can be divided by 3 and by 2
LENGTHS = ("short", "long")  # "half" of a long training is measured in development only
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

    Besides "short" and "long" there is "half": each long arm after half of its steps.
    """
    measured = {}
    for name, load in TARGETS.items():
        target = load(seed, development=True)
        measured[name] = fine_tuned(target, seed, lambda *path, target=target: target.network.rates, halves=True)
    return measured


def best_rates(record):
    """For each (target, images each, length, arm) the learning rate with the highest mean; the lowest of equal ones."""
    return {
        (target, count, length, arm): max(map(float, by_rate), key=lambda rate: (by_rate[f"{rate:g}"]["mean"], -rate))
        for target, counts in record.items()
        if target in TARGETS
        for count, lengths in counts.items()
        for length in LENGTHS
        for arm, by_rate in lengths.get(length, {}).items()
    }


def largest_gain(record):
    """The most that the second half of the long steps adds to an arm's mean accuracy, at the rate chosen for the arm.

    Gradual unfreezing does not count: in its second half, more layers learn than in the first.

    Parameters
    ----------
    record : dict
        The record `unfreezing_development`.

    Returns
    -------
    tuple
        (gain, target, images each, arm). A negative gain is a loss.
    """
    gains = []
    for (target, count, length, arm), rate in best_rates(record).items():
        if length == "long" and not arm.startswith("gradual"):
            half, whole = (record[target][count][part][arm][f"{rate:g}"]["mean"] for part in ("half", "long"))
            gains.append((whole - half, target, count, arm))
    return max(gains)


def long_steps(images):
    """The steps of each long arm that learns from so many images in all."""
    return LONG_STEPS[min(most for most in LONG_STEPS if images <= most)]


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


def trainings(network, count, steps):
    """What is trained with `count` images of each class.

    Parameters
    ----------
    network : unfreezing_targets.Network
    count : int
        Images of each class.
    steps : int
        Of the long arms.

    Returns
    -------
    list of tuple
        (list of (cut, steps), dict of (length, arm) to the number of steps after which this arm is measured).
    """
    if count in GRADUAL_EACH:
        return [
            (parts, {("long", arm): sum(part for _, part in parts[: stage + 1]) for arm, stage in names})
            for parts, names in stages(network, steps).values()
        ]
    depths = {arm: cut for arm, cut in network.cuts.items() if arm not in network.gradual[:-1]}
    return [([(cut, steps)], {("long", arm): steps, ("short", arm): SHORT_STEPS}) for arm, cut in depths.items()]


def divided(parts, totals):
    """The same training in smaller parts, one of which ends after each of the totals; nothing after the largest one.

    Parameters
    ----------
    parts : list of tuple
        (cut, steps).
    totals : iterable of int
        Steps from the start.

    Returns
    -------
    list of tuple
        (cut, steps).
    """
    ends, last = list(itertools.accumulate(steps for _, steps in parts)), max(totals)
    borders = [0, *sorted({end for end in (*ends, *totals) if end <= last})]
    return [(parts[bisect.bisect_left(ends, end)][0], end - start) for start, end in itertools.pairwise(borders)]


def fine_tuned(target, seed, rates_of, halves=False):
    """Accuracies by images each, length, arm and learning rate.

    Parameters
    ----------
    target : unfreezing_targets.Target
    seed : int
    rates_of : callable
        From images each, length and arm (all as strings) to the learning rates.
    halves : bool
        Measure each long arm after half of its steps, too, at the same rates.
    """
    network, rank = target.network, ranks(target.train.labels)
    student = PartialTraining(load_base(network), len(target.train.class_names), network.cuts.values(), seed)
    student.use(*_inputs(target))
    measured = {}
    for count in IMAGES_EACH:
        chosen = rank < count
        student.choose(chosen)
        measured[str(count)] = {}
        for parts, ends in trainings(network, count, long_steps(chosen.sum())):
            _measure(student, parts, ends, _of_count(rates_of, count), halves, measured[str(count)])
    if target.untrained:
        _add_untrained(target, seed, rates_of, halves, measured)
    return measured


def _add_untrained(target, seed, rates_of, halves, measured):
    """The same network with random weights, trained as a whole: only with some numbers of images, and only long."""
    cuts = [target.network.cuts[arm] for arm in ("head only", "everything")]
    keras.utils.set_random_seed(seed)
    fresh = keras.models.clone_model(load_base(target.network))
    student = PartialTraining(fresh, len(target.train.class_names), cuts, seed, free_norms=True)
    student.use(*_inputs(target))
    for count in target.untrained:
        chosen = ranks(target.train.labels) < count
        student.choose(chosen)
        steps = long_steps(chosen.sum())
        ends = {("long", "untrained"): steps}
        _measure(student, [(cuts[1], steps)], ends, _of_count(rates_of, count), halves, measured[str(count)])


def _of_count(rates_of, count):
    """The learning rates of a length and an arm with so many images of each class."""
    return lambda length, arm: rates_of(str(count), length, arm)


def _inputs(target):
    """Images and labels to learn from and to test on, as the network takes them."""
    images = [prepared(target.network, part.images) for part in (target.train, target.test)]
    return images[0], target.train.labels, images[1], target.test.labels


def _measure(student, parts, ends, rates_of, halves, measured):
    """Train once at each rate that an arm needs, and put the accuracies into `measured` by length, arm and rate.

    A short arm is the beginning of the long one, so both take one training where they have the same rate.
    """
    rates = {end: rates_of(*end) for end in ends}
    for rate in sorted(set(itertools.chain(*rates.values()))):
        wanted = {end: steps for end, steps in ends.items() if rate in rates[end]}
        if halves:
            wanted |= {("half", arm): steps // 2 for (length, arm), steps in wanted.items() if length == "long"}
        pieces = divided(parts, wanted.values())
        done = itertools.accumulate(steps for _, steps in pieces)
        accuracies = dict(zip(done, student.fine_tune(pieces, rate), strict=True))
        for (length, arm), steps in wanted.items():
            measured.setdefault(length, {}).setdefault(arm, {})[f"{rate:g}"] = accuracies[steps]


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
        if count in target.from_scratch:
            measured[str(count)]["from scratch"] = _from_scratch(train, target.test, target.mirror, seed)
    return measured


def _from_scratch(train, test, mirror, seed):
    size = min(train.images.shape[1], SCRATCH_PIXELS)
    keras.utils.set_random_seed(seed)
    model = small_cnn(len(train.class_names), mirror=mirror, size=size, pool_first=True)
    epochs = -(-long_steps(len(train)) * BATCH // len(train))
    small = (_resized(part, size) for part in (train, test))
    return headline.fit_from_scratch(model, *small, epochs=epochs, learning_rate=SCRATCH_RATE)


def _resized(part, size):
    if part.images.shape[1] == size:
        return part
    small = keras.ops.image.resize(part.images.astype("float32"), (size, size), antialias=True)
    return LabeledImages(np.asarray(small).round().astype("uint8"), part.labels, part.class_names, part.source)
