"""The figure at the top of README.md: accuracy with the teacher and of five baselines without it."""

import hashlib

from tlcourse.data import results
from tlcourse.storage import whole_file

FILE = "data/results/headline.png"
BARS = {
    "transfer": "15 of 16 layers\nfrom the teacher",
    "best_from_scratch": "a small CNN,\naugmented images",
    "small_cnn": "a small CNN,\nno augmentation",
    "scratch": "the teacher's architecture\nfrom scratch",
    "pixels": "logistic regression\non pixels",
    "plain_scratch": "16 layers from scratch,\nno batch norm",
}
BLUE, VERMILION = "#0072B2", "#D55E00"  # Okabe and Ito 2008: safe for color-blind readers


def fingerprint(root):
    """Checksum of the values that the figure shows. The file stores it, so a test can detect an outdated figure."""
    record = results("headline", root)
    return hashlib.sha256(repr([(label, record[bar]) for bar, label in BARS.items()]).encode()).hexdigest()


def stored_fingerprint(file):
    """The fingerprint that is stored in a figure; None if it has none, or the file does not exist."""
    from PIL import Image

    if not file.is_file():
        return None
    with Image.open(file) as image:
        return image.info.get("Source")


def draw(root):
    """Draw the recorded accuracies as bars with their 95% confidence intervals.

    Returns
    -------
    matplotlib.axes.Axes
    """
    from matplotlib.figure import Figure  # takes half a second to import

    record = results("headline", root)
    axes = Figure(figsize=(7.2, 3.8), layout="constrained").add_subplot()
    bars = sorted(BARS, key=lambda bar: -record[bar]["mean"])
    means = [record[bar]["mean"] for bar in bars]
    lower, upper = zip(*(record[bar]["ci95"] for bar in bars), strict=True)
    errors = [[mean - low for mean, low in zip(means, lower, strict=True)]]
    errors.append([high - mean for mean, high in zip(means, upper, strict=True)])
    colors = [BLUE if bar == "transfer" else VERMILION for bar in bars]
    axes.barh([BARS[bar] for bar in bars], means, xerr=errors, color=colors, capsize=3, height=0.65)
    for row, (mean, high) in enumerate(zip(means, upper, strict=True)):
        axes.text(max(mean, high) + 0.015, row, f"{mean:.3f}", va="center")
    axes.invert_yaxis()
    axes.set(xlim=(0, 1.1), xlabel="accuracy on 20 other images of each person", xticks=[0, 0.25, 0.5, 0.75, 1])
    axes.set_title("65 new people, 10 images each", loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def write(root):
    """Draw the figure again if the record has changed since it was drawn.

    Returns
    -------
    pathlib.Path or None
        The file if it was written, else None.
    """
    file = root / FILE
    if stored_fingerprint(file) == fingerprint(root):
        return None
    metadata = {"Software": None, "Source": fingerprint(root)}
    with whole_file(file) as partial:
        draw(root).figure.savefig(partial, format="png", dpi=150, metadata=metadata)
    return file
