"""Contamination: an ImageNet teacher on classes that ImageNet has, and on classes that it lacks (unit 02).

More than 120 of ImageNet's 1,000 classes are cats and dogs. A teacher that learned them recognizes known classes when
it tells cats from dogs, so its success there says little about transfer to new ones. Four targets:

- *cats_dogs*: photos of known classes (the mirror's are Apache-2.0; their own origin is unknown). ``imagenet_head``
  shows how well they are known: the accuracy of the teacher's own last layer, its probabilities added up over the 5
  domestic cats and over the 118 breeds of dogs, without any training.
- *cells*: red cells, white cells and platelets under a microscope (BCCD, MIT license).
- *defects*: pitted and intact ball screws (BSData, CC BY-SA 4.0). ImageNet has a class "screw", but none of wear.
- *characters*: 25 handwritten characters (Omniglot, MIT license).

Training and test share no photo, no place on a screw, and no drawer of an alphabet. Development and record share no
photo, no place and no alphabet either.

Arms: logistic regression on features of the frozen *teacher*, MobileNetV2, and of the same network *untrained*, whose
batch norms hold the statistics of the training images; on raw *pixels*; and *small_cnn*, trained from scratch with
augmentation. `develop` chooses for each target the layer of each network, the learning rate of the CNN, and the better
of the two baselines. The images of all targets come to the networks at `PIXELS` pixels a side.

Accuracies are mean recalls of the classes, because few screws are pitted.
"""

import functools
from typing import NamedTuple

import keras
import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from tlcourse import teachers
from tlcourse.data import results
from tlcourse.datasets import LabeledImages, photos
from tlcourse.networks import refresh_batch_norm, small_cnn
from tlcourse.research import control_targets, crops, headline, omniglot, unfreezing_targets

PIXELS = 96
LAYERS = "block_3_expand_relu", "block_6_expand_relu", "block_13_expand_relu", "out_relu"
CATS, DOGS = slice(281, 286), slice(151, 269)  # from tabby to Egyptian cat, from Chihuahua to Mexican hairless
PHOTOS_EACH, PHOTOS_TESTED = 50, 90
CELLS_EACH, CELLS_TESTED, DEVELOPMENT_PHOTOS = 10, 60, 120
DEFECTS_EACH, DEVELOPMENT_PLACES = 20, 6
CHARACTERS_TESTED = 8
RATES = (1e-3, 3e-3)  # of the small CNN
STEPS = 200  # of the small CNN: batches of 32 or all training images
PIXELS_COMPARED = 48  # a side, for logistic regression on pixels
DEVELOPED = 3  # development seeds


class PhotoTarget(NamedTuple):
    """Images to learn from and to test on, and what suits a small CNN."""

    train: LabeledImages
    test: LabeledImages
    size: int  # pixels a side
    mirror: bool  # whether mirror images show the same


def run(seed):
    """Accuracies by target and arm, for the record, with what "contamination_development" chose.

    Returns
    -------
    dict
        By target what `compare` returns, and ``chosen``: ``teacher`` and ``untrained`` at the layer, and ``baseline``
        with the method, that were best on development data. And ``imagenet_head``.

    Raises
    ------
    FileNotFoundError
        If "contamination_development" is not recorded, or images or weights are not there.
    """
    developed, untrained = results("contamination_development"), untrained_network(seed)
    measured = {}
    for name, load in TARGETS.items():
        target, recorded = load(seed), developed[name]
        rate = best(recorded["small_cnn"])
        accuracies = compare(target, untrained, seed, [rate])
        accuracies["small_cnn"] = accuracies["small_cnn"][rate]
        measured[name] = {**accuracies, "chosen": chosen(accuracies, recorded)}
    return measured | {"imagenet_head": imagenet_head(load_photos(seed).test)}


