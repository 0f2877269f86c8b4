"""Experiments of unit 09 on masks and on the Vision Transformer: keyword arguments of `registry.Experiment`."""

from tlcourse.research import segmentation_labels, vit_transfer

SETTINGS = {
    "segmentation_labels": {
        "run": segmentation_labels.run,
        "seeds": range(5),
        "shares": ("10/*", "50/*", "parts_*/*", "wrong_*/*", "outline_share"),
    },
    "real_segmentation": {"run": segmentation_labels.run_real, "seeds": range(5), "shares": ("*",)},
    "vit_transfer": {
        "run": vit_transfer.run,
        "seeds": range(5),
        "shares": ("source/*", "digits/*", "galaxies/*"),
    },
}
