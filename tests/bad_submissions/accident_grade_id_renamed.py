# title: the marks of an exercise were renamed
# kind: accident
# status: repaired
# earns: 4

# %% build
def build(notebook, file):
    for cell in notebook.cells:
        if cell.id in ("double", "test_double"):
            cell.metadata.nbgrader.grade_id = cell.id.replace("double", "doppelt")
    return notebook
