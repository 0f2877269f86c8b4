# title: a scratch cell of ten thousand lines
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("x = 1\n" * 10_000, id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