def develop(seed):
    """The same on development data, and the small CNN by rate; what `run` chooses by."""
    rates, untrained = [f"{rate:g}" for rate in RATES], untrained_network(seed)
    measured = {name: compare(load(seed, development=True), untrained, seed, rates) for name, load in TARGETS.items()}
    return measured | {"imagenet_head": imagenet_head(load_photos(seed, development=True).test)}


def best(summaries):
    """The key of the summary with the highest mean."""
    return max(summaries, key=lambda key: summaries[key]["mean"])


def chosen(accuracies, recorded):
    """Accuracies of a target at the layers, and with the baseline, that were best on average on development data.

    Parameters
    ----------
    accuracies : dict
        What `compare` returned, with a number as ``small_cnn``.
    recorded : dict
        The summaries of the same target in the development record.
    """
    cnn = recorded["small_cnn"][best(recorded["small_cnn"])]
    baseline = best({"pixels": recorded["pixels"], "small_cnn": cnn})
    layers = {network: accuracies[network][best(recorded[network])] for network in ("teacher", "untrained")}
    return {**layers, "baseline": accuracies[baseline]}


def load_photos(seed, development=False):
    """Cats and dogs, classes that the teacher knows; divided as in `unfreezing_targets`."""
    parts = photos.cats_dogs()
    rank = unfreezing_targets.ranks(parts["train"].labels)
    recorded = rank < unfreezing_targets.RECORDED_PHOTOS
    train = parts["train"].take(~recorded if development else recorded)
    test = parts["val" if development else "test"]
    return PhotoTarget(train.per_class(PHOTOS_EACH, seed), test.per_class(PHOTOS_TESTED, seed), size=64, mirror=True)


def load_cells(seed, development=False):
    """Blood cells; training cells come from a third of the photos, and test cells from the others."""
    data, origins = crops.cells()
    train, test = _divided(origins, seed, DEVELOPMENT_PHOTOS, development, share=1 / 3)
    return PhotoTarget(
        data.take(train).per_class(CELLS_EACH, seed),
        data.take(test).per_class(CELLS_TESTED, seed),
        size=48,
        mirror=True,
    )


def load_defects(seed, development=False):
    """Worn screws; half of the places to learn from, and all crops of the others to test on."""
    data, origins = crops.defects()
    train, test = _divided(origins, seed, DEVELOPMENT_PLACES, development, share=1 / 2)
    return PhotoTarget(data.take(train).per_class(DEFECTS_EACH, seed), data.take(test), size=64, mirror=True)


def load_characters(seed, development=False):
    """Handwritten characters: those of `control_targets`."""
    stage = control_targets.DEVELOPMENT if development else control_targets.EVALUATION
    train, test = control_targets.handwritten_characters(omniglot.load(), seed, stage)
    return PhotoTarget(train, test.per_class(CHARACTERS_TESTED, seed), size=48, mirror=False)


TARGETS = {"cats_dogs": load_photos, "cells": load_cells, "defects": load_defects, "characters": load_characters}


def _divided(origins, seed, reserved, development, share):
    """Whether each crop is for training, and whether for test: by its origin, the first `reserved` for development."""
    usable = np.unique(origins)
    usable = usable[usable < reserved] if development else usable[usable >= reserved]
    order = np.random.default_rng(seed).permutation(usable)
    train = order[: int(share * len(order))]
    return np.isin(origins, train), np.isin(origins, np.setdiff1d(usable, train))


