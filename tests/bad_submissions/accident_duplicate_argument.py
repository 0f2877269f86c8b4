# title: a scratch cell with a duplicate argument
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("def f(a, a):\n    pass", id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
