"""Portraits with a mask of their parts: for each pixel, what was painted there last.

The masks are exact because the same strokes that paint the portrait paint the mask. A pixel belongs to a stroke that
covers at least half of it.
"""

from dataclasses import dataclass

import numpy as np

from tlcourse.datasets.faces import hair, portrait
from tlcourse.datasets.faces.canvas import Canvas
from tlcourse.datasets.faces.people import person

CLASS_NAMES = ("background", "skin", "hair", "eyes", "mouth")
BACKGROUND, SKIN, HAIR, EYES, MOUTH = range(len(CLASS_NAMES))


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
    """A canvas that also notes, for each pixel, the part that covers it; `part` is what is painted at the moment."""

    def __init__(self, size, rng, hair_color):
        super().__init__(size, rng)
        self.part, self._hair_color = BACKGROUND, hair_color
        self.mask = np.zeros((size, size), np.uint8)

    def paint(self, mask, color, opacity=1.0):
        """As on any canvas; a beard and a moustache are hair, because they are painted in its color."""
        super().paint(mask, color, opacity)
        part = HAIR if self.part == MOUTH and color is self._hair_color else self.part
        self.mask[mask * opacity >= 0.5] = part


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
    drawn = [_draw(person(identity), np.random.default_rng([seed, identity])) for identity in people]
    images, masks = (np.stack(part) for part in zip(*drawn, strict=True))
    return MaskedImages(images, masks, CLASS_NAMES, "drawn by tlcourse.datasets.faces; nobody real; MIT license")


def _draw(traits, rng, size=48):
    """The steps of `portrait.draw`, each with the part that it paints."""
    canvas = PartCanvas(size, rng, traits.hair)
    portrait._background(canvas, rng)
    canvas.part = HAIR
    hair.draw_back(canvas, traits)
    canvas.part = BACKGROUND
    portrait._body(canvas, traits, rng)
    canvas.part = SKIN
    face = portrait._head(canvas, traits)
    canvas.part = MOUTH
    portrait._mouth_and_beard(canvas, traits, rng, face)
    canvas.part = SKIN
    portrait._nose(canvas, traits)
    canvas.part = EYES
    portrait._eyes(canvas, traits, rng)
    canvas.part = HAIR
    hair.draw_front(canvas, traits)
    canvas.part = BACKGROUND
    hair.draw_headwear(canvas, traits, rng)
    portrait._occlusion(canvas, rng)
    return portrait._photograph(canvas, rng), canvas.mask
