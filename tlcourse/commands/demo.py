"""Run the main parts of the course live: the headline, real data, and a sample class from release to feedback."""

import functools
import itertools
import os
import tempfile
import threading
import time
from collections import deque
from pathlib import Path

from tlcourse import data
from tlcourse.building.course_folder import course_folder
from tlcourse.commands import demo_steps, demo_tables, parallel_steps
from tlcourse.commands.demo_steps import HEADLINE_SEED
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.research import processor
from tlcourse.storage import write_json

REAL_DATA = ("digits", "cats_dogs")
REAL_SEEDS = range(3)


def run(json_file=None, root=None):
    """Run the demo, print its tables, and write its JSON if a file is given.

    Parameters
    ----------
    json_file : path, optional
    root : path, optional
        The course's folder; found from the working directory by default.

    Returns
    -------
    dict
        The content of the JSON file: "headline", "real", "gradebook" and "seconds".

    Raises
    ------
    FileNotFoundError
        If there is no course, a unit has not been built, or the headline has no record yet.
    OSError
        If the JSON file cannot be written. This is checked before the demo starts.
    """
    json_file = None if json_file is None else _writable(Path(json_file))
    root = course_folder(root)
    started = time.perf_counter()
    record = data.results("headline")
    folder = root / "build" / "demo"
    headline, results = _run_all(folder, root, record)
    outcome = {"headline": headline, **_outcome(results), "seconds": round(time.perf_counter() - started, 1)}
    _show_real_data_and_gradebook(folder, outcome, results)
    if json_file is not None:
        write_json(json_file, outcome)
    return outcome


def _run_all(folder, root, record):
    """Run everything, and print the headline as soon as it is available; returns the headline and the other results."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # no lines about missing graphics cards
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", str(max(1, (os.cpu_count() or 1) // 2)))  # two processes
    demo_steps.quiet()
    results = {"live": {}, "real": {}, "missing": {}}
    grading, shown = demo_steps.grading(folder, root), threading.Event()
    waiting = deque((name, seed) for name in REAL_DATA for seed in REAL_SEEDS)
    measure = demo_steps.measure_on_real_data
    show_headline = functools.partial(_show_headline, record=record, shown=shown)
    show_scratch = functools.partial(_show_scratch, record=record)
    with demo_steps.second_process() as process, parallel_steps.progress(2 + len(waiting) + len(grading)) as bar:
        people = process.submit(demo_steps.draw_people)  # while TensorFlow is imported here
        from_scratch = functools.partial(demo_steps.train_from_scratch, people=people, show=show_scratch)
        with_teacher = functools.partial(demo_steps.train_new_head, process=process, show=show_headline)
        here = itertools.chain(
            [("headline, from scratch", from_scratch)], demo_steps.real_steps(waiting.popleft, measure)
        )
        there = itertools.chain(
            [("headline, with the teacher", with_teacher)],
            demo_steps.real_steps(waiting.pop, lambda name, seed: process.submit(measure, name, seed).result()),
        )
        parallel_steps.run_parallel(bar, results, here, there, parallel_steps.after(shown, results, grading))
        bar.set_description("done")
    return _headline(results["live"], record), results


def _show_headline(accuracy, seconds, record, shown):
    """Print the first table, and start the grading."""
    demo_tables.show_headline(_headline({"transfer": accuracy, "head_seconds": seconds}, record))
    shown.set()


def _show_scratch(accuracy, record):
    note = processor.difference(record["provenance"])
    demo_tables.show_scratch(accuracy, _interval(record["scratch"]), HEADLINE_SEED, note)


def _show_real_data_and_gradebook(folder, outcome, results):
    written = max(entry["max_written_score"] for entry in results["gradebook"])
    demo_tables.show_real_data_and_gradebook(outcome, results["missing"], written)
    print("Feedback pages:")
    for row in outcome["gradebook"]:
        print(f"  {CoursePaths(folder).feedback_file(row['student'], row['unit'])}")
    print(f"The demo took {outcome['seconds']:.0f} s.")


def _headline(live, record):
    return {
        "live": {**{method: live[method] for method in demo_tables.METHODS if method in live}, "seed": HEADLINE_SEED},
        **{method: _interval(record[method]) for method in demo_tables.METHODS},
        "head_seconds": round(live["head_seconds"], 2),
    }


def _outcome(results):
    real = {name: results["real"][name] for name in REAL_DATA if name not in results["missing"]}
    return {
        "real": {name: _summaries(runs) for name, runs in real.items()},
        "gradebook": [_gradebook_row(entry) for entry in results["gradebook"]],
    }


def _writable(file):
    """The file's absolute path; raises an error unless a file can be created there."""
    file = file.absolute()
    if file.is_dir():
        raise IsADirectoryError(f"cannot write {file}, because it is a folder: name a file")
    try:
        with tempfile.TemporaryFile(dir=file.parent):
            return file
    except OSError as error:
        raise OSError(f"cannot write {file}: {error.strerror or error}") from None


def _interval(accuracies):
    from tlcourse.stats import predicted

    one_more = list(predicted(accuracies["values"], share=True))
    return {**{key: accuracies[key] for key in ("mean", "ci95", "seeds")}, "predicted": one_more}


def _summaries(runs):
    from tlcourse.stats import summary

    return {method: _interval(summary([run[method] for run in runs], True)) for method in ("transfer", "scratch")}


def _gradebook_row(entry):
    """A row of the gradebook with the automatically graded points; a person grades the written answers."""
    return {
        "student": entry["student"],
        "unit": entry["name"],
        "score": entry["code_score"],
        "max_score": entry["max_code_score"],
    }
