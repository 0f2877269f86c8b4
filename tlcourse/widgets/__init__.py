"""Interactive pictures. Each has a static twin, a function that draws the same, for pages without a kernel."""

from tlcourse.widgets.shapes import ShapeExplorer, draw_filters, draw_shapes, draw_windows
from tlcourse.widgets.shift import ShiftExplorer, draw_shift
from tlcourse.widgets.temperature import TemperatureExplorer, draw_softened

__all__ = [
    "ShapeExplorer",
    "ShiftExplorer",
    "TemperatureExplorer",
    "draw_filters",
    "draw_shapes",
    "draw_shift",
    "draw_softened",
    "draw_windows",
]
