# title: a scratch cell with a sum of 600 terms
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("x = " + " + ".join(["1"] * 600), id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
