"""The browser that tests the course and takes the screenshots for the documentation."""

import contextlib
import os
import shutil

EXECUTABLES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
]


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


@contextlib.contextmanager
def running():
    """Run Chromium without a window.

    Yields
    ------
    playwright.sync_api.Browser

    Raises
    ------
    FileNotFoundError
        If it is not installed.
    """
    from playwright.sync_api import sync_playwright  # only for developers

    program = chromium()
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS + ["--no-sandbox"] * root)
        yield browser
        browser.close()
