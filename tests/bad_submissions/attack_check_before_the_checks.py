# title: a second, empty cell has each check's name and stands before it
# kind: attack
# status: graded | repaired | tampered
# earns: 0
# base: stubs

# %% build
import copy


def build(notebook, file):
    for cell in list(notebook.cells):
        if cell.id.startswith("test_"):
            empty = copy.deepcopy(cell)
            empty.id, empty.source = f"{cell.id}-empty", "pass"
            notebook.cells.insert(notebook.cells.index(cell), empty)
    return notebook
