"""The browser of the tests that open pages: Debian's Chromium, or the Chrome that is installed."""

import importlib.util
import os
from pathlib import Path

import pytest

from tlcourse.commands.browser import chromium, running

PATIENCE = 300_000  # ms that a busy machine may take for what an idle one does in seconds


def missing(what):
    """Skip a test that lacks a program, but fail where CI runs it: there, nobody would miss it."""
    if os.environ.get("CI", "").lower() in ("", "0", "false"):
        pytest.skip(what)
    pytest.fail(what)


def require_module(name, project):
    """Skip or fail, see `missing`, where a package of the set for developers is not installed."""
    if importlib.util.find_spec(name) is None:
        missing(f"{project} is not installed: pip install -e '.[dev]'")


@pytest.fixture(scope="session")
def axe_engine():
    """The text of axe, an engine for accessibility, to be evaluated in a page."""
    require_module("axe_playwright_python", "axe")
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser():
    """A running browser, closed after a file's last test; without one, the tests are skipped, or fail in CI."""
    require_module("playwright", "Playwright")
    try:
        chromium()
    except FileNotFoundError:
        missing("Chromium is not installed: apt install chromium")
    with running() as opened:
        yield opened
