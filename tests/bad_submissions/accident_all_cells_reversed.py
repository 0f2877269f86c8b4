# title: the exercises stand in reverse order
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
def build(notebook, file):
    first, last = notebook.cells[:4], notebook.cells[4:]
    notebook.cells = first + last[::-1]
    return notebook
