"""Batch norm for maps in a single kernel of TensorFlow: the same results as Keras' layer, computed faster on a CPU."""

import functools

import keras
import tensorflow as tf

from tlcourse._keras import serializable


@serializable
class FusedBatchNormalization(keras.layers.BatchNormalization):
    """Batch norm of maps by TensorFlow's single kernel for it, which makes training on a CPU faster (see `make bench`).

    Keras 3 takes mean, variance and normalization one after the other, each a pass over all pixels. The results
    are the same to rounding. Inputs that are not of shape (n, height, width, channels), layers without scale or shift,
    and layers that are frozen within a training step are left to Keras.
    """

    def call(self, inputs, training=None, mask=None):
        """As in Keras; `mask` is for sequences, which maps are not."""
        maps = len(inputs.shape) == 4 and self.axis in (-1, 3)
        frozen = training and not self.trainable
        if frozen or not (maps and self.scale and self.center):
            return super().call(inputs, training=training, mask=mask)
        fused = functools.partial(
            tf.raw_ops.FusedBatchNormV3, x=inputs, scale=self.gamma, offset=self.beta, epsilon=self.epsilon
        )
        if not training:
            return fused(mean=self.moving_mean, variance=self.moving_variance, is_training=False)[0]
        outputs, mean, variance, *_ = fused(mean=[], variance=[], is_training=True)
        values = tf.cast(tf.reduce_prod(tf.shape(inputs)[:-1]), "float32")
        variance *= (values - 1) / values  # the kernel divides by n - 1, Keras by n
        self.moving_mean.assign(self.moving_mean * self.momentum + mean * (1 - self.momentum))
        self.moving_variance.assign(self.moving_variance * self.momentum + variance * (1 - self.momentum))
        return outputs
