# title: one check has lost its marks
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
def build(notebook, file):
    for cell in notebook.cells:
        if cell.id == "test_double":
            cell.metadata.pop("nbgrader")
    return notebook
