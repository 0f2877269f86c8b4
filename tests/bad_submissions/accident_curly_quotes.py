# title: curly quotes in the answer
# kind: accident
# status: graded
# earns: 1

# %% build
def build(notebook, file):
    cell = next(cell for cell in notebook.cells if cell.id == "double")
    cell.source += "\n\nprint(\u201cdone\u201d)"
    return notebook
