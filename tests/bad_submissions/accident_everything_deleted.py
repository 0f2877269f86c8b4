# title: a notebook without cells
# kind: accident
# status: repaired | graded
# earns: 0

# %% build
def build(notebook, file):
    notebook.cells = []
    return notebook
