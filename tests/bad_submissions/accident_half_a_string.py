# title: a scratch cell that ends in a string
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("x = '''never closed", id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
