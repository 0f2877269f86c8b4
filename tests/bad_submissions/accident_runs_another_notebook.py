# title: %run takes one answer from another notebook, and the second answer reads that notebook
# kind: accident
# status: repaired
# earns: 4

# %% double
%run helpers.ipynb

# %% triple
import json

factor = json.load(open("helpers.ipynb"))["cells"][0]["metadata"]["factor"]


def triple(number):
    return factor * number

# %% build
import nbformat


def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    source = "def double(number):\n    return 2 * number"
    cell = nbformat.v4.new_code_cell(source, metadata={"factor": 3})
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), file.parent / "helpers.ipynb")
    return notebook
