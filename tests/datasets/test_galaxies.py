"""The galaxies: profiles as the formulas have them, the same on every machine, one sky through both telescopes."""

import time
from pathlib import Path

import numpy as np
import pytest
from conftest import in_time
from scipy import integrate, ndimage

from tlcourse.datasets import galaxies
from tlcourse.datasets.galaxies.light import Sky, sersic

# python -c "import numpy as np; from tlcourse.datasets import galaxies as g; np.savez_compressed(
# 'tests/fixtures/galaxies.npz', **{n: g.observe(1, 0, t, fine=True).images for n, t in
# (('sharp', g.SHARP), ('blurred', g.BLURRED))})"
REFERENCE = Path(__file__).parents[1] / "fixtures" / "galaxies.npz"


@pytest.mark.parametrize(("name", "telescope"), [("sharp", galaxies.SHARP), ("blurred", galaxies.BLURRED)])
def test_the_images_are_the_same_on_every_machine(name, telescope):
    """Processors round float32 sums differently, so a few values may differ by a level."""
    with np.load(REFERENCE) as stored:
        reference = stored[name].astype(int)
    difference = np.abs(galaxies.observe(1, 0, telescope, fine=True).images - reference)
    assert difference.shape == (8, 48, 48, 3)
    assert (difference > 0).mean() < 0.01
    assert (difference > 1).mean() < 0.001


@pytest.mark.parametrize("index", [1.0, 2.0, 4.0])
def test_half_the_light_comes_from_within_the_effective_radius(index):
    def light(radius):
        return 2 * np.pi * radius * sersic(radius, 3.0, index)

    inside = integrate.quad(light, 0, 3)[0]
    assert inside / (inside + integrate.quad(light, 3, np.inf)[0]) == pytest.approx(0.5, abs=0.003)
    assert sersic(np.float64(3), 3.0, index) == pytest.approx(1)


@pytest.mark.parametrize("telescope", [galaxies.SHARP, galaxies.BLURRED])
def test_a_star_is_as_wide_as_the_seeing_and_loses_no_light(telescope):
    sky = Sky()
    sky.point(0.5, 0.5, np.ones(3, np.float32), 1.0)
    spectrum = np.fft.rfft2(sky.planes[0], s=(80, 80)) * galaxies._transfer(telescope.seeing)
    star = np.fft.irfft2(spectrum, s=(80, 80))
    assert star.sum() == pytest.approx(1, abs=1e-4)
    row = star[24]
    fine = ndimage.zoom(row[:48], 20, order=3)
    width = (fine > fine.max() / 2).sum() / 20
    assert width == pytest.approx(telescope.seeing, rel=0.12)


def test_both_telescopes_see_the_same_galaxies_one_of_them_worse():
    sharp, blurred = (galaxies.observe(6, 4, each) for each in (galaxies.SHARP, galaxies.BLURRED))
    assert np.array_equal(sharp.labels, blurred.labels)
    together, apart = [], []
    for place, image in enumerate(sharp.images):
        own, other = blurred.images[place], blurred.images[(place + 7) % len(sharp)]
        together.append(np.corrcoef(image.ravel(), own.ravel())[0, 1])
        apart.append(np.corrcoef(image.ravel(), other.ravel())[0, 1])
    assert np.median(together) > np.median(apart) + 0.1
    corners = [
        np.concatenate([each.images[:, :5, :5], each.images[:, -5:, -5:]]).astype(float) for each in (sharp, blurred)
    ]
    assert np.median(corners[1].std(axis=(1, 2))) > 1.5 * np.median(corners[0].std(axis=(1, 2)))


def test_what_a_data_set_holds():
    data = galaxies.observe(3, 0)
    assert data.images.shape == (12, 48, 48, 3)
    assert data.images.dtype == np.uint8
    assert data.labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert data.class_names == galaxies.CLASS_NAMES
    assert "no real sky" in data.source


def test_coarse_classes_are_their_two_kinds_in_turn():
    coarse, fine = galaxies.observe(4, 5), galaxies.observe(2, 5, fine=True)
    assert [galaxies.CLASS_NAMES[label] for label in galaxies.COARSE] == [
        "spiral", "spiral", "elliptical", "elliptical", "edge-on", "edge-on", "merger", "merger",
    ]  # fmt: skip
    for label in range(4):
        mixed = coarse.images[coarse.labels == label]
        kinds = [fine.images[fine.labels == kind] for kind in (2 * label, 2 * label + 1)]
        assert np.array_equal(mixed[0::2], kinds[0])
        assert np.array_equal(mixed[1::2], kinds[1])


def test_a_seed_repeats_its_images_and_another_seed_does_not():
    first, again, other = (galaxies.observe(3, seed).images for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert len({image.tobytes() for image in np.concatenate([first, other])}) == 24


def test_ellipticals_are_red_and_edge_on_discs_long():
    data = galaxies.observe(10, 7)
    light = data.images.astype(float).sum(axis=(1, 2))
    redness = light[:, 0] / light[:, 2]
    assert np.median(redness[data.labels == 1]) > 1.3 * np.median(redness[data.labels == 0])
    lengths = np.array([_elongation(image) for image in data.images])
    assert np.median(lengths[data.labels == 2]) > 2 * np.median(lengths[data.labels == 0])


def _elongation(image):
    """The ratio of the second moments along the long and the short axis, of the middle."""
    light = image[8:40, 8:40].astype(float).sum(axis=-1) ** 2
    y, x = np.indices(light.shape)
    covariance = np.cov(np.stack([x.ravel(), y.ravel()]), aweights=light.ravel())
    low, high = np.linalg.eigvalsh(covariance)
    return high / low


@pytest.mark.speed
def test_an_image_takes_about_a_millisecond():
    def milliseconds():
        start = time.process_time()
        galaxies.observe(5, 3)
        return (time.process_time() - start) / 20 * 1000

    in_time(min(milliseconds() for _ in range(3)), 6, "ms")


def test_an_empty_request_raises():
    with pytest.raises(ValueError, match="got 0"):
        galaxies.observe(0, 0)
