# title: a scratch cell with nonlocal outside a function
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("nonlocal number", id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
