"""Many small regression tasks, each a sine of its own, and a network in numpy that can be copied once for each task.

Every weight may have axes in front of its own: arrays of shape (tasks, inputs, outputs) hold one network for each task,
and numpy multiplies them side by side.
"""

import itertools

import numpy as np

AMPLITUDES = (0.5, 2.0)
PHASES = {"wide": 2 * np.pi, "narrow": np.pi / 4}  # from 0 up to this
RANGE = 5.0  # x lies between -RANGE and RANGE


def tasks(count, phases, rng):
    """Amplitudes and phases of `count` sines, two arrays of shape (count, 1, 1); `phases` is one of `PHASES`."""
    return rng.uniform(*AMPLITUDES, (count, 1, 1)), rng.uniform(0, PHASES[phases], (count, 1, 1))


def points(sines, count, rng):
    """`count` random points of each sine: x and y, both of shape (tasks, count, 1)."""
    amplitude, phase = sines
    x = rng.uniform(-RANGE, RANGE, (len(amplitude), count, 1))
    return x, amplitude * np.sin(x + phase)


def initial_weights(rng, width=40):
    """Three dense layers, 1 to `width` to `width` to 1: kernels and biases by turns, a list of six arrays."""
    sizes = (1, width, width, 1)
    layers = [(rng.normal(0, 1 / np.sqrt(a), (a, b)), np.zeros((1, b))) for a, b in itertools.pairwise(sizes)]
    return [array for layer in layers for array in layer]


def outputs(weights, x):
    """The network's outputs, shape (..., n, 1), with tanh after each hidden layer."""
    return _activations(weights, x)[-1]


def adapted(weights, x, y, steps, rate):
    """The weights after steps of gradient descent on the mean squared error; the given weights stay as they are.

    Parameters
    ----------
    weights : list of numpy.ndarray
        One network, or one for each task.
    x, y : numpy.ndarray
        Shape (tasks, n, 1): each task has a copy of the network. All `steps` use the same points. Or shape
        (tasks, steps, n, 1), and each step uses points of its own.
    steps : int
    rate : float
    """
    weights = [np.broadcast_to(array, (len(x), *array.shape[-2:])) for array in weights]
    for step in range(steps):
        seen = (x, y) if x.ndim == 3 else (x[:, step], y[:, step])
        slopes = slopes_of(weights, *seen)
        weights = [array - rate * slope for array, slope in zip(weights, slopes, strict=True)]
    return weights


def slopes_of(weights, x, y):
    """Gradients of the mean squared error over the points of each task: a list as long as `weights`."""
    layers = [x, *_activations(weights, x)]
    error = 2 * (layers[-1] - y) / x.shape[-2]
    slopes = []
    for number in reversed(range(3)):
        below = layers[number]
        slopes = [np.swapaxes(below, -1, -2) @ error, error.sum(axis=-2, keepdims=True), *slopes]
        error = (error @ np.swapaxes(weights[2 * number], -1, -2)) * (1 - below**2) if number else None
    return slopes


def error(weights, sines, count=100):
    """Root of the mean squared error of each task on an even grid of `count` points, mean over the tasks."""
    amplitude, phase = sines
    x = np.broadcast_to(np.linspace(-RANGE, RANGE, count)[:, None], (len(amplitude), count, 1))
    squares = (outputs(weights, x) - amplitude * np.sin(x + phase)) ** 2
    return float(np.sqrt(squares.mean(axis=(1, 2))).mean())


def _activations(weights, x):
    """The outputs of the three layers."""
    first = np.tanh(x @ weights[0] + weights[1])
    second = np.tanh(first @ weights[2] + weights[3])
    return first, second, second @ weights[4] + weights[5]
