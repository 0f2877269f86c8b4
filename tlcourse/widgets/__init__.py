"""Interactive figures. For pages without a kernel, each one has a function that draws the same figure."""

from tlcourse.widgets.cut_explorer import CutExplorer, draw_cut
from tlcourse.widgets.photo_classifier import PhotoClassifier, draw_photo
from tlcourse.widgets.schedule_explorer import ScheduleExplorer, draw_schedules
from tlcourse.widgets.shape_explorer import ShapeExplorer, draw_filters, draw_shapes, draw_windows
from tlcourse.widgets.shift_explorer import ShiftExplorer, draw_shift
from tlcourse.widgets.temperature_explorer import TemperatureExplorer, draw_softened

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
