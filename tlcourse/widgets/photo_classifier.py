"""The prediction of a classifier for a photo; static and interactive. The widget accepts the user's own photos."""

import html
import io

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from tlcourse.datasets import photo_folders
from tlcourse.live_figures import percent, png
from tlcourse.plots.style import COLORS, INK, axes_for, styled


@styled
def draw_photo(photo, probabilities, names, title="", figure=None):
    """Draw a photo, and beside it the probability that a classifier assigns to each class, the largest in red.

    Parameters
    ----------
    photo : array
        Shape (h, w, 3), uint8.
    probabilities : array-like
        Shape (classes,), from 0 to 1.
    names : sequence of str
        One for each class.
    title : str
        Shown above the photo; a long title is cut at its beginning.
    figure : matplotlib.figure.Figure, optional
        Created by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes of the bars.
    """
    probabilities = np.asarray(probabilities, dtype=float).reshape(-1)
    if len(probabilities) != len(names):
        raise ValueError(
            f"probabilities must have one value for each of the {len(names)} classes, got {len(probabilities)}"
        )
    if figure is None:
        figure = plt.figure(figsize=(7, 2.8), layout="constrained")
    left, right = (axes_for(axes) for axes in figure.subplots(1, 2, width_ratios=(1, 2)))
    left.imshow(photo)
    left.set_title(title[-24:], fontsize=10, color=INK)
    left.set_axis_off()
    _draw_probabilities(right, probabilities, names)
    return right


def _draw_probabilities(axes, probabilities, names):
    places = np.arange(len(probabilities))[::-1]
    colors = [
        COLORS["vermilion"] if probability == probabilities.max() else COLORS["blue"] for probability in probabilities
    ]
    axes.barh(places, probabilities, color=colors, edgecolor=INK)
    for place, probability in zip(places, probabilities, strict=True):
        axes.text(probability + 0.02, place, percent(probability), va="center", fontsize=9, color=INK)
    axes.set_yticks(places, names)
    axes.set(xlim=(0, 1.15), xticks=())
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.tick_params(length=0)


class PhotoClassifier(ipywidgets.VBox):
    """Choose a sample or upload a photo, and see the predicted class and its probability; needs the kernel.

    Parameters
    ----------
    predict : callable
        Takes a photo as uint8, shape (size, size, 3), and returns a probability for each class.
    class_names : sequence of str
    samples : dict of str to array
        Titles and photos; at least one.
    size : int
        Height and width in pixels to which an upload is cropped and scaled.

    Attributes
    ----------
    sample, upload : ipywidgets.Widget
        The controls.
    figure : ipywidgets.Image
        A PNG image, never wider than the page.
    numbers : ipywidgets.HTML
        The same probabilities as a table, or the reason why an upload cannot be read.
    """

    def __init__(self, predict, class_names, samples, size=photo_folders.SIZE):
        if not samples:
            raise ValueError("samples must contain at least one photo, got none")
        self.predict, self.class_names, self.size = predict, list(class_names), size
        self.samples = {title: np.asarray(photo) for title, photo in samples.items()}
        self.sample = ipywidgets.Dropdown(options=list(self.samples), description="sample")
        self.upload = ipywidgets.FileUpload(accept="image/*", multiple=False, description="your photo")
        self.figure = ipywidgets.Image(format="png", layout=ipywidgets.Layout(max_width="100%"))
        self.numbers = ipywidgets.HTML()
        super().__init__([ipywidgets.HBox([self.sample, self.upload]), self.figure, self.numbers])
        for control in (self.sample, self.upload):
            control.observe(self._on_change, names="value")
        self._show_sample()

    def _on_change(self, change):
        """Redraw after the user chose another sample or uploaded a photo."""
        if change["owner"] is self.upload and change["new"]:
            name, content = _first_file(change["new"])
            try:
                self.show(photo_folders.read(io.BytesIO(content), self.size, name), name)
            except ValueError as reason:
                self.numbers.value = f"<p>{html.escape(str(reason))}</p>"
        elif change["owner"] is self.sample:
            self._show_sample()

    def _show_sample(self):
        self.show(self.samples[self.sample.value], self.sample.value)

    def show(self, photo, title):
        """Classify a photo of shape (size, size, 3), and draw the result."""
        probabilities = np.asarray(self.predict(photo), dtype=float).reshape(-1)
        figure = Figure(figsize=(7, 2.8), facecolor="white", layout="constrained")
        draw_photo(photo, probabilities, self.class_names, title, figure)
        self.figure.value = png(figure)
        rows = zip(self.class_names, map(percent, probabilities), strict=True)
        self.numbers.value = _html_table((title, "probability"), rows)


def _html_table(head, rows):
    """An HTML table with escaped text: the first column is left-aligned, the others are right-aligned."""
    styles = ["style='text-align:left'", *["style='text-align:right; padding-left:1.5em'"] * (len(head) - 1)]

    def line(tag, cells):
        words = (html.escape(str(cell)) for cell in cells)
        return "".join(f"<{tag} {style}>{word}</{tag}>" for style, word in zip(styles, words, strict=True))

    lines = [line("th", head), *(line("td", row) for row in rows)]
    return f"<table>{''.join(f'<tr>{cells}</tr>' for cells in lines)}</table>"


def _first_file(value):
    """Name and bytes of an upload: ipywidgets 7 (Colab) has a dictionary by name, and 8 a tuple of dictionaries."""
    if isinstance(value, dict):
        name, file = next(iter(value.items()))
    else:
        file = value[0]
        name = file["name"]
    return str(name), bytes(file["content"])
