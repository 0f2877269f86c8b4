# title: a scratch cell with thousands of minus signs
# kind: accident
# status: graded | timed out
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("x = " + "-" * 5000 + "1", id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
