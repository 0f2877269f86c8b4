"""Measure the speed of the course: `make bench`. Ratios within one run depend less on the machine than seconds."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from tlcourse import notebooks
from tlcourse.building import speed_table, unit_sources
from tlcourse.building.course_folder import course_folder
from tlcourse.commands import network_bench
from tlcourse.data import data_folder, results
from tlcourse.datasets import faces
from tlcourse.research import five_minutes, provenance
from tlcourse.research.recording import record
from tlcourse.storage import write_json


def import_seconds(repeats=5):
    """Seconds that `import tlcourse` adds to the start of Python: the best of several fresh processes."""
    command = "import time; start = time.perf_counter(); import tlcourse; print(time.perf_counter() - start)"
    runs = [subprocess.run([sys.executable, "-c", command], capture_output=True, check=True) for _ in range(repeats)]
    return min(float(run.stdout) for run in runs)


def drawing_seconds(images=1000):
    """Seconds to draw 1,000 faces on one core."""
    start = time.perf_counter()
    faces.portraits(faces.DEVELOPMENT_PEOPLE[: images // 10], 10, seed=0)
    return time.perf_counter() - start


def unit_seconds():
    """Seconds that each unit takes from top to bottom, in a fresh kernel with empty caches."""
    seconds = {}
    for name in unit_sources.unit_names():
        notebook = unit_sources.read(course_folder() / "solutions" / f"{name}.py")
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            notebooks.run(notebook, folder, name, environment={"TLCOURSE_CACHE": folder})
            seconds[name] = time.perf_counter() - start
    return seconds


def grading():
    """Compare stock nbgrader with the course's grader on a class of 30. Returns None if there is no sandbox."""
    from tlcourse.commands import grading_bench
    from tlcourse.grading.engine.grading_pool import sandbox_problem

    return None if sandbox_problem() else grading_bench.measure()


PARTS = {
    "cached_features": network_bench.cached_against_recomputed,
    "feature_extraction": network_bench.share_of_peak,
    "fused_batch_norm": network_bench.fused_batch_norm,
    "five_minutes": five_minutes.run,
    "import_seconds": import_seconds,
    "draw_1000_faces_seconds": drawing_seconds,
    "unit_seconds": unit_seconds,
    "grading": grading,
}


def main(json_file=None, keep=False, parts=()):
    """Measure everything, or only `parts`, and print each result as soon as it is available.

    Parameters
    ----------
    json_file : path, optional
        A file to which the numbers are also written.
    keep : bool
        Also write the numbers to data/results/bench.json. Parts that are not measured now keep their old numbers.
    parts : sequence of str
        Keys of `PARTS`; all by default.

    Raises
    ------
    ValueError
        If a part does not exist.
    """
    if unknown := sorted(set(parts) - set(PARTS)):
        raise ValueError(f"no part {unknown[0]!r} to measure: choose from {', '.join(PARTS)}")
    measured = {}
    for name in parts or PARTS:
        measured[name] = PARTS[name]()
        for line in speed_table.lines(name, measured[name]):
            click.echo(line)
    if json_file:
        write_json(Path(json_file).resolve(), measured)
    if keep:
        _keep(measured)


def _keep(measured):
    """Record the measured parts, each with its own provenance; the other parts keep their old numbers."""
    file = data_folder() / "results" / "bench.json"
    before = results("bench") if file.is_file() else {"provenance": {}}
    made = provenance.now("tlcourse bench --keep")
    parts = {**before["provenance"].get("parts", {}), **dict.fromkeys(measured, made)}
    record("bench", {**before, **measured, "provenance": {**made, "parts": parts}})
