"""TENT: a network adapts to a target without labels by making its own predictions more certain (Wang et al. 2021).

The setting is the paper's for small images, fixed and not tuned: Adam at a rate of 0.001. The 80 steps are about as
many as one pass through the 10,000 images of CIFAR-10-C takes in batches of 128. Targets here have fewer images, so
batches are smaller, and there are more passes.
"""

import keras
import numpy as np

from tlcourse.networks import batch_norms, compile_and_build, flat_layers, refresh_batch_norm

RATE, EPOCHS, BATCH = 1e-3, 40, 75  # 80 steps with 150 images


def minimize_entropy(model, images, seed, rate=RATE, epochs=EPOCHS):
    """A copy of a classifier whose batch norms have other scales and offsets, so that its predictions are more certain.

    While it trains, batch norms use the statistics of the batch, and nothing is dropped. In the end their moving
    statistics are set to those of all images, as `tlcourse.domains.adaptation.adapt_batch_norm` sets them. The network
    can then predict new images of the target one at a time; the paper predicts each batch with its own statistics.

    Parameters
    ----------
    model : keras.Model
        Gives logits.
    images : numpy.ndarray
        Images of the target, as the model takes them.
    seed : int
        Of the order of the images.
    rate : float
    epochs : int

    Returns
    -------
    keras.Model

    Raises
    ------
    ValueError
        If the model has no batch norm.
    """
    copy = keras.models.clone_model(model, clone_function=_without_dropout)
    copy.set_weights(model.get_weights())
    if not batch_norms(copy):
        raise ValueError(f"{model.name} has no BatchNormalization layer whose scales and offsets could be trained")
    for layer in flat_layers(copy):
        layer.trainable = isinstance(layer, keras.layers.BatchNormalization)
    keras.utils.set_random_seed(seed)
    compile_and_build(copy, keras.optimizers.Adam(rate), _entropies)
    copy.fit(images, np.zeros(len(images)), BATCH, epochs, verbose=0)
    refresh_batch_norm(copy, images)
    return copy


def mean_entropy(model, images):
    """The mean entropy of a classifier's predictions, in nats."""
    return float(keras.ops.mean(_entropies(None, model(images, training=False))))


def _entropies(_, logits):
    """The entropy of each prediction; a loss of Keras gets true labels first, and this one has none."""
    log_probabilities = keras.ops.log_softmax(logits)
    return -keras.ops.sum(keras.ops.exp(log_probabilities) * log_probabilities, axis=-1)


def _without_dropout(layer):
    config = layer.get_config()
    return type(layer).from_config(config | {"rate": 0.0} if isinstance(layer, keras.layers.Dropout) else config)
