"""Who grades: this process' sandboxes, submissions side by side here or on the workers of a Dask scheduler.

Nothing here writes to the course.
"""

import asyncio
import atexit
import contextlib
import os
import sys
import threading

import tenacity

from tlcourse.grading.engine.grade_submission import grade_submission
from tlcourse.grading.model.results import Result
from tlcourse.grading.sandbox import bubblewrap, strength, unsandboxed
from tlcourse.grading.sandbox.fork_server import BubblewrapSandbox

ATTEMPTS = 2  # at a submission on which the grader itself fails
FAILURES = 3  # at a last attempt, after which the cause is not what else the machine did
UNSAFE_VARIABLE = "TLCOURSE_UNSAFE_GRADING"
_sandboxes = {}
_opening = threading.Lock()


def sandbox_problem():
    """Why student code cannot be confined on this machine; empty where it can."""
    return bubblewrap.problem()


def require_sandbox(course, unsafe=False):
    """Whether submissions of a course are graded without a sandbox: the caller or the environment asks for it.

    Raises
    ------
    tlcourse.grading.sandbox.interface.NoSandbox
        If they are not, and there is no sandbox, or student code in it could read the course.
    """
    unsafe = unsafe or bool(os.environ.get(UNSAFE_VARIABLE))
    if not unsafe:
        bubblewrap.require_bubblewrap()
        bubblewrap.require_private_course(course)
    return unsafe


def open_sandbox(modules, unsafe=False):
    """This process' sandbox for a unit with these imports, started when it is first asked for.

    Returns
    -------
    tlcourse.grading.sandbox.interface.Sandbox
    """
    key = unsafe, tuple(modules)
    with _opening:
        if key not in _sandboxes or not _sandboxes[key].alive:
            print(unsandboxed.WARNING if unsafe else strength.status_line(), file=sys.stderr)
            _sandboxes[key] = unsandboxed.Unsandboxed(modules) if unsafe else BubblewrapSandbox(modules)
            atexit.register(_sandboxes[key].close)
        return _sandboxes[key]


def grade_with_retries(assignment, submission, unsafe=False):
    """`grade_submission` in this process' sandbox; if the grader itself fails twice, a result with the error.

    Returns
    -------
    tlcourse.grading.model.results.Result
        Without score and notebook where it could not be graded.
    """
    attempts = tenacity.Retrying(stop=tenacity.stop_after_attempt(ATTEMPTS), reraise=True)
    try:
        return attempts(lambda: grade_submission(assignment, submission, open_sandbox(assignment.modules, unsafe)))
    except (Exception, asyncio.CancelledError) as error:  # this submission is not graded, the others are
        return ungraded_result(submission, f"{type(error).__name__}: {error}")


def ungraded_result(submission, evidence):
    """The result of a submission on which the grader failed."""
    flag = {"grade_id": None, "kind": "grader", "evidence": evidence}
    notes = [f"Not graded, because the grader failed. Run `tlcourse grade {submission.unit}` again."]
    return Result(submission.student, submission.unit, "not graded", notes=notes, flags=[flag])


def grade_in_parallel(assignment, submissions, jobs, unsafe=False, scheduler=None):
    """Yield (submission, result) of each submission, in the order in which they are done.

    Where the grader itself failed, it tries once more after all others, with one submission at a time.

    Parameters
    ----------
    assignment : tlcourse.grading.model.assignment.Assignment
    submissions : list of tlcourse.grading.model.submission.Submission
    jobs : int
        How many side by side on this machine.
    unsafe : bool
        Without a sandbox.
    scheduler : str, optional
        The address of a Dask scheduler; its workers do the work then.
    """
    if scheduler:
        yield from _grade_on_cluster(assignment, submissions, unsafe, scheduler)
        return
    from joblib import Parallel, delayed

    # Threads suffice: each submission runs in processes of its own, and they share one sandbox.
    parallel = Parallel(n_jobs=jobs, backend="threading", return_as="generator_unordered", pre_dispatch="2*n_jobs")
    by_student = {submission.student: submission for submission in submissions}
    tasks = (delayed(grade_with_retries)(assignment, submission, unsafe) for submission in submissions)
    failed = []
    with contextlib.closing(parallel(tasks)) as results:
        for result in results:
            if result.status == "not graded":
                failed.append(result)
            else:
                yield by_student[result.student], result
    again = 0
    for result in failed:
        submission = by_student[result.student]
        if again < FAILURES:
            result = grade_with_retries(assignment, submission, unsafe)
            again += result.status == "not graded"
        yield submission, result


def _grade_on_cluster(assignment, submissions, unsafe, scheduler):
    """The same on the workers of a Dask scheduler."""
    from distributed import Client, as_completed

    with Client(scheduler) as client:
        futures = {
            client.submit(grade_with_retries, assignment, submission, unsafe, pure=False, retries=2): submission
            for submission in submissions
        }
        for future, result in as_completed(futures, with_results=True, raise_errors=False):
            submission = futures[future]
            if future.status != "finished":  # a worker was lost, perhaps with a result that is then computed again
                try:
                    result = future.result()
                except (Exception, asyncio.CancelledError) as error:
                    result = ungraded_result(submission, f"the cluster lost this submission: {error}")
            yield submission, result
