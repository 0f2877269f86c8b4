# title: help and shell commands in cells of their own
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("sum?\n!pwd\nfiles = !ls\n%timeit -n1 -r1 1 + 1\n?len", id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
