# title: a notebook without metadata of its own
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
def build(notebook, file):
    notebook.metadata = {}
    return notebook
