"""Interactive pictures. Each has a static twin, a function that draws the same, for pages without a kernel."""

from tlcourse.widgets.schedules import ScheduleExplorer, draw_schedules
from tlcourse.widgets.shapes import ShapeExplorer, draw_filters, draw_shapes, draw_windows
from tlcourse.widgets.temperature import TemperatureExplorer, draw_softened

__all__ = [
    "ScheduleExplorer",
    "ShapeExplorer",
    "TemperatureExplorer",
    "draw_filters",
    "draw_schedules",
    "draw_shapes",
    "draw_softened",
    "draw_windows",
]
