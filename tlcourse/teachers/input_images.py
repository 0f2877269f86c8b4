"""Whether an array holds color images, and if not, what it holds and how to make it right."""

import numpy as np


def validate_images(images, size=None):
    """`images` as an array, if they are color images with values of 0 to 255.

    Parameters
    ----------
    images : array-like
        Shape (n, height, width, 3).
    size : int, optional
        The height and width that they must have, in pixels.

    Raises
    ------
    ValueError
        With what came, what is needed and how to convert it.
    """
    array = np.asarray(images)
    fits = array.ndim == 4 and array.shape[-1] == 3 and (size is None or array.shape[1:3] == (size, size))
    if not fits:
        needed = f"(n, {size or 'height'}, {size or 'width'}, 3)"
        raise ValueError(f"images must have shape {needed}, got {array.shape}{_shape_hint(array.shape, size)}")
    validate_range(array)
    return array


def validate_range(array):
    """Raise a ValueError unless an array of images holds values of 0 to 255 in which something can be seen."""
    if array.size == 0:
        raise ValueError(f"there are no images: the shape is {array.shape}")
    if array.dtype.kind not in "uif":
        raise ValueError(f"images must be numbers from 0 to 255, got dtype {array.dtype}")
    low, high = array.min(), array.max()
    if not (low >= 0 and high <= 255):
        raise ValueError(f"images are expected as 0 to 255, got values from {low} to {high}")
    if array.dtype.kind == "f" and 0 < high <= 1:
        raise ValueError(f"images are expected as 0 to 255, got values from {low} to {high}: multiply by 255")


def _shape_hint(shape, size):
    if len(shape) == 4 and shape[-1] == 4:
        return ": RGBA, so leave out the fourth channel with images[..., :3]"
    if len(shape) == 4 and shape[-1] == 1:
        return ": grayscale, so repeat the channel with np.repeat(images, 3, axis=-1)"
    if len(shape) == 3 and shape[-1] == 3:
        return ": one image, so add an axis with image[None]"
    if len(shape) == 3:
        return ": grayscale, so make three channels with np.repeat(images[..., None], 3, axis=-1)"
    if size and len(shape) == 4 and shape[-1] == 3:
        return f": another size, so scale them to {size}x{size} pixels"
    return ""
