"""Grades the submissions of a unit: in a sandbox, in parallel, and so that it can be stopped at any moment.

Submissions are graded in parallel (`tlcourse.grading.engine.grading_pool`); this process alone writes. Whatever stops
the grading, the next start finds of each submission either nothing, a result to record, or a record.
"""

import contextlib
import os

import filelock
from tqdm import tqdm

from tlcourse.grading.engine.grading_pool import grade_in_parallel, require_sandbox
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_sync import update_gradebook
from tlcourse.grading.gradebook.recorder import NotRecordable, Recorder, require_recordable
from tlcourse.grading.gradebook.seeds import draw_new_seed
from tlcourse.grading.gradebook.storage_errors import DiskFull, GradebookLocked, retry_while_locked
from tlcourse.grading.model.results import RECORDS, Result
from tlcourse.grading.model.roster import course_roster
from tlcourse.grading.submissions.discover import read_submission


def grade(
    folder,
    unit,
    jobs=None,
    students=None,
    unsafe=False,
    regrade=False,
    scheduler=None,
    progress=None,
    make_recorder=Recorder,
    new_seed=False,
    run_submissions=grade_in_parallel,
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
    regrade : bool
        Also what is graded and has not changed since.
    scheduler : str, optional
        The address of a Dask scheduler that gives the work to its workers.
    progress : bool, optional
        Show a bar; on a terminal, by default.
    make_recorder : callable
        Of a course, a unit and the release's sha256; returns the `Recorder` that keeps the results.
    new_seed : bool
        Let hidden tests draw other inputs than before: every submission is graded again.
    run_submissions : callable
        As `tlcourse.grading.engine.grading_pool.grade_in_parallel`, which is the default.

    Returns
    -------
    list of tlcourse.grading.model.results.Result
        In the order of the students' names, those who submitted nothing among them.

    Raises
    ------
    ValueError
        If a student is unknown, or a new seed is asked for and not all students.
    tlcourse.grading.gradebook.course.NotReleased, tlcourse.grading.sandbox.interface.NoSandbox
    tlcourse.grading.gradebook.storage_errors.GradebookLocked
        If another grading runs, or another program holds the gradebook for long. What was graded is kept.
    tlcourse.grading.gradebook.storage_errors.DiskFull
        What was recorded before is kept.
    """
    course = NbgraderCourse(folder)
    if new_seed and students:
        raise ValueError("a new seed is for the whole class: leave out --students")
    if new_seed:
        draw_new_seed(course.folder, unit, course.grading_limits.seed)
    assignment = retry_while_locked(lambda: course.assignment(unit))
    unsafe = require_sandbox(course.folder, unsafe or course.grading_limits.unsafe)
    folders = course.paths.submission_folders(unit)
    with _grading_lock(course):
        update_gradebook(course)
        chosen = _selected_students(course, folders, students)
        recorder = make_recorder(course, unit, assignment.sha256)
        present = {name: folders[name] for name in chosen if name in folders}
        results, waiting = _read_all(recorder, unit, present, course.recorded_students(unit), regrade)
        if waiting:
            workers = {"jobs": jobs or os.cpu_count() or 1, "scheduler": scheduler, "unsafe": unsafe}
            results |= _grade_and_record(
                course.with_grading_plan(assignment, unsafe),
                recorder,
                waiting,
                regrade,
                workers,
                progress,
                run_submissions,
            )
            update_gradebook(course)  # grace days depend on all units
    nothing = {name: Result(name, unit, "missing", notes=["Nothing was submitted."]) for name in chosen}
    return [results.get(name, nothing[name]) for name in chosen]


def _selected_students(course, folders, students):
    """The students to grade: those asked for, else all who submitted or are enrolled."""
    in_gradebook, roster = course.students(), course_roster(course.folder)
    enrolled = in_gradebook if roster is None else roster.active.keys()
    chosen = sorted(set(students) if students else folders.keys() | enrolled)
    if unknown := [name for name in chosen if name not in folders and name not in in_gradebook]:
        raise ValueError(f"no student {', '.join(unknown)} in {course.folder}: no submission, and not in the gradebook")
    return chosen


def _read_all(recorder, unit, folders, recorded_students, regrade):
    """What is known already, by student, and the submissions that have to be graded."""
    results, waiting = {}, []
    for name, folder in folders.items():
        try:
            require_recordable(name)
            submission = read_submission(folder, name, unit)
            result = None if regrade else recorder.recorded_result(submission, recorded_students)
        except Exception as error:  # this submission is not graded, the others are
            results[name] = _ungraded_result(name, unit, "read", error)
            continue
        if result is None:
            waiting.append(submission)
        else:
            results[name] = result
    return results, waiting


def _grade_and_record(assignment, recorder, waiting, regrade, workers, progress, run_submissions):
    """Record what is pending, grade the rest, and record that; results by student."""
    results, ungraded = {}, []
    shown = None if progress is None else not progress
    with tqdm(total=len(waiting), unit="submission", desc=assignment.unit, disable=shown) as bar:
        for submission in waiting:
            result = None if regrade else recorder.pending_result(submission)
            if result is None:
                ungraded.append(submission)
            else:
                results[submission.student] = _record(recorder, submission, result)
                bar.update()
        for submission, result in run_submissions(assignment, ungraded, **workers):
            graded = result.score is not None
            results[submission.student] = _record(recorder, submission, result) if graded else result
            bar.update()
    return results


def _record(recorder, submission, result):
    """Record a result; the result, or that of a submission that was not graded, if it could not be recorded.

    Raises
    ------
    tlcourse.grading.gradebook.storage_errors.DiskFull, tlcourse.grading.gradebook.storage_errors.GradebookLocked
        What would stop every submission stops the grading.
    """
    try:
        recorder.record(submission, result)
    except (DiskFull, GradebookLocked):
        raise
    except Exception as error:  # this submission is not recorded, the others are
        return _ungraded_result(submission.student, submission.unit, "recorded", error)
    return result


def _ungraded_result(student, unit, step, error):
    """The result of a submission that could not be read or recorded: for the instructor, and never in the gradebook."""
    reason = str(error) if isinstance(error, NotRecordable) else f"{type(error).__name__}: {error}"
    flag = {"grade_id": None, "kind": "grader", "evidence": f"it could not be {step}: {reason}"}
    return Result(student, unit, "not graded", notes=["Not graded; see the reason, and start again."], flags=[flag])


@contextlib.contextmanager
def _grading_lock(course):
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
