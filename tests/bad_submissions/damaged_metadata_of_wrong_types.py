# title: metadata of every cell that the format does not allow
# kind: damaged
# status: graded | repaired
# earns: 4

# %% build
def build(notebook, file):
    for cell in notebook.cells:
        cell.metadata |= {"collapsed": "yes", "deletable": 1, "name": [], "jupyter": 3, "execution": 1, "scrolled": 7}
    return notebook
