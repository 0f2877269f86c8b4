"""Compare the speed of stock `nbgrader autograde` and `tlcourse grade` on the same submissions, in one run."""

import functools
import os
import tempfile
import time
from pathlib import Path

import psutil

from tlcourse.building.course_folder import course_folder
from tlcourse.grading.gradebook.batch import grade
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.gradebook.recorder import Recorder
from tlcourse.grading.gradebook.scratch_course import new_course, run_nbgrader, submit
from tlcourse.samples import demo_class

STOCK_CONFIG = """\
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.Execute.timeout = 600
c.Execute.iopub_timeout = 60
"""


class TimedRecorder(Recorder):
    """A recorder that appends the duration of each recording to the list `seconds`."""

    def __init__(self, *arguments, seconds):
        super().__init__(*arguments)
        self.seconds = seconds

    def record(self, submission, result):
        """See `Recorder.record`."""
        started = time.perf_counter()
        super().record(submission, result)
        self.seconds.append(time.perf_counter() - started)


def measure(students=30, unit=demo_class.UNIT, jobs=None, root=None):
    """Grade the same class twice: with stock nbgrader and with the course's grader.

    Returns
    -------
    dict
        "ratio_to_stock" is the ratio of the seconds. "cell_cpu_seconds_per_submission" counts only the notebook's
        cells, including checks, after kernel and checker have started. "cpu_seconds_per_submission" counts the whole
        machine, including the costs that a class has only once: imports, and grading the reference solutions.
        "writing_seconds_per_submission" is the time of the process that writes to the gradebook. The other keys are
        "seconds_per_submission", "stock_seconds_per_submission", "stock_cpu_seconds_per_submission", "submissions"
        and "workers".

    Raises
    ------
    RuntimeError
        If a submission could not be graded.
    """
    jobs = jobs or os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as parent:
        folder, stock = Path(parent, "course"), Path(parent, "stock")
        for course in (folder, stock):
            new_course(course, course_folder(root), [unit])
            run_nbgrader(course, "generate_assignment", unit)
            _submit_class(course, unit, students, course_folder(root))
        stock.joinpath("nbgrader_config.py").write_text(STOCK_CONFIG.format(root=str(stock)), encoding="utf-8")
        stock_seconds, stock_cpu = _timed(lambda: run_nbgrader(stock, "autograde", unit))
        results, writing = [], []
        recorder = functools.partial(TimedRecorder, seconds=writing)
        seconds, cpu = _timed(lambda: results.extend(grade(folder, unit, jobs=jobs, make_recorder=recorder)))
        if failed := [result for result in results if result.score is None]:
            raise RuntimeError(f"{failed[0].student} was not graded: {failed[0].flags}")
        cells = sum(result.cell_cpu_seconds for result in results)
    return {
        "ratio_to_stock": stock_seconds / seconds,
        "seconds_per_submission": seconds / students,
        "cell_cpu_seconds_per_submission": cells / students,
        "cpu_seconds_per_submission": cpu / students,
        "writing_seconds_per_submission": sum(writing) / students,
        "stock_seconds_per_submission": stock_seconds / students,
        "stock_cpu_seconds_per_submission": stock_cpu / students,
        "submissions": students,
        "workers": jobs,
    }


def _submit_class(course, unit, students, root):
    made = list(demo_class.notebooks_of(course, unit, CoursePaths(root).answers_folder(unit)).values())
    for number in range(students):
        submit(course, f"student{number:02}", unit, made[number % len(made)])


def _timed(action):
    """Seconds on the clock, and processor seconds of the whole machine: nothing else counts those in the sandboxes."""
    started, before = time.perf_counter(), _processor_seconds()
    action()
    return time.perf_counter() - started, _processor_seconds() - before


def _processor_seconds():
    times = psutil.cpu_times()
    return times.user + times.system
