# title: the set-up cell was deleted
# kind: accident
# status: repaired | graded
# earns: 4

# %% build
def build(notebook, file):
    notebook.cells = [cell for cell in notebook.cells if "setup" not in cell.metadata.get("tags", [])]
    return notebook
