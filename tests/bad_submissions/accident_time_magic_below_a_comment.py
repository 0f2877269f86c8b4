# title: %%time over an answer, below a comment
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
def build(notebook, file):
    cell = next(cell for cell in notebook.cells if cell.id == "double")
    cell.source = "# how long does it take?\n\n%%time\n" + cell.source
    return notebook
