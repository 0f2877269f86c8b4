"""Tell charts from images: on a dark page, a chart may exchange black and white, but a face may not."""

import base64
import io

import numpy as np
from PIL import Image
from scipy import ndimage

MIN_WHITE = 0.5  # share of pure white pixels; the course's charts have at least 0.53, its images at most 0.42
MAX_COLORS = 300  # of 12 bits; the course's charts have at most 294, its figures with photos at least 599
WHITE = 250  # in all channels: the ground of a figure
MIN_SIDE = 24  # pixels: an image in a figure has longer sides than letters
MIN_FILLED = 0.5  # share of its box that an image fills; letters fill less
INK = (122, 127, 135)  # contrasts with white and with the ground of a dark page


def is_chart(png):
    """Whether a figure consists of lines, areas and text on a white ground.

    Parameters
    ----------
    png : bytes

    Returns
    -------
    bool
    """
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    coarse = (pixels >> 4).astype(int) @ (256, 16, 1)
    return bool((pixels.min(axis=2) == 255).mean() > MIN_WHITE and len(np.unique(coarse)) <= MAX_COLORS)


def shows_only_charts(outputs):
    """Whether a cell's outputs contain figures, and all of them are charts; `outputs` as in a notebook."""
    figures = [output.data["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    return bool(figures) and all(is_chart(base64.b64decode(figure)) for figure in figures)


def without_ground(image):
    """A figure whose images stay, on a transparent ground, and whose letters and lines show on any page.

    Parameters
    ----------
    image : PIL.Image.Image
        Images and letters on a white ground.

    Returns
    -------
    PIL.Image.Image
        With an alpha channel.
    """
    pixels = np.asarray(image.convert("RGB"))
    darkest = pixels.min(axis=2)
    shapes, _ = ndimage.label(darkest < WHITE)
    is_image = np.zeros(shapes.shape, bool)
    for number, box in enumerate(ndimage.find_objects(shapes), 1):
        inside = shapes[box] == number
        is_image[box] |= min(inside.shape) >= MIN_SIDE and inside.mean() > MIN_FILLED
    colors = np.where(is_image[..., None], pixels, np.uint8(INK))
    alpha = np.where(is_image, 255, 255 - darkest).astype(np.uint8)
    return Image.fromarray(np.dstack([colors, alpha]))
