# title: %%capture over an answer whose metadata are gone
# kind: accident
# status: repaired
# earns: 4

# %% build
def build(notebook, file):
    cell = next(cell for cell in notebook.cells if cell.id == "double")
    cell.source, cell.metadata, cell.id = "%%capture shown\n" + cell.source, {}, "another"
    return notebook
