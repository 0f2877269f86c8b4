# title: the answer to the first exercise was merged into the cell of the second
# kind: accident
# status: repaired
# earns: 4

# %% build
def build(notebook, file):
    cells = {cell.id: cell for cell in notebook.cells}
    cells["triple"].source = cells["double"].source + "\n\n\n" + cells["triple"].source
    notebook.cells.remove(cells["double"])
    return notebook
