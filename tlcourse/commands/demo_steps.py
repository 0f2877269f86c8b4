"""The steps of the demo: the headline, real data, and a sample class that nbgrader grades.

A step is a function of the results that the steps before it have left; it adds its own. TensorFlow runs in two
processes, so some steps have their work done in the other one.
"""

import contextlib
import functools
import logging
import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor

from tqdm import tqdm

from tlcourse.building import unit_sources
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.gradebook.scratch_course import gradebook_rows, new_course, run_grade, run_nbgrader, submit
from tlcourse.samples import demo_class

HEADLINE_SEED = 0


def quiet():
    """Let TensorFlow report errors only."""
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of models that are built in a loop, as here


def _quiet_process():
    quiet()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # who stops the demo reads one line, not this process' traceback too


def second_process():
    """A process for TensorFlow beside this one, which has its own."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_quiet_process)


@functools.cache
def draw_people():
    """Training and test images of the headline's people; drawn once in a process."""
    from tlcourse.datasets import faces

    return faces.headline(HEADLINE_SEED)


def train_new_head(results, process, show):
    """The teacher with a new head, in the other process; `show` prints the first table."""
    accuracy, seconds = process.submit(_with_teacher).result()
    results["live"].update(transfer=accuracy, head_seconds=seconds)
    with tqdm.external_write_mode():
        show(accuracy, seconds)


def _with_teacher():
    from tlcourse.research import headline  # brings TensorFlow

    return headline.transfer(*draw_people(), HEADLINE_SEED)


def train_from_scratch(results, people, show):
    """The teacher's architecture from scratch, in this process; takes longer than all the rest of the headline."""
    from tlcourse.research import headline  # brings TensorFlow

    results["live"]["scratch"] = headline.scratch(*people.result(), HEADLINE_SEED)
    with tqdm.external_write_mode():
        show(results["live"]["scratch"])


def real_steps(take, measured):
    """Steps on real data: `take` gives the next (name, seed), until there is none."""
    with contextlib.suppress(IndexError):
        while True:
            name, seed = take()
            yield f"{name}, seed {seed}", functools.partial(_real, name=name, seed=seed, measured=measured)


def measure_on_real_data(name, seed):
    """Accuracies by method on the real data of a name, for one seed."""
    from tlcourse.research import real_photos

    return getattr(real_photos, name)(seed)


def _real(results, name, seed, measured=measure_on_real_data):
    """One seed on real data. Why data are not available stands once in `results["missing"]`."""
    from tlcourse import teachers
    from tlcourse.datasets import photos

    if name in results["missing"]:
        return
    try:
        results["real"].setdefault(name, []).append(measured(name, seed))
    except (photos.PhotosUnavailable, teachers.TeacherUnavailable) as reason:
        results["missing"][name] = str(reason)


def grading(folder, root):
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


def _submit_class(folder, unit, root):
    made = demo_class.notebooks_of(folder, unit, CoursePaths(root).answers_folder(unit))
    for student, notebook in made.items():
        submit(folder, student, unit, notebook)


def _gradebook(folder, unit):
    return sorted(gradebook_rows(folder, unit), key=lambda entry: demo_class.STUDENTS.index(entry["student"]))
