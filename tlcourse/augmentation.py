"""Layers that vary images at random in training, and leave them alone otherwise."""

import math

import keras


class RandomColorCast(keras.layers.Layer):
    """In training, multiply each color channel and the contrast of each image by a random factor.

    Parameters
    ----------
    color, contrast : float
        The factors are sampled uniformly from 1 - x to 1 + x.
    seed : int, optional
    """

    def __init__(self, color=0.25, contrast=0.2, seed=None, **options):
        super().__init__(**options)
        self.color, self.contrast = color, contrast
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        """Images of 0 to 255, shape (n, height, width, 3)."""
        if not training:
            return images
        count = keras.ops.shape(images)[0]
        color = self._factors((count, 1, 1, 3), self.color)
        contrast = self._factors((count, 1, 1, 1), self.contrast)
        return (images * color - 127.5) * contrast + 127.5

    def _factors(self, shape, deviation):
        return keras.random.uniform(shape, 1 - deviation, 1 + deviation, seed=self.generator)


class RandomAffine(keras.layers.Layer):
    """In training, shift, turn and zoom each image at random, with one interpolation for all three.

    Keras has a layer for each; in a row they blur an image three times, and take three times as long.

    Parameters
    ----------
    shift, turn, zoom : float
        Sampled uniformly from -x to x: shares of the image's height and of its width, full turns, and what is added
        to a size of 1.
    seed : int, optional
    """

    def __init__(self, shift=0.1, turn=0.04, zoom=0.12, seed=None, **options):
        super().__init__(**options)
        self.shift, self.turn, self.zoom = shift, turn, zoom
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        """Images of shape (n, height, width, channels); at the edges the nearest pixel is repeated."""
        if not training:
            return images
        count, (height, width) = keras.ops.shape(images)[0], images.shape[1:3]
        across, down = self._draw(count, self.shift) * width, self._draw(count, self.shift) * height
        angle, size = self._draw(count, 2 * math.pi * self.turn), 1 + self._draw(count, self.zoom)
        cos, sin = keras.ops.cos(angle) / size, keras.ops.sin(angle) / size
        x, y = (width - 1) / 2, (height - 1) / 2  # the middle stays where it is, but for the shift
        none = keras.ops.zeros_like(angle)
        from_x = [cos, sin, x - cos * (x + across) - sin * (y + down)]  # where a pixel of the result comes from
        from_y = [-sin, cos, y + sin * (x + across) - cos * (y + down)]
        places = keras.ops.stack([*from_x, *from_y, none, none], axis=1)
        moved = keras.ops.image.affine_transform(images, places, interpolation="bilinear", fill_mode="nearest")
        return keras.ops.reshape(moved, (-1, *images.shape[1:]))  # TensorFlow forgets the shape, and is slower then

    def _draw(self, count, limit):
        return keras.random.uniform((count,), -limit, limit, seed=self.generator)
