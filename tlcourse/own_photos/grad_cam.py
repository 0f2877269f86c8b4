"""Where a network looked: Grad-CAM (Selvaraju et al. 2017, "Grad-CAM", section 3)."""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf


def grad_cam(base, images, weights, layer=None):
    """What in each image raised a weighted sum of the base's features, such as the logit of one class.

    The model is built on the base's own input: on that of a model around it the graph would be disconnected.

    Parameters
    ----------
    base : keras.Model
        Images to feature vectors of shape (d,), with at least one layer that gives maps.
    images : array
        Shape (n, height, width, 3), as the base takes them.
    weights : array
        Shape (n, d): for each image, the column of the head's kernel for the class that is asked about.
    layer : str, optional
        Name of the layer whose maps are weighed; by default the last one that gives maps.

    Returns
    -------
    numpy.ndarray
        Shape (n, height, width), float32, 0 to 1 in each image; all 0 where nothing spoke for the class.
    """
    maps_layer = base.get_layer(layer) if layer else [each for each in base.layers if len(each.output.shape) == 4][-1]
    if len(weights) != len(images):
        raise ValueError(f"{len(images)} images need as many rows of weights, got {len(weights)}")
    model = keras.Model(base.inputs[0], [maps_layer.output, base.outputs[0]])
    with tf.GradientTape() as tape:
        maps, vectors = model(tf.convert_to_tensor(images), training=False)
        score = tf.reduce_sum(vectors * tf.cast(weights, vectors.dtype))
    channel = tf.reduce_mean(tape.gradient(score, maps), axis=(1, 2), keepdims=True)  # equation 1
    heat = tf.nn.relu(tf.reduce_sum(channel * maps, axis=-1, keepdims=True))  # equation 2
    heat = keras.ops.image.resize(heat, np.shape(images)[1:3], interpolation="bilinear")[..., 0]
    heat = np.asarray(heat, dtype=np.float32)
    largest = heat.max(axis=(1, 2), keepdims=True)
    return np.divide(heat, largest, out=np.zeros_like(heat), where=largest > 0)


def overlay(images, heat):
    """Images in gray with the heat as color over them: uint8 (n, h, w, 3); the map suits color-blind readers."""
    gray = np.asarray(images, dtype=np.float32).mean(axis=-1, keepdims=True) / 255
    color = plt.get_cmap("inferno")(heat)[..., :3]
    shade = 0.65 * heat[..., None]
    return np.round(255 * ((1 - shade) * gray + shade * color)).astype(np.uint8)
