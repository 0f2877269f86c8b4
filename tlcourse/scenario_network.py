"""The network that the domain scenarios train anew for each seed: a `small_cnn` of 13,000 parameters, in seconds."""

import math

import keras
from threadpoolctl import threadpool_limits

from tlcourse import features
from tlcourse.linear_probe import linear_classifier
from tlcourse.networks import compile_and_build, refresh_batch_norm, small_cnn

WIDTHS = (8, 16, 24, 32)
BATCH_SIZE = 32


def train(data, seed, epochs=10):
    """A narrow `small_cnn` trained on `data` from random weights (AdamW, cosine decay), its batch norm refreshed."""
    keras.utils.set_random_seed(seed)
    model = small_cnn(len(data.class_names), WIDTHS, dropout=0.2, augment=False)
    schedule = keras.optimizers.schedules.CosineDecay(3e-3, epochs * math.ceil(len(data) / BATCH_SIZE))
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=0.01)
    compile_and_build(model, optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(data.images, data.labels, batch_size=BATCH_SIZE, epochs=epochs, verbose=0)
    refresh_batch_norm(model, data.images)
    return model


def vectors(model, data):
    """The flattened maps before the head, shape (n, 288)."""
    return features.extract(model, data.images, cache=False)


def linear(train_features, labels, weights=None):
    """Multinomial logistic regression on standardized features, as a fitted classifier."""
    classifier = linear_classifier()
    with threadpool_limits(1):  # a problem this small runs many times slower when threads share it
        return classifier.fit(train_features, labels, logisticregression__sample_weight=weights)
