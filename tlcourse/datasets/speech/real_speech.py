"""The Free Spoken Digit Dataset as log-mel images: 3,000 clips of six people."""

import numpy as np

from tlcourse import storage

FILE = "fsdd.npz"
SHA256 = "bd67ed726b30265d3b138dbac5bbc1eff96c7ec6abb3fb6e1ea91f64c2508b0a"
SOURCE = (
    "Free Spoken Digit Dataset (Z. Jackson and others), github.com/Jakobovski/free-spoken-digit-dataset, commit "
    "26eb9aaf, CC BY-SA 4.0; as log-mel images of 40 bands x 48 frames"
)


class SpeechUnavailable(FileNotFoundError):  # noqa: N818 - names the problem
    """Real speech is neither in TLCOURSE_MIRROR nor in the cache."""


def load():
    """Images, digits, numbers and names of the speakers, and the source; see `speech.real`."""
    path = storage.find_or_fetch(FILE, storage.places("fsdd", "fsdd"), "", SHA256, SpeechUnavailable)
    with np.load(path) as stored:
        mel, digits, speakers = (stored[key] for key in ("mel", "digit", "speaker"))
        names = tuple(str(name) for name in stored["names"])
    return mel, digits.astype(np.int64), speakers.astype(np.int64), names, SOURCE
