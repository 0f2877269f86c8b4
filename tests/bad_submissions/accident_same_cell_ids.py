# title: all cells have the same id
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
import json

from tlcourse.notebooks import write_atomically


def build(notebook, file):
    for cell in notebook.cells:
        cell.id = "same"
    write_atomically(file, json.dumps(notebook))
