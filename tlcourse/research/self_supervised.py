"""Features without labels: rotation prediction and SimCLR, against random weights and a supervised teacher (C48).

A small network learns from 2,000 portraits of 400 people without their labels. Then a linear probe gets five labeled
images of each of 65 other people. Gidaris, Singh and Komodakis 2018 predict rotations; Chen et al. 2020 (SimCLR)
recognize two views of one image. Both have the same network and number of images in training. The rotation task on
galaxies shows a limit: they have no upright.
"""

import keras
import numpy as np
from threadpoolctl import threadpool_limits

from tlcourse import networks, teachers
from tlcourse.augmentation import RandomAffine, RandomColorCast
from tlcourse.datasets import faces, galaxies
from tlcourse.linear_probe import linear_classifier

PEOPLE, IMAGES_EACH, EPOCHS = 400, 5, 6
CLASSES, SHOTS, TEST_EACH = 65, 5, 10
BATCH, RATE, TEMPERATURE = 128, 2e-3, 0.2
WIDTHS = (16, 32, 64)


def run(seed):
    """Accuracy of the probe by features, and of rotation prediction on held-out portraits and on galaxies."""
    first = faces.TEST_PEOPLE[0] + 600 * seed
    unlabeled = faces.portraits(range(first + 100, first + 100 + PEOPLE), IMAGES_EACH, seed).images
    train, test = (faces.portraits(range(first, first + CLASSES), count, 2 * seed + part)
                   for part, count in enumerate((SHOTS, TEST_EACH)))  # fmt: skip
    keras.utils.set_random_seed(seed)
    rotation = rotation_network(unlabeled, seed)
    models = {
        "random": untrained(seed, unlabeled),
        "rotation": rotation,
        "simclr": simclr_network(unlabeled, seed),
    }
    scores = {name: probe(features_of(model), train, test) for name, model in models.items()}
    scores["supervised"] = probe(teachers.load("faces_vgg16", head=False), train, test)
    sky = galaxies.observe(60, seed).images
    sky_network = rotation_network(sky[::2], seed)
    return {"probe": scores, "upright": {"portraits": turned_accuracy(rotation, test.images, seed),
                                         "galaxies": turned_accuracy(sky_network, sky[1::2], seed)}}  # fmt: skip


def network(outputs):
    """Three convolutions, the first with stride 2, on images of 48x48 pixels."""
    return networks.speech_cnn(outputs, WIDTHS, dropout=0.0, shape=(48, 48, 3))


def untrained(seed, images):
    """The network with random weights, and batch norm's statistics of the images."""
    keras.utils.set_random_seed(seed)
    model = network(4)
    networks.refresh_batch_norm(model, images[:256])
    return model


def rotated(images, rng):
    """Each image turned by a random quarter turn, and how many quarter turns it was."""
    turns = rng.integers(4, size=len(images))
    return np.stack([np.rot90(image, turn) for image, turn in zip(images, turns, strict=True)]), turns


def rotation_network(images, seed):
    """A network that has learned by how many quarter turns an image was turned."""
    rng = np.random.default_rng(seed)
    turned, turns = rotated(np.concatenate([images] * 2 * EPOCHS), rng)
    keras.utils.set_random_seed(seed)
    model = network(4)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    networks.compile_and_build(model, keras.optimizers.Adam(RATE), loss)
    model.fit(turned, turns, batch_size=BATCH, shuffle=True, verbose=0)
    return model


def turned_accuracy(model, images, seed):
    """The share of turned images whose turn is predicted."""
    turned, turns = rotated(images, np.random.default_rng(seed + 1))
    return float(np.mean(model.predict(turned, batch_size=256, verbose=0).argmax(axis=1) == turns))


def simclr_network(images, seed):
    """A network that has learned to recognize two views of the same image: shifted, turned, zoomed, in other light."""
    keras.utils.set_random_seed(seed)
    model = network(64)
    view = keras.Sequential([RandomColorCast(), RandomAffine(), keras.layers.RandomFlip("horizontal")])
    inputs = keras.Input((48, 48, 3))
    views = keras.ops.concatenate([view(inputs), view(inputs)], axis=0)
    pairs = keras.Model(inputs, keras.layers.UnitNormalization()(model(views)))

    class TwoViews(keras.Model):
        """Trains `pairs` without labels."""

        def train_step(self, data):
            import tensorflow as tf

            with tf.GradientTape() as tape:
                loss = nt_xent(pairs(data, training=True))
            self.optimizer.apply(tape.gradient(loss, pairs.trainable_variables), pairs.trainable_variables)
            return {"loss": loss}

    trainer = TwoViews()
    trainer.pairs = pairs
    trainer.compile(keras.optimizers.Adam(RATE))
    trainer.fit(images, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return model


def nt_xent(vectors):
    """The loss of SimCLR: of unit vectors (2n, d), i and i + n are two views of one image."""
    total = keras.ops.shape(vectors)[0]
    scores = vectors @ keras.ops.transpose(vectors) / TEMPERATURE - 1e9 * keras.ops.eye(total)
    partners = keras.ops.mod(keras.ops.arange(total) + total // 2, total)
    return keras.ops.mean(keras.losses.sparse_categorical_crossentropy(partners, scores, from_logits=True))


def features_of(model):
    """The network up to its last pooling."""
    return keras.Model(model.inputs, model.get_layer("features").output)


def probe(model, train, test):
    """Accuracy of a linear classifier on the features of a few labeled images."""
    seen, tested = (model.predict(part.images, batch_size=256, verbose=0) for part in (train, test))
    with threadpool_limits(1):
        return float(linear_classifier(200).fit(seen, train.labels).score(tested, test.labels))
