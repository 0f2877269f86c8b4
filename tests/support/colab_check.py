"""Do the units run on Colab's versions? `make colab-check`; it needs a network.

Finds, for each Python that the course supports, versions of all that it needs beside Colab's. Then makes an
environment with tests/support/colab.txt and the Python that runs this, installs the course as a notebook's first cell
does, sees that it was quick and that nothing has moved, and runs every unit away from the repository; or the units
named behind it on the command line.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PINS = ROOT / "tests" / "support" / "colab.txt"
FOLDER = ROOT / "build" / "colab"
PYTHONS = ("3.11", "3.12", "3.13")
SECONDS = 30  # that a student may wait for the first cell
RUN = """
import sys, time, warnings
from pathlib import Path
from tlcourse import data, notebooks
assert "site-packages" in data.__file__, data.__file__
notebook = notebooks.read(sys.argv[1])
started = time.perf_counter()
notebooks.run(notebook, Path.cwd(), Path(sys.argv[1]).stem)
print(f"{time.perf_counter() - started:.0f}")
"""


def python():
    """The environment's Python."""
    return FOLDER / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def versions():
    """What is installed in the environment."""
    frozen = subprocess.run([python(), "-m", "pip", "list", "--format", "json"], capture_output=True, check=True)
    return {package["name"].lower(): package["version"] for package in json.loads(frozen.stdout)}


def resolve(version):
    """What keeps the course from being installed beside Colab's versions, for a Python; empty if nothing does.

    Not by pip: it takes another Python's wheels, but reads requirements' conditions as its own Python.
    """
    command = [sys.executable, "-m", "uv", "pip", "compile", "--python-version", version, "--python-platform", "linux"]
    command += ["--only-binary", ":all:", "--quiet", ROOT / "pyproject.toml", PINS]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    return done.stderr.strip() or f"exit status {done.returncode}" if done.returncode else ""


def make():
    """An environment with Colab's versions, made anew where they changed; with the Python that runs this."""
    made = FOLDER / "pins.txt"
    if not made.is_file() or made.read_bytes() != PINS.read_bytes():
        subprocess.run([sys.executable, "-m", "venv", "--clear", FOLDER / "venv"], check=True)
        subprocess.run([python(), "-m", "pip", "install", "-q", "-r", PINS], check=True)
        made.write_bytes(PINS.read_bytes())
    subprocess.run([python(), "-m", "pip", "uninstall", "-q", "-y", "tlcourse"], capture_output=True, check=True)


def install():
    """Install the course as a unit's first cell does, from this repository's last commit.

    Returns
    -------
    (float, list of str)
        The seconds, and what it moved, removed or added.
    """
    before, started = versions(), time.perf_counter()
    subprocess.run([python(), "-m", "pip", "install", "-q", f"git+{ROOT.as_uri()}"], check=True, cwd=FOLDER)
    seconds, after = time.perf_counter() - started, versions()
    moved = [f"{name} {old} -> {after.get(name)}" for name, old in before.items() if after.get(name) != old]
    return seconds, moved, sorted(set(after) - set(before))


def run(unit):
    """Run a unit from top to bottom; the seconds, or what went wrong."""
    notebook = ROOT / "solutions" / unit / f"{unit}.ipynb"
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "TLCOURSE_MIRROR")}
    environment |= {"TLCOURSE_OFFLINE": "1", "TLCOURSE_CACHE": str(FOLDER / "cache"), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [python(), "-c", RUN, notebook]
    done = subprocess.run(command, cwd=FOLDER, env=environment, capture_output=True, encoding="utf-8", errors="replace")
    return done.stdout.strip() if done.returncode == 0 else f"failed: {done.stderr.strip().splitlines()[-1]}"


def main(chosen):
    """Run the chosen units, or all; exits with 1 if something does not fit, is slow, moved or failed."""
    failed = False
    for version in PYTHONS:
        problem = resolve(version)
        failed |= bool(problem)
        print(f"Python {version}: {problem or 'all that the course needs is there beside them'}", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    make()
    seconds, moved, added = install()
    print(f"installed in {seconds:.0f} s, and {SECONDS} are allowed; added: {', '.join(added)}")
    print(f"moved: {', '.join(moved) or 'nothing'}", flush=True)
    failed |= seconds > SECONDS or bool(moved)
    for unit in chosen or sorted(file.stem for file in (ROOT / "solutions").glob("[0-9]*.py")):
        outcome = run(unit)
        failed |= outcome.startswith("failed")
        print(f"{unit}: {outcome if outcome.startswith('failed') else f'{outcome} s'}", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main(sys.argv[1:])
