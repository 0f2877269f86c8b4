"""The course's figures. Each function accepts the Axes to draw on, and returns the Axes that it drew on.

White backgrounds and dark text are set explicitly, so that a figure looks the same on a dark page. The colors are those
of Okabe & Ito (2008, "Color Universal Design"), which people with any form of color blindness can distinguish. Lines
also differ in marker and dash.
"""

from tlcourse.plots.box_figures import boxed_images
from tlcourse.plots.charts import accuracy_curves, embedding, heat_map, interval_bars, movement
from tlcourse.plots.images import feature_maps, filters, image_grid
from tlcourse.plots.scenario_diagram import scenario_parts
from tlcourse.plots.style import COLORS, STYLE, style
from tlcourse.plots.training_diagrams import batch_norm_modes, gradient_flow, teacher_and_student

__all__ = [
    "COLORS",
    "STYLE",
    "accuracy_curves",
    "batch_norm_modes",
    "boxed_images",
    "embedding",
    "feature_maps",
    "filters",
    "gradient_flow",
    "heat_map",
    "image_grid",
    "interval_bars",
    "movement",
    "scenario_parts",
    "style",
    "teacher_and_student",
]
