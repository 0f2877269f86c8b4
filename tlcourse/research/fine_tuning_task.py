"""What all experiments on fine-tuning share: a student whose early layers are frozen, trained on cached features.

Blocks 1 to 3 stay frozen throughout, so their features are computed once, and a step costs a tenth.
"""

import keras
import numpy as np

from tlcourse import finetuning, teachers

CUT, FIRST = "block3_pool", "block4_conv1"
GRADUAL = ("fc1", "block5_conv1", FIRST)  # from the top: what one stage after the other lets learn
BATCH, EPOCHS, HEAD_EPOCHS = 20, 20, 30
STAGE_EPOCHS = EPOCHS // len(GRADUAL)


class FineTuningTask:
    """A student cut after block 3: the teacher's later layers, a new head, and the features of all its images.

    Parameters
    ----------
    train, test : LabeledImages
    seed : int
        Of the head and of the order of the images.
    dropout : float
        Share of the last hidden layer dropped while the later layers learn.
    """

    def __init__(self, train, test, seed, dropout=0.0):
        self.seed = seed
        self.lower, upper = self.halves()
        self.take(train, test)
        keras.utils.set_random_seed(seed)
        head = keras.layers.Dense(len(train.class_names), name="head")
        dropped = keras.layers.Dropout(dropout, seed=seed)(upper.output) if dropout else upper.output
        self.model = keras.Model(upper.input, head(dropped))
        self.hidden = upper
        self.start = self.model.get_weights()
        self.with_head = None

    def take(self, train, test):
        """Other images of as many classes, which saves tracing the training step again. Train the head anew."""
        self.train_features, self.test_features = (self.features(part.images) for part in (train, test))
        self.train_labels, self.test_labels = train.labels, test.labels

    def halves(self):
        """The teacher in two: what stays frozen, and what may learn."""
        return finetuning.split(teachers.load("faces_vgg16", head=False), CUT)

    def features(self, images):
        """What the frozen lower part makes of images."""
        return self.lower.predict(images, batch_size=256, verbose=0)

    def train_head(self):
        """Train the new head alone, and remember the result."""
        self.model.set_weights(self.start)
        vectors = self.hidden.predict(self.train_features, batch_size=256, verbose=0)
        head = keras.Sequential([keras.Input(vectors.shape[1:]), keras.layers.Dense(self.model.output_shape[-1])])
        head.set_weights(self.start[-2:])
        finetuning.recompile(head, 1e-2)
        self.fit(head, vectors, HEAD_EPOCHS)
        self.with_head = [*self.start[:-2], *head.get_weights()]

    def fine_tune(self, weights, rate, epochs=EPOCHS):
        """Train all that is trainable from `weights` on, with the model as it was compiled last; test accuracy."""
        self.model.set_weights(weights)
        renew(self.model.optimizer, rate)
        self.fit(self.model, self.train_features, epochs)
        return self.accuracy()

    def gradual(self, rates):
        """Gradual unfreezing at one rate for all layers; accuracy by rate. See `by_stages`."""

        def train_stage(first, rate):
            if rate == rates[0]:  # the other rates take the training step that has been traced for this one
                finetuning.unfreeze_from(self.model, first)
                finetuning.recompile(self.model, rate)
            renew(self.model.optimizer, rate)
            self.fit(self.model, self.train_features, STAGE_EPOCHS)

        return {f"{rate:g}": accuracy for rate, accuracy in self.by_stages(rates, train_stage).items()}

    def by_stages(self, rates, train_stage):
        """From the trained head on, in stages of equal length, one group of layers more in each; accuracy by rate.

        All rates pass a stage before the next one begins. The model stays compiled for the last stage.

        Parameters
        ----------
        rates : sequence of float or tuple
            One for all layers, or one for each group.
        train_stage : callable
            Of the first layer that learns and a rate: trains the model for `STAGE_EPOCHS`, from its weights on.
        """
        reached, accuracies = dict.fromkeys(rates, self.with_head), {}
        for first in GRADUAL:
            for rate, weights in reached.items():
                self.model.set_weights(weights)
                train_stage(first, rate)
                accuracies[rate] = self.accuracy()
                reached[rate] = self.model.get_weights()
        return accuracies

    def accuracy(self):
        """Share of the test images that are named right, without tracing the whole model after each compilation."""
        vectors = self.hidden.predict(self.test_features, batch_size=256, verbose=0)
        kernel, bias = self.model.layers[-1].get_weights()
        return float(((vectors @ kernel + bias).argmax(axis=1) == self.test_labels).mean())

    def gradient_norm(self, weights):
        """The length of the loss's gradient with respect to the transferred layers, over all training images."""
        self.model.set_weights(weights)
        return gradient_norm(self.model, self.train_features, self.train_labels, self.model.trainable_weights[:-2])

    def fit(self, model, features, epochs):
        """Train a model on features of the training images, in an order that the seed decides."""
        keras.utils.set_random_seed(self.seed)
        model.fit(features, self.train_labels, batch_size=BATCH, epochs=epochs, verbose=0)


def renew(optimizer, learning_rate):
    """Make an optimizer new in place, which saves tracing the training step again."""
    for variable in optimizer.variables:
        variable.assign(np.zeros(variable.shape, variable.dtype))
    optimizer.learning_rate.assign(learning_rate)


def gradient_norm(model, features, labels, weights):
    """The length of the gradient of the mean cross-entropy with respect to `weights`."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, model(features, training=False))
    return float(tf.linalg.global_norm(tape.gradient(loss, weights)))
