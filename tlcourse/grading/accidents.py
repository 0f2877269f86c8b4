"""What goes wrong in honest hand-ins, done to a right one: the sample class has these, and the tests grade them.

Each function takes a solved notebook and the file where it should be handed in. It returns what is handed in there,
or writes something else by itself and returns None.
"""

import copy
import json
from typing import NamedTuple

import nbformat

from tlcourse.notebooks import exercises, write_atomically

DEBUGGING = """\
import sys

def traced(function):
    def wrapper(*arguments, **keywords):
        print("DEBUG", function.__name__, arguments, file=sys.stderr)
        return function(*arguments, **keywords)
    wrapper.__name__ = function.__name__
    return wrapper
"""


class Case(NamedTuple):
    """Something that happens to a hand-in, and what is due all the same."""

    title: str
    status: str  # what the grading should say of it; "graded | tampered" where either is right
    keeps: str  # "all" the points, "none", or those of all exercises "but the last"
    happen: object  # function (notebook, file) -> notebook or None


def hand_in(notebook, file, happen=None):
    """Write a student's notebook to `file` as it comes after an accident, if `happen` is one."""
    notebook = copy.deepcopy(notebook) if happen is None else happen(copy.deepcopy(notebook), file)
    if notebook is not None:
        write_atomically(file, nbformat.writes(notebook) + "\n")


def debugging_output(notebook, file):
    """Every function that the student wrote prints to stderr when it is called."""
    for name, (cell, _) in exercises(notebook).items():
        cell.source += f"\n\n\n{name} = traced({name})"
    return _insert(notebook, 0, DEBUGGING)


def endless_loop(notebook, file):
    """The last exercise never returns."""
    name, (cell, _) = _last(notebook)
    cell.source = f"def {name}(*arguments, **keywords):\n    while True:\n        pass"
    return notebook


def unfinished(notebook, file):
    """The last exercise ends in the middle of a line."""
    name, (cell, _) = _last(notebook)
    cell.source = f"def {name}(number\n    return"
    return notebook


def quits(notebook, file):
    """The kernel is asked to stop just before the last exercise."""
    _, (cell, _) = _last(notebook)
    return _insert(notebook, notebook.cells.index(cell), "import os\n\nos._exit(0)  # so that nothing keeps running")


def downloaded_twice(notebook, file):
    """The browser has numbered the file: unit (1).ipynb."""
    hand_in(notebook, file.with_name(f"{file.stem} (1).ipynb"))


def copied_cells(notebook, file):
    """An exercise and its check were copied and pasted, marks and all."""
    _, (solution, tests) = _last(notebook)
    for cell in (solution, tests[0]):
        again = copy.deepcopy(cell)
        again.id = f"{cell.id}-copy"
        notebook.cells.append(again)
    return notebook


def deleted_check(notebook, file):
    """The last exercise's checks were deleted."""
    checks = {cell.id for cell in _last(notebook)[1][1]}
    notebook.cells = [cell for cell in notebook.cells if cell.id not in checks]
    return notebook


def edited_check(notebook, file):
    """The student tries things out in a check and leaves it in pieces."""
    _, (_, tests) = _last(notebook)
    tests[0].source = "print('let me see')\n" + "\n".join(f"# {line}" for line in tests[0].source.splitlines())
    return notebook


def through_colab(notebook, file):
    """As Colab writes it back: nbformat 4.0, ids in the metadata, a badge above."""
    notebook.nbformat_minor = 0
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("A badge", metadata={"colab_type": "text"}))
    for number, cell in enumerate(notebook.cells):
        cell.pop("id", None)
        cell.metadata |= {"id": f"colab{number}", "outputId": "1f"}
    notebook.metadata |= {"colab": {"provenance": []}, "accelerator": "GPU"}
    return notebook


def through_vscode(notebook, file):
    """As VS Code writes it back: a kernel of the student's own, and a language on every cell."""
    for cell in notebook.cells:
        cell.metadata["vscode"] = {"languageId": "python"}
    notebook.metadata["kernelspec"] = {"display_name": ".venv (3.12.4)", "language": "python", "name": "python3"}
    notebook.metadata["language_info"] = {"name": "python", "version": "3.12.4", "mimetype": "text/x-python"}
    return notebook


def other_kernel(notebook, file):
    """The notebook asks for a kernel that only the student has."""
    notebook.metadata["kernelspec"] = {"display_name": "tf-gpu", "language": "python", "name": "conda-env-tf-gpu-py"}
    return notebook


def stripped(notebook, file):
    """A tool has removed all metadata, nbgrader's too."""
    for cell in notebook.cells:
        cell.metadata = {}
    notebook.metadata = {}
    return notebook


def asks(notebook, file):
    """The notebook waits for somebody at the keyboard."""
    return _insert(notebook, 0, "name = input('Your name: ')")


def nothing(notebook, file):
    """The folder is there, and nothing in it."""
    file.parent.mkdir(parents=True, exist_ok=True)


def half_a_file(notebook, file):
    """The upload broke off half-way."""
    text = json.dumps(notebook)
    write_atomically(file, text[: len(text) // 2])


def a_print(notebook, file):
    """A printed page was saved under the notebook's name."""
    write_atomically(file, "%PDF-1.7\n%a printed notebook\n")


ACCIDENTS = (
    Case("debugging output on stderr", "graded", "all", debugging_output),
    Case("an endless loop in the last exercise", "timed out", "but the last", endless_loop),
    Case("a file that the browser numbered", "repaired", "all", downloaded_twice),
    Case("an exercise and its check copied", "repaired", "all", copied_cells),
    Case("a deleted check", "repaired", "all", deleted_check),
    Case("through Colab", "graded", "all", through_colab),
    Case("through VS Code", "graded", "all", through_vscode),
    Case("all metadata stripped", "graded", "all", stripped),
    Case("nothing in the folder", "missing", "none", nothing),
    Case("half a file", "unreadable", "none", half_a_file),
    Case("a kernel that stops before the last exercise", "crashed", "all", quits),
    Case("an edited check", "repaired", "all", edited_check),
    Case("no Python in the last exercise", "graded", "but the last", unfinished),
    Case("a kernel that only the student has", "graded", "all", other_kernel),
    Case("a question to the keyboard", "graded", "all", asks),
    Case("a printed page as notebook", "unreadable", "none", a_print),
)


def _last(notebook):
    return list(exercises(notebook).items())[-1]


def _insert(notebook, place, source):
    """A code cell of the student's own; after the first set-up, where place is 0."""
    if place == 0:
        tags = [cell.metadata.get("tags", []) for cell in notebook.cells]
        place = next(number for number, found in enumerate(tags) if "setup" in found) + 1
    notebook.cells.insert(place, nbformat.v4.new_code_cell(source, id=f"own-{place}"))
    return notebook
