"""The steps of the demo: the headline, real data, and a sample class that nbgrader grades.

A step is a function that takes the results of the earlier steps and adds its own. TensorFlow runs in two processes, so
some steps do their work in the second one.
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
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns about building models in a loop, as here


def _quiet_process():
    quiet()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # after Ctrl+C, only the main process prints an error


def second_process():
    """A second process that runs TensorFlow at the same time as this one."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_quiet_process)


@functools.cache
def draw_people():
    """Training and test images of the headline's people; each process draws them only once."""
    from tlcourse.datasets import faces

    return faces.headline(HEADLINE_SEED)


def train_new_head(results, process, show):
    """Train a new head on the teacher, in the second process; `show` prints the first table."""
    accuracy, seconds = process.submit(_with_teacher).result()
    results["live"].update(transfer=accuracy, head_seconds=seconds)
    with tqdm.external_write_mode():
        show(accuracy, seconds)


def _with_teacher():
    from tlcourse.research import headline  # imports TensorFlow

    return headline.transfer(*draw_people(), HEADLINE_SEED)


def train_from_scratch(results, people, show):
    """Train the teacher's architecture from scratch, in this process; the slowest step of the headline."""
    from tlcourse.research import headline  # imports TensorFlow

    results["live"]["scratch"] = headline.scratch(*people.result(), HEADLINE_SEED)
    with tqdm.external_write_mode():
        show(results["live"]["scratch"])


def real_steps(take, measured):
    """Steps on real data: `take` returns the next (name, seed), and raises an IndexError when none is left."""
    with contextlib.suppress(IndexError):
        while True:
            name, seed = take()
            yield f"{name}, seed {seed}", functools.partial(_measure_real_data, name=name, seed=seed, measured=measured)


def measure_on_real_data(name, seed):
    """The accuracy of each method on the real dataset `name`, for one seed."""
    from tlcourse.research import real_photos

    return getattr(real_photos, name)(seed)


def _measure_real_data(results, name, seed, measured=measure_on_real_data):
    """Measure one seed on real data. If a dataset is not available, `results["missing"]` states the reason once."""
    from tlcourse import teachers
    from tlcourse.datasets import photos

    if name in results["missing"]:
        return
    try:
        results["real"].setdefault(name, []).append(measured(name, seed))
    except (photos.PhotosUnavailable, teachers.TeacherUnavailable) as reason:
        results["missing"][name] = str(reason)


def grading(folder, root):
    """The steps of the grading; nbgrader runs in its own processes."""
    unit = demo_class.UNIT
    names = unit_sources.unit_names(root)
    return [
        ("create a course", lambda results: new_course(folder, root, names)),
        (f"release {len(names)} units", lambda results: run_nbgrader(folder, "generate_assignment", "*")),
        ("submit notebooks", lambda results: _submit_class(folder, unit, root)),
        ("grade the class", lambda results: run_grade(folder, unit)),
        ("generate feedback", lambda results: run_nbgrader(folder, "generate_feedback", unit)),
        ("read the gradebook", lambda results: results.update(gradebook=_gradebook(folder, unit))),
    ]


def _submit_class(folder, unit, root):
    made = demo_class.notebooks_of(folder, unit, CoursePaths(root).answers_folder(unit))
    for student, notebook in made.items():
        submit(folder, student, unit, notebook)


def _gradebook(folder, unit):
    return sorted(gradebook_rows(folder, unit), key=lambda entry: demo_class.STUDENTS.index(entry["student"]))
