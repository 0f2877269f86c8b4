"""Shapes and sizes of a network, computed by Keras without storing a single weight."""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import keras


class Row(NamedTuple):
    """One layer of a network: its name, the shape of its output without the batch, its parameters."""

    name: str
    shape: tuple
    parameters: int


def blueprint(build, *arguments, **options):
    """Build a model whose weights have shapes but no values, so that VGG16 takes 20 ms and no memory.

    Parameters
    ----------
    build : callable
        Makes the model or layer, as ``keras.applications.VGG16`` does.
    *arguments, **options
        Passed to `build`.

    Returns
    -------
    Whatever `build` returns. Its shapes and counts are right; it cannot predict.

    Notes
    -----
    Inside ``keras.StatelessScope(initialize_variables=False)`` variables are created empty. Keras remembers
    them per thread and would fill them later, so the scope lives in a thread that ends with the building.
    """

    def build_empty():
        with keras.StatelessScope(initialize_variables=False):
            return build(*arguments, **options)

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(build_empty).result()


def keras_layer(description):
    """The Keras layer that a description stands for.

    Parameters
    ----------
    description : dict
        With "kind" and what the kind needs: conv and separable: "filters", "kernel", "strides" (1), "padding"
        ("valid"); pool: "size"; dense: "units"; batch_norm, flatten and global_pool: nothing. Any may have a "name".

    Raises
    ------
    ValueError
        For an unknown kind or option, or a missing one.
    """
    options = dict(description)
    kind = options.pop("kind", None)
    renamed = {"kernel": "kernel_size", "size": "pool_size"}
    options = {renamed.get(key, key): value for key, value in options.items()}
    makers = {
        "conv": keras.layers.Conv2D,
        "separable": keras.layers.SeparableConv2D,
        "pool": keras.layers.MaxPooling2D,
        "global_pool": keras.layers.GlobalAveragePooling2D,
        "batch_norm": keras.layers.BatchNormalization,
        "flatten": keras.layers.Flatten,
        "dense": keras.layers.Dense,
    }
    if kind not in makers:
        raise ValueError(f"kind must be one of {', '.join(makers)}, not {kind!r}")
    try:
        return makers[kind](**options)
    except TypeError as error:
        raise ValueError(f"{description} does not describe a layer of kind {kind!r}: {error}") from None


def measure(layers, input_shape):
    """Follow a tensor through described layers.

    Parameters
    ----------
    layers : list of dict
        See `keras_layer`.
    input_shape : tuple of int
        Without the batch: (height, width, channels).

    Returns
    -------
    list of Row
        The first is the input itself, with 0 parameters.

    Raises
    ------
    ValueError
        If a layer does not fit its input, for example a kernel larger than an unpadded image.
    """

    def build():
        shape, rows = (None, *input_shape), [Row("input", tuple(input_shape), 0)]
        for description in layers:
            layer = keras_layer(description)
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
            if not all(size > 0 for size in shape[1:]):
                raise ValueError(f"nothing is left of the tensor after {description}: its shape would be {shape[1:]}")
            rows.append(Row(description.get("name", label(description)), tuple(shape[1:]), layer.count_params()))
        return rows

    return blueprint(build)


def label(description):
    """A few words for a figure: conv 5×5 /2, dense."""
    kind = description["kind"].replace("_", " ")
    if "kernel" in description:
        strides = description.get("strides", 1)
        kernel = description["kernel"]
        return f"{kind} {kernel}×{kernel}" + (f" /{strides}" if strides > 1 else "")
    return f"{kind} {description['size']}×{description['size']}" if "size" in description else kind


def by_block(model):
    """The rows of an application in the style of VGG16, one for each block of convolutions and each dense layer.

    Parameters
    ----------
    model : keras.Model
        Its convolutions are named block1_conv1, block1_conv2, ...; a block's shape is that of its last layer.
    """
    rows = {}
    for layer in model.layers:
        name = layer.name.partition("_")[0] if layer.name.startswith("block") else layer.name
        before = rows[name].parameters if name in rows else 0
        rows[name] = Row(name, tuple(layer.output.shape[1:]), before + layer.count_params())
    return [row for row in rows.values() if row.name != "flatten"]


def activation_count(model):
    """Numbers that all layers of a model put out for one image; the image itself is not counted."""
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    return sum(math.prod(layer.output.shape[1:]) for layer in layers)


def multiply_adds(model):
    """Multiplications, each with an addition, that a model needs for one image.

    Convolutions and dense layers count by output positions times weights, and attention by its four dense layers and
    two products of matrices. Norms, activations and pooling do not count.

    Parameters
    ----------
    model : keras.Model
        Made for images of one size; layers of nested models count too.

    Returns
    -------
    int
    """
    layers = [*model.layers]
    nested = [layer for layer in layers if isinstance(layer, keras.Model)]
    return sum(_layer_multiply_adds(layer) for layer in layers) + sum(map(multiply_adds, nested))


def _layer_multiply_adds(layer):
    if isinstance(layer, keras.layers.MultiHeadAttention):
        length, width = layer.output.shape[1:]
        return 4 * length * width**2 + 2 * length**2 * width
    kernel = getattr(layer, "kernel", None)
    return 0 if kernel is None else math.prod(layer.output.shape[1:-1]) * math.prod(kernel.shape)
