"""Real input: handwriting with the course's teacher, photographs with an ImageNet teacher (C02, C11, C16)."""

import keras
import numpy as np
from sklearn.model_selection import cross_val_score
from threadpoolctl import threadpool_limits

from tlcourse import features, teachers
from tlcourse.datasets import LabeledImages, photos
from tlcourse.datasets import digits as handwriting
from tlcourse.linear_probe import linear_classifier
from tlcourse.networks import small_cnn
from tlcourse.research import cut_layer, headline

PHOTOS_EACH = 50
# On training photos kept aside, two seeds: 0.54 with 96 pixels and 60 epochs, 0.57 so, in a quarter of the time.
SCRATCH_PIXELS, SCRATCH_EPOCHS = 64, 40


def digits(seed):
    """Ten images of each digit; the layer to cut at is chosen by cross-validation on the training images.

    Returns
    -------
    dict
        ``{"transfer": accuracy, "scratch": accuracy}`` on the 1,697 other images.
    """
    train, test = handwriting.split(seed)
    names, model = cut_layer.layer_outputs(teachers.load("faces_vgg16"))
    train_features = model.predict(train.images, batch_size=128, verbose=0)
    best = max(range(len(names)), key=lambda layer: _cross_validated(train_features[layer], train.labels))
    test_features = model.predict(test.images, batch_size=128, verbose=0)[best]
    return {
        "transfer": cut_layer.linear_accuracy(train_features[best], train.labels, test_features, test.labels),
        "scratch": _small_scratch(train, test, seed, size=48, mirror=False),
    }


def cats_dogs(seed):
    """Fifty photos each of cats and dogs; MobileNetV2's features against a small CNN.

    Returns
    -------
    dict
        ``{"transfer": accuracy, "scratch": accuracy}`` on the test photos.

    Raises
    ------
    photos.PhotosUnavailable, teachers.TeacherUnavailable
        When photos or weights are neither on a mirror nor to be downloaded.
    """
    parts = photos.cats_dogs()
    train, test = parts["train"].per_class(PHOTOS_EACH, seed), parts["test"]
    base = teachers.load("MobileNetV2", head=False, input_size=160)
    train_features, test_features = (
        features.extract(base, teachers.preprocess("MobileNetV2", part.images)) for part in (train, test)
    )
    small = (_resized(part, SCRATCH_PIXELS) for part in (train, test))
    return {
        "transfer": cut_layer.linear_accuracy(train_features, train.labels, test_features, test.labels),
        "scratch": _small_scratch(*small, seed, SCRATCH_PIXELS, epochs=SCRATCH_EPOCHS),
    }


def run(seed):
    """Both targets, for the record; photos and ImageNet weights must be there."""
    return {"digits": digits(seed), "cats_dogs": cats_dogs(seed)}


def _cross_validated(train_features, labels):
    classifier = linear_classifier(max_iter=2000)
    with threadpool_limits(1):  # as in `cut_layer.linear_accuracy`
        return cross_val_score(classifier, train_features, labels, cv=5).mean()


def _small_scratch(train, test, seed, size, mirror=True, epochs=60):
    keras.utils.set_random_seed(seed)
    model = small_cnn(len(train.class_names), mirror=mirror, size=size, pool_first=True)
    return headline.fit_from_scratch(model, train, test, epochs=epochs, learning_rate=2e-3)


def _resized(part, size):
    small = keras.ops.image.resize(part.images.astype("float32"), (size, size), antialias=True)
    return LabeledImages(np.asarray(small).round().astype("uint8"), part.labels, part.class_names, part.source)
