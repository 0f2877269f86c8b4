# title: a scratch cell that declares a name global too late
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("number = 1\nglobal number", id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
