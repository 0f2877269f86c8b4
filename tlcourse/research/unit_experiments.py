"""The experiments of units 08 to 13 for the registry: keyword arguments of `registry.Experiment`, by record."""

from tlcourse.research import (
    detection_labels,
    detection_stages,
    going_on,
    people_and_frontiers,
    segmentation_records,
    text_and_pipeline,
)

DETECTION = {
    "detection_labels": {"run": detection_labels.run, "seeds": range(5), "shares": ("*",)},
    "detection_longer": {"run": detection_labels.longer, "seeds": range(5), "shares": ("*",)},
    "detection_cells": {"run": detection_labels.cells, "seeds": range(5), "shares": ("*",)},
    "detection_stages": {
        "run": detection_stages.run,
        "seeds": range(5),
        "shares": ("one_stage/*", "two_stages/*"),
        "timings": ("milliseconds/*",),
    },
}
SETTINGS = (
    text_and_pipeline.SETTINGS
    | DETECTION
    | segmentation_records.SETTINGS
    | people_and_frontiers.SETTINGS
    | going_on.SETTINGS
)
