"""The course's figures. Each function returns the Axes it drew on, and takes one to draw on.

White faces and dark ink are set explicitly, so that a figure reads the same on a dark page. Colors are those of
Okabe & Ito (2008, "Color Universal Design"), which people with any form of color blindness can tell apart; lines
differ in marker and dash too.
"""

from tlcourse.plots.charts import accuracy_curves, embedding, heat_map, interval_bars, movement
from tlcourse.plots.images import feature_maps, filters, image_grid
from tlcourse.plots.style import COLORS, STYLE, style

__all__ = [
    "COLORS",
    "STYLE",
    "accuracy_curves",
    "embedding",
    "feature_maps",
    "filters",
    "heat_map",
    "image_grid",
    "interval_bars",
    "movement",
    "style",
]
