"""Submissions side by side, here or on the workers of a Dask scheduler. Nothing here writes to the course."""

import contextlib
import json
import threading

from tlcourse.grading.engine import calibration, tamper_detection
from tlcourse.grading.engine.notebook_runner import Executor
from tlcourse.grading.gradebook import autograde
from tlcourse.grading.model import outcome
from tlcourse.grading.submissions import normalize, reading

ATTEMPTS = 2  # at a submission on which the grader itself fails
_starting = threading.Lock()


def work(submission, known, limits, unsafe=False, plan=None):
    """Repair, run and grade one submission.

    Parameters
    ----------
    submission : tlcourse.grading.submissions.discover.Submission
    known : tlcourse.grading.model.release.Release
    limits : tlcourse.grading.model.runs.Limits
    unsafe : bool
    plan : dict
        Of `tlcourse.grading.engine.calibration`.

    Returns
    -------
    dict
        "student", "notebook" (JSON) and "run", or "student" and "error".
    """
    for attempt in range(ATTEMPTS):
        try:
            notebook, run = _graded(submission, known, limits, unsafe, plan)
            break
        except Exception as error:  # the grader's own trouble: this one is not graded, the others are
            if attempt == ATTEMPTS - 1:
                return {"student": submission.student, "error": f"{type(error).__name__}: {error}"}
    run["notes"] = [*submission.notes, *run["notes"]]
    run["submission_sha256"] = submission.sha256
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None  # the run has those that count
    return {"student": submission.student, "notebook": json.dumps(notebook), "run": run}


def _graded(submission, known, limits, unsafe, plan):
    if submission.content is None:
        return outcome.ungraded(known, "missing", f"No notebook {known.unit}.ipynb was handed in.")
    try:
        notebook, notes = normalize.hand_in(submission.content, known)
    except reading.Unreadable as reason:
        return outcome.unreadable(known, reason)
    with _starting:
        box = autograde.template(known.modules, unsafe)
    skipped = calibration.skipped(plan or {}, notebook, known)
    executor = Executor(
        notebook, box, tamper_detection.Grader(known, plan), known.files | submission.files, limits, skipped
    )
    run = executor.execute().as_dict()
    run["notes"] = [*notes, *run["notes"]]
    if notes or submission.notes:
        run["statuses"].append("repaired")
    return notebook, run


def results(tasks, jobs, scheduler=None):
    """Yield what `work` returns for each of the argument tuples, in the order in which they are done.

    Parameters
    ----------
    tasks : list of tuple
    jobs : int
        How many side by side on this machine.
    scheduler : str, optional
        The address of a Dask scheduler; its workers do the work then.
    """
    if scheduler:
        yield from _on_cluster(tasks, scheduler)
        return
    from joblib import Parallel, delayed

    # Threads suffice: each submission runs in processes of its own, and they share one template.
    parallel = Parallel(n_jobs=jobs, backend="threading", return_as="generator_unordered", pre_dispatch="2*n_jobs")
    with contextlib.closing(parallel(delayed(work)(*task) for task in tasks)) as found:
        yield from found


def _on_cluster(tasks, scheduler):
    from distributed import Client, as_completed

    with Client(scheduler) as client:
        futures = [client.submit(work, *task, pure=False, retries=2) for task in tasks]
        for future, found in as_completed(futures, with_results=True, raise_errors=False):
            if future.status == "finished":
                yield found
            else:
                student = tasks[futures.index(future)][0].student
                yield {"student": student, "error": f"the cluster lost it: {future.exception()}"}
