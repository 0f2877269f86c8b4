# title: the whole notebook pasted twice into itself
# kind: accident
# status: repaired
# earns: 4

# %% build
import copy


def build(notebook, file):
    for cell in copy.deepcopy(notebook.cells):
        cell.id = f"{cell.id}-again"
        notebook.cells.append(cell)
    return notebook
