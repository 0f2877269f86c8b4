# title: numbers where text should be
# kind: damaged
# status: unreadable | graded | repaired
# earns: 0 | 4

# %% build
import json

from tlcourse.notebooks import write_atomically


def build(notebook, file):
    for cell in notebook.cells:
        cell.metadata["tags"] = 5
    notebook.cells[0]["source"] = {"text": 1}
    write_atomically(file, json.dumps(notebook))
