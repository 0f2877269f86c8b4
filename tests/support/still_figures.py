"""For each interactive figure, the function that draws the same for readers without a kernel."""

STILL = {
    "CutExplorer": "draw_cut",
    "PhotoClassifier": "draw_photo",
    "ScheduleExplorer": "draw_schedules",
    "ShapeExplorer": "draw_shapes",
    "ShiftExplorer": "draw_shift",
    "TemperatureExplorer": "draw_softened",
}
