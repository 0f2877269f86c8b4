# title: the marks have a schema version that does not exist
# kind: accident
# status: repaired | graded
# earns: 4

# %% build
def build(notebook, file):
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader["schema_version"] = 99
    return notebook
