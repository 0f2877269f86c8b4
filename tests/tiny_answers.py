"""The tiny unit's answers, for the tests that grade it."""

import pytest

from tlcourse.grading.engine.grading_pool import sandbox_problem

UNIT = "01_tiny"
RIGHT = {"double": "def double(n):\n    return n + n", "triple": "def triple(n):\n    return n * 3"}
CHECKS = ("test_double", "test_double_negative", "test_triple")
WRONG = "def double(n):\n    return 0\n"
sandboxed = pytest.mark.skipif(bool(sandbox_problem()), reason=sandbox_problem() or "there is a sandbox")
