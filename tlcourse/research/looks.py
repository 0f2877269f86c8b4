"""Where a transferred network looks before and after fine-tuning, with exact masks of the parts of a face (C52).

Two targets: 20 new people, which is what the teacher learned to tell apart, and whether hair is light or dark, which it
did not learn. Grad-CAM (Selvaraju et al. 2017) on the last maps of block 4, for the true class of each test portrait.
The share of the heat on a part is compared with the part's share of the pixels, which a network that looks everywhere
alike would give. The control is the same network with random weights and a trained head (Adebayo et al. 2018): heat
that does not depend on what was learned says nothing about it. All settings were set before the first run.
"""

import keras
import numpy as np
from threadpoolctl import threadpool_limits

from tlcourse import networks, teachers
from tlcourse.datasets import faces
from tlcourse.datasets.faces import parts
from tlcourse.finetuning import is_batch_norm, recompile
from tlcourse.linear_probe import linear_classifier
from tlcourse.own_photos.grad_cam import grad_cam

PEOPLE, IMAGES_EACH, TEST_EACH = 20, 10, 3  # of the target "people"; "hair" has as many images of as many people
EPOCHS, BATCH, RATE = 6, 20, 3e-4
MAPS = "block4_conv3_relu"  # 6x6 places; those of block 5 are 3x3
REGIONS = {"face": ("skin", "eyes", "mouth"), "hair": ("hair",), "background": ("background",)}


def run(seed):
    """By target: shares of the heat by network and region, shares of the pixels by region, and accuracies."""
    result = {}
    for target, task in (("people", new_people), ("hair", hair_color)):
        images, labels, test, test_labels = task(seed)
        result[target] = {"pixels": shares(np.ones(test.masks.shape), test.masks), "accuracy": {}}
        for name, model in arms(images, labels, seed):
            result[target][name] = shares(heat_of(model, test.images, test_labels), test.masks)
            predicted = model.predict(test.images.astype("float32"), verbose=0).argmax(axis=1)
            result[target]["accuracy"][name] = float(np.mean(predicted == test_labels))
    return result


def arms(images, labels, seed):
    """Pairs of a name and a model, to be used in turn: "fine_tuned" is the model "frozen", trained further."""
    transferred = with_head(teachers.load("faces_vgg16", head=False), images, labels)
    yield "frozen", transferred
    yield "random", with_head(untrained(seed, images), images, labels)
    fine_tune(transferred, images, labels, seed)
    yield "fine_tuned", transferred


def new_people(seed, pool=faces.TEST_PEOPLE):
    """Training images and labels, test images with masks, and their labels: 20 people, other portraits of the same."""
    people = pool[8_000 + 300 * seed :][:PEOPLE]
    train = faces.portraits(people, IMAGES_EACH, 2 * seed)
    tests = [parts.masked_portraits(people, 10_000 + TEST_EACH * seed + number) for number in range(TEST_EACH)]
    images, masks = (np.concatenate([getattr(test, name) for test in tests]) for name in ("images", "masks"))
    test = parts.MaskedImages(images, masks, parts.CLASS_NAMES, tests[0].source)
    return train.images, train.labels, test, np.tile(np.arange(PEOPLE), TEST_EACH)


def hair_color(seed, pool=faces.TEST_PEOPLE):
    """The same for light (1) or dark (0) hair: 200 people with one portrait each, tested on 60 others."""
    people = pool[8_000 + 300 * seed + PEOPLE :][: PEOPLE * (IMAGES_EACH + TEST_EACH)]
    shade = np.array([faces.person(each).hair.mean() for each in people])
    cut = PEOPLE * IMAGES_EACH
    labels = (shade > np.median(shade[:cut])).astype(int)
    images = faces.portraits(people[:cut], 1, 2 * seed).images
    return images, labels[:cut], parts.masked_portraits(people[cut:], 2 * seed), labels[cut:]


def untrained(seed, images):
    """The teacher's network with random weights, and batch norm's statistics of the training images."""
    keras.utils.set_random_seed(seed)
    whole = networks.narrow_vgg16(2)
    networks.refresh_batch_norm(whole, images.astype("float32"))
    return keras.Model(whole.inputs, whole.get_layer("fc2_relu").output)


def with_head(base, images, labels):
    """The base with a new head: a linear probe on its features, written as one dense layer of logits."""
    features = base.predict(images.astype("float32"), verbose=0)
    with threadpool_limits(1):
        scaler, probe = (step for _, step in linear_classifier().fit(features, labels).steps)
    kernel, bias = (probe.coef_ / scaler.scale_).T, probe.intercept_
    bias = bias - scaler.mean_ @ kernel
    if len(probe.classes_) == 2:  # scikit-learn gives one logit for two classes
        kernel, bias = np.hstack([-kernel, kernel]) / 2, np.hstack([-bias, bias]) / 2
    head = keras.layers.Dense(len(probe.classes_), name="head")
    model = keras.Model(base.inputs, head(base.outputs[0]))
    head.set_weights([kernel, bias])
    return model


def fine_tune(model, images, labels, seed, epochs=EPOCHS):
    """Train all layers but the batch norms, which keep their statistics."""
    for layer in model.layers:
        layer.trainable = not is_batch_norm(layer)
    keras.utils.set_random_seed(seed)
    recompile(model, keras.optimizers.schedules.CosineDecay(RATE, epochs * -(-len(images) // BATCH)))
    model.fit(images.astype("float32"), labels, batch_size=BATCH, epochs=epochs, verbose=0)


def heat_of(model, images, labels):
    """Grad-CAM of each image for its label: array (n, height, width)."""
    base = keras.Model(model.inputs, model.layers[-2].output)
    kernel = np.asarray(model.layers[-1].kernel)
    return grad_cam(base, images.astype("float32"), kernel[:, labels].T, MAPS)


def shares(heat, masks):
    """The share of each region in an image's heat, as the mean over the images that have any heat."""
    total = heat.sum(axis=(1, 2))
    result = {}
    for region, names in REGIONS.items():
        inside = np.isin(masks, [parts.CLASS_NAMES.index(name) for name in names])
        result[region] = float(np.mean((heat * inside).sum(axis=(1, 2))[total > 0] / total[total > 0]))
    return result
