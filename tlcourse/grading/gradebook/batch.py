"""Grades the submissions of a unit: isolated, in parallel, and so that it can be stopped at any moment.

The cells run in parallel (`tlcourse.grading.engine.pool`); this process alone writes. What has run lies in
autograding/UNIT/.pending until nbgrader has recorded it, and the record that says so is written last: whatever stops
the grading, the next start finds either nothing, a result to record, or a record.
"""

import contextlib
import os

from tqdm import tqdm

from tlcourse.grading.engine import calibration, pool
from tlcourse.grading.gradebook import autograde
from tlcourse.grading.gradebook.course import Course, GradebookLocked, one_engine, patiently
from tlcourse.grading.gradebook.recorder import Writer
from tlcourse.grading.model import outcome
from tlcourse.grading.model.outcome import Outcome
from tlcourse.grading.sandbox import bubblewrap
from tlcourse.grading.submissions import discover


def grade(folder, unit, jobs=None, students=None, unsafe=False, again=False, scheduler=None, progress=None):
    """Grade ``folder/submitted/*/unit`` and record the marks in nbgrader's gradebook.

    Parameters
    ----------
    folder : path
        The course.
    unit : str
    jobs : int, optional
        Submissions side by side; as many as this machine has processors, by default.
    students : sequence of str, optional
        Only these.
    unsafe : bool
        Run student code without a box.
    again : bool
        Also what is graded and has not changed since.
    scheduler : str, optional
        The address of a Dask scheduler that gives the work to its workers.
    progress : bool, optional
        Show a bar; on a terminal, by default.

    Returns
    -------
    list of Outcome
        In the order of the students' names, those who handed in nothing among them.

    Raises
    ------
    ValueError
        If a student is unknown.
    tlcourse.grading.model.release.NoRelease, tlcourse.grading.sandbox.bubblewrap.NoSandbox
    GradebookLocked
        If another program holds the gradebook for long. What has run is kept.
    tlcourse.grading.gradebook.course.DiskFull
        What was recorded before is kept.
    """
    course = Course(folder)
    known = patiently(lambda: course.release(unit))
    unsafe = unsafe or bool(os.environ.get("TLCOURSE_UNSAFE_GRADING"))
    if not unsafe:
        bubblewrap.require()
        bubblewrap.check_course(course.folder)
    handed_in = course.submitted(unit)
    enrolled = course.students()
    chosen = sorted(set(students) if students else handed_in.keys() | enrolled)
    if unknown := [name for name in chosen if name not in handed_in and name not in enrolled]:
        raise ValueError(f"no student {', '.join(unknown)} in {course.folder}: neither handed in nor in the gradebook")
    with _alone(course), one_engine():
        writer = Writer(course, unit, calibration.fingerprint(known))
        due = [discover.read(handed_in[name], name, unit) for name in chosen if name in handed_in]
        done = course.recorded(unit)
        due = [one for one in due if again or not writer.is_done(one, done)]
        errors = _run(due, known, writer, _Workers(jobs or os.cpu_count() or 1, scheduler, unsafe), progress, again)
    return [_outcome(course, unit, name, name in handed_in, errors.get(name)) for name in chosen]


class _Workers:
    """Who does the work."""

    def __init__(self, jobs, scheduler, unsafe):
        self.jobs, self.scheduler, self.unsafe = jobs, scheduler, unsafe


def _run(due, known, writer, workers, progress, again):
    """Run and record; return what went wrong, by student."""
    errors = {}
    limits = autograde.IsolatedExecute(config=writer.course.config).limits()
    with tqdm(
        total=len(due), unit="submission", desc=known.unit, disable=None if progress is None else not progress
    ) as bar:
        waiting, plan = [], course_plan(writer, known, limits, workers.unsafe) if due else {}
        for one in due:
            result = None if again else writer.pending(one)
            if result is None:
                waiting.append((one, known, limits, workers.unsafe, plan))
            else:
                writer.record(one, result)
                bar.update()
        by_name = {task[0].student: task[0] for task in waiting}
        for result in pool.results(waiting, workers.jobs, workers.scheduler):
            one = by_name[result["student"]]
            if "error" in result:
                errors[one.student] = result["error"]
            else:
                writer.keep(one, result)
                writer.record(one, result)
            bar.update()
    return errors


def course_plan(writer, known, limits, unsafe):
    """What was learnt from the unit's own solutions; they run when they have not yet."""
    where = writer.course.coursedir
    source = where.format_path(where.source_directory, ".", known.unit)
    return calibration.plan(
        writer.course.folder,
        source,
        known,
        limits,
        lambda: autograde.template(known.modules, unsafe),
        unsafe,
    )


def _outcome(course, unit, student, handed_in, error):
    if not handed_in:
        return Outcome(student, unit, "missing", None, None, ("Nothing was handed in.",))
    if error:
        flags = ({"grade_id": None, "kind": "grader", "evidence": error},)
        return Outcome(student, unit, "crashed", None, None, ("Not graded; start again.",), flags)
    record = outcome.read_record(course.folder, unit, student)
    score = sum(cell["score"] for cell in record["cells"])
    most = sum(cell["max_score"] for cell in record["cells"])
    return Outcome(student, unit, record["status"], score, most, tuple(record["notes"]), tuple(record["flags"]))


@contextlib.contextmanager
def _alone(course):
    """Keep a second grading of the same course out."""
    file = course.folder / "autograding" / ".lock"
    file.parent.mkdir(exist_ok=True)
    with file.open("w") as opened:
        try:
            import fcntl

            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:
            pass  # Windows
        except OSError:
            raise GradebookLocked(f"another grading of {course.folder} is running: wait for it, or stop it") from None
        yield
