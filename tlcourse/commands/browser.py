"""The browser that tests the course and takes the screenshots of the documentation."""

import shutil

EXECUTABLES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


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
    path = next(filter(None, map(shutil.which, EXECUTABLES)), None)
    if path is None:
        raise FileNotFoundError("there is no Chromium here: install it (Debian: apt install chromium)")
    return path
