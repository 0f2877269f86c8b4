"""The course's main job from end to end, live: release, headline, real data, and a graded sample class."""

import contextlib
import functools
import itertools
import logging
import multiprocessing
import os
import signal
import tempfile
import time
from collections import deque
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import nbformat
from tqdm import tqdm

from tlcourse import data, notebooks
from tlcourse.building import unit_sources
from tlcourse.commands import demo_tables
from tlcourse.grading.gradebook.scratch_course import gradebook_rows, new_course, run_grade, run_nbgrader, submit
from tlcourse.grading.model import layout
from tlcourse.samples import known_answers, sample_class

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
        headline, real, gradebook, seconds: what the JSON file holds.

    Raises
    ------
    FileNotFoundError
        If there is no course, a unit has not been built, or nothing has been recorded yet.
    OSError
        If the JSON file cannot be written; before any work.
    """
    json_file = None if json_file is None else _writable(Path(json_file))
    root = unit_sources.course_folder(root)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # what it says of absent graphics cards
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", str(max(1, (os.cpu_count() or 1) // 2)))  # of two processes each
    _quiet()
    started = time.perf_counter()
    record = data.results("headline")
    folder = root / "build" / "demo"
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_quiet_process) as process:
        real = deque((name, seed) for name in ("digits", "cats_dogs") for seed in REAL_SEEDS)
        grading = _grading(folder, root)
        there = _real_steps(real, lambda name, seed: process.submit(_measured, name, seed).result())
        here = itertools.chain([("headline, live", _headline)], _real_steps(real, _measured))
        graded = _side_by_side(1 + len(real) + len(grading), here, there, grading)
    outcome = {**_outcome(graded, record), "seconds": round(time.perf_counter() - started, 1)}
    written = max(entry["max_written_score"] for entry in graded["gradebook"])
    demo_tables.show(outcome, graded["missing"], written)
    print("Feedback pages:")
    for row in outcome["gradebook"]:
        print(f"  {layout.feedback_file(folder, row['student'], row['unit'])}")
    print(f"{outcome['seconds']:.0f} s in all.")
    if json_file is not None:
        from tlcourse.research.recording import write_json

        write_json(json_file, outcome)
    return outcome


def _quiet():
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of models that are built in a loop, as here


def _quiet_process():
    _quiet()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # who stops the demo reads one line, not this process' traceback too


def _outcome(graded, record):
    live = graded["live"]
    return {
        "headline": {
            "live": {key: live[key] for key in ("transfer", "scratch", "seed")},
            **{rival: _interval(record[rival]) for rival in demo_tables.RIVALS},
            "head_seconds": round(live["head_seconds"], 2),
        },
        "real": {name: _summaries(runs) for name, runs in graded["real"].items() if name not in graded["missing"]},
        "gradebook": [_row(entry) for entry in graded["gradebook"]],
    }


def _writable(file):
    """The file's absolute path, once it is sure that a file can be made there."""
    file = file.absolute()
    if file.is_dir():
        raise IsADirectoryError(f"cannot write {file}: it is a folder")
    try:
        with tempfile.TemporaryFile(dir=file.parent):
            return file
    except OSError as error:
        raise OSError(f"cannot write {file}: {error.strerror or error}") from None


def _side_by_side(total, here, *aside):
    """Run lanes of (title, function) steps, all but the first in threads; each function gets what there is so far."""
    found = {"real": {}, "missing": {}}
    bar_format = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}]"
    with tqdm(total=total, bar_format=bar_format) as bar, ThreadPoolExecutor(len(aside)) as pool:
        others = [pool.submit(_run_lane, lane, found, bar) for lane in aside]
        _run_lane(here, found, bar)
        for other in others:
            other.result()
        bar.set_description("done")
    return found


def _run_lane(steps, found, bar):
    for title, step in steps:
        if "failed" in found:
            return  # another lane's error is on its way
        bar.set_description(title)
        try:
            step(found)
        except BaseException:
            found["failed"] = title
            raise
        bar.update()


def _grading(folder, root):
    """The steps of the grading; nbgrader works in processes of its own."""
    unit = sample_class.UNIT
    names = unit_sources.names(root)
    steps = [("a course of its own", lambda found: new_course(folder, root, names))]
    for name in names:
        steps.append((f"release {name}", lambda found, name=name: run_nbgrader(folder, "generate_assignment", name)))
    steps.append(("hand in", lambda found: _hand_in(folder, unit, root)))
    steps.append(("grade the class", lambda found: run_grade(folder, unit)))
    steps.append(("feedback", lambda found: run_nbgrader(folder, "generate_feedback", unit)))
    steps.append(("gradebook", lambda found: found.update(gradebook=_gradebook(folder, unit))))
    return steps


def _real_steps(waiting, measured):
    """Steps on real data, as long as there are (name, seed) pairs waiting; several lanes may take from them."""
    with contextlib.suppress(IndexError):  # another lane has taken the last
        while True:
            name, seed = waiting.popleft()
            yield f"{name}, seed {seed}", functools.partial(_real, name=name, seed=seed, measured=measured)


def _headline(found):
    from tlcourse.research import headline  # brings TensorFlow

    found["live"] = headline.live()


def _measured(name, seed):
    from tlcourse.research import real_photos

    return getattr(real_photos, name)(seed)


def _real(found, name, seed, measured=_measured):
    """One seed on real data; what cannot be had is said once, in `found["missing"]`."""
    from tlcourse import teachers
    from tlcourse.datasets import photos

    if name in found["missing"]:
        return
    try:
        found["real"].setdefault(name, []).append(measured(name, seed))
    except (photos.PhotosUnavailable, teachers.TeacherUnavailable) as reason:
        found["missing"][name] = str(reason)


def _hand_in(folder, unit, root):
    reference, release = (
        nbformat.read(file, as_version=4)
        for file in (layout.solution_file(folder, unit), layout.release_file(folder, unit))
    )
    mistakes = sample_class.mistaken_answers(known_answers.folder(root, unit), notebooks.exercises(reference))
    for student, notebook in sample_class.submissions(reference, release, mistakes).items():
        submit(folder, student, unit, notebook)


def _gradebook(folder, unit):
    return sorted(gradebook_rows(folder, unit), key=lambda entry: sample_class.STUDENTS.index(entry["student"]))


def _interval(summary):
    return {key: summary[key] for key in ("mean", "ci95", "seeds")}


def _summaries(runs):
    from tlcourse.stats import summary

    return {method: _interval(summary([run[method] for run in runs])) for method in ("transfer", "scratch")}


def _row(entry):
    """A line of the gradebook: the points that nbgrader gives by itself. A person grades the written answers."""
    return {
        "student": entry["student"],
        "unit": entry["name"],
        "score": entry["code_score"],
        "max_score": entry["max_code_score"],
    }
