# title: a check was moved above its answer
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
def build(notebook, file):
    cells = {cell.id: cell for cell in notebook.cells}
    notebook.cells.remove(cells["test_double"])
    notebook.cells.insert(notebook.cells.index(cells["double"]), cells["test_double"])
    return notebook
