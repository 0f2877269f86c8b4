"""`tlcourse test`: run the linters, check the direction of imports, and run the tests in one of two tiers.

Run the fast tier after every change; it takes less than five minutes on two idle cores. The full tier runs every test
once, including the fast ones. Markers determine the tier of a test; pyproject.toml lists them.
"""

import os
import subprocess
import sys

FAST = "not (slow or speed or needs_browser or needs_mirror or needs_postgres or needs_spark)"
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
LINTERS = (
    ("-m", "ruff", "check"),
    ("-m", "ruff", "format", "--check"),
    ("-c", LINT_IMPORTS),
)
PROCESSES = 4  # at most, because each process loads TensorFlow


def pytest_options(everything, options=()):
    """The options for pytest.

    Parameters
    ----------
    everything : bool
        Whether to run the full tier instead of the fast one.
    options : sequence of str
        Further options, which take precedence.

    Returns
    -------
    list of str
    """
    # One process runs a whole file, so its fixtures are made once. tests/conftest.py determines the order of the files.
    together = ["-n", str(min(PROCESSES, os.cpu_count() or 1)), "--dist", "loadfile", "--no-loadscope-reorder"]
    tier = ["--durations=25"] if everything else ["-m", FAST]
    return [*together, *tier, *options]


def main(everything, options, folder):
    """Check the course in `folder`, and exit with the status of the first check that fails."""
    for command in (*LINTERS, ("-m", "pytest", *pytest_options(everything, options))):
        failed = subprocess.run([sys.executable, *command], cwd=folder).returncode
        if failed:
            sys.exit(failed)
