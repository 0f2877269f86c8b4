"""Scenes with several heads on a cluttered background, and the exact box of each face.

The box comes from the stroke that paints the face: the smallest rectangle around the pixels that it covers at least
half. Ears, hair and headwear are outside.
"""

from dataclasses import dataclass

import numpy as np

from tlcourse.datasets.faces import hair, portrait
from tlcourse.datasets.faces.canvas import Canvas
from tlcourse.datasets.faces.people import person

SIZE = 96  # height and width of a scene, in pixels
RADII = (11, 26)  # half the side of the window that a head is drawn in, in pixels; a face is about this wide
MOST_HEADS = 4
SOURCE = "drawn by tlcourse.datasets.faces; nobody real; MIT license"


@dataclass(frozen=True)
class BoxedImages:
    """Images, and the boxes of the objects in each.

    Attributes
    ----------
    images : numpy.ndarray
        Shape (n, height, width, 3), dtype uint8, values 0 to 255.
    boxes : tuple of numpy.ndarray
        For each image its boxes, shape (objects, 4), dtype float32: left, top, right, bottom in pixels. Right and
        bottom are exclusive, so a box of width w covers w columns.
    source : str
        Where the images come from, and under which license.
    """

    images: np.ndarray
    boxes: tuple
    source: str

    def __len__(self):
        return len(self.images)

    def take(self, index):
        """The images at `index` (integers, a slice, or a boolean mask), as a dataset of their own."""
        places = np.arange(len(self))[index]
        return BoxedImages(self.images[places], tuple(self.boxes[place] for place in places), self.source)


class HeadCanvas(Canvas):
    """A window of a larger image, in the coordinates of a head in its middle."""

    def __init__(self, planes, center, radius, rng):
        super().__init__(2, rng)  # turn, size and gaze; the grid is replaced
        turn, scale = rng.normal(0, 0.15), rng.uniform(0.85, 1.1)
        left, top = (max(0, int(middle - 2 * radius)) for middle in center)
        right, bottom = (int(middle + 2 * radius) + 1 for middle in center)
        self.planes = planes[:, top:bottom, left:right]  # a view: what is painted here is painted on the image
        self.left, self.top, self.pixel = left, top, 1.2 / radius
        down, across = (np.arange(length, dtype=np.float32) + 0.5 for length in self.planes.shape[1:])
        columns, rows = (across + (left - center[0])) / radius, (down + (top - center[1])) / radius
        self.grid_x, self.grid_y = np.meshgrid(columns.astype(np.float32), rows.astype(np.float32))
        cos, sin = np.float32(np.cos(turn) / scale), np.float32(np.sin(turn) / scale)
        self.x, self.y = cos * self.grid_x + sin * self.grid_y, cos * self.grid_y - sin * self.grid_x

    def box_of(self, mask):
        """Left, top, right, bottom of the pixels that a mask of this window covers at least half, in the image."""
        rows, columns = (np.flatnonzero((mask >= 0.5).any(axis=axis)) for axis in (1, 0))
        left, top = self.left + columns[0], self.top + rows[0]
        return [left, top, left + np.ptp(columns) + 1, top + np.ptp(rows) + 1]


def boxed_scenes(people, count, seed, size=SIZE):
    """Scenes of one to four people each, with the boxes of their faces, as `BoxedImages`.

    Parameters
    ----------
    people : sequence of int
        Identities to choose from, see `faces.person`; at least four.
    count : int
        Number of scenes, 1 or more. A smaller number gives the first scenes of a larger one.
    seed : int
        Decides who is where, and all else.
    size : int
        Height and width of a scene in pixels, 64 or more.

    Raises ValueError for fewer people, scenes or pixels.
    """
    people = list(people)
    if len(people) < MOST_HEADS or count < 1 or size < 64:
        received = f"got {len(people)}, {count}, {size}"
        raise ValueError(f"boxed_scenes needs 4 people, 1 scene and 64 pixels or more, {received}")
    scenes = [_scene(people, np.random.default_rng([seed, number]), size) for number in range(count)]
    images, boxes = zip(*scenes, strict=True)
    return BoxedImages(np.stack(images), boxes, SOURCE)


def _scene(people, rng, size):
    canvas = Canvas(size, rng)
    portrait.draw_background(canvas, rng)
    places = _places(int(rng.integers(1, MOST_HEADS + 1)), rng, size)
    faces = rng.choice(people, len(places), replace=False)
    boxes = [
        _head(canvas.planes, person(int(face)), place, radius, rng)
        for face, (*place, radius) in zip(faces, places, strict=True)
    ]
    return portrait.photograph(canvas, rng), np.array(boxes, np.float32)


def _places(count, rng, size):
    """Centers and radii of heads that keep their distance; fewer than `count` where the scene is full."""
    places = []
    for _ in range(40 * count):
        radius = rng.uniform(*RADII)
        x, y = rng.uniform(radius, size - radius, 2)
        if len(places) < count and all(np.hypot(x - u, y - v) > 0.95 * (radius + other) for u, v, other in places):
            places.append((x, y, radius))
    return places


def _head(planes, traits, center, radius, rng):
    """Paint a head without a body; returns the box of its face."""
    canvas = HeadCanvas(planes, center, radius, rng)
    hair.draw_back(canvas, traits)
    face = portrait.draw_head(canvas, traits)
    portrait.draw_mouth_and_beard(canvas, traits, rng, face)
    portrait.draw_nose(canvas, traits)
    portrait.draw_eyes(canvas, traits, rng)
    hair.draw_front(canvas, traits)
    hair.draw_headwear(canvas, traits, rng)
    return canvas.box_of(face)
