# title: outputs that no kernel gives
# kind: damaged
# status: unreadable | graded | repaired
# earns: 0 | 4

# %% build
import json

from tlcourse.notebooks import write_atomically


def build(notebook, file):
    notebook.cells[-1].outputs = [{"output_type": "hologram", "data": [1]}, 7]
    write_atomically(file, json.dumps(notebook))
