"""A classifier of your own photos: features of a frozen teacher, and a linear head, evaluated by cross-validation.

`train` does everything that `tlcourse photos` does: it trains, measures, and writes the contact sheets and the model.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from tlcourse import export, features, teachers
from tlcourse.datasets import photo_folders
from tlcourse.linear_probe import linear_classifier
from tlcourse.own_photos import contact_sheets, duplicates
from tlcourse.teachers.catalog import CATALOG

PREFERRED_TEACHER, SHIPPED_TEACHER = "MobileNetV2", "faces_vgg16"
FOLDS = 5
SHIPPED_TEACHER_NOTE = (
    "This is the course's own teacher. It has seen nothing but drawn faces of 48 pixels, so it can hardly distinguish "
    "things, animals or places: take the accuracy as what colors and outlines alone give."
)


@dataclass(frozen=True)
class PhotoResult:
    """What came of a folder of photos.

    Attributes
    ----------
    teacher : str
    class_names : tuple of str
    labels, predicted : numpy.ndarray
        Shape (n,): each photo's class, and the prediction of a head that had not seen it.
    interval : tuple of 2 float
        95 % confidence interval of the accuracy (Wilson 1927): of n photos as these, counted as independent.
    teacher_note : str
        What the teacher is not good for, and why it was taken; empty for an ImageNet teacher.
    written : dict of str to pathlib.Path
        "model", "labels", and, if there are any mistakes, "mistakes" and "where_it_looked", with "mistakes_2" and so
        on for those that do not fit on a sheet; "looked_at" if photos to look at were named.
    remarks : tuple of str
        Lines about files that were skipped, and about copies of a photo.
    """

    teacher: str
    class_names: tuple
    labels: np.ndarray
    predicted: np.ndarray
    interval: tuple
    teacher_note: str
    written: dict
    remarks: tuple = ()

    @property
    def accuracy(self):
        """Share of the photos that were recognized, each by a head that had not seen it."""
        return float(np.mean(self.predicted == self.labels))

    def __str__(self):
        hits = int(np.sum(self.predicted == self.labels))
        low, high = self.interval
        lines = [
            f"{len(self.labels)} photos of {len(self.class_names)} classes: {', '.join(self.class_names)}",
            f"teacher {self.teacher}, which has learned from {CATALOG[self.teacher].trained_on}",
            *([self.teacher_note] if self.teacher_note else []),
            f"accuracy {self.accuracy:.1%}: {hits} of {len(self.labels)} right, each by a head that had not seen it; "
            f"95 % interval {low:.1%} to {high:.1%}; guessing gives {1 / len(self.class_names):.1%}",
        ]
        lines += [f"note: {remark}" for remark in self.remarks]
        return "\n".join([*lines, *(f"{name.replace('_', ' ')}: {path}" for name, path in self.written.items())])


def train(folder, into, teacher=None, photos_to_explain=()):
    """Train a head on the photos in `folder`, evaluate it by cross-validation, and write contact sheets and the model.

    Parameters
    ----------
    folder : path-like
        Holds one folder of photos for each class; see `tlcourse.datasets.photo_folders.load`.
    into : path-like
        Where the files go; made if it is not there.
    teacher : {"MobileNetV2", "faces_vgg16"}, optional
        By default the first, and the second where the weights of the first are not available.
    photos_to_explain : path-like, or sequence of them, optional
        Photos in `folder` for which to show where the network looked, whether it was right or wrong: paths as they
        are or below `folder`, such as "cats/01.jpg".

    Returns
    -------
    PhotoResult

    Raises
    ------
    ValueError
        If there are fewer than two classes, a class has fewer than two different photos, the results would lie in
        `folder`, or a photo to look at is not there. A file that cannot be read is skipped, and named in the result.
    """
    _require_apart(folder, into)
    name, base, teacher_note = _teacher(teacher)
    data, paths, skipped = photo_folders.readable(folder, base.input_shape[1])
    group_of = duplicates.groups(data.images)
    _validate(data, group_of, folder, skipped)
    shown_indices = _indices(photos_to_explain, paths, folder)
    vectors = features.extract(base, teachers.preprocess(name, data.images))
    predicted, heads = _cross_validated(vectors, data.labels, group_of)
    correct = int(np.sum(predicted == data.labels))
    interval = stats.binomtest(correct, len(data)).proportion_ci(method="wilson")
    kernel, bias = _head(vectors, data.labels)
    written = export.export(base, CATALOG[name].scaling, kernel, bias, data, Path(into))
    classified = contact_sheets.ClassifiedPhotos(base, name, data, paths, predicted, heads)
    contact_sheets.remove_old_sheets(into)
    written |= contact_sheets.mistakes(classified, Path(into)) | contact_sheets.looked_at(
        classified, shown_indices, Path(into)
    )
    remarks = (
        *(f"skipped: {line}" for line in skipped),
        *duplicates.sentences(data.labels, group_of, paths, data.class_names),
    )
    return PhotoResult(name, data.class_names, data.labels, predicted, tuple(interval), teacher_note, written, remarks)


def _require_apart(folder, into):
    """Raise an error if the next run would take the results for a class of photos."""
    if Path(into).resolve().is_relative_to(Path(folder).resolve()):
        raise ValueError(f"the results in {into} would lie among the photos in {folder}: name another folder (--into)")


def _validate(data, group_of, folder, skipped):
    """Raise an error unless there are two classes, and two different photos in each."""
    names = data.class_names
    if len(names) < 2:
        raise ValueError(f"{folder} has one class, {names[0]!r}: a second one is needed to tell it from")
    for label, name in enumerate(names):
        if not name.isprintable():
            raise ValueError(f"rename the class folder {name!r}: a name must be of letters that can be printed")
        count = np.count_nonzero(data.labels == label)
        if count < 2:
            number = "one photo" if count else "no photo that can be read"
            advice = "two are needed, one to learn from and one to test on"
            raise ValueError("; ".join([f"the class {name!r} has {number}: {advice}", *skipped]))
    for label, name in enumerate(names):
        if len(np.unique(group_of[data.labels == label])) < 2:
            raise ValueError(f"the class {name!r} has copies of one photo only: two different photos are needed")


def _indices(photos_to_explain, paths, folder):
    """The indices in `paths` of the photos to explain, each once."""
    index_of = {path.resolve(): index for index, path in enumerate(paths)}
    indices = []
    for photo in [photos_to_explain] if isinstance(photos_to_explain, (str, os.PathLike)) else photos_to_explain:
        path = Path(photo).resolve()
        if path not in index_of:
            path = (Path(folder) / photo).resolve()
        if path not in index_of:
            example = paths[0].relative_to(folder)
            raise ValueError(f"{photo} is not one of the photos in {folder}: name them as {example}, for example")
        indices.append(index_of[path])
    return list(dict.fromkeys(indices))


def _teacher(name):
    """(name, base, teacher_note): the teacher that was asked for, or else the best available."""
    if name not in (None, PREFERRED_TEACHER, SHIPPED_TEACHER):
        raise ValueError(f"own photos are learned with {PREFERRED_TEACHER} or {SHIPPED_TEACHER}, not with {name!r}")
    if name == SHIPPED_TEACHER:
        return SHIPPED_TEACHER, teachers.load(SHIPPED_TEACHER, head=False), SHIPPED_TEACHER_NOTE
    try:
        return PREFERRED_TEACHER, teachers.load(PREFERRED_TEACHER, head=False, input_size=photo_folders.SIZE), ""
    except teachers.TeacherUnavailable as reason:
        if name is not None:
            raise
        return SHIPPED_TEACHER, teachers.load(SHIPPED_TEACHER, head=False), f"{SHIPPED_TEACHER_NOTE} {reason}"


def _head(vectors, labels):
    """A dense layer on raw features, trained on standardized ones: (kernel (d, classes), bias (classes,))."""
    with threadpool_limits(1):  # for so few vectors, threads get in each other's way
        scaler, model = linear_classifier(max_iter=2000).fit(vectors, labels)
    weights, bias = model.coef_, model.intercept_
    if len(weights) == 1:  # two classes: one logit, which stands against 0
        weights, bias = np.concatenate([0 * weights, weights]), np.concatenate([0 * bias, bias])
    kernel = weights.T / scaler.scale_[:, None]
    return kernel, bias - scaler.mean_ @ kernel


def _cross_validated(vectors, labels, group_of):
    """Predictions (n,) of heads that had not seen the photo, and these heads' kernels (n, d, classes)."""
    predicted, heads = np.empty_like(labels), [None] * len(labels)
    for training, held_out in _splits(vectors, labels, group_of):
        kernel, bias = _head(vectors[training], labels[training])
        predicted[held_out] = np.argmax(vectors[held_out] @ kernel + bias, axis=1)
        for index in held_out:
            heads[index] = kernel
    return predicted, heads


def _splits(vectors, labels, group_of):
    """Pairs of indices, to learn from and to test on; all copies of a photo are on one side."""
    fewest = min(len(np.unique(group_of[labels == label])) for label in np.unique(labels))
    count = min(FOLDS, fewest)
    if len(np.unique(group_of)) == len(labels):
        return StratifiedKFold(count, shuffle=True, random_state=0).split(vectors, labels)
    fold_of = duplicates.folds(labels, group_of, count, np.random.default_rng(0))
    return [(np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)) for fold in range(count)]
