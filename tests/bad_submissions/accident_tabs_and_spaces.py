# title: a scratch cell that mixes tabs and spaces
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("if True:\n\tx = 1\n        y = 2", id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
