# title: a scratch cell nested beyond Python's limit
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("\n".join(" " * depth + "if True:" for depth in range(120)), id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
