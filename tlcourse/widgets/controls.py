"""What all widgets are made of: controls above a picture, and under it the same in numbers."""

import html
import io

import ipywidgets


class Explorer(ipywidgets.VBox):
    """Controls, a picture, and the same in numbers for those who cannot see it; a control that moves redraws both.

    A subclass sets its controls, calls this, and has a method ``_draw`` that fills picture and numbers.

    Parameters
    ----------
    columns : list of (ipywidgets.Widget or list of ipywidgets.Widget)
        The controls from left to right; those of a list stand above each other.

    Attributes
    ----------
    picture : ipywidgets.Image
        PNG, never wider than the page.
    numbers : ipywidgets.HTML
    """

    def __init__(self, columns):
        self.picture = ipywidgets.Image(format="png", layout=ipywidgets.Layout(max_width="100%"))
        self.numbers = ipywidgets.HTML()
        boxes = [ipywidgets.VBox(column) if isinstance(column, list) else column for column in columns]
        super().__init__([ipywidgets.HBox(boxes), self.picture, self.numbers])
        for column in columns:
            for control in column if isinstance(column, list) else [column]:
                control.observe(self._moved, names="value")
        self._draw()

    def _moved(self, change):
        """Called with ipywidgets' change of a control's value."""
        self._draw()

    def _draw(self):
        raise NotImplementedError(f"{type(self).__name__} does not say what it draws")


def png(figure):
    """A matplotlib figure as the bytes of a PNG."""
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=100)
    return picture.getvalue()


def table(head, rows):
    """An HTML table, its first column to the left and the others to the right; text is escaped."""
    looks = ["style='text-align:left'", *["style='text-align:right; padding-left:1.5em'"] * (len(head) - 1)]

    def line(tag, cells):
        words = (html.escape(str(cell)) for cell in cells)
        return "".join(f"<{tag} {look}>{word}</{tag}>" for look, word in zip(looks, words, strict=True))

    lines = [line("th", head), *(line("td", row) for row in rows)]
    return f"<table>{''.join(f'<tr>{one}</tr>' for one in lines)}</table>"


def percent(share):
    """A share of 1 in words: "12.3%", and "<0.1%" for what would print as nothing."""
    return f"{share:.1%}" if share >= 0.001 else "<0.1%"
