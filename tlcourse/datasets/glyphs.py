"""Glyphs: digits and letters from fonts, drawn as printed, or bent toward handwriting.

Handwriting simulated: the teacher of the scenario "simulation to reality", whose reality is `tlcourse.datasets.digits`.
"""

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from tlcourse.datasets import LabeledImages
from tlcourse.datasets.digits import enlarged

SIZE = 48  # height and width of an image, in pixels
DIGITS, LETTERS, GREEK = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ΓΔΘΛΞΠΣΦΨΩαβγδεζηθλμξπσφψω"
FONTS = (
    "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSansMono", "DejaVuSansMono-Bold", "DejaVuSerif",
    "DejaVuSerif-Bold", "DejaVuSerif-Italic", "STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic",
    "STIXGeneralBolIta", "cmr10", "cmss10", "cmb10", "cmtt10",
)  # fmt: skip
SOURCE = (
    "drawn by tlcourse.datasets.glyphs (MIT license) from fonts that come with matplotlib: DejaVu (Bitstream Vera "
    "license), STIX (SIL Open Font License 1.1), Computer Modern (BaKoMa Fonts Licence); no font is copied"
)
_BOX, _HEIGHT = 128, 80  # pixels of the drawing that images are made from, and of the glyph in it
_KNOTS = 5  # of the elastic grid, along each side


@dataclass(frozen=True)
class Style:
    """How far images of a glyph differ. Ranges are half-widths about the glyph as its font has it.

    Attributes
    ----------
    name : str
    height : float
        Share of the image's height that a glyph fills.
    shift : float
        Share of the image's height and width.
    turn : float
        Angle in radians.
    slant : float
        Tangent of the angle by which upright strokes lean.
    stretch : float
        Natural logarithm of the factors for height and width.
    thickness : tuple of 2 float
        The range of what is added to the edge of the stroke, in pixels.
    elastic : float
        Standard deviation of the displacement of the knots of a grid, in pixels (after Simard et al. 2003).
    cells : int
        0, or the number of cells along a side into which a scanner sums up the ink.
    """

    name: str
    height: float = 0.62
    shift: float = 0.03
    turn: float = 0.0
    slant: float = 0.0
    stretch: float = 0.05
    thickness: tuple = (0.0, 0.0)
    elastic: float = 0.0
    cells: int = 0


PRINTED = Style("printed")
HANDWRITTEN = Style("handwritten", 0.62, 0.06, turn=0.2, slant=0.35, stretch=0.25, thickness=(-0.6, 2.2), elastic=1.8)
SCANNED = Style(  # cut out and made as high as the paper, as the digits of `tlcourse.datasets.digits` were
    "handwritten, scanned", 0.95, 0.03, turn=0.2, slant=0.35, stretch=0.12, thickness=(-0.5, 2.5), elastic=2.5, cells=8
)


def glyphs(characters, images_each, seed, style=HANDWRITTEN, fonts=FONTS):
    """`images_each` images of each character, white on black, each in a font chosen at random.

    Parameters
    ----------
    characters : str
        For example `DIGITS`; each once. Outside ASCII, only DejaVu and STIX are used.
    images_each : int
        1 or more.
    seed : int
    style : Style
    fonts : sequence of str
        Some of `FONTS`.

    Returns
    -------
    LabeledImages
        Character by character; shape (n, 48, 48, 3).

    Raises
    ------
    ValueError
        If a character is asked for twice or none at all, there is no such font, or none for a character.
    """
    if not characters or len(set(characters)) != len(characters):
        raise ValueError(f"characters must be one or more different ones, got {characters!r}")
    if images_each < 1:
        raise ValueError(f"images_each must be 1 or more, got {images_each}")
    if unknown := sorted(set(fonts) - set(FONTS)):
        raise ValueError(f"no font {unknown[0]!r}: there are {', '.join(FONTS)}")
    images = np.empty((len(characters), images_each, SIZE, SIZE, 3), np.uint8)
    for row, character in enumerate(characters):
        rng = np.random.default_rng([seed, ord(character)])
        usable = [font for font in fonts if character.isascii() or not font.startswith("cm")]
        if not usable:
            raise ValueError(f"no font for {character!r} among {', '.join(fonts)}")
        for column in range(images_each):
            images[row, column] = draw(character, usable[rng.integers(len(usable))], style, rng)
    labels = np.repeat(np.arange(len(characters)), images_each)
    return LabeledImages(images.reshape(-1, SIZE, SIZE, 3), labels, tuple(characters), SOURCE)


