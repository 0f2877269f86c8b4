"""How long a unit takes a student: reading at 200 words a minute, running the cells, and ten minutes an exercise."""

import re

WORDS_A_MINUTE = 200
EXERCISE_MINUTES = 10  # an exercise or a written answer
CELL_MINUTES = 1  # all cells together; a test allows 90 s, and the recorded units take 9 to 50 s
ROUNDED_TO = 5
TOLERANCE = 0.1  # of the estimate
WORD = re.compile(r"\w+(?:['’.,-]\w+)*")
STATED = re.compile(r"(\*\*Time:\*\* (?:about )?)(\d+)( minutes?\b)")


def estimate(notebook):
    """The minutes that a unit takes, rounded to five.

    Students read the text and the code, but not the set-up and the checks, which are folded.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        With or without solutions and hidden tests, which do not count.
    """
    cells = [(cell, cell.metadata.get("nbgrader", {})) for cell in notebook.cells]
    answers = sum(bool(grading.get("solution")) for _, grading in cells)
    words = sum(len(WORD.findall(cell.source)) for cell, grading in cells if _is_read(cell, grading))
    minutes = words / WORDS_A_MINUTE + CELL_MINUTES + EXERCISE_MINUTES * answers
    return max(1, ROUNDED_TO * round(minutes / ROUNDED_TO))


def stated(notebook):
    """The minutes that the first cell of a unit states after **Time:**, or None."""
    match = STATED.search(notebook.cells[0].source)
    return int(match[2]) if match else None


def is_honest(minutes, notebook):
    """Whether stated minutes are about as many as the unit takes."""
    actual = estimate(notebook)
    return abs(minutes - actual) <= max(ROUNDED_TO, TOLERANCE * actual)


def update(notebook):
    """Put the estimate into the first cell of a unit whose stated minutes are far from it."""
    if (minutes := stated(notebook)) and not is_honest(minutes, notebook):
        first = notebook.cells[0]
        first.source = STATED.sub(lambda match: f"{match[1]}{estimate(notebook)}{match[3]}", first.source)


def _is_read(cell, grading):
    return not grading.get("solution") and not grading.get("grade") and "setup" not in cell.metadata.get("tags", [])
