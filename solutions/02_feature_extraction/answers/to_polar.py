# %% right: vectorised, with NumPy's own functions
def to_polar(points):
    return np.column_stack([np.hypot(points[:, 0], points[:, 1]), np.arctan2(points[:, 1], points[:, 0])])


# %% right: a loop over the points, returned as a list
import math


def to_polar(points):
    polar = []
    for x, y in points:
        polar.append([math.sqrt(x * x + y * y), math.atan2(y, x)])
    return polar


# %% right: complex numbers
def to_polar(points):
    numbers = np.asarray(points) @ np.array([1, 1j])
    return np.array([np.abs(numbers), np.angle(numbers)]).T


# %% wrong: arctangent of the quotient
# message: same for \(1, 1\) and \(-1, -1\)
def to_polar(points):
    with np.errstate(divide="ignore"):
        return np.stack([np.hypot(points[:, 0], points[:, 1]), np.arctan(points[:, 1] / points[:, 0])], axis=1)


# %% wrong: arguments of arctan2 swapped
# message: takes y first
def to_polar(points):
    return np.stack([np.hypot(points[:, 0], points[:, 1]), np.arctan2(points[:, 0], points[:, 1])], axis=1)


# %% wrong: angle first
# message: are swapped
def to_polar(points):
    return np.stack([np.arctan2(points[:, 1], points[:, 0]), np.hypot(points[:, 0], points[:, 1])], axis=1)


# %% wrong: degrees
# message: in degrees
def to_polar(points):
    angle = np.degrees(np.arctan2(points[:, 1], points[:, 0]))
    return np.stack([np.hypot(points[:, 0], points[:, 1]), angle], axis=1)


# %% wrong: squared distance
# message: square root is missing
def to_polar(points):
    return np.stack([(points**2).sum(axis=1), np.arctan2(points[:, 1], points[:, 0])], axis=1)


# %% wrong: transposed
# message: rows and columns are swapped
def to_polar(points):
    return np.array([np.hypot(points[:, 0], points[:, 1]), np.arctan2(points[:, 1], points[:, 0])])


# %% wrong: angles from 0 to 2 pi
# message: angles run from 0 to 2π
def to_polar(points):
    angle = np.arctan2(points[:, 1], points[:, 0]) % (2 * np.pi)
    return np.stack([np.hypot(points[:, 0], points[:, 1]), angle], axis=1)


# %% wrong: the visible case by heart
# message: to_polar\(\[\[-3, 4\]
def to_polar(points):
    return [[2, np.pi / 2], [2**0.5, -3 * np.pi / 4], [3, 0]]


# %% wrong: nothing returned
# message: is a `return` missing
def to_polar(points):
    np.hypot(points[:, 0], points[:, 1])


# %% right: tensors, in double precision
import tensorflow as tf


def to_polar(points):
    points = tf.constant(np.asarray(points, "float64"))
    return tf.stack([tf.norm(points, axis=1), tf.atan2(points[:, 1], points[:, 0])], axis=1)


# %% wrong: the arccosine
# message: arccosine
def to_polar(points):
    r = np.linalg.norm(points, axis=1)
    return np.stack([r, np.arccos(points[:, 0] / r)], axis=1)


# %% wrong: clockwise
# message: clockwise
def to_polar(points):
    return np.stack([np.hypot(points[:, 0], points[:, 1]), np.arctan2(-points[:, 1], points[:, 0])], axis=1)


# %% wrong: the points themselves are overwritten
# message: changes its argument|has changed
def to_polar(points):
    r, theta = np.hypot(points[:, 0], points[:, 1]), np.arctan2(points[:, 1], points[:, 0])
    points[:, 0], points[:, 1] = r, theta
    return points


# %% wrong: the norm over the wrong axis
# message: to_polar|broadcast|dimension|same shape
def to_polar(points):
    return np.stack([np.linalg.norm(points, axis=0), np.arctan2(points[:, 1], points[:, 0])], axis=1)


# %% wrong: summed before squaring
# message: added before they are squared
def to_polar(points):
    r = np.sqrt(points.sum(axis=1) ** 2)
    return np.stack([r, np.arctan2(points[:, 1], points[:, 0])], axis=1)


# %% wrong: a pair of columns
# message: rows and columns
def to_polar(points):
    x, y = points.T
    return np.hypot(x, y), np.arctan2(y, x)
