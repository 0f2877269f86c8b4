"""The base class of all widgets: controls above a figure, and the same numbers as text below it."""

import html
import io

import ipywidgets
from matplotlib.figure import Figure

CONTROL_STYLE = {"style": {"description_width": "70px"}}  # options of a control: space for its name
REDRAW_ON_RELEASE = {**CONTROL_STYLE, "continuous_update": False}  # options of a slider that redraws on release


class Explorer(ipywidgets.VBox):
    """Controls, a figure, and its numbers for readers who cannot see it; changing a control redraws both.

    A subclass creates its controls and calls ``__init__``. Its method ``_draw_on(figure)`` draws on the figure and
    returns the numbers as HTML.

    Parameters
    ----------
    columns : list of (ipywidgets.Widget or list of ipywidgets.Widget)
        The controls from left to right; the controls in a list are stacked.
    figure_size : tuple of 2 float
        The size in inches.
    layout : {"constrained", "none"}
        Matplotlib's layout engine. "constrained" takes half of the time that a figure needs.

    Attributes
    ----------
    figure : ipywidgets.Image
        A PNG image, never wider than the page.
    numbers : ipywidgets.HTML
    """

    def __init__(self, columns, figure_size, layout="constrained"):
        self.figure_size, self.engine = figure_size, layout
        self.figure = ipywidgets.Image(format="png", layout=ipywidgets.Layout(max_width="100%"))
        self.numbers = ipywidgets.HTML()
        boxes = [ipywidgets.VBox(column) if isinstance(column, list) else column for column in columns]
        super().__init__([ipywidgets.HBox(boxes), self.figure, self.numbers])
        for column in columns:
            for control in column if isinstance(column, list) else [column]:
                control.observe(self._on_change, names="value")
        self._draw()

    def _on_change(self, change):
        """Called with ipywidgets' change of a control's value."""
        self._draw()

    def _draw(self):
        figure = Figure(figsize=self.figure_size, facecolor="white", layout=self.engine)
        self.numbers.value = self._draw_on(figure)
        self.figure.value = png(figure)

    def _draw_on(self, figure):
        raise NotImplementedError(f"{type(self).__name__} must define _draw_on(figure)")


def png(figure):
    """The bytes of a matplotlib figure as PNG."""
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=100)
    return image.getvalue()


def html_table(head, rows):
    """An HTML table with escaped text: the first column is left-aligned, the others are right-aligned."""
    styles = ["style='text-align:left'", *["style='text-align:right; padding-left:1.5em'"] * (len(head) - 1)]

    def line(tag, cells):
        words = (html.escape(str(cell)) for cell in cells)
        return "".join(f"<{tag} {style}>{word}</{tag}>" for style, word in zip(styles, words, strict=True))

    lines = [line("th", head), *(line("td", row) for row in rows)]
    return f"<table>{''.join(f'<tr>{cells}</tr>' for cells in lines)}</table>"


def percent(fraction):
    """A fraction as a percentage: "12.3%", or "<0.1%" for smaller values."""
    return f"{fraction:.1%}" if fraction >= 0.001 else "<0.1%"
