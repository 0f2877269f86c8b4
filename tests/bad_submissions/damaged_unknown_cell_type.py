# title: a cell of a type that does not exist
# kind: damaged
# status: unreadable | graded | repaired
# earns: 0 | 4

# %% build
import json

from tlcourse.notebooks import write_atomically


def build(notebook, file):
    notebook.cells[-1].cell_type = "video"
    write_atomically(file, json.dumps(notebook))
