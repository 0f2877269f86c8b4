"""Features without labels from two views of each image: SimCLR (Chen et al. 2020), and pixels as a baseline (C48).

Network, portraits, seeds and linear probe are those of `self_supervised`, so that the differences from its record are
paired. A network learns to find the other augmented view of an image among those of 128 images, in as many steps as the
prediction of rotations; each step sees two views. Temperature, augmentation and projection are first settings: none was
tuned.
"""

import keras
import numpy as np

from tlcourse import networks
from tlcourse.research import self_supervised as setting

PROJECTION, TEMPERATURE = 64, 0.2


def run(seed):
    """Accuracy of the probe on SimCLR's features, and on pixels."""
    unlabeled, train, test = setting.samples(seed)
    models = {"simclr": simclr_features(unlabeled, seed), "pixels": pixels()}
    return {"probe": {name: setting.probe(model, train, test) for name, model in models.items()}}


def simclr_features(images, seed, epochs=2 * setting.EPOCHS):
    """The features of a network that has learned to recognize two views of the same image among those of others."""
    keras.utils.set_random_seed(seed)
    base = setting.features_of(setting.network(4))
    views = augmentation(seed)
    projection = keras.Sequential(
        [keras.layers.Dense(128, activation="relu"), keras.layers.Dense(PROJECTION), keras.layers.UnitNormalization()]
    )
    inputs = keras.Input(images.shape[1:])
    both = keras.layers.Concatenate()([projection(base(views(inputs))) for _ in range(2)])
    model = networks.compile_and_build(keras.Model(inputs, both), keras.optimizers.Adam(setting.RATE), nt_xent)
    model.fit(images.astype("float32"), np.zeros(len(images)), batch_size=setting.BATCH, epochs=epochs, verbose=0)
    networks.refresh_batch_norm(base, images[:256].astype("float32"))
    return base


def augmentation(seed):
    """Mirrored, moved, scaled, and with another brightness and contrast."""
    return keras.Sequential(
        [
            keras.layers.RandomFlip("horizontal", seed=seed),
            keras.layers.RandomTranslation(0.15, 0.15, seed=seed + 1),
            keras.layers.RandomZoom(0.25, seed=seed + 2),
            keras.layers.RandomBrightness(0.3, seed=seed + 3),
            keras.layers.RandomContrast(0.3, value_range=(0, 255), seed=seed + 4),
        ]
    )


def nt_xent(_, vectors):
    """SimCLR's loss of each row, two unit vectors side by side: which of all other vectors is the other view?"""
    views = keras.ops.concatenate([vectors[:, :PROJECTION], vectors[:, PROJECTION:]])
    count = keras.ops.shape(views)[0]
    scores = views @ keras.ops.transpose(views) / TEMPERATURE - 1e9 * keras.ops.eye(count)
    other = (keras.ops.arange(count) + count // 2) % count
    losses = keras.losses.sparse_categorical_crossentropy(other, scores, from_logits=True)
    return keras.ops.mean(keras.ops.reshape(losses, (2, -1)), axis=0)


def pixels(side=16):
    """A model without weights: the image reduced to a few pixels, as a vector."""
    inputs = keras.Input((48, 48, 3))
    return keras.Model(inputs, keras.layers.Flatten()(keras.layers.AveragePooling2D(48 // side)(inputs)))
