"""The glyphs: the same on every machine, styles that do what they say, a scan that looks like the real digits."""

import time
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from conftest import in_time
from scipy import ndimage

from tlcourse.datasets import digits, glyphs

# python -c "import numpy as np; from tlcourse.datasets import glyphs as g; np.savez_compressed(
# 'tests/fixtures/glyphs.npz', **{s.name[:7]: g.glyphs('07Aλ', 2, 0, s).images[..., 0] for s in
# (g.PRINTED, g.HANDWRITTEN)})"
REFERENCE = Path(__file__).parents[1] / "fixtures" / "glyphs.npz"


@pytest.mark.parametrize("style", [glyphs.PRINTED, glyphs.HANDWRITTEN])
def test_the_images_are_the_same_on_every_machine(style):
    """Versions of FreeType may place an edge a little differently."""
    with np.load(REFERENCE) as stored:
        reference = stored[style.name[:7]].astype(int)
    difference = np.abs(glyphs.glyphs("07Aλ", 2, 0, style).images[..., 0] - reference)
    assert difference.shape == (8, 48, 48)
    assert (difference > 2).mean() < 0.02
    assert (difference > 80).mean() < 0.001


def test_all_fonts_come_with_matplotlib_and_have_all_characters():
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for font in glyphs.FONTS:
        assert (folder / f"{font}.ttf").is_file()
        characters = glyphs.DIGITS + glyphs.LETTERS + ("" if font.startswith("cm") else glyphs.GREEK)
        shapes = {glyphs._distance_to_edge(character, font).tobytes() for character in characters}
        assert len(shapes) == len(characters), f"{font} draws two characters alike: one of them may be missing"


def test_what_a_data_set_holds():
    data = glyphs.glyphs("XY7", 4, 0)
    assert data.images.shape == (12, 48, 48, 3)
    assert data.images.dtype == np.uint8
    assert data.labels.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert data.class_names == ("X", "Y", "7")
    for license in ("Bitstream Vera", "SIL Open Font License", "BaKoMa"):
        assert license in data.source


def test_a_character_looks_the_same_in_whatever_company():
    alone, among = glyphs.glyphs("5", 2, 3), glyphs.glyphs("A5", 2, 3)
    assert np.array_equal(alone.images, among.images[2:])
    assert not np.array_equal(alone.images, glyphs.glyphs("5", 2, 4).images)


def test_a_slant_leans_and_a_turn_turns():
    def lean(**changes):
        style = glyphs.Style("test", shift=0, stretch=0, **changes)
        angles = []
        for seed in range(8):
            image = glyphs.glyphs("1", 1, seed, style, fonts=("DejaVuSansMono",)).images[0, ..., 0]
            y, x = np.nonzero(image > 127)
            angles.append(np.polyfit(y, x, 1)[0])
        return np.std(angles)

    assert lean() < 0.01
    assert lean(slant=0.4) > 0.1
    assert lean(turn=0.3) > 0.1


def test_thickness_moves_the_edge_by_pixels():
    def ink(extra):
        style = glyphs.Style("test", shift=0, stretch=0, thickness=(extra, extra))
        return (glyphs.glyphs("I", 1, 0, style, fonts=("DejaVuSans",)).images[0, ..., 0] / 255).sum()

    image = glyphs.glyphs("I", 1, 0, glyphs.Style("test", shift=0, stretch=0), fonts=("DejaVuSans",)).images[0, ..., 0]
    edge = (image > 127).sum() - ndimage.binary_erosion(image > 127).sum()
    assert ink(1.0) - ink(0.0) == pytest.approx(edge + 4, rel=0.15)  # a band of one pixel, and its corners


def test_a_scan_is_made_of_eight_by_eight_cells():
    scanned = glyphs.glyphs("38", 3, 0, glyphs.SCANNED).images
    for image in scanned:
        small = image[..., 0].reshape(8, 6, 8, 6).mean(axis=(1, 3)) / 255
        again = digits.enlarged(small)
        assert np.corrcoef(again.ravel().astype(float), image.ravel().astype(float))[0, 1] > 0.97


def test_scanned_glyphs_fill_the_paper_as_the_real_digits_do():
    real = digits.load().images[:300, ..., 0].astype(float)
    heights = {"real": _height(real)}
    for style in (glyphs.HANDWRITTEN, glyphs.SCANNED):
        heights[style.name] = _height(glyphs.glyphs(glyphs.DIGITS, 10, 1, style).images[..., 0].astype(float))
    assert abs(heights["handwritten, scanned"] - heights["real"]) < 4
    assert heights["handwritten"] < heights["real"] - 8


def _height(images):
    """The mean number of rows with ink."""
    return (images.max(axis=2) > 60).sum(axis=1).mean()


@pytest.mark.speed
def test_an_image_takes_about_a_millisecond():
    glyphs.glyphs(glyphs.DIGITS, 10, 0)

    def milliseconds():
        start = time.process_time()
        glyphs.glyphs(glyphs.DIGITS, 10, 0)
        return (time.process_time() - start) / 100 * 1000

    in_time(min(milliseconds() for _ in range(3)), 5, "ms")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("", 1, 0), "''"),
        (("AA", 1, 0), "'AA'"),
        (("A", 0, 0), "got 0"),
        (("A", 1, 0, glyphs.PRINTED, ("Comic",)), "no font 'Comic'"),
        (("λ", 1, 0, glyphs.PRINTED, ("cmr10",)), "no font for 'λ' among cmr10"),
    ],
)
def test_names_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        glyphs.glyphs(*arguments)
