"""Find the browser that tests the course and takes the screenshots for the documentation."""

import shutil

EXECUTABLES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium():
    """Path of the installed Chromium or Chrome.

    Returns
    -------
    str

    Raises
    ------
    FileNotFoundError
        If neither is installed.
    """
    path = next(filter(None, map(shutil.which, EXECUTABLES)), None)
    if path is None:
        raise FileNotFoundError("Chromium is not installed: install it (on Debian: apt install chromium)")
    return path
