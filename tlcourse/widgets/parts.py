"""What all widgets are made of: a picture that is drawn anew when a control moves."""

import io

import ipywidgets


def empty_picture():
    """An ipywidgets.Image for a PNG that is drawn later, never wider than the page."""
    return ipywidgets.Image(format="png", layout=ipywidgets.Layout(max_width="100%"))


def png(figure):
    """A matplotlib figure as the bytes of a PNG."""
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=100)
    return picture.getvalue()


def percent(share):
    """A share of 1 in words: "12.3%", and "<0.1%" for what would print as nothing."""
    return f"{share:.1%}" if share >= 0.001 else "<0.1%"
