"""A course of one tiny unit, for the tests of the machinery that the real units go through."""

import os
import shutil
from pathlib import Path

import pytest

os.environ.setdefault("MPLBACKEND", "agg")

ROOT = Path(__file__).resolve().parent.parent
TINY = ROOT / "tests" / "fixtures" / "01_tiny.py"


@pytest.fixture
def tiny_course(tmp_path):
    """A folder with nbgrader_config.py and solutions/01_tiny.py, nothing built."""
    course = tmp_path / "course"
    (course / "solutions").mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    shutil.copy(TINY, course / "solutions")
    return course
