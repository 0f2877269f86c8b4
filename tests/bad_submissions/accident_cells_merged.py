# title: an answer's cell was merged with the check below it
# kind: accident
# status: repaired
# earns: 4

# %% build
def build(notebook, file):
    cells = {cell.id: cell for cell in notebook.cells}
    cells["double"].source += "\n\n" + cells["test_double"].source
    notebook.cells.remove(cells["test_double"])
    return notebook
