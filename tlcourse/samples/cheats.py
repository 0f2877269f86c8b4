"""A few ways to cheat, for the sample class: submissions that solve nothing and try to earn points all the same.

They are of the harmless kind. The tests' bad submissions hold the destructive ones.
"""

import nbformat

from tlcourse.notebooks import exercises
from tlcourse.samples.accidents import SubmissionCase

SWALLOWING_PROGRESS = """\
import contextlib

@contextlib.contextmanager
def exercise(name):
    try:
        yield
    except BaseException:
        pass

progress.exercise = exercise
"""

AGREEING_CHECKS = """\
checks.returns = checks.equal = checks.require = lambda *arguments, **keywords: arguments[-1]
"""

EQUAL_NUMBER = """\
class Same(int):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return 0
    def __rsub__(self, other): return 0
    def __hash__(self): return 0

"""


def failures_swallowed(notebook, file):
    """The checks' failures are caught by a `progress` of the student's."""
    return _before_the_checks(notebook, SWALLOWING_PROGRESS)


def checks_replaced(notebook, file):
    """The checks are replaced by functions that agree with everything."""
    return _before_the_checks(notebook, AGREEING_CHECKS)


def equal_to_everything(notebook, file):
    """Every answer is a number that claims to be equal to everything."""
    for name, (cell, _) in exercises(notebook).items():
        cell.source = f"{EQUAL_NUMBER}def {name}(*arguments, **keywords):\n    return Same(0)"
    return notebook


CHEATS = (
    SubmissionCase("a `progress` that swallows failures", "graded | tampered", "none", failures_swallowed),
    SubmissionCase("checks that agree with everything", "graded | tampered", "none", checks_replaced),
    SubmissionCase("a number that is equal to everything", "graded", "none", equal_to_everything),
)


def _before_the_checks(notebook, source):
    first = next(cell for cell, _ in exercises(notebook).values())
    notebook.cells.insert(notebook.cells.index(first), nbformat.v4.new_code_cell(source, id="own-cell"))
    return notebook
