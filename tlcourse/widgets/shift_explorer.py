"""The effect of a worse telescope on the image and on the accuracy of a classifier; static and interactive."""

import base64

import numpy as np

from tlcourse.datasets import galaxies
from tlcourse.live_figures import LiveFigure, percent
from tlcourse.plots.style import COLORS, INK, axes_for, styled

BLUE, ORANGE = COLORS["blue"], COLORS["vermilion"]


@styled
def draw_shift(light, telescope, seeings, accuracies, axes=None):
    """Draw accuracy against blur, and beside the curve the galaxy as this telescope sees it.

    Parameters
    ----------
    light : numpy.ndarray
        The light of one galaxy, shape (3, 48, 48), linear: see `tlcourse.datasets.galaxies.expose`.
    telescope : tlcourse.datasets.galaxies.Telescope
        The chosen telescope; its seeing is one of the seeings, and is marked on the curve.
    seeings, accuracies : sequence of float
        The points of the curve: pixels in ascending order, and the accuracies at this telescope's exposure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes of the curve; the galaxy is an inset.
    """
    if len(seeings) != len(accuracies):
        raise ValueError(
            f"accuracies must have one value for each of the {len(seeings)} seeings, got {len(accuracies)}"
        )
    if telescope.seeing not in list(seeings):
        raise ValueError(f"the telescope's seeing must be one of {list(seeings)}, got {telescope.seeing}")
    axes = axes_for(axes, 8, 3.2)
    here = accuracies[list(seeings).index(telescope.seeing)]
    axes.plot(seeings, accuracies, "-o", color=BLUE, markersize=5)
    axes.plot([telescope.seeing], [here], "o", color=ORANGE, markersize=11)
    axes.plot([seeings[0], seeings[-1]], [0.25, 0.25], color=INK, linestyle=":", linewidth=1)
    axes.text(seeings[0], 0.24, "chance level, four classes", ha="left", va="top", fontsize=9, color=INK)
    axes.set(xlabel="seeing: width of a star's image, in pixels", ylabel="accuracy", ylim=(0, 1.05))
    axes.set_title(
        f"exposure {telescope.exposure:g}, seeing {telescope.seeing:g}: {percent(here)}", loc="left", color=INK
    )
    axes.spines[["top", "right"]].set_visible(False)
    span = seeings[-1] - seeings[0]
    axes.set_xlim(seeings[0] - 0.08 * span, seeings[-1] + 0.7 * span)  # space for the galaxy
    axes.set_xticks(seeings, [f"{seeing:g}" for seeing in seeings])
    inset = axes.inset_axes((0.64, 0.02, 0.36, 0.98))
    inset.imshow(galaxies.expose(light, telescope, np.random.default_rng(0)), interpolation="nearest")
    inset.set_axis_off()
    return axes


class ShiftExplorer(LiveFigure):
    """Blur a telescope or shorten its exposure, and see the effect on the image and on a classifier's accuracy.

    Parameters
    ----------
    lights : dict of str to numpy.ndarray
        The galaxies to choose from: titles, and light of shape (3, 48, 48).
    seeings, exposures : sequence of float
        The values of the sliders: pixels in ascending order, and counts for a unit of light.
    accuracies : array-like
        Measured accuracies from 0 to 1, shape (seeings, exposures).
    """

    def __init__(self, lights, seeings, exposures, accuracies):
        accuracies, titles = np.asarray(accuracies, dtype=float), list(lights)
        if accuracies.shape != (len(seeings), len(exposures)):
            raise ValueError(f"accuracies must have shape ({len(seeings)}, {len(exposures)}), got {accuracies.shape}")
        data = {
            "titles": titles,
            "lights": [_encoded_light(light) for light in lights.values()],
            "seeings": list(seeings),
            "exposures": list(exposures),
            "accuracies": accuracies.tolist(),
            "optics": {"sky": galaxies.SHARP.sky, "size": galaxies.SIZE, **galaxies.STRETCH, "padded": galaxies.PADDED},
            "chance": 1 / len(galaxies.CLASS_NAMES),
        }
        best = galaxies.Telescope("chosen", seeings[0], exposures[0], galaxies.SHARP.sky)
        super().__init__(
            "telescope",
            data,
            lambda figure: draw_shift(lights[titles[0]], best, seeings, accuracies[:, 0], figure.add_subplot()),
            (8, 3.2),
            f"A classifier's accuracy on galaxies against the blur of the telescope, at exposure {exposures[0]:g}, "
            f"and beside the curve a {titles[0]} as the sharpest telescope sees it.",
        )


def _encoded_light(light):
    """Light as one byte for each pixel and color, finer in the dark, and the brightest pixel."""
    softening, brightest = galaxies.STRETCH["softening"], float(light.max())
    codes = np.round(255 * np.arcsinh(light / softening) / np.arcsinh(brightest / softening)).astype("uint8")
    return {"encoded": base64.b64encode(codes.tobytes()).decode(), "brightest": brightest}
