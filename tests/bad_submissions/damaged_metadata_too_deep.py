# title: metadata of a cell nested two hundred levels deep; a file with more than three hundred is unreadable
# kind: damaged
# status: graded | repaired
# earns: 4

# %% build
import json

from tlcourse.notebooks import write_atomically


def build(notebook, file):
    notebook.cells[3].metadata["deep"] = "DEEP"
    nested = '{"a": [' * 100 + "1" + "]}" * 100
    write_atomically(file, json.dumps(notebook).replace('"DEEP"', nested))
