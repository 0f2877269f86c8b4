"""What all widgets are made of: controls above a figure, and below it the same in numbers."""

import html
import io

import ipywidgets
from matplotlib.figure import Figure

CONTROL_STYLE = {"style": {"description_width": "70px"}}  # options of a control: room for its name
REDRAW_ON_RELEASE = {**CONTROL_STYLE, "continuous_update": False}  # and of a slider that redraws when it stops


class Explorer(ipywidgets.VBox):
    """Controls, a figure, and the same in numbers for those who cannot see it; a control that moves redraws both.

    A subclass makes its controls, calls ``__init__``, and has a method ``_draw_on(figure)`` that fills the figure and
    returns the numbers as HTML.

    Parameters
    ----------
    columns : list of (ipywidgets.Widget or list of ipywidgets.Widget)
        The controls from left to right; those of a list stand above each other.
    figure_size : tuple of 2 float
        The size in inches.
    layout : {"constrained", "none"}
        Matplotlib's layout engine. The constrained one takes half of the time that a figure needs.

    Attributes
    ----------
    figure : ipywidgets.Image
        PNG, never wider than the page.
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
        raise NotImplementedError(f"{type(self).__name__} does not define what it draws")


def png(figure):
    """A matplotlib figure as the bytes of a PNG."""
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=100)
    return image.getvalue()


def html_table(head, rows):
    """An HTML table, its first column to the left and the others to the right; text is escaped."""
    styles = ["style='text-align:left'", *["style='text-align:right; padding-left:1.5em'"] * (len(head) - 1)]

    def line(tag, cells):
        words = (html.escape(str(cell)) for cell in cells)
        return "".join(f"<{tag} {style}>{word}</{tag}>" for style, word in zip(styles, words, strict=True))

    lines = [line("th", head), *(line("td", row) for row in rows)]
    return f"<table>{''.join(f'<tr>{cells}</tr>' for cells in lines)}</table>"


def percent(fraction):
    """A share of 1 in words: "12.3%", and "<0.1%" for what would print as nothing."""
    return f"{fraction:.1%}" if fraction >= 0.001 else "<0.1%"
