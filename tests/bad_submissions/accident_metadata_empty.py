# title: the marks of one answer are an empty dictionary
# kind: accident
# status: repaired | graded
# earns: 4

# %% build
def build(notebook, file):
    for cell in notebook.cells:
        if cell.id == "double":
            cell.metadata["nbgrader"] = {}
    return notebook
