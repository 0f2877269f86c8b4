"""Says why an answer failed where its check cannot: its cell stopped, it lacks an import, or the notebook breaks it.

A check then fails with nothing but the name that it misses, or with "'int' object is not callable". A student needs the
error of the answer itself, and what to do.
"""

import ast
import builtins
import contextlib
import re
import sys

from tlcourse.grading.engine.cell_selection import assigned_and_read_names
from tlcourse.grading.engine.notebook_run import error_output
from tlcourse.grading.model.cell_code import defined_functions, parsed
from tlcourse.grading.model.syntax_trees import ONE_AT_A_TIME, parse
from tlcourse.grading.sandbox import withheld
from tlcourse.replaced_names import replaced_names

MISSING_NAME = ("KeyError", "NameError")
CURLY_QUOTES, NO_BREAK_SPACES = "\u2018\u2019\u201c\u201d\u201e\u201a\u00ab\u00bb", "\u00a0\u202f\u2007"
USUAL_IMPORTS = {
    "np": "import numpy as np",
    "tf": "import tensorflow as tf",
    "plt": "import matplotlib.pyplot as plt",
    "pd": "import pandas as pd",
}


def explained(verdict, runner, assignment, check):
    """A verdict on a check, with the error of its answer and a remedy, where these say more than the check can.

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
    exercise = assignment.exercise_of(check)
    if verdict["outcome"] != "failed" or not exercise:
        return verdict
    names = defined_functions(assignment.cells_by_id()[exercise]["source"])
    message = verdict["message"]
    if message.startswith(MISSING_NAME) and any(f"'{name}'" in message for name in names):
        stopped = _stopped_cell(exercise, runner)
        return _with_message(verdict, "AnswerStopped", stopped) if stopped else verdict
    sentences = [missing_import(message), *_replaced_by(runner.notebook, exercise, message)]
    if not any(sentences):
        return verdict
    end = "" if message.endswith((".", "!", "?")) else "."
    return _with_message(verdict, "AnswerFailed", " ".join([message + end, *filter(None, sentences)]))


def _with_message(verdict, name, message):
    printed = [output for output in verdict["outputs"] if output["output_type"] != "error"]
    message = message[:2000]
    return verdict | {"message": message, "outputs": [*printed, error_output(name, message)]}


def _stopped_cell(exercise, runner):
    """What stopped an answer's cell, and the remedy; None where nothing did."""
    for index, cell in enumerate(runner.notebook.cells):
        if cell.metadata.get("nbgrader", {}).get("grade_id") == exercise:
            outputs = runner.run.outputs.get(str(index), {"outputs": []})["outputs"]
            for error in outputs:
                if error["output_type"] == "error":
                    text = f"{error['ename']}: {error['evalue']}"[:1500]
                    return f"The answer cell of {exercise} stopped with {text}. {cell_remedy(text, cell.source)}"
    return None


def cell_remedy(error, source):
    """What to do about the error with which a cell has stopped.

    Parameters
    ----------
    error : str
        Its type and message.
    source : str
        Of the cell.
    """
    is_syntax = error.startswith(("SyntaxError", "IndentationError", "TabError"))
    if is_syntax and any(quote in source for quote in CURLY_QUOTES):
        return "Replace the curly quotes in the cell with straight ones: ' or \"."
    if is_syntax and any(space in source for space in NO_BREAK_SPACES):
        return "The cell contains no-break spaces. Delete the spaces in the lines that you pasted, and type them again."
    if error.startswith(("IndentationError", "TabError")):
        return "Indent the lines of a block equally, with four spaces."
    if withheld.PACKAGE in error:
        return "Write the answer yourself."
    if module := re.match(r"ModuleNotFoundError: No module named '([\w.]+)'", error):
        return f"The package {module[1]} is not available in this course. Write the answer without it."
    return missing_import(error) or "Restart the kernel and run all cells. Correct the error, and save the notebook."


def missing_import(error):
    """What to do where a name is missing; an empty text for another error."""
    name = re.match(r"NameError: name '(\w+)' is not defined", error)
    if not name:
        return ""
    usual = USUAL_IMPORTS.get(name[1]) or (f"import {name[1]}" if name[1] in sys.stdlib_module_names else None)
    if usual:
        return f"Add `{usual}` to the cell."
    return f"No earlier cell defines `{name[1]}`. Import or define it in the answer cell."


def _without_magics(source):
    try:
        parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        with contextlib.suppress(RecursionError):
            return ast.unparse(parsed(source))
        return ""
    return source


def _replaced_by(notebook, exercise, message):
    """Sentences on names that the notebook replaces and the answer reads.

    A wrong value may come from Python's own functions that were replaced, for example by numpy's of the same name.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    own = [cell.source for cell in cells if not cell.metadata.get("nbgrader", {}).get("grade")]
    answers = [cell.source for cell in cells if cell.metadata.get("nbgrader", {}).get("grade_id") == exercise]
    used = {}  # by name of a function, the names that its cell reads
    for source in own:
        for name in defined_functions(source):
            used.setdefault(name, set()).update(assigned_and_read_names(source)[1])
    reads, waiting = set(), [name for source in answers for name in assigned_and_read_names(source)[1]]
    while waiting:
        name = waiting.pop()
        if name not in reads:
            reads.add(name)
            waiting += used.get(name, ())
    stopped = re.match(r"\w+: ", message)
    with ONE_AT_A_TIME:
        sentences = replaced_names(map(_without_magics, own), reads)
    return [sentence for name, sentence in sentences.items() if stopped or hasattr(builtins, name)]
