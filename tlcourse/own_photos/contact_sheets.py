"""Contact sheets of your own photos: each photo as it is, and where the network looked for the predicted class."""

import re
from dataclasses import dataclass
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np

from tlcourse import storage, teachers
from tlcourse.datasets import LabeledImages
from tlcourse.own_photos import grad_cam
from tlcourse.plots import image_grid

PAGE = 24  # photos on a sheet
COLUMNS = 6
_SHEETS = re.compile(r"(mistakes|where_it_looked|looked_at)(_\d+)?\.png")


@dataclass(frozen=True)
class ClassifiedPhotos:
    """Photos, and for each the class that a head predicted that had not seen it."""

    base: keras.Model  # images to feature vectors of shape (d,)
    teacher: str  # the base's name in the catalogue
    data: LabeledImages  # the n photos
    paths: list  # where each of them lies
    predicted: np.ndarray  # classes, shape (n,)
    heads: list  # for each photo the kernel, shape (d, classes), of the head that predicted its class

    def title(self, place):
        """The file's name; the photo's class, and the predicted one if that is another."""
        names, label, predicted = self.data.class_names, self.data.labels[place], self.predicted[place]
        verdict = "right" if predicted == label else f"not {names[predicted]}"
        return f"{self.paths[place].name[-16:]}\n{names[label]}, {verdict}"

    def where_it_looked(self, places):
        """Grad-CAM over the photos, for the predicted class of each: uint8 (n, h, w, 3)."""
        images = self.data.images[places]
        spoke_for = np.stack([self.heads[place][:, self.predicted[place]] for place in places])
        heat = grad_cam.grad_cam(self.base, teachers.preprocess(self.teacher, images), spoke_for)
        return grad_cam.overlay(images, heat)


def clear(into):
    """Take away the sheets of an earlier run, whose last pages this one may not write again."""
    for path in Path(into).glob("*.png"):
        if _SHEETS.fullmatch(path.name):
            path.unlink()


def mistakes(classified, into):
    """All mistakes, `PAGE` on a sheet, as they are and with where the network looked; nothing if there are none.

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
    for page, places in _pages(wrong, PAGE):
        titles = [classified.title(place) for place in places]
        sheets = {"mistakes": classified.data.images[places], "where_it_looked": classified.where_it_looked(places)}
        for name, sheet in sheets.items():
            written[f"{name}{page}"] = _save(sheet, titles, into / f"{name}{page}.png", shown=not page)
    return written


def looked_at(classified, places, into):
    """The photos that were asked for, right or wrong, each with where the network looked beside it.

    Parameters
    ----------
    classified : ClassifiedPhotos
    places : sequence of int
        Which of the photos.
    into : pathlib.Path

    Returns
    -------
    dict of str to pathlib.Path
        "looked_at", then "looked_at_2" and so on; empty if no photo was asked for.
    """
    written = {}
    for page, chosen in _pages(np.asarray(places, dtype=int), PAGE // 2):
        pairs = zip(classified.data.images[chosen], classified.where_it_looked(chosen), strict=True)
        titles = [title for place in chosen for title in (classified.title(place), "where it\nlooked")]
        sheet = np.stack([image for pair in pairs for image in pair])
        written[f"looked_at{page}"] = _save(sheet, titles, into / f"looked_at{page}.png", shown=not page)
    return written


def _pages(places, each):
    """What ends the name of each page, "" and then "_2", "_3", and the places that stand on it."""
    for start in range(0, len(places), each):
        yield f"_{start // each + 1}" if start else "", places[start : start + each]


def _save(sheet, titles, path, shown):
    """Draw and write a sheet; one that is `shown` stays open, so that it appears below a notebook's cell."""
    figure = image_grid(sheet, titles, columns=COLUMNS).figure
    with storage.whole_file(path) as partial:
        figure.savefig(partial, format="png", dpi=130)
    if not shown:
        plt.close(figure)
    return path
