"""The browser of the tests that open pages: Debian's Chromium, or the Chrome that is installed."""

import os

import pytest

from tlcourse.commands.browser import chromium

OPTIONS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 300_000  # ms that a busy machine may take for what an idle one does in seconds


@pytest.fixture(scope="module")
def browser():
    """A running browser, closed after a file's last test; the tests are skipped where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install -e '.[dev]'")
    try:
        program = chromium()
    except FileNotFoundError:
        pytest.skip("Chromium is not installed: apt install chromium")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=OPTIONS + ["--no-sandbox"] * root)
        yield opened
        opened.close()
