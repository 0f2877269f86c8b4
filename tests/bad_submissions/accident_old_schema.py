# title: the marks have an old schema version
# kind: accident
# status: repaired | graded
# earns: 4

# %% build
def build(notebook, file):
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader["schema_version"] = 1
    return notebook
