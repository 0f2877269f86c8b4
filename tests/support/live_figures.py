"""The interactive figures of the units that a browser draws without a kernel."""

LIVE = [
    "CutExplorer",
    "DescentExplorer",
    "IntervalExplorer",
    "ScheduleExplorer",
    "ShapeExplorer",
    "ShiftExplorer",
    "TemperatureExplorer",
]
