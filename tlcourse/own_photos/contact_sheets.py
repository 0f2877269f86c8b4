"""Contact sheets of your own photos: each photo as it is, and where the network looked for the predicted class."""

import re
from dataclasses import dataclass
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from matplotlib import font_manager

from tlcourse import storage, teachers
from tlcourse.datasets import LabeledImages
from tlcourse.own_photos import grad_cam
from tlcourse.plots import image_grid

PHOTOS_PER_SHEET = 24
COLUMNS = 6
_SHEETS = re.compile(r"(mistakes|where_it_looked|looked_at)(_\d+)?\.png")


@dataclass(frozen=True)
class ClassifiedPhotos:
    """Photos, and for each the class that a head predicted that had not seen it."""

    base: keras.Model  # images to feature vectors of shape (d,)
    teacher: str  # the base's name in the catalog
    data: LabeledImages  # the n photos
    paths: list  # where each of them lies
    predicted: np.ndarray  # classes, shape (n,)
    heads: list  # for each photo the kernel, shape (d, classes), of the head that predicted its class

    def title(self, index):
        """The file's name; the photo's class, and the predicted one if that is another."""
        label, predicted = self.data.labels[index], self.predicted[index]
        names = [drawable(name, f"class {number}") for number, name in enumerate(self.data.class_names, start=1)]
        verdict = "right" if predicted == label else f"not {names[predicted]}"
        file = drawable(self.paths[index].name[-16:], f"photo {index + 1}{self.paths[index].suffix}")
        return f"{file}\n{names[label]}, {verdict}"

    def where_it_looked(self, indices):
        """Grad-CAM over the photos, for the predicted class of each: uint8 (n, h, w, 3)."""
        images = self.data.images[indices]
        class_weights = np.stack([self.heads[index][:, self.predicted[index]] for index in indices])
        heat = grad_cam.grad_cam(self.base, teachers.preprocess(self.teacher, images), class_weights)
        return grad_cam.overlay(images, heat)


def drawable(name, substitute):
    """A name as a figure shows it, or another where the figure's font lacks a letter of it.

    Matplotlib would draw a box for each such letter, and take what stands between two dollar signs for a formula.
    """
    font = font_manager.get_font(font_manager.findfont(font_manager.FontProperties()))
    shown = name if all(font.get_char_index(ord(letter)) for letter in name) else substitute
    return shown.replace("$", r"\$")


def remove_old_sheets(into):
    """Take away the sheets of an earlier run, whose last pages this one may not write again."""
    for path in Path(into).glob("*.png"):
        if _SHEETS.fullmatch(path.name):
            path.unlink()


def mistakes(classified, into):
    """Sheets of all mistakes, and of where the network looked in them; nothing if there are none.

    Parameters
    ----------
    classified : ClassifiedPhotos
    into : pathlib.Path

    Returns
    -------
    dict of str to pathlib.Path
        "mistakes" and "where_it_looked", then "mistakes_2" and so on.
    """
    written = {}
    wrong = np.flatnonzero(classified.predicted != classified.data.labels)
    for page, indices in _pages(wrong, PHOTOS_PER_SHEET):
        titles = [classified.title(index) for index in indices]
        sheets = {"mistakes": classified.data.images[indices], "where_it_looked": classified.where_it_looked(indices)}
        for name, sheet in sheets.items():
            written[f"{name}{page}"] = _save(sheet, titles, into / f"{name}{page}.png", shown=not page)
    return written


def looked_at(classified, indices, into):
    """The photos that were asked for, right or wrong, each with where the network looked beside it.

    Parameters
    ----------
    classified : ClassifiedPhotos
    indices : sequence of int
        Which of the photos.
    into : pathlib.Path

    Returns
    -------
    dict of str to pathlib.Path
        "looked_at", then "looked_at_2" and so on; empty if no photo was asked for.
    """
    written = {}
    for page, chosen in _pages(np.asarray(indices, dtype=int), PHOTOS_PER_SHEET // 2):
        pairs = zip(classified.data.images[chosen], classified.where_it_looked(chosen), strict=True)
        titles = [title for index in chosen for title in (classified.title(index), "where it\nlooked")]
        sheet = np.stack([image for pair in pairs for image in pair])
        written[f"looked_at{page}"] = _save(sheet, titles, into / f"looked_at{page}.png", shown=not page)
    return written


def _pages(indices, per_page):
    """What ends the name of each page, "" and then "_2", "_3", and the indices of the photos on it."""
    for start in range(0, len(indices), per_page):
        yield f"_{start // per_page + 1}" if start else "", indices[start : start + per_page]


def _save(sheet, titles, path, shown):
    """Draw and write a sheet; one that is `shown` stays open, so that it appears below a notebook's cell."""
    figure = image_grid(sheet, titles, columns=COLUMNS).figure
    with storage.whole_file(path) as partial:
        figure.savefig(partial, format="png", dpi=130)
    if not shown:
        plt.close(figure)
    return path
