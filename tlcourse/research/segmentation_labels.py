"""What a pretrained encoder saves in masks, what skips and dilation bring, and where the errors are (C47, C51).

All arms take the same number of steps on the same images and their mirror images. Whatever starts from random weights
learns at one rate; the teacher's weights, where they learn, at a quarter of it; a head that is linear at five times the
rate. All were set before the first run, and tried on development people only. The budget is short, 120 steps of 8
images, so these are not the best masks that each network could learn.
"""

import keras
import numpy as np

from tlcourse import counting
from tlcourse.datasets import faces
from tlcourse.datasets.faces import parts
from tlcourse.research import real_masks
from tlcourse.research import segmentation_arms as arms

MASKS = (10, 50)
NETWORKS = ("frozen", "fine_tuned", "scratch", "random_frozen")
WITHOUT_SKIPS = ("no_skips", "linear", "dilated")
REAL_STEPS = 80
COUNTED = ("linear", "dilated", "no_skips", "frozen")


def portraits_with_masks(seed, people=faces.TEST_PEOPLE):
    """The 50 portraits that a seed learns from, and 60 of other people that it is tested on."""
    first = 110 * seed
    pool = parts.masked_portraits(people[first : first + max(MASKS)], 2 * seed)
    return pool, parts.masked_portraits(people[first + max(MASKS) : first + 110], 2 * seed + 1)


def run(seed):
    """Mean IoU by number of masks and network, IoU of each part, and error rates near the outline and elsewhere."""
    pool, test = portraits_with_masks(seed)
    result, near = {}, arms.near_outline(test.masks)
    for count in MASKS:
        train = pool.take(slice(count))
        names = (*NETWORKS, *(WITHOUT_SKIPS if count == max(MASKS) else ()))
        predicted = {name: predict(name, train, test, seed) for name in names}
        result[str(count)] = {name: arms.mean_iou(masks, test.masks, 5) for name, masks in predicted.items()}
    for name in ("frozen", "no_skips"):
        wrong, each = predicted[name] != test.masks, arms.iou_by_class(predicted[name], test.masks, 5)
        result[f"parts_{name}"] = dict(zip(test.class_names, map(float, each), strict=True))
        result[f"wrong_{name}"] = {"outline": float(wrong[near].mean()), "elsewhere": float(wrong[~near].mean())}
    result["outline_share"] = float(near.mean())
    result["multiply_adds"] = {name: counting.multiply_adds(arms.whole_model(*parts_of(name))) for name in COUNTED}
    return result


def parts_of(name, seed=0, images=None, classes=5):
    """Encoder and head of one of `NETWORKS` or `WITHOUT_SKIPS`."""
    if name == "dilated":
        encoder = arms.dilated_encoder()
    else:
        encoder = arms.encoder_of("random" if name in ("scratch", "random_frozen") else "teacher", seed, images)
    shapes = [output.shape[1:] for output in encoder.outputs]
    if name in ("linear", "dilated"):
        return encoder, arms.linear_head(shapes, classes)
    return encoder, arms.decoder(shapes, classes, with_skips=name != "no_skips")


def predict(name, train, test, seed, steps=arms.STEPS):
    """Masks of the test images, by one of `NETWORKS` or `WITHOUT_SKIPS` that learned from the training images."""
    keras.utils.set_random_seed(seed)
    encoder, head = parts_of(name, seed, train.images, len(train.class_names))
    if name in ("scratch", "fine_tuned"):
        rate = arms.RATE if name == "scratch" else arms.TUNED_RATE
        return arms.train_whole(encoder, head, train, test, steps, rate)
    rate = arms.LINEAR_RATE if name in ("linear", "dilated") else arms.RATE
    return arms.train_on_maps(encoder, head, train, test, steps, rate)


def run_real(seed):
    """IoU of nuclei (10 and 50 masks) and of pitting (50 masks that have some, tested on images of other places).

    Raises
    ------
    real_masks.MasksUnavailable
        If the images are not on this machine.
    """
    rng, nuclei = np.random.default_rng(seed), real_masks.nuclei()
    order = rng.permutation(len(nuclei))
    test, result = nuclei.take(order[-60:]), {"nuclei": {}}
    for count in MASKS:
        result["nuclei"][str(count)] = _compared(nuclei.take(order[:count]), test, seed)
    metal, place = real_masks.defects()
    pool, tested = real_masks.split_by_group(place, 0.4, seed)
    pool, tested = (part[metal.masks[part].any(axis=(1, 2))] for part in (pool, tested))
    result["pitting"] = _compared(metal.take(pool[:50]), metal.take(tested[:60]), seed)
    return result


def _compared(train, test, seed):
    predicted = {name: predict(name, train, test, seed, REAL_STEPS) for name in ("frozen", "scratch", "random_frozen")}
    return {name: float(arms.iou_by_class(masks, test.masks, 2)[1]) for name, masks in predicted.items()}
