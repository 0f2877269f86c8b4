# title: metadata of a cell nested hundreds of levels deep
# kind: damaged
# status: graded | repaired
# earns: 4

# %% build
def build(notebook, file):
    deep = 1
    for _ in range(300):
        deep = {"a": [deep]}
    notebook.cells[3].metadata["deep"] = deep
    return notebook
