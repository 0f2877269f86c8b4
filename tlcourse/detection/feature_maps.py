"""The teacher's maps at another image size, and images moved together with their boxes."""

import keras
import numpy as np

from tlcourse.datasets.faces.scenes import BoxedImages
from tlcourse.networks import narrow_vgg16


def teacher_maps(teacher, layer, size, first=None):
    """The convolutions of the course's teacher up to `layer`, for images of another size.

    A convolution does not depend on the size of the image: only the dense layers do, and they are left out.

    Parameters
    ----------
    teacher : keras.Model or None
        What ``teachers.load("faces_vgg16")`` gives; None leaves the weights random.
    layer : str
        Its last layer, such as "block4_conv3_relu".
    size : int
        Height and width of the images, which go in as they are, 0 to 255.
    first : str, optional
        Leave out all layers up to this one; the model then takes its output.

    Returns
    -------
    keras.Model
        From images (n, size, size, 3) to maps (n, size / s, size / s, channels); s is 8 in block 4.
    """
    whole = narrow_vgg16(1, size=size)
    if teacher is not None:
        for part in whole.layers:
            if part.weights and part.name.startswith("block"):
                part.set_weights(teacher.get_layer(part.name).get_weights())
    start = whole.input if first is None else whole.get_layer(first).output
    return keras.Model(start, whole.get_layer(layer).output, name="maps")


def moved(data, rng, shift=8):
    """As many BoxedImages: shifted by up to `shift` pixels, half of them mirrored, and with a color cast each.

    At the edges the nearest pixel is repeated. A box of which less than half is left in the image is dropped.
    """
    images, boxes = [], []
    for image, corners in zip(data.images, data.boxes, strict=True):
        height, width = image.shape[:2]
        right, down = rng.integers(-shift, shift + 1, 2)
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        view = padded[shift - down : shift - down + height, shift - right : shift - right + width]
        place = corners + np.array([right, down, right, down], np.float32)
        if rng.random() < 0.5:
            view, place = (
                view[:, ::-1],
                np.stack([width - place[:, 2], place[:, 1], width - place[:, 0], place[:, 3]], axis=1),
            )
        cut = np.clip(place, 0, [width, height, width, height])
        left_over = np.prod(cut[:, 2:] - cut[:, :2], axis=1) >= 0.5 * np.prod(place[:, 2:] - place[:, :2], axis=1)
        images.append(np.clip(view * rng.uniform(0.8, 1.2, 3), 0, 255).astype(np.uint8))
        boxes.append(cut[left_over].astype(np.float32))
    return BoxedImages(np.stack(images), tuple(boxes), data.source)
