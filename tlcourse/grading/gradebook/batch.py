"""Grades the submissions of a unit: in a sandbox, in parallel, and so that it can be stopped at any moment.

Submissions are graded in parallel (`tlcourse.grading.engine.grading_pool`); this process alone writes. Whatever stops
the grading, the next start finds of each submission either nothing, a result to record, or a record.
"""

import contextlib
import dataclasses
import functools
import os

import filelock
from tqdm import tqdm

from tlcourse.grading.engine.grading_pool import grade_in_parallel, require_sandbox
from tlcourse.grading.gradebook import unreadable_times
from tlcourse.grading.gradebook.absent import absent_result, misplaced_files, name_misplaced
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_sync import update_gradebook
from tlcourse.grading.gradebook.recorder import NotRecordable, Recorder, require_recordable
from tlcourse.grading.gradebook.regrading import Regrading
from tlcourse.grading.gradebook.seeds import draw_new_seed
from tlcourse.grading.gradebook.storage_errors import DiskFull, GradebookLocked, explain_full_disk, retry_while_locked
from tlcourse.grading.model.results import RECORDS, Result
from tlcourse.grading.model.roster import course_roster
from tlcourse.grading.submissions.discover import read_submission

LARGEST_PART = 1 << 30  # bytes of submissions that are in memory at a time


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
        raise ValueError("--new-seed applies to the whole class: leave out --students")
    if new_seed:
        with grading_lock(course):  # a grading that runs would go on with the old one
            draw_new_seed(course.folder, unit, course.grading_limits.seed)
    assignment = retry_while_locked(lambda: course.assignment(unit))
    unsafe = require_sandbox(course.folder, unsafe or course.grading_limits.unsafe)
    folders = course.paths.submission_folders(unit)
    misplaced = misplaced_files(course, unit, folders.keys())
    with grading_lock(course), explain_full_disk(course.folder):
        unreadable_times.set_aside(folders.values())
        update_gradebook(course)
        chosen = _selected_students(course, folders.keys() | misplaced.keys(), students)
        recorder = make_recorder(course, unit, assignment.sha256)
        present = {name: folders[name] for name in chosen if name in folders}
        recorded = course.recorded_students(unit)
        results, waiting = _read_all(recorder, unit, present, recorded, regrade)
        if waiting:
            regrading = Regrading(course.paths, assignment, regrade)
            planned = course.with_grading_plan(assignment, unsafe)
            workers = {"jobs": jobs or os.cpu_count() or 1, "scheduler": scheduler, "unsafe": unsafe}
            run = functools.partial(run_submissions, planned, **workers)
            results |= _grade_waiting(recorder, regrading, present, waiting, run, progress)
            regrading.announce()
            update_gradebook(course)  # grace days depend on all units
    results |= _absent(course, unit, results, chosen, misplaced, recorded)
    return [results[name] for name in chosen]


def _absent(course, unit, results, chosen, misplaced, recorded):
    """Results of those without a submission in its place; the other results get a note on misplaced files."""
    name_misplaced(course, unit, results)
    return {
        name: absent_result(course, unit, name, misplaced.get(name, []), name in recorded)
        for name in chosen
        if name not in results
    }


def _selected_students(course, submitted, students):
    """The students to grade: those asked for, else all who submitted or are enrolled."""
    in_gradebook, roster = course.students(), course_roster(course.folder)
    enrolled = in_gradebook if roster is None else roster.active.keys()
    chosen = sorted(set(students) if students else submitted | enrolled)
    if unknown := [name for name in chosen if name not in submitted and name not in in_gradebook]:
        names = ", ".join(unknown)
        raise ValueError(f"no student {names} in {course.folder}: choose names from the submissions or the gradebook")
    return chosen


def _read_all(recorder, unit, folders, recorded_students, regrade):
    """What is known already, by student, and the size in bytes of each submission that has to be graded."""
    results, waiting = {}, {}
    for name, folder in folders.items():
        try:
            submission = _read(name, folder, unit)
            result = None if regrade else recorder.recorded_result(submission, recorded_students)
        except Exception as error:  # this submission is not graded, the others are
            results[name] = _ungraded_result(name, unit, "read", error)
            continue
        if result is None:
            waiting[name] = submission.size
        else:
            results[name] = result
    return results, waiting


def _read(name, folder, unit):
    require_recordable(name)
    return read_submission(folder, name, unit)


def _grade_waiting(recorder, regrading, folders, waiting, run, progress):
    """Grade and record the submissions in `waiting`, a part of the class at a time; results by student."""
    results, unit = {}, regrading.assignment.unit
    shown = None if progress is None else not progress
    with tqdm(total=len(waiting), unit="submission", desc=unit, disable=shown) as bar:
        for names in _parts(waiting):
            submissions = []
            for name in names:
                try:
                    submissions.append(regrading.with_kept_checks(_read(name, folders[name], unit)))
                except Exception as error:  # it has changed since it was read
                    results[name] = _ungraded_result(name, unit, "read", error)
                    bar.update()
            for result in _grade_and_record(recorder, regrading, submissions, run):
                results[result.student] = result
                bar.update()
    return results


def _parts(waiting):
    """The names in `waiting`, in lists of submissions that fit into memory together."""
    part, total = [], 0
    for name, size in waiting.items():
        if part and total + size > LARGEST_PART:
            yield part
            part, total = [], 0
        part.append(name)
        total += size
    yield part


def _grade_and_record(recorder, regrading, submissions, run):
    """Record what is pending, grade the rest, and record that; yields the results as they come."""
    ungraded = []
    for submission in submissions:
        result = None if regrading.everything else recorder.pending_result(submission)
        if result is None:
            ungraded.append(submission)
        else:
            yield _record(recorder, submission, result)
    for submission, result in run(ungraded):
        if result.score is not None:
            result = _record(recorder, submission, regrading.with_changes(submission, result))
        yield result


def _record(recorder, submission, result):
    """Record a result; the result without its notebook, or that of a submission that was not graded, if this failed.

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
    return dataclasses.replace(result, notebook="", outputs={})  # nbgrader has them; a class of them fills the memory


def _ungraded_result(student, unit, step, error):
    """The result of a submission that could not be read or recorded: for the instructor, and never in the gradebook."""
    reason = str(error) if isinstance(error, NotRecordable) else f"{type(error).__name__}: {error}"
    flag = {"grade_id": None, "kind": "grader", "evidence": f"it could not be {step}: {reason}"}
    note = f"Not graded. Remove the cause that the flag names, and run `tlcourse grade {unit}` again."
    return Result(student, unit, "not graded", notes=[note], flags=[flag])


@contextlib.contextmanager
def grading_lock(course):
    """Keep a second grading of the same course out.

    Raises
    ------
    tlcourse.grading.gradebook.storage_errors.GradebookLocked
    """
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
