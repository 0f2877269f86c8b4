# title: cells without ids, in a format that wants them
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
import json

from tlcourse.notebooks import write_atomically


def build(notebook, file):
    for cell in notebook.cells:
        cell.pop("id")
    write_atomically(file, json.dumps(notebook))
