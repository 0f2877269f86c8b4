# title: tags that occur twice, are empty or have commas or half letters, and empty names
# kind: damaged
# status: graded | repaired
# earns: 4

# %% build
import json

from tlcourse.notebooks import write_atomically


def build(notebook, file):
    for cell in notebook.cells:
        cell.metadata |= {"tags": [*cell.metadata.get("tags", []), "a", "a", "a,b", "", "\ud800"], "name": ""}
    write_atomically(file, json.dumps(notebook))
