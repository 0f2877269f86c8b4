# title: the marks have text for a schema version and for the points
# kind: accident
# status: repaired | graded
# earns: 4

# %% build
def build(notebook, file):
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader["schema_version"] = "three"
            cell.metadata.nbgrader["points"] = "two"
    return notebook
