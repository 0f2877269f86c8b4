"""The interactive figures of the units that a browser draws without a kernel."""

LIVE = [
    "CutExplorer",
    "DescentExplorer",
    "DivergenceExplorer",
    "IntervalExplorer",
    "MaskExplorer",
    "PartitionExplorer",
    "ProcrustesExplorer",
    "ScheduleExplorer",
    "ShapeExplorer",
    "ShiftExplorer",
    "StrengthExplorer",
    "SuppressionExplorer",
    "TemperatureExplorer",
]
