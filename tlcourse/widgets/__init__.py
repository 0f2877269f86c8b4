"""Interactive pictures. Each has a static twin, a function that draws the same, for pages without a kernel."""

from tlcourse.widgets.cut import CutExplorer, draw_cut
from tlcourse.widgets.own_photo import PhotoClassifier, draw_photo
from tlcourse.widgets.schedules import ScheduleExplorer, draw_schedules
from tlcourse.widgets.shapes import ShapeExplorer, draw_filters, draw_shapes, draw_windows
from tlcourse.widgets.shift import ShiftExplorer, draw_shift
from tlcourse.widgets.temperature import TemperatureExplorer, draw_softened

__all__ = [
    "CutExplorer",
    "PhotoClassifier",
    "ScheduleExplorer",
    "ShapeExplorer",
    "ShiftExplorer",
    "TemperatureExplorer",
    "draw_cut",
    "draw_filters",
    "draw_photo",
    "draw_schedules",
    "draw_shapes",
    "draw_shift",
    "draw_softened",
    "draw_windows",
]
