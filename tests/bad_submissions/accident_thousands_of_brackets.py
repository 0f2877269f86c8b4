# title: a scratch cell with thousands of brackets
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("x = " + "(" * 3000 + "1" + ")" * 3000, id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
