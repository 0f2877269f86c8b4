"""What a submission cannot import while it is graded: the experiments, in which some functions solve exercises.

No unit imports `tlcourse.research`. Its folder is hidden from a submission, apart from its ``__init__.py``, which then
raises an error that says so.
"""

PACKAGE = "tlcourse.research"
ENVIRONMENT = {"TLCOURSE_RESEARCH": "withheld"}  # tlcourse/research/__init__.py reads it


def in_package(module):
    """Whether a module is the package, or in it."""
    return f"{module}.".startswith(f"{PACKAGE}.")


def environment(modules):
    """The variables that withhold the package; none where a unit imports it.

    Parameters
    ----------
    modules : sequence of str
        What the unit imports.
    """
    return {} if any(map(in_package, modules)) else ENVIRONMENT
