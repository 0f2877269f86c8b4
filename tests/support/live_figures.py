"""The interactive figures of the units that a browser draws without a kernel."""

LIVE = [
    "CutExplorer",
    "DescentExplorer",
    "DivergenceExplorer",
    "FreezingExplorer",
    "IntervalExplorer",
    "MaskExplorer",
    "OverlapExplorer",
    "PartitionExplorer",
    "PriorExplorer",
    "ProcrustesExplorer",
    "ScheduleExplorer",
    "ShapeExplorer",
    "ShiftExplorer",
    "StrengthExplorer",
    "SuppressionExplorer",
    "TemperatureExplorer",
]
