# title: a scratch cell with a late __future__ import
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("x = 1\nfrom __future__ import annotations", id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
