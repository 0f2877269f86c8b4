"""How a page looks, as a small gray image, and how much two of them differ; how many bytes a page needs."""

import gzip
import io
from pathlib import Path

import numpy as np
from PIL import Image

COLUMNS = 64  # of a stored image: a cell averages the letters in it, so that another font hardly matters
SPREAD = 2  # cells on each side over which ink is averaged
TOLERATED = 0.4  # of the ink
TEXTS = {".html", ".css", ".js", ".svg", ".json"}


def small_gray(png):
    """A screenshot as gray values with `COLUMNS` columns, dtype uint8."""
    with Image.open(io.BytesIO(png)) as shot:
        rows = round(shot.height * COLUMNS / shot.width)
        return np.asarray(shot.convert("L").resize((COLUMNS, rows), Image.Resampling.BOX))


def first_screen(page, address, width):
    """How the first screen of a page looks in a window of this width.

    Raises
    ------
    AssertionError
        If the page must be scrolled sideways, or shows hardly anything.
    """
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{address} is wider than {width} pixels"
    look = small_gray(page.screenshot(animations="disabled"))
    assert look.std() > 5, f"the first screen of {address} is blank in a window of {width} pixels"
    return look


def changed(first, second):
    """How much of the ink of two looks differs: 0 for the same look, 1 for looks that share nothing or differ in shape.

    The ink of a cell is its distance from the ground of the page, averaged with its neighbors, so that a text that is
    broken into other lines counts little.
    """
    if first.shape != second.shape:
        return 1.0
    inks = [_ink(look) for look in (first, second)]
    return float(abs(inks[0] - inks[1]).sum() / np.maximum(*inks).sum())


def _ink(look):
    ink = abs(look.astype(float) - np.median(look))
    padded = np.pad(ink, SPREAD, mode="edge")
    size = 2 * SPREAD + 1
    return np.lib.stride_tricks.sliding_window_view(padded, (size, size)).mean(axis=(2, 3))


def stored_file(folder, path, width):
    """Where the look of a page is stored."""
    return Path(folder) / f"{path.removesuffix('.html').replace('/', '-')}_{width}.png"


def transferred(file, loaded):
    """The bytes of a page and of the files that it loads, those with text compressed as a web server does.

    Parameters
    ----------
    file : pathlib.Path
    loaded : iterable of str
        Addresses relative to the page.
    """
    addresses = [address.partition("?")[0].partition("#")[0] for address in loaded if not address.startswith("data:")]
    paths = {(file.parent / address).resolve() for address in addresses}
    return sum(_compressed(path) for path in {file.resolve(), *paths} if path.is_file())


def _compressed(path):
    content = path.read_bytes()
    return len(gzip.compress(content, 6)) if path.suffix in TEXTS else len(content)
