# title: a no-break space in the answer
# kind: accident
# status: graded
# earns: 1

# %% build
def build(notebook, file):
    cell = next(cell for cell in notebook.cells if cell.id == "double")
    cell.source = cell.source.replace("return ", "return\u00a0", 1)
    return notebook
