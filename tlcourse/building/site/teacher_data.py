"""The course's teacher for the site: its convolutions and hidden dense layers as int8, with batch norm folded in.

The features come from the second dense layer, so the last layer is left out. It would be as large as all others
together. `live_figures/teacher_network.js` computes with these weights; building the site needs no TensorFlow.
"""

import base64
import functools
import tomllib
from pathlib import Path

import numpy as np

from tlcourse.datasets import faces
from tlcourse.teachers import weights

BLOCKS = (2, 2, 3, 3, 3)  # convolutions before each pooling, as in `tlcourse.networks.narrow_vgg16`
DENSE = ("fc1", "fc2")
EPSILON = 1e-3  # of Keras's batch norm
COLORS = ("skin", "hair", "iris", "frame", "lipstick")


@functools.cache
def stored(folder=None):
    """What the page loads.

    Parameters
    ----------
    folder : path, optional
        With the teacher's file; by default, the course's.

    Returns
    -------
    dict
        "layers": one dictionary for each layer, and "weights": the codes of all layers, base64. A code times the scale
        of its output is a weight. Convolutions have the order (row, column, input, output), as in Keras.
    """
    file, _ = weights.shipped_files("faces_vgg16", folder)
    folded = [fold(*arrays) for arrays in _layers(weights.read_arrays(file))]
    quantized = [(*quantize(kernel), bias) for kernel, bias in folded]
    layers = [
        {
            "name": name,
            "kind": "conv" if codes.ndim == 4 else "dense",
            "inputs": codes.shape[-2],
            "outputs": codes.shape[-1],
            "pooled": pooled,
            "scales": [float(f"{scale:.6g}") for scale in scales],
            "biases": [float(f"{value:.6g}") for value in bias],
        }
        for (name, pooled), (codes, scales, bias) in zip(_names(), quantized, strict=True)
    ]
    whole = b"".join(codes.tobytes() for codes, _, _ in quantized)
    return {"layers": layers, "weights": base64.b64encode(whole).decode()}


def _names():
    """(name, whether a pooling comes before it) of each layer."""
    for block, depth in enumerate(BLOCKS, start=1):
        yield from ((f"block{block}_conv{index}", block > 1 and index == 1) for index in range(1, depth + 1))
    yield from ((name, False) for name in DENSE)


def _layers(arrays):
    """The kernel and the four arrays of the batch norm of each layer but the last, which has kernel and bias."""
    return [arrays[start : start + 5] for start in range(0, len(arrays) - 2, 5)]


def fold(kernel, gamma, beta, mean, variance):
    """A kernel and a bias that do what the kernel and its batch norm do together."""
    factor = gamma / np.sqrt(variance + EPSILON)
    return kernel * factor, beta - mean * factor


def quantize(kernel):
    """A kernel as int8 codes, and the scale of each output: the largest weight of an output is 127 times its scale."""
    scales = np.abs(kernel).max(axis=tuple(range(kernel.ndim - 1))) / 127
    scales[scales == 0] = 1
    return np.round(kernel / scales).astype(np.int8), scales


def palette():
    """The colors from which the visitor's face is drawn, those of the course's faces: 0 to 255."""
    colors = tomllib.loads(Path(faces.__file__).with_name("colors.toml").read_text(encoding="utf-8"))
    return {name: colors[name] for name in COLORS}
