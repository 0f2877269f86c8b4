"""Says why an answer is not there: its cell stopped before it defined anything.

A check then fails with nothing but the name that it misses. A student with a curly quote or without an import needs the
error of the answer itself.
"""

from tlcourse.grading.engine.notebook_run import error_output
from tlcourse.grading.model.cell_code import defined_functions

MISSING_NAME = ("KeyError", "NameError")


def explained(verdict, runner, assignment, check):
    """A verdict on a check, with the error of its answer where the check failed for want of that answer.

    Parameters
    ----------
    verdict : dict
        See `tlcourse.grading.engine.check_grader.CheckGrader.grade`.
    runner : tlcourse.grading.engine.notebook_runner.NotebookRunner
    assignment : tlcourse.grading.model.assignment.Assignment
    check : str
        The check's grade_id.

    Returns
    -------
    dict
    """
    if verdict["outcome"] != "failed" or not verdict["message"].startswith(MISSING_NAME):
        return verdict
    exercise = assignment.exercise_of(check)
    names = defined_functions(assignment.cells_by_id()[exercise]["source"]) if exercise else []
    if not any(f"'{name}'" in verdict["message"] for name in names):
        return verdict
    error = _error_of(exercise, runner)
    if error is None:
        return verdict
    message = f"The answer cell of {exercise} stopped with {error['ename']}: {error['evalue']}"[:2000]
    printed = [output for output in verdict["outputs"] if output["output_type"] != "error"]
    return verdict | {"message": message, "outputs": [*printed, error_output("AnswerStopped", message)]}


def _error_of(exercise, runner):
    """The error with which an answer's cell stopped, as a notebook keeps it, or None."""
    for index, cell in enumerate(runner.notebook.cells):
        if cell.metadata.get("nbgrader", {}).get("grade_id") == exercise:
            outputs = runner.run.outputs.get(str(index), {"outputs": []})["outputs"]
            return next((output for output in outputs if output["output_type"] == "error"), None)
    return None
