"""Tell charts from images: on a dark page, a chart may exchange black and white, but a face may not."""

import base64
import io

import numpy as np
from PIL import Image

MIN_WHITE = 0.5  # share of pure white pixels; the course's charts have at least 0.53, its images at most 0.42
MAX_COLORS = 300  # of 12 bits; the course's charts have at most 294, its figures with photos at least 599


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
