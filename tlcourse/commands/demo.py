"""The course's main job from end to end, live: release, headline, real data, and a graded sample class."""

import contextlib
import functools
import itertools
import logging
import multiprocessing
import os
import signal
import tempfile
import threading
import time
from collections import deque
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from tlcourse import data
from tlcourse.building import unit_sources
from tlcourse.commands import demo_tables
from tlcourse.grading.gradebook.scratch_course import gradebook_rows, new_course, run_grade, run_nbgrader, submit
from tlcourse.grading.model import layout
from tlcourse.samples import demo_class, known_answers
from tlcourse.storage import write_json

HEADLINE_SEED = 0
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
    started = time.perf_counter()
    record = data.results("headline")
    folder = root / "build" / "demo"
    headline, results = _run_all(folder, root, record)
    outcome = {"headline": headline, **_outcome(results), "seconds": round(time.perf_counter() - started, 1)}
    _show_rest(folder, outcome, results)
    if json_file is not None:
        write_json(json_file, outcome)
    return outcome


def _run_all(folder, root, record):
    """Run everything, print the headline as soon as it is there, and return it and the other results."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's lines about absent graphics cards
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", str(max(1, (os.cpu_count() or 1) // 2)))  # of two processes each
    _quiet()
    results = {"live": {}, "real": {}, "missing": {}}
    grading, shown = _grading(folder, root), threading.Event()
    waiting = deque((name, seed) for name in REAL_DATA for seed in REAL_SEEDS)
    with _second_process() as process, _progress(2 + len(waiting) + len(grading)) as bar:
        people = process.submit(_people)  # drawn while TensorFlow is imported here
        from_scratch = functools.partial(_train_from_scratch, people=people, record=record)
        with_teacher = functools.partial(_train_new_head, process=process, record=record, shown=shown)
        here = itertools.chain([("headline, from scratch", from_scratch)], _real_steps(waiting.popleft, _measured))
        there = itertools.chain(
            [("headline, with the teacher", with_teacher)],
            _real_steps(waiting.pop, lambda name, seed: process.submit(_measured, name, seed).result()),
        )
        _run_parallel(bar, results, here, there, _after(shown, results, grading))
        bar.set_description("done")
    return _headline(results["live"], record), results


def _show_rest(folder, outcome, results):
    written = max(entry["max_written_score"] for entry in results["gradebook"])
    demo_tables.show_rest(outcome, results["missing"], written)
    print("Feedback pages:")
    for row in outcome["gradebook"]:
        print(f"  {layout.feedback_file(folder, row['student'], row['unit'])}")
    print(f"{outcome['seconds']:.0f} s in all.")


def _quiet():
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of models that are built in a loop, as here


def _quiet_process():
    _quiet()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # who stops the demo reads one line, not this process' traceback too


def _second_process():
    """A process for TensorFlow beside this one, which has its own."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_quiet_process)


def _progress(total):
    return tqdm(total=total, bar_format="{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}]")


def _headline(live, record):
    return {
        "live": {**{method: live[method] for method in demo_tables.BASELINES if method in live}, "seed": HEADLINE_SEED},
        **{baseline: _interval(record[baseline]) for baseline in demo_tables.BASELINES},
        "head_seconds": round(live["head_seconds"], 2),
    }


