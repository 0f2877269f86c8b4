"""The experiments on detection of unit 09 for the registry: keyword arguments of `registry.Experiment`, by record."""

from tlcourse.research import detection_labels, detection_stages

SETTINGS = {
    "detection_labels": {"run": detection_labels.run, "seeds": range(5), "shares": ("*",)},
    "detection_cells": {"run": detection_labels.cells, "seeds": range(5), "shares": ("*",)},
    "detection_stages": {
        "run": detection_stages.run,
        "seeds": range(5),
        "shares": ("one_stage/*", "two_stages/*"),
        "timings": ("milliseconds/*",),
    },
}
