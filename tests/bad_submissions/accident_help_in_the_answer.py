# title: a question mark and a shell command in the answer
# kind: accident
# status: graded
# earns: 4

# %% build
def build(notebook, file):
    cell = next(cell for cell in notebook.cells if cell.id == "double")
    cell.source = "abs?\n!pwd\n" + cell.source
    return notebook