def _outcome(results):
    real = {name: results["real"][name] for name in REAL_DATA if name not in results["missing"]}
    return {
        "real": {name: _summaries(runs) for name, runs in real.items()},
        "gradebook": [_row(entry) for entry in results["gradebook"]],
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


def _run_parallel(bar, results, here, *aside):
    """Run several sequences of (title, function) steps at once: `here` in this thread, each of `aside` in its own.

    Each function is called with `results`, and adds to it. After an error in one sequence the others stop at their next
    step, and the error is raised.
    """
    with ThreadPoolExecutor(len(aside)) as pool:
        others = [pool.submit(_run_steps, steps, results, bar) for steps in aside]
        _run_steps(here, results, bar)
        for other in others:
            other.result()


def _run_steps(steps, results, bar):
    for title, step in steps:
        if "failed" in results:
            return  # another sequence's error is on its way
        bar.set_description(title)
        try:
            step(results)
        except BaseException:
            results["failed"] = title
            raise
        bar.update()


def _grading(folder, root):
    """The steps of the grading; nbgrader works in processes of its own."""
    unit = demo_class.UNIT
    names = unit_sources.names(root)
    return [
        ("a course of its own", lambda results: new_course(folder, root, names)),
        (f"release {len(names)} units", lambda results: run_nbgrader(folder, "generate_assignment", "*")),
        ("submit", lambda results: _submit_class(folder, unit, root)),
        ("grade the class", lambda results: run_grade(folder, unit)),
        ("feedback", lambda results: run_nbgrader(folder, "generate_feedback", unit)),
        ("gradebook", lambda results: results.update(gradebook=_gradebook(folder, unit))),
    ]


def _after(event, results, steps):
    """The steps, once the event has happened (or other steps have failed): nothing may delay the first table."""
    while not event.wait(0.2) and "failed" not in results:
        pass
    yield from steps


def _train_new_head(results, process, record, shown):
    """The teacher with a new head, in the other process; prints the first table."""
    accuracy, seconds = process.submit(_with_teacher).result()
    results["live"].update(transfer=accuracy, head_seconds=seconds)
    with tqdm.external_write_mode():
        demo_tables.show_headline(_headline({"transfer": accuracy, "head_seconds": seconds}, record))
    shown.set()


def _train_from_scratch(results, people, record):
    """The teacher's architecture from scratch, in this process; takes longer than all the rest of the headline."""
    from tlcourse.research import headline  # brings TensorFlow

    results["live"]["scratch"] = headline.scratch(*people.result(), HEADLINE_SEED)
    with tqdm.external_write_mode():
        demo_tables.show_scratch(results["live"]["scratch"], _interval(record["scratch"]), HEADLINE_SEED)


@functools.cache
def _people():
    """Training and test images of the headline's people; drawn once in a process."""
    from tlcourse.datasets import faces

    return faces.headline(HEADLINE_SEED)


def _with_teacher():
    from tlcourse.research import headline  # brings TensorFlow

    return headline.transfer(*_people(), HEADLINE_SEED)


def _real_steps(take, measured):
    """Steps on real data: `take` gives the next (name, seed), until there is none."""
    with contextlib.suppress(IndexError):
        while True:
            name, seed = take()
            yield f"{name}, seed {seed}", functools.partial(_real, name=name, seed=seed, measured=measured)


def _measured(name, seed):
    from tlcourse.research import real_photos

    return getattr(real_photos, name)(seed)


def _real(results, name, seed, measured=_measured):
    """One seed on real data. Why data are not available stands once in `results["missing"]`."""
    from tlcourse import teachers
    from tlcourse.datasets import photos

    if name in results["missing"]:
        return
    try:
        results["real"].setdefault(name, []).append(measured(name, seed))
    except (photos.PhotosUnavailable, teachers.TeacherUnavailable) as reason:
        results["missing"][name] = str(reason)


def _submit_class(folder, unit, root):
    made = demo_class.notebooks_of(folder, unit, known_answers.folder(root, unit))
    for student, notebook in made.items():
        submit(folder, student, unit, notebook)


def _gradebook(folder, unit):
    return sorted(gradebook_rows(folder, unit), key=lambda entry: demo_class.STUDENTS.index(entry["student"]))


def _interval(accuracies):
    from tlcourse.stats import predicted

    one_more = list(predicted(accuracies["values"], share=True))
    return {**{key: accuracies[key] for key in ("mean", "ci95", "seeds")}, "predicted": one_more}


def _summaries(runs):
    from tlcourse.stats import summary

    return {method: _interval(summary([run[method] for run in runs], True)) for method in ("transfer", "scratch")}


def _row(entry):
    """A line of the gradebook: the points that nbgrader gives by itself. A person grades the written answers."""
    return {
        "student": entry["student"],
        "unit": entry["name"],
        "score": entry["code_score"],
        "max_score": entry["max_code_score"],
    }
