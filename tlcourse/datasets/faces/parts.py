"""Portraits with a mask of their parts: for each pixel, what was painted there last.

The masks are exact because the same strokes that paint the portrait paint the mask. A pixel belongs to a stroke that
covers at least half of it.
"""

from dataclasses import dataclass

import numpy as np

from tlcourse.datasets.faces.canvas import Canvas
from tlcourse.datasets.faces.people import person
from tlcourse.datasets.faces.portrait import draw

CLASS_NAMES = ("background", "skin", "hair", "eyes", "mouth")


@dataclass(frozen=True)
class MaskedImages:
    """Images, and for each pixel its class.

    Attributes
    ----------
    images : numpy.ndarray
        Shape (n, height, width, 3), dtype uint8, values 0 to 255.
    masks : numpy.ndarray
        Shape (n, height, width), dtype uint8: ``class_names[masks[i, y, x]]`` is what that pixel shows.
    class_names : tuple of str
    source : str
        Where the images come from, and under which license.
    """

    images: np.ndarray
    masks: np.ndarray
    class_names: tuple
    source: str

    def __len__(self):
        return len(self.images)

    def take(self, index):
        """The images and masks at `index` (integers, a slice, or a boolean mask), as a dataset of their own."""
        return MaskedImages(self.images[index], self.masks[index], self.class_names, self.source)


class PartCanvas(Canvas):
    """A canvas that also notes, for each pixel, the part that was painted there last."""

    def __init__(self, size, rng, hair_color):
        super().__init__(size, rng)
        self._hair_color = hair_color
        self.mask = np.zeros((size, size), np.uint8)

    def paint(self, mask, color, opacity=1.0):
        """As on any canvas; a beard and a moustache are hair, because they are painted in its color."""
        super().paint(mask, color, opacity)
        part = "hair" if self.part == "mouth" and color is self._hair_color else self.part
        self.mask[mask * opacity >= 0.5] = CLASS_NAMES.index(part)


def masked_portraits(people, seed):
    """One portrait of each person, with the mask of its parts.

    Parameters
    ----------
    people : sequence of int
        Identities, see `faces.person`.
    seed : int
        As for `faces.portraits`: the images are the same as with ``images_each=1``.

    Returns
    -------
    MaskedImages
        Neck, clothes, headwear and what covers the face are background; ears and nose are skin; brows and glasses
        belong to the eyes, beards to the hair.

    Raises
    ------
    ValueError
        If nobody is asked for.
    """
    people = list(people)
    if not people:
        raise ValueError("people must be one or more identities, got none")
    images, masks = (np.stack(part) for part in zip(*(_drawn(identity, seed) for identity in people), strict=True))
    return MaskedImages(images, masks, CLASS_NAMES, "drawn by tlcourse.datasets.faces; nobody real; MIT license")


def _drawn(identity, seed, size=48):
    """Image and mask of one person."""
    traits, rng = person(identity), np.random.default_rng([seed, identity])
    canvas = PartCanvas(size, rng, traits.hair)
    return draw(traits, rng, size, canvas), canvas.mask
