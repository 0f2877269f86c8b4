"""Grades the submissions of a unit: in a sandbox, in parallel, and so that it can be stopped at any moment.

Submissions are graded in parallel (`tlcourse.grading.engine.grading_pool`); this process alone writes. Whatever stops
the grading, the next start finds of each submission either nothing, a result to record, or a record.
"""

import contextlib
import os

import filelock
from tqdm import tqdm

from tlcourse.grading.engine.grading_pool import check_sandbox, grade_side_by_side
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.recorder import Recorder
from tlcourse.grading.gradebook.storage_errors import GradebookLocked, when_unlocked
from tlcourse.grading.model.results import RECORDS, Result
from tlcourse.grading.submissions.discover import read_submission


def grade(
    folder,
    unit,
    jobs=None,
    students=None,
    unsafe=False,
    again=False,
    scheduler=None,
    progress=None,
    make_recorder=Recorder,
):
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
        Run student code without a sandbox; so does ``c.GradingLimits.unsafe``.
    again : bool
        Also what is graded and has not changed since.
    scheduler : str, optional
        The address of a Dask scheduler that gives the work to its workers.
    progress : bool, optional
        Show a bar; on a terminal, by default.
    make_recorder : callable
        Of a course, a unit and the release's sha256; returns the `Recorder` that keeps the results.

    Returns
    -------
    list of tlcourse.grading.model.results.Result
        In the order of the students' names, those who submitted nothing among them.

    Raises
    ------
    ValueError
        If a student is unknown.
    tlcourse.grading.gradebook.course.NotReleased, tlcourse.grading.sandbox.interface.NoSandbox
    tlcourse.grading.gradebook.storage_errors.GradebookLocked
        If another grading runs, or another program holds the gradebook for long. What was graded is kept.
    tlcourse.grading.gradebook.storage_errors.DiskFull
        What was recorded before is kept.
    """
    course = NbgraderCourse(folder)
    assignment = when_unlocked(lambda: course.assignment(unit))
    unsafe = check_sandbox(course.folder, unsafe or course.grading_limits.unsafe)
    folders = course.paths.submission_folders(unit)
    chosen = _chosen(course, folders, students)
    with _alone(course):
        recorder = make_recorder(course, unit, assignment.sha256)
        recorded = course.recorded(unit)
        results, waiting = {}, []
        for submission in [read_submission(folders[name], name, unit) for name in chosen if name in folders]:
            result = None if again else recorder.recorded_result(submission, recorded)
            if result is None:
                waiting.append(submission)
            else:
                results[submission.student] = result
        if waiting:
            workers = {"jobs": jobs or os.cpu_count() or 1, "scheduler": scheduler, "unsafe": unsafe}
            results |= _grade_and_record(
                course.calibrated(assignment, unsafe), recorder, waiting, again, workers, progress
            )
    nothing = {name: Result(name, unit, "missing", notes=["Nothing was handed in."]) for name in chosen}
    return [results.get(name, nothing[name]) for name in chosen]


def _chosen(course, folders, students):
    """The students to grade: those asked for, else all who submitted or are enrolled."""
    enrolled = course.students()
    chosen = sorted(set(students) if students else folders.keys() | enrolled)
    if unknown := [name for name in chosen if name not in folders and name not in enrolled]:
        raise ValueError(f"no student {', '.join(unknown)} in {course.folder}: neither handed in nor in the gradebook")
    return chosen


def _grade_and_record(assignment, recorder, waiting, again, workers, progress):
    """Record what is pending, grade the rest, and record that; results by student."""
    results, ungraded = {}, []
    shown = None if progress is None else not progress
    with tqdm(total=len(waiting), unit="submission", desc=assignment.unit, disable=shown) as bar:
        for submission in waiting:
            result = None if again else recorder.pending_result(submission)
            if result is None:
                ungraded.append(submission)
            else:
                recorder.record(submission, result)
                results[submission.student] = result
                bar.update()
        for submission, result in grade_side_by_side(assignment, ungraded, **workers):
            if result.score is not None:
                recorder.record(submission, result)
            results[submission.student] = result
            bar.update()
    return results


@contextlib.contextmanager
def _alone(course):
    """Keep a second grading of the same course out."""
    file = course.folder / RECORDS / ".lock"
    file.parent.mkdir(exist_ok=True)
    lock = filelock.FileLock(file, timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise GradebookLocked(f"another grading of {course.folder} is running: wait for it, or stop it") from None
    try:
        yield
    finally:
        lock.release()
