"""The tiny unit's answers, for the tests that grade it."""

import pytest

UNIT = "01_tiny"
RIGHT = {"double": "def double(n):\n    return n + n", "triple": "def triple(n):\n    return n * 3"}
CHECKS = ("test_double", "test_double_negative", "test_triple")
WRONG = "def double(n):\n    return 0\n"
sandboxed = pytest.mark.needs_sandbox  # tests/conftest.py skips what has it where there is no bubblewrap
