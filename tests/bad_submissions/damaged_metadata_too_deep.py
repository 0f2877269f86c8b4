# title: metadata of a cell nested hundreds of levels deep
# kind: damaged
# status: graded | repaired
# earns: 4

# %% build
import json

from tlcourse.notebooks import write_atomically


def build(notebook, file):
    notebook.cells[3].metadata["deep"] = "DEEP"
    nested = '{"a": [' * 200 + "1" + "]}" * 200
    write_atomically(file, json.dumps(notebook).replace('"DEEP"', nested))
