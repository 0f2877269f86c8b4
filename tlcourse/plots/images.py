"""Figures of images: grids, feature maps and filters."""

import math

import matplotlib.pyplot as plt
import numpy as np

from tlcourse.plots.style import axes_for, styled


@styled
def image_grid(images, titles=None, columns=8, ax=None):
    """Images side by side, in rows.

    Parameters
    ----------
    images : array
        Shape (n, h, w, 3), (n, h, w, 1) or (n, h, w); uint8, or float from 0 to 1.
    titles : sequence of str, optional
        One above each image.
    columns : int
        Images in a row, 1 or more.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the shape or range is wrong, or the number of titles is.
    """
    images = _images(images)
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"titles must have one entry for each of the {len(images)} images, got {len(titles)}")
    columns = _columns(columns, len(images))
    inches = min(1.15, 9.2 / columns)
    strip = 0.0  # inches above an image for its title: 9 points are 0.125
    if titles is not None:
        strip = 0.03 + 0.19 * max(str(title).count("\n") + 1 for title in titles)
    aspect = images.shape[1] / images.shape[2]
    rows = math.ceil(len(images) / columns)
    ax = axes_for(ax, inches * columns, rows * (inches * aspect + strip))
    if ax.figure.axes != [ax]:
        inches = ax.get_window_extent().width / ax.figure.dpi / columns
    gap = round(strip / inches * images.shape[2])
    sheet, corners = _montage(images, columns, gap)
    ax.imshow(sheet, interpolation="nearest")
    for (top, left), title in zip(corners, titles if titles is not None else (), strict=False):
        ax.text(left + images.shape[2] / 2, top - 1.5, title, ha="center", va="bottom", fontsize=9)
    ax.set_axis_off()
    return ax


@styled
def feature_maps(maps, columns=8, ax=None):
    """A layer's output for one image: each channel as a small image, scaled from dark to bright.

    Parameters
    ----------
    maps : array
        Shape (h, w, channels), or (1, h, w, channels).
    columns : int
    ax : matplotlib.axes.Axes, optional

    Raises
    ------
    ValueError
        If the shape is wrong, or a value is not finite.
    """
    maps = np.asarray(maps, dtype=float)
    if maps.ndim == 4 and len(maps) == 1:
        maps = maps[0]
    if maps.ndim != 3 or 0 in maps.shape:
        raise ValueError(f"maps must be those of one image, of shape (h, w, channels), got {maps.shape}")
    if not np.isfinite(maps).all():
        raise ValueError("maps must be finite, but they contain NaN or infinity")
    channels = np.moveaxis(maps, -1, 0)
    low, high = channels.min(axis=(1, 2), keepdims=True), channels.max(axis=(1, 2), keepdims=True)
    scaled = np.divide(channels - low, high - low, out=np.zeros_like(channels), where=high > low)
    return _sheet(plt.get_cmap("cividis")(scaled)[..., :3], columns, ax)


@styled
def filters(weights, columns=8, ax=None):
    """The filters of a first layer as colors: gray is 0, and a color is what the filter responds to.

    Parameters
    ----------
    weights : array
        A convolution's kernel, shape (height, width, 3 or 1, filters).
    columns : int
    ax : matplotlib.axes.Axes, optional

    Raises
    ------
    ValueError
        If the shape is wrong. The filters of later layers have no color, because their inputs are feature maps.
    """
    weights = np.asarray(weights, dtype=float)
    if weights.ndim != 4 or weights.shape[2] not in (1, 3) or 0 in weights.shape:
        raise ValueError(f"weights of a first layer must have shape (h, w, 3 or 1, filters), got {weights.shape}")
    each = np.moveaxis(weights, -1, 0)
    largest = np.abs(each).max(axis=(1, 2, 3), keepdims=True)
    scaled = 0.5 + np.divide(each, 2 * largest, out=np.zeros_like(each), where=largest > 0)
    return _sheet(np.broadcast_to(scaled, (*scaled.shape[:3], 3)), columns, ax)


def _sheet(images, columns, ax):
    columns = _columns(columns, len(images))
    inches = min(0.95, 9.2 / columns)
    rows = math.ceil(len(images) / columns)
    ax = axes_for(ax, inches * columns, inches * rows * images.shape[1] / images.shape[2])
    sheet, _ = _montage(_enlarged(images), columns, 0)
    ax.imshow(sheet, interpolation="nearest")
    ax.set_axis_off()
    return ax


def _images(images):
    """Convert any accepted array of images to float values from 0 to 1, shape (n, h, w, 3)."""
    images = np.asarray(images)
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or 0 in images.shape:
        raise ValueError(f"images must have shape (n, h, w, 3), (n, h, w, 1) or (n, h, w), got {images.shape}")
    if images.dtype == np.uint8:
        images = images / 255
    elif images.dtype.kind != "f" or not (images.min() >= 0 and images.max() <= 1):
        raise ValueError(
            f"images must be uint8, or float from 0 to 1, got {images.dtype} from {images.min():g} to {images.max():g}"
        )
    return np.broadcast_to(images, (*images.shape[:3], 3))


def _columns(columns, images):
    if columns < 1:
        raise ValueError(f"columns must be 1 or more, got {columns}")
    return min(columns, images)


def _enlarged(images):
    """Repeat the pixels of small images, so that the gaps between the images stay thin."""
    times = math.ceil(32 / max(images.shape[1:3]))
    return images.repeat(times, axis=1).repeat(times, axis=2)


def _montage(images, columns, strip):
    """Arrange images on one sheet with `strip` empty rows above each: (sheet, [(top, left), ...])."""
    count, height, width, _ = images.shape
    gap = max(1, round(width / 24))
    rows = math.ceil(count / columns)
    sheet = np.full((rows * (strip + height + gap) - gap, columns * (width + gap) - gap, 3), 1.0)
    corners = []
    for index, image in enumerate(images):
        row, column = divmod(index, columns)
        top, left = row * (strip + height + gap) + strip, column * (width + gap)
        sheet[top : top + height, left : left + width] = image
        corners.append((top, left))
    return sheet, corners