def compare(target, untrained, seed, rates):
    """Accuracies of all arms on a target.

    Parameters
    ----------
    target : PhotoTarget
    untrained : keras.Model
        What `untrained_network` returns; its batch norms get the statistics of the training images.
    seed : int
        Of the small CNN.
    rates : sequence of str
        Learning rates of the small CNN.

    Returns
    -------
    dict
        ``teacher`` and ``untrained`` by layer, ``small_cnn`` by rate, and ``pixels``.
    """
    train, test = ([resized(part, PIXELS), part.labels] for part in (target.train, target.test))
    inputs = [teachers.preprocess("MobileNetV2", images) for images, _ in (train, test)]
    refresh_batch_norm(untrained, inputs[0])
    measured = {
        name: by_layer(maps_of(network), inputs, train[1], test[1])
        for name, network in {"teacher": teacher(), "untrained": untrained}.items()
    }
    flat = [resized(part, PIXELS_COMPARED).reshape(len(part), -1) / 255 for part in (target.train, target.test)]
    measured["pixels"] = linear_recall(flat[0], train[1], flat[1], test[1])
    measured["small_cnn"] = {rate: small_scratch(target, seed, float(rate)) for rate in rates}
    return measured


def resized(data, size):
    """Images of `size` pixels a side, float32, 0 to 255."""
    images = data.images.astype("float32")
    return np.asarray(keras.ops.image.resize(images, (size, size), antialias=True)).clip(0, 255)


@functools.cache
def teacher():
    """MobileNetV2 with the weights of ImageNet, with its last layer."""
    return teachers.load("MobileNetV2", input_size=PIXELS)


def untrained_network(seed):
    """MobileNetV2 with initial weights; its batch norms have no statistics of images yet."""
    keras.utils.set_random_seed(seed)
    return keras.applications.MobileNetV2((PIXELS, PIXELS, 3), weights=None, include_top=False)


@functools.lru_cache(2)  # of the teacher, and of the untrained network of a seed: tracing one takes seconds
def maps_of(network):
    """A model that gives the maps of each of `LAYERS`, averaged over space."""
    return keras.Model(
        network.input, [keras.layers.GlobalAveragePooling2D()(network.get_layer(name).output) for name in LAYERS]
    )


def by_layer(extractor, inputs, train_labels, test_labels):
    """Accuracy of logistic regression on what `maps_of` a network gives, by layer."""
    learned, tested = (extractor.predict(part, batch_size=64, verbose=0) for part in inputs)
    return {
        name: linear_recall(train_features, train_labels, test_features, test_labels)
        for name, train_features, test_features in zip(LAYERS, learned, tested, strict=True)
    }


def linear_recall(train_features, train_labels, test_features, test_labels):
    """Mean recall of the course's linear classifier, fitted in the axes on which the training images lie.

    As in `layer_controls.linear_accuracy`, the optimum is the same as without the turned axes.
    """
    classifier = make_pipeline(StandardScaler(), PCA(svd_solver="full"), LogisticRegression(C=0.1, max_iter=2000))
    with threadpool_limits(1):
        predicted = classifier.fit(train_features, train_labels).predict(test_features)
    return float(balanced_accuracy_score(test_labels, predicted))


def small_scratch(target, seed, rate):
    """Mean recall of a small CNN that learns the target from augmented images, for `STEPS` steps."""
    train, test = (
        LabeledImages(resized(part, target.size).round().astype(np.uint8), part.labels, part.class_names, part.source)
        for part in (target.train, target.test)
    )
    keras.utils.set_random_seed(seed)
    model = small_cnn(len(train.class_names), mirror=target.mirror, size=target.size, pool_first=True)
    epochs = STEPS // -(-len(train) // headline.BATCH)
    headline.fit_from_scratch(model, train, test, epochs, rate)
    predicted = model.predict(test.images, batch_size=256, verbose=0).argmax(axis=1)
    return float(balanced_accuracy_score(test.labels, predicted))


def imagenet_head(test):
    """Accuracy of the teacher's own last layer on photos of cats and dogs, of which it has seen none here."""
    inputs = teachers.preprocess("MobileNetV2", resized(test, PIXELS))
    probabilities = teacher().predict(inputs, batch_size=64, verbose=0)
    sums = [probabilities[:, classes].sum(axis=1) for classes in (CATS, DOGS)]
    return float(balanced_accuracy_score(test.labels, np.argmax(sums, axis=0)))
