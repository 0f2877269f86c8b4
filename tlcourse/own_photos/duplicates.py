"""Copies of a photo, also scaled, saved again or a little brighter: they must not be on both sides of a test.

Two photos count as copies if their gray thumbnails of 16 x 16 pixels agree: each less its mean and over its contrast,
they differ by less than `TOLERANCE` (root mean square). Their mean colors may differ by `COLOR`. Among 1,500 photos of
cats and dogs no two are so alike, and a copy as JPEG differs by 0.1 at most, even of noise. Cut, turned and mirrored
copies are not found.
"""

import numpy as np
from PIL import Image
from scipy.sparse.csgraph import connected_components
from sklearn.neighbors import radius_neighbors_graph

SIDE = 16  # pixels
TOLERANCE = 0.25  # of the contrast: a correlation of 0.97
LEAST_CONTRAST = 8  # of 255: in flatter photos the noise of the camera would decide
COLOR = 64  # of 255, in each channel


def groups(images):
    """The number of a group for each photo; copies of one photo are in one group.

    Parameters
    ----------
    images : numpy.ndarray
        Shape (n, h, w, 3), uint8.

    Returns
    -------
    numpy.ndarray
        Shape (n,), int, from 0.
    """
    if len(images) < 2:
        return np.zeros(len(images), dtype=int)
    grays = [Image.fromarray(image).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX) for image in images]
    thumbnails = np.stack([np.asarray(gray, dtype=np.float64).ravel() for gray in grays])
    thumbnails -= thumbnails.mean(axis=1, keepdims=True)
    thumbnails /= np.maximum(thumbnails.std(axis=1, keepdims=True), LEAST_CONTRAST)
    near = radius_neighbors_graph(thumbnails / SIDE, TOLERANCE).tocoo()
    colors = images.mean(axis=(1, 2))
    near.data = (np.abs(colors[near.row] - colors[near.col]).max(axis=1) <= COLOR).astype(int)
    near.eliminate_zeros()
    return connected_components(near, directed=False)[1]


def folds(labels, group_of, count, rng):
    """The number of a fold for each photo: copies share a fold, and every class is in more than one fold.

    Parameters
    ----------
    labels, group_of : numpy.ndarray
        Shape (n,): the class and the group of each photo. Every class must have `count` groups or more.
    count : int
        Folds, 2 or more.
    rng : numpy.random.Generator

    Returns
    -------
    numpy.ndarray
        Shape (n,), int, 0 to ``count - 1``.
    """
    fold_of_group = {}
    for label in np.unique(labels):
        members = rng.permutation(np.unique(group_of[labels == label]))
        taken = [fold_of_group[group] for group in members if group in fold_of_group]
        sizes = np.bincount(taken, minlength=count)
        for group in members:
            if group not in fold_of_group:
                fold_of_group[group] = int(np.argmin(sizes))
                sizes[fold_of_group[group]] += 1
    return np.array([fold_of_group[group] for group in group_of])


def sentences(labels, group_of, paths, class_names):
    """What to say about copies: one line for those in one class, one for each photo that is in several classes.

    Returns
    -------
    list of str
    """
    sets = [np.flatnonzero(group_of == group) for group in np.unique(group_of)]
    copies = [members for members in sets if len(members) > 1]
    mixed = [members for members in copies if len(set(labels[members])) > 1]
    lines = [
        f"the same photo is in {len(set(labels[members]))} classes: {_listed(members, labels, paths, class_names)}"
        for members in mixed
    ]
    if copies:
        count = sum(len(members) for members in copies)
        named = "; ".join(_listed(members, labels, paths, class_names) for members in copies[:3])
        more = "; …" if len(copies) > 3 else ""
        lines.insert(0, f"{count} photos are copies of {len(copies)}, and are tested together: {named}{more}")
    return lines


def _listed(members, labels, paths, class_names):
    shown = [f"{class_names[labels[index]]}/{paths[index].name}" for index in members[:4]]
    return " = ".join([*shown, *(["…"] if len(members) > 4 else [])])
