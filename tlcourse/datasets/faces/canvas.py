"""Anti-aliased shapes on a small image, in the coordinates of a head that turns."""

import numpy as np


class Canvas:
    """An image under construction: color planes, and the pixel grid in the face's own coordinates.

    Numbers that meet an array are np.float32: a float64, such as np.cos returns, would make the whole array float64,
    which is slower and changes the images.
    """

    part = "background"  # what is being painted, for a canvas that keeps a mask

    def __init__(self, size, rng):
        axis = (np.arange(size, dtype=np.float32) + 0.5) * (2 / size) - 1
        self.pixel = 2.4 / size
        self.grid_x, self.grid_y = np.meshgrid(axis, axis)
        self.planes = np.empty((3, size, size), np.float32)
        turn, scale = rng.normal(0, 0.2), rng.uniform(0.74, 1.14)
        x, y = self.grid_x - rng.normal(0, 0.15), self.grid_y - rng.normal(0.04, 0.12)
        cos, sin = np.float32(np.cos(turn) / scale), np.float32(np.sin(turn) / scale)
        self.x, self.y = cos * x + sin * y, cos * y - sin * x
        self.yaw, self.pitch = rng.uniform(-0.42, 0.42), rng.normal(0, 0.08)

    def look(self, depth):
        """Shift what is painted next as a head that turns would: the nearer the feature, the farther it moves."""
        return self.x - np.float32(self.yaw * depth), self.y - np.float32(self.pitch * depth)

    def cover(self, distance):
        """Anti-aliased mask of the points where the signed distance is negative."""
        mask = np.float32(0.5) - distance * np.float32(1 / self.pixel)
        np.maximum(mask, 0, out=mask)
        return np.minimum(mask, 1, out=mask)

    def ellipse(self, x, y, width, height, power=2.0):
        """Mask of a superellipse; to first order, (r - 1) / ``|grad r|`` is the distance to its edge."""
        if power != 2.0:
            radius = (np.abs(x / width) ** power + np.abs(y / height) ** power) ** (1 / power)
            return self.cover((radius - 1) * min(width, height))
        u, v = x * np.float32(1 / width), y * np.float32(1 / height)
        square = u * u + v * v
        u *= np.float32(1 / width)
        v *= np.float32(1 / height)
        slope = np.sqrt((u * u + v * v) / (square + np.float32(1e-6)))
        return self.cover((np.sqrt(square) - 1) / (slope + np.float32(1e-3)))

    def box(self, x, y, width, height):
        """Mask of a rectangle; like an ellipse's, width and height are measured from its middle."""
        return self.cover(np.maximum(np.abs(x) - width, np.abs(y) - height))

    def paint(self, mask, color, opacity=1.0):
        """Blend `color` in where `mask` is 1."""
        step = np.asarray(color, np.float32)[:, None, None] - self.planes
        step *= mask * np.float32(opacity) if opacity != 1.0 else mask
        self.planes += step
