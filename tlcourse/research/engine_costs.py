"""What the plain engine and Spark cost on one machine, and where several machines would break even (unit 11).

Each engine runs in a process of its own. It starts, runs a small folder, and then two larger ones with warm processes.
The larger ones differ in nothing but the number of files, so their difference gives the seconds for each file; what a
run costs whatever its size cancels out. The first run gives the seconds before the first file. Processor seconds of the
whole tree of processes count, because other programs do not disturb them much.

Measure on an idle machine: Spark may end Python workers that have been idle for a minute. On a busy machine, a later
run would then load the teacher again, and this would count as seconds for each file.

The model of several machines divides only the seconds for each file, so it leaves out the network, the copying
of files and uneven parts: it is the best case for Spark.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from tlcourse.datasets import faces
from tlcourse.research.pipeline_steps import break_even

SIZES = {"first": 300, "second": 2_000, "third": 12_000}  # files of each run
PEOPLE = 30
MACHINES = (2, 4, 8, 16)
NEVER = 1e9  # stands for "never" in the record
ENGINES = ("plain", "spark")


def run(seed):
    """Processor seconds, and the files from which Spark is faster, by number of machines.

    "break_even" follows from this seed's own costs; 1e9 stands for never.
    """
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for name, count in SIZES.items():
            write_files(folder / name, count, seed)
        costs = {engine: _costs(folder, engine) for engine in ENGINES}
    line = {engine: (cost["start"], cost["per_file"]) for engine, cost in costs.items()}
    files = {str(machines): break_even(line["plain"], line["spark"], machines) for machines in MACHINES}
    return {**costs, "break_even": {key: NEVER if value is None else float(value) for key, value in files.items()}}


def write_files(folder, count, seed):
    """So many different images of people, from few portraits whose pixels in one corner change."""
    portraits = faces.portraits(range(PEOPLE), 1, seed).images
    rng = np.random.default_rng(seed)
    for number in range(count):
        image = portraits[number % PEOPLE].copy()
        image[:4, :4] = rng.integers(256, size=(4, 4, 3))
        path = folder / f"person_{number % PEOPLE}" / f"{number:06d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path, compress_level=1)


def _costs(folder, engine):
    """Processor seconds of start and for each file, and what they come from."""
    command = [sys.executable, "-m", "tlcourse.research.engine_costs", str(folder), engine]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{engine} failed: {done.stderr.strip().splitlines()[-1]}")
    ends = json.loads(done.stdout.splitlines()[-1])
    runs = dict(zip(SIZES, np.diff(ends, prepend=0.0).tolist(), strict=True))
    per_file = (runs["third"] - runs["second"]) / (SIZES["third"] - SIZES["second"])
    return {**runs, "per_file": per_file, "start": runs["first"] - SIZES["first"] * per_file}


def _main(folder, engine_name):
    """Run all folders, and print the processor seconds that were used after each."""
    from tlcourse import pipeline
    from tlcourse.pipeline.local_engine import LocalEngine
    from tlcourse.pipeline.spark_engine import SparkEngine
    from tlcourse.research.pipeline_steps import STEPS

    seconds = []
    with LocalEngine(workers=1) if engine_name == "plain" else SparkEngine() as engine:
        for name in SIZES:
            pipeline.run(folder / name, folder / engine_name / name, engine, STEPS)
            seconds.append(processor_seconds())
    print(json.dumps(seconds))


def processor_seconds():
    """What this process and all below it have used, those included that have ended and were waited for."""
    import psutil  # only where the costs are measured

    here = psutil.Process()
    return sum(sum(process.cpu_times()[:4]) for process in [here, *here.children(recursive=True)])


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2])
