# title: half of a letter in the metadata of every cell
# kind: damaged
# status: graded | repaired
# earns: 4

# %% build
import json

from tlcourse.notebooks import write_atomically


def build(notebook, file):
    for cell in notebook.cells:
        cell.metadata["half \ud83d"] = ["\ude00"]
    write_atomically(file, json.dumps(notebook))