def draw(character, font, style, rng):
    """One image of a character: shape (48, 48, 3), dtype uint8."""
    inside = _distance_to_edge(character, font)
    row, column = _warp(style, rng)
    distance = ndimage.map_coordinates(inside, (row, column), order=1, mode="nearest") / _scale(style)
    ink = (distance + np.float32(0.5 + rng.uniform(*style.thickness))).clip(0, 1)
    if style.cells:
        side = SIZE // style.cells
        return enlarged(ink.reshape(style.cells, side, style.cells, side).mean(axis=(1, 3)))
    return np.repeat(np.round(ink * 255).astype(np.uint8)[..., None], 3, axis=-1)


def _warp(style, rng):
    """For each pixel of an image, the row and column in the drawing that it shows: shape (2, 48, 48)."""
    turn, slant = rng.uniform(-style.turn, style.turn), rng.uniform(-style.slant, style.slant)
    high, wide = np.exp(rng.uniform(-style.stretch, style.stretch, 2))
    cos, sin = np.cos(turn), np.sin(turn)
    # From the image back to the drawing: first undo the turn, then the slant and the stretch.
    linear = np.array([[1 / high, 0], [slant / wide, 1 / wide]]) @ np.array([[cos, -sin], [sin, cos]])
    moved = _GRID + SIZE * rng.uniform(-style.shift, style.shift, (2, 1, 1))
    # Elastic: the knots of a coarse grid move at random, and the pixels between them smoothly with them.
    y, x = moved + _BASIS @ rng.normal(0, style.elastic, (2, _KNOTS, _KNOTS)) @ _BASIS.T
    return np.tensordot(linear * _scale(style), [y, x], axes=1) + (_BOX - 1) / 2


def _scale(style):
    """Pixels of the drawing in one of the image."""
    return _HEIGHT / (style.height * SIZE)


def _bumps():
    """Smooth weights of the knots for each row of pixels: Gaussian bumps that add up to one, shape (48, knots)."""
    places, knots = np.arange(SIZE)[:, None], np.linspace(0, SIZE - 1, _KNOTS)
    weights = np.exp(-0.5 * ((places - knots) / (0.6 * SIZE / (_KNOTS - 1))) ** 2)
    return weights / weights.sum(axis=1, keepdims=True)


_BASIS = _bumps()
_GRID = np.indices((SIZE, SIZE)) - (SIZE - 1) / 2  # rows and columns from the middle


@functools.lru_cache(1024)
def _distance_to_edge(character, font):
    """How deep each pixel of the drawing lies in the glyph's ink (negative outside), float32, in pixels."""
    import matplotlib  # takes a quarter of a second to import

    file = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{font}.ttf"
    large = ImageFont.truetype(file, 4 * _HEIGHT)
    left, top, right, bottom = large.getbbox(character)
    sheet = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(sheet).text((-left, -top), character, 255, large)
    height = _HEIGHT
    width = min(_BOX - 8, max(1, round(sheet.width * height / sheet.height)))
    sheet = sheet.resize((width, height), Image.Resampling.BOX)
    drawing = Image.new("L", (_BOX, _BOX))
    drawing.paste(sheet, ((_BOX - width) // 2, (_BOX - height) // 2))
    ink = np.asarray(drawing) > 127
    inside, outside = ndimage.distance_transform_edt(ink), ndimage.distance_transform_edt(~ink)
    return np.where(ink, inside - 0.5, 0.5 - outside).astype(np.float32)  # from a pixel's middle to the edge
