# title: a scratch cell that returns
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("return 3", id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
