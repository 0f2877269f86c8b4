"""The figure at the top of README.md: accuracy against images of each person, with the teacher and without."""

import hashlib

from tlcourse.data import results
from tlcourse.storage import whole_file

FILE = "data/results/headline.png"
# Units 00 and 02 show the same curves with these labels, in the same colors.
CURVES = {"transfer": "15 layers from the teacher, new head", "small_cnn": "small CNN, augmented images"}
TITLE = "One image with the teacher beats ten without, after short training"


def recorded_curves(root):
    """The numbers of images of each person in ascending order, and for each method its summaries at these numbers."""
    record = results("few_images", root)
    counts = sorted(int(key) for key in record if key.isdigit())
    return counts, {label: [record[str(count)][key] for count in counts] for key, label in CURVES.items()}


def fingerprint(root):
    """Checksum of what the figure shows. The file stores it, so a test can detect an outdated figure."""
    return hashlib.sha256(repr((TITLE, recorded_curves(root))).encode()).hexdigest()


def stored_fingerprint(file):
    """The fingerprint that is stored in a figure; None if it has none, or the file does not exist."""
    from PIL import Image

    if not file.is_file():
        return None
    with Image.open(file) as image:
        return image.info.get("Source")


def draw(root):
    """Draw the recorded accuracies as curves with their 95% confidence intervals.

    Returns
    -------
    matplotlib.axes.Axes
    """
    from matplotlib import rc_context  # takes half a second to import
    from matplotlib.figure import Figure

    from tlcourse.plots import STYLE, accuracy_curves

    with rc_context(STYLE):
        axes = Figure(figsize=(7.2, 3.8), layout="constrained").add_subplot()
        accuracy_curves(*recorded_curves(root), log=True, references={"chance": 1 / 65}, ax=axes)
        axes.legend(loc="lower right", bbox_to_anchor=(1, 0.1))
        axes.set(xlabel="training images of each person", title=TITLE)
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
        draw(root).figure.savefig(partial, format="png", dpi=200, metadata=metadata)
    return file
