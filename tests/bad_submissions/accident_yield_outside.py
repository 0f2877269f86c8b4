# title: a scratch cell that yields
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("yield 1", id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
