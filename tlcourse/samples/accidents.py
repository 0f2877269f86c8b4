"""What goes wrong in honest submissions, done to a right one: the sample class has these, and the tests grade them.

Each function takes a solved notebook and the file where it should be submitted. It returns what is submitted there,
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

COLAB_TABLE_OUTPUT = {
    "text/html": '<div id="df-1f" class="colab-df-container"><script>google.colab.kernel.accessAllowed</script></div>',
    "application/vnd.google.colaboratory.intrinsic+json": {"type": "dataframe"},
}


class SubmissionCase(NamedTuple):
    """Something that happens to a submission, and what is due all the same."""

    title: str
    status: str  # what the grading should say of it; "graded | tampered" where either is right
    points_kept: str  # "all" the points, "none", or those of all exercises "but the last"
    alter: object  # function (notebook, file) -> notebook or None


def submit(notebook, file, alter=None):
    """Write a student's notebook to `file` as it comes after an accident, if `alter` is one; it may be invalid."""
    notebook = copy.deepcopy(notebook) if alter is None else alter(copy.deepcopy(notebook), file)
    if notebook is not None:
        write_atomically(file, nbformat.v4.writes(notebook) + "\n")


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


def kernel_exit(notebook, file):
    """The kernel is asked to stop just before the last exercise."""
    _, (cell, _) = _last(notebook)
    return _insert(notebook, notebook.cells.index(cell), "import os\n\nos._exit(0)  # so that nothing keeps running")


def downloaded_twice(notebook, file):
    """The browser has numbered the file: unit (1).ipynb."""
    submit(notebook, file.with_name(f"{file.stem} (1).ipynb"))


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
    """As Colab saves it to GitHub, seen in six notebooks of students.

    All have nbgrader's metadata, and none a kernel of Colab's. In the three of format 4.5, each cell's id is in the
    metadata too, and the badge above has it only there, which the format forbids; the other three are in 4.0, with ids
    in the metadata alone (the release of one has 4.4). White space at the ends of lines is gone in the two that could
    be compared. The GPU and widgets without a state are from elsewhere: other notebooks, and users' reports.
    """
    for number, cell in enumerate(notebook.cells):
        cell.source = "\n".join(line.rstrip() for line in cell.source.split("\n"))
        cell.metadata["id"] = cell.id
        if cell.cell_type == "code":
            cell.metadata |= {"colab": {"base_uri": "https://localhost:8080/"}, "outputId": f"1f-{number}"}
            cell.outputs = [nbformat.v4.new_output("execute_result", COLAB_TABLE_OUTPUT, execution_count=number)]
            cell.execution_count = number
    badge = nbformat.v4.new_markdown_cell("A badge", metadata={"id": "view-in-github", "colab_type": "text"})
    del badge["id"]
    notebook.cells.insert(0, badge)
    notebook.metadata["colab"] = {"provenance": [], "gpuType": "T4", "include_colab_link": True}
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"1f": {"model_name": "HBoxModel"}}}
    notebook.metadata["accelerator"] = "GPU"
    return notebook


def through_vscode(notebook, file):
    """As VS Code writes it back: the format, the ids and all metadata of the cells stay; the kernel is the student's.

    A new cell gets an id of eight digits, and one in another language than the notebook's is marked with it
    (extensions/ipynb/src in its repository: notebookModelStoreSync.ts, serializers.ts). In seven notebooks of students
    with nbgrader's metadata, python3 has the name of an environment, and no other cell is marked with a language.
    """
    language = {"vscode": {"languageId": "plaintext"}}
    notebook.cells.append(nbformat.v4.new_code_cell("# to do", id="0f1e2d3c", metadata=language))
    notebook.metadata["kernelspec"] = {"display_name": ".venv (3.12.4)", "language": "python", "name": "python3"}
    notebook.metadata["language_info"] = {"name": "python", "version": "3.12.4", "mimetype": "text/x-python"}
    notebook.metadata["vscode"] = {"interpreter": {"hash": "1f4f"}}  # by versions of 2022
    return notebook


def other_kernel(notebook, file):
    """The notebook asks for a kernel that only the student has."""
    notebook.metadata["kernelspec"] = {"display_name": "tf-gpu", "language": "python", "name": "conda-env-tf-gpu-py"}
    return notebook


def stripped_metadata(notebook, file):
    """A tool has removed all metadata, nbgrader's too."""
    for cell in notebook.cells:
        cell.metadata = {}
    notebook.metadata = {}
    return notebook


def waits_for_input(notebook, file):
    """The notebook waits for somebody at the keyboard."""
    return _insert(notebook, 0, "name = input('Your name: ')")


def empty_folder(notebook, file):
    """The folder is there, and nothing in it."""
    file.parent.mkdir(parents=True, exist_ok=True)


def truncated_file(notebook, file):
    """The upload broke off half-way."""
    text = json.dumps(notebook)
    write_atomically(file, text[: len(text) // 2])


def printed_page(notebook, file):
    """A printed page was saved under the notebook's name."""
    write_atomically(file, "%PDF-1.7\n%a printed notebook\n")


ACCIDENTS = (
    SubmissionCase("debugging output on stderr", "graded", "all", debugging_output),
    SubmissionCase("an endless loop in the last exercise", "timed out", "but the last", endless_loop),
    SubmissionCase("a file that the browser numbered", "repaired", "all", downloaded_twice),
    SubmissionCase("an exercise and its check copied", "repaired", "all", copied_cells),
    SubmissionCase("a deleted check", "repaired", "all", deleted_check),
    SubmissionCase("through Colab", "graded", "all", through_colab),
    SubmissionCase("through VS Code", "graded", "all", through_vscode),
    SubmissionCase("all metadata stripped", "graded", "all", stripped_metadata),
    SubmissionCase("nothing in the folder", "missing", "none", empty_folder),
    SubmissionCase("half a file", "unreadable", "none", truncated_file),
    SubmissionCase("a kernel that stops before the last exercise", "crashed", "all", kernel_exit),
    SubmissionCase("an edited check", "repaired", "all", edited_check),
    SubmissionCase("no Python in the last exercise", "graded", "but the last", unfinished),
    SubmissionCase("a kernel that only the student has", "graded", "all", other_kernel),
    SubmissionCase("a question to the keyboard", "graded", "all", waits_for_input),
    SubmissionCase("a printed page as notebook", "unreadable", "none", printed_page),
)


def _last(notebook):
    return list(exercises(notebook).items())[-1]


def _insert(notebook, place, source):
    """A code cell of the student's own; after the first set-up, where place is 0."""
    if place == 0:
        tags = [cell.metadata.get("tags", []) for cell in notebook.cells]
        place = next(number for number, cell_tags in enumerate(tags) if "setup" in cell_tags) + 1
    notebook.cells.insert(place, nbformat.v4.new_code_cell(source, id=f"own-{place}"))
    return notebook
