"""Synthetic galaxies through two telescopes: the same sky, sharp and deep, or blurred and noisy.

Nothing is taken from a sky survey: profiles, arms and tails follow the formulas named in `light.py`, and the classes
are those of Galaxy Zoo (Lintott et al. 2008), whose images these resemble.
"""

import functools
from dataclasses import dataclass

import numpy as np
from scipy import fft

from tlcourse.datasets import LabeledImages
from tlcourse.datasets.galaxies.light import KINDS, SIZE, draw_light

CLASS_NAMES = ("spiral", "elliptical", "edge-on", "merger")
COARSE = np.repeat(np.arange(4), 2)  # the class of each of `KINDS`, which come in pairs
SOURCE = "drawn by tlcourse.datasets.galaxies; no real sky; MIT license"
PADDED = 80  # pixels of the grid on which light is blurred: none wraps around into the image
STRETCH = {
    "white": 8.0,  # light of a pixel that is shown white, before the stretch
    "softening": 0.06,  # below about this share of white, the stretch is linear
    "floor": 0.004,  # keeps the sky's noise from being clipped at black
}


@dataclass(frozen=True)
class Telescope:
    """What a telescope does to the light.

    Attributes
    ----------
    name : str
    seeing : float
        Full width at half maximum of a star's image, in pixels (a point-spread function after Moffat 1969).
    exposure : float
        Counts for a unit of light. Their noise is that of counting, sqrt(counts), and decides how grainy an image is.
    sky : float
        Light of the night sky in each pixel, about which the images are dark.
    glow : tuple of 3 float
        The light of the night sky that remains after its subtraction, red, green, blue.
    """

    name: str
    seeing: float
    exposure: float
    sky: float
    glow: tuple = (0.0, 0.0, 0.0)


SHARP = Telescope("a sharp telescope", seeing=1.5, exposure=120, sky=0.15)
BLURRED = Telescope("a blurred, noisy telescope", seeing=3.3, exposure=30, sky=0.7, glow=(0.09, 0.065, 0.03))


def observe(images_each, seed, telescope=SHARP, fine=False):
    """`images_each` galaxies of each class, seen through `telescope`.

    Parameters
    ----------
    images_each : int
        1 or more.
    seed : int
        Decides the galaxies and the noise; with the same seed each telescope sees the same galaxies.
    telescope : Telescope
    fine : bool
        Whether the labels are the eight `KINDS`, or the four `CLASS_NAMES`, each of which is two kinds in turn.

    Returns
    -------
    LabeledImages
        Class by class; shape (n, 48, 48, 3).

    Raises
    ------
    ValueError
        If fewer than one galaxy each is asked for.
    """
    if images_each < 1:
        raise ValueError(f"images_each must be 1 or more, got {images_each}")
    names = KINDS if fine else CLASS_NAMES
    images = np.empty((len(names), images_each, SIZE, SIZE, 3), np.uint8)
    for label in range(len(names)):
        for number in range(images_each):
            kind, place = (label, number) if fine else (2 * label + number % 2, number // 2)
            light = draw_light(kind, np.random.default_rng([seed, kind, place]))
            images[label, number] = expose(light, telescope, np.random.default_rng([seed, kind, place, 1]))
    labels = np.repeat(np.arange(len(names)), images_each)
    return LabeledImages(images.reshape(-1, SIZE, SIZE, 3), labels, names, SOURCE)


def expose(light, telescope, rng):
    """The image that `telescope` takes of `light`.

    Blurred by the atmosphere and the optics, counted with noise, and stretched as color images of the sky are:
    the brightness by asinh, all colors by the same factor (Lupton et al. 2004).

    Parameters
    ----------
    light : numpy.ndarray
        Shape (3, 48, 48), linear.
    telescope : Telescope
    rng : numpy.random.Generator
        For the noise.

    Returns
    -------
    numpy.ndarray
        Shape (48, 48, 3), dtype uint8.
    """
    blurred = fft.irfft2(fft.rfft2(light, s=(PADDED, PADDED)) * _transfer(telescope.seeing))
    seen = np.maximum(blurred[:, :SIZE, :SIZE], 0)
    deviation = np.sqrt((seen + telescope.sky) / telescope.exposure)
    counts = seen + deviation * rng.standard_normal(seen.shape, np.float32) + np.float32(telescope.glow)[:, None, None]
    white, softening, floor = STRETCH.values()
    brightness = counts.mean(axis=0).clip(1e-3) / white
    shown = np.arcsinh(brightness / softening) / np.arcsinh(1 / softening)
    image = (counts / white + floor) * (shown / brightness)
    return np.round(image.clip(0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)


@functools.cache
def _transfer(seeing):
    """The Fourier transform of the point-spread function.

    Moffat 1969: (1 + (r / a)²)^-b, here with b = 3, its full width at half maximum 2a sqrt(2^(1/b) - 1).
    """
    beta = 3
    width = seeing / (2 * np.sqrt(2 ** (1 / beta) - 1))
    offset = fft.fftfreq(PADDED, 1 / PADDED)
    spread = (1 + (offset[:, None] ** 2 + offset**2) / width**2) ** -beta
    return fft.rfft2((spread / spread.sum()).astype(np.float32))
