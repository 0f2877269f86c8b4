"""Figures that run in the page: Python prepares data and a still image once, JavaScript draws and computes.

They need no kernel. The same output works in JupyterLab, Colab and VS Code, and on a page opened from disk, because it
is one script without imports that loads nothing. Without JavaScript, or in a notebook that is not trusted, the still
image remains. Of the scripts in this folder, `kit.js` is shared; each figure has a file of its own.
"""

import base64
import hashlib
import html
import io
import json
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

SCRIPTS = Path(__file__).parent


class LiveFigure:
    """A figure that a browser draws; in a notebook, the last expression of a cell shows it.

    Parameters
    ----------
    script : str
        The name of the figure's file in this folder: "temperature".
    data : dict
        What the script's function ``render(el, data)`` gets; must be serializable as JSON.
    draw_still : callable
        Takes a `matplotlib.figure.Figure` and draws the still image on it.
    size : tuple of 2 float
        The size of the still image in inches.
    description : str
        The alternative text of the still image.
    """

    def __init__(self, script, data, draw_still, size, description):
        self.script, self.data, self.description = script, data, description
        still = Figure(figsize=size, facecolor="white", layout="constrained")
        draw_still(still)
        self.still = png(still)

    def _repr_html_(self):
        return self.as_html()

    def as_html(self):
        """The still image and the script that replaces it, as HTML for any page."""
        program = program_text(self.script)
        data = json.dumps(self.data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
        name = f"{self.script}-{hashlib.sha256((program + data).encode()).hexdigest()[:8]}"
        source = f"data:image/png;base64,{base64.b64encode(self.still).decode()}"
        image = f'<img alt="{html.escape(self.description)}" src="{source}" style="max-width: 100%">'
        script = f"(() => {{\n{program}\nstart({json.dumps(name)}, render, {data});\n}})();"
        return f'<div class="tlcourse-live" data-live="{name}">{image}</div>\n<script>\n{script}\n</script>'

    def __repr__(self):
        return f"<{type(self).__name__}: {self.description}>"


def program_text(*scripts):
    """The shared functions and those of a figure, as one text without imports."""
    return "\n".join((SCRIPTS / f"{name}.js").read_text(encoding="utf-8") for name in ("kit", *scripts))


def png(figure):
    """The bytes of a matplotlib figure as PNG."""
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=100)
    return image.getvalue()


def gray_png(values):
    """Gray values, a 2-D array of uint8, as the address of an image."""
    image = io.BytesIO()
    Image.fromarray(values).save(image, "png", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(image.getvalue()).decode()}"


def percent(fraction):
    """A fraction as a percentage: "12.3%", or "<0.1%" for smaller values."""
    return f"{fraction:.1%}" if fraction >= 0.001 else "<0.1%"
