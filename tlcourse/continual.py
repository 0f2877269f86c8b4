"""A small network for one-channel images and spoken words, and a trainer that can be stopped and started again.

The network has no batch norm: its moving statistics would change although nobody trains them, and averages of networks
would have to average them, too.
"""

import keras
import numpy as np
import tensorflow as tf

AT_ONCE = 256  # inputs in a forward pass without training


def trunk_and_head(shape, classes, widths=(12, 24, 32), dense=48, seed=0):
    """Three convolutions with strides and two dense layers, from an image of one channel to logits.

    Parameters
    ----------
    shape : tuple of int
        Height and width, or these and 1; of a log-mel image, bands and frames.
    classes : int
        Outputs of the last layer, which is called head.
    widths : tuple of 3 int
        Filters of each convolution; each halves height and width.
    dense : int
        Units of the hidden dense layer, which is called trunk.
    seed : int
        Decides the initial weights.

    Returns
    -------
    keras.Model
        Inputs go in as they are, 0 to 255; their shape is n, followed by `shape`.
    """
    rng = np.random.default_rng(seed)

    def start():
        return keras.initializers.GlorotUniform(int(rng.integers(1 << 30)))

    inputs = keras.Input(shape, name="input")
    x = keras.layers.Reshape((*shape[:2], 1))(inputs)
    x = keras.layers.Rescaling(1 / 64, offset=-2.0)(x)
    for filters in widths:
        x = keras.layers.Conv2D(filters, 3, 2, "same", activation="relu", kernel_initializer=start())(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(dense, activation="relu", kernel_initializer=start(), name="trunk")(x)
    return keras.Model(inputs, keras.layers.Dense(classes, kernel_initializer=start(), name="head")(x))


def another_head(model, classes, seed=0):
    """A model with the same trunk, whose weights it shares, and a new head."""
    start = keras.initializers.GlorotUniform(seed)
    head = keras.layers.Dense(classes, kernel_initializer=start, name="other_head")
    return keras.Model(model.input, head(model.get_layer("trunk").output))


def batches(inputs, labels, steps, rng, size=32):
    """`steps` random batches: every input comes once before any comes again.

    Yields
    ------
    tuple
        Inputs (size, ...) as float32, labels (size,), and the places of both in `inputs`. With fewer inputs than
        `size`, a batch holds all of them.
    """
    size, waiting = min(size, len(labels)), np.array([], int)
    for _ in range(steps):
        if len(waiting) < size:
            waiting = np.concatenate([waiting, rng.permutation(len(labels))])
        places, waiting = waiting[:size], waiting[size:]
        yield inputs[places].astype("float32"), labels[places], places


class Trainer:
    """Trains a model by Adam on the cross-entropy of its labels, plus an extra loss. TensorFlow traces it only once.

    Parameters
    ----------
    model : keras.Model
        Gives logits.
    extra : callable, optional
        From a batch's logits and the batch, a tuple of tensors, to a loss that is added. It may read variables.
    also : sequence of keras.Variable
        More variables that learn, such as those of another head.
    """

    def __init__(self, model, extra=None, also=()):
        self.model, self.variables = model, [*model.trainable_variables, *also]
        self.optimizer = keras.optimizers.Adam(1e-3)
        self.optimizer.build(self.variables)

        @tf.function(reduce_retracing=True, autograph=False)
        def step(batch):
            with tf.GradientTape() as tape:
                logits = model(batch[0], training=True)
                each = keras.losses.sparse_categorical_crossentropy(batch[1], logits, from_logits=True)
                loss = keras.ops.mean(each) + (extra(logits, batch) if extra else 0.0)
            self.optimizer.apply(tape.gradient(loss, self.variables))

        self._step = step

    def train(self, stream, rate=1e-3):
        """One step for each batch of a stream, from a fresh state of Adam; gives the model.

        Parameters
        ----------
        stream : iterable of tuple
            Inputs, labels and anything else that the extra loss needs, as `batches` yields them.
        rate : float
        """
        for variable in self.optimizer.variables:
            variable.assign(keras.ops.zeros_like(variable))
        self.optimizer.learning_rate = rate
        for batch in stream:
            self._step(tuple(map(tf.convert_to_tensor, batch)))
        return self.model


def logits_of(model, inputs):
    """A model's logits, shape (n, classes), computed in parts."""
    parts = [inputs[start : start + AT_ONCE] for start in range(0, len(inputs), AT_ONCE)]
    return np.concatenate([model(part.astype("float32"), training=False).numpy() for part in parts])


def accuracy(model, inputs, labels):
    """Share of inputs whose predicted class is correct, from 0 to 1."""
    return float((logits_of(model, inputs).argmax(axis=1) == labels).mean())


def gradients(model, inputs, labels):
    """Gradients of the mean cross-entropy of the inputs, with respect to each trainable weight: a list of arrays."""
    with tf.GradientTape() as tape:
        logits = model(inputs.astype("float32"), training=False)
        each = keras.losses.sparse_categorical_crossentropy(np.asarray(labels), logits, from_logits=True)
        loss = keras.ops.mean(each)
    return [gradient.numpy() for gradient in tape.gradient(loss, model.trainable_variables)]
