# title: a scratch cell with a chain of thousands of attributes
# kind: accident
# status: graded | timed out
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("x = number" + ".real" * 3000, id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
