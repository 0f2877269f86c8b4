"""The interactive figures of the units that a browser draws without a kernel."""

LIVE = {  # their controls, in the order of the page
    "IntervalExplorer": ("one more run", "ten more runs", "start again"),
    "ShapeExplorer": ("layer", "kernel", "stride", "padding", "filters"),
    "ScheduleExplorer": ("schedule", "peak", "steps", "factor", "groups"),
    "DescentExplorer": ("schedule", "peak", "factor"),
    "ShiftExplorer": ("galaxy", "seeing", "exposure"),
    "ProcrustesExplorer": ("angle", "mirrored", "align"),
    "TemperatureExplorer": ("image", "temperature"),
    "DivergenceExplorer": ("student", "temperature"),
    "CutExplorer": ("cut after", "image"),
    "MaskExplorer": ("model", "position"),
    "StrengthExplorer": ("between / within",),
    "SuppressionExplorer": ("threshold",),
    "FreezingExplorer": ("train block4", "train head", "train batch norms", "called with"),
    "PriorExplorer": ("share of class 1", "threshold"),
    "OverlapExplorer": ("right", "down", "outline", "part"),
    "PartitionExplorer": ("partitions", "workers", "dies in partition", "then", "a file appears"),
}
