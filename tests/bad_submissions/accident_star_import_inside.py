# title: a scratch cell that imports everything inside a function
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("def f():\n    from os import *", id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
