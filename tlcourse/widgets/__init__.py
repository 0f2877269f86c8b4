"""Interactive figures. Each one has a still image for readers without JavaScript, and most need no kernel."""

from tlcourse.widgets.cut_explorer import CutExplorer, draw_cut
from tlcourse.widgets.freezing_explorer import FreezingExplorer
from tlcourse.widgets.interval_explorer import IntervalExplorer
from tlcourse.widgets.mask_explorer import MaskExplorer
from tlcourse.widgets.overlap_explorer import OverlapExplorer
from tlcourse.widgets.partition_explorer import PartitionExplorer
from tlcourse.widgets.photo_classifier import PhotoClassifier, draw_photo
from tlcourse.widgets.prior_explorer import PriorExplorer
from tlcourse.widgets.procrustes_explorer import ProcrustesExplorer
from tlcourse.widgets.schedule_explorer import DescentExplorer, ScheduleExplorer, draw_schedules, draw_surface
from tlcourse.widgets.shape_explorer import ShapeExplorer, draw_filters, draw_shapes, draw_windows
from tlcourse.widgets.shift_explorer import ShiftExplorer, draw_shift
from tlcourse.widgets.strength_explorer import StrengthExplorer
from tlcourse.widgets.suppression_explorer import SuppressionExplorer
from tlcourse.widgets.temperature_explorer import DivergenceExplorer, TemperatureExplorer, draw_softened

__all__ = [
    "CutExplorer",
    "DescentExplorer",
    "DivergenceExplorer",
    "FreezingExplorer",
    "IntervalExplorer",
    "MaskExplorer",
    "OverlapExplorer",
    "PartitionExplorer",
    "PhotoClassifier",
    "PriorExplorer",
    "ProcrustesExplorer",
    "ScheduleExplorer",
    "ShapeExplorer",
    "ShiftExplorer",
    "StrengthExplorer",
    "SuppressionExplorer",
    "TemperatureExplorer",
    "draw_cut",
    "draw_filters",
    "draw_photo",
    "draw_schedules",
    "draw_shapes",
    "draw_shift",
    "draw_softened",
    "draw_surface",
    "draw_windows",
]
