# title: a cell of 30 MB
# kind: damaged
# status: graded | repaired | unreadable
# earns: 0 | 4

# %% build
def build(notebook, file):
    notebook.cells[-1].source = "# " + "x" * 30_000_000
    return notebook
