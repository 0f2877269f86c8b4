"""`tlcourse test`: lint, the direction of imports, and the tests, in two tiers.

The fast tier is for every change: under five minutes on two idle cores. The full tier runs every test once, the fast
ones included. Markers decide which tier a test belongs to; pyproject.toml lists them.
"""

import os
import subprocess
import sys

FAST = "not (slow or speed or needs_browser or needs_mirror or needs_postgres)"
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
LINTERS = (
    ("-m", "ruff", "check"),
    ("-m", "ruff", "format", "--check"),
    ("-c", LINT_IMPORTS),
)
PROCESSES = 4  # at most; each holds a TensorFlow of its own


def pytest_options(everything, options=()):
    """What pytest is given.

    Parameters
    ----------
    everything : bool
        The full tier, or the fast one.
    options : sequence of str
        More options, which have the last word.

    Returns
    -------
    list of str
    """
    # A file's fixtures are made once, and files begin in the order that tests/conftest.py gives them.
    together = ["-n", str(min(PROCESSES, os.cpu_count() or 1)), "--dist", "loadfile", "--no-loadscope-reorder"]
    tier = ["--durations=25"] if everything else ["-m", FAST]
    return [*together, *tier, *options]


def main(everything, options, folder):
    """Check the course in `folder`, and exit with the status of the first check that fails."""
    for command in (*LINTERS, ("-m", "pytest", *pytest_options(everything, options))):
        failed = subprocess.run([sys.executable, *command], cwd=folder).returncode
        if failed:
            sys.exit(failed)
