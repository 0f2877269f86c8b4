"""Pretrained teachers: load one, with its head or without, and prepare images for it.

What there is to choose from stands in `CATALOG`. Keras is imported where it is needed, so that the
catalog can be read without waiting for TensorFlow.
"""

import json

import numpy as np

from tlcourse.teachers import text_teachers, weights
from tlcourse.teachers.catalog import CATALOG, TEXT_CATALOG, Teacher
from tlcourse.teachers.input_images import validate_images
from tlcourse.teachers.text_teachers import tokenizer
from tlcourse.teachers.weights import TeacherUnavailable

__all__ = [
    "CATALOG",
    "TEXT_CATALOG",
    "Teacher",
    "TeacherUnavailable",
    "available",
    "imagenet_classes",
    "load",
    "preprocess",
    "tokenizer",
]

_CLASS_INDEX = "imagenet_class_index.json"
_CLASS_INDEX_URL = f"https://storage.googleapis.com/download.tensorflow.org/data/{_CLASS_INDEX}"
_CLASS_INDEX_MD5 = "c2c37ea517e94d9795004a39431a14cb"  # keras.applications.imagenet_utils
_IMAGENET_DEVIATION = (0.229, 0.224, 0.225)  # of red, green and blue in ImageNet; keras.applications.efficientnet


def load(name, head=True, input_size=None):
    """A pre-trained teacher, ready to predict or to be cut.

    Parameters
    ----------
    name : str
        A key of `CATALOG` or `TEXT_CATALOG`.
    head : bool
        True: as it was trained, with its last layer. False: without it. An ImageNet teacher then gives
        the average over space of its last maps, faces_vgg16 the output of its second dense layer, and texts_bert its
        states; minilm has no head, and gives its states either way.
    input_size : int, optional
        Height and width of the images in pixels, if not those it was trained with.

    Returns
    -------
    keras.Model
        Takes what `preprocess` of the same name returns, or ids of `tokenizer` of the same name.

    Raises
    ------
    TeacherUnavailable
        If the weights are not on this machine and cannot be downloaded.
    ValueError
        If there is no such teacher, the file of weights is damaged, or the size does not suit.
    """
    if name in TEXT_CATALOG:
        return text_teachers.load(name, head)
    teacher = _teacher(name)
    size = _checked_size(teacher, head, input_size)
    return _shipped(teacher, head) if teacher.shipped else _imagenet(teacher, head, size)


def available(name, head=True):
    """Whether `load` with the same arguments finds the weights on this machine. Nothing is downloaded.

    Parameters
    ----------
    name : str
        A key of `CATALOG` or `TEXT_CATALOG`.
    head : bool
        As for `load`: ImageNet teachers have one file with their head and one without.
    """
    if name in TEXT_CATALOG:
        return text_teachers.available(name)
    teacher = _teacher(name)
    if teacher.shipped:
        return all(file.is_file() for file in weights.shipped_files(name))
    return weights.on_disk(teacher.weights_file if head else teacher.base_file) is not None


def preprocess(name, images):
    """Images as the teacher was trained on them.

    Parameters
    ----------
    name : str
        A key of `CATALOG`.
    images : array-like
        Shape (n, height, width, 3), red first, values 0 to 255, integers or floating point.

    Returns
    -------
    numpy.ndarray
        A copy as float32: as it is where the network rescales by itself (faces_vgg16, EfficientNet), -1 to 1
        (Inception, MobileNet), or blue first with ImageNet's mean color subtracted (VGG, ResNet).

    Raises
    ------
    ValueError
        If the shape, the type or the range of values is another.
    """
    teacher = _teacher(name)
    size = teacher.input_size if teacher.shipped else None
    prepared = np.array(validate_images(images, size), dtype=np.float32)
    if min(prepared.shape[1:3]) < teacher.minimum_size:
        raise ValueError(f"{name} takes images of {teacher.minimum_size} pixels and more, got shape {prepared.shape}")
    if teacher.scaling == "none":
        return prepared
    import keras

    return keras.applications.imagenet_utils.preprocess_input(
        prepared, data_format="channels_last", mode=teacher.scaling
    )


def imagenet_classes():
    """The English names of ImageNet's 1,000 classes, in the order of the teachers' outputs.

    Raises
    ------
    TeacherUnavailable, ValueError
        As `load` does.
    """
    path = weights.find_or_download("ImageNet", _CLASS_INDEX, _CLASS_INDEX_URL, _CLASS_INDEX_MD5)
    index = json.loads(path.read_text(encoding="utf-8"))
    return tuple(index[str(number)][1] for number in range(len(index)))


def _teacher(name):
    if name not in CATALOG:
        raise ValueError(f"no teacher {name!r}: there are {', '.join([*CATALOG, *TEXT_CATALOG])}")
    return CATALOG[name]


def _checked_size(teacher, head, input_size):
    size = teacher.input_size if input_size is None else input_size
    flattens = head and teacher.family == "VGG"  # maps, and the next layer counts on their size
    if (teacher.shipped or flattens) and size != teacher.input_size:
        what = teacher.name if teacher.shipped else f"{teacher.name} with its head"
        raise ValueError(f"{what} takes images of {teacher.input_size} pixels only, got input_size={size}")
    if size < teacher.minimum_size:
        raise ValueError(
            f"{teacher.name} takes images of {teacher.minimum_size} pixels and more, got input_size={size}"
        )
    return size


def _shipped(teacher, head):
    import keras

    model = weights.load_shipped(teacher.name)
    outputs = model.outputs[0] if head else model.get_layer("fc2_relu").output
    return keras.Model(model.inputs[0], outputs, name=teacher.name)


def _imagenet(teacher, head, size):
    file = teacher.weights_file if head else teacher.base_file
    path = weights.find_or_download(teacher.name, file, teacher.url + file, teacher.md5[0 if head else 1])
    import keras

    build = getattr(keras.applications, teacher.name)
    pooling = None if head else "avg"
    model = build(include_top=head, weights=None, input_shape=(size, size, 3), pooling=pooling, name=teacher.name)
    try:
        model.load_weights(path)
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise weights.damaged(path, str(error).split("\n")[0], f"put {teacher.url}{file} in its place") from None
    if not all(np.isfinite(array).all() for array in model.get_weights()):
        raise weights.damaged(path, "it holds values that are no numbers", f"put {teacher.url}{file} in its place")
    if teacher.family == "EfficientNet":
        _second_normalization(model)
    return model


def _second_normalization(model):
    """Divide the normalized colors by the root of ImageNet's deviation once more, as the weights expect.

    ``EfficientNet(weights="imagenet")`` has a layer for it that ``weights=None`` leaves out; here the
    variances of the normalization that is there are multiplied instead, which gives the same outputs.
    """
    import keras

    layer = next(layer for layer in model.layers if isinstance(layer, keras.layers.Normalization))
    mean, variance, count = layer.get_weights()
    layer.set_weights([mean, variance * np.array(_IMAGENET_DEVIATION, dtype=np.float32), count])
    layer.finalize_state()
