"""The browser in which the course is tried, and which takes the README's screenshots."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium():
    """Path of Debian's Chromium, or of the Chrome that is installed.

    Returns
    -------
    str

    Raises
    ------
    FileNotFoundError
        If there is neither.
    """
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise FileNotFoundError("there is no Chromium here: install it (Debian: apt install chromium)")
    return path
