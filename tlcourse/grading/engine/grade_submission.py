"""From a submission to its result: `tlcourse grade`, `nbgrader autograde` and Dask's workers all come through here.

Normalize the notebook, run it in the sandbox, and give points to the checks that passed. This is the only place that
gives points to a check.
"""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

from tlcourse.grading.engine.cell_selection import skipped_cells
from tlcourse.grading.engine.changed_checks import submission_digests
from tlcourse.grading.engine.check_grader import CheckGrader
from tlcourse.grading.engine.known_tricks import known_tricks
from tlcourse.grading.engine.notebook_run import Run, error_output
from tlcourse.grading.engine.notebook_runner import NotebookRunner
from tlcourse.grading.model.results import Result, worst_status
from tlcourse.grading.submissions.normalize import added_note, read_normalized
from tlcourse.grading.submissions.reading import Unreadable

REPAIR_ADVICE = "Run `tlcourse repair NOTEBOOK` on another copy to see whether it can be read."


def grade_submission(assignment, submission, sandbox, make_runner=NotebookRunner):
    """Grade one submission.

    Parameters
    ----------
    assignment : tlcourse.grading.model.assignment.Assignment
    submission : tlcourse.grading.model.submission.Submission
    sandbox : tlcourse.grading.sandbox.interface.Sandbox
    make_runner : callable
        Makes the `NotebookRunner`; another one can replay recorded results.

    Returns
    -------
    tlcourse.grading.model.results.Result

    Raises
    ------
    tlcourse.grading.sandbox.interface.KernelError, tlcourse.grading.sandbox.interface.SandboxError
        The grader's own trouble; whatever student code does is a result.
    """
    if submission.content is None:
        reason = f"No notebook {assignment.unit}.ipynb was submitted."
        return _result(assignment, submission, *_ungraded_run(assignment, "missing", reason))
    try:
        notebook, notes = read_normalized(submission.content, assignment)
    except Unreadable as error:
        reason = f"The notebook could not be read: {error}. {REPAIR_ADVICE}"
        return _result(assignment, submission, *_ungraded_run(assignment, "unreadable", reason))
    files = submission.files_beside(assignment.files)
    skipped = skipped_cells(notebook, assignment)
    kept = submission.kept
    verdicts = kept.verdicts if kept else {}
    runner = make_runner(notebook, sandbox, CheckGrader(assignment), files, assignment.limits, skipped, verdicts)
    run = run_coroutine(runner.execute())
    run.notes = [*notes, *run.notes]
    tricks = known_tricks(notebook, assignment)
    run.flags += [{"grade_id": None, "kind": "trick", "evidence": evidence} for evidence in tricks]
    if kept:
        _add_kept(run, notebook, kept)
    _explain_added(run, notebook, assignment)
    if notes or submission.notes:
        run.statuses.append("repaired")
    return _result(assignment, submission, notebook, run)


def _add_kept(run, notebook, kept):
    """Give cells that did not run what they showed in an earlier grading, and keep its flags."""
    for index, cell in enumerate(notebook.cells):
        shown = kept.outputs.get(cell.metadata.get("nbgrader", {}).get("grade_id") or cell.source)
        if cell.cell_type == "code" and shown is not None:
            run.outputs.setdefault(str(index), shown)
    run.flags += [flag for flag in kept.flags if flag not in run.flags]


def _explain_added(run, notebook, assignment):
    """Let unsolved checks say that the student's notebook does not have their exercise, which was added later."""
    places = {cell.metadata.get("nbgrader", {}).get("grade_id"): str(n) for n, cell in enumerate(notebook.cells)}
    for verdict in run.verdicts:
        note = added_note(assignment.exercise_of(verdict["grade_id"]))
        if note in run.notes and verdict["outcome"] == "not solved":
            verdict["message"] = note
            error = error_output("NotInNotebook", note, [note])
            run.outputs[places[verdict["grade_id"]]] = {"outputs": [error], "execution_count": None}


def run_coroutine(coroutine):
    """Run a coroutine to its end, also from within a running event loop, as formgrader calls it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def _ungraded_run(assignment, status, note):
    """The untouched release and a run in which no check passed, for one reason."""
    notebook, run = assignment.untouched_notebook(), Run(notes=[note], statuses=[status])
    graded = {cell["grade_id"] for cell in assignment.autograded_cells()}
    for index, cell in enumerate(notebook.cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in graded:
            run.verdicts.append({"grade_id": name, "outcome": "not run", "message": note, "seconds": 0.0})
            error = error_output("NotGraded", note) | {"traceback": [note]}
            run.outputs[str(index)] = {"outputs": [error], "execution_count": None}
    return notebook, run


def _result(assignment, submission, notebook, run):
    """The result of a run: points for each check that passed."""
    cells, digests = [], submission_digests(assignment, notebook)
    for verdict in run.verdicts:
        points = float(assignment.cells_by_id()[verdict["grade_id"]]["nbgrader"]["points"])
        score = points if verdict["outcome"] == "passed" else 0.0
        facts = {"grade_id": verdict["grade_id"], "score": score, "max_score": points}
        facts |= {key: verdict[key] for key in ("outcome", "message", "seconds")}
        cells.append(facts | {"check_sha256": digests[verdict["grade_id"]]})
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None  # the run has those that count
    return Result(
        student=submission.student,
        unit=assignment.unit,
        status=worst_status(run.statuses),
        score=sum(cell["score"] for cell in cells),
        max_score=sum(cell["max_score"] for cell in cells),
        notes=[*submission.notes, *run.notes],
        flags=[*submission.flags, *run.flags],
        cells=cells,
        kept=sorted(submission.kept.verdicts) if submission.kept else [],
        seconds=run.seconds,
        cpu_seconds=run.cpu_seconds,
        cell_cpu_seconds=run.cell_cpu_seconds,
        submission_sha256=submission.sha256,
        release_sha256=assignment.sha256,
        seed=assignment.seed,
        outputs=run.outputs,
        notebook=json.dumps(notebook),
    )
